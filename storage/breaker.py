"""A circuit breaker: whoever did not answer several times is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock


@dataclass(frozen=True, slots=True)
class BreakerState:
    """How a circuit stands."""

    failures: int = 0
    """Failures in a row."""
    closed_from: float | None = None
    """While open: when one attempt may be made again, on the breaker's clock; None while closed."""


class CircuitBreaker:
    """Lets all through until `limit` failures in a row; then nothing for `rest_seconds`, then one attempt.

    Safe for threads. While one attempt is on trial, the others are held back.
    """

    def __init__(
        self, limit: int = 3, rest_seconds: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = Lock()
        self._state = BreakerState()

    @property
    def state(self) -> BreakerState:
        """How the circuit stands now."""
        with self._lock:
            return self._state

    def lets_through(self) -> bool:
        """Whether an attempt may be made; whoever is let through reports `succeeded` or `failed`."""
        with self._lock:
            if self._state.closed_from is None:
                return True
            if self._clock() < self._state.closed_from:
                return False
            self._state = replace(self._state, closed_from=self._clock() + self._rest_seconds)
            return True

    def succeeded(self) -> None:
        """There was an answer: the circuit is closed."""
        with self._lock:
            self._state = BreakerState()

    def failed(self) -> None:
        """There was none."""
        with self._lock:
            failures = self._state.failures + 1
            is_open = failures >= self._limit
            self._state = BreakerState(failures, self._clock() + self._rest_seconds if is_open else None)

    def rested(self) -> None:
        """Something else has shown that it answers again: the next attempt may be made at once."""
        with self._lock:
            if self._state.closed_from is not None:
                self._state = replace(self._state, closed_from=self._clock())
