"""The archive store: any S3 store with versioning, object lock and conditional put.

Nothing is ever overwritten: every put carries `If-None-Match: *` and a retention date, and what came to lie
under the key is looked at afterwards. The SDK's public `put_object` cannot send that header (it would become
user metadata), so `_put_object` is called, its one private door (minio 7.2.20); `probe` finds out at start
whether the store really honours it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any, Final, Literal

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from minio.retention import Retention
from urllib3.exceptions import HTTPError

from dossier.archive import ArchivedObject
from dossier.errors import (
    NotInArchive,
    StorageError,
    StoreConflict,
    StoreUnfit,
    StoreUnreachable,
)
from storage.clock import VIETNAM, Clock, vietnam_now

log = logging.getLogger(__name__)

PROBE_KEY: Final = "sohoa/probe"
_PROBE: Final = b"Kept by So Hoa to prove that this store never overwrites.\n"
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_PAUSES_SECONDS: Final = (0.3, 1.0)
_OCTETS: Final = "application/octet-stream"
_ABSENT: Final = frozenset(
    {"NoSuchKey", "NoSuchVersion", "NoSuchObject", "ResourceNotFound", "MethodNotAllowed"}
)
_TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_DENIED: Final = frozenset(
    {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed"}
)
_UNLOCKED: Final = frozenset(
    {
        "ObjectLockConfigurationNotFoundError",
        "NoSuchObjectLockConfiguration",
        "InvalidRequest",
        "NotImplemented",
    }
)
_PASSING: Final = frozenset(
    {"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "OperationAborted"}
)


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the store is, who we are there, and how long it keeps what we put."""

    endpoint: str
    """host:port."""
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str = "sohoa-archive"
    secure: bool = True
    """TLS."""
    region: str = "us-east-1"
    retention_days: int = 3650
    """Days during which the store refuses to delete an object."""
    retention_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "COMPLIANCE"
    """In COMPLIANCE nobody may delete earlier, the store's administrator included."""


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
        if missing:
            raise StoreUnfit(f"bucket {self._settings.bucket}", f"lacks {' and '.join(missing)}")

    def make_bucket(self) -> None:
        """Make the bucket, with object lock, where there is none. Raises StoreUnfit where we may not."""
        with self._translated(self._settings.bucket):
            if not self._client.bucket_exists(self._settings.bucket):
                self._make_bucket()

    def put(self, key: str, data: bytes, media_type: str) -> ArchivedObject:
        """Put under a new key, locked until the end of its retention.

        The same bytes again give what is kept already; other bytes raise StoreConflict. A reply that got
        lost on the way is the same case: the second try finds its own bytes.
        Raises StoreConflict, StoreUnfit, StoreUnreachable, StorageError.
        """
        with self._translated(key):
            self._put_if_new(key, data, media_type)
            kept, etag = self._look_at(key, "")
            same_md5 = (
                not _MD5.fullmatch(etag) or etag == hashlib.md5(data, usedforsecurity=False).hexdigest()
            )
            if (
                kept.size_bytes != len(data)
                or kept.sha256 != hashlib.sha256(data).hexdigest()
                or not same_md5
            ):
                raise StoreConflict(key, "other bytes are kept under this key")
            return kept

    def get(self, key: str, version_id: str = "") -> bytes:
        """The bytes of one version, of the newest without one, compared with the SHA-256 put beside them.

        Raises NotInArchive, StoreUnreachable; StorageError where the object is damaged.
        """
        try:
            data, promised = self._read(key, version_id)
        except StoreUnreachable as e:
            # A store that finds an object damaged fails as if it were down; it is not when others come whole.
            if key == PROBE_KEY or not self._gives_the_probe():
                raise
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

    def list(self, prefix: str) -> tuple[str, ...]:
        """Keys that begin with this prefix, sorted. Raises StoreUnreachable, StorageError."""
        with self._translated(prefix):
            found = self._client.list_objects(self._settings.bucket, prefix, recursive=True)
            return tuple(sorted(str(each.object_name) for each in found if not each.is_dir))

    def _read(self, key: str, version_id: str) -> tuple[bytes, str]:
        """The bytes, and the SHA-256 that was put beside them, empty where none was."""
        with self._translated(key):
            response = self._client.get_object(self._settings.bucket, key, version_id=version_id or None)
            try:
                return response.data, _header(response.headers, "x-amz-meta-sha256")
            finally:
                response.close()
                response.release_conn()

    def _gives_the_probe(self) -> bool:
        try:
            return self._read(PROBE_KEY, "")[0] == _PROBE
        except StorageError:
            return False

    def _look_at(self, key: str, version_id: str) -> tuple[ArchivedObject, str]:
        """An object and its ETag, which is the MD5 of the content where it was put in one piece."""
        bucket = self._settings.bucket
        found = self._client.stat_object(bucket, key, version_id=version_id or None)
        version = found.version_id or version_id
        if not version:
            raise StoreUnfit(key, "was kept without a version")
        retention = self._retention_of(key, version)
        promised = _header(found.metadata, "x-amz-meta-sha256")
        digest = promised or hashlib.sha256(self.get(key, version)).hexdigest()
        until = retention.retain_until_date.astimezone(VIETNAM)
        return ArchivedObject(key, version, digest, found.size or 0, until), found.etag or ""

    def _retention_of(self, key: str, version: str) -> Retention:
        try:
            retention = self._client.get_object_retention(self._settings.bucket, key, version_id=version)
        except S3Error as e:
            if e.code not in _UNLOCKED:
                raise
            retention = None
        if retention is None:
            raise StoreUnfit(key, "was kept without a lock")
        return retention

    def _put_if_new(self, key: str, data: bytes, media_type: str) -> None:
        """Put, unless something is there already; passing weakness of the store is tried again."""
        for pause in (*_PAUSES_SECONDS, None):
            try:
                self._put_new(key, data, media_type, self._retention())
            except S3Error as e:
                if e.code in _TAKEN:
                    return
                if pause is None or e.code not in _PASSING:
                    raise
                time.sleep(pause)
            else:
                return

    def _put_new(self, key: str, data: bytes, media_type: str, retention: dict[str, str]) -> None:
        headers: dict[str, str | list[str] | tuple[str]] = {
            "If-None-Match": "*",
            "Content-Type": media_type or _OCTETS,
            "Content-MD5": _md5(data),
            "x-amz-meta-sha256": hashlib.sha256(data).hexdigest(),
            **retention,
        }
        self._client._put_object(self._settings.bucket, key, data, headers)

    def _retention(self) -> dict[str, str]:
        until = self._clock().astimezone(UTC) + timedelta(days=self._settings.retention_days)
        return {
            "x-amz-object-lock-mode": self._settings.retention_mode,
            "x-amz-object-lock-retain-until-date": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _make_bucket(self) -> None:
        try:
            self._client.make_bucket(self._settings.bucket, self._settings.region, object_lock=True)
        except S3Error as e:
            if e.code in _DENIED:
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
            if e.code in _UNLOCKED:
                return False
            raise
        return True

    def _has_conditional_put(self) -> bool:
        """Whether a second put under the same key is refused; the first may be years ago."""
        for _ in range(2):
            try:
                self._put_new(PROBE_KEY, _PROBE, "text/plain", {})
            except S3Error as e:
                if e.code in _TAKEN:
                    return True
                if e.code == "NotImplemented":
                    return False
                raise
        return False

    @contextmanager
    def _translated(self, subject: str) -> Iterator[None]:
        """Turn the SDK's troubles into the house's."""
        where = self._settings.endpoint
        try:
            yield
        except S3Error as e:
            raise _translation(e, subject, where) from e
        except (HTTPError, ServerError, InvalidResponseError) as e:
            raise StoreUnreachable(f"store {where}", _short(e)) from e
        except (MinioException, ValueError) as e:
            raise StorageError(subject, _short(e)) from e


def open_client(settings: StoreSettings) -> Minio:
    """The SDK's client with bounded patience: 2 s to connect, 30 s without a byte, three tries."""
    retries = urllib3.Retry(
        total=3, connect=3, read=2, redirect=0, backoff_factor=0.2, status_forcelist=(502, 503, 504),
        allowed_methods=None, raise_on_status=False, respect_retry_after_header=False,
    )  # fmt: skip
    timeout = urllib3.Timeout(connect=2.0, read=30.0)
    return Minio(
        settings.endpoint,
        access_key=settings.access_key,
        secret_key=settings.secret_key,
        secure=settings.secure,
        region=settings.region,
        http_client=urllib3.PoolManager(maxsize=8, timeout=timeout, retries=retries),
    )


def _translation(error: S3Error, subject: str, where: str) -> StorageError:
    if error.code in _ABSENT:
        return NotInArchive(subject, "no such object")
    if error.code == "NoSuchBucket":
        return StoreUnfit(f"store {where}", "the bucket does not exist")
    if error.code in _DENIED:
        return StorageError(f"store {where}", f"refuses our credentials for {subject} ({error.code})")
    if error.code in _PASSING:
        return StoreUnreachable(f"store {where}", f"{error.code}: {error.message}")
    return StorageError(subject, f"{error.code}: {error.message}")


def _header(headers: Any, name: str) -> str:
    """A header's value whatever case the store writes it in."""
    return next((str(v) for k, v in dict(headers or {}).items() if str(k).lower() == name), "")


def _md5(data: bytes) -> str:
    """The checksum that S3 compares on arrival; it protects the transport, SHA-256 the content."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _short(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error).splitlines()[0][:300]
