"""Backs of sheets: what shines through is no ink, and no ink is taken for what shines through."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dossier.quality import SideState
from models.side_ink import side_ink
from scanners.samples.backs import HEIGHT, INKS, WIDTH, back
from tests.printed import LETTER, letter

DPI = 300.0


@pytest.fixture(scope="module")
def front() -> np.ndarray:
    """A page of print with a red ring on it, red-green-blue."""
    page = np.ascontiguousarray(letter(LETTER * 3, dpi=300)[: HEIGHT + 40, : WIDTH + 60])
    cv2.circle(page, (900, 1500), 210, (226, 60, 66), 10, cv2.LINE_AA)
    return page


def bgr(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture[:, :, ::-1])


@pytest.mark.parametrize("number", [0, 2, 6, 12])
def test_an_empty_back_is_blank_however_much_shines_through(number: int, front: np.ndarray) -> None:
    made = back(number, 1, front)
    found = side_ink(bgr(made.picture), DPI)
    assert found.is_blank
    assert found.boxes == ()
    if made.shines_through > 0.2:
        assert found.state is SideState.SHOW_THROUGH


@pytest.mark.parametrize("number", range(1, 2 * len(INKS), 2))
def test_a_little_ink_is_never_blank(number: int, front: np.ndarray) -> None:
    made = back(number, 1, front)
    found = side_ink(bgr(made.picture), DPI)
    assert made.ink
    assert not found.is_blank
    assert found.boxes


def test_a_page_of_print_is_inked() -> None:
    assert side_ink(letter(dpi=200), 200.0).state is SideState.INKED


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_even_picture_is_empty(grey: int) -> None:
    assert side_ink(np.full((1754, 1240, 3), grey, np.uint8), 150.0).state is SideState.EMPTY


def test_the_edge_of_the_sheet_holes_and_streaks_are_no_ink() -> None:
    picture = np.full((2339, 1654, 3), 245, np.uint8)
    picture[:, :12] = 60
    picture[:, 700:703] = 150
    for row in (850, 1480):
        cv2.circle(picture, (95, row), 24, (20, 20, 20), -1, cv2.LINE_AA)
    assert side_ink(picture, 200.0).is_blank


@pytest.mark.parametrize("shape", [(1, 1, 3), (12, 900, 3), (60, 60, 3)])
def test_what_is_too_small_to_tell_is_kept(shape: tuple[int, int, int]) -> None:
    assert not side_ink(np.full(shape, 250, np.uint8), 300.0).is_blank
