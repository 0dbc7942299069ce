"""Which of several readings of a word is meant, by picture and language together.

The picture gives each reading a weight; how usual its words are between their neighbours gives another
(`models.syllables`). The language may choose between marks of the same letters, put spaces, and mend capitals
inside a word; letters, digits and signs stay what was seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from typing import Final

from dossier.text import without_marks
from models.syllables import Usage, is_syllable

NEAR: Final = 4.0
"""Natural logarithm by which a reading may be less likely than the likeliest and still be considered."""
_MOST_COMBINED: Final = 256
_MOST_READINGS: Final = 24
"""Of one word, the likeliest."""
_TRUST: Final = 0.4
"""Weight of the language beside the picture."""
_TRUST_IN_NAMES: Final = 0.2
"""The same for a capitalised word within a sentence, which the law may not know."""
_CLEAR: Final = 0.5
"""Natural logarithm by which a reading is less likely than the likeliest where that one is rather clear."""
_RAREST: Final = 7.5e-5
"""Share that a known word then has at least: law says "sử" 170 times as often as "sư", which is law's matter,
and an engineer (kỹ sư) stays one."""
_MARKED_STRANGER: Final = -1.5
"""What a reading loses for each word that bears marks and could not be said: mau@ẹxample.vn."""
_RUN_TOGETHER: Final = -4.0
"""Logarithm by which a word that sticks to a number is less usual than one that stands apart: ngày27."""
_OUT_OF_CASE: Final = -8.0
"""The same for a capital inside a small word, or a small letter among capitals: TRƯởNG."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_ODD_SPACE: Final = re.compile(r"[(“‘] | [)”’,.;:]")
"""Where nobody sets one."""
_RUN: Final = re.compile(r"\d[^\W\d_]{2}|[^\W\d_]{2}\d|[^\W\d_]{2}[,;:)”][^\W\d_]{2}")
"""A word that touches a number, or the sign that ends the word before: ngày27, sung,hoàn."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A character that was read."""

    text: str
    column: float
    """Where it stands in the picture, in columns."""
    likelihood: float
    """What the net gives it at its peak, 0.0 to 1.0."""
    chosen: bool = False
    """Whether the language chose it over what the net alone would have read."""
    hand: bool = False
    """Whether a pen wrote it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where the picture leaves a choice."""

    first: int
    stop: int
    """Characters of the greedy reading that it replaces, first and one past last."""
    readings: tuple[tuple[tuple[Seen, ...], float], ...]
    """What may stand there, with its logarithm relative to the greedy one, the greedy one first."""


def is_by_hand(word: Sequence[Seen]) -> bool:
    """Whether a pen wrote most of a word's digits; over a worn one the net may be of two minds."""
    digits = [c for c in word if c.text.isdigit()]
    return bool(digits) and 2 * sum(c.hand for c in digits) > len(digits)


def choose(seen: Sequence[Seen], slots: Sequence[Slot], usage: Usage) -> list[Seen]:
    """The characters of a line, each open place filled with the reading that is best.

    Args:
        seen: the greedy reading.
        slots: open places in it, from left to right.
    """
    return _Chooser(_pieces(seen, slots), usage).chosen()


class _Chooser:
    """Chooses between the readings of the words that hold open places."""

    def __init__(self, pieces: Sequence[_Piece], usage: Usage) -> None:
        self._usage = usage
        self._pieces = pieces

    def chosen(self) -> list[Seen]:
        """The words with their neighbours as they were chosen, twice over."""
        words = [list(piece.readings[0][0]) for piece in self._pieces]
        open_places = [place for place, piece in enumerate(self._pieces) if len(piece.readings) > 1]
        stood_between: dict[int, tuple[str, str]] = {}
        for _ in range(2):
            for place in open_places:
                before = text_of(words[place - 1]).rpartition(" ")[2] if place else ""
                after = text_of(words[place + 1]).partition(" ")[0] if place + 1 < len(words) else ""
                if stood_between.get(place) != (before, after):
                    stood_between[place] = before, after
                    words[place] = self._best(self._pieces[place], before, after)
        joined: list[Seen] = []
        for piece, word in zip(self._pieces, words, strict=True):
            joined += word
            joined += piece.space
        return joined

    def _best(self, piece: _Piece, before: str, after: str) -> list[Seen]:
        read, top = piece.readings[0]
        greedy = text_of(read)
        best, best_gain = list(read), 1e-9
        own: dict[float, float] = {}
        for reading, weight in piece.readings[1:]:
            text = text_of(reading)
            if top - weight > NEAR or not _may_replace(greedy, text):
                continue
            least = _RAREST if top - weight >= _CLEAR else 0.0
            if least not in own:
                own[least] = self._worth(greedy, before, after, piece, least)
            gain = weight - top + self._worth(text, before, after, piece, least) - own[least]
            if gain > best_gain:
                best, best_gain = list(reading), gain
        return best

    def _worth(self, text: str, before: str, after: str, piece: _Piece, least: float) -> float:
        """Weighted logarithm of how usual these words are between their neighbours."""
        words = text.split(" ")
        strange = _MARKED_STRANGER * sum(map(_is_marked_stranger, _LETTERS.findall(text.lower())))
        if _is_foreign(before) or _is_foreign(after):
            return strange
        total = 0.0
        previous = before
        for word in [*words, after]:
            total += self._share(word, previous, least)
            previous = word
        is_name = words[0][:1].isupper() and not text.isupper() and bool(before) and not piece.begins_sentence
        return total * (_TRUST_IN_NAMES if is_name else _TRUST) + strange

    def _share(self, word: str, before: str, least: float) -> float:
        """Of the words in a token: signs and digits are worth nothing either way."""
        groups = _LETTERS.findall(word.lower())
        if not groups:
            return 0.0
        total = self._usage.log_share(groups[0], least=least)
        if before.isalpha() and word[:1].isalpha():
            following = self._usage.log_share(groups[0], before.lower(), least)
            begins_name = before.islower() and word[0].isupper() and not word.isupper()
            # That the law never says this name behind this word tells nothing: tỉnh Phú Thọ.
            total = max(total, following) if begins_name else following
        for group in groups[1:]:
            total += self._usage.log_share(group, least=least)
        if not _is_in_case(word):
            total += _OUT_OF_CASE
        return total + (_RUN_TOGETHER if _RUN.search(word) else 0.0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two sure spaces."""

    readings: tuple[tuple[tuple[Seen, ...], float], ...]
    """The greedy one first, then by likelihood."""
    space: tuple[Seen, ...]
    """The sure space behind it, if any."""
    begins_sentence: bool


def _pieces(seen: Sequence[Seen], slots: Sequence[Slot]) -> list[_Piece]:
    """Cut the line at spaces that are in no slot."""
    owned = {number for slot in slots for number in range(slot.first, slot.stop)}
    cuts = [n for n, s in enumerate(seen) if s.text == " " and n not in owned]
    pieces: list[_Piece] = []
    start = 0
    for stop in [*cuts, len(seen)]:
        inside = [slot for slot in slots if start <= slot.first and slot.stop <= stop]
        readings = _combined(seen, (start, stop), inside) if inside else ((tuple(seen[start:stop]), 0.0),)
        begins = not pieces or text_of(pieces[-1].readings[0][0])[-1:] in (".", ":", "-", "–", "”")
        pieces.append(_Piece(readings, tuple(seen[stop : stop + 1]), begins))
        start = stop + 1
    return pieces


def _combined(
    seen: Sequence[Seen], span: tuple[int, int], slots: Sequence[Slot]
) -> tuple[tuple[tuple[Seen, ...], float], ...]:
    """Every combination of the slots' readings, the likeliest first after the greedy one."""
    options = []
    for slot in slots:
        greedy = tuple(seen[slot.first : slot.stop])
        own = next(weight for reading, weight in slot.readings if text_of(reading) == text_of(greedy))
        rest = [
            (reading, weight - own)
            for reading, weight in slot.readings
            if text_of(reading) != text_of(greedy)
        ]
        options.append([(greedy, 0.0), *((_but_for(reading, greedy), weight) for reading, weight in rest)])
    combined = []
    for choice in islice(product(*options), _MOST_COMBINED):
        parts: list[Seen] = []
        at = span[0]
        for slot, (reading, _) in zip(slots, choice, strict=True):
            parts += seen[at : slot.first]
            parts += reading
            at = slot.stop
        parts += seen[at : span[1]]
        combined.append((tuple(parts), sum(weight for _, weight in choice)))
    greedy_first, *rest = combined
    rest.sort(key=lambda item: -item[1])
    return (greedy_first, *rest[:_MOST_READINGS])


def _but_for(reading: tuple[Seen, ...], greedy: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """A reading in which what the net alone would have read as well counts as seen."""
    if len(reading) != len(greedy):
        return reading
    return tuple(own if own.text == other.text else other for other, own in zip(reading, greedy, strict=True))


def text_of(seen: Sequence[Seen]) -> str:
    return "".join(s.text for s in seen)


def _is_foreign(word: str) -> bool:
    groups = _LETTERS.findall(word.lower())
    if len(groups) != 1 or is_syllable(groups[0]):
        return False
    return len(groups[0]) > 2 or (len(groups[0]) == 2 and any(c in "aeiouy" for c in groups[0]))


@lru_cache(maxsize=20_000)
def _is_marked_stranger(word: str) -> bool:
    """Whether a word bears marks and is neither a syllable nor one of the highlands: Đắk Lắk, Krông, Blơ."""
    letters = word.replace("đ", "d")
    if len(word) == 1 or without_marks(letters) == letters:
        return False
    like_ours = word[:-1] + "c" if word.endswith("k") else word
    return not is_syllable(like_ours) and not is_syllable(like_ours[1:])


def _may_replace(read: str, other: str) -> bool:
    """Whether another reading differs in marks and spaces only, and in capitals where these are amiss."""
    if bones(read) != bones(other):
        return False
    if len(_ODD_SPACE.findall(other)) > len(_ODD_SPACE.findall(read)):
        return False
    if read.count(" ") != other.count(" ") and not all(
        is_syllable(g) for g in _LETTERS.findall(other.lower())
    ):
        return False
    same_case = _cases(read) == _cases(other)
    return same_case or (not _is_in_case(read) and _is_in_case(other))


def bones(text: str) -> str:
    """Letters without their marks, in small; `đ` is a letter of its own: `dầu` is oil and `đầu` a head."""
    parts = text.lower().replace(" ", "").split("đ")
    return "đ".join(without_marks(part) for part in parts)


def _cases(text: str) -> list[bool]:
    return [c.isupper() for c in text if c.isalpha()]


def _is_in_case(text: str) -> bool:
    """Whether every syllable is small, in capitals, or begins with one; TTg and VNeID are none."""
    return all(
        len(group) == 1 or group[1:].islower() or group.isupper() or not is_syllable(group.lower())
        for group in _LETTERS.findall(text)
    )
