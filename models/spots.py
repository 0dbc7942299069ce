"""Places on a page where a person's number stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.geometry import Box
from dossier.page import Line, NumberReading, RecognisedPage
from models.labels import NOT_A_PERSON, NUMBER_LABEL, OLD_NUMBER_LABEL, flat

_LENGTHS: Final = (9, 12)
LEGIBLE: Final = 0.975
"""Share of a page's print, 0.0 to 1.0, that is read rightly; below it is damaged, clean scans have 0.98."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place on the page where a number stands, with every reading of it."""

    order: tuple[int, int]
    box: Box
    readings: tuple[NumberReading, ...]

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(reading.digits for reading in self.readings)


def number_spots(page: RecognisedPage) -> Iterator[Spot]:
    """Numbers that belong to a person, one spot a place, in reading order."""
    places: list[list[NumberReading]] = []
    for reading in page.numbers:
        for place in places:
            if same_place(place[0].box, reading.box):
                place.append(reading)
                break
        else:
            places.append([reading])
    for place in places:
        order = _order_of(page, place[0].box)
        kept = tuple(r for r in place if _is_personal(page, r))
        if kept:
            yield Spot(order, place[0].box, kept)


def unread_spots(page: RecognisedPage) -> Iterator[Spot]:
    """Places where a label announces a number, something is written and nobody could read it whole."""
    for reading in page.numbers:
        if len(reading.digits) not in _LENGTHS:
            yield Spot(_order_of(page, reading.box), reading.box, (reading,))


def confidence_of(lines: Sequence[Line]) -> float:
    """Mean confidence of the words, long ones counting more; without any nothing is doubtful."""
    words = [word for line in lines for word in line.words]
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 1.0


def same_place(one: Box, other: Box) -> bool:
    """Whether two boxes share at least half of the smaller one."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return False
    return width * height >= 0.5 * min(one.width * one.height, other.width * other.height)


def _is_personal(page: RecognisedPage, reading: NumberReading) -> bool:
    """Judge a run of digits by the label nearest before it; a phone or an account is nobody's number."""
    before = flat(text_before(page, reading.box))
    last_other = max((m.end() for m in NOT_A_PERSON.finditer(before)), default=-1)
    last_person = max((m.end() for m in NUMBER_LABEL.finditer(before)), default=-1)
    if last_other > last_person:
        return False
    if len(reading.digits) == 12:
        return last_person >= 0 or reading.digits.startswith("0")
    return len(reading.digits) == 9 and OLD_NUMBER_LABEL.search(before) is not None


def text_before(page: RecognisedPage, box: Box, *, row_only: bool = False) -> str:
    """What stands before the box on its row; where nothing does, the row above."""
    row = [line for line in page.lines if on_row(line.box, box)]
    words = sorted(
        (word for line in row for word in line.words if (word.box.left + word.box.right) / 2 < box.left),
        key=lambda word: word.box.left,
    )
    if words or row_only:
        return " ".join(word.text for word in words)
    height = box.height
    above = [
        line
        for line in page.lines
        if 0 <= box.top - line.box.bottom + 0.3 * height <= 1.8 * height
        and line.box.left < box.right
        and box.left < line.box.right + 4 * height
    ]
    nearest = max(above, key=lambda line: line.box.bottom, default=None)
    return nearest.text if nearest is not None else ""


def on_row(line: Box, box: Box) -> bool:
    return line.top <= (box.top + box.bottom) / 2 <= line.bottom


def _order_of(page: RecognisedPage, box: Box) -> tuple[int, int]:
    """Which line the box lies on, and before which character."""
    middle = (box.top + box.bottom) / 2
    for index, line in enumerate(page.lines):
        if on_row(line.box, box) and line.box.left - 5 <= box.left <= line.box.right + 5:
            share = (box.left - line.box.left) / max(1.0, line.box.width)
            return index, round(share * len(line.text))
    above = [i for i, line in enumerate(page.lines) if line.box.top <= middle]
    return (max(above, default=0), 10_000)


def hamming(one: str, other: str) -> int:
    """In how many places two numbers differ; their length where the lengths differ."""
    if len(one) != len(other):
        return max(len(one), len(other))
    return sum(a != b for a, b in zip(one, other, strict=True))
