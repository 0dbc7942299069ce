"""A letter that the net read as two is one; two letters stay two."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.doubled import without_doubles
from models.word_choice import Seen, text_of


def _read(letters: Sequence[tuple[str, float, float]]) -> str:
    column, seen = 0.0, []
    for text, apart, likelihood in letters:
        column += apart
        seen.append(Seen(text, column, likelihood))
    return text_of(without_doubles(seen))


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        ([("d", 0, 0.58), ("đ", 12, 0.64), ("ọ", 20, 1.0), ("c", 20, 1.0)], "đọc"),
        ([("c", 0, 0.9), ("ủ", 20, 0.57), ("ử", 4, 0.56), ("a", 20, 1.0)], "của"),
        ([("b", 0, 1.0), ("ệ", 20, 0.9), ("ẽ", 4, 0.8), ("n", 20, 1.0), ("h", 20, 1.0)], "bệnh"),
        ([("D", 0, 0.2), ("Đ", 4, 0.3), (".", 20, 1.0)], "Đ."),
    ],
)
def test_a_letter_read_as_two_is_one(letters: list[tuple[str, float, float]], text: str) -> None:
    assert _read(letters) == text


@pytest.mark.parametrize(
    "letters",
    [
        [("l", 0, 1.0), ("ư", 10, 1.0), ("u", 12, 1.0)],
        [("l", 0, 1.0), ("ư", 10, 0.4), ("u", 16, 0.4)],
        [("x", 0, 1.0), ("o", 16, 0.9), ("o", 4, 0.9), ("n", 16, 1.0), ("g", 16, 1.0)],
        [("1", 0, 1.0), ("1", 4, 0.3), ("l", 4, 0.3)],
        [("ư", 0, 0.5), ("ơ", 4, 0.5), ("n", 20, 1.0), ("g", 20, 1.0)],
    ],
)
def test_two_letters_stay_two(letters: list[tuple[str, float, float]]) -> None:
    assert _read(letters) == "".join(text for text, _, _ in letters)


def test_nothing_and_one_letter_are_left_alone() -> None:
    assert _read([]) == ""
    assert _read([("ổ", 0, 0.1)]) == "ổ"
