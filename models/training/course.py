"""What kind of lines a part of the training sees."""

from __future__ import annotations

from enum import StrEnum


class Course(StrEnum):
    """A part of the training."""

    PLAIN = "plain"
    """Lines as papers have them."""
    STRICT = "strict"
    """More lines of which the picture alone tells what they say, and more that a pen filled in."""
    EVEN = "even"
    """As strict, and every family of type about as often, with more capitals and signs: what a rare type
    does with its horns and dashes is learnt here."""
