"""One letter that was read as two: where the net wavers between two marks it may say one after the other.

Letters of the same shape stand a letter's width apart where they are two (`lưu`: 12 columns and more). Nearer
ones are one letter, read twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dossier.text import without_marks
from models.syllables import is_syllable
from models.word_choice import Seen, text_of

_NEAR: Final = 8.0
"""Columns, two of the net's steps: no letter is as narrow."""
_CLOSE: Final = 14.0
"""Columns within which two letters are one if the net is sure of neither."""
_UNSURE: Final = 0.75


def without_doubles(seen: Sequence[Seen]) -> list[Seen]:
    """The characters of a line, each letter once; of two readings the one that makes a syllable, else the
    likelier one."""
    kept = list(seen)
    place = 0
    while place + 1 < len(kept):
        if not _is_one(kept[place], kept[place + 1]):
            place += 1
            continue
        first, second = (_makes_a_syllable(kept, place, left_out) for left_out in (place + 1, place))
        likelier = kept[place].likelihood >= kept[place + 1].likelihood
        takes_first = first if first != second else likelier
        del kept[place + 1 if takes_first else place]
    return kept


def _is_one(first: Seen, second: Seen) -> bool:
    apart = second.column - first.column
    if apart > _NEAR and (apart > _CLOSE or max(first.likelihood, second.likelihood) >= _UNSURE):
        return False
    same = first.text == second.text
    return not same and first.text.isalpha() and _shape(first.text) == _shape(second.text)


def _shape(letter: str) -> str:
    return without_marks(letter.lower()).replace("đ", "d")


def _makes_a_syllable(seen: Sequence[Seen], place: int, left_out: int) -> bool:
    """Whether the word around a place is a Vietnamese syllable without one of its characters."""
    start, stop = place, place + 2
    while start and seen[start - 1].text.isalpha():
        start -= 1
    while stop < len(seen) and seen[stop].text.isalpha():
        stop += 1
    return is_syllable(text_of([c for n, c in enumerate(seen[start:stop], start) if n != left_out]).lower())
