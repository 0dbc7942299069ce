"""What a pen wrote is told from print, by a net that knows both."""

from __future__ import annotations

import numpy as np
import pytest

from dossier.page import Writing
from models.handwriting import HAND_DIGITS, PEN, is_private
from models.line_decoder import LineDecoder
from models.line_net import _words
from models.syllables import usage
from models.training.characters import HAND_DIGITS as TAUGHT_DIGITS
from models.training.characters import PEN as TAUGHT_PEN
from models.word_choice import Seen, is_by_hand, text_of
from tests.printed import line, readers

ALPHABET = ["", *" 0123456789/-abcdđQĐnghàyS:ố", *HAND_DIGITS, PEN]


def logits(steps: list[dict[str, float]]) -> np.ndarray:
    rows = []
    for shares in steps:
        row = np.full(len(ALPHABET), 1e-6)
        for character, share in shares.items():
            row[ALPHABET.index(character)] = max(share, 1e-6)
        blank = np.full(len(ALPHABET), 1e-6)
        blank[0] = 1.0
        rows += [np.log(row), np.log(row), np.log(blank)]
    return np.array(rows, np.float32)


def written(digit: int, share: float = 1.0, printed: float = 0.0) -> dict[str, float]:
    return {HAND_DIGITS[digit]: share, str(digit): printed}


def test_the_reader_and_its_teacher_mean_the_same_characters() -> None:
    assert (HAND_DIGITS, PEN) == (TAUGHT_DIGITS, TAUGHT_PEN)
    assert all(is_private(c) for c in HAND_DIGITS + PEN)
    assert not any(is_private(c) for c in "0123456789 Đa–")


def test_digits_by_hand_are_digits_and_say_so() -> None:
    steps = [
        {"S": 1.0},
        {"ố": 1.0},
        {":": 1.0},
        {" ": 1.0},
        written(2),
        written(7, 0.6, 0.3),
        {"/": 1.0},
        {"Q": 1.0},
    ]
    seen = LineDecoder(ALPHABET, usage()).decode(logits(steps))
    assert text_of(seen) == "Số: 27/Q"
    assert [s.hand for s in seen] == [False] * 4 + [True, True, False, False]


def test_a_digit_that_may_be_print_or_pen_is_still_that_digit() -> None:
    """Neither alone is likelier than the 1, together they are."""
    seen = LineDecoder(ALPHABET, usage()).decode(logits([{"1": 0.4, "7": 0.28, HAND_DIGITS[7]: 0.32}]))
    assert [(s.text, s.hand) for s in seen] == [("7", True)]
    assert seen[0].likelihood == pytest.approx(0.6, abs=0.02)


def test_a_space_put_beside_a_number_keeps_the_hand() -> None:
    steps = [*({c: 1.0} for c in "ngày"), {"": 0.6, " ": 0.35}, written(2), written(3)]
    seen = LineDecoder(ALPHABET, usage()).decode(logits(steps))
    assert text_of(seen) == "ngày 23"
    assert [s.hand for s in seen[-2:]] == [True, True]


@pytest.mark.parametrize(
    ("pens", "by_hand"),
    [("000", False), ("111", True), ("110", True), ("100", False), ("10", False), ("", False)],
)
def test_most_digits_of_a_word_decide(pens: str, by_hand: bool) -> None:
    word = [Seen("5", 0.0, 0.9, hand=pen == "1") for pen in pens]
    assert is_by_hand(word) is by_hand
    assert is_by_hand([*word, Seen("/", 0.0, 0.9), Seen("Q", 0.0, 0.9)]) is by_hand


def characters(text: str) -> list[Seen]:
    return [Seen(c, 20.0 * n + 10, 0.9) for n, c in enumerate(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"bc {PEN}", ["bc", ""]),
        (f"bc{PEN}{PEN}", ["bc", ""]),
        (f"{PEN}bc d", ["", "bc", "d"]),
        (f"b{PEN}c", ["bc"]),
        (PEN, [""]),
        ("", []),
    ],
)
def test_strokes_stand_apart_from_words_and_have_no_text(text: str, words: list[str]) -> None:
    part = np.full((48, 200), 245, np.uint8)
    for n, c in enumerate(text):
        if not c.isspace():
            part[10:40, 20 * n + 4 : 20 * n + 16] = 20
    found = _words(characters(text), part)
    assert [text_of(word.characters) for word in found] == words
    for word in found:
        assert 0 <= word.left <= word.right <= 200


def test_nothing_private_is_promised_or_returned() -> None:
    assert not any(is_private(c) for c in readers().reader.alphabet)
    (read,) = readers().reader.read([line("Số: 2095/TB-ĐHĐL, ngày 27 tháng 10")])
    assert not any(is_private(c) for c in read.text)
    assert {word.writing for word in read.words} == {Writing.PRINT}
    assert read.strokes == ()
