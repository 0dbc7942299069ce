"""What hangs on one place of a line does not make its letters small; large letters and marks stay whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dossier.geometry import Box, UprightFrame
from dossier.page import Line
from pipeline.lines import read_lines
from pipeline.prepare import prepare
from tests.printed import LETTER, SERIF, letter, readers

DPI, SIZE = 200, 36
STEP = 65


def _row(number: int) -> float:
    return DPI + number * STEP


def _boxes(picture: np.ndarray) -> list[Box]:
    font = ImageFont.truetype(SERIF, SIZE)
    return [
        Box(DPI - 8, _row(n) - 4, DPI + font.getlength(text) + 8, _row(n) + 46)
        for n, text in enumerate(LETTER)
    ]


def _read(picture: np.ndarray, boxes: list[Box]) -> tuple[Line, ...]:
    height, width = picture.shape[:2]
    return read_lines(prepare(picture), UprightFrame(width, height, 0, 0.0), boxes, readers().reader)


def test_a_stroke_below_the_last_word_is_left_out() -> None:
    picture, last = letter(), len(LETTER) - 1
    boxes = _boxes(picture)
    x, y = round(boxes[last].right - 40), round(boxes[last].bottom)
    for start, stop in (((x, y + 4), (x - 12, y + 40)), ((x + 10, y + 6), (x + 22, y + 38))):
        cv2.line(picture, start, stop, (30, 30, 30), 4)
    whole = boxes[last]
    boxes[last] = Box(whole.left, whole.top, whole.right, whole.bottom + 48)
    lines = _read(picture, boxes)
    assert lines[last].text == LETTER[last]
    assert lines[last].box.height < 1.25 * np.median([line.box.height for line in lines])


@pytest.mark.parametrize("title", ["GIẤY KHAI SINH", "HÀ NAM", "Sổ hộ tịch"])
def test_a_title_in_large_type_keeps_its_marks(title: str) -> None:
    sheet = Image.fromarray(letter())
    font = ImageFont.truetype(SERIF, round(1.7 * SIZE))
    top = _row(len(LETTER)) + 60
    ImageDraw.Draw(sheet).text((DPI, top), title, font=font, fill=(20, 20, 20))
    picture = np.ascontiguousarray(np.asarray(sheet))
    large = Box(DPI - 12, top - 6, DPI + font.getlength(title) + 12, top + 1.7 * 46)
    assert _read(picture, [*_boxes(picture), large])[-1].text == title


def test_two_lines_in_one_box_are_not_cut_to_one() -> None:
    picture = letter()
    boxes = _boxes(picture)
    both = Box(boxes[0].left, boxes[0].top, boxes[0].right, boxes[1].bottom)
    lines = _read(picture, [both, *boxes[2:]])
    assert not lines or lines[0].text != LETTER[0]
