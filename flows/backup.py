"""A backup of this machine while it works: its database at one moment, its files, the embedded archive.

The database comes first: whatever it speaks of lies in spool and store by then, and what comes later is in
the next backup. Keys are not in it; they go into a copy of their own (`flows.backup_keys`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from dossier.errors import (
    BackupDamaged,
    BackupNotFound,
    KeyMissing,
    NotInArchive,
    OperatingError,
    StorageError,
    TargetNotEmpty,
)
from flows.backup_noted import BACKED_UP, note_made
from flows.settings import Settings
from flows.store_reach import reached_store
from flows.wiring import open_keys
from storage.backup_blobs import BlobFolder
from storage.backup_set import BackupSet, SetFolder, name_of
from storage.backup_tables import SqlTables
from storage.files import alone
from storage.keyring import Keyring, open_key_file
from storage.ledger import SqlLedger
from storage.ledger_heads import HEADS
from storage.migrating import S3Stock, checked

log = logging.getLogger(__name__)

PAGE: Final = 1000
"""Files or objects that one page of a backup's lists names."""
KEY_FILES: Final = ("data-keys", "client-key", "store-key", "backup-key", "person-key")
_ELSEWHERE: Final = frozenset(
    {*KEY_FILES, "run", "prefect", "store", "models", "tour", "exports", "demo-identity", "migration"}
)
"""What is kept another way, is made anew, or concerns this process alone."""
_NOT_FILES: Final = (".sqlite", ".sqlite-wal", ".sqlite-shm", ".part", ".log", ".log.1", ".sock", ".pid")


_ALONE: Final = "backup-lock"


@dataclass(frozen=True, slots=True)
class Backed:
    """What a backup holds, and what it cost."""

    name: str
    rows: int
    files: int
    objects: int
    new_bytes: int
    """What was written; what lay there from earlier backups was not written again."""
    gone: int
    """Files that were erased between listing and reading."""
    damaged: tuple[str, ...]
    """Objects that the store could not give whole; they are not in the backup."""


@dataclass(frozen=True, slots=True)
class BackupRoom:
    """A folder of backups, opened."""

    folder: Path
    blobs: BlobFolder
    sets: SetFolder
    keys: Keyring


def open_room(folder: Path, keys: Keyring) -> BackupRoom:
    """A folder of backups with the key that they are sealed with. Raises DiskFull, StorageError."""
    return BackupRoom(folder, BlobFolder(folder / "pieces", keys), SetFolder(folder / "backups", keys), keys)


def has_backups(folder: Path) -> bool:
    """Whether a folder holds backups, as far as can be told without a key."""
    return any((folder / "backups").glob("*.backup"))


def found_room(settings: Settings, folder: Path) -> BackupRoom:
    """A folder that holds backups already; nothing is made there, and no key.

    Raises BackupNotFound where it holds none (another folder, a disk that is not mounted), KeyMissing,
    StorageError.
    """
    if not has_backups(folder):
        raise BackupNotFound(str(folder), "holds no backup")
    return open_room(folder, backup_ring(settings, folder))


def backup_ring(settings: Settings, folder: Path) -> Keyring:
    """The key of backups; made before the first one. Raises KeyMissing where it is gone, StorageError."""
    return open_key_file(settings.state / "backup-key", may_create=not has_backups(folder))


def make_backup(
    settings: Settings, folder: Path, now: datetime, told: Callable[[str], None] = lambda _: None
) -> Backed:
    """Back this machine up into a folder, which may hold earlier backups.

    Raises OperatingError where the folder lies within the state folder, and where backups are made or
    forgotten already; KeyMissing, DiskFull, StorageError, StoreUnreachable.
    """
    with backups_alone(settings):
        return _backed_up(settings, folder, now, told)


@contextmanager
def backups_alone(settings: Settings) -> Iterator[None]:
    """Make or forget backups with nobody else at it: forgetting takes the pieces of one that is being made.

    Raises OperatingError, StorageError.
    """
    with alone(settings.state / _ALONE) as is_alone:
        if not is_alone:
            raise OperatingError("backup", "another one is being made or forgotten; wait for its end")
        yield


def _backed_up(settings: Settings, folder: Path, now: datetime, told: Callable[[str], None]) -> Backed:
    # 1. Where to, and under which key.
    if folder.resolve().is_relative_to(settings.state.resolve()):
        raise OperatingError(str(folder), "lies within the state folder; a backup belongs on another disk")
    room = open_room(folder, backup_ring(settings, folder))
    name = name_of(now)
    if name in room.sets.names():
        raise TargetNotEmpty(name, "a backup of this very second is there")
    before = newest_whole(room)
    # 2. The database, at one moment.
    told("database")
    names = open_keys(settings).names
    tables = SqlTables(settings.database)
    try:
        with tables.at_one_moment() as moment:
            schema, (entries, head) = moment.schema, moment.ledger_head()
            kept = moment.keep(room.blobs)
    finally:
        tables.close()
    # 3. The files of this machine.
    told("files")
    files = _Pages(room, before.files if before else ())
    gone = _keep_files(settings, files)
    # 4. The archive, where this machine is the only place that it lies in.
    told("archive")
    objects, damaged = _Pages(room, before.objects if before else ()), []
    has_archive = settings.store_endpoint == "embedded"
    if has_archive:
        with reached_store(settings) as store:
            damaged = _keep_objects(S3Stock(store), objects, entries)
    # 5. The list makes it a backup.
    backup = BackupSet(
        name=name,
        made_at=now.isoformat(timespec="seconds"),
        product=version("sohoa"),
        schema=schema,
        ledger_entries=entries,
        ledger_head=head,
        data_keys=names,
        tables=kept,
        files=files.pieces(),
        file_count=files.count,
        objects=objects.pieces(),
        object_count=objects.count,
        has_archive=has_archive,
    )
    room.sets.write(backup)
    rows = sum(table.rows for table in kept)
    done = Backed(name, rows, files.count, objects.count, room.blobs.written_bytes, gone, tuple(damaged))
    _note(settings, done)
    return done


def newest_whole(room: BackupRoom) -> BackupSet | None:
    """The newest backup of a folder that can be read; None where there is none."""
    for name in reversed(room.sets.names()):
        try:
            return room.sets.read(name)
        except (BackupDamaged, KeyMissing) as error:
            log.warning("backup %s is not built on: %s", name, error)
    return None


def page_rows(room: BackupRoom, pages: tuple[tuple[str, ...], ...]) -> Iterator[list[Any]]:
    """What the pages of a backup's list name, in their order. Raises BackupDamaged, KeyMissing."""
    for pieces in pages:
        yield from room.blobs.rows(pieces)


def state_files(settings: Settings) -> Iterator[Path]:
    """Files of this machine that a backup holds, by path."""
    found = []
    for top in settings.state.iterdir() if settings.state.is_dir() else ():
        is_copy = settings.second_copy is not None and top.resolve() == settings.second_copy.resolve()
        if top.name in _ELSEWHERE or top.name.startswith("token-pin-refused-") or is_copy:
            continue
        found += [top] if top.is_file() else [path for path in top.rglob("*") if path.is_file()]
    wanted = [
        p
        for p in found
        if not p.is_symlink() and not p.name.endswith(_NOT_FILES) and p.name not in ("lock", _ALONE)
    ]
    yield from sorted(wanted, key=lambda path: path.relative_to(settings.state).as_posix())


class _Pages:
    """A list that is written page by page, beside the one of the backup before."""

    def __init__(self, room: BackupRoom, before: tuple[tuple[str, ...], ...]) -> None:
        self.room = room
        self._before = _readable(page_rows(room, before))
        self._known: list[Any] | None = next(self._before, None)
        self._open: list[Any] = []
        self._pieces: list[tuple[str, ...]] = []
        self.count = 0

    def known(self, key: list[str]) -> list[Any] | None:
        """What the backup before said under the first columns of a row; asked in rising order."""
        while self._known is not None and self._known[: len(key)] < key:
            self._known = next(self._before, None)
        if self._known is None or self._known[: len(key)] != key:
            return None
        return self._known

    def add(self, row: list[Any]) -> None:
        self._open.append(row)
        self.count += 1
        if len(self._open) == PAGE:
            self._close()

    def pieces(self) -> tuple[tuple[str, ...], ...]:
        """The pages, all of them written."""
        self._close()
        return tuple(self._pieces)

    def _close(self) -> None:
        if self._open:
            self._pieces.append(self.room.blobs.put_rows(self._open))
            self._open = []


def _keep_files(settings: Settings, pages: _Pages) -> int:
    """Keep every file; how many were gone when their turn came."""
    gone = 0
    blobs = pages.room.blobs
    for path in state_files(settings):
        name = path.relative_to(settings.state).as_posix()
        try:
            found = path.stat()
            known = pages.known([name])
            same = known is not None and known[1:3] == [found.st_size, found.st_mtime_ns]
            if known is None or not same or not blobs.is_there(known[3]):
                known = [name, found.st_size, found.st_mtime_ns, list(blobs.put(path.read_bytes()))]
        except FileNotFoundError:
            gone += 1
            continue
        except OSError as e:
            raise StorageError(str(path), f"cannot be read: {e.strerror}") from e
        pages.add(known)
    return gone


def _keep_objects(stock: S3Stock, pages: _Pages, entries: int) -> list[str]:
    """Keep every version in the store, but heads of a ledger that came later; which could not be had."""
    damaged = []
    blobs = pages.room.blobs
    for key, versions in stock.objects():
        if key.startswith(HEADS) and _last_entry(key) > entries:
            continue
        for number, each in enumerate(versions):
            known = pages.known([key, f"{number:06d}"])
            if known is not None and known[2] == each.version_id and blobs.is_there(known[-1]):
                pages.add(known)
                continue
            try:
                carried, data = stock.look(key, each.version_id), stock.fetch(key, each.version_id)
                checked(carried, data)
            except (NotInArchive, StorageError) as e:
                if e.retryable:
                    raise
                log.warning("not in the backup: %s", e)
                damaged.append(key)
                continue
            until = carried.retain_until.isoformat() if carried.retain_until else ""
            said = [carried.sha256, carried.size_bytes, carried.media_type, carried.mode, until]
            pages.add([key, f"{number:06d}", each.version_id, *said, list(blobs.put(data))])
    return damaged


def _last_entry(key: str) -> int:
    number = key.removeprefix(HEADS).partition(".")[0]
    return int(number) if number.isdigit() else 0


def _readable(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """What can be read of the list before; the rest is kept anew."""
    try:
        yield from rows
    except (BackupDamaged, KeyMissing) as error:
        log.warning("the list of the backup before cannot be read to its end: %s", error)


def _note(settings: Settings, done: Backed) -> None:
    held = {"rows": done.rows, "files": done.files, "objects": done.objects, "damaged": len(done.damaged)}
    ledger = SqlLedger(settings.database)
    try:
        note_made(ledger, settings, BACKED_UP, {"name": done.name, **held})
    finally:
        ledger.close()
