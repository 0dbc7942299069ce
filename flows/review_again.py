"""A dossier that is run again after a clerk has set its papers right: judged as the clerk left it.

What was misread stays misread in the raw reading; whoever judged that again would ask the register about a
stranger, and tell the desk what the clerk had put right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dossier.archive import DigitisationOrder, DossierReport, DossierState
from dossier.identity import Identity, RegisterAnswer, RegisterOutcome
from dossier.review import ReviewState
from flows.asking import note_unanswered, originals_of
from flows.intake import TakenFile
from flows.packing import package_prefix
from flows.review import Reviews
from flows.review_asking import answers_about
from flows.review_base import Prepared, answered_last, digest_of, person_asked, read_pages
from flows.review_desks import OpenDrafts
from flows.review_drafting import Drafting
from flows.review_sealing import package_of, report_of
from flows.wiring import Workshop
from storage.codec import decode


def answered_before(
    workshop: Workshop, order: DigitisationOrder
) -> Callable[[Identity], RegisterAnswer | None]:
    """What the register said of somebody when the draft was made that stands open. Raises StorageError."""
    stand = workshop.reviews.stand(order.dossier)
    kept = workshop.reviews.find(order.dossier) if stand and stand.state is ReviewState.OPEN else None
    answers = decode(Prepared, kept.content).answers if kept is not None else ()
    known = answered_last(answers)

    def answered(identity: Identity) -> RegisterAnswer | None:
        answer = known.get(person_asked(identity))
        return answer if answer is not None and answer.outcome is not RegisterOutcome.NOT_CHECKED else None

    return answered


def as_reviewed(
    workshop: Workshop, order: DigitisationOrder, taken: Sequence[TakenFile]
) -> DossierReport | None:
    """The dossier as a clerk left it, the register asked again about whom it did not answer.

    None where no clerk has corrected or sealed it, and where more came. Raises StorageError, ReaderError.
    """
    stand = workshop.reviews.stand(order.dossier)
    kept = workshop.reviews.find(order.dossier) if stand is not None else None
    if stand is None or kept is None:
        return None
    prepared = decode(Prepared, kept.content)
    if stand.state is ReviewState.SEALED:
        is_same = package_prefix(prepared.order, prepared.taken) == package_prefix(order, taken)
        return _sealed(workshop, order.dossier) if is_same else None
    is_known = {*map(digest_of, taken)} <= {*map(digest_of, prepared.taken)}
    if stand.state is not ReviewState.OPEN or not stand.version or not is_known:
        return None
    draft = Reviews(workshop).ask(order.dossier)
    answers = tuple(answer for answer in draft.register if answer is not None)
    return replace(report_of(draft), register=answers)


def _sealed(workshop: Workshop, code: str) -> DossierReport:
    desk = OpenDrafts(workshop).of(code)
    prepared, history = desk.drafting.prepared, desk.history()
    prepared = desk.drafting.learnt(answers_about(workshop, prepared, desk.draft()))
    pages = read_pages(workshop, prepared)
    order, judgement = Drafting(workshop, prepared, pages).final(history)
    if judgement.known is not None:
        note_unanswered(workshop, order, originals_of(pages), judgement.known.asked)
    package = package_of(workshop, code, desk.stand.prefix)
    return DossierReport(
        judgement.dossier, DossierState.ARCHIVED, judgement.findings, package, (), judgement.register
    )
