"""Lines found by PaddleOCR's detector."""

from __future__ import annotations

import numpy as np
import pytest

from models.line_finder import finding_scale
from tests.printed import LETTER, PAPER, letter, readers


def _grey(dpi: int) -> np.ndarray:
    return np.ascontiguousarray(letter(dpi=dpi)[:, :, 2])


@pytest.mark.parametrize("dpi", [100, 200, 400])
def test_every_line_is_found_where_it_is(dpi: int) -> None:
    page = _grey(dpi)
    boxes = sorted(readers().finder.find(page), key=lambda box: box.top)
    inked = page < 128
    assert len(boxes) == len(LETTER)
    covered = np.zeros_like(inked)
    for box in boxes:
        covered[round(box.top) : round(box.bottom), round(box.left) : round(box.right)] = True
        assert box.width > 5 * box.height
    assert (inked & ~covered).sum() < 0.01 * inked.sum()


@pytest.mark.parametrize("shape", [(1, 1), (2, 30_000), (30_000, 2), (0, 10), (700, 500)])
def test_bare_paper_has_no_lines(shape: tuple[int, int]) -> None:
    assert readers().finder.find(np.full(shape, PAPER, np.uint8)) == ()


def test_a_strip_keeps_its_print() -> None:
    """A receipt four times as long as a page is wide must not be reduced as if it were a page."""
    strip = np.vstack([_grey(100)[:640, 80:680]] * 5)
    assert len(readers().finder.find(strip)) >= 5 * (len(LETTER) - 2)


@pytest.mark.parametrize(
    ("size", "longest"),
    [((2480, 3508), 1285), ((827, 1169), 1169), ((300, 12000), 3968), ((4000, 4000), 1280)],
)
def test_how_much_a_picture_is_reduced(size: tuple[int, int], longest: float) -> None:
    assert finding_scale(*size) * max(size) == pytest.approx(longest, rel=0.01)
