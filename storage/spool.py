"""The spool: bytes by content, until they are archived; sealed where there is a key."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dossier.errors import StorageError
from dossier.page import StoredObject
from storage.blobs import Blobs, FolderBlobs
from storage.keyring import InTheClear, Keyring, Sealer

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class BlobSpool:
    """Keeps each blob once, under its SHA-256."""

    def __init__(self, blobs: Blobs, sealer: Sealer | None = None) -> None:
        """Keep what comes among these blobs.

        Args:
            blobs: where the bytes lie.
            sealer: what they are sealed with; without one they lie there in the clear.
        """
        self._blobs = blobs
        self._sealer = sealer or InTheClear()

    def put(self, data: bytes, media_type: str) -> StoredObject:
        """Keep these bytes; the same bytes twice are one object. Raises DiskFull, StorageError."""
        digest = hashlib.sha256(data).hexdigest()
        kept = StoredObject(digest, digest, len(data), media_type)
        if not self._is_intact(kept):
            self._blobs.write(digest, self._sealer.seal(data, _place(digest)))
        return kept

    def get(self, kept: StoredObject) -> bytes:
        """The bytes, checked against their SHA-256. Raises StorageError, KeyMissing."""
        if not _SHA256.fullmatch(kept.sha256):
            raise StorageError(f"spool {kept.key}", "not a SHA-256")
        data = self._blobs.read(kept.sha256)
        if data is None:
            raise StorageError(f"spool {kept.key}", os.strerror(errno.ENOENT))
        try:
            data = self._sealer.open(data, _place(kept.sha256))
        except StorageError:
            # Bytes kept before there was a key are as they were put, whatever they begin with.
            if hashlib.sha256(data).hexdigest() != kept.sha256:
                raise
        if hashlib.sha256(data).hexdigest() != kept.sha256:
            raise StorageError(f"spool {kept.key}", "damaged: the bytes do not match their SHA-256")
        return data

    def erase(self, name: str) -> bool:
        """Forget a blob by its SHA-256; whether it was there. Raises StorageError."""
        return self._blobs.remove(name)

    def names(self) -> Iterator[str]:
        """What is kept, by SHA-256, in no order."""
        return self._blobs.names()

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a blob is sealed with the newest key. Raises StorageError where it is gone."""
        return keys.is_current(self._blobs.head(name))

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a blob anew. Raises KeyMissing, DiskFull, StorageError where it is damaged."""
        data = self.get(StoredObject(name, name, 0, ""))
        self._blobs.write(name, keys.seal(data, _place(name)))

    def _is_intact(self, kept: StoredObject) -> bool:
        try:
            self.get(kept)
        except StorageError:
            return False
        return True


class FolderSpool(BlobSpool):
    """The spool of one machine."""

    def __init__(self, root: Path, sealer: Sealer | None = None) -> None:
        """Keep blobs under `root`, which is made where it does not exist. Raises DiskFull, StorageError."""
        super().__init__(FolderBlobs(root), sealer)


def _place(digest: str) -> str:
    return f"spool {digest}"
