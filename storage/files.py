"""Files that are whole or absent: the one way in which this room writes to disk."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from dossier.errors import DiskFull, SohoaError, StorageError

_PART: Final = ".part"
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ABANDONED_AFTER_SECONDS: Final = 3600.0


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there with all its bytes or not at all, even after a power cut.

    It is written under another name, flushed to disk and renamed; only this user may read it.
    Raises DiskFull, StorageError.
    """
    part = path.with_name(f".{path.name[:64]}.{secrets.token_hex(8)}{_PART}")
    with translated(path):
        private_folder(path.parent)
        try:
            _write_through(part, data)
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it, that only this user may look into."""
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def folder_held(folder: Path) -> Iterator[None]:
    """One at a time among threads and processes that ask for the same folder. Raises StorageError."""
    with translated(folder):
        descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Whether nobody else, thread or process, is within this block for the same file; nobody is waited for.

    The file is made where it is not there. Raises StorageError.
    """
    with translated(file):
        private_folder(file.parent)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def remove_abandoned_parts(folder: Path) -> int:
    """Remove what a killed process left half-written more than an hour ago; the number of files removed."""
    oldest = time.time() - _ABANDONED_AFTER_SECONDS
    removed = 0
    for part in folder.rglob(f".*{_PART}"):
        with suppress(OSError):
            if part.stat().st_mtime < oldest:
                part.unlink()
                removed += 1
    return removed


@contextmanager
def translated(subject: Path, refused: type[SohoaError] = StorageError) -> Iterator[None]:
    """Turn the system's refusals into DiskFull and another error, StorageError where none is given."""
    try:
        yield
    except OSError as e:
        cause = os.strerror(e.errno) if e.errno else str(e)
        raise (DiskFull if e.errno in _NO_ROOM else refused)(str(subject), cause) from e


def _write_through(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """A rename is only safe once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
