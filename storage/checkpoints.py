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
from storage.blobs import Blobs, FolderBlobs
from storage.keyring import InTheClear, Keyring, Sealer

log = logging.getLogger(__name__)

_MAGIC: Final = b"sohoa-checkpoint-1\n"
_DIGEST_BYTES: Final = 32


class BlobCheckpoints:
    """One blob for each finished step; a torn or damaged one counts as not finished."""

    def __init__(self, blobs: Blobs, sealer: Sealer | None = None) -> None:
        """Keep results among these blobs.

        Args:
            blobs: where the results lie.
            sealer: what they are sealed with; without one they lie there in the clear.
        """
        self._blobs = blobs
        self._sealer = sealer or InTheClear()

    def save(self, step: str, key: str, result: bytes) -> None:
        """Keep the result of a step, whole or not at all. Raises DiskFull, StorageError."""
        name = _name(step, key)
        self._blobs.write(name, self._sealer.seal(_MAGIC + _seal(step, key, result) + result, _place(name)))

    def load(self, step: str, key: str) -> bytes | None:
        """The result, or None where the step has not finished. Raises StorageError, KeyMissing."""
        name = _name(step, key)
        kept = self._blobs.read(name)
        if kept is None:
            return None
        data = self._opened(kept, name)
        head = len(_MAGIC) + _DIGEST_BYTES
        result = data[head:]
        if data[:head] != _MAGIC + _seal(step, key, result):
            log.warning("checkpoint of step %s is damaged and is made anew", step)
            return None
        return result

    def erase(self, step: str, key: str) -> bool:
        """Forget a finished step; whether it was there. Raises StorageError."""
        return self._blobs.remove(_name(step, key))

    def names(self) -> Iterator[str]:
        """What is kept, by the names of its files, in no order."""
        return self._blobs.names()

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a result is sealed with the newest key. Raises StorageError where it is gone."""
        return keys.is_current(self._blobs.head(name))

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a result anew; nobody saves a newer one meanwhile.

        Raises KeyMissing, DiskFull, StorageError where it is damaged.
        """
        place = _place(name)
        self._blobs.change(name, lambda data: keys.seal(keys.open(data, place), place))

    def _opened(self, data: bytes, name: str) -> bytes:
        """What was sealed; empty where it was damaged, for the step is done again."""
        try:
            return self._sealer.open(data, _place(name))
        except KeyMissing:
            raise
        except StorageError:
            return b""


class FolderCheckpoints(BlobCheckpoints):
    """The checkpoints of one machine."""

    def __init__(self, root: Path, sealer: Sealer | None = None) -> None:
        """Keep results under `root`, which is made where it does not exist. Raises DiskFull, StorageError."""
        super().__init__(FolderBlobs(root), sealer)


def _name(step: str, key: str) -> str:
    return hashlib.sha256(_address(step, key)).hexdigest()


def _address(step: str, key: str) -> bytes:
    """Both names, so that no step and key run into another pair."""
    return b"%d:%s:%s" % (len(step.encode()), step.encode(), key.encode())


def _seal(step: str, key: str, result: bytes) -> bytes:
    return hashlib.sha256(_address(step, key) + b"\0" + result).digest()


def _place(name: str) -> str:
    """The blob's own name: a result under another one is not what was sealed there."""
    return f"checkpoint {name}"
