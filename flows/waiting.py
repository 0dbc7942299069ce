"""What waits for something that is away, and its delivery when that is back.

A dossier whose store is away is read and checked, then waits in the queue; one whose register is away is
archived and asked about later (`flows.register_watch`); a seal whose time stamping service is away is raised
later (`flows.seal_watch`). Nobody has to ask for any of it again.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Final

from dossier.errors import BeingSealed, ClockWrong, DiskFull, PrefectAway, SohoaError, StoreUnreachable
from dossier.review import ReviewState
from dossier.work import Awaited
from flows.wiring import Workshop
from storage.leases import SqlLeases

log = logging.getLogger(__name__)

_EVERY_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = {Awaited.STORE: 15.0, Awaited.DISK: 15.0, Awaited.CLOCK: 60.0, Awaited.PREFECT: 15.0}
"""How long a dossier rests that was tried and waits again, for a part that answers and does not work."""
_AWAITED_BY: Final = (
    (StoreUnreachable, Awaited.STORE),
    (DiskFull, Awaited.DISK),
    (ClockWrong, Awaited.CLOCK),
    (PrefectAway, Awaited.PREFECT),
    (BeingSealed, Awaited.SEAL),
)
_NOBODY: Final = 0
_ROOM_BYTES: Final = 256 << 20
"""Free space from which a dossier is tried again."""
_POLL_SECONDS: Final = 1.0
_NEXT_SECONDS: Final = 0.2
_SHOWN: Final = 200


def awaited_by(error: BaseException) -> Awaited | None:
    """What has to be back before a run that failed so can go on by itself; None where a person has to act."""
    return next((awaited for kind, awaited in _AWAITED_BY if isinstance(error, kind)), None)


@dataclass(frozen=True, slots=True)
class WaitingDossier:
    """A dossier that waits."""

    dossier: str
    awaits: str
    """"store", "disk", "clock", "prefect", "seal", or "register"."""
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

    def __init__(
        self,
        workshop: Workshop,
        leases: SqlLeases,
        on_delivery: Callable[[Sequence[int]], None],
        carries: Callable[[], bool],
    ) -> None:
        """Nothing is looked at yet.

        Args:
            workshop: whose store and disk it is.
            leases: the queue.
            on_delivery: told which jobs go on, by their numbers.
            carries: whether Prefect would carry a run out now.
        """
        self._workshop, self._leases, self._on_delivery = workshop, leases, on_delivery
        self._carries = carries
        self._tried: dict[Awaited, tuple[int, float]] = {}

    def step(self, now: float) -> int:
        """Look once; how many dossiers go on: one at a time of those that wait for the same, in their order.

        Papers that wait for their own dossier's seal go on with its end, whatever else waits.

        Args:
            now: seconds of a steady clock.
        """
        delivered = list(self._after_their_seal())
        for awaited, number in self._leases.due().items():
            last, until = self._tried.get(awaited, (_NOBODY, 0.0))
            if now < until and last in (_NOBODY, number):
                continue  # it was away a moment ago, or this dossier came back from its try
            is_back = self._is_back(awaited)
            pause = _AGAIN_SECONDS[awaited] if is_back else _EVERY_SECONDS
            self._tried[awaited] = (number if is_back else _NOBODY, now + pause)
            if is_back and self._leases.deliver(number):
                delivered.append(number)
        if delivered:
            self._on_delivery(delivered)
        return len(delivered)

    def _after_their_seal(self) -> Iterator[int]:
        for number, dossier in self._leases.sealing():
            stand = self._workshop.reviews.stand(dossier)
            is_over = stand is None or stand.state is not ReviewState.SEALING
            if is_over and self._leases.deliver(number):
                yield number

    def _is_back(self, awaited: Awaited) -> bool:
        if awaited is Awaited.DISK:
            return shutil.disk_usage(self._workshop.settings.state).free >= _ROOM_BYTES
        if awaited is Awaited.PREFECT:
            return self._carries()
        if awaited is Awaited.STORE:
            try:
                self._workshop.archive.probe()
            except SohoaError:
                return False
        return True


def watch_waiting(watch: WaitingWatch, ended: Event) -> None:
    """Look until the process ends."""
    pause = _POLL_SECONDS
    while not ended.wait(pause):
        try:
            # While some go on, the next one's turn comes as soon as the one before is done.
            pause = _NEXT_SECONDS if watch.step(time.monotonic()) else min(2 * pause, _POLL_SECONDS)
        except SohoaError as error:
            log.warning("what waits cannot be looked after now: %s", error)
