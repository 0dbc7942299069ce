"""The spool: bytes on this machine, by content, until they are in the archive."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from dossier.errors import StorageError
from dossier.page import StoredObject
from storage.files import private_folder, remove_abandoned_parts, translated, write_whole

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class FolderSpool:
    """Keeps each blob once, in a file named by its SHA-256."""

    def __init__(self, root: Path) -> None:
        """Keep blobs under `root`, which is made where it does not exist. Raises DiskFull, StorageError."""
        self._root = root
        with translated(root):
            private_folder(root)
            remove_abandoned_parts(root)

    def put(self, data: bytes, media_type: str) -> StoredObject:
        """Keep these bytes; the same bytes twice are one object. Raises DiskFull, StorageError."""
        digest = hashlib.sha256(data).hexdigest()
        kept = StoredObject(digest, digest, len(data), media_type)
        if not self._is_intact(kept):
            write_whole(self._path(kept), data)
        return kept

    def get(self, kept: StoredObject) -> bytes:
        """The bytes, checked against their SHA-256. Raises StorageError."""
        try:
            with translated(self._path(kept)):
                data = self._path(kept).read_bytes()
        except StorageError as e:
            raise StorageError(f"spool {kept.key}", e.cause) from e
        if hashlib.sha256(data).hexdigest() != kept.sha256:
            raise StorageError(f"spool {kept.key}", "damaged: the bytes do not match their SHA-256")
        return data

    def discard(self, kept: StoredObject) -> None:
        """Forget a paper that was only presented; discarding it again changes nothing."""
        with translated(self._path(kept)):
            self._path(kept).unlink(missing_ok=True)

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
