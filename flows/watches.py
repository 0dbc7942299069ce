"""The threads that look after something beside the door, and whether each of them still does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Final

from dossier.errors import SohoaError

log = logging.getLogger(__name__)

_AGAIN_SECONDS: Final = 5.0
_LONGEST_PAUSE_SECONDS: Final = 60.0
_REMEMBERED_SECONDS: Final = 600.0
"""How long a watch that met a fault counts as one that somebody has to look at."""


class Watches:
    """Runs each watch in a thread of its own and begins it again after a fault. Safe for threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, again_seconds: float = _AGAIN_SECONDS
    ) -> None:
        """Nothing runs yet.

        Args:
            clock: seconds that only go forward.
            again_seconds: how long a watch rests after its first fault in a row; each next doubles it.
        """
        self._clock, self._again = clock, again_seconds
        self._lock = Lock()
        self._threads: dict[str, tuple[Thread, Event]] = {}
        self._returned: set[str] = set()
        self._faults: dict[str, float] = {}
        self._held: dict[str, int] = {}

    def start(self, name: str, watch: Callable[[], None], ended: Event) -> Thread:
        """Run a watch until it returns; `ended` is the sign for the end of all."""
        thread = Thread(target=self._keep, args=(name, watch, ended), daemon=True, name=name)
        with self._lock:
            self._threads[name] = thread, ended
            self._returned.discard(name)
        thread.start()
        return thread

    def note_held(self, name: str, number: int) -> None:
        """How many things a watch cannot go on with until somebody does something."""
        with self._lock:
            self._held[name] = number

    def held(self) -> int:
        """How many things no watch can go on with."""
        with self._lock:
            return sum(self._held.values())

    def dead(self) -> tuple[str, ...]:
        """Watches whose thread ended though nothing told it to."""
        with self._lock:
            return tuple(
                name
                for name, (thread, ended) in self._threads.items()
                if name not in self._returned and not thread.is_alive() and not ended.is_set()
            )

    def faulty(self) -> tuple[str, ...]:
        """Watches that met a fault in the last ten minutes and go on."""
        with self._lock:
            since = self._clock() - _REMEMBERED_SECONDS
            return tuple(name for name, at in self._faults.items() if at >= since)

    def _keep(self, name: str, watch: Callable[[], None], ended: Event) -> None:
        pause, told = self._again, ""
        while not ended.is_set():
            began = self._clock()
            try:
                watch()
            except Exception as error:
                if self._clock() - began > _LONGEST_PAUSE_SECONDS:
                    pause, told = self._again, ""
                # The fault of a share that stays away for a night stands in the log once.
                if (why := f"{type(error).__name__}: {error}") != told:
                    is_bug = not isinstance(error, SohoaError | OSError)
                    log.error("the watch %s failed and begins again: %s", name, why, exc_info=is_bug)
                told = why
                with self._lock:
                    self._faults[name] = self._clock()
                ended.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            else:
                break
        with self._lock:
            self._returned.add(name)
