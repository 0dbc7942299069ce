"""Auditing an S3 store: every version listed, every byte read anew, without keeping objects in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any, Final

from minio.error import S3Error

from dossier.archive import ArchivedObject
from dossier.audit import ExpectedObject, Fingerprint, KeptVersion
from dossier.errors import StorageError, StoreUnfit, StoreUnreachable
from storage.clock import Clock, vietnam_now
from storage.s3 import PROBE_KEY, S3Archive
from storage.s3_client import DENIED, ENCRYPTION, StoreSettings, header, open_client, translated_store

_BLOCK_BYTES: Final = 256 * 1024
_SHA256: Final = "x-amz-meta-sha256"


class S3Auditor:
    """An S3 bucket as an auditor sees it (port ArchiveAuditor)."""

    def __init__(self, settings: StoreSettings, clock: Clock = vietnam_now) -> None:
        """Nothing is asked of the store yet."""
        self._settings = settings
        self._clock = clock
        # A store that finds an object damaged tries for many seconds on its own before it gives up.
        self._client = open_client(replace(settings, reads_again=0))
        self._archive = S3Archive(settings, clock)

    def versions(self, prefix: str) -> Iterator[KeptVersion]:
        """Every version and every delete marker, by key, newest first.

        Raises StoreUnreachable, StorageError.
        """
        bucket = self._settings.bucket
        with self._translated(prefix):
            for found in self._client.list_objects(bucket, prefix, recursive=True, include_version=True):
                if not found.is_dir:
                    yield KeptVersion(
                        str(found.object_name),
                        str(found.version_id or ""),
                        int(found.size or 0),
                        bool(found.is_delete_marker),
                    )

    def fingerprint(self, key: str, version_id: str = "") -> Fingerprint:
        """Read an object to its end.

        Raises NotInArchive, StoreUnreachable; StorageError where the store answers, but not with its bytes.
        """
        digest, size = hashlib.sha256(), 0
        with self._opened(key, version_id) as response:
            for block in response.stream(_BLOCK_BYTES):
                digest.update(block)
                size += len(block)
            promised = header(response.headers, _SHA256)
        return Fingerprint(digest.hexdigest(), size, promised)

    def fetch(self, key: str, version_id: str = "") -> bytes:
        """The bytes as they lie there. Raises as `fingerprint`."""
        with self._opened(key, version_id) as response:
            data: bytes = response.data
        return data

    def restore(self, expected: ExpectedObject, data: bytes) -> ArchivedObject:
        """Put a new version, locked at least as long as was promised; what was there stays beside it.

        Raises StoreUnreachable, StoreUnfit; StorageError where the new version is not what was put.
        """
        key, first = expected.key, self._clock() + timedelta(days=self._settings.retention_days)
        until = max(first, expected.retain_until).astimezone(UTC)
        headers: dict[str, str | list[str] | tuple[str]] = {
            "Content-Type": expected.media_type or "application/octet-stream",
            _SHA256: hashlib.sha256(data).hexdigest(),
            "x-amz-object-lock-mode": self._settings.retention_mode,
            "x-amz-object-lock-retain-until-date": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            **self._settings.encryption_headers,
        }
        with self._translated(key):
            put = self._client._put_object(self._settings.bucket, key, data, headers)
        if self._settings.encryption_headers and not header(put.http_headers, ENCRYPTION):
            raise StoreUnfit(key, "was put back, but the store does not say that it encrypted it")
        kept = self._archive.describe(key, put.version_id or "")
        if self.fingerprint(key, kept.version_id).sha256 != headers[_SHA256]:
            raise StorageError(key, "the store does not give back what was put")
        return kept

    @contextmanager
    def _opened(self, key: str, version_id: str) -> Iterator[Any]:
        try:
            with self._translated(key):
                response = self._client.get_object(self._settings.bucket, key, version_id=version_id or None)
                try:
                    yield response
                finally:
                    response.close()
                    response.release_conn()
        except StoreUnreachable as e:
            # A store that finds an object damaged fails as if it were down; it is not when others come whole.
            if key == PROBE_KEY or not self._gives_the_probe():
                raise
            raise StorageError(key, "the store answers, but cannot give these bytes") from e

    def _gives_the_probe(self) -> bool:
        try:
            return bool(self.fetch(PROBE_KEY))
        except StorageError:
            return False

    @contextmanager
    def _translated(self, subject: str) -> Iterator[None]:
        """As everywhere in this room, but that who may not look has not seen anything damaged."""
        where = self._settings.endpoint
        with translated_store(subject, where):
            try:
                yield
            except S3Error as e:
                if e.code not in DENIED:
                    raise
                raise StoreUnreachable(f"store {where}", f"refuses our credentials ({e.code})") from e
