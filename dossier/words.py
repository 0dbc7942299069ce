"""Words as people search for them, and lists in Vietnamese order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dossier.text import name_key, nfc, without_marks

_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_ALPHABET: Final = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""Huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries and of Unicode CLDR's `vi`."""

Order = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
"""What texts are sorted by: for each word its letters, then its tones."""


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """A word as it was typed or written."""

    exact: str
    """Under which two spellings of one word are equal: case and the place of the tone mark do not count."""
    loose: str
    """Without marks, but `đ` stays what it is."""
    bare: str
    """Base letters only, `đ` as `d`."""

    @property
    def is_marked(self) -> bool:
        """Whether it has any mark, or a `đ`."""
        return self.exact != self.bare

    @property
    def forms(self) -> frozenset[str]:
        """Under which forms a written word is found by one that was typed without its marks."""
        return frozenset({self.loose, self.bare})


def sought_words(text: str) -> tuple[SoughtWord, ...]:
    """The words of a text in their order; digits are words of their own."""
    return tuple(_word(word) for word in _WORD.findall(nfc(text).lower()))


@lru_cache(maxsize=8192)
def _word(word: str) -> SoughtWord:
    loose = "đ".join(without_marks(part) for part in word.split("đ"))
    return SoughtWord(name_key(word) or word, loose, without_marks(word))


@lru_cache(maxsize=8192)
def vietnamese_order(text: str) -> Order:
    """Sorts texts as a Vietnamese dictionary does: word by word, ă after a, đ after d, tones last."""
    return tuple(_order(word) for word in _WORD.findall(nfc(text).lower()))


def name_order(name: str) -> Order:
    """Sorts people as Vietnamese lists do: by given name, which stands last, then from the family name on."""
    order = vietnamese_order(name)
    return (*order[-1:], *order)


def _order(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for character in word:
        tone, rest = 0, []
        for part in unicodedata.normalize("NFD", character):
            if part in _TONES:
                tone = _TONES[part]
            else:
                rest.append(part)
        letter = nfc("".join(rest))
        # Digits before letters; what no Vietnamese alphabet has comes last, by its code.
        letters.append(int(letter) - 10 if letter.isdecimal() else _ALPHABET.get(letter, ord(letter[0])))
        tones.append(tone)
    return tuple(letters), tuple(tones)
