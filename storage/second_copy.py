"""A second copy of the archive in a folder: a disk of its own, a network drive, a disk that goes into a safe.

Files lie under the keys of the store, each as it was archived, readable without this product. What has to
replace a damaged file never overwrites it: the damaged one is kept aside.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dossier.archive import ArchivedObject
from dossier.audit import ExpectedObject, Fingerprint, KeptVersion
from dossier.errors import NotInArchive, StorageError, StoreUnreachable
from storage.files import translated, write_whole

ASIDE: Final = ".damaged"
"""Folder of files that were replaced."""
_MARK: Final = "sohoa-second-copy"
_BLOCK_BYTES: Final = 256 * 1024


class FolderCopy:
    """Files under a folder as an auditor sees them (port ArchiveAuditor)."""

    def __init__(self, root: Path) -> None:
        """Nothing is looked at yet."""
        self._root = root

    def prepare(self) -> None:
        """Mark a folder that exists as the second copy. Raises StoreUnreachable, StorageError, DiskFull."""
        if not self._root.is_dir():
            raise StoreUnreachable(f"second copy {self._root}", "the folder is not there")
        if not (self._root / _MARK).exists():
            write_whole(self._root / _MARK, b"Second copy of an archive of So Hoa.\n")

    def versions(self, prefix: str) -> Iterator[KeptVersion]:
        """Every file whose key begins with this prefix, by key. Raises StoreUnreachable."""
        self._check_it_is_there()
        folder = self._root / prefix.rpartition("/")[0]
        for key in sorted(self._keys(folder)):
            if key.startswith(prefix):
                yield KeptVersion(key, "", (self._root / key).stat().st_size)

    def fingerprint(self, key: str, version_id: str = "") -> Fingerprint:  # noqa: ARG002
        """Read a file to its end. Raises NotInArchive, StoreUnreachable, StorageError."""
        digest, size, block = hashlib.sha256(), 0, bytearray(_BLOCK_BYTES)
        path, view = self._existing(key), memoryview(block)
        with translated(path), path.open("rb", buffering=0) as file:
            while count := file.readinto(block):
                digest.update(view[:count])
                size += count
        return Fingerprint(digest.hexdigest(), size)

    def fetch(self, key: str, version_id: str = "") -> bytes:  # noqa: ARG002
        """A file's bytes. Raises NotInArchive, StoreUnreachable, StorageError."""
        path = self._existing(key)
        with translated(path):
            return path.read_bytes()

    def restore(self, expected: ExpectedObject, data: bytes) -> ArchivedObject:
        """Write a file, whole or not at all; what lay there is kept aside. Raises StorageError, DiskFull."""
        self._check_it_is_there()
        path = self._path(expected.key)
        with translated(path):
            if path.exists():
                now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
                aside = self._root / ASIDE / now / expected.key
                aside.parent.mkdir(parents=True, exist_ok=True)
                path.replace(aside)
        write_whole(path, data)
        digest = hashlib.sha256(data).hexdigest()
        return ArchivedObject(expected.key, "", digest, len(data), expected.retain_until)

    def erase(self, prefix: str) -> int:
        """Forget every file under a prefix, those that were kept aside too; how many there were.

        Raises StoreUnreachable, StorageError.
        """
        self._check_it_is_there()
        self._path(prefix)
        folders = [self._root / prefix, *self._root.glob(f"{ASIDE}/*/{prefix}")]
        found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        for path in found:
            with translated(path):
                path.unlink()
        return len(found)

    def _keys(self, folder: Path) -> Iterator[str]:
        for where, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name != ASIDE]
            for name in names:
                key = (Path(where) / name).relative_to(self._root).as_posix()
                if key != _MARK and not name.endswith(".part"):
                    yield key

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            self._check_it_is_there()
            raise NotInArchive(key, "the second copy has no such file")
        return path

    def _path(self, key: str) -> Path:
        if any(part in ("", ".", "..") for part in key.split("/")):
            raise StorageError(key, "is not a name for a file of the second copy")
        return self._root / key

    def _check_it_is_there(self) -> None:
        """A disk that is not plugged in has no files, and proves nothing."""
        if not (self._root / _MARK).is_file():
            raise StoreUnreachable(f"second copy {self._root}", "the folder is not there, or not the copy's")
