"""Runs of 12 or 9 digits on a page, each read by two readers that know nothing of each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dossier.geometry import Box, UprightFrame
from dossier.page import Line, NumberReading
from dossier.ports import LineReader
from models.digit_shapes import SURE
from models.labels import number_announced
from models.spots import LEGIBLE, confidence_of
from pipeline.prepare import PreparedPage, line_picture

if TYPE_CHECKING:
    from dossier.ports import Grey

_PERSONAL: Final = 12
_RUN: Final = re.compile(
    r"(?<![\d.,/-])(?:\d{12}|\d{3}(?:[ .]\d{3}){3}|\d{4}(?:[ .]\d{4}){2}|\d(?:[ |]\d){11}"
    r"|\d{9}|\d{3}(?: \d{3}){2}|\d(?:[ |]\d){8})(?![\d/-]|[.,]\d)"
)
"""Together, in groups of three or four, or one digit to a box of the form. Nine with dots are money."""

_SURE_OF_DIGITS: Final = 0.5
_ROOM: Final = 11
"""How far the room for a number reaches behind its label, in heights of its line."""
_WRITTEN, _HIGH, _BROAD = 150, 0.25, 1.0
"""Grey of ink; which share of the height a column of print has of it; how many heights of such columns."""


@dataclass(frozen=True, slots=True)
class DigitReaders:
    """Who reads the numbers of a page."""

    text: LineReader
    """Reads the lines."""
    second: LineReader | None
    """The reader of digits that knows nothing of it; without one every number has a single witness."""
    shapes: LineReader | None = None
    """A third one, asked where the others disagree or the page is damaged."""


def read_numbers(
    prepared: PreparedPage, frame: UprightFrame, lines: Sequence[Line], by: DigitReaders
) -> tuple[NumberReading, ...]:
    """Every run of 12 or 9 digits, and what the other readers see in the same place.

    An unsure run that no other reader confirms is no number: the empty digit boxes of a form are read as
    some. Where a label announces a number, something is written and nobody can read 12 or 9 digits, a reading
    with fewer digits, or none, says so.
    """
    return tuple(_Numbers(prepared, frame, by).read(lines))


class _Numbers:
    """Reads the numbers of one page."""

    def __init__(self, prepared: PreparedPage, frame: UprightFrame, by: DigitReaders) -> None:
        self._prepared = prepared
        self._frame = frame
        self._by = by

    def read(self, lines: Sequence[Line]) -> Iterator[NumberReading]:
        damaged = confidence_of(lines) < LEGIBLE
        places: list[Box] = []
        for line in lines:
            for digits, box, confidence in digit_runs(line):
                places.append(box)
                first = NumberReading(digits, box, confidence, self._by.text.engine.name)
                yield from self._run(first, damaged=damaged)
        for line in lines:
            room = self._room(line, lines)
            if room is not None and not any(_meets(room, place) for place in places):
                yield from self._announced(room)

    def _run(self, first: NumberReading, *, damaged: bool) -> Iterator[NumberReading]:
        """What the line reader saw as a number, and what others say about it."""
        box = first.box
        second = self._reading(self._by.second, _wider(box, box.height / 4), box)
        agreed = second is not None and second.digits == first.digits
        readings = [first] if second is None else [first, second]
        if len(first.digits) == _PERSONAL and (damaged or not agreed):
            shapes = self._by_shapes(_wider(box, 1.2 * box.width / _PERSONAL))
            if shapes is not None and second is None and self._by.second is not None:
                again = self._reading(self._by.second, _wider(shapes.box, box.height / 4), box)
                readings += [] if again is None else [again]
            readings += [] if shapes is None else [replace(shapes, box=box)]
        confirmed = any(other.digits == first.digits for other in readings[1:])
        if first.confidence >= _SURE_OF_DIGITS or confirmed:
            yield from readings

    def _announced(self, room: Box) -> Iterator[NumberReading]:
        """The number behind a label where the line reader saw none."""
        picture = line_picture(self._prepared, self._frame, room)
        if not _is_written(picture):
            return
        shapes = self._by_shapes(room)
        place = room if shapes is None else _wider(shapes.box, room.height / 6)
        box = room if shapes is None else shapes.box
        seen = [self._reading(reader, place, box) for reader in (self._by.text, self._by.second)]
        readings = [reading for reading in (*seen, shapes) if reading is not None]
        counted = Counter(reading.digits for reading in readings)
        sure = [
            r
            for r in readings
            if counted[r.digits] > 1 or (r is not shapes and r.confidence >= _SURE_OF_DIGITS)
        ]
        if sure:
            yield from sure
            return
        text = self._by.text.read([picture])[0].text
        if not _is_in_words(text):
            digits = "".join(re.findall(r"\d", text))
            digits = digits if len(digits) not in (9, _PERSONAL) else ""
            yield NumberReading(digits, room, 0.0, self._by.text.engine.name)

    def _room(self, line: Line, lines: Sequence[Line]) -> Box | None:
        """Where the number that this line announces stands: behind the label, up to the next label."""
        start = number_announced(line.text)
        if start is None:
            return None
        left = _across(line, start)
        others = [o for o in lines if o is not line and _on_row(o.box, line.box) and ":" in o.text]
        right = min([left + _ROOM * line.box.height, float(self._frame.width)])
        right = min([right, *(o.box.left for o in others if o.box.left > left)])
        return Box(left, line.box.top, right, line.box.bottom) if right - left > 3 * line.box.height else None

    def _by_shapes(self, box: Box) -> NumberReading | None:
        """What the shapes of digits say, where they say anything; the box is that of the digits."""
        if self._by.shapes is None:
            return None
        inside = self._inside(box)
        (read,) = self._by.shapes.read([line_picture(self._prepared, self._frame, inside)])
        if not read.words or read.words[0].confidence < SURE:
            return None
        word = read.words[0]
        left, right = (inside.left + share * inside.width for share in (word.left, word.right))
        place = Box(left, inside.top, right, inside.bottom)
        return NumberReading(word.text, place, word.confidence, self._by.shapes.engine.name)

    def _reading(self, reader: LineReader | None, place: Box, box: Box) -> NumberReading | None:
        """The 12 or 9 digits that a reader sees in a place, as standing in a box."""
        if reader is None:
            return None
        (read,) = reader.read([line_picture(self._prepared, self._frame, self._inside(place))])
        digits = only_digits(read.text)
        if not digits:
            return None
        return NumberReading(digits, box, min(word.clarity for word in read.words), reader.engine.name)

    def _inside(self, box: Box) -> Box:
        return Box(max(0.0, box.left), box.top, min(float(self._frame.width), box.right), box.bottom)


def _wider(box: Box, margin: float) -> Box:
    return Box(box.left - margin, box.top, box.right + margin, box.bottom)


def _on_row(one: Box, other: Box) -> bool:
    return one.top <= (other.top + other.bottom) / 2 <= one.bottom


def _meets(room: Box, number: Box) -> bool:
    """Whether a number stands in a room, or touches it."""
    across = min(room.right, number.right) - max(room.left, number.left)
    return across > -room.height and _on_row(room, number)


def _is_written(picture: Grey) -> bool:
    """Whether there is print; a dotted line and the rule of a table are none."""
    high = (picture < _WRITTEN).mean(axis=0) >= _HIGH
    return bool(int(high.sum()) >= _BROAD * picture.shape[0])


def _is_in_words(text: str) -> bool:
    """Whether something else than a number is written: "chưa có", "hộ chiếu"."""
    letters = [c for c in text if c.isalpha() and c not in "OQoDIlSBZ"]
    return len(letters) > 3 and len(letters) > sum(c.isdigit() for c in text)


def _across(line: Line, start: int) -> float:
    """Where the character at this place of a line's text begins."""
    position = 0
    for word in line.words:
        if start <= position + len(word.text):
            return word.box.left + max(0, start - position) * word.box.width / len(word.text)
        position += len(word.text) + 1
    return line.box.right


def digit_runs(line: Line) -> Iterator[tuple[str, Box, float]]:
    """Digits, box and confidence, its least certain digit's, of each run of 12 or 9 digits in a line."""
    for run in _RUN.finditer(line.text):
        if not _goes_on(line.text, run.start(), run.end()):
            yield _place(line, run.start(), run.end())


def only_digits(text: str) -> str:
    """The digits of a text, if they are 12 or 9; else nothing."""
    digits = "".join(re.findall(r"\d", text))
    return digits if len(digits) in (9, 12) else ""


def _goes_on(text: str, start: int, stop: int) -> bool:
    """Whether a number in groups has more groups before or after it: then it is an amount of money."""
    if text[start:stop].isdigit():
        return False
    return bool(re.match(r"[ .]\d{3}(?!\d)", text[stop:]) or re.search(r"(?<!\d)\d{1,3}[ .]$", text[:start]))


def _place(line: Line, start: int, stop: int) -> tuple[str, Box, float]:
    """Where a stretch of a line's text lies: whole words, and shares of words that go beyond it."""
    position = 0
    boxes: list[Box] = []
    confidence = 1.0
    for word in line.words:
        first, last = max(start, position), min(stop, position + len(word.text))
        if first < last:
            pitch = word.box.width / len(word.text)
            left = word.box.left + (first - position) * pitch
            boxes.append(Box(left, word.box.top, left + (last - first) * pitch, word.box.bottom))
            confidence = min(confidence, word.clarity)
        position += len(word.text) + 1
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return only_digits(line.text[start:stop]), whole, confidence
