"""Folders that people and devices fill: which files are whole papers, in which order, under which name."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
from pathlib import Path
from typing import Final

from dossier.masking import file_mark

log = logging.getLogger(__name__)

_TEMPORARY: Final = re.compile(
    r"^[.~].*|.*(\.(part|partial|tmp|temp|crdownload|filepart|writing)|~)$|(thumbs\.db|desktop\.ini|@eaDir)$",
    re.I,
)
_LONGEST_NAME: Final = 240
"""Bytes; file systems take 255, and a number may be put behind."""


def is_temporary(name: str) -> bool:
    """Whether a file is hidden, still being written, or a system's own, by its name."""
    return _TEMPORARY.match(name) is not None


def clerks_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Page 2 before page 10."""
    parts = re.split(r"(\d+)", name.lower())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def written_name(name: str) -> str:
    """A file's name as text can hold it: each byte that is no UTF-8 as a percent sign and its number."""
    plain = re.sub("[\udc80-\udcff]", lambda found: f"%{ord(found[0]) - 0xDC00:02X}", name)
    if plain == name or len(plain.encode("utf-8", "replace")) <= _LONGEST_NAME:
        return plain
    mark = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    end = f"~{mark}{Path(plain).suffix[:8]}"
    return (
        plain.encode("utf-8", "replace")[: _LONGEST_NAME - len(end.encode())].decode("utf-8", "ignore") + end
    )


def written_path(path: str) -> str:
    """A path as text can hold it; one that leads nowhere where a name was written otherwise."""
    return "/".join(written_name(name) for name in path.split("/"))


def folders_in(folder: Path) -> list[Path]:
    """Real folders inside a folder, by name, hidden ones left out; none where it has vanished.

    Raises OSError where it cannot be looked into.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(
                folder / entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
            )
    except (FileNotFoundError, NotADirectoryError):
        return []


def files_in(folder: Path) -> list[tuple[Path, tuple[int, int]]]:
    """Regular files in a folder with their stamps; links, pipes and devices are passed over unopened.

    Raises OSError where it cannot be looked into.
    """
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    stamped = ((folder / name, stamp_of(folder / name)) for name in names)
    return [(path, stamp) for path, stamp in stamped if stamp is not None]


def files_below(folder: Path) -> list[Path]:
    """Regular files in a folder and in those below it, in the clerk's order, a folder where its name stands.

    Whatever its name ends with: what is no scan is told by its content. Hidden files and folders and those
    that are still being written are left out; links are followed to files, not to folders.

    Raises OSError where one of the folders cannot be looked into.
    """
    found: list[Path] = []
    with os.scandir(folder) as entries:
        inside = sorted(entries, key=lambda entry: clerks_order(entry.name))
    for entry in inside:
        if is_temporary(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            found += files_below(folder / entry.name)
        elif entry.is_file():
            found.append(folder / entry.name)
    return found


def stamp_of(path: Path) -> tuple[int, int] | None:
    """Size and time of modification of a regular file; None for everything else, or once it is gone."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def digest_of(path: Path) -> str:
    """SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def move_into(path: Path, folder: Path, prefix: str = "") -> None:
    """Rename into a folder of the same file system, under a name that text can hold.

    A file that vanished meanwhile is no trouble. Raises OSError.
    """
    name = prefix + written_name(path.name)
    target, number = folder / name, 1
    while target.exists():  # another name is written alike
        number += 1
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    try:
        path.rename(target)
    except FileNotFoundError:
        log.info("%s vanished from the hot folder", file_mark(path.name))
