"""The papers of a dossier against its procedure: components, validity, and the centre's own notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dossier.archive import DigitisationOrder, Dossier
from dossier.document import CopyForm, Document
from dossier.finding import Finding, Severity
from dossier.identity import RegisterAnswer, RegisterOutcome
from dossier.page import Presence
from dossier.procedure import Procedure
from flows.wiring import Workshop
from models.titles import title_of
from validators.completeness import check_components
from validators.evidence import places_of
from validators.issue_days import issue_day
from validators.notices import NoticeContext, check_notices
from validators.validity import check_validity
from validators.working_days import WorkingCalendar


def check_papers(
    workshop: Workshop, order: DigitisationOrder, dossier: Dossier, answers: Sequence[RegisterAnswer]
) -> tuple[Finding, ...]:
    """Everything that the rules of the day of reception say about the papers."""
    day, documents = order.received_on, dossier.documents
    procedure = workshop.catalogue.procedure(order.procedure, day)
    blocked = workshop.catalogue.blocked_papers(day)
    components = check_components(
        dossier,
        procedure,
        blocked,
        answers,
        day,
        chosen_cases=order.cases,
        plain_copies=[d.number for d in documents if d.copy is CopyForm.PLAIN_COPY],
    )
    context = NoticeContext(
        dossier=order.dossier,
        procedure=procedure,
        blocked=blocked,
        received_on=day,
        due_on=order.due_on,
        finished_on=_finished_on(documents, procedure, workshop.clock().date()),
        seals=dict(seal for d in documents for seal in _seal_of(d)),
        lookup_failed=any(a.outcome is RegisterOutcome.NOT_CHECKED for a in answers),
        calendar=WorkingCalendar(workshop.settings.days_off, workshop.settings.days_worked),
    )
    return (
        *components,
        *check_validity(documents, day, _handed_back(documents, components)),
        *check_notices(documents, context),
    )


def _handed_back(documents: Sequence[Document], findings: Sequence[Finding]) -> list[int]:
    """Papers that go back to the citizen for another reason."""
    returned = {(f.subject, f.evidence) for f in findings if f.severity is Severity.BLOCKING}
    return [d.number for d in documents if (d.kind.code, places_of(d)) in returned]


def _finished_on(documents: Sequence[Document], procedure: Procedure, today: date) -> date | None:
    """The day of issue of the result, where it is among the papers."""
    issued = []
    for document in documents:
        title = title_of(document.kind.code)
        if title is not None and title.result_code and title.result_code in procedure.results:
            issued.append(issue_day(document, today))
    return max((day for day in issued if day is not None), default=None)


def _seal_of(document: Document) -> list[tuple[int, bool | None]]:
    """Whether a paper is sealed; nothing where no page was looked at."""
    seen = [page.marks.seal for page in document.pages if page.marks is not None]
    if not seen:
        return []
    if Presence.SEEN in seen:
        return [(document.number, True)]
    return [(document.number, False if set(seen) == {Presence.NOT_SEEN} else None)]
