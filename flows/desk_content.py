"""What the desk shows and finds of a dossier: taken from the report of a run, or later from index and store.

Both ways give the same, so that a desk can be made anew at any time. What papers say is searched only of
papers that are kept: one that was only presented leaves no word behind.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from dossier.archive import TEXTS, ArchivePackage, DigitisationOrder, DossierReport, DossierState
from dossier.desk import DeskState, FindingCounts
from dossier.desk_asked import DeskContent, DeskFacts
from dossier.document import UNKNOWN_KIND, Document
from dossier.errors import NotOnDesk
from dossier.finding import Severity
from dossier.text import name_key
from flows.report import identity_data
from flows.settings import Settings
from flows.wiring import Workshop
from models.notices import NoticeForm, read_notice
from models.titles import title_of
from storage.alto import page_text
from storage.alto_text import read_alto
from validators.completeness import kept_documents
from validators.working_days import WorkingCalendar

_MOST_NAMES: Final = 40


def report_state(report: DossierReport) -> DeskState:
    """Where a dossier is after a run."""
    return DeskState.ARCHIVED if report.package is not None else DeskState.REVIEW


def report_content(workshop: Workshop, order: DigitisationOrder, report: DossierReport) -> DeskContent:
    """What a run read."""
    documents = report.dossier.documents
    identities = [identity_data(identity) for identity in report.dossier.identities]
    text, digitised = _archived_before(workshop, order.dossier)
    if report.package is not None:
        procedure = workshop.catalogue.procedure(order.procedure, order.received_on)
        pages = (page for document in kept_documents(report.dossier, procedure) for page in document.pages)
        text = _joined(map(page_text, pages), workshop.settings.search_letters)
        digitised = len(report.package.renditions)
    return DeskContent(
        applicant=_applicant(identities),
        title=_title([document.kind.code for document in documents]),
        names=_names(identities),
        kinds=_kinds(document.kind.code for document in documents),
        text=text,
        papers=len(documents),
        digitised=digitised,
        pages=sum(len(document.pages) for document in documents),
        findings=_counts(finding.severity for finding in report.findings),
    )


def _archived_before(workshop: Workshop, code: str) -> tuple[str, int]:
    """Text and papers of an older package: a dossier that is worked on again is still found by them."""
    if workshop.index.package(code) is None:
        return "", 0
    try:
        content = workshop.desk.content(code)
    except NotOnDesk:
        return "", 0
    return content.text, content.digitised


def due_day(settings: Settings, order: DigitisationOrder, documents: Iterable[Document]) -> date | None:
    """What somebody said; else the appointment on the receipt among the papers, or what the settings know."""
    if order.due_on is not None:
        return order.due_on
    notices = [notice for notice in map(read_notice, documents) if notice is not None]
    dated = [n.due_on for n in notices if n.form is NoticeForm.RECEIPT and n.due_on is not None]
    return max(dated, default=None) or usual_due_day(settings, order.procedure, order.received_on)


def usual_due_day(settings: Settings, procedure: str, received_on: date) -> date | None:
    """By how many working days after reception the settings say that a procedure's result is due."""
    days = settings.due_working_days.get(procedure)
    if days is None:
        return None
    return WorkingCalendar(settings.days_off, settings.days_worked).after(received_on, days)


def known_facts(workshop: Workshop, code: str) -> DeskFacts | None:
    """What index, judgements, people and store know of a dossier; None where they know nothing.

    Raises StorageError, KeyMissing.
    """
    archived = json.loads(workshop.index.summary(code) or "null")
    judged = json.loads(workshop.judgements.summary(code) or "null")
    package = workshop.index.package(code)
    newest = judged or archived
    if newest is None or not newest.get("received_on"):
        return None
    received_on = date.fromisoformat(newest["received_on"])
    is_archived = judged["state"] == DossierState.ARCHIVED if judged else package is not None
    due = newest.get("due_on", "")
    return DeskFacts(
        code=code,
        procedure=newest["procedure"],
        received_on=received_on,
        state=DeskState.ARCHIVED if is_archived else DeskState.REVIEW,
        counter=newest.get("counter") or None,
        due_on=date.fromisoformat(due) if due else None,
        content=_known_content(workshop, code, (archived, judged), package),
    )


def _known_content(
    workshop: Workshop,
    code: str,
    reports: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
    package: ArchivePackage | None,
) -> DeskContent:
    archived, judged = reports
    newest = judged or archived or {}
    identities = (archived or {}).get("identities") or [
        {"full_name": person.full_name, "sources": []} for person in workshop.people.people_of(code)
    ]
    found = [document["kind"] for document in newest.get("documents", ())]
    pages = newest.get("pages")
    if pages is None:
        pages = sum(len(document.get("pages", ())) for document in newest.get("documents", ()))
    return DeskContent(
        applicant=_applicant(identities) if archived else _known_applicant(workshop, code, identities),
        title=_title(found),
        names=_names(identities),
        kinds=_kinds(found),
        text=_kept_text(workshop, package),
        papers=len(found),
        digitised=len(package.renditions) if package else 0,
        pages=pages,
        findings=_counts(finding["severity"] for finding in newest.get("findings", ())),
    )


def _known_applicant(workshop: Workshop, code: str, people: Sequence[Mapping[str, Any]]) -> str:
    """Of a dossier that is not archived only the desk knows who of its people is the applicant."""
    names = [str(person["full_name"]) for person in people]
    try:
        known = workshop.desk.entry(code).applicant
    except NotOnDesk:
        known = ""
    if known in names:
        return known
    return names[0] if len(names) == 1 else ""


def _kept_text(workshop: Workshop, package: ArchivePackage | None) -> str:
    """What the archived papers say, read from the store page by page until it is enough."""
    letters = workshop.settings.search_letters
    if package is None or letters == 0:
        return ""
    folder = f"{package.prefix}/{TEXTS}/"
    pages = sorted((kept for kept in package.objects if kept.key.startswith(folder)), key=lambda o: o.key)
    return _joined((_words(workshop.archive.get(kept.key, kept.version_id)) for kept in pages), letters)


def _words(alto: bytes) -> str:
    lines = (line for block in read_alto(alto).blocks for line in block)
    return " ".join(word.text for line in lines for word in line)


def _joined(pages: Iterable[str], letters: int) -> str:
    text = ""
    for page in pages:
        text = f"{text} {page}".strip()
        if len(text) >= letters:
            break
    return text[:letters]


def _applicant(identities: Sequence[Mapping[str, Any]]) -> str:
    """The first person of the dossier: papers begin with what the applicant fills in."""

    def place(identity: Mapping[str, Any]) -> tuple[int, int]:
        seen = [(source["document"], source["page"]) for source in identity.get("sources", ())]
        return min(seen, default=(10**6, 0))

    named = [identity for identity in identities if identity["full_name"]]
    return str(min(named, key=place)["full_name"]) if named else ""


def _names(identities: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every name under which somebody stands in the papers, each once, sorted."""
    found: dict[str, str] = {}
    for identity in identities:
        for seen in (identity, *identity.get("sources", ())):
            name = str(seen.get("full_name") or "")
            if name:
                found.setdefault(name_key(name), name)
    return tuple(sorted(found.values()))[:_MOST_NAMES]


def _kinds(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes) - {UNKNOWN_KIND}))


def _title(kinds: Sequence[str]) -> str:
    """The official title of the first paper whose kind is known."""
    titles = (title_of(kind) for kind in kinds)
    return next((" ".join(t.lines[: t.essential]) for t in titles if t is not None), "")


def _counts(severities: Iterable[str]) -> FindingCounts:
    counted = Counter(severities)
    return FindingCounts(counted[Severity.BLOCKING], counted[Severity.WARNING], counted[Severity.INFO])
