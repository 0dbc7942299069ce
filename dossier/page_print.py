"""What is remembered of a page to know it again: picture, text and people, none of them legible."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PagePrint:
    """Enough to tell whether two scans show the same sheet; nobody can read the sheet from it."""

    picture_sha256: str
    """Of the picture's bytes."""
    picture: int
    """64 bits: where the page, turned upright, is darker than beside it."""
    words: tuple[int, ...]
    """Keyed hashes of runs of words, the least of many hash functions (MinHash); empty without text."""
    numbers: str
    """Keyed hash of every run of digits on the page, in no order; empty without text."""
    people: tuple[str, ...]
    """Keyed hashes of the personal numbers, sorted."""


class Likeness(StrEnum):
    """How two pages compare."""

    SAME = "same"
    """The same sheet: picture, text, every number and the people agree."""
    ALIKE = "alike"
    """The same form with other entries, or a sheet read differently: a person has to look."""
    DIFFERENT = "different"
