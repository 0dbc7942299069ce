"""The resident process: store, Prefect, reading processes and the queue, kept warm for the counter."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from dossier.archive import ArchivePackage, DigitisationOrder
from dossier.errors import (
    AlreadyRunning,
    InputRefused,
    NotInArchive,
    SohoaError,
    SourceNotFound,
    SourceUnreadable,
    StoreUnreachable,
)
from dossier.page import StoredObject
from dossier.work import JobState, Lane
from flows.allocation import keep_little
from flows.dossier_queue import DossierFlows, DossierQueue, Run
from flows.intake import forget_unfinished
from flows.machine import machine_name
from flows.prefect_guard import PrefectGuard
from flows.prefect_server import open_prefect
from flows.progress import Progress
from flows.queueing import QueuePlan
from flows.review import Reviews
from flows.settings import Settings
from flows.waiting import WaitingDossier, what_waits
from flows.wiring import Workshop, compose, install, outside_eraser, outside_store
from scanners.folder_files import files_below
from storage.erasing import S3Eraser
from storage.leases import SqlLeases
from storage.s3 import StoreSettings
from storage.seaweed import EmbeddedStore

if TYPE_CHECKING:
    from flows.ticket_office import TicketOffice

__all__ = ["Run", "Service", "complete_order", "new_order"]

log = logging.getLogger(__name__)

DOSSIER_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a dossier code may look like, wide enough for every form of TT 03/2025; it becomes part of keys."""
_PROVISIONAL: Final = re.compile(r"(?=[0-9]{0,11}[a-f])[0-9a-f]{12}")


class Service:
    """Everything that has to be warm, started once and stopped cleanly."""

    def __init__(self, settings: Settings) -> None:
        keep_little()
        self._settings = settings
        self._lock_file: IO[bytes] | None = None
        self._store: EmbeddedStore | None = None
        self._prefect = open_prefect(settings)
        self._office: TicketOffice | None = None
        self._workshop: Workshop | None = None
        self._store_settings: StoreSettings | None = None
        self._queue: DossierQueue | None = None

    @property
    def workshop(self) -> Workshop:
        """The composed workshop; only after `start`."""
        if self._workshop is None:
            raise RuntimeError("the service has not been started")
        return self._workshop

    @property
    def reviews(self) -> Reviews:
        """Drafts of dossiers between reading and sealing; only after `start`."""
        return self._dossiers().reviews

    def start(self) -> None:
        """Start store, Prefect and readers side by side; returns when all answer."""
        self._settings.run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._take_lock()
        forget_unfinished(self._settings)
        self._prefect.start()
        if self._settings.store_endpoint == "embedded":
            self._store = EmbeddedStore(
                self._settings.state / "store",
                retention_days=self._settings.retention_days,
                retention_mode=self._settings.retention_mode,
                bucket=self._settings.store_bucket,
                encryption=self._settings.store_encryption,
            )
            store = self._store.start()
        else:
            store = outside_store(self._settings)
        self._store_settings = store
        self._workshop = compose(self._settings, store)
        install(self._workshop)
        if self._settings.work == "here":
            self._workshop.reading.warm()
        self._probe_store()
        self._workshop.signing_identity()
        # Prefect takes seconds to import; its server starts meanwhile, at an address that is known by now.
        from flows.digitise import bare, digitise_dossier, seal_reviewed

        self._prefect.wait()
        leases = SqlLeases(self._settings.database, self._workshop.keys)
        plan = QueuePlan(f"{machine_name(self._settings)}.{uuid.uuid4().hex[:8]}")
        if self._settings.work == "workers":
            from flows.ticket_office import TicketOffice

            self._office = TicketOffice()
            plan = replace(plan, at_once=0, offered=self._office.offer)
        guard = PrefectGuard(self._prefect)
        flows = DossierFlows(
            guard.over(bare(digitise_dossier)), guard.over(bare(seal_reviewed)), guard.carries
        )
        self._queue = DossierQueue(self._workshop, leases, flows, plan)
        self._queue.recover()
        self._queue.start()
        log.info("ready")

    def stop(self) -> None:
        """End everything that `start` started, in reverse."""
        if self._queue is not None:
            self._queue.stop()
        if self._office is not None:
            self._office.close()
        if self._workshop is not None:
            self._workshop.close()
        self._prefect.stop()
        if self._store is not None:
            self._store.stop()
        if self._lock_file is not None:
            self._lock_file.close()

    def store_settings(self) -> StoreSettings:
        """The store that packages go to, with the credentials that put them; only after `start`."""
        if self._store_settings is None:
            raise RuntimeError("the service has not been started")
        return self._store_settings

    def eraser(self) -> S3Eraser | None:
        """Who may delete in the archive what nothing keeps any more; None where nobody may."""
        settings = self._store.eraser() if self._store is not None else outside_eraser(self._settings)
        return S3Eraser(settings) if settings is not None else None

    def submit(
        self,
        order: DigitisationOrder,
        lane: Lane = Lane.COUNTER,
        kept: Mapping[str, StoredObject] | None = None,
    ) -> Run:
        """Begin a dossier; as `flows.dossier_queue.DossierQueue.submit`, folders become their files."""
        return self._dossiers().submit(complete_order(order, kept or {}), lane, kept)

    def work_off(self, lane: Lane) -> str:
        """Do the next dossier of a lane in this thread, as a worker does for each of its tickets.

        The dossier's code; empty where none waits. Raises StorageError.
        """
        return self._dossiers().work_off(lane)

    def queued(self) -> dict[tuple[JobState, Lane], int]:
        """How much work there is, by state and lane. Raises StorageError."""
        return self._dossiers().leases.counts()

    def run(self, run_id: str) -> Run | None:
        """A run by its id."""
        return self._dossiers().run(run_id)

    def trouble(self, run: Run) -> SohoaError | None:
        """Why a run waits for something and goes on later; None while it does not."""
        return self._dossiers().trouble(run)

    def waiting(self) -> tuple[WaitingDossier, ...]:
        """Dossiers that wait for something, in the order in which they go on. Raises StorageError."""
        return what_waits(self.workshop, self._dossiers().leases)

    def progress(self, run: Run) -> Progress:
        """How far a run is."""
        return self.workshop.progress.of(run.order.dossier)

    def package(self, dossier: str) -> ArchivePackage:
        """The newest package of a dossier. Raises NotInArchive."""
        package = self.workshop.index.package(dossier)
        if package is None:
            raise NotInArchive(dossier, "the archive has no package of this dossier")
        return package

    def _dossiers(self) -> DossierQueue:
        if self._queue is None:
            raise RuntimeError("the service has not been started")
        return self._queue

    def _probe_store(self) -> None:
        """Refuse an unfit store now; one that is down may come back before the first dossier is sealed."""
        try:
            self.workshop.archive.probe()
        except StoreUnreachable as error:
            log.warning("the archive store does not answer; work goes on until it is needed: %s", error)

    def _take_lock(self) -> None:
        lock = (self._settings.run_folder / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            lock.close()
            raise AlreadyRunning(
                str(self._settings.state), "another resident process uses this folder"
            ) from e
        self._lock_file = lock


def complete_order(order: DigitisationOrder, kept: Mapping[str, StoredObject]) -> DigitisationOrder:
    """Folders become their files, and a dossier without a code gets one from its content.

    Args:
        order: what is asked for.
        kept: sources whose bytes lie in the spool already.

    Raises SohoaError for a code that cannot be a key, SourceNotFound for an empty folder.
    """
    sources = tuple(str(file) for source in order.sources for file in _files(Path(source)))
    code = order.dossier or _code_of(sources, kept)
    if not DOSSIER_CODE.fullmatch(code):
        raise InputRefused(code, "is not a dossier code: letters, digits, dots and dashes, at most 64")
    return replace(order, sources=sources, dossier=code)


def new_order(
    sources: Sequence[str],
    procedure: str,
    dossier: str,
    day: date,
    officer: str,
    *,
    cases: Sequence[str] = (),
    hold: bool = False,
    due_on: date | None = None,
) -> DigitisationOrder:
    """An order as the doors of the console take it; one that is held waits for a clerk before sealing."""
    return DigitisationOrder(
        dossier, procedure, tuple(sources), day, officer, tuple(cases), hold=hold, due_on=due_on
    )


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    try:
        files = files_below(source)
    except OSError as e:
        raise SourceUnreadable(source.name, f"it cannot be looked into ({e.strerror})") from e
    if not files:
        raise SourceNotFound(source.name, "the folder holds no files")
    return files


def _code_of(sources: Sequence[str], kept: Mapping[str, StoredObject]) -> str:
    """A provisional code (tạm) that is the same for the same files."""
    digest = hashlib.sha256()
    for source in sources:
        path = Path(source)
        if source in kept:
            digest.update(bytes.fromhex(kept[source].sha256))
        else:
            digest.update(
                hashlib.sha256(path.read_bytes() if path.is_file() else os.fsencode(source)).digest()
            )
    # With a letter among them: twelve digits alone would be taken for somebody's number, and masked.
    found = _PROVISIONAL.search(digest.hexdigest())
    return f"TAM-{found.group() if found else 'a' * 12}"
