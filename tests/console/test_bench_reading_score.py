"""The measure of the reading benchmark: right on known cases, and equal to the scorer beside the project."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Any

import edlib
import pytest

from console.bench_reading_score import Counts, Truth, clean, nearest, score

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
REAL = SHARED / "data" / "vi_ocr" / "dev"
LINES = ("CỘNG HÒA XÃ HỘI", "Số định danh: 001099012345", "Hòa Mẫu, ngày 02 tháng 9")


def truth(*orders: tuple[str, ...], **more: Any) -> Truth:
    return Truth(orders or (LINES,), **more)


def test_what_was_read_exactly_has_no_errors() -> None:
    counts = score(truth(), "\n".join(LINES))
    assert (counts.cer, counts.cer_bare, counts.cer_in_order) == (0, 0, 0)
    assert (counts.recall, counts.precision) == (100, 100)
    assert (counts.numbers, counts.numbers_right, counts.numbers_wrong) == (1, 1, 0)


def test_nothing_read_misses_everything() -> None:
    counts = score(truth(), "  \n")
    assert (counts.cer, counts.cer_bare, counts.recall) == (100, 100, 0)
    assert counts.cer_in_order > 100 - 1e-9
    assert (counts.numbers_right, counts.numbers_wrong, counts.counted) == (0, 0, 0)


def test_a_wrong_mark_is_no_wrong_letter() -> None:
    counts = score(truth(), "\n".join(LINES).replace("HỘI", "HÔI").replace("Mẫu", "Mâu"))
    assert (counts.edits, counts.bare_edits) == (2, 0)
    assert counts.found == counts.wanted - 2


def test_order_counts_only_where_it_is_asked_for() -> None:
    turned = "\n".join(LINES[::-1])
    assert score(truth(), turned).edits == 0
    assert score(truth(), turned).cer_in_order > 30
    assert score(truth(LINES, LINES[::-1]), turned).cer_in_order == 0


def test_a_misread_number_is_wrong_and_not_right() -> None:
    counts = score(truth(), "\n".join(LINES).replace("001099012345", "001099012346"))
    assert (counts.numbers_right, counts.numbers_wrong) == (0, 1)
    longer = score(truth(), "\n".join(LINES).replace("001099012345", "0010990123455"))
    assert (longer.numbers_right, longer.numbers_wrong) == (0, 0)


def test_surplus_words_cost_precision_unless_they_are_extra() -> None:
    read = "\n".join(LINES) + "\nDẤU TRÒN"
    assert score(truth(), read).precision < 90
    assert score(truth(extra="DẤU TRÒN"), read).precision == 100
    assert score(truth(), read).edits == 0


def test_leaders_count_neither_way_only_on_pages_that_have_them() -> None:
    read = "\n".join(LINES).replace("danh:", "danh:.......... ..")
    assert score(truth(has_leaders=True), read).precision == 100
    assert score(truth(), read).precision < 100
    kept = score(truth(("và v.v… hết.",), has_leaders=True), "và v.v… hết.")
    assert (kept.edits, kept.precision) == (0, 100)


def test_two_code_points_are_one_letter() -> None:
    assert score(truth(("xã Hòa",)), "xa\u0303  Ho\u0300a").edits == 0
    assert clean("a\u00a0 \tb ") == "a b"


def test_counts_add_up() -> None:
    one, two = score(truth(), LINES[0]), score(truth(), "\n".join(LINES))
    both = one + two
    assert both.pages == 2
    assert both.characters == one.characters * 2
    assert one.cer > both.cer > two.cer
    assert Counts().cer == 0.0


@pytest.mark.parametrize("seed", range(40))
def test_nearest_equals_edlib(seed: int) -> None:
    random = Random(seed)
    letters = "aăâ bcdđ"[: random.randint(2, 8)]
    line, text = ("".join(random.choices(letters, k=random.randint(0, most))) for most in (90, 300))
    expected = (
        edlib.align(line, text, mode="HW", task="distance")["editDistance"] if line and text else len(line)
    )
    assert nearest(line, text) == expected


@pytest.mark.material
@pytest.mark.skipif(not (SHARED / "tools" / "score_text.py").is_file(), reason="no scorer beside the project")
@pytest.mark.skipif(not REAL.is_dir(), reason="the real material is not beside the project")
def test_figures_are_those_of_the_scorer_beside_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(SHARED / "tools")])
    import score_text

    random = Random(5)
    for file in sorted(REAL.glob("*.gt.txt")):
        text = file.read_text("utf-8")
        extra_file = file.with_name(file.name.replace(".gt.txt", ".extra.txt"))
        extra = extra_file.read_text("utf-8") if extra_file.exists() else ""
        lines = [line for line in text.splitlines() if random.random() < 0.97]
        random.shuffle(lines)
        read = "".join(
            c for c in "\n".join([*lines, *extra.splitlines(), "thừa chữ"]) if random.random() < 0.98
        )
        theirs = score_text.score(text, read, extra)
        ours = score(Truth((tuple(text.splitlines()),), extra), read)
        assert (ours.edits, ours.bare_edits, ours.characters) == (
            theirs["edits"],
            theirs["base_edits"],
            theirs["chars"],
        )
        assert (ours.found, ours.wanted, ours.counted) == (
            theirs["hit"],
            theirs["want"],
            theirs["got_counted"],
        )
