"""Auditing a store that keeps one version of everything, for training and wherever no real store may run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from dossier.archive import ArchivedObject
from dossier.audit import ExpectedObject, Fingerprint, KeptVersion
from dossier.ports import Archive


class PlainAuditor:
    """Another archive (port Archive) as an auditor sees it (port ArchiveAuditor)."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def versions(self, prefix: str) -> Iterator[KeptVersion]:
        """Every object, by key. Raises what the archive raises."""
        for key in self._archive.list(prefix):
            kept = self._archive.describe(key)
            yield KeptVersion(key, kept.version_id, kept.size_bytes)

    def fingerprint(self, key: str, version_id: str = "") -> Fingerprint:
        """Read an object to its end."""
        data = self._archive.get(key, version_id)
        promised = self._archive.describe(key, version_id).sha256
        return Fingerprint(hashlib.sha256(data).hexdigest(), len(data), promised)

    def fetch(self, key: str, version_id: str = "") -> bytes:
        """The bytes as they lie there."""
        return self._archive.get(key, version_id)

    def restore(self, expected: ExpectedObject, data: bytes) -> ArchivedObject:
        """Put a lost object again; a damaged one stands in the way (StoreConflict)."""
        return self._archive.put(expected.key, data, expected.media_type)
