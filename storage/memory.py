"""An archive in memory, with the promises of the real one: for training, and wherever no store may run."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from threading import Lock

from dossier.archive import ArchivedObject
from dossier.errors import NotInArchive, RetentionStands, StoreConflict
from storage.clock import Clock, vietnam_now


class MemoryArchive:
    """Keeps packages until the process ends; never overwrites."""

    def __init__(self, retention_days: int = 1, clock: Clock = vietnam_now) -> None:
        self._retention = timedelta(days=retention_days)
        self._clock = clock
        self._kept: dict[str, tuple[ArchivedObject, bytes]] = {}
        self._held: set[str] = set()
        self._lock = Lock()

    def probe(self) -> None:
        """Memory is always there."""

    def put(
        self,
        key: str,
        data: bytes,
        media_type: str,  # noqa: ARG002 - the port's signature
        retention_days: int = 0,
    ) -> ArchivedObject:
        """Put under a new key. The same bytes again are no error; other bytes raise StoreConflict."""
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            if key in self._kept:
                kept, _ = self._kept[key]
                if kept.sha256 != digest:
                    raise StoreConflict(key, "other bytes are kept under this key")
                return kept
            until = (self._clock() + max(self._retention, timedelta(retention_days))).replace(microsecond=0)
            kept = ArchivedObject(key, f"memory-{len(self._kept) + 1}", digest, len(data), until)
            self._kept[key] = kept, data
            return kept

    def get(self, key: str, version_id: str = "") -> bytes:
        """The bytes of one version, of the newest without one. Raises NotInArchive."""
        return self._find(key, version_id)[1]

    def describe(self, key: str, version_id: str = "") -> ArchivedObject:
        """What is kept under a key. Raises NotInArchive."""
        return self._find(key, version_id)[0]

    def hold(self, key: str, version_id: str) -> None:
        """Put a legal hold on a version. Raises NotInArchive."""
        self._held.add(self._find(key, version_id)[0].key)

    def release(self, key: str, version_id: str) -> None:
        """End a legal hold. Raises NotInArchive."""
        self._held.discard(self._find(key, version_id)[0].key)

    def is_held(self, key: str, version_id: str) -> bool:
        """Whether a legal hold stands. Raises NotInArchive."""
        return self._find(key, version_id)[0].key in self._held

    def erase(self, prefix: str) -> int:
        """Delete what lies under a prefix (port Eraser). Raises RetentionStands, nothing deleted then."""
        with self._lock:
            found = [key for key in self._kept if key.startswith(f"{prefix}/")]
            for key in found:
                if key in self._held:
                    raise RetentionStands(key, "is under a legal hold")
                if self._kept[key][0].retain_until > self._clock():
                    raise RetentionStands(key, f"is locked until {self._kept[key][0].retain_until}")
            for key in found:
                del self._kept[key]
        return len(found)

    def list(self, prefix: str) -> tuple[str, ...]:
        """Keys that begin with this prefix, sorted."""
        with self._lock:
            return tuple(sorted(key for key in self._kept if key.startswith(prefix)))

    def _find(self, key: str, version_id: str) -> tuple[ArchivedObject, bytes]:
        with self._lock:
            found = self._kept.get(key)
        if found is None or version_id not in ("", found[0].version_id):
            raise NotInArchive(key, "no such object")
        return found
