"""The hot folder: dossiers that a scanner drops are digitised as they become whole."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event

from dossier.errors import SohoaError, SourceError
from dossier.masking import file_mark
from dossier.work import Lane
from flows.service import Run, Service, new_order
from flows.settings import Settings
from flows.wiring import VIETNAM, open_keys, open_quarantine
from scanners.hot_folder import HotFolder, ReadyDossier
from scanners.regular import open_regular

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
RETRY_SECONDS = 60.0
"""How long a dossier waits after trouble that passes, such as a store that is down."""


@dataclass(frozen=True, slots=True)
class _Handed:
    """A dossier that was handed to the service, or waits to be handed again."""

    ready: ReadyDossier
    run: Run | None
    again_at: float


class Tray:
    """Hands dossiers from the hot folder to the service and lets go of them when they are done."""

    def __init__(self, service: Service, settings: Settings) -> None:
        settings.drop_folder.mkdir(parents=True, exist_ok=True)
        self._service = service
        self._officer = settings.officer
        self._aside = open_quarantine(settings, open_keys(settings))
        self._folder = HotFolder(settings.drop_folder, self._set_aside)
        self._handed = [_Handed(ready, None, 0.0) for ready in self._folder.waiting()]

    def step(self, now: float) -> None:
        """Look once; `now` in seconds since the epoch."""
        for event in self._folder.poll(now):
            if isinstance(event, ReadyDossier):
                self._handed.append(_Handed(event, None, now))
            else:
                log.warning("%s was set aside: %s", file_mark(event.name), event.error.cause)
        self._handed = [left for handed in self._handed for left in self._bravely(handed, now)]

    def held(self) -> int:
        """How many things in the folder do not go on until somebody does something."""
        return self._folder.held()

    def _set_aside(self, path: Path, error: SourceError, at: datetime) -> str:
        return self._aside.keep(partial(open_regular, path), error, path.name, at)

    def _bravely(self, handed: _Handed, now: float) -> tuple[_Handed, ...]:
        """What is left of a handed dossier; one that cannot go on is tried again, the others go on."""
        if _rests(handed, now):
            return (handed,)
        try:
            return self._still_waiting(handed, now)
        except (SohoaError, OSError) as error:
            log.warning("dossier %s from the hot folder waits: %s", handed.ready.dossier, error)
        except Exception:  # one dossier's bug must not stop the counter
            log.exception("an unexpected fault over dossier %s from the hot folder", handed.ready.dossier)
        return (replace(handed, again_at=now + RETRY_SECONDS),)

    def _still_waiting(self, handed: _Handed, now: float) -> tuple[_Handed, ...]:
        """Raises SohoaError, OSError where it cannot be handed on, or that it was cannot be noted."""
        if handed.run is None:
            return (self._hand(handed.ready, now),)
        if not handed.run.future.done():
            return (handed,)
        if _is_worth_retrying(handed.ready, handed.run.future.exception()):
            return (_Handed(handed.ready, None, now + RETRY_SECONDS),)
        self._folder.accept(handed.ready)
        return ()

    def _hand(self, ready: ReadyDossier, now: float) -> _Handed:
        day = datetime.now(VIETNAM).date()
        order = new_order([str(p) for p in ready.files], ready.procedure, ready.dossier, day, self._officer)
        return _Handed(ready, self._service.submit(order, Lane.BACKLOG), now)


def watch_tray(service: Service, settings: Settings, ended: Event) -> None:
    """Look into the hot folder every second until the process ends."""
    tray = Tray(service, settings)
    while not ended.wait(_POLL_SECONDS):
        tray.step(time.time())
        service.workshop.watches.note_held("tray", tray.held())


def _rests(handed: _Handed, now: float) -> bool:
    """Whether it is not tried yet; a moment further off than any was said by a clock that was ahead."""
    return now < handed.again_at <= now + RETRY_SECONDS


def _is_worth_retrying(ready: ReadyDossier, error: BaseException | None) -> bool:
    if error is not None:
        log.warning("dossier %s from the hot folder failed: %s", ready.dossier, error)
    return isinstance(error, SohoaError) and error.retryable
