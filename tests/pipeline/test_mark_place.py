"""The mark finds free ground on drawn pages, and never covers print while there is any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.geometry import Box
from pipeline.mark_place import CELL, Ground, Place, best_place

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
    assert not place.covers_print
    assert not covers(place, print_box)


def test_a_page_full_of_print_gets_the_smallest_mark_where_least_is_lost() -> None:
    left, right = Box(0, 0, 300, 300), Box(310, 0, WIDTH, 300)
    index, place = best_place(ground([left, right]), SIZES, "left")
    assert index == 2
    assert place.covers_print
    assert not place.is_free


def test_a_page_smaller_than_the_mark_gets_what_fits() -> None:
    small = Ground(np.zeros((10, 20), dtype=bool), np.zeros((10, 20), dtype=bool), 40.0, 20.0)
    _, place = best_place(small, SIZES, "left")
    assert place.width <= 40.0
    assert place.height <= 20.0


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
def test_print_is_covered_only_where_nothing_is_free(print_boxes: list[Box], corner: str) -> None:
    page = ground(print_boxes)
    index, place = best_place(page, SIZES, corner)
    top, left = round(place.top / CELL), round(place.left / CELL)
    rows, columns = -(-SIZES[index][1] // CELL), -(-SIZES[index][0] // CELL)
    under = page.print_cells[top : top + int(rows), left : left + int(columns)]
    assert place.covers_print == under.any()
    assert place.left >= 0
    assert place.left + place.width <= WIDTH
    assert place.top <= HEIGHT / 3
    if place.covers_print:
        # No place of the smallest size was free anywhere: proven by trying them all.
        rows, columns = -(-SIZES[-1][1] // CELL), -(-SIZES[-1][0] // CELL)
        margin, last = 6, page.print_cells.shape[1] - 6 - int(columns)
        free = [
            (r, c)
            for r in range(margin, page.print_cells.shape[0] // 3 + 1)
            for c in range(margin, last + 1)
            if not page.print_cells[r : r + int(rows), c : c + int(columns)].any()
        ]
        assert not free


@pytest.mark.parametrize("corner", ["left", "right"])
def test_it_stays_in_its_half_while_there_is_room(corner: str) -> None:
    _, place = best_place(ground([Box(0, 0, WIDTH, 100)]), SIZES, corner)
    middle = place.left + place.width / 2
    assert (middle < WIDTH / 2) == (corner == "left")
