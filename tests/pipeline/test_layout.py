"""Reading order of boxes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dossier.geometry import Box
from pipeline.layout import reading_order

SIDES = st.floats(0, 2000, allow_nan=False)


def _box(left: float, top: float, width: float, height: float = 40) -> Box:
    return Box(left, top, left + width, top + height)


def test_a_head_of_two_columns_is_read_row_by_row() -> None:
    agency, country = _box(100, 100, 500), _box(1000, 104, 900)
    unit, motto = _box(150, 160, 400), _box(1100, 158, 700)
    assert reading_order([motto, unit, country, agency]) == (agency, country, unit, motto)


def test_parts_of_a_line_are_joined_and_fields_of_a_row_are_not() -> None:
    name, rest, sex = _box(100, 100, 300), _box(420, 102, 200), _box(900, 101, 200)
    line, other = reading_order([sex, rest, name])
    assert (line.left, line.right) == (100, 620)
    assert other == sex


def test_a_heading_is_not_joined_with_small_print_beside_it() -> None:
    heading, note = _box(100, 100, 300, 80), _box(410, 120, 200, 36)
    assert len(reading_order([heading, note])) == 2


@given(st.lists(st.builds(_box, SIDES, SIDES, st.floats(1, 900), st.floats(1, 200)), max_size=30))
def test_nothing_is_lost(boxes: list[Box]) -> None:
    ordered = reading_order(boxes)
    assert len(ordered) <= len(boxes)
    for box in boxes:
        assert any(
            o.left <= box.left and o.top <= box.top and o.right >= box.right and o.bottom >= box.bottom
            for o in ordered
        )
