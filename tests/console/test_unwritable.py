"""What cannot be written, and what is no error of the world: each ends with an exit code of its own."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import main
from dossier import errors
from dossier.errors import SettingRefused, SohoaError, WriteRefused
from flows.settings import settings


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of the program as somebody types it."""
    monkeypatch.setattr(sys, "argv", ["sohoa", *map(str, arguments)])
    settings.cache_clear()
    with pytest.raises(SystemExit) as end:
        main.run()
    return int(end.value.code or 0)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path / "state"))
    (tmp_path / "file").write_text("in the way")
    yield tmp_path / "file"
    settings.cache_clear()


def test_a_folder_that_cannot_be_written_is_no_bug(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in (
        ("samples", "--out", file / "samples"),
        ("cover", "H56-1", "--out", file / "cover.pdf"),
        ("cover", "H56-1", "--out", file.parent / "none" / "cover.pdf"),
    ):
        assert ended(monkeypatch, *asked) == WriteRefused.exit_code, asked
        told = capsys.readouterr().err
        assert "Traceback" not in told
        assert "Không ghi được vào đây" in told


def test_a_state_folder_that_is_a_file_is_told_by_its_setting(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOHOA_STATE", str(file))
    scan = file.with_name("a.jpg")
    scan.write_bytes(b"\xff\xd8")
    for asked in (("digitise", scan, "--procedure", "1.001193"), ("serve",)):
        assert ended(monkeypatch, *asked) == SettingRefused.exit_code, asked
        assert "SOHOA_STATE" in capsys.readouterr().err


def test_a_bug_has_an_exit_code_that_no_error_has() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, SohoaError)]
    assert main.BUG not in {each.exit_code for each in classes}
