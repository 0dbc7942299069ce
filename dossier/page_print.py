"""What is remembered of a page to know it again: picture, text and people, none of them legible."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PRINT_VERSION: Final = 1
"""Raised when the same page would give another print: prints of two versions tell nothing of each other."""


@dataclass(frozen=True, slots=True)
class PagePrint:
    """Enough to tell whether two scans show the same sheet; nobody can read the sheet from it."""

    picture_sha256: str
    """Of the picture's bytes."""
    picture: int | None
    """64 bits: where the page, turned upright, is darker than beside it; None where nobody took it, and then
    the page is known again only byte for byte."""
    words: tuple[int, ...]
    """Keyed hashes of runs of words, the least of many hash functions (MinHash); empty without text."""
    numbers: str
    """Keyed hash of every run of digits on the page, line by line; empty without text, and where a number is
    not read surely enough to tell two forms apart."""
    people: tuple[str, ...]
    """Keyed hashes of the personal numbers, sorted."""
    vocabulary: tuple[int, ...] = ()
    """Keyed hashes of its words with their marks, 32 bits each, sorted; the lowest bit is set where a word is
    read surely. Twins have one form, one day and one pair of parents, and differ in a name."""


class Likeness(StrEnum):
    """How two pages compare."""

    SAME = "same"
    """The same sheet: picture, text, every number and the people agree."""
    ALIKE = "alike"
    """The same form with other entries, or a sheet read differently: a person has to look."""
    DIFFERENT = "different"
