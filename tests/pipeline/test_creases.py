"""Print on a fold is found and read; nothing else on a page is taken for a fold."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.creases import bridged, find_creases
from pipeline.prepare import prepare
from pipeline.reading import read_page
from tests.printed import LETTER, letter, readers, scanned

PAGE = letter(dpi=300)
NUMBER = "001099012345"
ROW = 300 + LETTER.index("Số định danh cá nhân: " + NUMBER) * 13 * 300 // 40 + 34
"""Through the middle of the digits."""


def folded(page: np.ndarray, row: int, slope: int = 6, white: int = 5) -> np.ndarray:
    """A crease from edge to edge: toner broken away, and a shade below it."""
    width = page.shape[1]
    light = np.ones(page.shape[:2], np.float32)
    cv2.line(light, (0, row + 16 - slope), (width, row + 16 + slope), 0.84, 24)
    out = page * cv2.GaussianBlur(light, (0, 0), 5)[:, :, None]
    cv2.line(out, (0, row - slope), (width, row + slope), (248, 248, 248), white)
    return out.astype(np.uint8)


def _digits(page: np.ndarray) -> str:
    read = read_page(scanned(page), page, readers())
    return " ".join(line.text for line in read.lines)


@pytest.mark.parametrize("shift", [-6, 5])
def test_a_number_on_a_crease_is_read(shift: int) -> None:
    assert NUMBER in _digits(folded(PAGE, ROW + shift))


def test_the_shade_is_gone_from_the_readers_picture() -> None:
    view = prepare(folded(PAGE, 2600)).view
    assert int(view[-view.shape[0] // 3 :].min()) > 225


def test_a_standing_crease_is_found_too() -> None:
    turned = np.ascontiguousarray(np.rot90(folded(np.ascontiguousarray(np.rot90(PAGE)), 900), -1))
    view = prepare(turned).view
    clean = prepare(PAGE).view
    blank = cv2.erode(clean, np.ones((9, 9), np.uint8)) > 230
    assert int(np.percentile(view[blank], 1)) > 225


def _view(page: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    view = cv2.resize(page[:, :, 2], None, fx=0.365, fy=0.365, interpolation=cv2.INTER_AREA)
    return view, np.full_like(view, 250)


def test_rules_frames_and_grey_bars_are_no_creases() -> None:
    page = PAGE.copy()
    cv2.line(page, (0, 1900), (page.shape[1], 1900), (60, 60, 60), 4)
    cv2.line(page, (150, 2000), (page.shape[1] - 150, 2000), (190, 190, 190), 6)
    page[2200:2260, 150 : page.shape[1] - 150] = 215
    page[2500:] = 200
    assert find_creases(*_view(page)) is None
    assert find_creases(*_view(PAGE)) is None


def test_only_what_a_crease_broke_is_joined() -> None:
    page = PAGE.copy()
    cv2.line(page, (0, ROW), (page.shape[1], ROW), (250, 250, 250), 5)
    creased = folded(PAGE, ROW, slope=0)
    creases = find_creases(*_view(creased))
    assert creases is not None
    assert creases.standing == ()
    assert [round(top * PAGE.shape[0], -2) for top, _ in creases.lying] == [round(ROW, -2)]
    mended = bridged(np.ascontiguousarray(creased[:, :, 2]), creases)
    far = np.ones(PAGE.shape[0], bool)
    far[ROW - 120 : ROW + 160] = False
    assert np.array_equal(mended[far], creased[far][:, :, 2])
    assert int((mended[ROW] < 128).sum()) > int((creased[ROW, :, 2] < 128).sum()) == 0
    assert int((mended[ROW - 60 : ROW - 40] < 128).sum()) == int(
        (PAGE[ROW - 60 : ROW - 40, :, 2] < 128).sum()
    )
