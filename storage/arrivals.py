"""Arrivals on this machine: files as they were dropped, until the spool has them, and a record of each.

<root>/<arrival>/arrival.json      the record
<root>/<arrival>/files/<name>      a file under the name that it came with

Files lie there in the clear only until they are read; the spool keeps them sealed.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from dossier.arrival import ArrivalRecord
from dossier.errors import BatchNotFound, StorageError
from storage.codec import decode, encode
from storage.files import private_folder, translated, write_whole

_ID: Final = re.compile(r"A[0-9]{6}-[0-9]{6}-[A-Z2-7]{4}")
_RECORD: Final = "arrival.json"


class FolderArrivals:
    """A folder for each arrival."""

    def __init__(self, root: Path) -> None:
        """Keep them under `root`."""
        self._root = root

    def save(self, record: ArrivalRecord) -> None:
        """Keep the record. Raises DiskFull, StorageError."""
        write_whole(self._folder(record.id) / _RECORD, encode(record))

    def records(self) -> tuple[ArrivalRecord, ...]:
        """Every arrival that was not forgotten, the oldest first; one that is damaged is left out."""
        found = []
        for path in sorted(self._root.glob(f"A*/{_RECORD}")):
            try:
                found.append(decode(ArrivalRecord, path.read_bytes()))
            except (StorageError, OSError):
                continue
        return tuple(found)

    def new_file(self, arrival: str, name: str) -> Path:
        """Where a file of this name is to be written. Raises StorageError where the name is taken."""
        path = self._folder(arrival) / "files" / name
        with translated(path):
            private_folder(path.parent)
        if path.exists():
            raise StorageError(name, "a file of this name is kept already")
        return path

    def file(self, arrival: str, name: str) -> Path:
        """Where a file lies."""
        return self._folder(arrival) / "files" / name

    def forget(self, arrival: str) -> None:
        """Remove it with its files; what is not there is forgotten already. Raises StorageError."""
        folder = self._folder(arrival)
        with translated(folder):
            if folder.is_dir():
                shutil.rmtree(folder)

    def _folder(self, arrival: str) -> Path:
        if not _ID.fullmatch(arrival):
            raise BatchNotFound(arrival, "is no arrival")
        return self._root / arrival
