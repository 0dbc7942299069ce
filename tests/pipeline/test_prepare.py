"""What preparation does to stamps, shadows and geometry."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dossier.geometry import Box, UprightFrame
from pipeline.prepare import PAPER, line_picture, prepare, turn
from tests.printed import letter

PAGE = letter(dpi=300)


def test_a_red_seal_vanishes_and_black_print_below_it_stays() -> None:
    stamped = PAGE.copy()
    seal = np.zeros(PAGE.shape[:2], np.uint8)
    cv2.circle(seal, (700, 500), 260, 255, 18)
    cv2.circle(seal, (700, 500), 120, 255, -1)
    red = seal > 0
    stamped[red] = np.minimum(stamped[red], np.array([60, 50, 225], np.uint8))
    clean, view = prepare(PAGE).view, prepare(stamped).view
    difference = np.abs(clean.astype(int) - view.astype(int))
    assert difference.max() < 45
    assert (view < 128).sum() == pytest.approx((clean < 128).sum(), rel=0.02)


def test_a_shadow_across_the_page_is_divided_away() -> None:
    shade = np.linspace(1.0, 0.45, PAGE.shape[1])[None, :, None]
    view = prepare((PAGE * shade).astype(np.uint8)).view
    margin = view[:60, 40:-40]
    assert abs(float(margin.mean()) - PAPER) < 4
    assert float(margin.std()) < 4


def test_the_scan_itself_is_not_changed() -> None:
    page = PAGE.copy()
    page.flags.writeable = False
    prepare(page)
    assert (page == PAGE).all()


@pytest.mark.parametrize("dpi", [100, 300, 600])
def test_every_resolution_is_looked_at_in_one_size(dpi: int) -> None:
    blank = np.full((round(11.69 * dpi), round(8.27 * dpi), 3), 250, np.uint8)
    assert max(prepare(blank).view.shape) == min(1285, blank.shape[0]) or dpi > 100
    assert max(prepare(blank).view.shape) <= 1290


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("angle", [0.0, 1.4, -11.0])
def test_a_box_of_the_upright_frame_shows_what_lies_there_in_the_scan(rotation: int, angle: float) -> None:
    """The same matrix that the rendition writes into the PDF leads to the same pixels."""
    page = np.full((900, 700, 3), 255, np.uint8)
    cv2.circle(page, (500, 300), 12, (0, 0, 0), -1)
    frame = UprightFrame(700, 900, rotation, angle)
    x, y = frame.matrix.apply(500.5, 300.5)
    prepared = prepare(page)
    patch = line_picture(prepared, frame, Box(x - 40, y - 20, x + 40, y + 20))
    rows, columns = np.nonzero(patch < 128)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((40, 20), abs=0.6)
    whole = turn(prepared.view, frame)
    assert whole.shape == (frame.height, frame.width)
    rows, columns = np.nonzero(whole < 128)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((x, y), abs=0.6)


def test_large_lines_come_from_a_halved_picture() -> None:
    prepared = prepare(letter(dpi=600))
    frame = UprightFrame(prepared.width, prepared.height, 0, 0.0)
    assert line_picture(prepared, frame, Box(100, 100, 2100, 300)).shape == (50, 500)
    assert line_picture(prepared, frame, Box(100, 100, 2100, 160)).shape == (60, 2000)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 4000, 3), (4000, 1, 3), (2, 2, 3)])
def test_slivers_are_prepared(shape: tuple[int, int, int]) -> None:
    prepared = prepare(np.zeros(shape, np.uint8))
    assert (prepared.height, prepared.width) == shape[:2]
