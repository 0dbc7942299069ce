"""Child processes that end with their parent, and the pool that reads pages."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Lock, Thread
from typing import ParamSpec, TypeVar

from dossier.errors import PageTimedOut, ReaderError
from flows.core_seconds import measured

_PR_SET_PDEATHSIG = 1
P = ParamSpec("P")
T = TypeVar("T")


def die_with_parent() -> None:
    """Ask Linux to end this process when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).

    Only for children of a process's main thread: a child started by a worker thread would end with it.
    """
    with contextlib.suppress(OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def end_when_orphaned() -> None:
    """Watch from a thread whether the parent still lives; for children that any thread may start."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(0)

    Thread(target=watch, daemon=True, name="orphan-watch").start()


class ReadingPool:
    """A few processes that read pages, one page each at a time.

    A page that hangs or kills its process fails alone: the pool is replaced and the pages that merely
    shared it are tried again.
    """

    _spent_seconds = 0.0

    def __init__(self, processes: int, pages_per_process: int, cache: Path) -> None:
        self._processes = processes
        self._pages_per_process = pages_per_process
        self._cache = cache
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, work: Callable[P, T], seconds: float, *args: P.args, **kwargs: P.kwargs) -> T:
        """The work's result. Raises PageTimedOut, or ReaderError when it ended its process twice."""
        for attempt in (1, 2):
            pool = self._open()
            future: Future[tuple[T, float]] = pool.submit(measured, partial(work, *args, **kwargs))
            try:
                result, spent = future.result(timeout=seconds)
                self._note_spent(spent)
                return result
            except BrokenProcessPool as e:
                self._replace(pool)
                if attempt == 2:
                    raise ReaderError("page", "it ended the reading process twice") from e
            except FutureTimeout as e:
                self._replace(pool)
                raise PageTimedOut("page", f"stopped after {seconds:.0f} s") from e
        raise AssertionError

    @property
    def spent_seconds(self) -> float:
        """Core-seconds that pages took which were read to their end."""
        return self._spent_seconds

    def warm(self) -> None:
        """Start the processes, so that the first page finds its reader loaded."""
        pool = self._open()
        for _ in range(self._processes):
            pool.submit(os.getpid)

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            _end(pool)

    def _note_spent(self, seconds: float) -> None:
        with self._lock:
            self._spent_seconds += seconds

    def _open(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self._processes,
                    mp_context=get_context("spawn"),
                    initializer=_start_reader,
                    initargs=(str(self._cache),),
                    max_tasks_per_child=self._pages_per_process,
                )
            return self._pool

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                self._pool = None
        _end(broken)


def _end(pool: ProcessPoolExecutor) -> None:
    # ProcessPoolExecutor offers no way to stop a child that hangs, so its processes are ended by hand.
    children = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for child in children:
        child.kill()


def _start_reader(cache: str) -> None:
    end_when_orphaned()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    os.environ["OMP_NUM_THREADS"] = "1"
    from flows.reading import open_reader

    open_reader(Path(cache))
