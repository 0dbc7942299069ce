"""Deleting packages that nothing keeps any more, with credentials that are used for nothing else.

Those credentials may delete and not bypass: what is still locked or held the store refuses, whoever asks. It
is looked at before, so that no package is deleted by half because its last file is kept longer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from minio.error import S3Error

from dossier.errors import RetentionStands
from storage.clock import VIETNAM, Clock, vietnam_now
from storage.package import MANIFEST
from storage.s3_client import UNLOCKED, StoreSettings, is_held, open_client, translated_store


class S3Eraser:
    """Deletes versions in an S3 bucket (port Eraser)."""

    def __init__(self, settings: StoreSettings, clock: Clock = vietnam_now) -> None:
        """Nothing is asked of the store yet.

        Args:
            settings: the store, with credentials that may delete.
            clock: what time it is.
        """
        self._settings = settings
        self._clock = clock
        self._client = open_client(settings)

    def erase(self, prefix: str) -> int:
        """Delete every version under a prefix, manifests first; how many there were.

        Raises RetentionStands before anything is deleted, StorageError where these credentials may not.
        """
        bucket = self._settings.bucket
        with translated_store(prefix, self._settings.endpoint):
            found = [
                each
                for each in self._client.list_objects(
                    bucket, f"{prefix}/", recursive=True, include_version=True
                )
                if not each.is_dir
            ]
            # 1. Nothing of it is kept any more.
            for each in found:
                self._check(each)
            # 2. Without its manifest a package is none; what a stop leaves behind the next run deletes.
            found.sort(key=lambda each: not str(each.object_name).endswith(f"/{MANIFEST}"))
            for each in found:
                self._client.remove_object(bucket, str(each.object_name), each.version_id)
        return len(found)

    def _check(self, each: Any) -> None:
        if each.is_delete_marker:
            return
        key, version, bucket = str(each.object_name), str(each.version_id or ""), self._settings.bucket
        until = self._retain_until(key, version)
        if until is not None and until > self._clock().astimezone(UTC):
            raise RetentionStands(key, f"is locked until {until.astimezone(VIETNAM):%Y-%m-%d %H:%M}")
        if is_held(self._client, bucket, key, version):
            raise RetentionStands(key, "is under a legal hold")

    def _retain_until(self, key: str, version: str) -> datetime | None:
        try:
            found = self._client.get_object_retention(self._settings.bucket, key, version_id=version)
        except S3Error as e:
            if e.code not in UNLOCKED:
                raise
            return None
        return found.retain_until_date if found is not None else None
