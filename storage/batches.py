"""Batches on this machine: every side as it came out of the scanner, and what is known about it.

<root>/<batch>/<batch>-0007.jpg        a side, under the name that it keeps in the archive
<root>/<batch>/<batch>-0008.half.jpg   a front whose back never came; its sheet was fed again
<root>/<batch>/batch.json              the record
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from dossier.batch_record import Batch
from dossier.errors import BatchNotFound, StorageError
from storage.codec import decode, encode
from storage.files import private_folder, translated, write_whole

_ID: Final = re.compile(r"M[0-9]{6}-[0-9]{6}-[A-Z2-7]{4}")
_SIDE: Final = re.compile(r"-([0-9]{4})\.(jpg|png|tif)$")
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}
_RECORD: Final = "batch.json"


class FolderBatches:
    """A folder for each batch; a side is there whole or not at all, and is never written again."""

    def __init__(self, root: Path) -> None:
        """Keep batches under `root`."""
        self._root = root

    def save(self, batch: Batch) -> None:
        """Keep the record. Raises DiskFull, StorageError."""
        write_whole(self._folder(batch.id) / _RECORD, encode(batch))

    def load(self, batch_id: str) -> Batch:
        """The record. Raises BatchNotFound, StorageError."""
        path = self._folder(batch_id) / _RECORD
        if not path.is_file():
            raise BatchNotFound(batch_id, "there is no such batch")
        with translated(path):
            return decode(Batch, path.read_bytes())

    def ids(self) -> tuple[str, ...]:
        """Every batch, the oldest first."""
        if not self._root.is_dir():
            return ()
        return tuple(sorted(f.name for f in self._root.iterdir() if (f / _RECORD).is_file()))

    def keep(self, batch_id: str, number: int, picture: bytes, media_type: str) -> Path:
        """Keep a side under its number. Raises DiskFull, StorageError, also where the number is taken."""
        folder = self._folder(batch_id)
        path = folder / f"{batch_id}-{number:04d}.{_ENDINGS[media_type]}"
        if number in self.sides(batch_id):
            raise StorageError(path.name, "a side of this number is kept already")
        private_folder(folder)
        write_whole(path, picture)
        return path

    def sides(self, batch_id: str) -> dict[int, Path]:
        """Every side by its number, rising."""
        folder = self._folder(batch_id)
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        found = ((_SIDE.search(path.name), path) for path in files)
        return {int(match[1]): path for match, path in found if match and path.name.startswith(batch_id)}

    def set_half_aside(self, batch_id: str, number: int) -> None:
        """Free the number of a front whose back never came; its bytes are kept."""
        path = self.sides(batch_id)[number]
        with translated(path):
            halves = sum(1 for other in path.parent.iterdir() if ".half" in other.name)
            path.rename(path.with_name(f"{path.stem}.half{halves + 1}{path.suffix}"))

    def _folder(self, batch_id: str) -> Path:
        if not _ID.fullmatch(batch_id):
            raise BatchNotFound(batch_id, "is no batch")
        return self._root / batch_id
