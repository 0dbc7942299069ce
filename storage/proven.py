"""A store that is proven fit before anything is put into it, even when it was down at the start."""

from __future__ import annotations

from threading import Lock

from dossier.archive import ArchivedObject
from dossier.ports import Archive


class ProvenArchive:
    """Another archive (port Archive), probed before the first put of this process."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = Lock()
        self._is_proven = False

    @property
    def inner(self) -> Archive:
        """The archive itself."""
        return self._archive

    def probe(self) -> None:
        """Raise StoreUnfit or StoreUnreachable; a store that passed is not asked again before a put."""
        self._archive.probe()
        self._is_proven = True

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        """Put under a new key. Raises what `probe` raises, until it has passed once."""
        with self._lock:
            if not self._is_proven:
                self.probe()
        return self._archive.put(key, data, media_type, retention_days)

    def get(self, key: str, version_id: str = "") -> bytes:
        """The bytes of one version."""
        return self._archive.get(key, version_id)

    def describe(self, key: str, version_id: str = "") -> ArchivedObject:
        """What is kept under a key."""
        return self._archive.describe(key, version_id)

    def list(self, prefix: str) -> tuple[str, ...]:
        """Keys that begin with this prefix."""
        return self._archive.list(prefix)
