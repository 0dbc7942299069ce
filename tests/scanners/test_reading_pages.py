"""Pages of the reading benchmark: seeded, full, true about every word, and worn as they say."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dossier.text import LETTERS
from scanners.samples import faces, reading_pages, typefaces
from scanners.samples.degrade import AS_IT_HAPPENS, STRENGTHS, Degradation
from scanners.samples.prose import SENTENCES
from scanners.samples.reading_pages import (
    BenchmarkPage,
    Wear,
    benchmark_page,
    personal_numbers,
    save,
    steps_of,
)
from scanners.samples.typefaces import Manner, characters_of, families


@pytest.fixture(scope="module", autouse=True)
def _one_package_of_type() -> Iterator[None]:
    """Only what every machine has; looking through all fonts of one takes seconds."""
    fonts = [root / "truetype" / "liberation2" for root in faces.ROOTS]
    before, faces.ROOTS = faces.ROOTS, tuple(fonts)  # type: ignore[misc]
    families.cache_clear()
    yield
    faces.ROOTS = before  # type: ignore[misc]
    families.cache_clear()


@pytest.fixture(scope="module")
def clean() -> list[BenchmarkPage]:
    return [benchmark_page(Wear.CLEAN, number, 3) for number in range(5)]


def test_same_seed_same_page_and_another_seed_another(clean: list[BenchmarkPage]) -> None:
    again = benchmark_page(Wear.CLEAN, 1, 3)
    assert np.array_equal(again.picture, clean[1].picture)
    assert again.orders == clean[1].orders
    assert benchmark_page(Wear.CLEAN, 1, 4).lines != clean[1].lines


def test_pages_are_full_and_of_five_kinds(clean: list[BenchmarkPage]) -> None:
    assert len({page.paper for page in clean}) == 5
    for page in clean:
        rows = {round(word.box.bottom / 60) for word in page.words}
        assert 33 <= len(rows) <= 50, page.paper
        assert len(page.words) > 280
        assert page.picture.shape == (3508, 2480, 3)


def test_words_lie_on_their_ink_and_nothing_is_printed_beside_them(clean: list[BenchmarkPage]) -> None:
    for page in clean:
        ink = page.picture[:, :, 0] < 140
        left = ink.copy()
        for word in page.words:
            rows = slice(round(word.box.top) - 2, round(word.box.bottom) + 2)
            columns = slice(round(word.box.left) - 2, round(word.box.right) + 2)
            assert ink[rows, columns].any() or "MẪU - DỮ LIỆU" in " ".join(page.lines), word
            left[rows, columns] = False
        rules = sum(
            cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_OPEN, np.ones(s)) for s in ((1, 60), (40, 1))
        )
        assert (left & (rules == 0)).mean() < 0.006, page.paper  # dots of forms


@pytest.mark.parametrize("number", range(1, 5))
def test_words_of_worn_pages_move_with_the_print(number: int) -> None:
    page = benchmark_page(Wear.MIDDLE, number, 11)
    grey = page.picture.min(axis=2)
    large = [word for word in page.words if len(word.text) > 4 and word.box.height > 12]
    inked = 0
    for word in large:
        part = grey[
            round(word.box.top) : round(word.box.bottom), round(word.box.left) : round(word.box.right)
        ]
        around = grey[max(0, round(word.box.top) - 6) : round(word.box.bottom) + 6]
        inked += bool(part.size and part.min() < np.percentile(around, 90) - 25)
    assert inked > 0.95 * len(large), page.steps


def test_every_order_has_the_same_lines_and_heads_have_two(clean: list[BenchmarkPage]) -> None:
    for page in clean:
        assert all(Counter(order) == Counter(page.lines) for order in page.orders)
        assert " ".join(page.lines).split() == [word.text for word in page.words]
    decision = clean[0]
    assert decision.lines[2].startswith("Số:")
    assert decision.lines[3].startswith("CỘNG HÒA")
    assert any(order[1].startswith("CỘNG HÒA") for order in decision.orders), "row by row is right as well"


def test_text_is_composed_and_every_letter_occurs(clean: list[BenchmarkPage]) -> None:
    text = "\n".join(SENTENCES)
    assert unicodedata.is_normalized("NFC", text)
    pages = [*clean, *(benchmark_page(Wear.CLEAN, number, 5) for number in range(5))]
    seen = set("".join(line for page in pages for line in page.lines))
    rare = LETTERS - seen
    assert len({letter.lower() for letter in LETTERS} - {c.lower() for c in seen}) <= 4, sorted(rare)
    assert sum(len(page.numbers) for page in pages) > 35


def test_numbers_are_runs_of_twelve_digits() -> None:
    assert personal_numbers("Số 001099012345, 0010990123456, 036 và A001099012346.") == (
        "001099012345",
        "001099012346",
    )


def test_degradations_take_turns() -> None:
    """Fifteen pages of the worst, and ten of the middle, see every kind; middle strengths are 1 and 2."""
    worst = [steps_of(Wear.WORST, number, 9) for number in range(15)]
    assert {kind for steps in worst for kind, _ in steps} == set(Degradation)
    assert {strength for steps in worst for _, strength in steps} == {3}
    middle = [steps_of(Wear.MIDDLE, number, 9) for number in range(20)]
    assert {kind for steps in middle[:10] for kind, _ in steps} == set(Degradation)
    assert {len(steps) for steps in middle} == {1, 2}
    assert Counter((k, s) for steps in middle for k, s in steps) == {
        (k, s): 1 for k in Degradation for s in (1, 2)
    }
    assert steps_of(Wear.CLEAN, 3, 9) == ()
    assert set(AS_IT_HAPPENS) == set(Degradation)


def test_families_are_whole_and_papers_are_mostly_set_in_times() -> None:
    for family in families():
        assert all(characters_of(file) >= LETTERS for file in family.cuts)
    assert [family.name for family in families()] == [
        "Liberation Mono",
        "Liberation Sans",
        "Liberation Serif",
    ]
    assert {family.manner for family in families()} == {Manner.TIMES, Manner.SANS, Manner.OTHER}
    turns = reading_pages._TURNS
    assert turns.count(Manner.TIMES) > len(turns) / 2


def test_what_is_no_font_draws_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\x00\x01\x00\x00 no font")
    assert typefaces.characters_of(broken) == frozenset()


def test_a_fax_is_saved_as_one(tmp_path: Path) -> None:
    faxed = next(
        number
        for number in range(15)
        if steps_of(Wear.WORST, number, 2) == ((Degradation.FAX, STRENGTHS[-1]),)
    )
    path = save(benchmark_page(Wear.WORST, faxed, 2), tmp_path)
    with Image.open(path) as picture:
        assert (path.suffix, picture.mode, picture.info["compression"]) == (".tif", "1", "group4")
        assert round(picture.info["dpi"][0]) == 200
    other = save(benchmark_page(Wear.WORST, (faxed + 1) % 15, 2), tmp_path)
    assert other.suffix == ".jpg"
