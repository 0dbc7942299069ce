"""Whether two scans show the same sheet, told by picture, text, numbers and people together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dossier.page_print import Likeness, PagePrint

_FEW_BITS: Final = 10
"""Of 64: pictures of one sheet differ in so many at most."""
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
    """How two pages compare. Where any number differs, or is not surely read, they are never the same.

    Pages without text are the same only byte for byte, an empty side looks like every other; so are pages
    whose picture nobody hashed.
    """
    if one.picture_sha256 and one.picture_sha256 == other.picture_sha256:
        return Likeness.SAME
    if not one.words or not other.words or one.picture is None or other.picture is None:
        return Likeness.DIFFERENT
    common = sum(a == b for a, b in zip(one.words, other.words, strict=True)) / len(one.words)
    if common < _ALIKE_WORDS or not may_be_same(one.picture, other.picture):
        return Likeness.DIFFERENT
    same_numbers = one.numbers != "" and one.numbers == other.numbers and one.people == other.people
    return Likeness.SAME if same_numbers and common >= _SAME_WORDS else Likeness.ALIKE


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
