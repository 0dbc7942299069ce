"""Dossiers that wait for the residence register are run again when it is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Final

from dossier.errors import SohoaError
from dossier.page import StoredObject
from dossier.waiting import RegisterWait
from dossier.work import Lane
from flows.dossier_queue import Submits
from flows.follow_up import end_wait
from flows.service import Run, Service
from flows.wiring import Workshop

log = logging.getLogger(__name__)

_POLL_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 3600.0
GIVEN_UP_AFTER: Final = timedelta(days=30)
"""Asking about people for a dossier that is long done has no purpose any more."""
_SURE_AFTER: Final = timedelta(days=1)
"""A clock that is wrong for a moment ends no waiting: two looks so far apart have to say the same."""


@dataclass(frozen=True, slots=True)
class _Pause:
    """How long a dossier is left alone after a run that was not answered either."""

    until: float
    seconds: float


class RegisterWatch:
    """Looks whether the register is back and hands waiting dossiers to the service, one at a time."""

    def __init__(self, service: Submits, workshop: Workshop) -> None:
        self._service = service
        self._workshop = workshop
        self._every = workshop.settings.register_retry_seconds
        self._look_at = 0.0
        self._running: tuple[str, Run] | None = None
        self._pauses: dict[str, _Pause] = {}

    def step(self, now: float) -> bool:
        """Look once; whether a dossier is under way. `now` in seconds of a steady clock."""
        if self._is_busy(now):
            return True
        if now < self._look_at:
            return False
        self._look_at = now + self._every
        waiting = [wait for wait in self._workshop.waits.open() if not self._is_over(wait)]
        due = [w for w in waiting if self._pause_of(w.order.dossier).until <= now]
        # Without dossiers that wait, nobody is bothered with a probe.
        if due and self._workshop.register.is_answering():
            self._hand(due[0], now)
        return self._running is not None

    def _is_busy(self, now: float) -> bool:
        if self._running is None:
            return False
        dossier, run = self._running
        if not run.future.done():
            return True
        if run.future.cancelled():  # this process ends; the queue has it still
            self._running = None
            return False
        if (error := run.future.exception()) is not None:
            log.warning("dossier %s, run again for the register, failed: %s", dossier, error)
        self._running = None
        wait = self._workshop.waits.find(dossier)
        if wait is None or wait.settled_at:
            self._pauses.pop(dossier, None)
            self._look_at = now  # the next one need not wait
        else:
            self._leave_alone(dossier, now)
        return False

    def _hand(self, wait: RegisterWait, now: float) -> None:
        dossier = wait.order.dossier
        try:
            kept = self._kept(wait)
            if not kept and not all(Path(source).exists() for source in wait.order.sources):
                end_wait(self._workshop, wait, "the scans are gone and not all of them were kept")
                return
            self._running = dossier, self._service.submit(wait.order, Lane.BACKLOG, kept)
        except SohoaError as error:
            log.warning("dossier %s cannot be run again yet: %s", dossier, error)
            self._leave_alone(dossier, now)

    def _kept(self, wait: RegisterWait) -> Mapping[str, StoredObject]:
        """The bytes of each source; none where a file gave no pages, so that the scans have to be there.

        Raises StorageError where one is damaged or gone.
        """
        kept = dict(wait.originals)
        names = [Path(source).name for source in wait.order.sources]
        if len(set(names)) != len(names) or set(names) != set(kept):
            return {}
        for original in kept.values():
            self._workshop.spool.get(original)
        return {source: kept[Path(source).name] for source in wait.order.sources}

    def _is_over(self, wait: RegisterWait) -> bool:
        """Whether it has gone on for too long by the clock on the wall; ended once that is sure."""
        now = self._workshop.clock()
        if now - datetime.fromisoformat(wait.since) <= GIVEN_UP_AFTER:
            if wait.over_at:
                self._workshop.waits.note(replace(wait, over_at=""))
            return False
        if not wait.over_at:
            self._workshop.waits.note(replace(wait, over_at=now.isoformat(timespec="seconds")))
        elif now - datetime.fromisoformat(wait.over_at) >= _SURE_AFTER:
            end_wait(self._workshop, wait, f"no answer in {GIVEN_UP_AFTER.days} days")
        return True

    def _leave_alone(self, dossier: str, now: float) -> None:
        seconds = min(self._pause_of(dossier).seconds * 2, _LONGEST_PAUSE_SECONDS)
        self._pauses[dossier] = _Pause(now + seconds, seconds)

    def _pause_of(self, dossier: str) -> _Pause:
        return self._pauses.get(dossier, _Pause(0.0, self._every / 2))


def watch_register(service: Service, ended: Event) -> None:
    """Look for the register until the process ends."""
    watch = RegisterWatch(service, service.workshop)
    while not ended.wait(_POLL_SECONDS):
        try:
            watch.step(time.monotonic())
        except SohoaError as error:
            log.warning("waiting dossiers cannot be looked after now: %s", error)
