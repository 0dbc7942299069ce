"""White gaps in lines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.gaps import cut_columns, ink_columns, white_runs, widest_gaps


def _bars(width: int, *bars: tuple[int, int]) -> np.ndarray:
    picture = np.full((48, width), 245, np.uint8)
    for left, right in bars:
        picture[8:40, left:right] = 20
    return picture


def test_ink_is_found_on_tinted_paper_and_not_on_bare_paper() -> None:
    tinted = (_bars(100, (30, 60)) * 0.6).astype(np.uint8)
    assert np.flatnonzero(ink_columns(tinted)).tolist() == list(range(30, 60))
    assert not ink_columns(np.full((48, 100), 245, np.uint8)).any()


def test_widest_gap_between_two_peaks() -> None:
    ink = ink_columns(_bars(200, (10, 50), (54, 90), (110, 180)))
    assert widest_gaps(ink, [(30, 150)]) == [(90.0, 110.0)]


def test_touching_words_are_parted_in_the_middle() -> None:
    assert widest_gaps(np.ones(100, np.bool_), [(40, 60)]) == [(50.0, 50.0)]


def test_a_line_is_cut_in_its_widest_gap() -> None:
    picture = _bars(3000, (0, 900), (905, 1300), (1340, 2000), (2004, 3000))
    cuts = cut_columns(picture, 1600)
    assert cuts[0] == 1320
    assert all(b - a <= 1600 for a, b in pairwise([0, *cuts, 3000]))


@pytest.mark.parametrize("width", [1, 1600])
def test_what_fits_is_not_cut(width: int) -> None:
    assert cut_columns(np.full((48, width), 245, np.uint8), 1600) == []


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_white_runs_are_what_is_not_ink(ink: list[bool]) -> None:
    covered = np.zeros(len(ink), np.bool_)
    for first, last in white_runs(np.array(ink)):
        assert first < last
        covered[first:last] = True
    assert covered.tolist() == [not inked for inked in ink]


@given(st.integers(200, 6000), st.integers(0, 255))
def test_a_line_without_any_gap_still_comes_in_parts_that_fit(width: int, grey: int) -> None:
    cuts = cut_columns(np.full((48, width), grey, np.uint8), 300)
    edges = [0, *cuts, width]
    assert all(0 < b - a <= 300 for a, b in pairwise(edges))


def test_gaps_are_those_between_their_columns_alone() -> None:
    ink = ink_columns(_bars(200, (10, 50), (54, 90), (110, 180)))
    between = [(0, 30), (45, 60), (95, 100), (170, 260), (198, 198), (300, 310)]
    assert widest_gaps(ink, between) == [
        (0.0, 10.0),
        (50.0, 54.0),
        (95.0, 100.0),
        (180.0, 200.0),
        (198.0, 199.0),
        (305.0, 305.0),
    ]
