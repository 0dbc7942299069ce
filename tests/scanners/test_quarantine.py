"""Quarantine: the bytes untouched, the reason beside them, nothing overwritten."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from dossier.errors import SourceEncrypted, SourceUnreadable, SourceUnsupported, StorageError
from scanners.quarantine import quarantine

AT = datetime(2026, 11, 21, 8, 30, tzinfo=timezone(timedelta(hours=7)))


def test_the_bytes_are_kept_with_their_reason(tmp_path: Path) -> None:
    source = tmp_path / "đơn xin.pdf"
    source.write_bytes(b"%PDF- half")
    error = SourceUnreadable("đơn xin.pdf", "the file is cut off")
    kept = quarantine(source, source.name, error, tmp_path / "q", AT)
    assert kept.read_bytes() == source.read_bytes() == b"%PDF- half"
    assert kept.name.endswith("-đơn xin.pdf")
    reason = json.loads(kept.with_name(kept.name + ".json").read_text("utf-8"))
    assert reason == {
        "name": "đơn xin.pdf",
        "sha256": hashlib.sha256(b"%PDF- half").hexdigest(),
        "size_bytes": 10,
        "error": "SourceUnreadable",
        "cause": "the file is cut off",
        "advice": error.advice,
        "quarantined_at": "2026-11-21T08:30:00+07:00",
    }


def test_the_same_bytes_again_change_nothing(tmp_path: Path) -> None:
    first = quarantine(b"abc", "a.pdf", SourceUnreadable("a.pdf", "first"), tmp_path, AT)
    before = {path: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()}
    again = quarantine(b"abc", "other.pdf", SourceEncrypted("a.pdf", "second"), tmp_path, AT)
    assert again == first
    assert {path: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()} == before


def test_a_reason_lost_in_a_crash_is_written_again(tmp_path: Path) -> None:
    kept = quarantine(b"abc", "a.pdf", SourceUnreadable("a.pdf", "x"), tmp_path, AT)
    reason = kept.with_name(kept.name + ".json")
    reason.unlink()
    assert quarantine(b"abc", "a.pdf", SourceUnreadable("a.pdf", "x"), tmp_path, AT) == kept
    assert reason.exists()


def test_other_bytes_under_the_same_name_lie_beside_it(tmp_path: Path) -> None:
    one = quarantine(b"abc", "a.pdf", SourceUnreadable("a.pdf", "x"), tmp_path, AT)
    two = quarantine(b"abd", "a.pdf", SourceUnreadable("a.pdf", "x"), tmp_path, AT)
    assert (one.read_bytes(), two.read_bytes()) == (b"abc", b"abd")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b\n.pdf", "x" * 400 + ".pdf", "..\\c.pdf", ""])
def test_a_name_cannot_lead_outside(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "q"
    kept = quarantine(b"abc", name, SourceUnreadable("f", "x"), folder, AT)
    assert kept.parent == folder
    assert kept.read_bytes() == b"abc"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["q"]


def test_what_has_no_bytes_leaves_its_reason(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    for source in (pipe, tmp_path, tmp_path / "gone.pdf"):
        told = quarantine(source, source.name, SourceUnsupported(source.name, "x"), tmp_path / "q", AT)
        assert json.loads(told.read_text())["sha256"] == ""
    assert len(list((tmp_path / "q").iterdir())) == 3


def test_a_folder_that_cannot_be_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "q").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        quarantine(b"abc", "a.pdf", SourceUnreadable("a.pdf", "x"), tmp_path / "q", AT)
