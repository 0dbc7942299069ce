"""Which promises of an archive a store really keeps, tried with the product's own credentials.

A store's word for it is not enough: each promise is tried on small objects of its own under
`sohoa/conformance/`, which stay locked for two minutes. Settings of the bucket are only ever set to what they
are already, so that a store that lets us change them is found out and unchanged.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from minio.commonconfig import COMPLIANCE, DISABLED, ENABLED, GOVERNANCE, Filter
from minio.error import S3Error
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.objectlockconfig import ObjectLockConfig
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from dossier.conformance import Promise, StoreCheck, StoreFinding
from dossier.errors import StoreUnreachable
from storage.clock import Clock, vietnam_now
from storage.s3_client import (
    DENIED,
    ENCRYPTION,
    PASSING,
    TAKEN,
    StoreSettings,
    header,
    is_held,
    md5_of,
    open_client,
    translated_store,
)

PREFIX: Final = "sohoa/conformance/"
_LOCKED_FOR: Final = timedelta(minutes=2)
_SMALL: Final = b"Kept by So Hoa for two minutes, to see what this store holds.\n"
_NO_EXPIRY: Final = "sohoa/conformance/never/"
_REFUSED: Final = DENIED | {"InvalidBucketState", "ObjectLocked", "InvalidRequest", "MethodNotAllowed"}
_Try = Callable[[], object]


def examine_store(settings: StoreSettings, run: str, clock: Clock = vietnam_now) -> tuple[StoreFinding, ...]:
    """Try every promise, in the order of `StoreCheck`.

    Args:
        settings: the store, with the credentials that packages are put with.
        run: names the objects of this examination; never used before.
        clock: what time it is.

    Raises StoreUnreachable; StorageError where the credentials are refused, StoreUnfit without a bucket.
    """
    with translated_store(f"bucket {settings.bucket}", settings.endpoint):
        examination = _Examination(settings, f"{PREFIX}{run}/", clock)
        examination.enter()
        return tuple(examination.finding(check) for check in StoreCheck)


class _Examination:
    """One visit to a store."""

    def __init__(self, settings: StoreSettings, prefix: str, clock: Clock) -> None:
        self._settings, self._prefix = settings, prefix
        self._client = open_client(settings)
        self._until = clock().astimezone(UTC).replace(microsecond=0) + _LOCKED_FOR

    def enter(self) -> None:
        """Whether there is a bucket that lets us in."""
        self._client.get_bucket_versioning(self._settings.bucket)

    def finding(self, check: StoreCheck) -> StoreFinding:
        """One promise; an unexpected answer proves nothing, a store that is down ends the visit."""
        try:
            outcome, evidence = getattr(self, f"_{check.value}")()
        except S3Error as e:
            if e.code in PASSING:
                raise StoreUnreachable(f"store {self._settings.endpoint}", f"{e.code}: {e.message}") from e
            outcome, evidence = Promise.NOT_CHECKED, f"{e.code}: {e.message}"
        return StoreFinding(check, outcome, evidence)

    def _tls(self) -> tuple[Promise, str]:
        host = self._settings.endpoint.rsplit(":", 1)[0].strip("[]")
        try:
            is_here = ipaddress.ip_address(host).is_loopback
        except ValueError:
            is_here = host == "localhost"
        if self._settings.secure:
            return Promise.KEPT, "TLS"
        return (Promise.KEPT, "loopback") if is_here else (Promise.BROKEN, "http")

    def _versioning(self) -> tuple[Promise, str]:
        status = str(self._client.get_bucket_versioning(self._settings.bucket).status)
        return _is(status == "Enabled", status)

    def _object_lock(self) -> tuple[Promise, str]:
        try:
            self._client.get_object_lock_config(self._settings.bucket)
        except S3Error as e:
            if e.code in DENIED:
                raise
            return Promise.BROKEN, str(e.code)
        return Promise.KEPT, "enabled"

    def _conditional_put(self) -> tuple[Promise, str]:
        self._put("conditional", {"If-None-Match": "*"})
        return self._refused(lambda: self._put("conditional", {"If-None-Match": "*"}), TAKEN)

    def _checksum(self) -> tuple[Promise, str]:
        return self._refused(lambda: self._put("checksum", {"Content-MD5": md5_of(b"other bytes")}), None)

    def _encryption(self) -> tuple[Promise, str]:
        put = self._put("encrypted", {ENCRYPTION: "AES256"})
        said = header(put.http_headers, ENCRYPTION)
        found = self._client.stat_object(self._settings.bucket, self._prefix + "encrypted")
        kept = header(found.metadata, ENCRYPTION)
        return _is(bool(said and kept), f"put {said or '-'}, kept {kept or '-'}")

    def _older_version(self) -> tuple[Promise, str]:
        first = self._put("twice", {}).version_id
        self._client._put_object(self._settings.bucket, self._prefix + "twice", b"other", {})
        kept = self._client.get_object(self._settings.bucket, self._prefix + "twice", version_id=first)
        try:
            return _is(kept.data == _SMALL, f"version {first}")
        finally:
            kept.close()
            kept.release_conn()

    def _compliance_mode(self) -> tuple[Promise, str]:
        version = self._locked("compliance", COMPLIANCE)
        found = self._client.get_object_retention(
            self._settings.bucket, self._prefix + "compliance", version_id=version
        )
        if found is None:
            return Promise.BROKEN, "no retention"
        is_kept = found.mode == COMPLIANCE and found.retain_until_date >= self._until
        return _is(is_kept, f"{found.mode} {found.retain_until_date.isoformat()}")

    def _delete_locked(self) -> tuple[Promise, str]:
        version = self._locked("delete", COMPLIANCE)
        return self._refused(lambda: self._delete("delete", version))

    def _shorten(self) -> tuple[Promise, str]:
        version = self._locked("shorten", COMPLIANCE)
        return self._refused(
            lambda: self._retain("shorten", version, COMPLIANCE, self._until - _LOCKED_FOR / 2)
        )

    def _downgrade(self) -> tuple[Promise, str]:
        version = self._locked("downgrade", COMPLIANCE)
        return self._refused(lambda: self._retain("downgrade", version, GOVERNANCE, self._until))

    def _bypass_governance(self) -> tuple[Promise, str]:
        version = self._locked("governance", GOVERNANCE)
        return self._refused(lambda: self._delete("governance", version, bypass=True))

    def _legal_hold(self) -> tuple[Promise, str]:
        version = self._held("held")
        try:
            was_held = self._is_held("held", version)
        finally:
            self._release("held", version)
        return _is(was_held and not self._is_held("held", version), "set, read, released")

    def _delete_held(self) -> tuple[Promise, str]:
        version = self._held("delete-held")
        try:
            return self._refused(lambda: self._delete("delete-held", version))
        finally:
            self._release("delete-held", version)

    def _hide(self) -> tuple[Promise, str]:
        self._put("hidden", {})
        return self._refused(lambda: self._delete("hidden", ""))

    def _versioning_setting(self) -> tuple[Promise, str]:
        status = self._client.get_bucket_versioning(self._settings.bucket).status
        if status != "Enabled":
            return Promise.NOT_CHECKED, str(status)
        same = VersioningConfig(ENABLED)
        return self._refused(lambda: self._client.set_bucket_versioning(self._settings.bucket, same))

    def _lock_setting(self) -> tuple[Promise, str]:
        same = self._client.get_object_lock_config(self._settings.bucket)
        if not isinstance(same, ObjectLockConfig):
            return Promise.NOT_CHECKED, "unknown"
        return self._refused(lambda: self._client.set_object_lock_config(self._settings.bucket, same))

    def _expiry_setting(self) -> tuple[Promise, str]:
        bucket = self._settings.bucket
        known = self._client.get_bucket_lifecycle(bucket)
        idle = Rule(
            DISABLED,
            rule_filter=Filter(prefix=_NO_EXPIRY),
            rule_id="sohoa",
            expiration=Expiration(days=36500),
        )
        outcome = self._refused(
            lambda: self._client.set_bucket_lifecycle(bucket, known or LifecycleConfig([idle]))
        )
        if outcome[0] is Promise.BROKEN and known is None:
            self._client.delete_bucket_lifecycle(bucket)
        return outcome

    def _policy_setting(self) -> tuple[Promise, str]:
        """A policy that no store can take: whoever may set one is told that it is malformed."""
        try:
            self._client.set_bucket_policy(self._settings.bucket, "{}")
        except S3Error as e:
            return _is(e.code in DENIED, str(e.code))
        return Promise.BROKEN, "accepted"

    def _put(self, name: str, headers: dict[str, str]) -> Any:
        sent = {"Content-MD5": md5_of(_SMALL), **self._settings.encryption_headers, **headers}
        return self._client._put_object(self._settings.bucket, self._prefix + name, _SMALL, dict(sent))

    def _locked(self, name: str, mode: str) -> str:
        lock = {
            "x-amz-object-lock-mode": mode,
            "x-amz-object-lock-retain-until-date": self._until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return str(self._put(name, lock).version_id or "")

    def _held(self, name: str) -> str:
        version = str(self._put(name, {}).version_id or "")
        self._client.enable_object_legal_hold(self._settings.bucket, self._prefix + name, version)
        return version

    def _release(self, name: str, version: str) -> None:
        self._client.disable_object_legal_hold(self._settings.bucket, self._prefix + name, version)

    def _is_held(self, name: str, version: str) -> bool:
        return is_held(self._client, self._settings.bucket, self._prefix + name, version)

    def _retain(self, name: str, version: str, mode: str, until: datetime) -> None:
        self._client.set_object_retention(
            self._settings.bucket, self._prefix + name, Retention(mode, until), version
        )

    def _delete(self, name: str, version: str, *, bypass: bool = False) -> None:
        self._client._execute(
            "DELETE",
            self._settings.bucket,
            self._prefix + name,
            query_params={"versionId": version} if version else None,
            headers={"x-amz-bypass-governance-retention": "true"} if bypass else None,
        )

    def _refused(
        self, attempt: _Try, codes: frozenset[str] | set[str] | None = _REFUSED
    ) -> tuple[Promise, str]:
        """A promise that holds where the store refuses; None for whatever refusal."""
        try:
            attempt()
        except S3Error as e:
            if e.code in PASSING:
                raise
            return _is(codes is None or e.code in codes, str(e.code))
        return Promise.BROKEN, "accepted"


def _is(claim: bool, evidence: str) -> tuple[Promise, str]:
    return (Promise.KEPT if claim else Promise.BROKEN), evidence
