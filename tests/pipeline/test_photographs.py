"""A photographed sheet is seen from the front where its edges can be told and it reads better so."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pytest

from dossier.outline import Outline, OutlineKind
from models.photographed_sheet import photographed_sheet, size_mm
from pipeline.photographs import Front, from_the_front, tells_as_much
from scanners.samples.on_glass import Corners
from scanners.samples.photographed import photographed
from tests.printed import LETTER, letter, readers

SIZE = (960, 1280)


@cache
def photograph(*, is_lying: bool = False) -> tuple[np.ndarray, Corners]:
    """Blue-green-red, and where the corners of the sheet are; A4 with large print."""
    sheet = letter(LETTER, dpi=110, size=20)[:, :, ::-1]
    sheet = np.ascontiguousarray(np.rot90(sheet) if is_lying else sheet)
    seen, corners = photographed(sheet, Random(5), SIZE[::-1] if is_lying else SIZE)
    return np.ascontiguousarray(seen[:, :, ::-1]), corners


@pytest.mark.parametrize("is_lying", [False, True])
def test_corners_shape_and_resolution(*, is_lying: bool) -> None:
    picture, corners = photograph(is_lying=is_lying)
    outline = photographed_sheet(picture)
    assert outline is not None
    pixel = (outline.sides[0] if not is_lying else outline.sides[1]) / 210
    assert np.linalg.norm(np.array(outline.corners) - corners, axis=1).max() / pixel < 1.0
    assert size_mm(outline, picture) == ((297.0, 210.0) if is_lying else (210.0, 297.0))
    front = from_the_front(picture)
    assert front is not None
    height, width = front.picture.shape[:2]
    assert (width / height) == pytest.approx(297 / 210 if is_lying else 210 / 297, rel=0.01)
    assert max(width, height) / front.dpi * 25.4 == pytest.approx(297, abs=1)


def test_without_edges_there_is_no_front() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 700, 3), dtype=np.uint8)
    shade = np.repeat(np.linspace(90, 250, 900).astype(np.uint8)[:, None, None], 700, 1).repeat(3, 2)
    screen = letter(LETTER, dpi=100)
    screen[:80] = (120, 60, 20)
    for name, picture in {
        "print alone": letter(LETTER * 2, dpi=100),
        "noise": noise,
        "light that falls off": shade,
        "a screenshot": screen,
        "tiny": np.full((3, 4000, 3), 200, np.uint8),
        "one pixel": np.zeros((1, 1, 3), np.uint8),
        "blank": np.full((900, 700, 3), 240, np.uint8),
    }.items():
        assert from_the_front(picture) is None, name


def test_a_front_is_taken_where_it_tells_as_much() -> None:
    sheet = letter(LETTER[:4], dpi=100)
    height, width = sheet.shape[:2]
    finder, reader = readers().finder, readers().reader

    def front(picture: np.ndarray, top: float = 0.0) -> Front:
        """As if the sheet's upper edge lay there."""
        corners = ((0.0, top), (float(width), top), (float(width), float(height)), (0.0, float(height)))
        return Front(picture, 100.0, Outline(OutlineKind.PHOTOGRAPHED, corners), is_flattened=False)

    assert tells_as_much(front(sheet), sheet, finder, reader)
    # Print outside its edges is lost with the table, whatever the rest reads like.
    assert not tells_as_much(front(sheet, top=height / 2), sheet, finder, reader)
    assert not tells_as_much(front(np.full_like(sheet, 240)), sheet, finder, reader)
    empty = np.full_like(sheet, 240)
    assert not tells_as_much(front(empty), empty, finder, reader), "nothing shows that it was right"
