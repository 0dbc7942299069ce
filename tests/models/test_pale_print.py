"""Pale print is named where the page has a little of it; the other side of the sheet is not."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dossier.geometry import Box
from models.ink_lines import ink_lines
from models.line_finder import PaddleLineFinder, PageLineFinder
from pipeline.prepare import prepare
from tests.printed import LETTER, SERIF, letter

FOOT = 2150
NOTE = "Người ký: Ủy ban nhân dân xã Mẫu"


def _with(texts: list[tuple[int, str]], grey: int) -> np.ndarray:
    sheet = Image.fromarray(np.ascontiguousarray(letter()[:, :, ::-1]))
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(SERIF, 26)
    for top, text in texts:
        draw.text((400, top), text, font=font, fill=(grey, grey, grey))
    return cv2.GaussianBlur(np.ascontiguousarray(np.asarray(sheet)[:, :, ::-1]), (0, 0), 0.8)


def _foot(boxes: tuple[Box, ...], scale: float) -> list[Box]:
    return [box for box in boxes if abs((box.top + box.bottom) / 2 - (FOOT + 14) * scale) < 12]


def test_a_grey_footer_is_found_though_its_ink_is_none(tmp_path: Path) -> None:
    view = prepare(_with([(FOOT, NOTE)], 165)).view
    scale = view.shape[0] / letter().shape[0]
    (place,) = _foot(ink_lines(view).unclear, scale)
    assert place.left < 410 * scale
    found = _foot(PageLineFinder(tmp_path).find(view), scale)
    assert sum(box.width for box in found) > 0.9 * ImageFont.truetype(SERIF, 26).getlength(NOTE) * scale


def test_a_grey_footer_is_found_on_a_page_that_the_net_looks_at_whole(tmp_path: Path) -> None:
    """The net is spared the empty margins; a footer without ink was cut off with them."""
    view = prepare(_with([(FOOT, NOTE)], 190)).view
    scale = view.shape[0] / letter().shape[0]
    found = _foot(PaddleLineFinder(tmp_path).find(view), scale)
    assert sum(box.width for box in found) > 0.9 * ImageFont.truetype(SERIF, 26).getlength(NOTE) * scale


def test_the_other_side_of_the_sheet_is_not_named() -> None:
    texts = [(1350 + 60 * number, text[::-1]) for number, text in enumerate((*LETTER, *LETTER))]
    found = ink_lines(prepare(_with(texts, 170)).view)
    assert len(found.lines) == len(LETTER)
    assert not found.unclear


def test_bare_paper_under_the_print_is_nothing() -> None:
    noise = np.random.default_rng(3).normal(0, 3, letter().shape)
    page = np.clip(letter() + noise, 0, 255).astype(np.uint8)
    assert not ink_lines(prepare(page).view).unclear


def test_a_line_is_as_long_as_its_palest_letters() -> None:
    """Of grey print only some letters are dark enough to be ink; the last ones used to be cut off."""
    font = ImageFont.truetype(SERIF, 36)
    sheet = Image.fromarray(np.ascontiguousarray(_with([], 0)[:, :, ::-1]))
    draw, width = ImageDraw.Draw(sheet), font.getlength(NOTE + " ")
    draw.text((400, FOOT), NOTE, font=font, fill=(110, 110, 110))
    draw.text((400 + width, FOOT), "cấp.", font=font, fill=(180, 180, 180))
    view = prepare(cv2.GaussianBlur(np.ascontiguousarray(np.asarray(sheet)[:, :, ::-1]), (0, 0), 0.8)).view
    scale = view.shape[0] / letter().shape[0]
    ends = [box.right for box in _foot(ink_lines(view).lines, scale)]
    assert max(ends) > (400 + width + font.getlength("cấp.")) * scale - 2


def test_pale_ends_stop_at_a_rule(tmp_path: Path) -> None:
    sheet = Image.fromarray(np.ascontiguousarray(_with([], 0)[:, :, ::-1]))
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(SERIF, 26)
    for top in (FOOT - 60, FOOT, FOOT + 60):
        draw.text((400, top), "18", font=font, fill=(130, 130, 130))
        draw.text((450, top), "Hồ Thị Mẫu", font=font, fill=(130, 130, 130))
    draw.line((438, FOOT - 80, 438, FOOT + 120), fill=(150, 150, 150), width=3)
    view = prepare(np.ascontiguousarray(np.asarray(sheet)[:, :, ::-1])).view
    scale = view.shape[0] / letter().shape[0]
    found = _foot(PageLineFinder(tmp_path).find(view), scale)
    assert min(box.right for box in found) < 440 * scale
    assert min(box.left for box in found if box.right > 440 * scale) > 436 * scale
