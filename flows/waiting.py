"""What waits for something that is away, and its delivery when that is back.

A dossier whose store is away is read and checked, then waits in the queue; one whose register is away is
archived and asked about later (`flows.register_watch`); a seal whose time stamping service is away is raised
later (`flows.seal_watch`). Nobody has to ask for any of it again.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Final

from dossier.errors import ClockWrong, DiskFull, SohoaError, StoreUnreachable
from dossier.work import Awaited, Job
from flows.wiring import Workshop
from storage.leases import SqlLeases

log = logging.getLogger(__name__)

_EVERY_SECONDS: Final = 5.0
_CLOCK_SECONDS: Final = 60.0
"""Whether the clock is right again is found out by sealing, which is tried this often."""
_ROOM_BYTES: Final = 256 << 20
"""Free space from which a dossier is tried again."""
_POLL_SECONDS: Final = 1.0
_SHOWN: Final = 200


def awaited_by(error: BaseException) -> Awaited | None:
    """What has to be back before a run that failed so can go on by itself; None where a person has to act."""
    kinds = ((StoreUnreachable, Awaited.STORE), (DiskFull, Awaited.DISK), (ClockWrong, Awaited.CLOCK))
    return next((awaited for kind, awaited in kinds if isinstance(error, kind)), None)


@dataclass(frozen=True, slots=True)
class WaitingDossier:
    """A dossier that waits."""

    dossier: str
    awaits: str
    """"store", "disk", "clock", or "register"."""
    since: str
    """When it came, ISO 8601, +07:00."""
    trouble: str
    """What happened, as the log says it; empty where nothing is known."""


def what_waits(workshop: Workshop, leases: SqlLeases, limit: int = _SHOWN) -> tuple[WaitingDossier, ...]:
    """Dossiers that wait, in the order in which they will be delivered. Raises KeyMissing, StorageError."""
    queued = [
        WaitingDossier(job.dossier, job.awaits.value if job.awaits else "", job.since, job.trouble)
        for job in leases.waiting()
    ]
    asked = [WaitingDossier(w.order.dossier, "register", w.since, "") for w in workshop.waits.open()]
    return (*queued, *asked)[:limit]


class WaitingWatch:
    """Looks whether what dossiers wait for is back, and hands them on in the order in which they came."""

    def __init__(self, workshop: Workshop, leases: SqlLeases, on_delivery: Callable[[], None]) -> None:
        """Nothing is looked at yet.

        Args:
            workshop: whose store and disk it is.
            leases: the queue.
            on_delivery: told when there is something to do.
        """
        self._workshop, self._leases, self._on_delivery = workshop, leases, on_delivery
        self._look_at: dict[Awaited, float] = {}

    def step(self, now: float) -> int:
        """Look once; how many dossiers go on. `now` in seconds of a steady clock."""
        waiting: dict[Awaited, list[Job]] = {}
        for job in self._leases.waiting():
            if job.awaits is not None:
                waiting.setdefault(job.awaits, []).append(job)
        for awaited in set(self._look_at) - set(waiting):
            del self._look_at[awaited]
        delivered = 0
        for awaited in waiting:
            every = _CLOCK_SECONDS if awaited is Awaited.CLOCK else _EVERY_SECONDS
            if now < self._look_at.setdefault(awaited, now + (every if awaited is Awaited.CLOCK else 0.0)):
                continue
            self._look_at[awaited] = now + every
            if self._is_back(awaited):
                delivered += self._leases.deliver(awaited)
        if delivered:
            log.info("%d dossiers that waited go on", delivered)
            self._on_delivery()
        return delivered

    def _is_back(self, awaited: Awaited) -> bool:
        if awaited is Awaited.DISK:
            return shutil.disk_usage(self._workshop.settings.state).free >= _ROOM_BYTES
        if awaited is Awaited.STORE:
            try:
                self._workshop.archive.probe()
            except SohoaError:
                return False
        return True


def watch_waiting(watch: WaitingWatch, ended: Event) -> None:
    """Look until the process ends."""
    while not ended.wait(_POLL_SECONDS):
        try:
            watch.step(time.monotonic())
        except SohoaError as error:
            log.warning("what waits cannot be looked after now: %s", error)
