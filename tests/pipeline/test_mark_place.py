"""The mark finds free ground on drawn pages, and never covers print while there is any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.geometry import Box
from pipeline.mark_place import CELL, Ground, Place
from pipeline.mark_place import best_place as found_place

SIZES = [(190.0, 29.0), (150.0, 24.0), (118.0, 20.0)]
WIDTH, HEIGHT = 595.0, 842.0


def ground(print_boxes: list[Box], ink_boxes: list[Box] | None = None) -> Ground:
    """A page of A4 with print and ink in these rectangles, points."""
    shape = (round(HEIGHT / CELL), round(WIDTH / CELL))
    masks = []
    for boxes in (print_boxes, print_boxes + (ink_boxes or [])):
        mask = np.zeros(shape, dtype=bool)
        for box in boxes:
            rows = slice(int(max(0, box.top) / CELL), int(-(-max(0, box.bottom) // CELL)))
            mask[rows, int(max(0, box.left) / CELL) : int(-(-max(0, box.right) // CELL))] = True
        masks.append(mask)
    return Ground(masks[0], masks[1], WIDTH, HEIGHT)


def best_place(page: Ground, sizes: list[tuple[float, float]], corner: str) -> tuple[int, Place]:
    found = found_place(page, sizes, corner)
    assert found is not None
    return found


def covers(place: Place, box: Box) -> bool:
    mark = Box(place.left, place.top, place.left + place.width, place.top + place.height)
    return mark.overlaps(box)


def test_an_empty_page_takes_it_in_the_corner() -> None:
    index, place = best_place(ground([]), SIZES, "left")
    assert index == 0
    assert place.is_free
    assert place.left < 20
    assert place.top < 20
    index, place = best_place(ground([]), SIZES, "right")
    assert place.left + place.width > WIDTH - 20
    assert place.top < 20


def test_a_full_corner_moves_it_and_keeps_its_size() -> None:
    heading = Box(40, 0, 300, 60)
    index, place = best_place(ground([heading]), SIZES, "left")
    assert index == 0
    assert place.is_free
    assert not covers(place, heading)
    assert place.left < 60


def test_a_narrow_gap_takes_a_smaller_mark() -> None:
    lines = [Box(0, top, WIDTH, top + 40) for top in range(0, 400, 62)]
    index, place = best_place(ground(lines), SIZES, "left")
    assert index == 2
    assert place.is_free
    assert not any(covers(place, line) for line in lines)


def test_handwriting_that_nobody_recognised_is_avoided() -> None:
    scribble = Box(0, 0, 360, 150)
    _, place = best_place(ground([], [scribble]), SIZES, "left")
    assert place.is_free
    assert not covers(place, scribble)


def test_ink_everywhere_gets_a_ground_of_its_own_but_print_stays_bare() -> None:
    print_box = Box(0, 0, WIDTH, 120)
    _, place = best_place(ground([print_box], [Box(0, 0, WIDTH, HEIGHT)]), SIZES, "left")
    assert not place.is_free
    assert not covers(place, print_box)


@pytest.mark.parametrize("corner", ["left", "right"])
def test_a_full_top_third_sends_it_further_down_at_its_own_size(corner: str) -> None:
    index, place = best_place(ground([Box(0, 0, WIDTH, 500)]), SIZES, corner)
    assert index == 0
    assert place.is_free
    assert 500 <= place.top < 520


def test_a_page_full_of_print_has_no_place() -> None:
    assert found_place(ground([Box(0, 0, WIDTH, HEIGHT)]), SIZES, "left") is None
    narrow = [Box(left, 0, left + 90, HEIGHT) for left in range(0, 600, 100)]
    assert found_place(ground(narrow), SIZES, "left") is None


def test_a_page_smaller_than_the_mark_has_none_either() -> None:
    small = Ground(np.zeros((10, 20), dtype=bool), np.zeros((10, 20), dtype=bool), 40.0, 20.0)
    assert found_place(small, SIZES, "left") is None


boxes = st.lists(
    st.builds(
        lambda left, top, width, height: Box(left, top, left + width, top + height),
        st.floats(0, 560),
        st.floats(0, 320),
        st.floats(4, 400),
        st.floats(4, 60),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(boxes, st.sampled_from(["left", "right"]))
def test_print_is_never_covered(print_boxes: list[Box], corner: str) -> None:
    page = ground(print_boxes)
    found = found_place(page, SIZES, corner)
    if found is None:
        # No place of the smallest size was free anywhere: proven by trying them all.
        rows, columns = int(-(-SIZES[-1][1] // CELL)), int(-(-SIZES[-1][0] // CELL))
        down, across = (
            side - 6 - part for side, part in zip(page.print_cells.shape, (rows, columns), strict=True)
        )
        taken = [
            page.print_cells[r : r + rows, c : c + columns].any()
            for r in range(6, down + 1)
            for c in range(6, across + 1)
        ]
        assert all(taken)
        return
    index, place = found
    top, left = round(place.top / CELL), round(place.left / CELL)
    rows, columns = int(-(-SIZES[index][1] // CELL)), int(-(-SIZES[index][0] // CELL))
    assert not page.print_cells[top : top + rows, left : left + columns].any()
    assert place.left >= 0
    assert place.left + place.width <= WIDTH
    assert place.top + place.height <= HEIGHT


@pytest.mark.parametrize("corner", ["left", "right"])
def test_it_stays_in_its_half_while_there_is_room(corner: str) -> None:
    _, place = best_place(ground([Box(0, 0, WIDTH, 100)]), SIZES, corner)
    middle = place.left + place.width / 2
    assert (middle < WIDTH / 2) == (corner == "left")
