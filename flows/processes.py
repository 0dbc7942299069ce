"""Child processes that end with their parent, and the pool that reads pages: a page that hangs or eats memory
is stopped alone."""

from __future__ import annotations

import contextlib
import ctypes
import heapq
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Condition, Thread
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from dossier.errors import PageTimedOut, PageTooHungry, ReaderError, ServiceUnreachable
from dossier.work import Lane

if TYPE_CHECKING:
    from flows.reading_process import ReadingProcess

_PR_SET_PDEATHSIG = 1
MEMORY_BYTES: Final = 1500 << 20
"""What one reading process may have of its own; a page of 40 million pixels needs about half."""
P = ParamSpec("P")
T = TypeVar("T")
_turn: ContextVar[Lane] = ContextVar("turn", default=Lane.COUNTER)


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


def _open_readers(cache: str) -> None:
    from flows.reading import open_reader

    open_reader(Path(cache))


@contextmanager
def in_turn_of(lane: Lane) -> Iterator[None]:
    """Pages that this thread reads within the block have the turn of a lane."""
    token = _turn.set(lane)
    try:
        yield
    finally:
        _turn.reset(token)


class ReadingPool:
    """A few processes that read pages, one page each at a time, the counter's pages first.

    A page that hangs, eats memory or kills its process fails alone: its process is replaced, the others read
    on. A process is also replaced after so many pages.
    """

    _spent_seconds = 0.0
    _opener = staticmethod(_open_readers)

    def __init__(
        self, processes: int, pages_per_process: int, cache: Path, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        """Nothing is started before the first page, or `warm`.

        Args:
            processes: pages that are read at the same time.
            pages_per_process: after so many a process is replaced.
            cache: folder of the readers' models.
            memory_bytes: what one process may have of its own.
        """
        self._pages_per_process = pages_per_process
        self._cache = cache
        self._memory_bytes = memory_bytes
        self._turns = Condition()
        self._queue: list[tuple[int, int]] = []
        self._count = 0
        self._free: list[ReadingProcess | None] = [None] * processes
        self._all: set[ReadingProcess] = set()
        self._is_closed = False

    def run(self, work: Callable[P, T], seconds: float, *args: P.args, **kwargs: P.kwargs) -> T:
        """The work's result; time counts from when a process has begun it.

        Raises PageTimedOut; PageTooHungry where it took more memory than it may; ReaderError when it ended
        its process twice; ServiceUnreachable after `close`.
        """
        for attempt in (1, 2):
            process = self._taken()
            try:
                return process.run(work, seconds, args, kwargs)
            except EOFError as e:
                if attempt == 2:
                    raise ReaderError("page", f"its process ended twice over it: {e}") from e
            except (PageTimedOut, PageTooHungry):
                process.is_spoilt = True
                raise
            finally:
                self._given_back(process)
        raise AssertionError

    def warm(self) -> None:
        """Start the processes, so that the first page finds its reader loaded."""
        with self._turns:
            self._free = [process or self._new() for process in self._free]

    @property
    def spent_seconds(self) -> float:
        """Core-seconds that these processes spent, those before them included."""
        return self._spent_seconds

    def close(self) -> None:
        """End all processes."""
        with self._turns:
            self._is_closed = True
            every = tuple(self._all)
            self._turns.notify_all()
        for process in every:
            process.end()

    def _taken(self) -> ReadingProcess:
        """A process, once it is this page's turn: by lane, then first come, first served."""
        with self._turns:
            self._count += 1
            mine = (int(_turn.get()), self._count)
            heapq.heappush(self._queue, mine)
            self._turns.wait_for(lambda: self._is_closed or (self._free and self._queue[0] == mine))
            if self._is_closed:
                raise ServiceUnreachable("reading processes", "they are being ended")
            heapq.heappop(self._queue)
            process = self._free.pop()
            self._turns.notify_all()
            return process or self._new()

    def _given_back(self, process: ReadingProcess) -> None:
        spent = process.newly_spent()
        is_fit = process.is_alive and not process.is_spoilt and process.pages < self._pages_per_process
        is_fit = is_fit and process.memory_bytes() < self._memory_bytes
        if not is_fit:
            process.end()
        with self._turns:
            self._spent_seconds += spent
            if not is_fit:
                self._all.discard(process)
            # A process that reads already is taken before one that has to be started.
            self._free.append(process) if is_fit else self._free.insert(0, None)
            self._turns.notify_all()

    def _new(self) -> ReadingProcess:
        from flows.reading_process import ReadingProcess

        process = ReadingProcess(self._opener, self._cache, self._memory_bytes)
        self._all.add(process)
        return process
