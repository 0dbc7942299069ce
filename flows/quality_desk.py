"""The first look at pages as they leave the feeder: in a process of its own, beside and ahead of reading.

Reading has its own processes and its own queue. A page that arrives while a long dossier is read waits for
nobody: its verdict takes a few tenths of a core-second.
"""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from dossier.page import ScannedPage
from flows.processes import end_when_orphaned
from validators.page_quality import PageQuality, judge_quality

if TYPE_CHECKING:
    from flows.inspecting import SeenPage


@dataclass(frozen=True, slots=True)
class FirstLook:
    """A page that was looked at, and the verdict on it alone; dirt on the glass needs the whole batch."""

    seen: SeenPage
    quality: PageQuality
    core_seconds: float
    """What the look took, decoding included."""


class QualityDesk:
    """Looks at pages in the order in which they arrive."""

    def __init__(self, cache: Path) -> None:
        """Start the process; its readers are open when `wait_ready` returns.

        Args:
            cache: where PaddleOCR's model folders are made.
        """
        self._cache = cache
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)
        self._ready = self._pool.submit(_open, cache)

    def wait_ready(self) -> None:
        """Return when a page would be looked at without waiting for anything to be opened."""
        self._ready.result()

    def arrive(self, page: ScannedPage, picture: bytes) -> Future[FirstLook]:
        """Look at a page that has just arrived. The future raises SourceError for a damaged picture."""
        return self._pool.submit(_look, self._cache, page, picture)

    def close(self) -> None:
        """End the process; pages that were not looked at yet are given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    end_when_orphaned()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    os.environ["OMP_NUM_THREADS"] = "1"
    import cv2

    cv2.setNumThreads(1)


def _open(cache: Path) -> None:
    from flows.looking import open_looking

    open_looking(cache)


def _look(cache: Path, page: ScannedPage, picture: bytes) -> FirstLook:
    from flows.inspecting import look_at

    started = time.process_time()
    seen = look_at(cache, page, picture)
    quality = judge_quality(seen.inspection.measures)
    return FirstLook(seen, quality, time.process_time() - started)
