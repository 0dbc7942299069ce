"""Which way up a page lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dossier.geometry import Box
from pipeline.orient import Orientation, orientation
from pipeline.picture import decode
from pipeline.prepare import prepare
from tests.printed import LETTER, letter, readers

MATERIAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "rotation" / "dev"
SPARSE = ("", "", "", "", "GIẤY CHỨNG NHẬN", "", "Số: 01/GCN", "", "", "Hòa Mẫu, ngày 01 tháng 02 năm 2026")


class CountingFinder:
    """The product's finder, and how often it was asked."""

    def __init__(self) -> None:
        self.engine = readers().finder.engine
        self.asked = 0

    def find(self, picture: np.ndarray) -> tuple[Box, ...]:
        self.asked += 1
        return readers().finder.find(picture)


def _orientation(picture: np.ndarray) -> Orientation:
    return orientation(prepare(picture).view, readers().finder, readers().reader)


@pytest.mark.parametrize("lines", [LETTER, SPARSE], ids=["letter", "sparse"])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_each_quarter_turn_is_undone(lines: tuple[str, ...], turns: int) -> None:
    """np.rot90 turns counter-clockwise, so as many clockwise turns make it upright again."""
    found = _orientation(np.ascontiguousarray(np.rot90(letter(lines, dpi=150), turns)))
    assert found.rotation_degrees == 90 * turns
    assert found.confidence > 0.8


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_lie_in_the_turned_picture(turns: int) -> None:
    upright = _orientation(letter(dpi=150))
    found = _orientation(np.ascontiguousarray(np.rot90(letter(dpi=150), turns)))
    places, expected = (
        np.array(sorted((box.top, box.left, box.bottom, box.right) for box in boxes))
        for boxes in (found.boxes, upright.boxes)
    )
    assert np.abs(places - expected).max() <= 6


def test_a_machine_readable_zone_tells_up_from_down() -> None:
    """Read upside down it is as sure of itself: fillers, and digits that look alike both ways."""
    zone = (
        "IDVNM0990123456001099012345<<6",
        "9001011M3012319VNM<<<<<<<<<<<8",
        "TRAN<<VAN<MAU<<<<<<<<<<<<<<<<<",
    )
    for turns in (0, 2):
        picture = np.ascontiguousarray(np.rot90(letter(zone, dpi=150), turns))
        assert _orientation(picture).rotation_degrees == 90 * turns


def test_an_upright_page_is_looked_at_once() -> None:
    finder = CountingFinder()
    orientation(prepare(letter(dpi=150)).view, finder, readers().reader)
    assert finder.asked == 1


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_page_without_print_stays_as_it_is(grey: int) -> None:
    found = _orientation(np.full((1200, 850, 3), grey, np.uint8))
    assert (found.rotation_degrees, found.boxes, found.confidence) == (0, (), 0.0)


@pytest.mark.material
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the real material is not beside the project")
@pytest.mark.parametrize(
    ("name", "degrees"), [("mcocr_public_145013atlmq.jpg", 0), ("mcocr_public_145013bcovr.jpg", 90)]
)
def test_real_photographs_of_receipts(name: str, degrees: int) -> None:
    assert _orientation(decode((MATERIAL / name).read_bytes())).rotation_degrees == degrees
