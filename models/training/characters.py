"""What the net can say: the characters, and two kinds of handwriting that are no print."""

from __future__ import annotations

import unicodedata
from typing import Final

from dossier.text import LOWER_MARKED
from models.handwriting import HAND_DIGITS, PEN

PRINT: Final = (
    " "
    + "".join(chr(code) for code in range(33, 127))
    + LOWER_MARKED
    + LOWER_MARKED.upper()
    + "–—“”‘’…°º½§№•·²³×«»"
)
"""Printed characters, precomposed."""
__all__ = ["CHARACTERS", "HAND_DIGITS", "PEN", "PRINT", "nearest"]

CHARACTERS: Final = PRINT + HAND_DIGITS + PEN

_LIKE: Final = dict(zip("–—“”‘’…•·º½№«»²³×", "--\"\"''..·°1N<>23x", strict=True))


def nearest(character: str) -> list[str]:
    """Characters from which one may start to be learnt, the nearest first."""
    if character in HAND_DIGITS:
        return [str(HAND_DIGITS.index(character))]
    if character in "đĐ":
        return ["d" if character == "đ" else "D"]
    if character in _LIKE:
        return [_LIKE[character]]
    letters = unicodedata.normalize("NFD", character)
    fewer = [letters[:index] + letters[index + 1 :] for index in range(1, len(letters))]
    found = sorted((unicodedata.normalize("NFC", text) for text in fewer), key=len)
    return [*(text for text in found if len(text) == 1), letters[0]]
