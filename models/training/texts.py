"""What a line says: prose of published law, fields, names, numbers, heads, and words that nobody knows.

Every text is built of pieces, because a line of a real paper is: print, digits written in by hand, initials
in small type, strokes of a pen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

import yaml

from models.syllables import usage
from models.training import phrases
from models.training import vocabulary as words
from models.training.characters import HAND_DIGITS, PEN, PRINT
from models.training.course import Course

LONGEST: Final = 100
"""Characters of a line."""
_KNOWN: Final = frozenset(PRINT)
_TITLES: Final = Path(__file__).parents[1] / "data" / "titles.yaml"
_LEADERS: Final = re.compile(r"[.…]{4,}")
_ENDS: Final = (
    *(";", "./.", ":", ".", ",", "…", "…", "…", "’…", "”…", "...", ".”;", "”.", ").", ");", ").”.", "?"),
    *(" [1]", " (*)"),
)
"""What a line may end with."""


@dataclass(frozen=True, slots=True)
class _Mix:
    """Shares of lines."""

    strange: float
    """Syllables in no order."""
    changed: float
    """Vowels with another tone or hat."""
    by_pen: float
    """Times as many that a pen filled in."""
    capitals: float
    signs: float


_MIXES: Final = {
    Course.PLAIN: _Mix(0.08, 0.05, 1.0, 0.19, 0.04),
    Course.STRICT: _Mix(0.20, 0.20, 2.5, 0.19, 0.04),
    Course.EVEN: _Mix(0.20, 0.20, 2.5, 0.36, 0.10),
}


class Look(StrEnum):
    """How a piece is put on paper."""

    PRINT = "print"
    HAND = "hand"
    """Digits by hand."""
    SMALL = "small"
    """The typist's initials at the end of a line, two thirds of the size or less."""
    PEN = "pen"
    """Strokes that are no letters."""
    DOTS = "dots"
    """A dotted line to write on: no text."""
    BOX = "box"
    """A box to tick, empty or ticked: no text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one look."""

    text: str
    """What the net shall say; empty for dots."""
    look: Look = Look.PRINT
    spaced: bool = True
    """Whether a space is read in front of it, unless it comes first."""
    gap: float = 1.0
    """How much white is in front of it, in spaces; writers by hand leave little."""


def truth(pieces: tuple[Piece, ...]) -> str:
    """What the net shall say about a line."""
    said = ""
    for piece in pieces:
        if piece.text:
            said += (" " if piece.spaced and said else "") + piece.text
    return said


class Texts:
    """A source of lines; the same generator state gives the same lines."""

    def __init__(self, prose: Path, course: Course = Course.PLAIN) -> None:
        """Take prose from a folder's texts."""
        self._prose = _paragraphs(prose)
        self._mix = _MIXES[course]
        self._titles = sorted(set(_strings(yaml.safe_load(_TITLES.read_text("utf-8")))))
        in_prose = {s for text in self._prose for s in re.findall(r"[^\W\d_]+", text.lower()) if len(s) < 8}
        self._syllables = sorted(in_prose | usage().known)

    def line(self, random: Random) -> tuple[Piece, ...]:
        """A line: mostly print alone."""
        kind = random.random() / self._mix.by_pen
        if kind < 0.05:
            pieces = _numbered(random)
        elif kind < 0.10:
            pieces = _dated(random)
        elif kind < 0.12:
            pieces = _filed(random)
        elif kind < 0.15:
            pieces = self._filled(random)
        else:
            pieces = (Piece(self.print(random)),)
        if random.random() < 0.03:
            place = random.randint(0, len(pieces))
            box = Piece("", Look.BOX, gap=random.uniform(0.5, 3))
            pieces = (*pieces[:place], box, *(replace(p, gap=max(0.8, p.gap)) for p in pieces[place:]))
        if random.random() < 0.04:
            pieces = (*pieces, Piece(PEN, Look.PEN, gap=random.uniform(0.3, 3)))
        return _fitting(pieces)

    def print(self, random: Random, length: int | None = None) -> str:
        """A line of print alone, of about this many characters."""
        length = length or _length(random)
        text = self._plain(random, length)
        case = random.random()
        if case < self._mix.capitals:
            text = text.upper()
        elif case < self._mix.capitals + 0.01:
            text = text.title()
        if random.random() < self._mix.changed:
            text = phrases.marks_changed(text, random)
        if random.random() < 0.05:
            text = phrases.bullet(random) + text
        if random.random() < 0.08:
            text += random.choice(_ENDS)
        return _clean(text)

    def _plain(self, random: Random, length: int) -> str:
        kinds: list[tuple[float, Callable[[], str]]] = [
            (0.54 - self._mix.strange - self._mix.signs, lambda: self._span(random, length)),
            (self._mix.strange, lambda: self._unknown(random, length)),
            (
                0.09,
                lambda: (
                    random.choice(words.LABELS) + random.choice((": ", ": ", ":")) + phrases.value(random)
                ),
            ),
            (0.05, lambda: random.choice((phrases.name, phrases.address))(random)),
            (0.05, lambda: phrases.figures(random)),
            (0.015, lambda: phrases.network(random)),
            (0.04, lambda: random.choice(words.HEADS)),
            (0.04, lambda: random.choice(self._titles)),
            (0.03, lambda: phrases.person(random)),
            (0.03, lambda: phrases.letters(random)),
            (self._mix.signs, lambda: phrases.signs(random, max(1, length // 7))),
            (0.015, lambda: " ".join(random.choices(words.ENGLISH, k=max(1, length // 7)))),
        ]
        drawn = random.random()
        for share, make in kinds:
            if drawn < share:
                return make()
            drawn -= share
        inserted = self._span(random, length // 2 + 2).split()
        place = random.randint(0, len(inserted))
        inserted[place:place] = [phrases.inset(random)]
        return " ".join(inserted)

    def _span(self, random: Random, length: int) -> str:
        for _ in range(4):
            text = random.choice(self._prose)
            if len(text) >= length:
                break
        if len(text) <= length:
            return text
        start = 0 if random.random() < 0.25 else text.find(" ", random.randint(0, len(text) - length)) + 1
        end = text.rfind(" ", start, start + length + 1)
        return text[start : end if end > start else start + length].strip()

    def _unknown(self, random: Random, length: int) -> str:
        """Syllables in no order, everyday ones and such as are in no dictionary: what is seen must decide."""
        count = max(1, length // 6)
        said = " ".join(
            random.choice(self._syllables) if random.random() < 0.4 else phrases.syllable(random)
            for _ in range(count)
        )
        return said.upper() if random.random() < 0.3 else said

    def _filled(self, random: Random) -> tuple[Piece, ...]:
        """A label, a dotted line, and perhaps what was typed or written over it."""
        label = Piece(random.choice(words.LABELS) + ":")
        dots = Piece("", Look.DOTS, gap=random.uniform(0, 1.5))
        kind = random.random()
        if kind < 0.4:
            return (label, dots)
        if kind < 0.6:
            return (
                label,
                dots,
                Piece(_clean(random.choice(words.LABELS) + ":"), gap=random.uniform(0.2, 2)),
                dots,
            )
        if kind < 0.8:
            value = Piece(_clean(phrases.value(random)), gap=random.uniform(0.2, 1.5))
            return (label, replace(dots, gap=0.2), value, dots)
        return (label, _by_hand(phrases.digits(random, random.randint(1, 12)), random), dots)


def _fitting(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    if len(truth(pieces)) <= LONGEST:
        return pieces
    first = pieces[0]
    return (replace(first, text=first.text[:LONGEST].rsplit(" ", 1)[0]),)


def _by_hand(digits: str, random: Random, *, spaced: bool = True) -> Piece:
    """Digits by hand; the gap before them is what the writer left."""
    text = "".join(HAND_DIGITS[int(c)] if c.isdigit() else c for c in digits)
    gap = random.choice((0.0, random.uniform(0, 0.6), random.uniform(0.3, 2.5)))
    return Piece(text, Look.HAND, spaced, gap)


def _numbered(random: Random) -> tuple[Piece, ...]:
    """`Số: 2095 /TB-ĐHĐL`: the number by hand, over dots or not."""
    body = random.choice(words.BODIES) + random.choice(("", "", "-" + random.choice(words.BODIES)))
    year = random.choice(("", "", f"{random.randint(2015, 2027)}/"))
    tail_spaced = random.random() < 0.5
    tail = Piece(f"/{year}{random.choice(words.ACTS)}-{body}", spaced=tail_spaced, gap=random.uniform(0, 1.6))
    head = Piece(random.choice(("Số:", "Số:", "Số", "số:", "Số :")))
    number = phrases.digits(random, random.choice((1, 2, 2, 3, 3, 4, 4)))
    if random.random() < 0.35:
        return (head, Piece(number, gap=random.uniform(0.4, 2)), tail)
    dots = Piece("", Look.DOTS, gap=random.uniform(0, 0.4))
    written = _by_hand(number, random)
    kind = random.random()
    if kind < 0.5:
        return (head, written, tail)
    if kind < 0.75:
        return (head, dots, replace(written, gap=0.0), replace(dots, gap=0.0), tail)
    return (head, written, replace(dots, gap=0.0), tail)


def _dated(random: Random) -> tuple[Piece, ...]:
    """`Hà Nội, ngày 27 tháng 8 năm 2025`: day and month by hand, often without room around them."""

    def number(text: str) -> Piece:
        if random.random() < 0.75:
            return _by_hand(text, random)
        return Piece(text, gap=random.uniform(0.5, 2))

    day, month = random.randint(1, 31), random.randint(1, 12)
    place = random.choice(words.PROVINCES + words.PLACES)
    after = lambda: random.choice((0.0, random.uniform(0, 0.7), random.uniform(0.3, 2.5)))  # noqa: E731
    year: tuple[Piece, ...] = (Piece(f"năm {random.randint(1990, 2030)}", gap=after()),)
    if random.random() < 0.15:
        year = (Piece("năm", gap=after()), number(str(random.randint(1990, 2030))))
    written_day = f"{day:02d}" if random.random() < 0.7 else str(day)
    written_month = f"{month:02d}" if random.random() < 0.4 else str(month)
    start = random.choice((f"{place}, ngày", f"{place}, ngày", "ngày", f"TP. {place}, ngày", "Ngày"))
    return (Piece(start), number(written_day), Piece("tháng", gap=after()), number(written_month), *year)


def _filed(random: Random) -> tuple[Piece, ...]:
    """`- Lưu: VT, QHĐP (2)Q.Cường`: copies kept and the typist's initials in small type."""
    start = random.choice(
        ("- Lưu: VT", "- Lưu: VT, " + random.choice(words.BODIES), "- Như Điều 3", "- Lưu: HS")
    )
    mark = random.choice(
        ("", f" ({random.randint(1, 9)})", f" ({random.randint(1, 9)}b)", f". ({random.randint(1, 30)})")
    )
    name = random.choice(
        (random.choice(words.GIVEN_NAMES), random.choice("HQTNLM") + "." + random.choice(words.GIVEN_NAMES))
    )
    tail = Piece(name, Look.SMALL, spaced=random.random() < 0.4, gap=random.uniform(0, 1))
    pen = (Piece(PEN, Look.PEN, gap=random.uniform(0, 1)),) if random.random() < 0.4 else ()
    return (Piece(start + mark), tail, *pen)


def _length(random: Random) -> int:
    kind = random.random()
    low, high = (70, 96) if kind < 0.25 else (30, 70) if kind < 0.6 else (8, 30) if kind < 0.9 else (2, 8)
    return random.randint(low, high)


def _clean(text: str) -> str:
    text = _LEADERS.sub(" ", unicodedata.normalize("NFC", text))
    text = " ".join("".join(c for c in text if c in _KNOWN).split())
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0]


def _paragraphs(folder: Path) -> list[str]:
    found: list[str] = []
    for file in sorted(folder.glob("*")):
        if file.suffix not in (".md", ".txt"):
            continue
        for paragraph in re.split(r"\n", file.read_text("utf-8", "replace")):
            bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph)
            bare = re.sub(r"[*_#`|]+", " ", bare).replace("\u2011", "-").replace("−", "-").replace("ð", "đ")
            text = " ".join("".join(c for c in unicodedata.normalize("NFC", bare) if c in _KNOWN).split())
            if len(text) >= 8 and sum(c.isalpha() for c in text) > len(text) / 2:
                found.append(text)
    if not found:
        raise FileNotFoundError(f"no prose in {folder}: Vietnamese texts as .md or .txt are needed")
    return list(dict.fromkeys(found))


def _strings(data: object) -> list[str]:
    if isinstance(data, str):
        return [text] if len(text := _clean(data)) > 3 and " " in text else []
    items = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for item in items for text in _strings(item)]
