"""The reading benchmark: any reader can be put into the table, and what fails is said, not hidden."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest

from console.bench_reading import Order, reading
from console.output import Output
from dossier.errors import SohoaError

TRUTH = "Số định danh cá nhân: 001099012345\nCư trú tại thôn Quỳnh Lưu\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two "pictures" that hold their own text, so that `cat` reads them perfectly."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for name, text in (("one", TRUTH), ("two", "Họ và tên: Đặng Vỹ\n")):
        (pages / f"{name}.gt.txt").write_text(text, "utf-8")
        (pages / f"{name}.png").write_text(text, "utf-8")
    return pages


def _rows(folder: Path, *readers: str, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    order = Order(pages=1, seed=1, folder=folder, readers=readers)
    assert reading(order, Output("en", as_json=True), markdown=False) == 0
    return {row["reader"]: row for row in json.loads(capsys.readouterr().out)["table"]}


def test_a_command_is_a_reader(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _rows(folder, "cat {picture}", "sed s/Cư/Cừ/;s/345/346/ {picture}", capsys=capsys)
    perfect, wrong = rows["cat {picture}"], rows["sed s/Cư/Cừ/;s/345/346/ {picture}"]
    assert (perfect["group"], perfect["pages"], perfect["cer"], perfect["recall"]) == ("pages", 2, 0, 100)
    assert [perfect[f"numbers_{what}"] for what in ("right", "wrong", "missed")] == [1, 0, 0]
    assert wrong["cer"] > wrong["cer_without_marks"] > 0
    assert [wrong[f"numbers_{what}"] for what in ("right", "wrong", "missed")] == [0, 1, 1]
    assert perfect["core_seconds_a_page"] < 0.1
    # The kernel counts what a process held before it became another: no less than this one holds.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    assert 1 <= perfect["peak_memory_mb"] < before + 50


def test_a_function_is_a_reader(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = (
        "def read(picture):\n"
        "    burnt = sum(i * i for i in range(3_000_000))\n"
        "    return picture.read_text('utf-8', 'replace') if burnt else ''\n"
        "def faulty(picture):\n"
        "    if picture.stem == 'two':\n"
        "        raise ValueError('cannot')\n"
        "    return picture.read_text('utf-8', 'replace')\n"
    )
    (tmp_path / "myreader.py").write_text(code, "utf-8")
    monkeypatch.chdir(tmp_path)
    rows = _rows(folder, "myreader:read", "myreader:faulty", capsys=capsys)
    assert rows["myreader:read"]["cer"] == 0
    assert 0.05 < rows["myreader:read"]["core_seconds_a_page"] < 3
    assert 0 < rows["myreader:faulty"]["recall"] < 100, "a page that fails counts as not read"


def test_readers_that_cannot_run_are_named_and_left_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = Order(1, 1, folder, ("nosuchprogram {picture}", "nosuchmodule:read", "what", "cat {picture}"))
    reading(order, Output("en"), markdown=True)
    told = capsys.readouterr()
    assert told.out.count("| pages (2) |") == 1
    for name in ("nosuchprogram", "nosuchmodule", "what"):
        assert name in told.err


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SohoaError, match=r"gt\.txt"):
        reading(Order(1, 1, tmp_path, ("cat {picture}",)), Output("en"), markdown=False)


def test_a_truth_without_a_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "lost.gt.txt").write_text(TRUTH, "utf-8")
    with pytest.raises(SohoaError, match="lost"):
        reading(Order(1, 1, tmp_path, ("cat {picture}",)), Output("en"), markdown=False)
