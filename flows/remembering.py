"""What a dossier leaves behind for others: which papers are kept of whom, and what was found about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from dossier.archive import DigitisationOrder, Dossier, DossierReport
from dossier.document import Document
from dossier.errors import StorageError
from dossier.finding import Finding
from dossier.identity import Identity, IdentityVerdict
from dossier.paper_mark import PaperMark
from flows.desk_content import due_day, report_content, report_state
from flows.intake import intake_key
from flows.reading import reading_key
from flows.refused import refused_of
from flows.report import identity_data
from flows.sealing import sealed_key
from flows.wiring import Workshop
from storage.judgements import KeptPaper
from storage.keyring import Keyring
from storage.page_prints import plain_hash
from storage.paper_marks import marks_place, open_marks, seal_marks
from storage.people import Person, Trace, people_in
from validators.archived_pages import ArchivedPage, check_archived_pages, prints_of
from validators.completeness import kept_documents
from validators.reuse import KnownPaper, check_reuse, mark_of, owners_of

_SURE = (IdentityVerdict.CONFIRMED, IdentityVerdict.NOT_COMPARED, IdentityVerdict.CONFIRMED_BY_CLERK)


def offer_reuse(workshop: Workshop, dossier: Dossier) -> tuple[Finding, ...]:
    """What of this dossier the archive keeps already: its very sheets, or papers of the same kind and person.

    A paper whose sheet is kept is told once, by that.
    """
    keys = workshop.keys
    prints = prints_of(dossier.documents, plain_hash)
    like = workshop.judgements.pages_like(dossier.code, keys, prints)
    sheets = check_archived_pages(
        dossier, [ArchivedPage(page.dossier, page.print) for page in like], plain_hash
    )
    numbers = {number for document in dossier.documents for number in document.values("personal_number")}
    # A paper may be known under the hash of an older key.
    named = {name: keys.person(number) for number in numbers for name in keys.person_names(number)}
    known = [
        KnownPaper(named[paper.person], paper.kind, paper.dossier, _marks(keys, paper))
        for paper in workshop.judgements.papers_of(named)
    ]
    return (*sheets, *check_reuse(dossier, known, keys.person, sheets))


def note_people(workshop: Workshop, order: DigitisationOrder, report: DossierReport) -> None:
    """Keep whom it is about and what it left here: both are found however it goes on. Idempotent."""
    workshop.people.note(order.dossier, _people(report), _trace(workshop, order, report))


def _marks(keys: Keyring, paper: KeptPaper) -> tuple[PaperMark, ...]:
    try:
        return open_marks(keys, marks_place(paper.dossier, paper.kind), paper.marks)
    except StorageError:
        return ()  # its key is gone, or the row is damaged: a rotation tells


def remember(workshop: Workshop, order: DigitisationOrder, report: DossierReport) -> None:
    """Keep what was found, whom it is about, and of an archived dossier whose papers are kept. Idempotent."""
    note_people(workshop, order, report)
    documents = report.dossier.documents
    due_on = due_day(workshop.settings, order, documents)
    summary = _summary(order, report) | {"due_on": due_on.isoformat() if due_on else ""}
    workshop.judgements.judged(order.dossier, json.dumps(summary, ensure_ascii=False))
    workshop.desk.note(order, report_state(report), report_content(workshop, order, report), due_on)
    if report.package is None:
        return
    procedure = workshop.catalogue.procedure(order.procedure, order.received_on)
    kept = kept_documents(report.dossier, procedure)
    papers = _papers(workshop, order.dossier, kept, report.dossier.identities)
    workshop.judgements.keep_papers(order.dossier, papers)
    workshop.judgements.keep_pages(order.dossier, workshop.keys, prints_of(kept, plain_hash))


def _people(report: DossierReport) -> tuple[Person, ...]:
    """Everybody whose number was read, sure or not: whoever asks what is kept of a number shall be told."""
    return people_in(json.dumps({"identities": [identity_data(each) for each in report.dossier.identities]}))


def _trace(workshop: Workshop, order: DigitisationOrder, report: DossierReport) -> Trace:
    """What the dossier leaves on this machine: scans, pictures, readings, sealed papers."""
    pages = [page for document in report.dossier.documents for page in document.pages]
    blobs = [kept.sha256 for page in pages for kept in (page.page.source.original, page.page.picture)]
    steps = [("page", reading_key(page.page)) for page in pages]
    sources = [page.page.source for page in pages]
    steps += [("intake", intake_key(source.original.sha256, source.name)) for source in sources]
    steps += [("sealed", sealed_key(order, document)) for document in report.dossier.documents]
    steps.append(("answers", order.dossier))
    refused = refused_of(workshop, order.dossier)
    blobs += [kept.sha256 for kept in refused.kept]
    steps += [("intake", key) for key in refused.taken]
    if report.package is not None:
        steps.append(("package", report.package.prefix))
    files = [source.name for source in sources]
    return Trace(
        order.dossier, tuple(dict.fromkeys(blobs)), tuple(dict.fromkeys(steps)), tuple(dict.fromkeys(files))
    )


def _papers(
    workshop: Workshop, dossier: str, documents: Sequence[Document], identities: Sequence[Identity]
) -> Iterable[KeptPaper]:
    """Papers by the people whose numbers are sure: a misread number must not offer a stranger's paper."""
    sure = {i.personal_number for i in identities if i.verdict in _SURE}
    kept: dict[tuple[str, str], list[PaperMark]] = {}
    for document in documents:
        for number in sure & set(owners_of(document)):
            kept.setdefault((number, document.kind.code), []).append(mark_of(document))
    for (number, kind), marks in kept.items():
        sealed = seal_marks(workshop.keys, marks_place(dossier, kind), marks)
        yield KeptPaper(workshop.keys.person(number), kind, dossier, sealed)


def _summary(order: DigitisationOrder, report: DossierReport) -> dict[str, object]:
    """What a control report counts, without anything about a person."""
    return {
        "dossier": order.dossier,
        "procedure": order.procedure,
        "received_on": order.received_on.isoformat(),
        "state": report.state.value,
        "counter": order.counter,
        "documents": [{"kind": document.kind.code} for document in report.dossier.documents],
        "pages": sum(len(document.pages) for document in report.dossier.documents),
        "findings": [
            {"rule": f.rule.value, "severity": f.severity.value, "outcome": f.outcome.value}
            for f in report.findings
        ],
    }
