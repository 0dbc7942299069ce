"""A machine made anew from a backup and the copy of its keys, into what is empty and nothing else.

Everything that can be refused is refused before anything is written. A restore that was stopped goes on with
the same command; until it is done no resident process starts over the folder.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dossier.errors import (
    BackupDamaged,
    BackupNotFound,
    KeyMissing,
    LedgerBroken,
    StorageError,
    TargetNotEmpty,
)
from flows.backup import BackupRoom, open_room, page_rows
from flows.backup_archive import (
    check_store_is_empty,
    enter_unknown,
    hold_again,
    missing_objects,
    place_objects,
)
from flows.backup_keys import put_keys, ring_of
from flows.settings import Settings
from flows.store_reach import reached_store
from flows.unfinished import UNDER_WAY, alone, note_store
from flows.wiring import open_keys
from storage.backup_set import BackupSet, pieces_of
from storage.backup_tables import SqlTables, check_schema
from storage.files import translated, write_whole
from storage.keyring import parse_keys
from storage.ledger import SqlLedger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    name: str
    made_at: str
    rows: int
    files: int
    objects: int
    ledger_entries: int
    """Of the backup; the chain holds to its end."""
    found_in_store: tuple[str, ...]
    """Dossiers that the store had and the backup's index not yet."""
    missing: tuple[str, ...]
    """Objects that the index names and the store does not have."""


def restore_backup(
    settings: Settings,
    folder: Path,
    name: str,
    keys: dict[str, bytes],
    told: Callable[[str], None] = lambda _: None,
) -> Restored:
    """Restore a backup into this machine's empty folder, database and store.

    Args:
        settings: of the machine as it shall be.
        folder: of the backups.
        name: of one; empty for the newest.
        keys: from the copy of keys (`flows.backup_keys`).
        told: hears which part is worked on.

    Raises TargetNotEmpty, BackupNotFound, BackupNewer, BackupDamaged, KeyMissing, ServiceBusy before anything
    is written; StorageError, DiskFull, LedgerBroken after.
    """
    with alone(settings):
        # 1. The backup, whole as far as can be told without reading it all, and the keys that it needs.
        room = open_room(folder, ring_of(keys, "backup-key"))
        backup = room.sets.read(name or _newest(room))
        _check_pieces(room, backup)
        _check_keys(settings, keys, backup)
        # 2. The target is empty, or this very restore was stopped in it.
        step = _step_of(settings, backup)
        if step == "":
            _check_target(settings, backup)
            _note_step(settings, backup, "begun")
        if step in ("", "begun"):  # it may have been stopped while they were put
            put_keys(settings, keys)
        # 3. The database, all of it or nothing.
        told("database")
        rows = sum(table.rows for table in backup.tables)
        if step in ("", "begun"):
            _load(settings, room, backup)
            _note_step(settings, backup, "database")
        # 4. The files.
        told("files")
        for row in page_rows(room, backup.files):
            write_whole(_inside(settings.state, row[0]), room.blobs.get(row[-1]))
        # 5. The archive.
        told("archive")
        with reached_store(settings) as store:
            if backup.has_archive:
                place_objects(settings, room, backup, store)
                note_store(settings)
            found = enter_unknown(settings, store)
            missing = missing_objects(settings, store)
            hold_again(settings, store)
        # 6. What was restored is what was backed up.
        told("ledger")
        _prove(settings, backup)
        done = Restored(
            name=backup.name,
            made_at=backup.made_at,
            rows=rows,
            files=backup.file_count,
            objects=backup.object_count,
            ledger_entries=backup.ledger_entries,
            found_in_store=found,
            missing=missing,
        )
        _finish(settings, done)
        return done


def _newest(room: BackupRoom) -> str:
    names = room.sets.names()
    if not names:
        raise BackupNotFound(str(room.folder), "holds no backup")
    return names[-1]


def _check_pieces(room: BackupRoom, backup: BackupSet) -> None:
    """Raises BackupDamaged where a piece is not there, BackupNewer where its tables are not known here."""
    check_schema(backup.schema)
    if not all(room.blobs.is_there(pieces) for pieces in pieces_of(backup)):
        raise BackupDamaged(backup.name, "pieces of it are missing")
    for pages in (backup.files, backup.objects):
        for row in page_rows(room, pages):
            if not room.blobs.is_there(row[-1]):
                raise BackupDamaged(backup.name, f"pieces of {row[0]} are missing")


def _check_keys(settings: Settings, keys: dict[str, bytes], backup: BackupSet) -> None:
    """Raises KeyMissing where something in the backup is sealed with a key that is not at hand."""
    written = settings.data_keys.get_secret_value()
    here = (parse_keys(written) if written else ring_of(keys, "data-keys")).names
    missing = [name for name in backup.data_keys if name not in here]
    if missing:
        raise KeyMissing("data keys", f"{', '.join(missing)} is needed and not in the copy of keys")


def _check_target(settings: Settings, backup: BackupSet) -> None:
    for path in sorted(settings.state.iterdir()):
        if path.name != "run":
            raise TargetNotEmpty(str(path), "is there already")
    if settings.key_file.exists():
        raise TargetNotEmpty(str(settings.key_file), "is there already")
    if backup.has_archive and settings.store_endpoint != "embedded":
        with reached_store(settings) as store:
            check_store_is_empty(store)
    if settings.database_url:  # else it would lie in the folder, and opening it would make it
        tables = SqlTables(settings.database)
        try:
            tables.check_empty()
        finally:
            tables.close()


def _load(settings: Settings, room: BackupRoom, backup: BackupSet) -> None:
    tables = SqlTables(settings.database)
    try:
        tables.check_empty()
        tables.load(backup.tables, backup.schema, room.blobs)
    except TargetNotEmpty:
        # Loaded by the run before, which was stopped in the moment after; the proof at the end tells.
        if _step_of(settings, backup) != "begun":
            raise
    finally:
        tables.close()
    open_keys(settings)


def _prove(settings: Settings, backup: BackupSet) -> None:
    """Raises LedgerBroken where the ledger is not the one that was backed up, to its last entry."""
    ledger = SqlLedger(settings.database)
    try:
        entries = ledger.verify()
        if entries != backup.ledger_entries or not (
            entries == 0 or ledger.holds(backup.ledger_entries, backup.ledger_head)
        ):
            raise LedgerBroken(f"ledger entry {entries}", "is not the last one of the backup")
    finally:
        ledger.close()


def _finish(settings: Settings, done: Restored) -> None:
    detail = {
        "made_at": done.made_at,
        "ledger_entries": done.ledger_entries,
        "found_in_store": len(done.found_in_store),
        "missing": len(done.missing),
    }
    ledger = SqlLedger(settings.database)
    try:
        ledger.append_once(settings.officer, "restored", f"backup {done.name}", json.dumps(detail))
    finally:
        ledger.close()
    with translated(settings.state):
        (settings.state / UNDER_WAY).unlink()


def _step_of(settings: Settings, backup: BackupSet) -> str:
    """How far a restore of this backup got here before; empty where none was begun.

    Raises TargetNotEmpty where another one was begun.
    """
    try:
        said = json.loads((settings.state / UNDER_WAY).read_text("utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as e:
        raise StorageError(UNDER_WAY, "cannot be read") from e
    if said["name"] != backup.name:
        raise TargetNotEmpty(str(settings.state), f"the restore of backup {said['name']} was begun here")
    return str(said["step"])


def _note_step(settings: Settings, backup: BackupSet, step: str) -> None:
    write_whole(settings.state / UNDER_WAY, json.dumps({"name": backup.name, "step": step}).encode())


def _inside(root: Path, name: str) -> Path:
    """A name in a backup never leads out of the folder."""
    if name.startswith("/") or any(part in ("", ".", "..") for part in name.split("/")):
        raise BackupDamaged(name, "is not the name of a file of this machine")
    return root / name
