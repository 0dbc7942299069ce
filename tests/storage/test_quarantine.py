"""Quarantine: the bytes untouched and sealed, the reason beside them, nothing overwritten."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from dossier.errors import KeyMissing, SourceEncrypted, SourceUnreadable, StorageError
from storage.keyring import DataKey, Keyring
from storage.quarantine import _PIECE_BYTES, FolderQuarantine, Quarantined

AT = datetime(2026, 11, 21, 8, 30, tzinfo=timezone(timedelta(hours=7)))
OLD, NEW = DataKey(b"o" * 32), DataKey(b"n" * 32)
ERROR = SourceUnreadable("đơn xin.pdf", "the file is cut off")


@pytest.fixture
def aside(tmp_path: Path) -> FolderQuarantine:
    return FolderQuarantine(tmp_path / "q", Keyring([OLD]))


def of(data: bytes) -> Callable[[], BinaryIO]:
    return partial(io.BytesIO, data)


def lying(tmp_path: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (tmp_path / "q").iterdir()}


@pytest.mark.parametrize("data", [b"%PDF- half", b"", bytes(range(256)) * (_PIECE_BYTES // 200)])
def test_the_bytes_are_kept_sealed_with_their_reason(
    tmp_path: Path, aside: FolderQuarantine, data: bytes
) -> None:
    entry = aside.keep(of(data), ERROR, "đơn xin.pdf", AT)
    digest = hashlib.sha256(data).hexdigest()
    told = Quarantined(
        *(digest[:32], "đơn xin.pdf", digest, len(data), "SourceUnreadable", "the file is cut off"),
        at="2026-11-21T08:30:00+07:00",
    )
    assert aside.find(entry) == told
    assert aside.entries() == (told,)
    aside.copy(entry, tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes() == data
    everything = b"".join(lying(tmp_path).values())
    assert "đơn xin".encode() not in everything
    assert not data or data[:200] not in everything
    with pytest.raises(StorageError):
        aside.copy(entry, tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes() == data, "a file that is there is left alone"


def test_the_same_bytes_again_change_nothing(tmp_path: Path, aside: FolderQuarantine) -> None:
    first = aside.keep(of(b"abc"), ERROR, "a.pdf", AT)
    before = lying(tmp_path)
    assert aside.keep(of(b"abc"), SourceEncrypted("a.pdf", "second"), "other.pdf", AT) == first
    assert lying(tmp_path) == before
    assert aside.keep(of(b"abd"), ERROR, "a.pdf", AT) != first, "other bytes lie beside them"


def test_a_reason_lost_in_a_crash_is_written_again(tmp_path: Path, aside: FolderQuarantine) -> None:
    entry = aside.keep(of(b"abc"), ERROR, "a.pdf", AT)
    (tmp_path / "q" / f"{entry}.reason").unlink()
    assert aside.keep(of(b"abc"), ERROR, "a.pdf", AT) == entry
    assert aside.find(entry).name == "a.pdf"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b\n.pdf", "x" * 400 + ".pdf", "..\\c.pdf", ""])
def test_a_name_cannot_lead_outside(tmp_path: Path, aside: FolderQuarantine, name: str) -> None:
    entry = aside.keep(of(b"abc"), ERROR, name, AT)
    assert aside.find(entry).name == name
    assert sorted(p.name for p in tmp_path.iterdir()) == ["q"]
    for wrong in ("../q", "", entry[:-1], f"{entry}.reason"):
        with pytest.raises(StorageError):
            aside.find(wrong)


def test_what_has_no_bytes_leaves_its_reason(tmp_path: Path, aside: FolderQuarantine) -> None:
    for name in ("gone.pdf", "pipe.jpg"):
        entry = aside.keep(partial((tmp_path / name).open, "rb"), ERROR, name, AT)
        assert aside.find(entry).sha256 == ""
        with pytest.raises(StorageError):
            aside.copy(entry, tmp_path / "out")
    assert len(aside.entries()) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("damage", [b"", b"no json", None])
def test_one_damaged_reason_hides_neither_its_bytes_nor_the_others(
    tmp_path: Path, aside: FolderQuarantine, damage: bytes | None
) -> None:
    hurt, whole = (aside.keep(of(data), ERROR, "đơn xin.pdf", AT) for data in (b"hurt", b"whole"))
    reason = tmp_path / "q" / f"{hurt}.reason"
    reason.unlink() if damage is None else reason.write_bytes(damage)
    told = {each.id: each.error for each in aside.entries()}
    assert told == {hurt: "", whole: "SourceUnreadable"}
    aside.copy(hurt, tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes() == b"hurt"
    path = tmp_path / "q" / hurt
    path.write_bytes((tmp_path / "q" / whole).read_bytes())
    with pytest.raises(StorageError):
        aside.copy(hurt, tmp_path / "other.pdf")
    aside.forget(hurt)
    assert [each.id for each in aside.entries()] == [whole]


def test_a_key_that_is_missing_is_no_damage(tmp_path: Path, aside: FolderQuarantine) -> None:
    aside.keep(of(b"abc"), ERROR, "a.pdf", AT)
    with pytest.raises(KeyMissing):
        FolderQuarantine(tmp_path / "q", Keyring([NEW])).entries()


def test_a_file_that_changes_while_it_is_kept_is_not_kept_as_what_it_was(
    tmp_path: Path, aside: FolderQuarantine
) -> None:
    states = iter((b"first", b"second"))
    with pytest.raises(StorageError):
        aside.keep(lambda: io.BytesIO(next(states)), ERROR, "a.pdf", AT)
    assert lying(tmp_path) == {}


def test_damaged_bytes_are_not_handed_out(tmp_path: Path, aside: FolderQuarantine) -> None:
    entry = aside.keep(of(b"abc" * 1000), ERROR, "a.pdf", AT)
    path = tmp_path / "q" / entry
    data = bytearray(path.read_bytes())
    for damage in (data[:-1], data[:40] + bytes([data[40] ^ 1]) + data[41:], b""):
        path.write_bytes(damage)
        with pytest.raises(StorageError):
            aside.copy(entry, tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_it_moves_to_the_next_key_and_what_an_earlier_version_left_with_it(
    tmp_path: Path, aside: FolderQuarantine
) -> None:
    entries = [aside.keep(of(data), ERROR, "a.pdf", AT) for data in (b"", b"abc" * 2_000_000)]
    # 1. Before, name and bytes lay in the clear, and what had none only left its reason.
    digest = hashlib.sha256(b"xyz").hexdigest()
    told = {"name": "cũ.pdf", "sha256": digest, "size_bytes": 3, "error": "SourceEncrypted"}
    told |= {"cause": "x", "advice": "y", "quarantined_at": AT.isoformat()}
    (tmp_path / "q" / f"{digest[:32]}-cũ.pdf").write_bytes(b"xyz")
    (tmp_path / "q" / f"{digest[:32]}-cũ.pdf.json").write_text(json.dumps(told))
    nothing = told | {"name": "ống.jpg", "sha256": "", "size_bytes": 0}
    (tmp_path / "q" / "no-bytes-ống.jpg.json").write_text(json.dumps(nothing))
    # 2. Everything is sealed with the newest key, and nothing else lies there.
    keys = Keyring([OLD, NEW])
    here = FolderQuarantine(tmp_path / "q", keys)
    for name in list(here.names()):
        if not here.is_current(name, keys):
            here.reseal(name, keys)
    assert all(here.is_current(name, keys) for name in here.names())
    later = FolderQuarantine(tmp_path / "q", Keyring([NEW]))
    assert {each.name for each in later.entries()} == {"a.pdf", "cũ.pdf", "ống.jpg"}
    later.copy(digest[:32], tmp_path / "old")
    later.copy(entries[1], tmp_path / "new")
    assert (tmp_path / "old").read_bytes() == b"xyz"
    assert (tmp_path / "new").read_bytes() == b"abc" * 2_000_000
    assert len(lying(tmp_path)) == 7


def test_a_folder_that_cannot_be_is_an_error_of_ours(tmp_path: Path, aside: FolderQuarantine) -> None:
    (tmp_path / "q").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        aside.keep(of(b"abc"), ERROR, "a.pdf", AT)


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}"])
def test_what_an_earlier_version_left_damaged_is_told_and_left(
    tmp_path: Path, aside: FolderQuarantine, damaged: str
) -> None:
    (tmp_path / "q").mkdir()
    old = tmp_path / "q" / f"{'a' * 32}-cũ.pdf.json"
    old.write_text(damaged)
    assert list(aside.names()) == [old.name]
    with pytest.raises(StorageError):
        aside.reseal(old.name, Keyring([OLD, NEW]))
    assert old.read_text() == damaged
