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
(`.part`, `.tmp`, `~`, a leading dot) are not taken, but their growing keeps the dossier waiting. A folder
inside a dossier's may be another dossier, so where files lie in one the dossier waits and `held` counts it.
A name that is no UTF-8 is written with percent signs when its file is taken.

The clock is an argument and nothing runs by itself: whoever owns the folder calls `poll`.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from dossier.errors import (
    SohoaError,
    SourceEncrypted,
    SourceError,
    SourceTooLarge,
    SourceUnsupported,
    SourceWithoutPages,
)
from dossier.masking import file_mark
from scanners.files import open_file, prove_whole
from scanners.folder_files import (
    clerks_order,
    digest_of,
    files_in,
    folders_in,
    is_temporary,
    move_into,
    stamp_of,
    written_name,
)
from scanners.hot_accepted import ACCEPTED, DOSSIER_CODE, TAKEN
from scanners.regular import is_being_written

log = logging.getLogger(__name__)

_LOOSE: Final = "loose"
_MARKERS: Final = frozenset({"done", "xong"})
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
T = TypeVar("T")
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
        self._present: set[Path] = set()
        self._told: dict[Path, str] = {}
        self._torn: set[Path] = set()
        self._owed: set[Path] = set()

    def poll(self, now: float) -> tuple[Event, ...]:
        """Look once; `now` is in seconds since the epoch. Returns what became ready or was refused.

        What fails is told once and tried again with the next look; the rest goes on meanwhile.
        """
        self._present = set()
        events = self._bravely(self._step_all, self._folder, now)
        for folder in tuple(self._owed):
            events += self._bravely(self._step_owed, folder, now)
        self._seen = {path: seen for path, seen in self._seen.items() if path in self._present}
        self._told = {path: why for path, why in self._told.items() if os.path.lexists(path)}
        return tuple(events)

    def held(self) -> int:
        """How many things in the folder do not go on until somebody does something."""
        return len(self._told)

    def accept(self, ready: ReadyDossier) -> None:
        """Note that a dossier was handed on, so that `waiting` no longer names it. Raises OSError."""
        for batch in self._batches(ready.procedure, ready.dossier):
            (batch / ACCEPTED).touch()

    def waiting(self) -> tuple[ReadyDossier, ...]:
        """Dossiers that were taken but never accepted: what a stopped process still owes."""
        found: list[Event] = []
        for procedure in folders_in(self._folder / TAKEN):
            for dossier in self._bravely(lambda path, _: folders_in(path), procedure, 0.0):
                batches = self._bravely(lambda path, _: folders_in(path), dossier, 0.0)
                if any(not (batch / ACCEPTED).exists() for batch in batches):
                    self._owed.add(dossier)
                    found += self._bravely(self._step_owed, dossier, 0.0)
        return tuple(ready for ready in found if isinstance(ready, ReadyDossier))

    def _step_all(self, root: Path, now: float) -> list[Event]:
        """Every procedure's folder, and the files that lie in no dossier's."""
        events: list[Event] = []
        procedures = [folder for folder in folders_in(root) if folder.name != TAKEN]
        for procedure in procedures:
            events += self._bravely(self._step_procedure, procedure, now)
        for path in self._loose_files(root):
            events += self._bravely(self._step_loose, path, now)
        return events

    def _step_procedure(self, procedure: Path, now: float) -> list[Event]:
        events: list[Event] = []
        for dossier in folders_in(procedure):
            if DOSSIER_CODE.match(procedure.name) and DOSSIER_CODE.match(dossier.name):
                events += self._bravely(self._step, dossier, now)
            else:
                self._tell(dossier, "it is not named after a dossier")
        for path in self._loose_files(procedure):
            events += self._bravely(self._step_loose, path, now)
        return events

    def _loose_files(self, folder: Path) -> list[Path]:
        """Files that lie in no dossier's folder."""
        found = [path for path, _ in files_in(folder) if not is_temporary(path.name)]
        self._present.update(found)
        return found

    def _look(self, folder: Path, now: float) -> dict[Path, _Sighting]:
        """Note every file of a folder and whether it changed."""
        found = {}
        for path, stamp in files_in(folder):
            seen = self._seen.get(path)
            if seen is None or seen.stamp != stamp:
                seen = self._seen[path] = _Sighting(stamp, now)
            else:
                # A clock that was set back must not make a file wait until it catches up.
                seen.changed_at = min(seen.changed_at, now)
            found[path] = seen
        self._present.update(found)
        return found

    def _bravely(self, step: Callable[[Path, float], list[T]], path: Path, now: float) -> list[T]:
        """One step; a share that is away, a full disk, a bug over one dossier: the others go on."""
        try:
            done = step(path, now)
        except (SohoaError, OSError) as e:
            self._tell(path, str(e))
            return []
        except Exception as e:
            if self._tell(path, f"{type(e).__name__}: {e}"):
                log.exception("an unexpected fault over %s", file_mark(path.name))
            return []
        self._told.pop(path, None)
        return done

    def _tell(self, path: Path, why: str) -> bool:
        """Say once why something does not go on; whether it is news."""
        is_news = self._told.get(path) != why
        self._told[path] = why
        if is_news:
            log.error("the hot folder cannot go on with %s: %s", file_mark(path.name), why)
        return is_news

    def _step(self, folder: Path, now: float) -> list[Event]:
        """What became of one dossier's folder."""
        everything = self._look(folder, now)
        files = sorted((p for p in everything if _is_candidate(p)), key=lambda path: clerks_order(path.name))
        marked = any(path.name.lower() in _MARKERS for path in everything)
        growing = [
            seen for path, seen in everything.items() if now - seen.changed_at < self._settle and not marked
        ]
        if growing:
            return []
        _refuse_folders_inside(folder)
        if not files or self._held_open(files, now):
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
        return RejectedFile(written_name(path.name), error, self._set_aside(path, error, at))

    def _take(self, folder: Path, files: list[Path]) -> list[Event]:
        """Move a dossier's files, unless one changed since it was proven."""
        if any(stamp_of(path) != self._seen[path].stamp for path in files):
            return []
        procedure, dossier = folder.parent.name, folder.name
        known = {digest_of(path) for batch in self._batches(procedure, dossier) for path in _originals(batch)}
        new = folder in self._torn or any(digest_of(path) not in known for path in files)
        batch = self._new_batch(procedure, dossier)
        self._torn.add(folder)
        for path in files:
            move_into(path, batch)
        for path, _ in files_in(folder):
            if path.name.lower() in _MARKERS:
                move_into(path, batch, ".")
        self._torn.discard(folder)
        if new:
            self._owed.add(batch.parent)
            return self._step_owed(batch.parent, 0.0)
        (batch / ACCEPTED).touch()
        return []

    def _step_owed(self, taken: Path, _now: float) -> list[Event]:
        """A dossier that was taken and not yet named as ready."""
        ready = self._ready(taken.parent.name, taken.name)
        self._owed.discard(taken)
        return [ready] if ready.files else []

    def _step_loose(self, path: Path, now: float) -> list[Event]:
        """A file outside every dossier's folder waits for a while, in case somebody moves it."""
        stamp = stamp_of(path)
        seen = self._seen.get(path)
        if stamp is None:
            return []
        if seen is None or seen.stamp != stamp:
            self._seen[path] = _Sighting(stamp, now)
            return []
        if now - seen.changed_at < self._give_up:
            return []
        event = self._reject(path, SourceUnsupported(path.name, "it lies in no dossier's folder"), now)
        move_into(path, self._new_batch(_LOOSE, "files"))
        return [event]

    def _ready(self, procedure: str, dossier: str) -> ReadyDossier:
        """All files of a dossier, the same bytes only once."""
        files: dict[str, Path] = {}
        for batch in self._batches(procedure, dossier):
            for path in _originals(batch):
                files.setdefault(digest_of(path), path)
        return ReadyDossier(procedure, dossier, tuple(files.values()))

    def _batches(self, procedure: str, dossier: str) -> list[Path]:
        return folders_in(self._folder / TAKEN / procedure / dossier)

    def _new_batch(self, procedure: str, dossier: str) -> Path:
        earlier = [int(batch.name) for batch in self._batches(procedure, dossier) if batch.name.isdigit()]
        batch = self._folder / TAKEN / procedure / dossier / f"{max(earlier, default=0) + 1:04d}"
        batch.mkdir(parents=True)
        if procedure == _LOOSE:
            (batch / ACCEPTED).touch()
        return batch


def check_whole(path: Path) -> None:
    """Raise the SourceError that reading this file would give; links are not followed."""
    with tempfile.TemporaryDirectory(prefix="sohoa-") as folder:
        prove_whole(open_file(path, follow_links=False), Path(folder))


def _refuse_folders_inside(folder: Path) -> None:
    """A folder with files inside a dossier's may be another dossier: nobody guesses whose papers these are.

    Raises SourceUnsupported; OSError where one cannot be looked into.
    """
    for inside in folders_in(folder):
        for _, _, names in os.walk(inside, onerror=_raise):
            if not all(is_temporary(name) for name in names):
                raise SourceUnsupported(
                    folder.name,
                    f"it waits: {file_mark(inside.name)} is a folder with files inside it; move the files up",
                )


def _raise(error: OSError) -> None:
    raise error


def _originals(batch: Path) -> list[Path]:
    found = [path for path, _ in files_in(batch) if not path.name.startswith(".")]
    return sorted(found, key=lambda path: clerks_order(path.name))


def _is_candidate(path: Path) -> bool:
    return path.name.lower() not in _MARKERS and not is_temporary(path.name)
