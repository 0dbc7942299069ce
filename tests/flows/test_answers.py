"""What a clerk told about a page outlives the process and replaces what was told before."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossier.errors import SohoaError
from flows.answers import KindAnswer, answer, answers_of, keep_answers, parse_answer
from flows.settings import Settings
from flows.wiring import open_keys
from storage.checkpoints import FolderCheckpoints
from storage.ledger import SqlLedger


def test_answers_are_kept_and_replaced(tmp_path: Path) -> None:
    keep_answers(FolderCheckpoints(tmp_path), "HS-1", [KindAnswer("tờ khai.pdf", 2, "ct07")])
    keep_answers(FolderCheckpoints(tmp_path), "HS-1", [KindAnswer("tờ khai.pdf", 2, "ct01")])
    keep_answers(FolderCheckpoints(tmp_path), "HS-1", [KindAnswer("b.jpg", 1, "giay_khai_sinh")])
    again = FolderCheckpoints(tmp_path)
    assert answers_of(again, "HS-1") == {("tờ khai.pdf", 2): "ct01", ("b.jpg", 1): "giay_khai_sinh"}
    assert answers_of(again, "HS-2") == {}


def test_a_kind_that_left_the_table_is_no_answer(tmp_path: Path) -> None:
    keep_answers(FolderCheckpoints(tmp_path), "HS-1", [KindAnswer("a.jpg", 1, "no_longer_known")])
    assert answers_of(FolderCheckpoints(tmp_path), "HS-1") == {}


def test_the_ledger_says_who_told_without_naming_the_file(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, officer="Cán bộ (MẪU)")
    answer(settings, "HS-1", [parse_answer("scans/Nguyễn Văn Mẫu.jpg#1", "ct07")])
    assert answers_of(FolderCheckpoints(tmp_path / "checkpoints", open_keys(settings)), "HS-1") == {
        ("Nguyễn Văn Mẫu.jpg", 1): "ct07"
    }
    assert SqlLedger(settings.database).verify() == 1
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "Nguyễn".encode() not in written


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("a.pdf", "ct07"),
        ("a.pdf#0", "ct07"),
        ("#1", "ct07"),
        ("a.pdf#x", "ct07"),
        ("a.pdf#1", "ct7"),
        ("", ""),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(place: str, kind: str) -> None:
    with pytest.raises(SohoaError):
        parse_answer(place, kind)
