"""The third reader of numbers: right on damaged print, silent on what is no number in print."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import cv2
import numpy as np
import pytest

from models.digit_shapes import _HEIGHTS, SURE, DigitShapeReader
from scanners.samples.damage import Hit, worn
from scanners.samples.faces import Face, font

READER = DigitShapeReader()
PAPER = 245


def strip(text: str, face: Face = Face.SERIF, size: int = 54, height: int = 72) -> np.ndarray:
    """A line of a form, prepared: dark print on even paper, a dotted line under it."""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (round(font(face, size).getlength(text)) + 80, height), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((40, height - 22), text, font=font(face, size), fill=40, anchor="ls")
    for x in range(0, picture.width, 13):
        draw.rectangle((x, height - 6, x + 2, height - 4), fill=120)
    return np.asarray(picture, np.uint8)


def number(seed: int) -> str:
    return "".join(Random(seed).choices("0123456789", k=12))


def read(picture: np.ndarray) -> tuple[str, float]:
    (line,) = READER.read([picture])
    return (line.words[0].text, line.words[0].confidence) if line.words else ("", 0.0)


@pytest.mark.parametrize("face", [Face.SERIF, Face.BOLD, Face.SANS, Face.SANS_BOLD])
@pytest.mark.parametrize("size", [48, 54, 62])
def test_print_is_read_in_its_place(face: Face, size: int) -> None:
    wanted = number(size)
    picture = strip(wanted, face, size)
    (line,) = READER.read([picture])
    (word,) = line.words
    assert (word.text, word.confidence > 0.9) == (wanted, True)
    assert abs(word.left * picture.shape[1] - 40) < 8
    assert abs(word.right * picture.shape[1] - (picture.shape[1] - 40)) < 8


def test_a_fifth_of_the_ink_may_be_gone() -> None:
    told = []
    for seed in range(12):
        hit = Hit(1.0, None, np.random.default_rng(seed))
        told.append(read(worn(strip(number(seed)), 3, hit))[0] == number(seed))
    assert all(told)


def test_crease_through_the_middle() -> None:
    picture = strip(number(5)).copy()
    picture[30:36] = PAPER
    assert read(picture)[0] == number(5)


@pytest.mark.parametrize("size", [48, 54, 62])
@pytest.mark.parametrize("gone", [0.0, 0.25])
def test_the_height_of_the_ink_leaves_nothing_untried_that_matters(
    size: int, gone: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the upper quarter is rubbed off, and the ink is lower than the digits are."""
    pictures = []
    for seed in range(4):
        picture = strip(number(seed), size=size)[:-8].copy()
        rows = np.flatnonzero((picture < 150).any(axis=1))
        picture[: rows[0] + round(gone * rows.size)] = PAPER
        pictures.append(picture)
    told = [read(picture) for picture in pictures]
    assert sum(text == number(seed) for seed, (text, _) in enumerate(told)) >= 2
    monkeypatch.setattr("models.digit_shapes._heights", lambda _: _HEIGHTS.tolist())
    assert [read(picture) for picture in pictures] == told


@pytest.mark.parametrize(
    "text", ["038097991", "Thôn Đông, Xã Hòa Mẫu, Tỉnh Ninh Bình", "chưa có số định danh cá nhân"]
)
def test_what_is_no_number_of_twelve_digits_is_not_answered(text: str) -> None:
    assert read(strip(text))[1] < SURE


def test_scribbles_and_noise_are_not_answered() -> None:
    rng = np.random.default_rng(3)
    scribble = np.full((72, 500), PAPER, np.uint8)
    points = np.stack([np.linspace(20, 480, 60), 36 + rng.normal(0, 14, 60)], axis=1).astype(int)
    for one, other in pairwise(points.tolist()):
        cv2.line(scribble, one, other, 40, 4)
    assert read(scribble)[1] < SURE
    assert read(rng.integers(0, 255, (72, 500), dtype=np.uint8))[1] < SURE
    assert read(np.full((72, 500), PAPER, np.uint8)) == ("", 0.0)


@pytest.mark.parametrize("shape", [(0, 0), (1, 400), (7, 90), (60, 60)])
def test_slivers_hold_nothing(shape: tuple[int, int]) -> None:
    assert read(np.full(shape, 40, np.uint8)) == ("", 0.0)
