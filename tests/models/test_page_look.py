"""What a picture tells about its scan: each flaw beside a page that has none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dossier.quality import Flaw, Measure
from models.page_look import clipped_print, page_measures, streak_columns
from pipeline.deskew import ink_of
from pipeline.prepare import prepare
from scanners.samples import damage
from tests.printed import LETTER, letter

DPI = 200


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    return letter(LETTER * 2, dpi=DPI)


def measured(picture: np.ndarray, flaw: Flaw, dpi: float = DPI) -> Measure | None:
    return next((m for m in page_measures(picture, dpi) if m.flaw is flaw), None)


def value(picture: np.ndarray, flaw: Flaw, dpi: float = DPI) -> float:
    found = measured(picture, flaw, dpi)
    assert found is not None
    return found.value


def test_softness_grows_with_blur_and_does_not_depend_on_resolution(page: np.ndarray) -> None:
    soft = [value(np.asarray(cv2.GaussianBlur(page, (0, 0), s)), Flaw.BLUR) for s in (0.6, 1.5, 3.0)]
    assert soft[0] < soft[1] < soft[2]
    finer = letter(LETTER * 2, dpi=300)
    same = value(np.asarray(cv2.GaussianBlur(finer, (0, 0), 4.5)), Flaw.BLUR, 300)
    assert same == pytest.approx(soft[2], rel=0.2)


def test_pale_print_and_dark_paper_are_told(page: np.ndarray) -> None:
    assert value(page, Flaw.TOO_PALE) > 150
    pale = 255 - ((255 - page.astype(np.float32)) * 0.2).astype(np.uint8)
    assert value(pale, Flaw.TOO_PALE) < 60
    assert value(page, Flaw.TOO_DARK) > 240
    assert value((page * 0.4).astype(np.uint8), Flaw.TOO_DARK) < 110


def test_a_shadow_is_told_with_its_place(page: np.ndarray) -> None:
    assert value(page, Flaw.SHADOW) > 0.9
    shaded = page.copy()
    shaded[:700, :600] = (shaded[:700, :600] * 0.4).astype(np.uint8)
    found = measured(shaded, Flaw.SHADOW)
    assert found is not None
    assert found.value == pytest.approx(0.4, abs=0.05)
    assert found.box.right <= 640
    assert found.box.bottom <= 740


def _cornered(page: np.ndarray, across: int, down: int) -> np.ndarray:
    folded = page.copy()
    corner = np.array([(0, 0), (across, 0), (0, down)])
    cv2.fillPoly(folded, [corner], (150, 150, 150))
    return np.ascontiguousarray(folded[:, ::-1])


def test_a_folded_corner_is_told_and_a_slender_wedge_is_none(page: np.ndarray) -> None:
    found = measured(_cornered(page, 160, 200), Flaw.FOLDED_CORNER)
    assert found is not None
    assert found.value == pytest.approx(160 / DPI * 25.4, abs=1.5)
    assert found.box.left > page.shape[1] - 180
    assert measured(_cornered(page, 60, 1200), Flaw.FOLDED_CORNER) is None
    assert measured(page, Flaw.FOLDED_CORNER) is None


def test_a_shadow_over_a_corner_is_no_fold(page: np.ndarray) -> None:
    y, x = np.mgrid[0 : page.shape[0], 0 : page.shape[1]].astype(np.float32)
    light = np.clip(0.4 + (x + y) / 1800, 0, 1)[:, :, None]
    assert measured((page * light).astype(np.uint8), Flaw.FOLDED_CORNER) is None


def test_a_finger_is_told(page: np.ndarray) -> None:
    assert measured(page, Flaw.FINGER) is None
    held = page.copy()
    cv2.ellipse(held, (0, 1200), (200, 90), 0, 0, 360, (110, 150, 205), -1)
    assert value(held, Flaw.FINGER) > 200


def test_a_red_seal_is_no_finger(page: np.ndarray) -> None:
    red = damage.stamp(page[:, :, ::-1], 1, damage.Hit(DPI / 300, None, np.random.default_rng(1)))
    assert measured(np.ascontiguousarray(red[:, :, ::-1]), Flaw.FINGER) is None


@pytest.mark.parametrize(("share", "expected"), [(1.0, 1.0), (0.94, 0.94), (1.06, 1.06)])
def test_scale_is_told_by_the_shape_of_a_sheet(share: float, expected: float, page: np.ndarray) -> None:
    assert value(page, Flaw.SCALE, DPI / share) == pytest.approx(expected, abs=0.01)


def test_scale_of_a_receipt_cannot_be_told(page: np.ndarray) -> None:
    assert measured(np.ascontiguousarray(page[:, :700]), Flaw.SCALE) is None


def test_the_same_streak_is_found_on_pages_of_one_glass(page: np.ndarray) -> None:
    dirty = page.copy()
    dirty[:, 901:903] = (dirty[:, 901:903] * 0.6).astype(np.uint8)
    assert streak_columns(page, DPI) == ()
    (column,) = streak_columns(dirty, DPI)
    assert column == pytest.approx(901.5 / DPI * 25.4, abs=0.2)


def test_the_rules_of_a_table_are_no_streaks(page: np.ndarray) -> None:
    form = page.copy()
    for x in (300, 800, 1300):
        form[150:2250, x : x + 3] = 20
    assert streak_columns(form, DPI) == ()


def test_print_cut_at_the_edge_is_told(page: np.ndarray) -> None:
    cut = np.ascontiguousarray(page[:, 330:])
    whole, clipped = (clipped_print(ink_of(prepare(p).view)) for p in (page, cut))
    assert whole is not None
    assert clipped is not None
    assert whole.value == 0
    assert clipped.value >= 4
    assert clipped.box.left == 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (20, 20, 3), (30, 2000, 3)])
def test_tiny_pictures_are_no_trouble(shape: tuple[int, int, int]) -> None:
    picture = np.full(shape, 200, np.uint8)
    page_measures(picture, 300.0)
    assert streak_columns(picture, 300.0) == ()
