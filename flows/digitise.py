"""The flow of one dossier, from the pictures in the tray to the archive."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from dossier.archive import (
    ArchivePackage,
    DigitisationOrder,
    DossierReport,
    DossierState,
    SealedFile,
    state_of,
)
from dossier.desk import DeskState
from dossier.document import Document
from dossier.errors import ReaderError, SohoaError, SourceError, SourceWithoutPages
from dossier.finding import Finding
from dossier.page import RecognisedPage, ScannedPage
from dossier.work import KeptSource
from flows.describing import Finished
from flows.incoming import report_detached
from flows.intake import RefusedFile, TakenFile, take_in_file
from flows.judging import Judgement, judge, read_in_safe_mode, unread, without_pages
from flows.limits import STORE_LIMIT, limited
from flows.noting import note_read
from flows.packing import archive_package, find_archived
from flows.page_reading import read_once
from flows.reading import reading_key
from flows.refused import note_refused
from flows.remembering import note_people, remember
from flows.review_again import answered_before, as_reviewed
from flows.review_base import prepared_of
from flows.review_holding import is_held, keep_draft, settle_draft
from flows.safe_reading import is_read_safely
from flows.sealing import papers_to_seal, seal_document
from flows.wiring import current
from storage.codec import decode

T = TypeVar("T")


def _worth_retrying(_task: object, _run: object, state: object) -> bool:
    error = getattr(state, "data", None)
    return isinstance(error, SohoaError) and error.retryable and not isinstance(error, ReaderError)


@flow(
    name="digitise-dossier",
    task_runner=ThreadPoolTaskRunner(max_workers=4),  # type: ignore[arg-type]
    validate_parameters=False,
)
def digitise_dossier(reference: str) -> DossierReport:
    """Digitise one dossier, by its order's reference; a second run continues where the first stopped.

    One that is held, or that something blocks, ends as a draft for a clerk's review; `seal_reviewed` ends it.
    """
    clock = _Clock()
    queued = current().orders.order(reference)
    order = queued.order
    current().catalogue.procedure(order.procedure, order.received_on)
    taken, refused = _take_in(order, queued.sources)
    clock.lap("intake")
    pages, unreadable = _read(order, taken)
    clock.lap("reading")
    lacking = [*without_pages(order, refused), *unreadable]
    reviewed = as_reviewed(current(), order, taken) if not lacking else None
    if reviewed is not None:
        return _as_it_is(_told(order, replace(reviewed, timings_seconds=clock.laps())))
    signatures = report_detached(current(), taken)
    judgement = _check(order, pages, [*lacking, *signatures])
    clock.lap("checking")
    waits = state_of(judgement.findings) is DossierState.NEEDS_ATTENTION
    state = DossierState.NEEDS_ATTENTION if waits else DossierState.HELD
    note_people(current(), order, DossierReport(judgement.dossier, state, judgement.findings, None, ()))
    waits = waits or is_held(current(), order, taken)
    package = find_archived(current(), order, taken, ask_store=not waits)
    if package is not None:
        settle_draft(current(), taken, package)
        return _as_it_is(_report(order, judgement, package, clock))
    if waits:
        keep_draft(current(), prepared_of(order, taken, pages, judgement))
        return _as_it_is(_report(order, judgement, None, clock))
    package = _finish(Finished(order, tuple(taken), judgement, ()), clock)
    settle_draft(current(), taken, package)
    return _as_it_is(_report(order, judgement, package, clock))


@flow(
    name="seal-reviewed-dossier",
    task_runner=ThreadPoolTaskRunner(max_workers=4),  # type: ignore[arg-type]
    validate_parameters=False,
)
def seal_reviewed(reference: str) -> ArchivePackage:
    """Seal and archive a dossier as its clerk left it, by the reference of what is to be finished."""
    return _as_it_is(_finish(current().finishing.order(reference), _Clock()))


def bare(flow_: Callable[[str], T]) -> Callable[[str], T]:
    """A flow that gives its result without the quotes in which Prefect left it alone."""

    def run(reference: str) -> T:
        said: Any = flow_(reference)
        return cast("T", said.unquote() if isinstance(said, quote) else said)

    return run


def _finish(done: Finished, clock: _Clock) -> ArchivePackage:
    sealed = _seal(done)
    clock.lap("sealing")
    package = archive.submit(_as_it_is(replace(done, sealed=tuple(sealed)))).result()
    clock.lap("archiving")
    return package


def _take_in(
    order: DigitisationOrder, sources: Sequence[KeptSource]
) -> tuple[list[TakenFile], list[RefusedFile]]:
    current().progress.stage(order.dossier, "taking_in")
    futures = [take_in.submit(_as_it_is(source)) for source in sources]
    results = [future.result() for future in futures]
    taken = [result for result in results if isinstance(result, TakenFile)]
    refused = [result for result in results if isinstance(result, RefusedFile)]
    note_refused(current(), order.dossier, refused, ())
    if refused and not taken:
        raise refused[0].error
    if not any(file.pages for file in taken):
        raise SourceWithoutPages(order.sources[0], "a signature without the document that it signs")
    return taken, refused


def _read(order: DigitisationOrder, taken: Sequence[TakenFile]) -> tuple[list[RecognisedPage], list[Finding]]:
    scanned = [page for file in taken for page in file.pages]
    current().progress.expect(order.dossier, len(scanned))
    futures: list[PrefectFuture[str]] = [
        read_page.submit(_as_it_is(order), _as_it_is(page)) for page in scanned
    ]
    pages: list[RecognisedPage] = []
    findings: list[Finding] = []
    lost: list[ScannedPage] = []
    for page, future in zip(scanned, futures, strict=True):
        try:
            # The same bytes may have come before under another name: their reading, this page.
            read = replace(_remembered(future.result()), page=page)
            pages.append(read)
            if is_read_safely(read):
                findings.append(read_in_safe_mode(page.source.name, page.number))
        except (ReaderError, SourceError) as error:
            current().meters.page("unread")
            lost.append(page)
            findings.append(unread(page.source.name, page.number, error))
    note_refused(current(), order.dossier, (), lost)
    return pages, findings


def _check(
    order: DigitisationOrder, pages: Sequence[RecognisedPage], refused: Sequence[Finding]
) -> Judgement:
    current().progress.stage(order.dossier, "checking")
    with current().meters.stage("checking"):
        return judge(current(), order, pages, refused, answered_before(current(), order))


def _seal(done: Finished) -> list[tuple[Document, SealedFile]]:
    workshop = current()
    workshop.progress.stage(done.order.dossier, "sealing")
    workshop.desk.note(done.order, DeskState.SEALING)
    papers = papers_to_seal(workshop, done)
    futures = [
        seal_one.submit(_as_it_is(done.order), _as_it_is(document), taken_at) for document, taken_at in papers
    ]
    return [(document, future.result()) for (document, _), future in zip(papers, futures, strict=True)]


@task(
    name="take-in-file",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=1,
    retry_condition_fn=_worth_retrying,
)
def take_in(source: KeptSource) -> TakenFile | RefusedFile:
    """Keep one file's bytes and take its pages out."""
    with current().meters.stage("intake"):
        return take_in_file(current(), Path(source.path), source.kept)


@task(
    name="read-page",
    cache_policy=NO_CACHE,
    retries=1,
    retry_delay_seconds=1,
    retry_condition_fn=_worth_retrying,
)
def read_page(order: DigitisationOrder, page: ScannedPage) -> str:
    """Read one page and keep the reading; its key is the result."""
    workshop = current()
    key = reading_key(page)
    remembered = read_once(workshop, order, page)
    workshop.meters.page("remembered" if remembered else "read")
    note_read(workshop, order, page)
    workshop.progress.page_read(order.dossier, remembered=remembered)
    return key


@task(
    name="seal-document",
    cache_policy=NO_CACHE,
    retries=1,
    retry_delay_seconds=1,
    retry_condition_fn=_worth_retrying,
)
def seal_one(order: DigitisationOrder, document: Document, taken_at: datetime) -> SealedFile:
    """Render and sign one document."""
    with current().meters.stage("sealing"):
        return seal_document(current(), order, document, taken_at)


@task(
    name="archive-package",
    cache_policy=NO_CACHE,
    retries=1,
    retry_delay_seconds=1,
    retry_condition_fn=_worth_retrying,
)
def archive(done: Finished) -> ArchivePackage:
    """Put the whole package into the store; its manifest comes last."""
    current().under_way.check(done.order.dossier)
    current().progress.stage(done.order.dossier, "archiving")
    with limited(current().settings, STORE_LIMIT), current().meters.stage("archiving"):
        return archive_package(current(), done)


def _as_it_is(value: T) -> T:
    """A task's argument, or a flow's result, in which Prefect need not look for results of other tasks.

    It would walk through every word of every page, for each task; a quoted argument comes to the task bare.
    """
    return cast("T", quote(value))


def _remembered(key: str) -> RecognisedPage:
    kept = current().checkpoints.load("page", key)
    if kept is None:
        raise ReaderError("page", "its reading is gone from the checkpoints")
    return decode(RecognisedPage, kept)


def _report(
    order: DigitisationOrder, judgement: Judgement, package: ArchivePackage | None, clock: _Clock
) -> DossierReport:
    state = DossierState.ARCHIVED
    if package is None:
        blocked = state_of(judgement.findings) is DossierState.NEEDS_ATTENTION
        state = DossierState.NEEDS_ATTENTION if blocked else DossierState.HELD
    report = DossierReport(
        judgement.dossier, state, judgement.findings, package, clock.laps(), judgement.register
    )
    return _told(order, report)


def _told(order: DigitisationOrder, report: DossierReport) -> DossierReport:
    remember(current(), order, report)
    current().meters.report(report)
    return report


class _Clock:
    def __init__(self) -> None:
        self._last = self._start = time.monotonic()
        self._laps: list[tuple[str, float]] = []

    def lap(self, stage: str) -> None:
        now = time.monotonic()
        self._laps.append((stage, now - self._last))
        self._last = now

    def laps(self) -> tuple[tuple[str, float], ...]:
        return (*self._laps, ("total", self._last - self._start))
