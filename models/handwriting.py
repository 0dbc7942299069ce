"""How the line reader tells handwriting from print: characters of its own for what a pen wrote.

A net whose weights know handwriting gives digits written by hand as characters of Unicode's private area
(U+E030 to U+E039), and pen strokes that are no letters (initials, ticks, the end of a signature) as U+E000.
None of them ever leaves this room: digits become digits, marked as handwriting, strokes places without text.
"""

from __future__ import annotations

from typing import Final

HAND_DIGITS: Final = "".join(chr(0xE030 + digit) for digit in range(10))
"""Digits written by hand, in the order of their values."""
PEN: Final = "\ue000"
"""Pen strokes that are no letters."""


def is_private(character: str) -> bool:
    """Whether a character only says that a pen wrote here."""
    return character in (*HAND_DIGITS, PEN)
