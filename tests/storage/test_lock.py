"""What is archived stays: locked, held, encrypted, and out of reach of the product's own credentials."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from minio.commonconfig import COMPLIANCE, ENABLED, GOVERNANCE, Filter
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.objectlockconfig import DAYS, ObjectLockConfig
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from dossier.conformance import Promise, StoreCheck, StoreFinding
from dossier.errors import (
    KeyMissing,
    NotInArchive,
    RetentionStands,
    StorageError,
    StoreUnfit,
    StoreUnreachable,
)
from dossier.ports import Archive
from storage.conformance import examine_store
from storage.erasing import S3Eraser
from storage.memory import MemoryArchive
from storage.s3 import S3Archive, StoreSettings, open_client
from storage.seaweed import EmbeddedStore
from storage.weed import WeedFolder, environment, prepare_folder
from storage.weed_lock import encryption_key


def refused(attempt: Callable[[], object]) -> str:
    """The code of the store's refusal; empty where it obeys."""
    try:
        attempt()
    except S3Error as error:
        return str(error.code)
    return ""


def test_each_paper_is_locked_as_long_as_its_kind_asks(archive: Archive, dossier: str) -> None:
    short = archive.put(f"dossiers/{dossier}/short", b"a", "text/plain")
    long = archive.put(f"dossiers/{dossier}/long", b"b", "text/plain", 36_500)
    assert short.retain_until < datetime.now(UTC) + timedelta(days=2)
    assert long.retain_until > datetime.now(UTC) + timedelta(days=36_499)
    assert archive.describe(long.key).retain_until == long.retain_until


def test_a_hold_stands_until_it_is_released(archive: MemoryArchive | S3Archive, dossier: str) -> None:
    kept = archive.put(f"dossiers/{dossier}/held", b"a", "text/plain")
    assert not archive.is_held(kept.key, kept.version_id)
    for _ in range(2):
        archive.hold(kept.key, kept.version_id)
        assert archive.is_held(kept.key, kept.version_id)
    archive.release(kept.key, kept.version_id)
    assert not archive.is_held(kept.key, kept.version_id)


def test_the_products_credentials_can_neither_delete_nor_hide_nor_shorten(
    store: StoreSettings, dossier: str
) -> None:
    key, client = f"dossiers/{dossier}/a", open_client(store)
    kept = S3Archive(store).put(key, b"kept", "text/plain")
    loose = client._put_object(store.bucket, f"{key}-loose", b"never locked", {})
    rule = Rule(ENABLED, rule_filter=Filter(prefix=""), rule_id="r", expiration=Expiration(days=1))
    attempts: dict[str, Callable[[], object]] = {
        "delete a locked version": lambda: client.remove_object(store.bucket, key, kept.version_id),
        "hide behind a delete marker": lambda: client.remove_object(store.bucket, key),
        "delete what is not locked": lambda: client.remove_object(
            store.bucket, f"{key}-loose", loose.version_id
        ),
        "shorten": lambda: client.set_object_retention(
            store.bucket,
            key,
            Retention(COMPLIANCE, datetime.now(UTC) + timedelta(minutes=1)),
            kept.version_id,
        ),
        "downgrade": lambda: client.set_object_retention(
            store.bucket, key, Retention(GOVERNANCE, kept.retain_until.astimezone(UTC)), kept.version_id
        ),
        "let it expire": lambda: client.set_bucket_lifecycle(store.bucket, LifecycleConfig([rule])),
        "suspend versions": lambda: client.set_bucket_versioning(store.bucket, VersioningConfig("Suspended")),
        "lock less": lambda: client.set_object_lock_config(
            store.bucket, ObjectLockConfig(GOVERNANCE, 1, DAYS)
        ),
        "change the policy": lambda: client.delete_bucket_policy(store.bucket),
        "encrypt no more": lambda: client.delete_bucket_encryption(store.bucket),
        "delete the bucket": lambda: client.remove_bucket(store.bucket),
    }
    assert {name for name, attempt in attempts.items() if not refused(attempt)} == set()
    errors = [e.code for e in client.remove_objects(store.bucket, [DeleteObject(key, kept.version_id)])]
    assert errors == ["AccessDenied"]
    assert S3Archive(store).get(key, kept.version_id) == b"kept"
    assert S3Archive(store).list(f"dossiers/{dossier}/") == (key, f"{key}-loose")


def test_nothing_lies_on_the_disk_as_it_was_put(store: StoreSettings, store_root: Path, dossier: str) -> None:
    marker = f"Trần Thị Mẫu 001190005678 {dossier}".encode()
    kept = S3Archive(store).put(f"dossiers/{dossier}/a", marker * 50, "text/plain")
    restored = open_client(store)._put_object(store.bucket, f"dossiers/{dossier}/b", marker * 40, {})
    assert restored.http_headers["x-amz-server-side-encryption"] == "AES256", "even where nobody asked"
    volumes = [path for path in (store_root / "data").rglob("*") if path.is_file()]
    assert kept.size_bytes > 0
    assert not [path for path in volumes if marker in path.read_bytes()]


def test_the_stores_key_lies_beside_it_and_is_never_replaced(tmp_path: Path) -> None:
    folder = WeedFolder(tmp_path / "store")
    prepare_folder(folder, "sohoa-archive")
    key = encryption_key(folder)
    assert encryption_key(folder) == key
    assert folder.key.stat().st_mode & 0o077 == 0
    assert not [p for p in folder.root.rglob("*") if p.is_file() and key.encode() in p.read_bytes()]
    for wrong in ("ab" * 32, "short", ""):
        folder.key.write_text(wrong, "ascii")
        with pytest.raises(KeyMissing, match="store-key"):
            encryption_key(folder)
    folder.key.unlink()
    with pytest.raises(KeyMissing, match="gone"):
        EmbeddedStore(tmp_path / "store").start()
    assert not folder.key.exists()


def test_the_stores_process_gets_its_own_key_and_none_of_ours(tmp_path: Path) -> None:
    inherited = {"PATH": "/bin", "SOHOA_DATA_KEYS": "secret", "WEED_S3_SSE_KEK": "another"}
    given = environment(WeedFolder(tmp_path), inherited, "ab" * 32)
    assert (given["PATH"], given["WEED_S3_SSE_KEK"]) == ("/bin", "ab" * 32)
    assert "secret" not in given.values()


def test_a_store_of_an_earlier_version_learns_to_hold(tmp_path: Path) -> None:
    folder = WeedFolder(tmp_path / "store")
    before = prepare_folder(folder, "sohoa-archive")
    identities = json.loads(folder.identities.read_text("utf-8"))
    actions = identities["identities"][1]["actions"]
    identities["identities"][1]["actions"] = [a for a in actions if "LegalHold" not in a]
    folder.identities.write_text(json.dumps(identities), "utf-8")
    assert prepare_folder(folder, "sohoa-archive") == before
    assert json.loads(folder.identities.read_text("utf-8"))["identities"][1]["actions"] == actions


class Weakened(S3Archive):
    """An archive whose store locks less than it is asked to."""

    def _retention(self, until: datetime) -> dict[str, str]:
        return super()._retention(until) | {"x-amz-object-lock-mode": GOVERNANCE}


def test_a_store_that_locks_less_than_asked_is_unfit(store: StoreSettings, dossier: str) -> None:
    with pytest.raises(StoreUnfit, match=r"GOVERNANCE .* weaker than asked"):
        Weakened(store).put(f"dossiers/{dossier}/a", b"a", "text/plain")
    mild = replace(store, retention_mode="GOVERNANCE")
    assert Weakened(mild).put(f"dossiers/{dossier}/b", b"b", "text/plain").version_id


def outcomes(found: tuple[StoreFinding, ...]) -> dict[StoreCheck, Promise]:
    return {finding.check: finding.outcome for finding in found}


def test_the_embedded_store_keeps_every_promise(store: StoreSettings) -> None:
    found = examine_store(store, uuid.uuid4().hex)
    assert [finding.check for finding in found] == list(StoreCheck)
    assert [finding for finding in found if finding.outcome is not Promise.KEPT] == []


def test_an_administrators_credentials_are_found_out(
    store: StoreSettings, administrator: StoreSettings
) -> None:
    """Who may bypass GOVERNANCE, hide and let expire must not put packages."""
    client = open_client(administrator)
    versioning = client.get_bucket_versioning(store.bucket).status
    found = outcomes(examine_store(administrator, uuid.uuid4().hex))
    failed = {check for check, outcome in found.items() if outcome is Promise.BROKEN}
    assert failed >= {
        StoreCheck.HIDE,
        StoreCheck.BYPASS_GOVERNANCE,
        StoreCheck.EXPIRY_SETTING,
        StoreCheck.LOCK_SETTING,
        StoreCheck.VERSIONING_SETTING,
        StoreCheck.POLICY_SETTING,
    }
    assert not failed & {StoreCheck.DELETE_LOCKED, StoreCheck.SHORTEN, StoreCheck.DOWNGRADE}
    assert client.get_bucket_lifecycle(store.bucket) is None, "trying changes nothing"
    assert client.get_bucket_versioning(store.bucket).status == versioning


def test_a_bucket_without_lock_is_told_by_each_promise_that_it_breaks(administrator: StoreSettings) -> None:
    client = open_client(administrator)
    name = f"plain-{uuid.uuid4().hex[:8]}"
    client.make_bucket(name)
    plain = replace(administrator, bucket=name)
    found = outcomes(examine_store(plain, "a"))
    wanted = {StoreCheck.VERSIONING, StoreCheck.OBJECT_LOCK, StoreCheck.HIDE}
    assert {check for check in wanted if found[check] is Promise.BROKEN} == wanted
    assert found[StoreCheck.CONDITIONAL_PUT] is Promise.KEPT
    assert found[StoreCheck.DELETE_LOCKED] is not Promise.KEPT
    with pytest.raises(StoreUnfit, match=r"cannot be locked|without a version|without a lock"):
        S3Archive(plain).put("a", b"a", "text/plain")


def test_an_unencrypted_way_to_another_machine_is_told(store: StoreSettings) -> None:
    with pytest.raises(StoreUnreachable):
        examine_store(replace(store, endpoint="127.0.0.1:9"), "a")
    with pytest.raises(StorageError, match="refuses our credentials"):
        examine_store(replace(store, secret_key="wrong"), "a")


def test_what_nothing_keeps_any_more_is_deleted_by_the_eraser_alone(
    running: EmbeddedStore, store: StoreSettings, dossier: str
) -> None:
    eraser, client = S3Eraser(running.eraser()), open_client(running.eraser())
    prefix, now = f"dossiers/{dossier}/p1", datetime.now(UTC)
    soon = now + timedelta(seconds=4)
    archive = S3Archive(store, lambda: soon - timedelta(days=store.retention_days))
    kept = [archive.put(f"{prefix}/{name}", b"kept", "text/plain") for name in ("1.jpg", "manifest.json")]
    open_client(store)._put_object(store.bucket, f"{prefix}/1.jpg", b"put over it", {})
    beside = archive.put(f"{prefix}x/1.jpg", b"another package", "text/plain")
    archive.hold(kept[0].key, kept[0].version_id)
    # 1. While it is locked nobody deletes it, and nothing is deleted by half.
    assert refused(lambda: client.remove_object(store.bucket, kept[0].key, kept[0].version_id))
    with pytest.raises(RetentionStands, match="locked until"):
        S3Eraser(running.eraser(), lambda: now).erase(prefix)
    # 2. Nor while it is held.
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 1.0)
    with pytest.raises(RetentionStands, match="legal hold"):
        eraser.erase(prefix)
    assert all(archive.get(each.key, each.version_id) == b"kept" for each in kept)
    # 3. Then every version goes, what was put over it too, and nothing else.
    archive.release(kept[0].key, kept[0].version_id)
    assert refused(lambda: open_client(store).remove_object(store.bucket, kept[0].key, kept[0].version_id))
    assert eraser.erase(prefix) == 3
    assert eraser.erase(prefix) == 0
    with pytest.raises(NotInArchive):
        archive.get(kept[0].key, kept[0].version_id)
    assert archive.get(beside.key) == b"another package"
