"""Objects carried from one store into another with their versions, digests, locks and legal holds.

A key's versions keep their order, so that the first version in one store stands for the first in the other.
What is in the target already is compared and not put again: a run that was stopped is simply run anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from minio.error import S3Error
from minio.retention import Retention

from dossier.audit import Fingerprint, KeptVersion
from dossier.errors import StorageError, StoreConflict, StoreUnfit
from storage.clock import VIETNAM, Clock, vietnam_now
from storage.s3 import S3Archive
from storage.s3_audit import S3Auditor
from storage.s3_client import (
    ENCRYPTION,
    TAKEN,
    UNLOCKED,
    StoreSettings,
    header,
    is_held,
    md5_of,
    open_client,
    translated_store,
)

OWN: Final = "sohoa/"
"""What a store is tried with; each store has its own."""
_SHORTEST: Final = timedelta(days=1)
_STRONGER: Final = {"": 0, "GOVERNANCE": 1, "COMPLIANCE": 2}


@dataclass(frozen=True, slots=True)
class Carried:
    """A version of an object as another store has to have it."""

    key: str
    version_id: str
    """In the store that it comes from."""
    sha256: str
    """As it was promised when it was put."""
    size_bytes: int
    media_type: str
    mode: str
    """"GOVERNANCE", "COMPLIANCE", or empty where it is not locked."""
    retain_until: datetime | None
    is_held: bool


class S3Stock:
    """A bucket that objects are carried out of, or into."""

    def __init__(self, settings: StoreSettings, clock: Clock = vietnam_now) -> None:
        """Nothing is asked of the store yet."""
        self._settings = settings
        self._clock = clock
        self._client = open_client(settings)
        self._auditor = S3Auditor(settings, clock)

    @property
    def name(self) -> str:
        """Which store and bucket this is."""
        return f"{self._settings.endpoint}/{self._settings.bucket}"

    def prepare(self) -> None:
        """See whether the store is fit, and make the bucket where there is none.

        Raises StoreUnfit, StoreUnreachable, StorageError.
        """
        S3Archive(self._settings).probe()

    def objects(self, prefix: str = "") -> Iterator[tuple[str, tuple[KeptVersion, ...]]]:
        """Every key with its versions, the oldest first, in the order of keys; without delete markers.

        Raises StoreUnreachable, StorageError.
        """
        for key, versions in groupby(self._auditor.versions(prefix), lambda each: each.key):
            kept = tuple(reversed([each for each in versions if not each.is_marker]))
            if kept and not key.startswith(OWN):
                yield key, kept

    def versions_of(self, key: str) -> tuple[tuple[KeptVersion, ...], bool]:
        """A key's versions, the oldest first, and whether a delete marker hides them.

        Raises StoreUnreachable, StorageError.
        """
        found = [each for each in self._auditor.versions(key) if each.key == key]
        kept = tuple(reversed([each for each in found if not each.is_marker]))
        return kept, bool(found) and found[0].is_marker

    def look(self, key: str, version_id: str) -> Carried:
        """What has to be true of a version elsewhere too.

        Raises NotInArchive, StoreUnreachable, StorageError.
        """
        bucket = self._settings.bucket
        with self._translated(key):
            found = self._client.stat_object(bucket, key, version_id=version_id)
            try:
                lock = self._client.get_object_retention(bucket, key, version_id=version_id)
            except S3Error as e:
                if e.code not in UNLOCKED:
                    raise
                lock = None
            held = is_held(self._client, bucket, key, version_id)
        return Carried(
            key=key,
            version_id=version_id,
            sha256=header(found.metadata, "x-amz-meta-sha256"),
            size_bytes=int(found.size or 0),
            media_type=found.content_type or "application/octet-stream",
            mode=str(lock.mode) if lock is not None else "",
            retain_until=lock.retain_until_date.astimezone(VIETNAM) if lock is not None else None,
            is_held=held,
        )

    def fetch(self, key: str, version_id: str) -> bytes:
        """A version's bytes, compared with nothing. Raises NotInArchive, StoreUnreachable, StorageError."""
        return self._auditor.fetch(key, version_id)

    def fingerprint(self, key: str, version_id: str) -> Fingerprint:
        """Read a version to its end. Raises as `fetch`."""
        return self._auditor.fingerprint(key, version_id)

    def place(self, carried: Carried, data: bytes, *, is_first: bool = True) -> str:
        """Put a version, locked until the same moment, held where it was held; its id in this store.

        A lock that has ended is made one of a day, for no store takes a moment that is gone.
        Raises StoreConflict where something lies there that nobody expects, StoreUnfit, StorageError.
        """
        bucket = self._settings.bucket
        headers: dict[str, str | list[str] | tuple[str]] = {
            "Content-Type": carried.media_type,
            "Content-MD5": md5_of(data),
            **self._settings.encryption_headers,
            **self._lock(carried),
        }
        if carried.sha256:
            headers["x-amz-meta-sha256"] = carried.sha256
        if is_first:
            headers["If-None-Match"] = "*"
        with self._translated(carried.key):
            try:
                put = self._client._put_object(bucket, carried.key, data, headers)
            except S3Error as e:
                if e.code in TAKEN:
                    raise StoreConflict(carried.key, "something came to lie there meanwhile") from e
                raise
            if self._settings.encryption_headers and not header(put.http_headers, ENCRYPTION):
                raise StoreUnfit(carried.key, "was put, but the store does not say that it encrypted it")
            version = str(put.version_id or "")
            if carried.is_held:
                self._client.enable_object_legal_hold(bucket, carried.key, version)
        return version

    def align(self, wanted: Carried, version_id: str) -> None:
        """Lock a version as long and hold it as it is elsewhere by now; a lock is never made shorter.

        Raises NotInArchive, StoreUnfit, StoreUnreachable, StorageError.
        """
        bucket, key = self._settings.bucket, wanted.key
        here = self.look(key, version_id)
        with self._translated(key):
            if wanted.is_held and not here.is_held:
                self._client.enable_object_legal_hold(bucket, key, version_id)
            if here.is_held and not wanted.is_held:
                self._client.disable_object_legal_hold(bucket, key, version_id)
            if wanted.retain_until is not None and _is_shorter(here, wanted.retain_until):
                lock = Retention(wanted.mode, wanted.retain_until.astimezone(UTC))
                self._client.set_object_retention(bucket, key, lock, version_id)

    def _lock(self, carried: Carried) -> dict[str, str]:
        if carried.retain_until is None:
            return {}
        soonest = self._clock() + _SHORTEST
        until = max(carried.retain_until, soonest).astimezone(UTC).replace(microsecond=0)
        return {
            "x-amz-object-lock-mode": carried.mode,
            "x-amz-object-lock-retain-until-date": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _translated(self, subject: str) -> AbstractContextManager[None]:
        return translated_store(subject, self._settings.endpoint)


def difference(wanted: Carried, there: Carried, read: Fingerprint) -> str:
    """What a version in another store lacks; empty where nothing.

    Args:
        wanted: as the store says that it comes from.
        there: as the other store says.
        read: of the bytes that the other store gives.
    """
    # 1. The bytes, against the digest of the day they were first put.
    if (read.sha256, read.size_bytes) != (wanted.sha256 or read.sha256, wanted.size_bytes):
        return "its bytes are not those that were put"
    if there.sha256 != wanted.sha256:
        return "its digest does not lie beside it"
    # 2. The lock: as strong, and not a second shorter.
    if _STRONGER.get(there.mode, 0) < _STRONGER.get(wanted.mode, 0):
        return f"is locked {there.mode or 'not at all'}, not {wanted.mode}"
    if wanted.retain_until is not None and _is_shorter(there, wanted.retain_until):
        return f"is locked until {there.retain_until}, not {wanted.retain_until}"
    # 3. The legal hold.
    if wanted.is_held != there.is_held:
        return "is not held" if wanted.is_held else "is held, and should not be"
    return ""


def same_place(source: tuple[KeptVersion, ...], target: tuple[KeptVersion, ...]) -> None:
    """Raises StoreConflict where a target has what the source never had: it is somebody else's."""
    if len(target) > len(source):
        raise StoreConflict(target[0].key, "the target has more versions of it than the source")
    for mine, theirs in zip(source, target, strict=False):
        if mine.size_bytes != theirs.size_bytes:
            raise StoreConflict(mine.key, "other bytes lie there in the target")


def checked(carried: Carried, data: bytes) -> None:
    """Raises StorageError where what was fetched is not what was promised."""
    promised = carried.sha256 or hashlib.sha256(data).hexdigest()
    if len(data) != carried.size_bytes or hashlib.sha256(data).hexdigest() != promised:
        raise StorageError(carried.key, "damaged: the store gives other bytes than were put")


def _is_shorter(there: Carried, until: datetime) -> bool:
    return there.retain_until is None or there.retain_until < until
