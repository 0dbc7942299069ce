"""The resident process: store, Prefect, reading processes and runs, kept warm for the counter."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import re
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import IO

from dossier.archive import ArchivePackage, DigitisationOrder, DossierReport
from dossier.desk import DeskState
from dossier.errors import NotInArchive, ServiceBusy, SohoaError, SourceNotFound, StoreUnreachable
from flows.describing import Finished
from flows.follow_up import follow_register
from flows.prefect_server import PrefectServer
from flows.progress import Progress
from flows.review import Reviews
from flows.settings import Settings
from flows.wiring import Workshop, compose, install, outside_eraser, outside_store
from storage.erasing import S3Eraser
from storage.s3 import StoreSettings
from storage.seaweed import EmbeddedStore

log = logging.getLogger(__name__)

DOSSIER_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a dossier code may look like, wide enough for every form of TT 03/2025; it becomes part of keys."""
SCANS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf", ".p7m", ".p7s")


@dataclass(frozen=True, slots=True)
class Run:
    """One digitisation under way or done."""

    id: str
    order: DigitisationOrder
    future: Future[DossierReport]


class Service:
    """Everything that has to be warm, started once and stopped cleanly."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._lock_file: IO[bytes] | None = None
        self._store: EmbeddedStore | None = None
        self._prefect = PrefectServer(settings.state / "prefect")
        self._runs: dict[str, Run] = {}
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="dossier")
        self._workshop: Workshop | None = None
        self._store_settings: StoreSettings | None = None
        self._flow: Callable[[str], DossierReport] | None = None
        self._seal_flow: Callable[[str], ArchivePackage] | None = None
        self._reviews: Reviews | None = None

    @property
    def workshop(self) -> Workshop:
        """The composed workshop; only after `start`."""
        if self._workshop is None:
            raise RuntimeError("the service has not been started")
        return self._workshop

    @property
    def reviews(self) -> Reviews:
        """Drafts of dossiers between reading and sealing; only after `start`."""
        if self._reviews is None:
            raise RuntimeError("the service has not been started")
        return self._reviews

    def start(self) -> None:
        """Start store, Prefect and readers side by side; returns when all answer."""
        self._settings.run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._take_lock()
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
        self._reviews = Reviews(self._workshop, self._finish)
        install(self._workshop)
        self._workshop.reading.warm()
        self._probe_store()
        self._workshop.desk.note_interrupted()
        self._workshop.signing_identity()
        self._prefect.wait()
        from flows.digitise import digitise_dossier, seal_reviewed

        self._flow, self._seal_flow = digitise_dossier, seal_reviewed
        log.info("ready")

    def stop(self) -> None:
        """End everything that `start` started, in reverse."""
        self._workers.shutdown(wait=True, cancel_futures=True)
        if self._workshop is not None:
            self._workshop.reading.close()
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

    def submit(self, order: DigitisationOrder) -> Run:
        """Begin a dossier. The same dossier from the same files joins the run that is under way."""
        order = complete_order(order)
        desk = self.workshop.desk
        order = replace(order, counter=desk.counter_for(order))
        with self._lock:
            for run in self._runs.values():
                if run.order.dossier == order.dossier and not run.future.done():
                    if run.order == order:
                        return run
                    raise ServiceBusy(order.dossier, "another run of this dossier is under way")
            desk.note(order, DeskState.READING)
            run = Run(uuid.uuid4().hex, order, self._workers.submit(self._digitise, order))
            self._runs[run.id] = run
            return run

    def run(self, run_id: str) -> Run | None:
        """A run by its id."""
        with self._lock:
            return self._runs.get(run_id)

    def progress(self, run: Run) -> Progress:
        """How far a run is."""
        return self.workshop.progress.of(run.order.dossier)

    def package(self, dossier: str) -> ArchivePackage:
        """The newest package of a dossier. Raises NotInArchive."""
        package = self.workshop.index.package(dossier)
        if package is None:
            raise NotInArchive(dossier, "the archive has no package of this dossier")
        return package

    def _digitise(self, order: DigitisationOrder) -> DossierReport:
        if self._flow is None:
            raise RuntimeError("the service has not been started")
        try:
            with self.workshop.orders.entered(order) as reference:
                report = self._flow(reference)
            follow_register(self.workshop, order, report)
            return report
        except Exception:
            self.workshop.desk.note_failed(order)
            raise
        finally:
            self.workshop.progress.forget(order.dossier)

    def _finish(self, workshop: Workshop, done: Finished) -> ArchivePackage:
        """Seal and archive what a clerk reviewed."""
        if self._seal_flow is None:
            raise RuntimeError("the service has not been started")
        try:
            with workshop.finishing.entered(done) as reference:
                return self._seal_flow(reference)
        except Exception:
            workshop.desk.note_failed(done.order)
            raise
        finally:
            workshop.progress.forget(done.order.dossier)

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
            raise ServiceBusy(str(self._settings.state), "another resident process uses this folder") from e
        self._lock_file = lock


def complete_order(order: DigitisationOrder) -> DigitisationOrder:
    """Folders become their files, and a dossier without a code gets one from its content.

    Raises SohoaError for a code that cannot be a key, SourceNotFound for an empty folder.
    """
    sources = tuple(str(file) for source in order.sources for file in _files(Path(source)))
    code = order.dossier or _code_of(sources)
    if not DOSSIER_CODE.fullmatch(code):
        raise SohoaError(code, "is not a dossier code: letters, digits, dots and dashes, at most 64")
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
) -> DigitisationOrder:
    """An order as the doors of the console take it; one that is held waits for a clerk before sealing."""
    return DigitisationOrder(dossier, procedure, tuple(sources), day, officer, tuple(cases), hold=hold)


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    files = sorted(p for p in source.rglob("*") if p.is_file() and p.suffix.lower() in SCANS)
    if not files:
        raise SourceNotFound(source.name, "the folder holds no scans")
    return files


def _code_of(sources: Sequence[str]) -> str:
    """A provisional code (tạm) that is the same for the same files."""
    digest = hashlib.sha256()
    for source in sources:
        path = Path(source)
        digest.update(hashlib.sha256(path.read_bytes() if path.is_file() else source.encode()).digest())
    return f"TAM-{digest.hexdigest()[:12]}"
