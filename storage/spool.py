"""The spool: bytes on this machine, by content, until they are archived; sealed where there is a key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dossier.errors import StorageError
from dossier.page import StoredObject
from storage.files import private_folder, remove_abandoned_parts, translated, write_whole
from storage.keyring import InTheClear, Keyring, Sealer

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class FolderSpool:
    """Keeps each blob once, in a file named by its SHA-256."""

    def __init__(self, root: Path, sealer: Sealer | None = None) -> None:
        """Keep blobs under `root`, which is made where it does not exist. Raises DiskFull, StorageError.

        Args:
            root: folder of the spool.
            sealer: what the bytes are sealed with; without one they lie there in the clear.
        """
        self._root = root
        self._sealer = sealer or InTheClear()
        with translated(root):
            private_folder(root)
            remove_abandoned_parts(root)

    def put(self, data: bytes, media_type: str) -> StoredObject:
        """Keep these bytes; the same bytes twice are one object. Raises DiskFull, StorageError."""
        digest = hashlib.sha256(data).hexdigest()
        kept = StoredObject(digest, digest, len(data), media_type)
        if not self._is_intact(kept):
            write_whole(self._path(kept), self._sealer.seal(data, _place(digest)))
        return kept

    def get(self, kept: StoredObject) -> bytes:
        """The bytes, checked against their SHA-256. Raises StorageError, KeyMissing."""
        try:
            with translated(self._path(kept)):
                data = self._path(kept).read_bytes()
        except StorageError as e:
            raise StorageError(f"spool {kept.key}", e.cause) from e
        try:
            data = self._sealer.open(data, _place(kept.sha256))
        except StorageError:
            # Bytes kept before there was a key are as they were put, whatever they begin with.
            if hashlib.sha256(data).hexdigest() != kept.sha256:
                raise
        if hashlib.sha256(data).hexdigest() != kept.sha256:
            raise StorageError(f"spool {kept.key}", "damaged: the bytes do not match their SHA-256")
        return data

    def discard(self, kept: StoredObject) -> None:
        """Forget a paper that was only presented; discarding it again changes nothing."""
        self.erase(kept.sha256)

    def erase(self, name: str) -> bool:
        """Forget a blob by its SHA-256; whether it was there. Raises StorageError."""
        path = self._path(StoredObject(name, name, 0, ""))
        with translated(path):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def names(self) -> Iterator[str]:
        """What is kept, by SHA-256, in no order."""
        for path in self._root.glob("??/*"):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a blob is sealed with the newest key. Raises StorageError where it is gone."""
        path = self._root / name[:2] / name
        with translated(path), path.open("rb") as file:
            return keys.is_current(file.read(64))

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a blob anew. Raises KeyMissing, DiskFull, StorageError where it is damaged."""
        data = self.get(StoredObject(name, name, 0, ""))
        write_whole(self._root / name[:2] / name, keys.seal(data, _place(name)))

    def _is_intact(self, kept: StoredObject) -> bool:
        try:
            self.get(kept)
        except StorageError:
            return False
        return True

    def _path(self, kept: StoredObject) -> Path:
        if not _SHA256.fullmatch(kept.sha256):
            raise StorageError(f"spool {kept.key}", "not a SHA-256")
        return self._root / kept.sha256[:2] / kept.sha256


def _place(digest: str) -> str:
    return f"spool {digest}"
