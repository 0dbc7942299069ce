"""What could not be done now and is tried again by itself, without anybody waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Timer


class Retries:
    """One further try for each name at a time. Safe for threads."""

    def __init__(self, after_seconds: float) -> None:
        """Nothing waits yet."""
        self._after = after_seconds
        self._lock = Lock()
        self._timers: dict[str, Timer] = {}
        self._is_closed = False

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """Do this later, in a thread of its own; what waits under this name already is enough."""
        with self._lock:
            if self._is_closed or name in self._timers:
                return
            timer = Timer(self._after, self._do, (name, work))
            timer.daemon = True
            self._timers[name] = timer
            timer.start()

    def close(self) -> None:
        """Try nothing more."""
        with self._lock:
            self._is_closed = True
            for timer in self._timers.values():
                timer.cancel()

    def _do(self, name: str, work: Callable[[], object]) -> None:
        with self._lock:
            self._timers.pop(name, None)
            if self._is_closed:
                return
        work()
