"""The angle that straightens a page, judged by the degrees that are left."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from pipeline.deskew import ink_of, skew_angle
from pipeline.picture import decode
from pipeline.prepare import prepare
from tests.printed import letter, qr, turned

MATERIAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "skew"
PAGE = letter(dpi=150)


def _ink(picture: np.ndarray) -> np.ndarray:
    return ink_of(prepare(picture).view)


@pytest.mark.parametrize("degrees", [-15.0, -7.3, -1.2, -0.4, 0.0, 0.25, 0.9, 3.1, 15.0])
def test_a_turned_page_is_measured(degrees: float) -> None:
    angle = skew_angle(_ink(turned(PAGE, -degrees)))
    assert angle.degrees == pytest.approx(degrees, abs=0.1)
    assert angle.confidence > 0.7


def test_a_page_on_its_side_shows_the_same_angle_across() -> None:
    ink = _ink(np.ascontiguousarray(np.rot90(turned(PAGE, -2.0))))
    across, along = skew_angle(ink), skew_angle(ink.T[::-1])
    assert along.degrees == pytest.approx(2.0, abs=0.1)
    assert along.confidence > across.confidence


def test_a_code_in_step_with_the_pixels_does_not_call_the_page_straight() -> None:
    picture = turned(PAGE, -1.5)
    code = qr("MẪU " * 60, 330)
    picture[1200:1530, 700:1030] = code[:, :, None]
    assert skew_angle(_ink(picture)).degrees == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("degrees", [-12.345, -0.118, -0.062, 0.087, 0.131, 3.333])
def test_the_angle_is_exact_to_a_twentieth_and_not_drawn_to_zero(degrees: float) -> None:
    assert skew_angle(_ink(turned(PAGE, -degrees))).degrees == pytest.approx(degrees, abs=0.05)


def test_a_pale_page_is_measured_too() -> None:
    pale = np.clip(255 - (255 - turned(PAGE, -4.2).astype(np.float32)) * 0.2, 0, 255).astype(np.uint8)
    assert skew_angle(_ink(pale)).degrees == pytest.approx(4.2, abs=0.05)


@pytest.mark.parametrize("grey", [0, 180, 255])
def test_an_even_page_shows_no_ink_or_nothing_else(grey: int) -> None:
    assert skew_angle(ink_of(np.full((1200, 850), grey, np.uint8))).confidence == 0.0


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (3, 900), (900, 3), (40, 40), (1200, 850)])
def test_bare_paper_has_no_angle(shape: tuple[int, int]) -> None:
    angle = skew_angle(np.zeros(shape, np.bool_))
    assert (angle.degrees, angle.confidence) == (0.0, 0.0)


def test_noise_is_not_trusted() -> None:
    noise = np.random.default_rng(3).random((1200, 850)) < 0.01
    assert skew_angle(noise).confidence < 0.5


@pytest.mark.material
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the real material is not beside the project")
def test_real_pages() -> None:
    """Only the pictures; the pages inside PDF files go the same way after intake."""
    with (MATERIAL / "manifest.tsv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if not row["file"].endswith(".pdf")]
    errors = []
    for row in rows:
        angle = skew_angle(_ink(decode((MATERIAL / row["file"]).read_bytes())))
        errors.append(abs(angle.degrees - float(row["skew_ccw_to_straighten_deg"])))
    assert np.mean(errors) < 0.1
    assert max(errors) < 0.3
