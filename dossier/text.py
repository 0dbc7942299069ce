"""Vietnamese text: one normal form, the letters, and comparing names as people write them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PLAIN = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
LOWER_MARKED: Final = (
    "".join(
        letter
        for base in _PLAIN
        for tone in _TONES
        if (letter := unicodedata.normalize("NFC", base + tone)) not in "aeiouy"
    )
    + "đ"
)
LETTERS: Final = frozenset(LOWER_MARKED + LOWER_MARKED.upper())
"""The 134 letters that Vietnamese has beyond a-z and A-Z, both cases, precomposed (NFC)."""

_TONE_OF = dict(zip(_TONES[1:], range(1, 6), strict=True))


def nfc(text: str) -> str:
    """Canonical composition. Never NFKC: m², ½ and № must survive (Unicode UAX #15)."""
    return unicodedata.normalize("NFC", text)


def without_marks(text: str) -> str:
    """Base letters only, `đ` as `d`: for searching and for matching titles, never for storing."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def missing_letters(alphabet: str) -> str:
    """The Vietnamese letters that an alphabet lacks, sorted; a reader that lacks any is unfit for text."""
    return "".join(sorted(LETTERS - set(nfc(alphabet))))


def name_key(name: str) -> str:
    """A key under which two spellings of one name are equal.

    Case, spacing and the placement of the tone mark (hòa and hoà) do not count; every mark itself does,
    and `Đ` is a letter of its own.
    """
    return " ".join(_syllable_key(s) for s in re.findall(r"[^\W\d_]+", nfc(name).lower()))


def same_name(one: str, other: str) -> bool:
    """Whether two spellings name the same person as Vietnamese people write names."""
    return name_key(one) == name_key(other)


def differs_in_marks_only(one: str, other: str) -> bool:
    """Whether two names differ, but only in tone or vowel marks or in Đ against D."""
    return not same_name(one, other) and without_marks(name_key(one)) == without_marks(name_key(other))


def _syllable_key(syllable: str) -> str:
    tone = 0
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", syllable):
        if character in _TONE_OF:
            tone = _TONE_OF[character]
        else:
            letters.append(character)
    return unicodedata.normalize("NFC", "".join(letters)) + (str(tone) if tone else "")
