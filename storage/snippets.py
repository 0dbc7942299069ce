"""Pieces of a text around the words that were searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dossier.text import nfc
from dossier.words import SoughtWord, sought_words

_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_AROUND: Final = 40
"""Letters shown on either side."""
_MOST: Final = 4
"""Words that are shown in their place."""


def snippet(text: str, asked: Sequence[SoughtWord]) -> tuple[str, ...]:
    """The text around what was found; every second piece, from the second on, is a word that was asked for.

    Each word is shown where it stands first.
    """
    text = nfc(text)
    pieces: list[str] = []
    end = 0
    for start, stop in _places(text, {word.loose for word in asked}):
        pieces += [_before(text[end:start], is_first=not pieces), text[start:stop]]
        end = stop
    if not pieces:
        return ()
    return (*pieces, _begun(text[end:], _AROUND))


def _places(text: str, wanted: set[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        fits = wanted & sought_words(match.group())[0].forms
        if fits:
            found.append(match.span())
            wanted -= fits
        if not wanted or len(found) == _MOST:
            break
    return found


def _before(between: str, *, is_first: bool) -> str:
    if len(between) <= (_AROUND if is_first else 2 * _AROUND):
        return between
    last = between[-_AROUND:].split(" ", 1)[-1]
    return f"… {last}" if is_first else f"{_begun(between, _AROUND)} {last}"


def _begun(text: str, letters: int) -> str:
    """The beginning of a text, by whole words."""
    return text if len(text) <= letters else f"{text[:letters].rsplit(' ', 1)[0].rstrip()} …"
