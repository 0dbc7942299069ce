"""Audits in the resident process: the ledger's head every day, fixity on its schedule or when asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any, Final

from dossier.archive import ArchivedObject
from dossier.audit import LedgerAudit
from dossier.errors import SignerUnavailable, SohoaError
from flows.fixity import check_archive
from flows.fixity_report import FixityRun, last_report, load_run
from flows.fixity_room import FixityRoom, Pace
from flows.ledger_audit import KEPT, STAMPED, LedgerRoom, audit_ledger, keep_head, newest_head_at
from flows.sampling import LotRoom
from flows.settings import Settings
from flows.signature_expiry import provable_until
from flows.wiring import VIETNAM, Workshop
from storage.auditing import open_auditor
from storage.holdings import SqlHoldings
from storage.ledger import SqlLedger
from storage.second_copy import FolderCopy

log = logging.getLogger(__name__)

SETTLE_SECONDS: Final = 600.0
"""How long after a start the first audit waits: the counter comes first."""
_AGAIN_SECONDS: Final = 3600.0
_POLL_SECONDS: Final = 1.0


def _now() -> datetime:
    return datetime.now(VIETNAM)


class Audits:
    """Everything about proving the archive that one workshop needs."""

    def __init__(self, workshop: Workshop, clock: Callable[[], datetime] = _now) -> None:
        self._workshop, self._clock = workshop, clock
        self._ledger = SqlLedger(workshop.settings.database, clock)
        self._folder = workshop.settings.state / "fixity"
        self._lock = Lock()
        self._pace: Pace | None = None
        self._thread: Thread | None = None
        self._trouble: SohoaError | None = None

    def close(self) -> None:
        """Give the connections back."""
        self._ledger.close()

    def ledger_room(self) -> LedgerRoom:
        """What keeping and proving the ledger works with."""
        archive = self._workshop.archive
        try:
            services = self._workshop.seal_services()
        except SignerUnavailable:
            services = None
        return LedgerRoom(self._ledger, archive, open_auditor(archive), services)

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self._workshop.settings

    def lot_room(self) -> LotRoom:
        """What inspecting lots works with."""
        return LotRoom(self._workshop.archive, self._workshop.index, self._ledger)

    def audit_ledger(self) -> LedgerAudit:
        """Prove the ledger: chain, heads under lock, time stamps."""
        return audit_ledger(self.ledger_room(), self._clock())

    def keep_head(self) -> tuple[ArchivedObject, ...]:
        """Put under lock what the ledger holds. Raises LedgerBroken, StoreUnreachable, StorageError."""
        return keep_head(self.ledger_room(), self._clock())

    def owes_head(self) -> bool:
        """Whether no head of today lies in the store. Raises StorageError."""
        newest = newest_head_at(self.ledger_room())
        return newest is None or newest.astimezone(VIETNAM).date() < self._clock().astimezone(VIETNAM).date()

    def has_news(self) -> bool:
        """Whether anything was written since the last head but that it was kept. Raises StorageError."""
        return any(entry.action not in (KEPT, STAMPED) for entry in self._ledger.entries(1))

    def owes_fixity(self) -> bool:
        """Whether a run was interrupted, or the last one is long ago."""
        days = self._workshop.settings.fixity_days
        if load_run(self._folder) is not None:
            return True
        last = last_report(self._folder)
        if last is None or not days:
            return bool(days)
        return self._clock() - datetime.fromisoformat(last["begun_at"]) >= timedelta(days=days)

    def check_fixity(self, pace: Pace) -> FixityRun:
        """One run over the whole archive, or the rest of one. Raises StorageError."""
        return check_archive(self._fixity_room(), pace, self._clock)

    def begin_fixity(self, share: float) -> None:
        """Begin a run in the background; one that is under way goes on at this pace."""
        with self._lock:
            if self._pace is not None and self._thread is not None and self._thread.is_alive():
                self._pace.share = share
                return
            self._pace, self._trouble = Pace(share), None
            self._thread = Thread(target=self._run, args=(self._pace,), daemon=True, name="fixity")
            self._thread.start()

    def fixity_state(self) -> Mapping[str, Any]:
        """Whether a run is under way and how far it is, and the last report."""
        running = self._thread is not None and self._thread.is_alive()
        standing = load_run(self._folder)
        if self._trouble is not None and not running:
            raise self._trouble
        return {
            "running": running,
            "run": standing.data() if standing is not None else None,
            "last": last_report(self._folder),
        }

    def stop(self) -> None:
        """Interrupt a run; it goes on with the next one."""
        with self._lock:
            if self._pace is not None:
                self._pace.ended.set()
            if self._thread is not None:
                self._thread.join(timeout=20)

    def _run(self, pace: Pace) -> None:
        try:
            self.check_fixity(pace)
        except SohoaError as e:
            log.warning("the fixity run stopped: %s", e)
            self._trouble = e

    def _fixity_room(self) -> FixityRoom:
        workshop, settings = self._workshop, self._workshop.settings
        second = FolderCopy(settings.second_copy) if settings.second_copy is not None else None
        if second is not None:
            try:
                second.prepare()
            except SohoaError as e:
                log.warning("%s", e)
        return FixityRoom(
            archive=workshop.archive,
            auditor=open_auditor(workshop.archive),
            holdings=SqlHoldings(settings.database),
            ledger=self._ledger,
            folder=self._folder,
            second=second,
            provable_until=lambda prefix: provable_until(workshop, prefix, self._clock()),
        )


class AuditWatch:
    """Does what is due: a head a day, a fixity run every so many days."""

    def __init__(self, audits: Audits, share: float, began: float) -> None:
        self._audits, self._share = audits, share
        self._head_at = self._fixity_at = began + SETTLE_SECONDS

    def step(self, now: float) -> None:
        """Look once; `now` in seconds of a steady clock."""
        if now >= self._head_at:
            self._head_at = now + _AGAIN_SECONDS
            self._keep_head()
        if now >= self._fixity_at:
            self._fixity_at = now + _AGAIN_SECONDS
            if self._audits.owes_fixity():
                self._audits.begin_fixity(self._share)

    def close(self) -> None:
        """The machine is about to be switched off: what was done today goes under lock today."""
        try:
            if self._audits.has_news():
                self._audits.keep_head()
        except SohoaError as e:
            log.error("the ledger's head could not be kept: %s", e)

    def _keep_head(self) -> None:
        try:
            if self._audits.owes_head():
                for kept in self._audits.keep_head():
                    log.info("the ledger's head lies under lock: %s", kept.key)
        except SohoaError as e:
            log.error("the ledger's head could not be kept: %s", e)


def watch_audits(audits: Audits, share: float, ended: Event) -> None:
    """Do what is due until the end."""
    watch = AuditWatch(audits, share, time.monotonic())
    while not ended.wait(_POLL_SECONDS):
        watch.step(time.monotonic())
    audits.stop()
    watch.close()
