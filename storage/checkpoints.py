"""Results of finished steps, so that a second run continues where the first stopped."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Final

from storage.files import private_folder, remove_abandoned_parts, translated, write_whole

log = logging.getLogger(__name__)

_MAGIC: Final = b"sohoa-checkpoint-1\n"
_DIGEST_BYTES: Final = 32


class FolderCheckpoints:
    """One file for each finished step; a torn or damaged one counts as not finished."""

    def __init__(self, root: Path) -> None:
        """Keep results under `root`, which is made where it does not exist. Raises DiskFull, StorageError."""
        self._root = root
        with translated(root):
            private_folder(root)
            remove_abandoned_parts(root)

    def save(self, step: str, key: str, result: bytes) -> None:
        """Keep the result of a step, whole or not at all. Raises DiskFull, StorageError."""
        write_whole(self._path(step, key), _MAGIC + _seal(step, key, result) + result)

    def load(self, step: str, key: str) -> bytes | None:
        """The result, or None where the step has not finished. Raises StorageError."""
        path = self._path(step, key)
        with translated(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                return None
        head = len(_MAGIC) + _DIGEST_BYTES
        result = data[head:]
        if data[:head] != _MAGIC + _seal(step, key, result):
            log.warning("checkpoint of step %s is damaged and is made anew", step)
            return None
        return result

    def _path(self, step: str, key: str) -> Path:
        name = hashlib.sha256(_address(step, key)).hexdigest()
        return self._root / name[:2] / name


def _address(step: str, key: str) -> bytes:
    """Both names, so that no step and key run into another pair."""
    return b"%d:%s:%s" % (len(step.encode()), step.encode(), key.encode())


def _seal(step: str, key: str, result: bytes) -> bytes:
    return hashlib.sha256(_address(step, key) + b"\0" + result).digest()
