"""The spool: content-addressed, checked, whole or absent."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path

import pytest

from dossier.errors import StorageError
from dossier.page import StoredObject
from storage.spool import FolderSpool


def blobs(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_same_bytes_are_one_object(tmp_path: Path) -> None:
    spool = FolderSpool(tmp_path / "spool")
    kept = spool.put(b"a page", "image/jpeg")
    assert kept == spool.put(b"a page", "image/jpeg")
    assert kept.sha256 == hashlib.sha256(b"a page").hexdigest()
    assert kept.size_bytes == 6
    assert len(blobs(tmp_path)) == 1
    assert FolderSpool(tmp_path / "spool").get(kept) == b"a page"


def test_only_this_user_can_read(tmp_path: Path) -> None:
    FolderSpool(tmp_path / "spool").put(b"a card", "image/jpeg")
    (blob,) = blobs(tmp_path)
    assert stat.S_IMODE(blob.stat().st_mode) == 0o600
    assert all(stat.S_IMODE(folder.stat().st_mode) == 0o700 for folder in list(blob.parents)[:2])


@pytest.mark.parametrize("damage", [b"", b"a pagE", b"a page and more"])
def test_a_damaged_blob_is_never_given_out(tmp_path: Path, damage: bytes) -> None:
    spool = FolderSpool(tmp_path)
    kept = spool.put(b"a page", "image/jpeg")
    blobs(tmp_path)[0].write_bytes(damage)
    with pytest.raises(StorageError, match="damaged"):
        spool.get(kept)
    assert spool.put(b"a page", "image/jpeg") == kept
    assert spool.get(kept) == b"a page"


def test_what_was_never_kept_is_said_by_name(tmp_path: Path) -> None:
    absent = StoredObject("x", hashlib.sha256(b"absent").hexdigest(), 6, "image/jpeg")
    with pytest.raises(StorageError, match="No such file"):
        FolderSpool(tmp_path).get(absent)


def test_a_reference_cannot_lead_out_of_the_spool(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    with pytest.raises(StorageError, match="not a SHA-256"):
        FolderSpool(tmp_path / "spool").get(StoredObject("x", "../secret", 6, "text/plain"))


def test_a_paper_is_forgotten(tmp_path: Path) -> None:
    spool = FolderSpool(tmp_path)
    kept, other = spool.put(b"only shown", "image/jpeg"), spool.put(b"handed in", "image/jpeg")
    assert spool.erase(kept.sha256)
    assert not spool.erase(kept.sha256)
    with pytest.raises(StorageError):
        spool.get(kept)
    assert spool.get(other) == b"handed in"


def test_what_a_killed_process_left_half_written_goes_after_an_hour(tmp_path: Path) -> None:
    old, young = tmp_path / "ab" / ".old.1.part", tmp_path / "ab" / ".young.2.part"
    old.parent.mkdir()
    for part in (old, young):
        part.write_bytes(b"half a ca")
    os.utime(old, (time.time() - 7200,) * 2)
    FolderSpool(tmp_path)
    assert not old.exists()
    assert young.exists()
