"""Whether a backup is whole: every piece read and opened, the ledger's chain followed, nothing assumed."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from dossier.archive import LedgerEntry
from dossier.errors import BackupDamaged, StorageError
from flows.backup import BackupRoom, page_rows
from storage.backup_set import BackupSet, KeptTable
from storage.ledger import BEGINNING, sealed

log = logging.getLogger(__name__)

_COLUMNS = tuple(field.name for field in fields(LedgerEntry))


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """What a check found."""

    name: str
    pieces: int
    """Read and opened."""
    troubles: tuple[str, ...]
    """Empty where all of it can be restored."""


def check_backup(room: BackupRoom, name: str, told: Callable[[str], None] = lambda _: None) -> CheckedBackup:
    """Read a backup to its end. Damaged pieces are put aside, so that the next backup writes them anew.

    Raises BackupNotFound, BackupNewer, KeyMissing; BackupDamaged where its own list cannot be read.
    """
    backup = room.sets.read(name)
    look = _Look(room)
    # 1. The database, and in it the ledger.
    told("database")
    for table in backup.tables:
        look.table(table)
    look.ledger(backup)
    # 2. The files, 3. the archive's objects.
    for what, pages in (("files", backup.files), ("archive", backup.objects)):
        told(what)
        for row in look.rows(pages):
            look.content(str(row[0]), row[-1], row[3] if what == "archive" else "")
    look.count("files", backup.file_count, backup.files)
    look.count("objects", backup.object_count, backup.objects)
    return CheckedBackup(name, look.pieces, tuple(look.troubles))


class _Look:
    """One look at a backup."""

    def __init__(self, room: BackupRoom) -> None:
        self._room = room
        self._good: set[str] = set()
        self.troubles: list[str] = []

    @property
    def pieces(self) -> int:
        return len(self._good)

    def table(self, table: KeptTable) -> None:
        rows = sum(
            len(self._room.blobs.rows(p)) for p in table.pieces if self._is_good(f"table {table.name}", p)
        )
        if rows != table.rows:
            self.troubles.append(f"table {table.name}: {rows} of {table.rows} rows")

    def ledger(self, backup: BackupSet) -> None:
        number, previous = 0, BEGINNING
        try:
            for entry in _entries(self._room, backup):
                number += 1
                if (entry.number, entry.previous_sha256) != (number, previous) or sealed(entry) != entry:
                    self.troubles.append(f"ledger: entry {number} is not the one that was written")
                    return
                previous = entry.sha256
        except BackupDamaged as error:
            self.troubles.append(f"ledger: cannot be followed beyond entry {number}: {error}")
            return
        if (number, previous) != (backup.ledger_entries, backup.ledger_head or BEGINNING):
            self.troubles.append(f"ledger: ends with entry {number}, not {backup.ledger_entries}")

    def rows(self, pages: tuple[tuple[str, ...], ...]) -> Iterator[list[Any]]:
        good = tuple(pieces for pieces in pages if self._is_good("list of contents", pieces))
        yield from page_rows(self._room, good)

    def content(self, name: str, pieces: list[str], sha256: str) -> None:
        """Pieces of one file or object; what was promised about its bytes, where something was."""
        if not self._is_good(name, tuple(pieces)) or not sha256:
            return
        if hashlib.sha256(self._room.blobs.get(pieces)).hexdigest() != sha256:
            self.troubles.append(f"{name}: its bytes are not those that were archived")

    def count(self, what: str, wanted: int, pages: tuple[tuple[str, ...], ...]) -> None:
        found = sum(len(self._room.blobs.rows(p)) for p in pages if set(p) <= self._good)
        if found != wanted:
            self.troubles.append(f"{what}: {found} of {wanted} are named")

    def _is_good(self, name: str, pieces: tuple[str, ...]) -> bool:
        for piece in pieces:
            if piece in self._good:
                continue
            try:
                self._room.blobs.get((piece,))
            except BackupDamaged as error:
                self.troubles.append(f"{name}: {error}")
                with suppress(StorageError):  # a disk that nobody may write on
                    self._room.blobs.put_aside(piece)
                return False
            self._good.add(piece)
        return True


def _entries(room: BackupRoom, backup: BackupSet) -> Iterator[LedgerEntry]:
    for table in backup.tables:
        if table.name == "ledger":
            for pieces in table.pieces:
                for row in room.blobs.rows(pieces):
                    said = dict(zip(table.columns, row, strict=True))
                    yield LedgerEntry(**{name: said[name] for name in _COLUMNS})
