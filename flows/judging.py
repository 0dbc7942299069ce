"""From pages to a verdict: papers, people, the register's answers, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dossier.archive import DigitisationOrder, Dossier
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, RegisterAnswer, RegisterOutcome
from dossier.page import RecognisedPage
from dossier.procedure import Role
from dossier.review import Correction, DismissedFinding
from flows.answers import answers_of
from flows.asking import Asked, ask_register, failed_lookups, note_unanswered, originals_of
from flows.checking import check_papers
from flows.incoming import report_signed_sources
from flows.intake import RefusedFile
from flows.remembering import offer_reuse
from flows.wiring import Workshop
from models.kinds import group_pages
from validators.identity import identities_of
from validators.identity_findings import check_identities
from validators.page_order import check_page_order
from validators.quality import check_pages


@dataclass(frozen=True, slots=True)
class Judgement:
    """A dossier with everything found about it."""

    dossier: Dossier
    findings: tuple[Finding, ...]
    at: datetime
    """When it was judged, aware."""
    register: tuple[RegisterAnswer, ...] = ()
    """What the residence register answered, one entry for each person it was asked about."""
    known: Known | None = None
    """What it was judged from beside the papers."""
    corrections: tuple[Correction, ...] = ()
    """What a clerk set right before."""
    dismissed: tuple[DismissedFinding, ...] = ()
    """Findings that a clerk answers for; they are not among `findings`."""
    set_aside: tuple[RecognisedPage, ...] = ()
    """Pages that a clerk took out as not the dossier's own."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a dossier beside its papers; sorting them otherwise changes nothing of it."""

    before: tuple[Finding, ...]
    """What its files show: refused ones, unread pages, digital signatures."""
    asked: Asked
    """Each person with the register's answer."""
    failed_before: tuple[RegisterAnswer, ...]
    """Look-ups for the same papers that failed in an earlier run."""
    pages: tuple[RecognisedPage, ...]
    """In the order in which they lie, blank sides included."""


def judge(
    workshop: Workshop,
    order: DigitisationOrder,
    pages: Sequence[RecognisedPage],
    refused: Sequence[Finding],
    answered: Callable[[Identity], RegisterAnswer | None] = lambda _: None,
) -> Judgement:
    """Sort pages into papers, find the people, ask the register, check against the procedure.

    Args:
        workshop: of this machine.
        order: what was asked for.
        pages: in the order in which they came.
        refused: what is to be said of files and pages that could not be read.
        answered: what the register said of somebody before, which stands where it does not answer now.
    """
    procedure = workshop.catalogue.procedure(order.procedure, order.received_on)
    presented = {kind for c in procedure.components if c.role is Role.PRESENT for kind in c.kinds}
    documents = group_pages(pages, answers_of(workshop.checkpoints, order.dossier), presented)
    identities = identities_of(documents)
    dossier = Dossier(order.dossier, order.procedure, documents, identities)
    originals = originals_of(pages)
    failed_before = failed_lookups(workshop, order, originals)
    asked = tuple(
        (each, _standing(answer, answered(each)))
        for each, answer in ask_register(workshop, order, procedure, identities)
    )
    note_unanswered(workshop, order, originals, asked)
    before = (*refused, *report_signed_sources(workshop, pages))
    known = Known(before, asked, tuple(failed_before), tuple(pages))
    return judge_papers(workshop, order, dossier, known)


def _standing(now: RegisterAnswer | None, before: RegisterAnswer | None) -> RegisterAnswer | None:
    is_silent = now is not None and now.outcome is RegisterOutcome.NOT_CHECKED
    return before if is_silent and before is not None else now


def judge_papers(workshop: Workshop, order: DigitisationOrder, dossier: Dossier, known: Known) -> Judgement:
    """Check papers as they are sorted against the procedure; nobody is asked.

    Args:
        workshop: of this machine.
        order: what was asked for.
        dossier: its papers and people.
        known: what is known beside them.
    """
    documents = dossier.documents
    answers = tuple(answer for _, answer in known.asked if answer is not None)
    findings = (
        *known.before,
        *check_pages(documents),
        *check_page_order(known.pages),
        *check_identities(known.asked, documents),
        *check_papers(workshop, order, dossier, [*answers, *known.failed_before]),
        *offer_reuse(workshop, dossier),
    )
    return Judgement(dossier, findings, workshop.clock(), answers, known)


def without_pages(order: DigitisationOrder, refused: Iterable[RefusedFile]) -> tuple[Finding, ...]:
    """What is to be said of an order's files that give no page: refused ones, and those not kept at all."""
    lacking = (
        _blocked(Rule.FILE_NOT_TAKEN, file.name, f"{file.error}: {file.cause}") for file in order.not_taken
    )
    return (*map(refusal, refused), *lacking)


def refusal(refused: RefusedFile) -> Finding:
    """What a file that cannot be read means for its dossier."""
    said = f"{type(refused.error).__name__}: {refused.error.cause}"
    return _blocked(Rule.FILE_UNREADABLE, refused.name, said)


def unread(document: str, page: int, error: BaseException) -> Finding:
    """What a page that could not be read means for its dossier."""
    return _blocked(Rule.FILE_UNREADABLE, f"{document} p.{page}", f"{type(error).__name__}: {error}")


def read_in_safe_mode(document: str, page: int) -> Finding:
    """What a page means that could only be read in safe mode."""
    name = f"{document} p.{page}"
    return Finding(Rule.PAGE_READ_SAFELY, Severity.WARNING, Outcome.NOTE, name, (name,), "", "")


def _blocked(rule: Rule, name: str, detail: str) -> Finding:
    """A file or page that is not there to be judged, until a person answers for it."""
    return Finding(rule, Severity.BLOCKING, Outcome.FAIL, name, (name,), "", detail)
