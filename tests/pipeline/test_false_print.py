"""What looks like print and is none is left out; what is print stays."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from dossier.geometry import Box, UprightFrame
from dossier.page import Engine, Line
from dossier.ports import ReadLine, ReadWord
from models.line_net import VietnameseLineReader
from pipeline.false_print import print_only, without_false
from pipeline.lines import read_lines
from pipeline.prepare import prepare
from tests.pages import line as printed_line
from tests.printed import LETTER, letter

FRAME = UprightFrame(2480, 3508, 0, 0.0)


def _lines_of(picture: np.ndarray) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """What stands in the first lines of a letter, before and after."""
    page = prepare(picture)
    frame = UprightFrame(picture.shape[1], picture.shape[0], 0, 0.0)
    boxes = [Box(0, 180 + n * 65, picture.shape[1] - 1, 240 + n * 65) for n in range(4)]
    reader = VietnameseLineReader()
    found = read_lines(page, frame, boxes, reader)
    return found, without_false(found, page, frame, reader)


def test_print_stays_even_where_it_is_hard_to_read() -> None:
    blurred = np.asarray(cv2.GaussianBlur(letter(LETTER, dpi=200), (0, 0), 2.2), np.uint8)
    before, after = _lines_of(blurred)
    assert len(before) >= 3
    assert after == before


@pytest.mark.parametrize("way", [1, 0])
def test_print_that_reads_better_in_a_mirror_is_of_the_other_side(way: int) -> None:
    page = letter(LETTER, dpi=200)
    boxed = page[180:440]
    page[180:440] = boxed[:, ::-1] if way else boxed
    for n in range(4):
        if not way:
            page[180 + n * 65 : 240 + n * 65] = page[180 + n * 65 : 240 + n * 65][::-1]
    before, after = _lines_of(page)
    assert len(before) >= 3
    assert after == ()


class _Read:
    """A reader that says beforehand what stands in one picture after the other."""

    engine, alphabet = Engine("said", "1", ""), ""

    def __init__(self, *said: tuple[str, float]) -> None:
        self.said = list(said)

    def read(self, lines: Sequence[np.ndarray]) -> tuple[ReadLine, ...]:
        told = [self.said.pop(0) for _ in lines]
        return tuple(
            ReadLine(tuple(ReadWord(word, 0.0, 1.0, sure) for word in text.split())) for text, sure in told
        )


@pytest.mark.parametrize(
    ("straight", "mirror", "stays"),
    [
        (("lence - Freedom - Happines.", 0.7), ("29niqqsH - mob9917 - 90n9t", 0.87), True),
        (("Quốc tịch / Nationality: Việt Nam", 0.89), ("khó đọc lắm thay", 0.99), True),
        (("IAHDI IÓUĐW", 0.24), ("NGƯỜI KHAI", 0.99), False),
        (("3u6m nộib urÍT.8", 0.59), ("8. Thư điện tử: mau", 0.98), False),
    ],
)
def test_a_mirror_that_makes_no_words_proves_nothing(
    straight: tuple[str, float], mirror: tuple[str, float], stays: bool
) -> None:
    page = prepare(letter(LETTER, dpi=200))
    unsure = printed_line(straight[0], 300, 200, confidence=0.5)
    reader = _Read(straight, mirror, ("", 0.0))
    assert without_false([unsure], page, FRAME, reader) == ((unsure,) if stays else ())


def test_a_punch_hole_is_no_nought() -> None:
    page = np.full((1754, 1240, 3), 250, np.uint8)
    cv2.circle(page, (100, 210), 22, (30, 30, 30), -1)
    cv2.putText(page, "0", (300, 235), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (30, 30, 30), 4)
    prepared, frame = prepare(page), UprightFrame(1240, 1754, 0, 0.0)
    found = [_mark("0", Box(78, 188, 122, 232)), _mark("0", Box(298, 200, 330, 236))]
    assert without_false(found, prepared, frame, VietnameseLineReader()) == (found[1],)


def test_what_is_read_within_a_code_is_no_word() -> None:
    text = printed_line("Số 12/QĐ", 300, 200)
    within = printed_line("m", 1000, 1000)
    assert print_only([text, within], [Box(900, 900, 1200, 1200)], FRAME) == (text,)
    assert print_only([text, within], [], FRAME) == (text, within)


def test_a_drawing_of_many_marks_bears_no_print() -> None:
    marks = [
        printed_line(text, 300 + 200 * n, 500 + 90 * n) for n, text in enumerate(["9", "0", "9 C", "P", "99"])
    ]
    assert print_only(marks, [], FRAME) == ()
    word = printed_line("Thửa 12", 300, 2000)
    assert print_only([*marks[:3], word], [], FRAME) == (*marks[:3], word)


def test_a_page_number_alone_stays_where_it_belongs() -> None:
    number = printed_line("12", 1220, 120)
    assert print_only([number], [], FRAME) == (number,)
    assert print_only([printed_line("12", 300, 1700)], [], FRAME) == ()
    assert print_only([printed_line("•", 1220, 120)], [], FRAME) == ()
    assert print_only([], [], FRAME) == ()


def _mark(text: str, box: Box) -> Line:
    whole = printed_line(text, box.left, box.top)
    word = whole.words[0]
    return Line(text, box, 0.9, (type(word)(text, box, 0.9),))
