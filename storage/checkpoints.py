"""Results of finished steps, so that a second run continues where the first stopped.

They hold what pages say; where there is a key they are sealed.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dossier.errors import KeyMissing, StorageError
from storage.files import folder_held, private_folder, remove_abandoned_parts, translated, write_whole
from storage.keyring import InTheClear, Keyring, Sealer

log = logging.getLogger(__name__)

_MAGIC: Final = b"sohoa-checkpoint-1\n"
_DIGEST_BYTES: Final = 32


class FolderCheckpoints:
    """One file for each finished step; a torn or damaged one counts as not finished."""

    def __init__(self, root: Path, sealer: Sealer | None = None) -> None:
        """Keep results under `root`, which is made where it does not exist. Raises DiskFull, StorageError.

        Args:
            root: folder of the checkpoints.
            sealer: what results are sealed with; without one they lie there in the clear.
        """
        self._root = root
        self._sealer = sealer or InTheClear()
        with translated(root):
            private_folder(root)
            remove_abandoned_parts(root)

    def save(self, step: str, key: str, result: bytes) -> None:
        """Keep the result of a step, whole or not at all. Raises DiskFull, StorageError."""
        path = self._path(step, key)
        sealed = self._sealer.seal(_MAGIC + _seal(step, key, result) + result, _place(path))
        with folder_held(self._root):
            write_whole(path, sealed)

    def load(self, step: str, key: str) -> bytes | None:
        """The result, or None where the step has not finished. Raises StorageError, KeyMissing."""
        path = self._path(step, key)
        with translated(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                return None
        data = self._opened(data, path)
        head = len(_MAGIC) + _DIGEST_BYTES
        result = data[head:]
        if data[:head] != _MAGIC + _seal(step, key, result):
            log.warning("checkpoint of step %s is damaged and is made anew", step)
            return None
        return result

    def erase(self, step: str, key: str) -> bool:
        """Forget a finished step; whether it was there. Raises StorageError."""
        path = self._path(step, key)
        with translated(path):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def names(self) -> Iterator[str]:
        """What is kept, by the names of its files, in no order."""
        for path in self._root.glob("??/[0-9a-f]*"):
            yield path.name

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a result is sealed with the newest key. Raises StorageError where it is gone."""
        path = self._root / name[:2] / name
        with translated(path), path.open("rb") as file:
            return keys.is_current(file.read(64))

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a result anew; nobody saves a newer one meanwhile.

        Raises KeyMissing, DiskFull, StorageError where it is damaged.
        """
        path = self._root / name[:2] / name
        with folder_held(self._root):
            with translated(path):
                data = path.read_bytes()
            write_whole(path, keys.seal(keys.open(data, _place(path)), _place(path)))

    def _opened(self, data: bytes, path: Path) -> bytes:
        """What was sealed; empty where it was damaged, for the step is done again."""
        try:
            return self._sealer.open(data, _place(path))
        except KeyMissing:
            raise
        except StorageError:
            return b""

    def _path(self, step: str, key: str) -> Path:
        name = hashlib.sha256(_address(step, key)).hexdigest()
        return self._root / name[:2] / name


def _address(step: str, key: str) -> bytes:
    """Both names, so that no step and key run into another pair."""
    return b"%d:%s:%s" % (len(step.encode()), step.encode(), key.encode())


def _seal(step: str, key: str, result: bytes) -> bytes:
    return hashlib.sha256(_address(step, key) + b"\0" + result).digest()


def _place(path: Path) -> str:
    """The file's own name: a result under another one is not what was sealed there."""
    return f"checkpoint {path.name}"
