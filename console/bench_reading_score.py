"""How well a page was read: edits, words, reading order, personal numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from rapidfuzz.distance import Levenshtein

from dossier.text import without_marks

_WHITE: Final = re.compile(r"[ \t\u00a0]+")
_LEADERS: Final = re.compile(r"(?:[.…_·•]\s?){3,}")
_PERSONAL_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Truth:
    """What stands on a page."""

    orders: tuple[tuple[str, ...], ...]
    """Its lines, in each order in which people may read them; the same lines in each."""
    extra: str = ""
    """Words that count neither way: seals, stamps, handwriting."""
    has_leaders: bool = False
    """Whether dots lead across the page: who reads them as dots is neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over pages; shares are taken of sums, so that long pages count more."""

    pages: int = 0
    edits: int = 0
    """Edits of each line of truth against its best place in the text that was read."""
    bare_edits: int = 0
    """The same with tones and vowel marks removed: wrong letters, not wrong marks."""
    order_edits: int = 0
    """Edits of the page as a whole, in the nearest of its orders."""
    characters: int = 0
    found: int = 0
    """Words of the truth that were read exactly, as a bag."""
    wanted: int = 0
    counted: int = 0
    """Words that were read, without the extra ones."""
    numbers: int = 0
    """Personal numbers in print."""
    numbers_right: int = 0
    numbers_wrong: int = 0
    """Runs of 12 digits that were read and stand nowhere on the page."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    @property
    def cer(self) -> float:
        """Character errors, percent."""
        return _percent(self.edits, self.characters)

    @property
    def cer_bare(self) -> float:
        """Character errors with marks removed, percent."""
        return _percent(self.bare_edits, self.characters)

    @property
    def cer_in_order(self) -> float:
        """Character errors of whole pages in reading order, surplus text counted, percent."""
        return _percent(self.order_edits, self.characters)

    @property
    def recall(self) -> float:
        """Words of the truth that were read exactly, percent."""
        return _percent(self.found, self.wanted)

    @property
    def precision(self) -> float:
        """Words that were read and stand in the truth, percent."""
        return _percent(self.found, self.counted)


def score(truth: Truth, read: str) -> Counts:
    """Compare what was read with what stands there.

    Text is NFC, white space folded; nothing else is normalised: case, punctuation and marks count.
    """
    if truth.has_leaders:
        read = _LEADERS.sub(" ", read)
    lines = [clean(line) for line in truth.orders[0] if clean(line)]
    flat = " ".join(clean(line) for line in read.splitlines() if clean(line))
    bare = without_marks(flat)
    want, got = _words("\n".join(lines)), _words(read)
    found = (want & got).total()
    numbers, seen = (Counter(_PERSONAL_NUMBER.findall(text)) for text in ("\n".join(lines), flat))
    return Counts(
        pages=1,
        edits=sum(nearest(line, flat) for line in lines),
        bare_edits=sum(nearest(without_marks(line), bare) for line in lines),
        order_edits=min(_in_order(order, flat) for order in truth.orders),
        characters=sum(map(len, lines)),
        found=found,
        wanted=want.total(),
        counted=found + (got - want - _words(truth.extra)).total(),
        numbers=numbers.total(),
        numbers_right=(numbers & seen).total(),
        numbers_wrong=sum(count for number, count in seen.items() if number not in numbers),
    )


def clean(text: str) -> str:
    """NFC, with white space folded and stripped."""
    return _WHITE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def nearest(line: str, text: str) -> int:
    """Fewest edits between a line and any stretch of a text.

    Myers' bit-parallel algorithm (J. ACM 46(3), 1999) in the form of Hyyrö (2001), one integer for the line.
    """
    size = len(line)
    if not size or not text:
        return size
    places: dict[str, int] = {}
    for place, character in enumerate(line):
        places[character] = places.get(character, 0) | 1 << place
    every, last = (1 << size) - 1, 1 << size - 1
    plus, minus, edits, fewest = every, 0, size, size
    for character in text:
        match = places.get(character, 0)
        across = match | minus
        down = ((match & plus) + plus ^ plus) | match
        more, less = minus | ~(down | plus) & every, plus & down
        if more & last:
            edits += 1
        elif less & last:
            edits -= 1
            fewest = min(fewest, edits)
        more <<= 1
        plus = (less << 1 | ~(across | more)) & every
        minus = more & across & every
    return fewest


def _in_order(lines: Sequence[str], flat: str) -> int:
    return Levenshtein.distance(" ".join(clean(line) for line in lines if clean(line)), flat)


def _words(text: str) -> Counter[str]:
    return Counter(clean(text).split())


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0
