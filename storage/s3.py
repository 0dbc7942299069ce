"""The archive store: any S3 store with versioning, object lock and conditional put.

Nothing is ever overwritten: every put carries `If-None-Match: *` and a retention date, and what came to lie
under the key is looked at afterwards. The SDK's public `put_object` cannot send that header (it would become
user metadata), so `_put_object` is called, its one private door (minio 7.2.20); `probe` finds out at start
whether the store really honours it.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Final

from minio.error import S3Error
from minio.retention import Retention

from dossier.archive import ArchivedObject
from dossier.errors import StorageError, StoreConflict, StoreUnfit, StoreUnreachable
from storage.clock import VIETNAM, Clock, vietnam_now
from storage.s3_client import (
    DENIED,
    ENCRYPTION,
    PASSING,
    TAKEN,
    UNLOCKED,
    StoreSettings,
    header,
    is_held,
    md5_of,
    open_client,
    translated_store,
)

__all__ = ["PROBE_KEY", "S3Archive", "StoreSettings", "open_client"]

log = logging.getLogger(__name__)

PROBE_KEY: Final = "sohoa/probe-2"
_PROBE: Final = b"Kept by So Hoa to prove that this store never overwrites.\n"
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_PAUSES_SECONDS: Final = (0.3, 1.0)
_OCTETS: Final = "application/octet-stream"
_STRONGER: Final = {"GOVERNANCE": 0, "COMPLIANCE": 1}


class S3Archive:
    """Packages in an S3 bucket with versioning and object lock."""

    def __init__(self, settings: StoreSettings, clock: Clock = vietnam_now) -> None:
        """Nothing is asked of the store yet; call `probe` before the first put."""
        self._settings = settings
        self._clock = clock
        self._client = open_client(settings)

    @property
    def settings(self) -> StoreSettings:
        """Where the store is, and who we are there."""
        return self._settings

    def probe(self) -> None:
        """Make the bucket where there is none, and see whether the store is fit for an archive.

        Raises StoreUnfit, naming everything that is missing, StoreUnreachable, StorageError on wrong
        credentials.
        """
        self.make_bucket()
        with self._translated(self._settings.bucket):
            missing = [
                name
                for name, is_there in (
                    ("versioning", self._has_versioning),
                    ("object lock", self._has_object_lock),
                )
                if not is_there()
            ]
            if not missing and not self._has_conditional_put():
                missing.append("conditional put")
            if not missing and not self._has_encryption():
                missing.append("encryption")
        if missing:
            raise StoreUnfit(f"bucket {self._settings.bucket}", f"lacks {' and '.join(missing)}")

    def make_bucket(self) -> None:
        """Make the bucket, with object lock, where there is none. Raises StoreUnfit where we may not."""
        with self._translated(self._settings.bucket):
            if not self._client.bucket_exists(self._settings.bucket):
                self._make_bucket()

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        """Put under a new key, locked until the end of its retention, never shorter than the settings say.

        The same bytes again give what is kept already; other bytes raise StoreConflict. A reply that got
        lost on the way is the same case: the second try finds its own bytes.
        Raises StoreConflict, StoreUnfit, StoreUnreachable, StorageError.
        """
        with self._translated(key):
            until = self._retain_until(retention_days)
            is_new = self._put_if_new(key, data, media_type, until)
            kept, etag, mode = self._look_at(key, "")
            same_md5 = (
                not _MD5.fullmatch(etag) or etag == hashlib.md5(data, usedforsecurity=False).hexdigest()
            )
            if (
                kept.size_bytes != len(data)
                or kept.sha256 != hashlib.sha256(data).hexdigest()
                or not same_md5
            ):
                raise StoreConflict(key, "other bytes are kept under this key")
            if is_new and (_STRONGER.get(mode, -1), kept.retain_until) < (
                _STRONGER[self._settings.retention_mode],
                until,
            ):
                raise StoreUnfit(key, f"is locked {mode} until {kept.retain_until}, weaker than asked for")
            return kept

    def get(self, key: str, version_id: str = "") -> bytes:
        """The bytes of one version, of the newest without one, compared with the SHA-256 put beside them.

        Raises NotInArchive, StoreUnreachable; StorageError where the object is damaged.
        """
        try:
            data, promised = self._read(key, version_id)
        except StoreUnreachable:
            # A store that finds an object damaged fails as if it were down; it is not when others come whole.
            if key == PROBE_KEY or not self.gives_the_probe():
                raise
            # One that was just started was seen to give others before it gave this one: asked once more.
            try:
                data, promised = self._read(key, version_id)
            except StoreUnreachable as e:
                raise StorageError(key, "damaged: the store answers, but cannot give these bytes") from e
        if promised and hashlib.sha256(data).hexdigest() != promised:
            raise StorageError(key, "damaged: the store gives other bytes than were put")
        return data

    def describe(self, key: str, version_id: str = "") -> ArchivedObject:
        """What is kept under a key, without fetching it.

        Raises NotInArchive, StoreUnfit where it is not locked, StoreUnreachable, StorageError.
        """
        with self._translated(key):
            return self._look_at(key, version_id)[0]

    def hold(self, key: str, version_id: str) -> None:
        """Put a legal hold on a version: it is not deleted, whatever its retention.

        Raises NotInArchive, StoreUnfit where the store knows no holds, StoreUnreachable, StorageError.
        """
        with self._translated(key):
            self._client.enable_object_legal_hold(self._settings.bucket, key, version_id)
        if not self.is_held(key, version_id):
            raise StoreUnfit(key, "is not held, although the store took the order")

    def release(self, key: str, version_id: str) -> None:
        """End a legal hold; the retention stays. Raises as `hold`."""
        with self._translated(key):
            self._client.disable_object_legal_hold(self._settings.bucket, key, version_id)

    def is_held(self, key: str, version_id: str) -> bool:
        """Whether a legal hold stands. Raises as `hold`."""
        with self._translated(key):
            return is_held(self._client, self._settings.bucket, key, version_id)

    def list(self, prefix: str) -> tuple[str, ...]:
        """Keys that begin with this prefix, sorted. Raises StoreUnreachable, StorageError."""
        with self._translated(prefix):
            found = self._client.list_objects(self._settings.bucket, prefix, recursive=True)
            return tuple(sorted(str(each.object_name) for each in found if not each.is_dir))

    def gives_the_probe(self) -> bool:
        """Whether the store gives back what `probe` put, in one try: what keeps may not yet read."""
        try:
            return S3Archive(self._settings.hasty)._read(PROBE_KEY, "")[0] == _PROBE
        except StorageError:
            return False

    def _read(self, key: str, version_id: str) -> tuple[bytes, str]:
        """The bytes, and the SHA-256 that was put beside them, empty where none was."""
        with self._translated(key):
            response = self._client.get_object(self._settings.bucket, key, version_id=version_id or None)
            try:
                return response.data, header(response.headers, "x-amz-meta-sha256")
            finally:
                response.close()
                response.release_conn()

    def _look_at(self, key: str, version_id: str) -> tuple[ArchivedObject, str, str]:
        """An object, its ETag (the MD5 of the content where it was put in one piece), and its lock's mode."""
        bucket = self._settings.bucket
        found = self._client.stat_object(bucket, key, version_id=version_id or None)
        version = found.version_id or version_id
        if not version:
            raise StoreUnfit(key, "was kept without a version")
        retention = self._retention_of(key, version)
        promised = header(found.metadata, "x-amz-meta-sha256")
        digest = promised or hashlib.sha256(self.get(key, version)).hexdigest()
        until = retention.retain_until_date.astimezone(VIETNAM)
        kept = ArchivedObject(key, version, digest, found.size or 0, until)
        return kept, found.etag or "", str(retention.mode)

    def _retention_of(self, key: str, version: str) -> Retention:
        try:
            retention = self._client.get_object_retention(self._settings.bucket, key, version_id=version)
        except S3Error as e:
            if e.code not in UNLOCKED:
                raise
            retention = None
        if retention is None:
            raise StoreUnfit(key, "was kept without a lock")
        return retention

    def _put_if_new(self, key: str, data: bytes, media_type: str, until: datetime) -> bool:
        """Put, unless something is there already, and say whether; passing weakness is tried again."""
        for pause in (*_PAUSES_SECONDS, None):
            try:
                encrypted = self._put_new(key, data, media_type, self._retention(until))
            except S3Error as e:
                if e.code in TAKEN:
                    return False
                if pause is None or e.code not in PASSING:
                    raise
                time.sleep(pause)
            else:
                if self._settings.encryption_headers and not encrypted:
                    raise StoreUnfit(key, "was kept, but the store does not say that it encrypted it")
                return True
        return False

    def _put_new(self, key: str, data: bytes, media_type: str, retention: dict[str, str]) -> str:
        """Put, unless something is there; how the store says that it encrypted it, if it does."""
        headers: dict[str, str | list[str] | tuple[str]] = {
            "If-None-Match": "*",
            "Content-Type": media_type or _OCTETS,
            "Content-MD5": md5_of(data),
            "x-amz-meta-sha256": hashlib.sha256(data).hexdigest(),
            **retention,
            **self._settings.encryption_headers,
        }
        put = self._client._put_object(self._settings.bucket, key, data, headers)
        return header(put.http_headers, ENCRYPTION)

    def _retain_until(self, retention_days: int = 0) -> datetime:
        """Whole seconds, as the store keeps them."""
        days = max(self._settings.retention_days, retention_days)
        return self._clock().astimezone(UTC).replace(microsecond=0) + timedelta(days=days)

    def _retention(self, until: datetime) -> dict[str, str]:
        return {
            "x-amz-object-lock-mode": self._settings.retention_mode,
            "x-amz-object-lock-retain-until-date": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _make_bucket(self) -> None:
        try:
            self._client.make_bucket(self._settings.bucket, self._settings.region, object_lock=True)
        except S3Error as e:
            if e.code in DENIED:
                raise StoreUnfit(
                    f"bucket {self._settings.bucket}", "does not exist, and this identity may not make it"
                ) from e
            if e.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def _has_versioning(self) -> bool:
        return bool(self._client.get_bucket_versioning(self._settings.bucket).status == "Enabled")

    def _has_object_lock(self) -> bool:
        try:
            self._client.get_object_lock_config(self._settings.bucket)
        except S3Error as e:
            if e.code in UNLOCKED:
                return False
            raise
        return True

    def _has_encryption(self) -> bool:
        """Whether what was put lies there encrypted, as far as the store says; only where it is wanted."""
        if not self._settings.encryption_headers:
            return True
        found = self._client.stat_object(self._settings.bucket, PROBE_KEY)
        return bool(header(found.metadata, ENCRYPTION))

    def _has_conditional_put(self) -> bool:
        """Whether a second put under the same key is refused; the first may be years ago."""
        for _ in range(2):
            try:
                self._put_new(PROBE_KEY, _PROBE, "text/plain", {})
            except S3Error as e:
                if e.code in TAKEN:
                    return True
                if e.code == "NotImplemented":
                    return False
                raise
        return False

    def _translated(self, subject: str) -> AbstractContextManager[None]:
        return translated_store(subject, self._settings.endpoint)
