"""Degradations of samples: seeded, stronger step by step, and boxes move with the print."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from dossier.geometry import Affine, Box
from scanners.samples.degrade import STRENGTHS, Degradation, Pixels, degrade, moved

SPOT = Box(300, 240, 420, 290)
_SAME_SIZE = [d for d in Degradation if d not in (Degradation.LOW_RESOLUTION, Degradation.FAX)]


@pytest.fixture(scope="module")
def page() -> Pixels:
    """A small page in a paper's tone with a block of ink on it and finer print around."""
    chance = np.random.default_rng(1)
    paper = np.full((900, 700, 3), (250, 249, 245), np.uint8)
    for top in range(60, 840, 36):
        for left in range(60, 640, 14):
            if chance.random() < 0.7:
                paper[top : top + 18, left : left + 5] = (30, 28, 32)
    paper[200:330, 260:460] = (250, 249, 245)
    paper[240:290, 300:420] = (20, 20, 24)
    return paper


@pytest.mark.parametrize("kind", list(Degradation))
def test_same_seed_same_pixels_and_another_seed_others(kind: Degradation, page: Pixels) -> None:
    untouched = page.copy()
    one, two = (degrade(page, [(kind, 2)], Random(5), spot=SPOT) for _ in range(2))
    assert np.array_equal(one.picture, two.picture)
    assert np.array_equal(page, untouched), "the picture that came in is left alone"
    assert one.picture.dtype == np.uint8
    fixed = (
        Degradation.BLUR,
        Degradation.JPEG,
        Degradation.FAX,
        Degradation.LOW_RESOLUTION,
        Degradation.PUNCH_HOLES,
    )
    other = degrade(page, [(kind, 2)], Random(6), spot=SPOT)
    assert np.array_equal(one.picture, other.picture) is (kind in fixed)


@pytest.mark.parametrize("kind", _SAME_SIZE)
def test_stronger_is_further_from_the_page(kind: Degradation, page: Pixels) -> None:
    if kind is Degradation.PUNCH_HOLES:
        return  # the same holes, nearer to the print
    away = [
        float(np.abs(degrade(page, [(kind, s)], Random(3), spot=SPOT).picture.astype(int) - page).mean())
        for s in STRENGTHS
    ]
    if kind is Degradation.STAMP:
        assert min(away) > 0.5
    else:
        assert 0 < away[0] < away[1] < away[2]


@pytest.mark.parametrize("kind", list(Degradation))
@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_box_lies_on_its_ink(kind: Degradation, strength: int, page: Pixels) -> None:
    after = degrade(page, [(kind, strength)], Random(11))
    box = moved(SPOT, after.matrix)
    inner = after.picture[
        round(box.top) + 3 : round(box.bottom) - 3, round(box.left) + 9 : round(box.right) - 9
    ]
    around = after.picture[round(box.top) - 12 : round(box.top) - 8, round(box.left) : round(box.right)]
    dark, light = float(np.median(inner)), float(np.median(around))
    assert dark < light - 15, (dark, light)


def test_steps_compose_and_the_matrix_with_them(page: Pixels) -> None:
    steps = [(Degradation.SKEW, 2), (Degradation.LOW_RESOLUTION, 1), (Degradation.NOISE, 1)]
    after = degrade(page, steps, Random(7))
    assert (after.dpi, after.picture.shape) == (150.0, (450, 350, 3))
    box = moved(SPOT, after.matrix)
    middle = after.picture[round((box.top + box.bottom) / 2), round((box.left + box.right) / 2)]
    assert middle.max() < 90
    assert degrade(page, [], Random(7)).matrix == Affine(1, 0, 0, 1, 0, 0)


def test_grey_pages_stay_grey(page: Pixels) -> None:
    grey = np.ascontiguousarray(page[:, :, 0])
    for kind in Degradation:
        assert degrade(grey, [(kind, 2)], Random(2)).picture.ndim == 2


def test_fax_is_black_and_white_at_200_dots(page: Pixels) -> None:
    after = degrade(page, [(Degradation.FAX, 3)], Random(2))
    assert set(np.unique(after.picture)) == {0, 255}
    assert after.dpi == 200.0
    assert np.array_equal(after.picture[0::2], after.picture[1::2]), "every line twice"


def test_a_page_below_the_resolution_is_not_made_larger(page: Pixels) -> None:
    after = degrade(page, [(Degradation.LOW_RESOLUTION, 1)], Random(2), dpi=100.0)
    assert after.picture.shape == page.shape


@pytest.mark.parametrize("strength", [0, 4])
def test_other_strengths_are_refused(strength: int, page: Pixels) -> None:
    with pytest.raises(ValueError, match="1, 2 or 3"):
        degrade(page, [(Degradation.BLUR, strength)], Random(1))
