"""What an auditor puts back is encrypted and locked, and who may not look has seen no damage."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dossier.audit import ExpectedObject, FixityState
from dossier.errors import NotInArchive, StoreUnreachable
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
