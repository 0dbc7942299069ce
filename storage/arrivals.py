"""Arrivals on this machine: files as they were dropped, until the spool has them, and a record; sealed.

<root>/<arrival>/arrival.json      the record
<root>/<arrival>/files/0001        a file; its name may be a person's, and stands in the record
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dossier.arrival import ArrivalRecord
from dossier.errors import BatchNotFound, StorageError
from storage.codec import decode, encode
from storage.files import folder_held, private_folder, translated, write_whole
from storage.keyring import InTheClear, Keyring, Sealer

_ID: Final = re.compile(r"A[0-9]{6}-[0-9]{6}-[A-Z2-7]{4}")
_RECORD: Final = "arrival.json"
_FILES: Final = "files"
_HEAD_BYTES: Final = 64


class FolderArrivals:
    """A folder for each arrival; what earlier releases laid there in the clear is read too."""

    def __init__(self, root: Path, sealer: Sealer | None = None) -> None:
        """Keep them under `root`.

        Args:
            root: made with the first arrival.
            sealer: what they are sealed with; without one they lie there in the clear.
        """
        self._root = root
        self._sealer = sealer or InTheClear()

    def save(self, record: ArrivalRecord) -> None:
        """Keep the record. Raises DiskFull, StorageError."""
        folder = self._folder(record.id)
        with translated(folder):
            private_folder(folder)
        with folder_held(folder):
            self._write(folder / _RECORD, encode(record))

    def records(self) -> tuple[ArrivalRecord, ...]:
        """Every arrival that was not forgotten, the oldest first; one that is damaged is left out."""
        found = []
        for path in sorted(self._root.glob(f"A*/{_RECORD}")):
            try:
                found.append(decode(ArrivalRecord, self._opened(path)))
            except StorageError:
                continue
        return tuple(found)

    def keep(self, arrival: str, number: int, data: bytes) -> None:
        """Keep a file by its number, from 1. Raises DiskFull, StorageError, also where it is taken."""
        folder = self._folder(arrival)
        path = folder / _FILES / f"{number:04d}"
        with translated(path):
            private_folder(path.parent)
        with folder_held(folder):
            if path.exists():
                raise StorageError(f"{arrival} {number}", "a file of this number is kept already")
            self._write(path, data)

    def file(self, record: ArrivalRecord, number: int) -> bytes:
        """A file as it came. Raises KeyMissing, StorageError."""
        files = self._folder(record.id) / _FILES
        path = files / f"{number:04d}"
        return self._opened(path if path.exists() else files / record.files[number - 1])

    def forget(self, arrival: str) -> None:
        """Remove it with its files; what is not there is forgotten already. Raises StorageError."""
        folder = self._folder(arrival)
        with translated(folder):
            if folder.is_dir():
                shutil.rmtree(folder)

    def names(self) -> Iterator[str]:
        """Every file, for sealing anew: its path below the root."""
        for folder in sorted(self._root.glob("A*")):
            if _ID.fullmatch(folder.name):
                kept = [folder / _RECORD, *sorted((folder / _FILES).glob("[!.]*"))]
                yield from (str(path.relative_to(self._root)) for path in kept if path.is_file())

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a file is sealed with the newest key. Raises StorageError where it is gone."""
        path = self._root / name
        with translated(path), path.open("rb") as file:
            return keys.is_current(file.read(_HEAD_BYTES))

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a file anew. Raises KeyMissing, DiskFull, StorageError where it is damaged."""
        path = self._root / name
        with folder_held(self._root / Path(name).parts[0]):
            write_whole(path, keys.seal(self._opened(path), self._place(path)))

    def _write(self, path: Path, data: bytes) -> None:
        write_whole(path, self._sealer.seal(data, self._place(path)))

    def _opened(self, path: Path) -> bytes:
        with translated(path):
            data = path.read_bytes()
        return self._sealer.open(data, self._place(path))

    def _place(self, path: Path) -> str:
        """What a file is bound to."""
        return f"arrival {path.relative_to(self._root).as_posix()}"

    def _folder(self, arrival: str) -> Path:
        if not _ID.fullmatch(arrival):
            raise BatchNotFound(arrival, "is no arrival")
        return self._root / arrival
