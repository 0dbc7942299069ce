"""A backup: what it consists of, written last, so that a torn one is none.

Its first line, in the clear, tells the form's version; everything else is sealed with the backup key.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dossier.errors import BackupDamaged, BackupNewer, BackupNotFound, KeyMissing, StorageError
from storage.files import private_folder, translated, write_whole
from storage.keyring import Keyring

FORM: Final = 1
"""Version of the form; a later one is refused."""
_FIRST: Final = re.compile(rb"sohoa-backup ([0-9]{1,6})\n")
_END: Final = ".backup"


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table of the database."""

    name: str
    columns: tuple[str, ...]
    rows: int
    pieces: tuple[tuple[str, ...], ...]
    """Of each chunk of rows, in the order of the table's key."""


@dataclass(frozen=True, slots=True)
class BackupSet:
    """Everything that one backup consists of."""

    name: str
    made_at: str
    """ISO 8601, +07:00: the moment whose database this is."""
    product: str
    """Version of the product that made it."""
    schema: str
    """Revision of the database's tables; empty for those from before there were any."""
    ledger_entries: int
    ledger_head: str
    """SHA-256 of the ledger's last entry; empty for a ledger without any."""
    data_keys: tuple[str, ...]
    """Names of the keys of personal data that it needs."""
    tables: tuple[KeptTable, ...]
    files: tuple[tuple[str, ...], ...]
    """Pieces of each page of the list of files."""
    file_count: int
    objects: tuple[tuple[str, ...], ...]
    """Pieces of each page of the list of archived objects."""
    object_count: int
    has_archive: bool
    """Whether the archive's objects are in it."""


class SetFolder:
    """The backups of one folder."""

    def __init__(self, root: Path, keys: Keyring) -> None:
        """Nothing is looked at yet."""
        self._root = root
        self._keys = keys

    def write(self, backup: BackupSet) -> Path:
        """Make a backup whole. Raises DiskFull, StorageError."""
        path = self._path(backup.name)
        written = zlib.compress(json.dumps(asdict(backup), ensure_ascii=False).encode())
        with translated(path):
            private_folder(self._root)
        write_whole(path, b"sohoa-backup %d\n" % FORM + self._keys.seal(written, _place(backup.name)))
        return path

    def read(self, name: str) -> BackupSet:
        """A backup by its name.

        Raises BackupNotFound where there is none, BackupNewer, BackupDamaged, KeyMissing with another key.
        """
        path = self._path(name)
        if not path.is_file():
            raise BackupNotFound(name, f"no such backup in {self._root.parent}")
        with translated(path):
            written = path.read_bytes()
        first = _FIRST.match(written)
        if first is None:
            raise BackupDamaged(name, "does not begin like a backup")
        if int(first[1]) > FORM:
            raise BackupNewer(name, f"is of form {int(first[1])}; this version reads up to {FORM}")
        sealed = written[first.end() :]
        try:
            if not sealed.startswith(b"sohoa-sealed-"):
                raise BackupDamaged(name, "is not sealed")
            data = json.loads(zlib.decompress(self._keys.open(sealed, _place(name))))
            return _set_of(data)
        except (KeyMissing, BackupDamaged):
            raise
        except (StorageError, zlib.error, ValueError, KeyError, TypeError) as e:
            raise BackupDamaged(name, "its list of contents cannot be read") from e

    def names(self) -> tuple[str, ...]:
        """Every whole backup, the oldest first."""
        return tuple(sorted(path.name.removesuffix(_END) for path in self._root.glob(f"*{_END}")))

    def erase(self, name: str) -> None:
        """Forget a backup; its pieces stay until nothing needs them. Raises StorageError."""
        path = self._path(name)
        with translated(path):
            path.unlink()

    def _path(self, name: str) -> Path:
        if not re.fullmatch(r"[0-9TZ-]{1,40}", name):
            raise BackupNotFound(name[:80], "is not the name of a backup")
        return self._root / f"{name}{_END}"


def name_of(at: datetime) -> str:
    """The name of a backup by its moment: they sort by time."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def pieces_of(backup: BackupSet) -> Iterator[tuple[str, ...]]:
    """Everything that a backup's own list names; what its pages name in turn is not in it."""
    for table in backup.tables:
        yield from table.pieces
    yield from backup.files
    yield from backup.objects


def _set_of(data: dict[str, Any]) -> BackupSet:
    tables = tuple(
        KeptTable(
            name=table["name"],
            columns=tuple(table["columns"]),
            rows=table["rows"],
            pieces=_tuples(table["pieces"]),
        )
        for table in data.pop("tables")
    )
    files, objects = _tuples(data.pop("files")), _tuples(data.pop("objects"))
    keys = tuple(data.pop("data_keys"))
    return BackupSet(tables=tables, files=files, objects=objects, data_keys=keys, **data)


def _tuples(lists: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(each) for each in lists)


def _place(name: str) -> str:
    return f"backup {name}"
