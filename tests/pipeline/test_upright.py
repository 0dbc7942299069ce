"""The turn in which a page reads best, and pages that turning would spoil."""

from __future__ import annotations

import numpy as np
import pytest

from dossier.geometry import Box
from dossier.page import Engine
from dossier.ports import ReadLine, ReadWord
from pipeline.prepare import prepare
from pipeline.upright import Upright, upright
from tests.printed import letter, readers, turned

ENGINE = Engine("scripted", "1", "")


class Scripted:
    """Finds one line on every page and reads it as well as it is told, one reading after the other."""

    def __init__(self, *confidences: float) -> None:
        self.engine = ENGINE
        self.alphabet = ""
        self._confidences = list(confidences)

    def find(self, picture: np.ndarray) -> tuple[Box, ...]:
        return (Box(10, 10, 400, 40),)

    def read(self, lines: object) -> tuple[ReadLine, ...]:
        sure = self._confidences.pop(0)
        return (ReadLine((ReadWord("MẪU" * 8, 0.0, 1.0, sure, sure),)),)


def _upright(picture: np.ndarray) -> Upright:
    return upright(prepare(picture).view, readers().finder, readers().reader)


@pytest.mark.parametrize(("turns", "degrees"), [(0, -7.5), (1, 2.25), (2, 12.0)])
def test_a_page_turned_and_askew_is_laid_straight(turns: int, degrees: float) -> None:
    found = _upright(np.ascontiguousarray(np.rot90(turned(letter(dpi=150), -degrees), turns)))
    assert found.rotation_degrees == 90 * turns
    assert found.angle_degrees == pytest.approx(degrees, abs=0.05)
    assert found.confidence > 0.8
    assert found.skew_confidence > 0.7


def _doubtful() -> np.ndarray:
    """A few slanting strokes: an angle can be told, but not surely."""
    view = np.full((1200, 850), 245, np.uint8)
    random = np.random.default_rng(4)
    for row in range(200, 1000, 60):
        for x in range(100, 750, 2):
            y = row + x // 9 + int(random.integers(-9, 9))
            view[y : y + 2, x : x + 2] = 20
    return view


def test_a_page_that_reads_worse_straightened_stays_as_it_was() -> None:
    scripted = Scripted(0.6, 0.55, 0.85, 0.3)
    found = upright(_doubtful(), scripted, scripted)
    assert (found.rotation_degrees, found.angle_degrees, found.confidence) == (0, 0.0, pytest.approx(0.85))


def test_a_page_that_reads_better_straightened_is_straightened() -> None:
    scripted = Scripted(0.8, 0.2, 0.6, 0.2)
    found = upright(_doubtful(), scripted, scripted)
    assert found.angle_degrees != 0.0
    assert found.confidence == pytest.approx(0.8)


def test_what_cannot_be_read_either_way_is_not_turned() -> None:
    scripted = Scripted(0.2, 0.4, 0.1, 0.3)
    assert upright(np.full((900, 600), 245, np.uint8), scripted, scripted).rotation_degrees == 0
