"""Whether two scans show the same sheet, told by picture, text, numbers and people together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dossier.page_print import Likeness, PagePrint

_FEW_BITS: Final = 10
"""Of 64: pictures that differ in more are not worth reading to compare them."""
_SAME_BITS: Final = 22
"""Pictures of one sheet differ in so many at most, laid on the glass anew. Others of its form differ no more:
what tells those apart is numbers, people and words."""
_SAME_WORDS: Final = 0.72
"""Share of runs of words that two readings of one sheet have in common."""
_ALIKE_WORDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two pages that are the same sheet, or may be."""

    page: int
    """Index of the later page."""
    other: int
    """Index of the earlier one."""
    likeness: Likeness


def may_be_same(one: int, other: int) -> bool:
    """Whether two pictures look alike enough to compare what they say."""
    return (one ^ other).bit_count() <= _FEW_BITS


def compare(one: PagePrint, other: PagePrint) -> Likeness:
    """How two pages compare. Where any number differs, or is not surely read, or a word that is surely read
    is missing on the other, they are never the same.

    Pages without text are the same only byte for byte, an empty side looks like every other; so are pages
    whose picture nobody hashed.
    """
    if one.picture_sha256 and one.picture_sha256 == other.picture_sha256:
        return Likeness.SAME
    if not one.words or not other.words or one.picture is None or other.picture is None:
        return Likeness.DIFFERENT
    common = sum(a == b for a, b in zip(one.words, other.words, strict=True)) / len(one.words)
    if common < _ALIKE_WORDS:
        return Likeness.DIFFERENT
    bits = (one.picture ^ other.picture).bit_count()
    if bits <= _SAME_BITS and common >= _SAME_WORDS and _say_the_same(one, other):
        return Likeness.SAME
    return Likeness.ALIKE if may_be_same(one.picture, other.picture) else Likeness.DIFFERENT


def _say_the_same(one: PagePrint, other: PagePrint) -> bool:
    """Whether every number, everybody, and every word that is surely read on either stands on both."""
    if one.numbers == "" or (one.numbers, one.people) != (other.numbers, other.people):
        return False
    return _has_words_of(one, other) and _has_words_of(other, one)


def _has_words_of(one: PagePrint, other: PagePrint) -> bool:
    known = {word >> 1 for word in other.vocabulary}
    return all(word >> 1 in known for word in one.vocabulary if word & 1)


def find_duplicates(pages: Sequence[PagePrint]) -> tuple[Duplicate, ...]:
    """For each page the earlier page that it repeats, if any; the same before the alike."""
    found = []
    for later, page in enumerate(pages):
        likeness = [compare(page, earlier) for earlier in pages[:later]]
        for wanted in (Likeness.SAME, Likeness.ALIKE):
            if wanted in likeness:
                found.append(Duplicate(later, likeness.index(wanted), wanted))
                break
    return tuple(found)
