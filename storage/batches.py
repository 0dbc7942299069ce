"""Batches on this machine: every side as it came out of the scanner, and what is known about it, sealed.

<root>/<batch>/<batch>-0007.jpg         a side, under the name that it keeps in the archive
<root>/<batch>/<batch>-0008.half1.jpg   a side whose sheet was fed again
<root>/<batch>/batch.json               the record
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from dossier.batch_record import Batch
from dossier.errors import BatchNotFound, StorageError
from storage.codec import decode, encode
from storage.files import folder_held, private_folder, translated, write_whole
from storage.keyring import InTheClear, Keyring, Sealer

_ID: Final = re.compile(r"M[0-9]{6}-[0-9]{6}-[A-Z2-7]{4}")
_FILE: Final = re.compile(rf"({_ID.pattern})-([0-9]{{4}})(\.half[0-9]+)?\.(?:jpg|png|tif)")
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}
_RECORD: Final = "batch.json"
_HEAD_BYTES: Final = 64


class FolderBatches:
    """A folder for each batch; a side is there whole or not at all, and is never changed."""

    def __init__(self, root: Path, sealer: Sealer | None = None) -> None:
        """Keep batches under `root`.

        Args:
            root: made with the first batch.
            sealer: what they are sealed with; without one they lie there in the clear.
        """
        self._root = root
        self._sealer = sealer or InTheClear()

    def save(self, batch: Batch) -> None:
        """Keep the record. Raises DiskFull, StorageError."""
        folder = self._folder(batch.id)
        with translated(folder):
            private_folder(folder)
        with folder_held(folder):
            write_whole(folder / _RECORD, self._sealer.seal(encode(batch), _place(batch.id, _RECORD)))

    def change(self, batch_id: str, change: Callable[[Batch], Batch]) -> Batch:
        """Change the record as it stands now, one at a time; what it is then.

        Raises BatchNotFound, KeyMissing, DiskFull, StorageError, and what `change` raises: nothing is changed
        then.
        """
        folder = self._folder(batch_id)
        self.load(batch_id)
        with folder_held(folder):
            batch = change(self.load(batch_id))
            write_whole(folder / _RECORD, self._sealer.seal(encode(batch), _place(batch_id, _RECORD)))
        return batch

    def load(self, batch_id: str) -> Batch:
        """The record. Raises BatchNotFound, KeyMissing, StorageError."""
        path = self._folder(batch_id) / _RECORD
        if not path.is_file():
            raise BatchNotFound(batch_id, "there is no such batch")
        return decode(Batch, self._opened(batch_id, path))

    def ids(self) -> tuple[str, ...]:
        """Every batch, the oldest first."""
        if not self._root.is_dir():
            return ()
        return tuple(sorted(f.name for f in self._root.iterdir() if (f / _RECORD).is_file()))

    def keep(self, batch_id: str, number: int, picture: bytes, media_type: str) -> None:
        """Keep a side under its number. Raises DiskFull, StorageError, also where the number is taken."""
        folder = self._folder(batch_id)
        name = f"{batch_id}-{number:04d}.{_ENDINGS[media_type]}"
        if number in self.sides(batch_id):
            raise StorageError(name, "a side of this number is kept already")
        write_whole(folder / name, self._sealer.seal(picture, _place(batch_id, name)))

    def sides(self, batch_id: str) -> dict[int, str]:
        """The name of every side by its number, rising."""
        folder = self._folder(batch_id)
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        found = ((_FILE.fullmatch(name), name) for name in names)
        return {int(match[2]): name for match, name in found if match and not match[3]}

    def picture(self, batch_id: str, number: int) -> bytes:
        """A side as it came. Raises BatchNotFound where there is none, KeyMissing, StorageError."""
        name = self.sides(batch_id).get(number)
        if name is None:
            raise BatchNotFound(batch_id, f"has no side {number}")
        return self._opened(batch_id, self._folder(batch_id) / name)

    def set_aside(self, batch_id: str, number: int) -> None:
        """Free the number of a side whose sheet is fed again; its bytes are kept."""
        path = self._folder(batch_id) / self.sides(batch_id)[number]
        with translated(path):
            halves = sum(1 for other in path.parent.iterdir() if ".half" in other.name)
            path.rename(path.with_name(f"{path.stem}.half{halves + 1}{path.suffix}"))

    def erase(self, batch_id: str, numbers: Iterable[int]) -> int:
        """Forget sides, torn ones of the same numbers too; how many files that were. Raises StorageError."""
        folder, gone = self._folder(batch_id), {*numbers}
        count = 0
        with translated(folder):
            for path in folder.iterdir() if folder.is_dir() else ():
                match = _FILE.fullmatch(path.name)
                if match and int(match[2]) in gone:
                    path.unlink(missing_ok=True)
                    count += 1
        return count

    def forget(self, batch_id: str) -> int:
        """Forget a batch whole; how many files that were. Raises StorageError."""
        folder, count = self._folder(batch_id), self.file_count(batch_id)
        with translated(folder):
            if folder.is_dir():
                shutil.rmtree(folder)
        return count

    def file_count(self, batch_id: str) -> int:
        """How many files a batch has, its record among them."""
        folder = self._folder(batch_id)
        return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0

    def names(self) -> Iterator[str]:
        """Every file, for sealing anew: "<batch>/<name>"."""
        for path in sorted(self._root.glob("M*/*")):
            if _ID.fullmatch(path.parent.name) and (path.name == _RECORD or _FILE.fullmatch(path.name)):
                yield f"{path.parent.name}/{path.name}"

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a file is sealed with the newest key. Raises StorageError where it is gone."""
        path = self._root / name
        with translated(path), path.open("rb") as file:
            return keys.is_current(file.read(_HEAD_BYTES))

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a file anew. Raises KeyMissing, DiskFull, StorageError where it is damaged."""
        path = self._root / name
        batch_id = path.parent.name
        with folder_held(path.parent):
            data = self._opened(batch_id, path)
            write_whole(path, keys.seal(data, _place(batch_id, path.name)))

    def _opened(self, batch_id: str, path: Path) -> bytes:
        with translated(path):
            data = path.read_bytes()
        return self._sealer.open(data, _place(batch_id, path.name))

    def _folder(self, batch_id: str) -> Path:
        if not _ID.fullmatch(batch_id):
            raise BatchNotFound(batch_id, "is no batch")
        return self._root / batch_id


def _place(batch_id: str, name: str) -> str:
    """What a file is bound to: a side to its number, so that one set aside can still be opened."""
    match = _FILE.fullmatch(name)
    return f"batch {batch_id} {int(match[2]) if match else name}"
