"""Runs of 12 or 9 digits on a page, each read by two readers that know nothing of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.geometry import Box, UprightFrame
from dossier.page import Line, NumberReading
from dossier.ports import LineReader
from pipeline.prepare import PreparedPage, line_picture

_RUN: Final = re.compile(
    r"(?<![\d.,/-])(?:\d{12}|\d{3}(?:[ .]\d{3}){3}|\d{4}(?:[ .]\d{4}){2}|\d(?:[ |]\d){11}"
    r"|\d{9}|\d{3}(?: \d{3}){2}|\d(?:[ |]\d){8})(?![\d/-]|[.,]\d)"
)
"""Together, in groups of three or four, or one digit to a box of the form. Nine with dots are money."""

_SURE_OF_DIGITS: Final = 0.5


@dataclass(frozen=True, slots=True)
class DigitReaders:
    """Who reads the numbers of a page."""

    text_engine: str
    """Name of the engine that read the lines."""
    second: LineReader | None
    """The reader of digits that knows nothing of it; without one every number has a single witness."""


def read_numbers(
    prepared: PreparedPage, frame: UprightFrame, lines: Sequence[Line], by: DigitReaders
) -> tuple[NumberReading, ...]:
    """Every run of 12 or 9 digits, and what the second reader sees in the same place.

    An unsure run that the second reader does not confirm is no number: the empty digit boxes of a form are
    read as some.
    """
    numbers: list[NumberReading] = []
    for line in lines:
        for digits, box, confidence in digit_runs(line):
            first = NumberReading(digits, box, confidence, by.text_engine)
            second = _second_reading(prepared, frame, box, by.second)
            confirmed = second is not None and second.digits == digits
            if confidence >= _SURE_OF_DIGITS or confirmed:
                numbers += [first] if second is None else [first, second]
    return tuple(numbers)


def _second_reading(
    prepared: PreparedPage, frame: UprightFrame, box: Box, reader: LineReader | None
) -> NumberReading | None:
    """What the reader of digits sees in a box, with some paper on either side."""
    if reader is None:
        return None
    margin = box.height / 4
    wide = Box(max(0.0, box.left - margin), box.top, min(frame.width, box.right + margin), box.bottom)
    (read,) = reader.read([line_picture(prepared, frame, wide)])
    digits = only_digits(read.text)
    if not digits:
        return None
    return NumberReading(digits, box, min(word.confidence for word in read.words), reader.engine.name)


def digit_runs(line: Line) -> Iterator[tuple[str, Box, float]]:
    """Digits, box and confidence of each run of 12 or 9 digits in a line."""
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
            confidence = min(confidence, word.confidence)
        position += len(word.text) + 1
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return only_digits(line.text[start:stop]), whole, confidence
