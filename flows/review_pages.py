"""A page as a clerk leaves it: turned, marked blank, its text set right where a value was typed.

The picture is never touched. What the readers saw is kept in their checkpoints; a page that a clerk changed
names the clerk among its engines, so that its text is not taken for theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from rapidfuzz import fuzz

from dossier.blocks import Block, BlockKind
from dossier.geometry import Affine, Box, UprightFrame
from dossier.page import Engine, Line, NumberReading, RecognisedPage, Word
from dossier.text import without_marks
from flows.review_places import FilledPlace

CLERK: Final = "clerk"
"""Name of the engine that stands for a person; its version is the account."""
_SAME: Final = 78
"""Likeness, of 100, of a value as read and the words that it was read from."""
_PERSONAL: Final = (9, 12)
"""Digits of a personal number, old and new."""
_LONGEST_RUN: Final = 12
"""Words that a value may take."""


def turned(page: RecognisedPage, degrees: int) -> RecognisedPage:
    """The page turned clockwise by quarters, with everything on it."""
    steps = degrees // 90 % 4
    for _ in range(steps):
        page = _quarter(page)
    return page


def blanked(page: RecognisedPage, *, is_blank: bool) -> RecognisedPage:
    """The page as a side that bears nothing, or that does."""
    if not is_blank:
        return replace(page, is_blank=False)
    return replace(
        page,
        is_blank=True,
        lines=(),
        codes=(),
        numbers=(),
        zones=(),
        handwriting=(),
        blocks=(),
        confidence=1.0,
    )


def by_clerk(page: RecognisedPage, accounts: Iterable[str]) -> RecognisedPage:
    """The same, with these accounts among those who say what stands on it."""
    clerks = [Engine(CLERK, account, "") for account in dict.fromkeys(accounts)]
    return replace(page, engines=(*page.engines, *(c for c in clerks if c not in page.engines)))


def retyped(page: RecognisedPage, places: Iterable[FilledPlace]) -> RecognisedPage:
    """The page whose text says what was typed, where it was typed.

    The words that the value was read from are replaced; where they cannot be found, those within the box;
    where nothing stands there, a line is added. A place without a box changes no text.
    """
    for place in places:
        if place.typed is None or place.box is None or place.place.source in ("qr", "mrz"):
            continue
        page = _with_number(_with_value(page, place, place.box), place.typed.value, place.box)
    return page


def _with_value(page: RecognisedPage, place: FilledPlace, box: Box) -> RecognisedPage:
    typed = place.typed
    if typed is None:
        return page
    best = _best_run(page.lines, box, place.place.best)
    if best is None:
        best = _run_inside(page.lines, box)
    if best is None:
        return _with_line(page, typed.value, box) if typed.value else page
    at, first, last = best
    line = page.lines[at]
    old = line.words[first : last + 1]
    text = _as_written(typed.value, place.place.best, " ".join(word.text for word in old))
    new = _words(text, _around(old))
    words = (*line.words[:first], *new, *line.words[last + 1 :])
    fixed = replace(line, text=" ".join(word.text for word in words), words=words)
    return replace(page, lines=(*page.lines[:at], fixed, *page.lines[at + 1 :]))


def _with_number(page: RecognisedPage, typed: str, box: Box) -> RecognisedPage:
    """What readers made of a personal number there gives way to what was typed."""
    if not (typed.isascii() and typed.isdigit() and len(typed) in _PERSONAL):
        return page
    others = (number for number in page.numbers if not number.box.overlaps(box))
    return replace(page, numbers=(*others, NumberReading(typed, box, 1.0, CLERK)))


def _best_run(lines: Sequence[Line], box: Box, read: str) -> tuple[int, int, int] | None:
    """Line and words that say most nearly what was read; None where nothing near the box does."""
    wanted = {_plain(form) for form in _forms(read)} - {""}
    best: tuple[float, int, tuple[int, int, int]] | None = None
    for at, line in enumerate(lines):
        if not wanted or not line.box.overlaps(box):
            continue
        for first in range(len(line.words)):
            for last in range(first, min(first + _LONGEST_RUN, len(line.words))):
                said = _plain(" ".join(word.text for word in line.words[first : last + 1]))
                likeness = max(fuzz.ratio(said, form) for form in wanted)
                key = (likeness, first - last, (at, first, last))
                if likeness >= _SAME and (best is None or key[:2] > best[:2]):
                    best = key
    return best[2] if best else None


def _run_inside(lines: Sequence[Line], box: Box) -> tuple[int, int, int] | None:
    """The words of one line whose middle lies in the box, unless that is the whole of a longer line."""
    for at, line in enumerate(lines):
        inside = [n for n, word in enumerate(line.words) if _holds(box, word.box)]
        if inside and (len(inside) < len(line.words) or len(inside) == 1):
            return at, inside[0], inside[-1]
    return None


def _holds(box: Box, word: Box) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return box.left <= x < box.right and box.top <= y < box.bottom


def _with_line(page: RecognisedPage, text: str, box: Box) -> RecognisedPage:
    words = _words(text, box)
    line = Line(" ".join(word.text for word in words), box, 1.0, words)
    blocks = page.blocks
    if blocks:
        blocks = (*blocks, Block(BlockKind.PARAGRAPH, box, (len(page.lines),)))
    return replace(page, lines=(*page.lines, line), blocks=blocks, is_blank=False)


def _words(text: str, box: Box) -> tuple[Word, ...]:
    """Words over a box, each as wide as its share of the letters."""
    parts = text.split()
    letters = len(" ".join(parts)) or 1
    words, done = [], 0
    for part in parts:
        left = box.left + box.width * done / letters
        right = box.left + box.width * (done + len(part)) / letters
        words.append(Word(part, Box(left, box.top, right, box.bottom), 1.0))
        done += len(part) + 1
    return tuple(words)


def _around(words: Sequence[Word]) -> Box:
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return box


def _forms(value: str) -> tuple[str, ...]:
    """How a value may stand in print: dates as people write them."""
    day = _day(value)
    if day is None:
        return (value,)
    return (
        f"{day:%d/%m/%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"ngày {day:%d} tháng {day:%m} năm {day.year}",
    )


def _as_written(value: str, read: str, stood: str) -> str:
    """The typed value in the manner of what stood there."""
    day = _day(value)
    if day is not None:
        if "thang" in without_marks(stood).lower():
            return f"ngày {day:%d} tháng {day:%m} năm {day.year}"
        return f"{day:%d/%m/%Y}"
    is_capital = bool(read) and stood.isupper() and not value.isdigit()
    tail = re.search(r"[.,;:)]+$", stood)
    return (value.upper() if is_capital else value) + (tail.group() if tail and value else "")


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    return "".join(c for c in without_marks(text).lower() if c.isalnum())


def _quarter(page: RecognisedPage) -> RecognisedPage:
    """One quarter turn, clockwise.

    The straightening is told after the quarter turn, so it stays as it is: turning a straightened page and
    straightening a turned one are the same (both are rotations about the middle of the picture).
    """
    frame = page.frame
    after = UprightFrame(
        frame.scan_width, frame.scan_height, (frame.rotation_degrees + 90) % 360, frame.angle_degrees
    )
    turn = Affine(0, 1, -1, 0, frame.height, 0)

    def moved(box: Box) -> Box:
        x1, y1 = turn.apply(box.left, box.top)
        x2, y2 = turn.apply(box.right, box.bottom)
        return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    marks = page.marks
    if marks is not None:
        marks = replace(
            marks,
            seals=tuple(moved(box) for box in marks.seals),
            signatures=tuple(moved(box) for box in marks.signatures),
            head_digits=tuple(replace(digits, box=moved(digits.box)) for digits in marks.head_digits),
        )
    return replace(
        page,
        frame=after,
        lines=tuple(
            replace(
                line,
                box=moved(line.box),
                words=tuple(replace(word, box=moved(word.box)) for word in line.words),
            )
            for line in page.lines
        ),
        codes=tuple(replace(code, box=moved(code.box)) for code in page.codes),
        numbers=tuple(replace(number, box=moved(number.box)) for number in page.numbers),
        zones=tuple(replace(zone, box=moved(zone.box)) for zone in page.zones),
        handwriting=tuple(replace(pen, box=moved(pen.box)) for pen in page.handwriting),
        blocks=tuple(replace(block, box=moved(block.box)) for block in page.blocks),
        marks=marks,
    )


def turned_box(box: Box | None, frame: UprightFrame, degrees: int) -> Box | None:
    """Where a box lies after a turn.

    Args:
        box: in the frame before.
        frame: before the turn.
        degrees: clockwise, whole quarters; negative ones turn back.
    """
    if box is None:
        return None
    width, height = frame.width, frame.height
    for _ in range(degrees // 90 % 4):
        box = Box(height - box.bottom, box.left, height - box.top, box.right)
        width, height = height, width
    return box
