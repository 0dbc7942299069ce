"""Whether a worker works: that its loop turns, and when each of its pools last handed out what there was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

SILENT_SECONDS: Final = 60.0
"""A loop that has not turned for so long hangs: it looks several times a second."""


class WorkerLife(Collector):
    """One worker's pulse. Safe for threads."""

    def __init__(self, pools: Sequence[str], seconds: Callable[[], float] = time.monotonic) -> None:
        """It begins now.

        Args:
            pools: the work pools that it takes from.
            seconds: a steady clock.
        """
        self._seconds, self._lock = seconds, Lock()
        self._turned = seconds()
        self._asked = dict.fromkeys(pools, seconds())

    def turns(self) -> None:
        """The loop turned."""
        self._turned = self._seconds()

    def asked(self, pool: str) -> None:
        """A pool answered."""
        with self._lock:
            self._asked[pool] = self._seconds()

    @property
    def is_alive(self) -> bool:
        """Whether the loop turns."""
        return self._seconds() - self._turned < SILENT_SECONDS

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked in order to be entered."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """How long ago each pool answered."""
        told = GaugeMetricFamily(
            "sohoa_worker_asked_seconds", "Since a work pool last answered this worker.", labels=["pool"]
        )
        with self._lock:
            for pool, at in self._asked.items():
                told.add_metric([pool], max(0.0, self._seconds() - at))
        yield told
