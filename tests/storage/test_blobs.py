"""Work in progress among blobs, in a folder and in a bucket of a real store: whole, sealed, forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dossier.errors import KeyMissing, StorageError, StoreUnreachable
from dossier.page import StoredObject
from storage.blobs import Blobs, BucketBlobs, FolderBlobs
from storage.checkpoints import BlobCheckpoints
from storage.keyring import DataKey, Keyring
from storage.s3 import StoreSettings
from storage.spool import BlobSpool

Made = Callable[[str], Blobs]
OLD, NEW = DataKey(bytes(range(32))), DataKey(bytes(range(32, 64)))


@pytest.fixture(params=["folder", "bucket"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """Each of the two places; what is asked for by the same name is the same place."""
    if request.param == "folder":
        return lambda prefix: FolderBlobs(tmp_path / prefix)
    store = replace(request.getfixturevalue("administrator"), bucket="work-in-progress")
    stem = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]

    def bucket(prefix: str) -> Blobs:
        blobs = BucketBlobs(store, f"{stem}/{prefix}")
        blobs.prepare()
        return blobs

    return bucket


def test_bytes_are_kept_once_and_read_back_by_another_machine(made: Made) -> None:
    mine, other = BlobSpool(made("spool"), Keyring((OLD,))), BlobSpool(made("spool"), Keyring((OLD,)))
    kept = mine.put("Trần Thị MẪU".encode(), "text/plain")
    assert other.get(kept) == "Trần Thị MẪU".encode()
    assert list(other.names()) == [kept.sha256]
    assert other.erase(kept.sha256)
    assert not mine.erase(kept.sha256)
    with pytest.raises(StorageError, match=kept.key):
        mine.get(kept)


def test_nobody_reads_them_there_without_the_key(made: Made) -> None:
    kept = BlobSpool(made("spool"), Keyring((OLD,))).put("Trần Thị MẪU".encode(), "text/plain")
    assert "Trần Thị MẪU".encode() not in (made("spool").read(kept.sha256) or b"")
    with pytest.raises(KeyMissing):
        BlobSpool(made("spool"), Keyring((NEW,))).get(kept)


def test_other_bytes_in_their_place_are_damage_and_never_given(made: Made) -> None:
    spool = BlobSpool(made("spool"))
    kept = spool.put(b"scan", "image/jpeg")
    made("spool").write(kept.sha256, b"no scan")
    with pytest.raises(StorageError, match="SHA-256"):
        spool.get(kept)
    assert spool.put(b"scan", "image/jpeg") == kept
    assert spool.get(kept) == b"scan"


def test_a_finished_step_is_known_to_every_machine_and_a_damaged_one_counts_as_not_finished(
    made: Made,
) -> None:
    mine, other = (BlobCheckpoints(made("steps"), Keyring((OLD,))) for _ in range(2))
    assert other.load("page", "A") is None
    mine.save("page", "A", b"read")
    assert other.load("page", "A") == b"read"
    assert other.load("sealed", "A") is None
    (name,) = mine.names()
    made("steps").write(name, b"torn")
    assert other.load("page", "A") is None
    assert mine.erase("page", "A")
    assert not mine.erase("page", "A")


def test_what_lies_there_is_sealed_anew_under_the_newest_key(made: Made) -> None:
    both = Keyring((OLD, NEW))
    BlobCheckpoints(made("steps"), Keyring((OLD,))).save("answers", "MẪU-1", b"ct07")
    kept = BlobSpool(made("spool"), Keyring((OLD,))).put(b"scan", "image/jpeg")
    steps, spool = BlobCheckpoints(made("steps"), both), BlobSpool(made("spool"), both)
    (name,) = steps.names()
    assert not steps.is_current(name, both)
    assert not spool.is_current(kept.sha256, both)
    steps.reseal(name, both)
    spool.reseal(kept.sha256, both)
    assert steps.is_current(name, both)
    assert BlobCheckpoints(made("steps"), Keyring((NEW,))).load("answers", "MẪU-1") == b"ct07"
    assert BlobSpool(made("spool"), Keyring((NEW,))).get(kept) == b"scan"


def test_who_seals_anew_does_not_undo_what_was_written_meanwhile(made: Made) -> None:
    blobs, name = made("steps"), hashlib.sha256(b"answers").hexdigest()
    blobs.write(name, b"first")
    said: list[bytes] = []

    def change(data: bytes) -> bytes:
        if not said and isinstance(blobs, BucketBlobs):  # nobody gets into a folder that is held
            blobs.write(name, b"second")
        said.append(data)
        return data.upper()

    blobs.change(name, change)
    assert blobs.read(name) == said[-1].upper()
    assert said[-1] == (b"second" if isinstance(blobs, BucketBlobs) else b"first")


def test_a_name_that_is_none_leads_nowhere(made: Made) -> None:
    for name in ("../../etc/passwd", "A" * 64, ""):
        with pytest.raises(StorageError, match="not the name"):
            made("spool").read(name)
        with pytest.raises(StorageError, match="SHA-256"):
            BlobSpool(made("spool")).get(StoredObject(name, name, 0, ""))


def test_the_first_blob_makes_the_bucket(administrator: StoreSettings) -> None:
    blobs = BucketBlobs(replace(administrator, bucket="work-of-a-new-province"), "spool")
    kept = BlobSpool(blobs).put(b"scan", "image/jpeg")
    assert BlobSpool(blobs).get(kept) == b"scan"


def test_a_store_that_is_away_is_no_blob_that_is_not_there(store: StoreSettings) -> None:
    away = BucketBlobs(replace(store, endpoint="127.0.0.1:9"), "spool")
    with pytest.raises(StoreUnreachable):
        BlobSpool(away).get(StoredObject("a" * 64, "a" * 64, 1, ""))
