"""The SDK's client, how to reach a store, and what its refusals mean."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError

from dossier.errors import NotInArchive, StorageError, StoreUnfit, StoreUnreachable
from storage.pace import paced_pools

ENCRYPTION: Final = "x-amz-server-side-encryption"
ABSENT: Final = frozenset(
    {"NoSuchKey", "NoSuchVersion", "NoSuchObject", "ResourceNotFound", "MethodNotAllowed"}
)
TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
DENIED: Final = frozenset(
    {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed"}
)
UNLOCKED: Final = frozenset(
    {
        "ObjectLockConfigurationNotFoundError",
        "NoSuchObjectLockConfiguration",
        "InvalidRequest",
        "NotImplemented",
    }
)
PASSING: Final = frozenset(
    {"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "OperationAborted"}
)
_HASTY_SECONDS: Final = 10.0


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
    encryption: Literal["AES256", "none"] = "AES256"
    """Server-side encryption that is asked for and proven with every put; "none" where the disks do it."""
    patience_seconds: float = 30.0
    """Without a byte for so long, a try is given up."""
    reads_again: int = 2
    """How often a reply that did not come, or broke off, is asked for again."""

    @property
    def hasty(self) -> StoreSettings:
        """The same for whoever only asks whether it is there: one try, 10 s."""
        return replace(self, patience_seconds=min(_HASTY_SECONDS, self.patience_seconds), reads_again=0)

    @property
    def encryption_headers(self) -> dict[str, str]:
        """What a put says so that the store encrypts."""
        return {} if self.encryption == "none" else {ENCRYPTION: self.encryption}


def open_client(settings: StoreSettings) -> Minio:
    """The SDK's client with bounded patience: 2 s to connect, 30 s without a byte, three tries unless told.

    A store that trickles is given up too, see `storage.pace`.
    """
    retries = urllib3.Retry(
        total=3, connect=3, read=settings.reads_again, redirect=0, backoff_factor=0.2,
        status_forcelist=(502, 503, 504), allowed_methods=None, raise_on_status=False,
        respect_retry_after_header=False,
    )  # fmt: skip
    return Minio(
        settings.endpoint,
        access_key=settings.access_key,
        secret_key=settings.secret_key,
        secure=settings.secure,
        region=settings.region,
        http_client=paced_pools(settings.patience_seconds, retries),
    )


@contextmanager
def translated_store(subject: str, where: str) -> Iterator[None]:
    """Turn the SDK's troubles into the house's."""
    try:
        yield
    except S3Error as e:
        raise translation(e, subject, where) from e
    except (HTTPError, ServerError, InvalidResponseError) as e:
        raise StoreUnreachable(f"store {where}", short(e)) from e
    except (MinioException, ValueError) as e:
        raise StorageError(subject, short(e)) from e


def is_held(client: Minio, bucket: str, key: str, version_id: str) -> bool:
    """Whether a legal hold stands on a version; one that never had any is not held."""
    try:
        return bool(client.is_object_legal_hold_enabled(bucket, key, version_id))
    except S3Error as e:
        if e.code != "NoSuchObjectLegalHold":
            raise
        return False


def translation(error: S3Error, subject: str, where: str) -> StorageError:
    if error.code in ABSENT:
        return NotInArchive(subject, "no such object")
    if error.code == "NoSuchBucket":
        return StoreUnfit(f"store {where}", "the bucket does not exist")
    if error.code in DENIED:
        return StorageError(f"store {where}", f"refuses our credentials for {subject} ({error.code})")
    if error.code in UNLOCKED:
        return StoreUnfit(subject, f"cannot be locked there ({error.code}: {error.message})")
    if error.code in PASSING:
        return StoreUnreachable(f"store {where}", f"{error.code}: {error.message}")
    return StorageError(subject, f"{error.code}: {error.message}")


def header(headers: Any, name: str) -> str:
    """A header's value whatever case the store writes it in."""
    return next((str(v) for k, v in dict(headers or {}).items() if str(k).lower() == name), "")


def md5_of(data: bytes) -> str:
    """The checksum that S3 compares on arrival; it protects the transport, SHA-256 the content."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def short(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error).splitlines()[0][:300]
