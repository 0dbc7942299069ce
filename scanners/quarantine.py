"""Quarantine: a file that cannot be taken in, kept untouched, with the reason beside it.

    <folder>/<first half of its SHA-256>-<name>         the bytes
    <folder>/<first half of its SHA-256>-<name>.json    why: name, sha256, size, error, cause, advice, time

Nothing is ever overwritten. The same bytes again find their first entry and change nothing.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from dossier.errors import DiskFull, SohoaError, StorageError
from scanners.regular import open_regular

_PIECE: Final = 1 << 20
_DIGITS: Final = 32
_LONGEST_NAME_BYTES: Final = 160


def quarantine(source: Path | bytes, name: str, error: SohoaError, folder: Path, now: datetime) -> Path:
    """Keep a file that was refused, and why.

    Args:
        source: the file, which stays where it is, or its bytes.
        name: file name as the clerk knows it.
        now: aware time.

    Returns:
        Where the bytes lie now; the reason's path where there were none to keep (a pipe, a folder, a file
        that may not be opened).

    Raises:
        DiskFull, StorageError: nothing could be kept.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _keep(source, name, error, folder, now)
    except OSError as e:
        kind = DiskFull if e.errno in (errno.ENOSPC, errno.EDQUOT) else StorageError
        raise kind(name, f"it cannot be put into quarantine ({e.strerror})") from e


def _keep(source: Path | bytes, name: str, error: SohoaError, folder: Path, now: datetime) -> Path:
    part = folder / f".{uuid.uuid4().hex}.part"
    try:
        digest, size = _copy(source, part)
        key = digest[:_DIGITS] if digest else "no-bytes"
        kept = _existing(folder, key) or folder / f"{key}-{_safe(name)}"
        if digest:
            with suppress(FileExistsError):
                # A hard link is the one way to give a name that cannot replace what bears it already.
                os.link(part, kept)
    finally:
        part.unlink(missing_ok=True)
    reason = kept.with_name(kept.name + ".json")
    _write_once(reason, _reason(name, digest, size, error, now))
    return kept if digest else reason


def _reason(name: str, digest: str, size: int, error: SohoaError, now: datetime) -> bytes:
    told = {
        "name": name,
        "sha256": digest,
        "size_bytes": size,
        "error": type(error).__name__,
        "cause": error.cause,
        "advice": error.advice,
        "quarantined_at": now.isoformat(timespec="seconds"),
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _copy(source: Path | bytes, part: Path) -> tuple[str, int]:
    """Copy with SHA-256 and size; an empty digest where there is nothing to read."""
    seen, size = hashlib.sha256(), 0
    with part.open("xb") as out:
        for piece in _pieces(source):
            if piece is None:
                return "", 0
            out.write(piece)
            seen.update(piece)
            size += len(piece)
        out.flush()
        os.fsync(out.fileno())
    return seen.hexdigest(), size


def _pieces(source: Path | bytes) -> Iterator[bytes | None]:
    """The bytes in pieces; None at once where it is no regular file or may not be opened."""
    if isinstance(source, bytes):
        yield source
        return
    try:
        file = open_regular(source)
    except (OSError, ValueError):
        yield None
        return
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _existing(folder: Path, key: str) -> Path | None:
    """The entry with the same bytes, under whatever name it came first."""
    if not key.startswith("no-"):
        for path in sorted(folder.glob(f"{key}-*")):
            if path.suffix != ".json" or not path.with_name(path.name.removesuffix(".json")).exists():
                return path
    return None


def _safe(name: str) -> str:
    """A name that is one path component, printable, and not too long in any file system."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join("_" if unicodedata.category(c)[0] == "C" else c for c in last) or "file"
    return printable.encode("utf-8", "replace")[-_LONGEST_NAME_BYTES:].decode("utf-8", "ignore")


def _write_once(path: Path, data: bytes) -> None:
    with suppress(FileExistsError), path.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
