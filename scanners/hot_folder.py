"""The hot folder: what a scanner drops, collected into dossiers.

    <hot>/<procedure>/<dossier>/*            files of one dossier, in the order of their names
    <hot>/<procedure>/<dossier>/done         (or xong) says that nothing more will come
    <hot>/taken/<procedure>/<dossier>/0001/  where they go, by rename: the very same files, untouched

A dossier is ready when nothing in its folder has changed for `settle_seconds`, or `done` lies there, and
every file decodes and nobody has it open for writing. A file that does not decode may still be
half-written: it waits for `give_up_seconds` after its last change, then a copy with the reason goes to
quarantine, and the dossier goes on with that file still on its list, so that the verdict names it and
nothing is missing silently. What waiting cannot mend (a password, too many pixels, no pages) is not waited
for.

Files dropped later for the same dossier make it ready again, with all of its files. The same bytes twice
are listed once. Links, pipes and devices are never opened. Names of files that are still being written
(`.part`, `.tmp`, `~`, a leading dot) are not taken, but their growing keeps the dossier waiting.

The clock is an argument and nothing runs by itself: whoever owns the folder calls `poll`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, TypeAlias

from dossier.errors import (
    SohoaError,
    SourceEncrypted,
    SourceError,
    SourceTooLarge,
    SourceUnsupported,
    SourceWithoutPages,
    StorageError,
)
from dossier.masking import file_mark
from scanners.files import open_file, prove_whole
from scanners.regular import is_being_written

log = logging.getLogger(__name__)

_TAKEN: Final = "taken"
_LOOSE: Final = "loose"
_ACCEPTED: Final = ".accepted"
_MARKERS: Final = frozenset({"done", "xong"})
_TEMPORARY: Final = re.compile(r"^[.~].*|.*(\.(part|partial|tmp|temp|crdownload|filepart|writing)|~)$", re.I)
_CODE: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
_HOPELESS: Final = (SourceEncrypted, SourceTooLarge, SourceWithoutPages)
_VIETNAM: Final = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class ReadyDossier:
    """A dossier whose files are whole and lie in the taken folder."""

    procedure: str
    """Name of the procedure's folder: its national code."""
    dossier: str
    """Name of the dossier's folder: its code (mã hồ sơ)."""
    files: tuple[Path, ...]
    """Every file dropped for it so far, refused ones included, in the clerk's order."""


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """A file that will never decode, or that belongs to no dossier."""

    name: str
    """File name without folders."""
    error: SourceError
    """Why."""
    kept: str
    """Its name in quarantine."""


Event: TypeAlias = ReadyDossier | RejectedFile
SetAside: TypeAlias = Callable[[Path, SourceError, datetime], str]
"""Keeps a file in quarantine, and why and when; its name there. Raises DiskFull, StorageError."""


@dataclass(slots=True)
class _Sighting:
    """What is known of one path in the hot folder."""

    stamp: tuple[int, int]
    """Size and time of modification."""
    changed_at: float
    """When the stamp was last seen to differ."""
    settled: bool = False
    """Proven to decode, or refused for good."""
    error: SourceError | None = None
    """Why it did not decode when it was last tried with this stamp."""


class HotFolder:
    """A folder that is stepped through by `poll`; holds no thread and reads no clock."""

    def __init__(
        self,
        folder: Path,
        set_aside: SetAside,
        *,
        settle_seconds: float = 2.0,
        give_up_seconds: float = 120.0,
        check: Callable[[Path], None] | None = None,
    ) -> None:
        """Watch a folder.

        Args:
            folder: where dossiers are dropped.
            set_aside: keeps a file that was refused, and why.
            settle_seconds: how long nothing may change before a dossier is looked at.
            give_up_seconds: how long a file may fail to decode after its last change.
            check: raises the SourceError that a file deserves; by default every picture is decoded.
        """
        self._folder = folder
        self._set_aside = set_aside
        self._settle = settle_seconds
        self._give_up = give_up_seconds
        self._check = check or check_whole
        self._seen: dict[Path, _Sighting] = {}
        self._strange: set[Path] = set()
        self._told: dict[Path, str] = {}

    def poll(self, now: float) -> tuple[Event, ...]:
        """Look once; `now` is in seconds since the epoch. Returns what became ready or was refused."""
        events: list[Event] = []
        present: set[Path] = set()
        for folder in self._dossier_folders():
            present |= self._look(folder, now)
            events += self._bravely(self._step, folder, now)
        for path in self._loose_files():
            present.add(path)
            events += self._bravely(self._step_loose, path, now)
        self._seen = {path: seen for path, seen in self._seen.items() if path in present}
        return tuple(events)

    def accept(self, ready: ReadyDossier) -> None:
        """Note that a dossier was handed on, so that `waiting` no longer names it."""
        for batch in self._batches(ready.procedure, ready.dossier):
            (batch / _ACCEPTED).touch()

    def waiting(self) -> tuple[ReadyDossier, ...]:
        """Dossiers that were taken but never accepted: what a stopped process still owes."""
        found = []
        for folder in _folders(self._folder / _TAKEN):
            for dossier in _folders(folder):
                batches = self._batches(folder.name, dossier.name)
                if any(not (batch / _ACCEPTED).exists() for batch in batches):
                    found.append(self._ready(folder.name, dossier.name))
        return tuple(ready for ready in found if ready.files)

    def _dossier_folders(self) -> Iterator[Path]:
        for procedure in _folders(self._folder):
            if procedure.name == _TAKEN:
                continue
            for dossier in _folders(procedure):
                if _CODE.match(procedure.name) and _CODE.match(dossier.name):
                    yield dossier
                elif dossier not in self._strange:
                    self._strange.add(dossier)
                    log.warning("%s in the hot folder is not named after a dossier", file_mark(dossier.name))

    def _loose_files(self) -> Iterator[Path]:
        """Files that lie in no dossier's folder."""
        for folder in (self._folder, *(f for f in _folders(self._folder) if f.name != _TAKEN)):
            yield from (path for path, _ in _files(folder) if not _TEMPORARY.match(path.name))

    def _look(self, folder: Path, now: float) -> set[Path]:
        """Note every file of a folder and whether it changed."""
        present = set()
        for path, stamp in _files(folder):
            present.add(path)
            seen = self._seen.get(path)
            if seen is None or seen.stamp != stamp:
                self._seen[path] = _Sighting(stamp, now)
            else:
                # A clock that was set back must not make a file wait until it catches up.
                seen.changed_at = min(seen.changed_at, now)
        return present

    def _bravely(self, step: Callable[[Path, float], list[Event]], path: Path, now: float) -> list[Event]:
        """One step; a full disk or a folder without rights stops this dossier for now, not the others."""
        try:
            events = step(path, now)
        except (SohoaError, OSError) as e:
            if self._told.get(path) != str(e):
                self._told[path] = str(e)
                log.error("the hot folder cannot go on with %s: %s", file_mark(path.name), e)
            return []
        self._told.pop(path, None)
        return events

    def _step(self, folder: Path, now: float) -> list[Event]:
        """What became of one dossier's folder."""
        everything = {path: self._seen[path] for path, _ in _files(folder) if path in self._seen}
        files = sorted((p for p in everything if _is_candidate(p)), key=_clerks_order)
        marked = any(path.name.lower() in _MARKERS for path in everything)
        growing = [
            seen for path, seen in everything.items() if now - seen.changed_at < self._settle and not marked
        ]
        if not files or growing or self._held_open(files, now):
            return []
        events: list[Event] = []
        for path in files:
            events += self._settle_file(path, now)
        if all(self._seen[path].settled for path in files):
            events += self._take(folder, files)
        return events

    def _held_open(self, files: list[Path], now: float) -> bool:
        """Whether somebody still writes: a device that pauses between pages leaves a file that decodes."""
        young = (path for path in files if now - self._seen[path].changed_at < self._give_up)
        return any(is_being_written(path) for path in young)

    def _settle_file(self, path: Path, now: float) -> list[Event]:
        """Try a file that has not been tried since it changed, and again before giving it up."""
        seen = self._seen[path]
        given_up = now - seen.changed_at >= self._give_up
        if seen.settled or (seen.error is not None and not given_up):
            return []
        seen.error = self._trouble(path)
        seen.settled = seen.error is None
        if seen.error is None or not (given_up or isinstance(seen.error, _HOPELESS)):
            return []
        rejected = self._reject(path, seen.error, now)
        seen.settled = True
        return [rejected]

    def _trouble(self, path: Path) -> SourceError | None:
        try:
            self._check(path)
        except SourceError as error:
            return error
        return None

    def _reject(self, path: Path, error: SourceError, now: float) -> RejectedFile:
        at = datetime.fromtimestamp(now, _VIETNAM)
        return RejectedFile(path.name, error, self._set_aside(path, error, at))

    def _take(self, folder: Path, files: list[Path]) -> list[Event]:
        """Move a dossier's files, unless one changed since it was proven."""
        if any(_stamp(path) != self._seen[path].stamp for path in files):
            return []
        procedure, dossier = folder.parent.name, folder.name
        known = {_digest(path) for batch in self._batches(procedure, dossier) for path in _originals(batch)}
        new = any(_digest(path) not in known for path in files)
        batch = self._new_batch(procedure, dossier)
        for path in files:
            _move(path, batch / path.name)
        for path, _ in _files(folder):
            if path.name.lower() in _MARKERS:
                _move(path, batch / f".{path.name}")
        if new:
            return [self._ready(procedure, dossier)]
        (batch / _ACCEPTED).touch()
        return []

    def _step_loose(self, path: Path, now: float) -> list[Event]:
        """A file outside every dossier's folder waits for a while, in case somebody moves it."""
        stamp = _stamp(path)
        seen = self._seen.get(path)
        if stamp is None:
            return []
        if seen is None or seen.stamp != stamp:
            self._seen[path] = _Sighting(stamp, now)
            return []
        if now - seen.changed_at < self._give_up:
            return []
        event = self._reject(path, SourceUnsupported(path.name, "it lies in no dossier's folder"), now)
        _move(path, self._new_batch(_LOOSE, "files") / path.name)
        return [event]

    def _ready(self, procedure: str, dossier: str) -> ReadyDossier:
        """All files of a dossier, the same bytes only once."""
        files: dict[str, Path] = {}
        for batch in self._batches(procedure, dossier):
            for path in _originals(batch):
                files.setdefault(_digest(path), path)
        return ReadyDossier(procedure, dossier, tuple(files.values()))

    def _batches(self, procedure: str, dossier: str) -> list[Path]:
        return _folders(self._folder / _TAKEN / procedure / dossier)

    def _new_batch(self, procedure: str, dossier: str) -> Path:
        earlier = [int(batch.name) for batch in self._batches(procedure, dossier) if batch.name.isdigit()]
        batch = self._folder / _TAKEN / procedure / dossier / f"{max(earlier, default=0) + 1:04d}"
        batch.mkdir(parents=True)
        if procedure == _LOOSE:
            (batch / _ACCEPTED).touch()
        return batch


def accepted_dossiers(folder: Path) -> tuple[str, ...]:
    """Dossiers of which something was taken out of a hot folder and all of it handed on, sorted."""
    found = {dossier.name for procedure in _folders(folder / _TAKEN) for dossier in _folders(procedure)}
    return tuple(sorted(code for code in found if accepted_files(folder, code)))


def accepted_files(folder: Path, dossier: str) -> tuple[Path, ...]:
    """What was taken out of a hot folder for a dossier and handed on; none where something is still owed."""
    found: list[Path] = []
    for procedure in _folders(folder / _TAKEN):
        for batch in _folders(procedure / dossier) if _CODE.match(dossier) else ():
            if not (batch / _ACCEPTED).exists():
                return ()
            found += (path for path in batch.iterdir() if path.name != _ACCEPTED)
    return tuple(found)


def forget_accepted(folder: Path, dossier: str) -> int:
    """Remove what `accepted_files` names, and its folders; how many files that were. Raises StorageError."""
    files = accepted_files(folder, dossier)
    try:
        for batch in {path.parent for path in files}:
            shutil.rmtree(batch)
            with suppress(OSError):  # another batch lies there, or has just come
                batch.parent.rmdir()
                batch.parent.parent.rmdir()
    except OSError as e:
        raise StorageError(dossier, f"its files in the hot folder cannot be removed ({e.strerror})") from e
    return len(files)


def check_whole(path: Path) -> None:
    """Raise the SourceError that reading this file would give; links are not followed."""
    with tempfile.TemporaryDirectory(prefix="sohoa-") as folder:
        prove_whole(open_file(path, follow_links=False), Path(folder))


def _folders(folder: Path) -> list[Path]:
    """Real folders inside a folder, by name; none where it has vanished."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                folder / entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
            )
    except (FileNotFoundError, NotADirectoryError):
        return []


def _files(folder: Path) -> list[tuple[Path, tuple[int, int]]]:
    """Regular files in a folder with their stamps; links, pipes and devices are passed over unopened."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    stamped = ((folder / name, _stamp(folder / name)) for name in names)
    return [(path, stamp) for path, stamp in stamped if stamp is not None]


def _stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of modification of a regular file; None for everything else, or once it is gone."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _originals(batch: Path) -> list[Path]:
    found = [path for path, _ in _files(batch) if not path.name.startswith(".")]
    return sorted(found, key=_clerks_order)


def _is_candidate(path: Path) -> bool:
    return path.name.lower() not in _MARKERS and not _TEMPORARY.match(path.name)


def _clerks_order(path: Path) -> tuple[tuple[int, int, str], ...]:
    """Page 2 before page 10."""
    parts = re.split(r"(\d+)", path.name.lower())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _move(path: Path, target: Path) -> None:
    """Rename within the hot folder; a file that vanished meanwhile is no trouble."""
    try:
        path.rename(target)
    except FileNotFoundError:
        log.info("%s vanished from the hot folder", file_mark(path.name))
