"""Which runs of digits are numbers of people, and where they stand."""

from __future__ import annotations

import pytest

from dossier.geometry import Box
from dossier.page import Line, Word
from pipeline.numbers import digit_runs, only_digits


def _line(text: str) -> Line:
    """Each character ten pixels wide."""
    words, position = [], 0
    for word in text.split(" "):
        words.append(Word(word, Box(position * 10, 0, (position + len(word)) * 10, 40), 0.9))
        position += len(word) + 1
    return Line(text, Box(0, 0, position * 10, 40), 0.9, tuple(words))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("Số định danh cá nhân: 001099012345", "001099012345"),
        ("Số:001099012345.", "001099012345"),
        ("Số 001 099 012 345 cấp ngày", "001099012345"),
        ("Số 001.099.012.345 cấp ngày", "001099012345"),
        ("Số 0010 9901 2345", "001099012345"),
        ("Tờ số 3 001099012345", "001099012345"),
        ("0 0 1 0 9 9 0 1 2 3 4 5", "001099012345"),
        ("CMND 012345678 cấp", "012345678"),
        ("CMND số 012 345 678", "012345678"),
    ],
)
def test_numbers_as_they_are_printed(text: str, digits: str) -> None:
    assert [found for found, _, _ in digit_runs(_line(text))] == [digits]


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "ngày 01/02/2024, 12/2026",
        "123.456.789 đồng",
        "1.234.567.890",
        "15 000 000 000 000",
        "0123456789012",
        "IDVNM0990123450001099012345<<8",
        "Số 2079/KH-ĐHĐL",
        "",
    ],
)
def test_telephones_dates_money_and_zones_are_none(text: str) -> None:
    assert list(digit_runs(_line(text))) == []


def test_two_numbers_in_a_line_are_two() -> None:
    line = _line("001099012345 và 034188390730")
    assert [found for found, _, _ in digit_runs(line)] == ["001099012345", "034188390730"]


def test_the_box_holds_the_digits_only() -> None:
    ((_, box, _),) = digit_runs(_line("Số:001099012345, cấp"))
    assert (box.left, box.right) == (30, 150)
    ((_, spaced, _),) = digit_runs(_line("Số 001 099 012 345 cấp"))
    assert (spaced.left, spaced.right) == (30, 180)


@pytest.mark.parametrize(
    ("text", "digits"), [("001099012345", "001099012345"), ("00109901234", ""), ("a1b2", "")]
)
def test_only_nine_or_twelve_digits_count(text: str, digits: str) -> None:
    assert only_digits(text) == digits
