"""The command line tells how it is used, and what was typed wrongly, in the reader's language."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import main
from console.usage import language_of_arguments, usage_words
from flows.settings import settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path))
    monkeypatch.delenv("SOHOA_LANGUAGE", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def typed(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["sohoa", *arguments])
    with pytest.raises(SystemExit) as end:
        main.run()
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("digitse",), "Không có lệnh 'digitse'. Có phải là 'digitise'?"),
        (("read", "--lang", "fr"), "Giá trị của '--lang' không dùng được: chỉ nhận vi | en"),
        (("read", "a.pdf", "--format", "xml"), "'--format' không dùng được: chỉ nhận text | json"),
        (("read", "a.pdf", "--page", "x"), "phải là số nguyên"),
        (("read", "a.pdf", "--page", "-1"), "'--page' không dùng được"),
        (("read",), "Thiếu tham số"),
        (("read", "a.pdf", "b.pdf"), "Thừa tham số"),
        (("read", "--khong-co"), "Không có tùy chọn --khong-co"),
        (("cover",), ""),
    ],
)
def test_what_is_typed_wrongly_is_told_in_vietnamese(
    arguments: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = typed(monkeypatch, *arguments)
    said = capsys.readouterr().err
    assert told in said
    if told:
        assert code == 2
        assert "Cách dùng:" in said
        for english in ("Usage", "Error", "Invalid", "Missing", "No such", "Input should"):
            assert english not in said


def test_a_help_page_has_its_titles_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (("--help",), ("read", "--help"), ("backup", "--help")):
        assert typed(monkeypatch, *arguments) == 0
        told = capsys.readouterr().out
        for word in ("Cách dùng:", "Tùy chọn", "Xem hướng dẫn này."):
            assert word in told
        for english in ("Usage", "Options", "Commands", "Arguments", "Show this message"):
            assert english not in told


@pytest.mark.parametrize(
    "arguments", [("--lang", "en", "stop"), ("stop", "--lang", "en"), ("--lang=en", "stop")]
)
def test_the_language_may_stand_before_the_command(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, *arguments) == 0
    assert capsys.readouterr().out == "No resident process is running.\n"


def test_arguments_name_a_language_or_none() -> None:
    assert language_of_arguments(["sohoa", "--lang", "vi", "stop"]) == "vi"
    assert language_of_arguments(["sohoa", "stop", "--lang=en"]) == "en"
    assert language_of_arguments(["sohoa", "stop", "--lang", "fr"]) is None
    assert usage_words("what nobody foresaw", "vi") == "what nobody foresaw"
