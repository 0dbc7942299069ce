"""Rules part cells and words; a streak from edge to edge, which dirt on the glass draws, parts nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dossier.geometry import Box
from models.ink_lines import ink_lines
from models.rules import ruled, without_streaks

HEIGHT, WIDTH = 1280, 905
INK = 160


def page() -> np.ndarray:
    return np.full((HEIGHT, WIDTH), 245, np.uint8)


def words(view: np.ndarray, row: int) -> None:
    cv2.putText(view, "Chuyen sang diem cho doi dien tram bom", (90, row), 0, 0.8, 30, 2, cv2.LINE_AA)


@pytest.mark.parametrize("tilt", [0, 6, -9])
@pytest.mark.parametrize("gaps", [(), (200, 520, 900)])
def test_a_streak_is_no_rule_whether_tilted_or_broken(tilt: int, gaps: tuple[int, ...]) -> None:
    view = page()
    cv2.line(view, (450, 0), (450 + tilt, HEIGHT - 1), 60, 2)
    for gap in gaps:
        view[gap : gap + 60] = 245
    found = ruled(view, INK)
    assert found.down == ()
    assert found.mask[:, 440:470].any(), "its ink is no letter all the same"


def test_a_streak_over_a_page_that_lies_on_its_side_is_no_rule_either() -> None:
    view = page()
    view[640:642] = 60
    assert ruled(view, INK).across == ()


def test_rules_within_the_page_stay_also_beside_a_streak() -> None:
    view = page()
    view[:, 450:452] = 60
    view[60:1220, 700:702] = 60
    view[100:102, 80:820] = 60
    found = ruled(view, INK)
    assert [round(box.left) for box in found.down] == [700]
    assert [round(box.top) for box in found.across] == [100]


def test_columns_of_two_tables_below_each_other_are_no_streak() -> None:
    parts = [Box(300, 20, 302, 400), Box(300, 900, 302, 1260)]
    assert without_streaks(parts, (HEIGHT, WIDTH)) == tuple(parts)


def test_what_begins_at_one_edge_only_stays() -> None:
    parts = [Box(300, 0, 302, 1000), Box(600, 300, 602, HEIGHT)]
    assert without_streaks(parts, (HEIGHT, WIDTH)) == tuple(parts)


def test_words_that_a_streak_crosses_stay_one_line() -> None:
    view = page()
    for row in range(120, 1200, 44):
        words(view, row)
    whole = len(ink_lines(view).lines)
    view[:, 300:302] = 60
    assert len(ink_lines(view).lines) == whole
