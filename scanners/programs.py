"""The one door to external programs: list arguments, a time-out, a folder of its own, no shell."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from dossier.errors import PartMissing

_LAST_WORDS: Final = 4000
_GOODBYE_SECONDS: Final = 5.0
LAST_SECONDS: Final = 10.0
"""How long a program that has said what ended it may be silent."""


class ProgramFailed(Exception):
    """A program ended with an error or was stopped."""

    def __init__(self, message: str, code: int | None = None, said: str = "") -> None:
        super().__init__(message)
        self.code = code
        """Its exit code; None where it was stopped."""
        self.said = said
        """The end of what it wrote to standard error."""


def run(arguments: Sequence[str], *, seconds: float, folder: Path) -> bytes:
    """Run a program in a folder and return what it printed.

    Raises:
        PartMissing: it is not installed.
        ProgramFailed: it failed, or took longer than the time given and was killed.
    """
    try:
        done = subprocess.run(
            list(arguments),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as e:
        raise PartMissing(arguments[0], "the program is not installed") from e
    except subprocess.TimeoutExpired as e:
        raise ProgramFailed(f"{arguments[0]} took longer than {seconds:.0f} s") from e
    if done.returncode != 0:
        raise _failed(arguments[0], done.returncode, done.stderr)
    return done.stdout


def printed_lines(
    arguments: Sequence[str],
    *,
    silence_seconds: float,
    folder: Path,
    fatal: Sequence[str] = (),
    last: Sequence[str] = (),
) -> Iterator[str]:
    """Run a program in a folder and hand on each line that it prints, as soon as it is printed.

    Closing the iterator ends the program.

    Args:
        fatal: words on standard error with which it has failed, whatever its exit code says.
        last: words on standard error after which it only has to end: ten more seconds of silence are enough.

    Raises:
        PartMissing: it is not installed.
        ProgramFailed: it failed, or printed nothing for longer than the time given and was ended.
    """
    with TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                list(arguments), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )
        except FileNotFoundError as e:
            raise PartMissing(arguments[0], "the program is not installed") from e
        try:
            yield from _lines(process, arguments[0], silence_seconds, errors, last)
        finally:
            _end(process)
        errors.seek(0)
        said = errors.read()
        if process.returncode != 0 or any(words.encode() in said for words in fatal):
            raise _failed(arguments[0], process.returncode, said)


def _lines(
    process: subprocess.Popen[bytes],
    name: str,
    silence_seconds: float,
    errors: IO[bytes],
    last: Sequence[str],
) -> Iterator[str]:
    """Lines until the program closes its output."""
    assert process.stdout is not None  # noqa: S101 - asked for by the caller
    stream: IO[bytes] = process.stdout
    pending = b""
    waiting = select.poll()  # select() refuses descriptors from 1024 on
    waiting.register(stream, select.POLLIN)
    while True:
        patience = min(LAST_SECONDS, silence_seconds)
        is_silent = not waiting.poll(1000 * patience)
        said = _said(errors)
        if is_silent and not any(words.encode() in said for words in last):
            patience = silence_seconds
            is_silent = not waiting.poll(1000 * max(0.0, silence_seconds - LAST_SECONDS))
        if is_silent:
            words = _said(errors)[-_LAST_WORDS:].decode("utf-8", "replace")
            raise ProgramFailed(f"{name} was silent for {patience:.0f} s", said=words)
        piece = os.read(stream.fileno(), 65536)
        if not piece:
            break
        *lines, pending = (pending + piece).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
    if pending:
        yield pending.decode("utf-8", "replace")
    with suppress(subprocess.TimeoutExpired):
        process.wait(silence_seconds)


def _said(errors: IO[bytes]) -> bytes:
    """What the program has written to standard error so far; where it writes next stays as it is."""
    return os.pread(errors.fileno(), os.fstat(errors.fileno()).st_size, 0)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program that still runs to end, then make it end."""
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _failed(name: str, code: int, errors: bytes) -> ProgramFailed:
    said = errors[-_LAST_WORDS:].decode("utf-8", "replace")
    return ProgramFailed(f"{name} ended with {code}: {' '.join(said.split())[-200:]}", code, said)
