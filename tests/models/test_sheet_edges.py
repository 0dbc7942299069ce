"""Cards and small sheets on the glass are found by their edges; print, rules and shadows are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dossier.outline import OutlineKind
from models.sheet_edges import lying_things
from scanners.samples.on_glass import cards_on_glass
from tests.printed import letter

DPI = 150
A4 = (1754, 1240)
CARD = (319, 506)
"""Rows and columns of ID-1 at 150 dpi."""
LID, PAPER = 60, 246


def error_mm(found: tuple[tuple[float, float], ...], true: np.ndarray, dpi: float) -> float:
    """Of the worst corner, whichever of them comes first."""
    turns = [np.linalg.norm(np.array(found) - np.roll(true, k, axis=0), axis=1).max() for k in range(4)]
    return float(min(turns)) / dpi * 25.4


def glass(lid: int = LID) -> np.ndarray:
    return np.full((*A4, 3), lid, np.uint8)


def laid(picture: np.ndarray, shape: tuple[int, int], place: tuple[float, float], angle: float) -> np.ndarray:
    """A plain bright thing of `shape` (rows, columns) with its middle at `place` (x, y)."""
    corners = cv2.boxPoints((place, (shape[1], shape[0]), angle))
    return cv2.fillPoly(picture.copy(), [corners.round().astype(np.int32)], (PAPER,) * 3, cv2.LINE_AA)


def test_two_cards_at_angles_of_their_own_are_found_to_a_third_of_a_millimetre() -> None:
    page = cards_on_glass(1, 1)
    found = lying_things(np.ascontiguousarray(page.picture[:, :, ::-1]), page.dpi)
    assert [outline.kind for outline in found] == [OutlineKind.CARD] * 2
    for thing in page.things:
        assert min(error_mm(outline.corners, thing.corners, page.dpi) for outline in found) < 0.4
    for outline in found:
        assert outline.sides[0] / page.dpi * 25.4 == pytest.approx(85.6, abs=0.8)


def test_sheets_in_the_corner_of_the_glass_and_beside_another() -> None:
    cornered = glass()
    cornered[:1240, :880] = PAPER
    (found,) = lying_things(cornered, DPI)
    assert found.box.right == pytest.approx(880, abs=2)
    assert found.box.bottom == pytest.approx(1240, abs=2)
    both = laid(laid(glass(), (700, 900), (600, 420), 2.0), (700, 900), (620, 1300), -3.0)
    assert [thing.kind for thing in lying_things(both, DPI)] == [OutlineKind.SHEET] * 2


@pytest.mark.parametrize(
    "shape", [(CARD[0] - 40, CARD[1]), (CARD[0], CARD[1] + 60)], ids=["too low", "too wide"]
)
def test_what_has_not_the_size_of_a_card_is_none(shape: tuple[int, int]) -> None:
    assert lying_things(laid(glass(), CARD, (620, 800), 17), DPI)[0].kind is OutlineKind.CARD
    assert all(
        found.kind is OutlineKind.SHEET for found in lying_things(laid(glass(), shape, (620, 800), 17), DPI)
    )


def test_where_edges_cannot_be_told_nothing_is_found() -> None:
    ruled = letter(dpi=DPI)
    cv2.rectangle(ruled, (200, 900), (200 + CARD[1], 900 + CARD[0]), (20, 20, 20), 3)
    shaded = letter(dpi=DPI).astype(np.float32)
    shaded[:, 600:] *= np.linspace(1.0, 0.5, A4[1] - 600)[None, :, None]
    overlapping = laid(laid(glass(), (700, 900), (560, 500), 0), (700, 900), (700, 1000), 20)
    for name, picture in {
        "an ordinary page with a frame as large as a card": ruled,
        "a shadow": shaded.astype(np.uint8),
        "half off the glass": laid(glass(), CARD, (1240, 800), 12),
        "a white card under a white lid": laid(glass(PAPER - 2), CARD, (620, 800), 12),
        "one sheet half over another": overlapping,
        "nothing but the lid": glass(),
        "noise": np.random.default_rng(3).integers(0, 255, (877, 620, 3), dtype=np.uint8),
    }.items():
        assert lying_things(picture, DPI) == (), name


@pytest.mark.parametrize("dpi", [0.0, -1.0, 30.0, float("nan"), 300.0, 9000.0])
def test_odd_sizes_and_resolutions(dpi: float) -> None:
    for shape in ((1, 1, 3), (1, 4000, 3), (40, 40, 3)):
        assert lying_things(np.full(shape, 200, np.uint8), dpi) == ()
