"""Reading files that came from outside, in a process of their own, so that none can take this one down.

The child may use so much memory and so much time, opens one file, and hands over one page whenever it is
asked for the next: neither memory nor disk fills up when the reader is slow. However it ends, the parent
gets pages or exactly one SourceError.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

from dossier import errors
from dossier.errors import DiskFull, SohoaError, SourceTooLarge, SourceUnreadable, StorageError
from dossier.masking import file_mark
from dossier.page import Extraction
from scanners.delivery import DeliveredFile, DeliveredPage, IntakeLimits

log = logging.getLogger(__name__)

_ROOT: Final = Path(__file__).resolve().parent.parent
_PROGRAM: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from scanners.worker import main; main(sys.argv[2:])"
)
_LONGEST_ANSWER: Final = 65_536
_spent: Final = [0.0]
_spent_lock: Final = Lock()


def read_pages(
    file: DeliveredFile, folder: Path, limits: IntakeLimits, timeout_seconds: float
) -> Iterator[DeliveredPage]:
    """The pages of a file, read by a child process. Raises SourceError."""
    with _child("pages", file, folder, limits, timeout_seconds) as child:
        while "end" not in (answer := child.ask()):
            yield child.page(answer)


def prove_whole(file: DeliveredFile, folder: Path, limits: IntakeLimits, timeout_seconds: float) -> None:
    """Raise the SourceError that reading the file would give, pages that must be drawn left out."""
    with _child("proof", file, folder, limits, timeout_seconds) as child:
        child.ask()


def count_signatures(
    file: DeliveredFile, folder: Path, limits: IntakeLimits, timeout_seconds: float
) -> tuple[int, int]:
    """Signature fields of a PDF that are signed, and that are not. Raises SourceError."""
    with _child("signatures", file, folder, limits, timeout_seconds) as child:
        answer = child.ask()
        return int(answer["signed"]), int(answer["empty"])


@contextmanager
def _child(
    task: str, file: DeliveredFile, folder: Path, limits: IntakeLimits, timeout_seconds: float
) -> Iterator[_Child]:
    with tempfile.TemporaryDirectory(prefix="guarded-", dir=folder, ignore_cleanup_errors=True) as own:
        child = _Child(task, file, Path(own), limits, timeout_seconds)
        try:
            yield child
        finally:
            child.stop()


class _Child:
    """One running child and the conversation with it."""

    def __init__(
        self, task: str, file: DeliveredFile, folder: Path, limits: IntakeLimits, timeout_seconds: float
    ) -> None:
        self._file = file
        self._folder = folder
        self._page_seconds = timeout_seconds
        self._left_seconds = limits.file_seconds
        _put(folder / "source", file)
        order = {
            "task": task,
            "folder": str(folder),
            "name": file.name,
            "media_type": file.media_type,
            "limits": asdict(limits),
            "cpu_seconds": int(limits.file_seconds) + 1,
        }
        self._errors: IO[bytes] = (folder / "errors").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(_ROOT), json.dumps(order)],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )

    def ask(self) -> dict[str, Any]:
        """The next answer. Raises the SourceError that the child named, or that its end amounts to."""
        assert self._process.stdin is not None  # noqa: S101  (made with a pipe above)
        try:
            self._process.stdin.write(b"next\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # It ended early; what it said last is still to be read.
        line = self._line()
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            raise self._crash() from None
        if "error" in answer:
            raise _named(answer["error"])(self._file.name, answer["cause"])
        return answer

    def page(self, answer: dict[str, Any]) -> DeliveredPage:
        """The page that an answer describes; its file is gone afterwards."""
        picture = self._folder / f"page-{int(answer['number'])}"
        data = picture.read_bytes()
        picture.unlink()
        return DeliveredPage(
            int(answer["number"]),
            data,
            str(answer["media_type"]),
            Extraction(answer["extraction"]),
            int(answer["width"]),
            int(answer["height"]),
            float(answer["dpi"]),
        )

    def stop(self) -> None:
        """End the child and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        _note_spent(self._process.pid)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def _line(self) -> bytes:
        """One line from the child, waited for no longer than allowed; empty when it ended without a word."""
        assert self._process.stdout is not None  # noqa: S101
        output = self._process.stdout.fileno()
        wait = min(self._page_seconds, self._left_seconds)
        end = time.monotonic() + wait
        said = b""
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while not said.endswith(b"\n") and len(said) < _LONGEST_ANSWER:
                if not selector.select(max(0.0, end - time.monotonic())):
                    what = "a page" if wait == self._page_seconds else "the file"
                    raise SourceUnreadable(self._file.name, f"reading {what} takes longer than allowed")
                part = os.read(output, 4096)
                if not part:
                    break
                said += part
        self._left_seconds = max(0.0, self._left_seconds - (wait - (end - time.monotonic())))
        return said

    def _crash(self) -> SohoaError:
        """What an end without an answer amounts to."""
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read(_LONGEST_ANSWER).decode("utf-8", "replace").strip()
        # What it said last may name what stands in the file: that is not for the log.
        log.warning("the process that read %s ended with %s", file_mark(self._file.name), code)
        log.debug("it said: %s", said[-2000:])
        if (
            -code in (signal.SIGXCPU, signal.SIGKILL, signal.SIGXFSZ)
            or "MemoryError" in said
            or "bad_alloc" in said
        ):
            return SourceTooLarge(self._file.name, "reading it takes more than this machine allows a file")
        last = said.splitlines()[-1][:100] if said else f"signal {-code}"
        return SourceUnreadable(self._file.name, f"the reader stopped over it ({last})")


def spent_seconds() -> float:
    """Core-seconds of all children of this process that have ended, for whoever measures intake."""
    with _spent_lock:
        return _spent[0]


def _note_spent(pid: int) -> None:
    """Count what a child spent, after its end and before it is waited for (proc(5), /proc/PID/stat)."""
    with suppress(OSError):  # it may have been waited for already, where it ended by itself
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks = sum(int(field) for field in fields[11:15])
        with _spent_lock:
            _spent[0] += ticks / os.sysconf("SC_CLK_TCK")


def _put(path: Path, file: DeliveredFile) -> None:
    try:
        path.write_bytes(file.data)
    except OSError as e:
        kind = DiskFull if e.errno in (errno.ENOSPC, errno.EDQUOT) else StorageError
        raise kind(file.name, f"no room to work on it ({e.strerror})") from e


def _named(name: str) -> type[SohoaError]:
    found = getattr(errors, name, None)
    return found if isinstance(found, type) and issubclass(found, SohoaError) else SourceUnreadable
