"""Which runs of digits are numbers of people, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dossier.geometry import Box, UprightFrame
from dossier.page import Engine, Line, Word
from dossier.ports import ReadLine, ReadWord
from pipeline.numbers import DigitReaders, digit_runs, only_digits, read_numbers
from pipeline.prepare import PreparedPage, prepare
from scanners.samples.faces import Face, font


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


class _Blind:
    """Reads nothing, as a net does of a line with a crease along it."""

    engine = Engine("blind", "1", "")
    alphabet = "0123456789"

    def read(self, lines: Sequence[np.ndarray]) -> tuple[ReadLine, ...]:
        return tuple(ReadLine(()) for _ in lines)


class _Sees(_Blind):
    def __init__(self, text: str, engine: str = "second", confidence: float = 0.9) -> None:
        self.engine = Engine(engine, "1", "")
        self._line = ReadLine(tuple(ReadWord(word, 0.0, 1.0, confidence) for word in text.split()))

    def read(self, lines: Sequence[np.ndarray]) -> tuple[ReadLine, ...]:
        return tuple(self._line for _ in lines)


_ROW = 200


def _sheet(value: str) -> tuple[PreparedPage, UprightFrame]:
    """A white page with a value printed where `_line` has its twentieth character, a dotted line under it."""
    picture = Image.new("RGB", (1200, 600), (250, 250, 250))
    draw = ImageDraw.Draw(picture)
    draw.text((210, _ROW + 34), value, font=font(Face.SERIF, 44), fill=(20, 20, 20), anchor="ls")
    for x in range(200, 1200, 13):
        draw.rectangle((x, _ROW + 38, x + 2, _ROW + 40), fill=(120, 120, 120))
    prepared = prepare(np.asarray(picture, np.uint8))
    return prepared, UprightFrame(prepared.width, prepared.height, 0, 0.0)


def _label(text: str = "Số định danh cá nhân:") -> Line:
    words, x = [], 0.0
    for word in text.split():
        words.append(Word(word, Box(x, _ROW, x + 9 * len(word), _ROW + 40), 0.9))
        x += 9 * (len(word) + 1)
    return Line(text, Box(0, _ROW, x - 9, _ROW + 40), 0.9, tuple(words))


def _numbers(value: str, by: DigitReaders, label: str = "Số định danh cá nhân:") -> list[tuple[str, str]]:
    found = read_numbers(*_sheet(value), [_label(label)], by)
    return [(reading.digits, reading.engine) for reading in found]


def test_number_behind_its_label_that_the_line_reader_missed() -> None:
    by = DigitReaders(_Sees("001099012345", "first"), _Sees("001099012345"), None)
    assert _numbers("001099012345", by) == [("001099012345", "first"), ("001099012345", "second")]


def test_number_behind_its_label_that_nobody_can_read_is_said_to_be_there() -> None:
    assert _numbers("001099012345", DigitReaders(_Blind(), _Blind(), None)) == [("", "blind")]
    assert _numbers("001099012345", DigitReaders(_Sees("0010", "first"), None, None)) == [("0010", "first")]
    unsure = DigitReaders(_Sees("001099012345", "first", 0.3), _Sees("001099012346", "second", 0.3), None)
    assert _numbers("001099012345", unsure) == [("", "first")]


@pytest.mark.parametrize("value", ["", "."])
def test_empty_room_is_no_unread_number(value: str) -> None:
    assert _numbers(value, DigitReaders(_Blind(), _Blind(), None)) == []


def test_words_in_the_room_are_no_unread_number() -> None:
    by = DigitReaders(_Sees("chưa có", "first"), _Blind(), None)
    assert _numbers("chưa có", by) == []
    assert _numbers("001099012345", DigitReaders(_Blind(), None, None), "theo Luật Căn cước, số 26") == []


def test_shapes_never_speak_alone_and_are_asked_only_in_doubt() -> None:
    shapes = _Sees("001099012345", "digit-shapes", 0.995)
    assert _numbers("001099012345", DigitReaders(_Blind(), _Blind(), shapes)) == [("", "blind")]
    both = DigitReaders(_Sees("001099012345", "first"), _Blind(), shapes)
    assert _numbers("001099012345", both) == [("001099012345", "first"), ("001099012345", "digit-shapes")]
    line = _line("Số định danh cá nhân: 001099012345")
    line = replace(line, words=tuple(replace(word, confidence=0.99) for word in line.words))
    sure = read_numbers(*_sheet(""), [line], DigitReaders(_Blind(), _Sees("001099012345"), shapes))
    assert [reading.engine for reading in sure] == ["blind", "second"]
    torn = read_numbers(*_sheet(""), [line], DigitReaders(_Blind(), _Sees("001099012346"), shapes))
    assert [reading.engine for reading in torn] == ["blind", "second", "digit-shapes"]
