"""What a package says of itself: who did what to which file, when, with which program, and how it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Final

from dossier.archive import RENDITIONS, TEXTS, DigitisationOrder, SealedFile
from dossier.description import (
    Action,
    ActionKind,
    ActionOutcome,
    Agent,
    AgentKind,
    DescribedPaper,
    PackageDescription,
)
from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import IdentityVerdict, RegisterOutcome
from dossier.page import RecognisedPage
from dossier.review import SealOrder
from dossier.text import mask_numbers
from flows.intake import TakenFile
from flows.judging import Judgement
from flows.noting import note_read
from flows.review_history import correction_said
from flows.review_pages import CLERK
from flows.wiring import VIETNAM, Workshop

PRODUCT = "Số Hóa"
_SIGNATURES = {
    Outcome.FAIL: ActionOutcome.FAILURE,
    Outcome.NOTE: ActionOutcome.SUCCESS,
    Outcome.NOT_CHECKED: ActionOutcome.NOT_CHECKED,
}
_SURE = (IdentityVerdict.CONFIRMED, IdentityVerdict.NOT_COMPARED, IdentityVerdict.CONFIRMED_BY_CLERK)


NOT_REVIEWED: Final = SealOrder(0, "")


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything that a package is made of."""

    order: DigitisationOrder
    taken: tuple[TakenFile, ...]
    judgement: Judgement
    sealed: tuple[tuple[Document, SealedFile], ...]
    """The papers that are kept."""
    ordered: SealOrder = NOT_REVIEWED
    """The clerk's order; nobody's where nothing was to be reviewed."""


@dataclass(frozen=True, slots=True)
class DescribedPage:
    """A kept page with its place in the package."""

    document: int
    number: int
    """Position within its document, 1-based."""
    recognised: RecognisedPage
    read_at: str
    """ISO 8601, +07:00."""
    text: str
    """Path of its recognised text."""


def software() -> Agent:
    """This product."""
    return Agent(AgentKind.SOFTWARE, PRODUCT, version("sohoa"))


def library(name: str, note: str = "") -> Agent:
    """A library that the product is built on, as it is installed."""
    return Agent(AgentKind.SOFTWARE, name, version(name), note)


def path_of(document: Document) -> str:
    """Where the sealed PDF/A of a paper lies."""
    return f"{RENDITIONS}/{document.number:02d}-{document.kind.code}.pdf"


def kept_pages(workshop: Workshop, done: Finished) -> Iterator[DescribedPage]:
    """Every kept page; the ledger knows when it was read."""
    for document, _ in done.sealed:
        stem = PurePosixPath(path_of(document)).stem
        for number, recognised in enumerate(document.pages, 1):
            read_at = note_read(workshop, done.order, recognised.page).at
            text = f"{TEXTS}/{stem}-{number:03d}.xml"
            yield DescribedPage(document.number, number, recognised, read_at, text)


def describe_package(
    workshop: Workshop, done: Finished, pages: Sequence[DescribedPage], scans: Mapping[str, str]
) -> PackageDescription:
    """The whole description, as of now.

    Args:
        scans: path of each kept scan, by its SHA-256.
    """
    procedure = workshop.catalogue.procedure(done.order.procedure, done.order.received_on)
    made_at = _told(workshop.clock())
    actions = [
        *_taken_in(done, scans),
        *_read(done, pages, scans),
        *_corrected(done, pages, scans),
        *_judged(done, scans),
        *_sealed(workshop, done, scans),
        Action(ActionKind.ARCHIVED, made_at, _by(done, software()), ActionOutcome.SUCCESS),
    ]
    return PackageDescription(
        dossier=done.order.dossier,
        procedure=procedure.code,
        procedure_name=procedure.name,
        agency=workshop.settings.agency,
        officer=done.order.officer,
        received_on=done.order.received_on,
        made_at=made_at,
        software=software(),
        people=tuple(
            i.full_name for i in done.judgement.dossier.identities if i.verdict in _SURE and i.full_name
        ),
        papers=tuple(_paper(document, pages, scans) for document, _ in done.sealed),
        actions=tuple(sorted(actions, key=lambda action: datetime.fromisoformat(action.at))),
    )


def _told(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="milliseconds")


def _by(done: Finished, *programs: Agent) -> tuple[Agent, ...]:
    return (Agent(AgentKind.PERSON, done.order.officer), *programs)


def scan_of(page: RecognisedPage, scans: Mapping[str, str]) -> str:
    """Path of the scan that a page came in: the whole file, or its own picture where only that is kept."""
    whole = scans.get(page.page.source.original.sha256)
    return whole if whole is not None else scans[page.page.picture.sha256]


def _scans_of(document: Document, scans: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scan_of(page, scans) for page in document.pages))


def _paper(document: Document, pages: Sequence[DescribedPage], scans: Mapping[str, str]) -> DescribedPaper:
    return DescribedPaper(
        number=document.number,
        kind=document.kind.code,
        title=document.kind.title,
        copy=document.copy.value,
        pages=len(document.pages),
        dated=next((day for day in document.values("issued_on") if _is_day(day)), ""),
        path=path_of(document),
        texts=tuple(page.text for page in pages if page.document == document.number),
        scans=_scans_of(document, scans),
    )


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _taken_in(done: Finished, scans: Mapping[str, str]) -> Iterator[Action]:
    for file in done.taken:
        digests = {page.source.original.sha256 for page in file.pages}
        if file.signature:
            digests.add(file.signature.original.sha256)
        paths = [scans[digest] for digest in sorted(digests & scans.keys())]
        detail = ""
        if not paths:
            paths = [scans[page.picture.sha256] for page in file.pages if page.picture.sha256 in scans]
            detail = "single pages: the file also holds a paper that is only presented"
        if paths:
            yield Action(
                ActionKind.TAKEN_IN,
                _told(file.taken_at),
                _by(done, software()),
                ActionOutcome.SUCCESS,
                detail,
                tuple(dict.fromkeys(paths)),
            )


def _read(done: Finished, pages: Sequence[DescribedPage], scans: Mapping[str, str]) -> Iterator[Action]:
    for page in pages:
        engines = (
            Agent(AgentKind.SOFTWARE, e.name, e.version, e.weights_sha256 and f"weights {e.weights_sha256}")
            for e in page.recognised.engines
            if e.name != CLERK
        )
        yield Action(
            ActionKind.READ,
            page.read_at,
            _by(done, software(), *dict.fromkeys(engines)),
            ActionOutcome.SUCCESS,
            f"confidence {page.recognised.confidence:.4f}",
            (page.text,),
            (scan_of(page.recognised, scans),),
        )


def _corrected(done: Finished, pages: Sequence[DescribedPage], scans: Mapping[str, str]) -> Iterator[Action]:
    """One event for each correction, with the officer who made it; never what was typed."""
    for each in done.judgement.corrections:
        page = next((p for p in pages if p.recognised.page.picture.sha256 == each.page), None)
        yield Action(
            ActionKind.CORRECTED,
            _told(each.at),
            (Agent(AgentKind.PERSON, each.by), software()),
            ActionOutcome.SUCCESS,
            mask_numbers(correction_said(each)),
            (page.text,) if page is not None else (),
            (scan_of(page.recognised, scans),) if page is not None else (),
        )


def _judged(done: Finished, scans: Mapping[str, str]) -> Iterator[Action]:
    at, findings = _told(done.judgement.at), done.judgement.findings
    for finding in findings:
        if finding.rule is Rule.SIGNED_ORIGINAL:
            yield _signatures(done, finding, at, scans)
    worst = {finding.severity for finding in findings} - {Severity.INFO}
    yield Action(
        ActionKind.CHECKED,
        at,
        _by(done, software()),
        ActionOutcome.WARNING if worst else ActionOutcome.SUCCESS,
        ", ".join(sorted({finding.rule.value for finding in findings})),
    )
    for answer in done.judgement.register:
        asked = answer.outcome is not RegisterOutcome.NOT_CHECKED
        agrees = answer.outcome is RegisterOutcome.MATCHES
        outcome = ActionOutcome.SUCCESS if agrees else ActionOutcome.WARNING
        yield Action(
            ActionKind.REGISTER_ASKED,
            answer.asked_at,
            _by(done, Agent(AgentKind.ORGANISATION, "CSDLQG về dân cư")),
            outcome if asked else ActionOutcome.NOT_CHECKED,
            answer.outcome.value,
        )


def _signatures(done: Finished, finding: Finding, at: str, scans: Mapping[str, str]) -> Action:
    pages = [
        p for document, _ in done.sealed for p in document.pages if p.page.source.name == finding.subject
    ]
    beside = [f.signature for f in done.taken if f.signature and f.signature.name == finding.subject]
    paths = [scan_of(page, scans) for page in pages] + [scans[each.original.sha256] for each in beside]
    return Action(
        ActionKind.SIGNATURES_JUDGED,
        at,
        _by(done, library("pyhanko")),
        _SIGNATURES[finding.outcome],
        mask_numbers("; ".join(finding.evidence)),
        used=tuple(dict.fromkeys(paths)),
    )


def _sealed(workshop: Workshop, done: Finished, scans: Mapping[str, str]) -> Iterator[Action]:
    wanted = workshop.wanted_level()
    for document, sealed in done.sealed:
        at, made = _told(sealed.sealed_at), (path_of(document),)
        yield Action(
            ActionKind.RENDERED,
            at,
            _by(done, software(), library("pikepdf")),
            ActionOutcome.SUCCESS,
            "PDF/A-2b; the scanned stream inside untouched",
            made,
            _scans_of(document, scans),
        )
        yield Action(
            ActionKind.VALIDATED,
            at,
            _by(done, library("pikepdf"), library("pypdfium2")),
            ActionOutcome.SUCCESS,
            "PDF/A-2b; the text layer says what was recognised",
            used=made,
        )
        signer = Agent(
            AgentKind.PERSON, mask_numbers(sealed.signer), note=f"certificate {sealed.certificate}"
        )
        owed = "" if sealed.level >= wanted else f", {wanted.label} is owed"
        yield Action(
            ActionKind.SEALED,
            at,
            (signer, software(), library("pyhanko")),
            ActionOutcome.WARNING if owed else ActionOutcome.SUCCESS,
            f"PAdES {sealed.level.label}{owed}",
            used=made,
        )
