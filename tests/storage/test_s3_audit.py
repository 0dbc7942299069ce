"""What an auditor puts back is encrypted and locked, and who may not look has seen no damage."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from minio.error import S3Error

from dossier.audit import ExpectedObject, FixityState
from dossier.errors import NotInArchive, StorageError, StoreUnreachable
from storage.fixity import check_object
from storage.s3 import S3Archive, StoreSettings, open_client
from storage.s3_audit import S3Auditor

DATA = b"the scan of a paper, as it was archived" * 100


def expected(key: str, version_id: str = "") -> ExpectedObject:
    digest, until = hashlib.sha256(DATA).hexdigest(), datetime.now(UTC) + timedelta(days=2)
    return ExpectedObject(key, version_id, digest, len(DATA), "image/jpeg", until.replace(microsecond=0))


def test_what_is_put_back_is_encrypted_and_locked_as_long(store: StoreSettings, dossier: str) -> None:
    auditor, wanted = S3Auditor(store), expected(f"{dossier}/1")
    S3Archive(store).put(wanted.key, b"damaged", "image/jpeg")
    kept = auditor.restore(wanted, DATA)
    assert kept.retain_until >= wanted.retain_until
    found = open_client(store).stat_object(store.bucket, wanted.key, version_id=kept.version_id)
    assert found.metadata["x-amz-server-side-encryption"] == "AES256"
    assert check_object(auditor, wanted, kept.version_id).state is FixityState.INTACT
    versions = [version.version_id for version in auditor.versions(wanted.key)]
    assert len(versions) == 2
    assert versions[0] == kept.version_id, "the newest first"


def test_who_may_not_look_has_seen_no_damage(store: StoreSettings, dossier: str) -> None:
    kept = S3Archive(store).put(f"{dossier}/1", DATA, "image/jpeg")
    stranger = S3Auditor(replace(store, access_key="nobody", secret_key="x" * 20))
    with pytest.raises(StoreUnreachable, match="refuses our credentials"):
        stranger.fingerprint(kept.key, kept.version_id)
    judged = check_object(stranger, expected(kept.key, kept.version_id), kept.version_id)
    assert judged.state is FixityState.NOT_CHECKED
    with pytest.raises(NotInArchive):
        S3Auditor(store).fingerprint(f"{dossier}/none")


class Stuttering:
    """A real client whose store fails so many times for one object, as one that was just started does."""

    def __init__(self, settings: StoreSettings, key: str, failures: int) -> None:
        self._client, self._key, self.left = open_client(settings), key, failures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_object(self, bucket: str, key: str, **options: Any) -> Any:
        if key == self._key and self.left:
            self.left -= 1
            raise S3Error(
                *(None, "InternalError", "We encountered an internal error", key, "", ""), bucket, key
            )
        return self._client.get_object(bucket, key, **options)


@pytest.mark.parametrize(("failures", "state"), [(1, FixityState.INTACT), (9, FixityState.CHANGED)])
def test_an_object_is_called_damaged_when_a_second_look_shows_it_too(
    store: StoreSettings, dossier: str, failures: int, state: FixityState
) -> None:
    archive, auditor = S3Archive(store), S3Auditor(store)
    archive.probe()
    kept = archive.put(f"{dossier}/1", DATA, "image/jpeg")
    auditor._client = Stuttering(store, kept.key, failures)
    assert check_object(auditor, expected(kept.key, kept.version_id), kept.version_id).state is state
    archive._client = Stuttering(store, kept.key, failures)
    if state is FixityState.INTACT:
        assert archive.get(kept.key) == DATA
    else:
        with pytest.raises(StorageError, match="damaged"):
            archive.get(kept.key)
