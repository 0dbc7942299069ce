"""A side without words is blank only where nobody put anything on it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from models.sheet_edges import lying_things
from pipeline.wordless import bears_ink
from tests.odd_pages import EMPTY as DRAWN
from tests.odd_pages import HEIGHT, INKED, WIDTH, Pixels, blank

DPI = 150.0


def inked(picture: Pixels, dpi: float = DPI) -> bool:
    return bears_ink(picture, lying_things(picture, dpi), dpi)


def border(width: int, sides: str) -> Pixels:
    page, black = blank(), (20, 20, 22)
    if "l" in sides:
        page[:, :width] = black
    if "t" in sides:
        page[:width] = black
    if "r" in sides:
        page[:, -width:] = black
    return page


def corner(shade: int) -> Pixels:
    page = blank()
    cv2.fillPoly(page, [np.array([[0, 0], [160, 0], [0, 120]])], (shade, shade, shade))
    return page


def askew(lid: int) -> Pixels:
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 2, 1)
    return np.asarray(cv2.warpAffine(blank(), turn, (WIDTH, HEIGHT), borderValue=(lid, lid, lid)), np.uint8)


def dirt(count: int) -> Pixels:
    page, random = blank(), np.random.default_rng(3)
    for x, y in zip(random.integers(0, WIDTH, count), random.integers(0, HEIGHT, count), strict=True):
        cv2.circle(page, (int(x), int(y)), 1, (80, 80, 80), -1)
    cv2.line(page, (80, 60), (110, 66), (60, 60, 60), 3)  # a staple
    return page


BARE: dict[str, Callable[[], Pixels]] = {
    "border": lambda: border(50, "l"),
    "wide border": lambda: border(100, "tr"),
    "corner": lambda: corner(30),
    "grey corner": lambda: corner(200),
    "black lid": lambda: askew(15),
    "white lid": lambda: askew(235),
    "dirt": lambda: dirt(30),
    "more dirt": lambda: dirt(200),
    "even": lambda: np.full((40, 40, 3), 128, np.uint8),
}


def seal() -> Pixels:
    page = blank()
    for radius in (105, 98):
        cv2.circle(page, (600, 900), radius, (50, 40, 205), 3, cv2.LINE_AA)
    return page


def signature() -> Pixels:
    page, t = blank(), np.linspace(0, 14, 300)
    points = np.stack([450 + 30 * t + 30 * np.sin(3 * t), 750 + 80 * np.sin(2.1 * t)], axis=1)
    cv2.polylines(page, [points.astype(np.int32)], False, (110, 30, 20), 3, cv2.LINE_AA)
    return page


def portraits() -> Pixels:
    page, random = blank(), np.random.default_rng(2)
    for left in (200, 600):
        face = random.integers(60, 200, (12, 9, 3), dtype=np.uint8)
        page[200:555, left : left + 236] = cv2.resize(face, (236, 355), interpolation=cv2.INTER_CUBIC)
    return page


@pytest.mark.parametrize("name", BARE)
def test_dirt_and_the_scanners_edges_are_no_ink(name: str) -> None:
    assert not inked(BARE[name]())


@pytest.mark.parametrize("name", [name for name in DRAWN if name not in INKED])
def test_what_happens_to_paper_is_no_ink(name: str) -> None:
    assert not inked(np.ascontiguousarray(DRAWN[name]()[:, :, ::-1]))


@pytest.mark.parametrize("draw", [seal, signature, portraits, DRAWN["map"], DRAWN["photograph"]])
def test_a_seal_a_signature_a_photograph_and_a_plan_are_ink(draw: Callable[[], Pixels]) -> None:
    assert inked(draw())
    assert inked(draw(), 0.0), "nonsense counts as A4"
