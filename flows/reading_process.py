"""One process that reads page after page, watched while it does: how long, and how much memory.

Two nets hold its memory: the system refuses it more than it may have (setrlimit(2), RLIMIT_DATA, which since
Linux 4.7 counts private mappings too), so that even a burst ends in its own error; and its parent looks at
what it really has, for memory that the limit does not count.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

from dossier.errors import PageTimedOut, PageTooHungry, ReaderError, SohoaError
from flows.allocation import give_back
from flows.processes import end_when_orphaned

log = logging.getLogger(__name__)

START_SECONDS: Final = 600.0
"""How long opening the readers may take, on a machine that is busy with everything else."""
_LOOK_SECONDS: Final = 0.1
_NICENESS: Final = 15
"""A dossier's pages can wait a moment for whoever stands at the counter: the first look at a sheet, the
console. Where nothing else wants the processor, this costs nothing."""
_SAYINGS: Final = ("bad_alloc", "bad allocation", "Insufficient memory", "to allocate", "allocate memory")
"""What libraries say when the system refuses them memory."""
_TUNABLES: Final = "GLIBC_TUNABLES"
_IN_LARGE_PAGES: Final = "glibc.malloc.hugetlb=1"
_STARTING: Final = Lock()
T = TypeVar("T")


class ReadingProcess:
    """A child that reads; used by one thread at a time, ended by any."""

    def __init__(self, opener: Callable[[str], object], cache: Path, memory_bytes: int) -> None:
        """Start it.

        Args:
            opener: what opens the readers, by the folder of their models, before the first page.
            cache: that folder.
            memory_bytes: what the process may have of its own.
        """
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._memory_bytes = memory_bytes
        self._is_ready = False
        self.pages = 0
        """How many it was given."""
        self.is_spoilt = False
        """Whether it may not be given another one."""
        self._spent = 0.0
        self._process = context.Process(
            target=_serve, args=(theirs, opener, str(cache), memory_bytes), daemon=True, name="reader"
        )
        with _large_pages():
            self._process.start()
        theirs.close()

    @property
    def is_alive(self) -> bool:
        """Whether it can be given a page."""
        return self._process.is_alive()

    def run(
        self, work: Callable[..., T], seconds: float, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> T:
        """The work's result; its own error is raised here.

        Time in which others had the processor does not count: a page is not at fault for a busy machine.

        Raises PageTimedOut, PageTooHungry; EOFError where the process ended over it.
        """
        if not self._is_ready:
            is_good, said = self._heard(START_SECONDS, is_start=True)
            if not is_good:
                raise said
            self._is_ready = True
        self.pages += 1
        try:
            self._line.send((work, args, dict(kwargs)))
        except OSError as e:
            raise EOFError(self._end_said()) from e
        is_good, said = self._heard(seconds)
        if is_good:
            result: T = said
            return result
        raise said

    def memory_bytes(self) -> int:
        """What it has of its own, bytes; 0 where it is gone."""
        return own_memory(self._process.pid or 0)

    def newly_spent(self) -> float:
        """Core-seconds that it and its children spent since this was asked last."""
        spent = _spent_seconds(self._process.pid or 0) or self._spent
        new, self._spent = max(0.0, spent - self._spent), spent
        return new

    def end(self) -> None:
        """End it now, whatever it does."""
        with suppress(ValueError, OSError):
            self._process.kill()
            self._process.join(5)
        self._line.close()

    def _heard(self, seconds: float, *, is_start: bool = False) -> tuple[bool, Any]:
        begun, kept_waiting = time.monotonic(), _kept_waiting(self._process.pid or 0)
        try:
            while not self._line.poll(_LOOK_SECONDS):
                if not is_start and self.memory_bytes() > self._memory_bytes:
                    megabytes = self._memory_bytes >> 20
                    raise PageTooHungry("page", f"stopped: it took more than {megabytes} MB")
                others = _kept_waiting(self._process.pid or 0) - kept_waiting
                if time.monotonic() - begun - others > seconds:
                    raise PageTimedOut("page", f"stopped after {seconds:.0f} s")
            answer: tuple[bool, Any] = self._line.recv()
        except (OSError, EOFError, pickle.UnpicklingError) as e:
            raise EOFError(self._end_said()) from e
        return answer

    def _end_said(self) -> str:
        self._process.join(1)
        return f"exit code {self._process.exitcode}"


@contextmanager
def _large_pages() -> Iterator[None]:
    """A process that begins inside asks for its large pictures in large pages of memory.

    A page of a scan is a dozen pictures of 9 to 26 MB, each fetched anew in pieces of 4 kB: asking by 2 MB
    (glibc 2.35, "Memory Allocation Tunables") saves 7 of 100 core-seconds and takes no more memory. It is
    read from the environment before a program begins; elsewhere it is ignored.
    """
    with _STARTING:
        before = os.environ.get(_TUNABLES)
        os.environ[_TUNABLES] = f"{before}:{_IN_LARGE_PAGES}" if before else _IN_LARGE_PAGES
        try:
            yield
        finally:
            if before is None:
                del os.environ[_TUNABLES]
            else:
                os.environ[_TUNABLES] = before


def own_memory(pid: int) -> int:
    """Memory that a process shares with nobody, bytes (proc(5), RssAnon); 0 where there is none such."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    return _kilobytes(status, "RssAnon:") << 10


def _spent_seconds(pid: int) -> float:
    """User and system time of a process and of its children that ended (proc(5), stat), seconds."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return 0.0
    ticks = said.rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _kept_waiting(pid: int) -> float:
    """How long a process's first thread stood ready while others had the processor, seconds.

    The second figure of /proc/PID/schedstat (Linux, Documentation/scheduler/sched-stats.rst); 0 where the
    system does not say.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _kilobytes(status: str, name: str) -> int:
    line = next((line for line in status.splitlines() if line.startswith(name)), "")
    return int(line.split()[1]) if line else 0


def _serve(line: Connection, opener: Callable[[str], object], cache: str, memory_bytes: int) -> None:
    end_when_orphaned()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    os.environ["OMP_NUM_THREADS"] = "1"
    os.nice(_NICENESS)
    try:
        opener(cache)
    except SohoaError as error:
        _say(line, (False, error))
        return
    _bound(memory_bytes)
    _say(line, (True, None))
    while True:
        try:
            work, args, kwargs = line.recv()
        except (EOFError, OSError):
            return
        _say(line, _done(work, args, kwargs))
        # A process that waits for its next page holds 245 instead of 345 MB.
        give_back()


def _done(work: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[bool, Any]:
    try:
        return True, work(*args, **kwargs)
    except Exception as error:
        if isinstance(error, MemoryError) or any(said in str(error) for said in _SAYINGS):
            return False, PageTooHungry("page", "stopped: it asked for more memory than it may have")
        if isinstance(error, SohoaError):
            return False, error
        log.exception("reading a page failed")
        return False, ReaderError("page", f"{type(error).__name__}: {str(error)[:200]}")


def _say(line: Connection, answer: tuple[bool, Any]) -> None:
    try:
        line.send(answer)
    except (pickle.PicklingError, AttributeError, TypeError):
        said = f"{type(answer[1]).__name__} cannot be told: {answer[1]}"
        line.send((False, ReaderError("page", said)))


def _bound(memory_bytes: int) -> None:
    """From here on the system gives this process as much more as is left of what it may have."""
    status = Path("/proc/self/status").read_text("ascii", "replace")
    left = max(0, memory_bytes - (_kilobytes(status, "RssAnon:") << 10))
    limit = (_kilobytes(status, "VmData:") << 10) + left
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
