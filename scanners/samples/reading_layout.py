"""A full A4 page of about forty lines in any family of type, filled from the top down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanners.samples.sheet import (
    FILLED,
    GREY,
    HEIGHT,
    INK,
    WIDTH,
    PrintedLine,
    Sheet,
    Span,
    Style,
    millimetres,
)
from scanners.samples.typefaces import Family

LEFT: Final = millimetres(27)
RIGHT: Final = WIDTH - millimetres(17)
MIDDLE: Final = (LEFT + RIGHT) / 2
LEADING: Final = 72
"""Pixels from line to line: forty of them fill a page."""
SIZE: Final = 52
"""Pixels; 12.5 points."""
_BOTTOM: Final = HEIGHT - millimetres(20)
_INSET: Final = 22
_ABOVE: Final = 54
"""Pixels from a table's rule down to the first baseline under it."""
_DOT_STEP: Final = 14


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a column: what is printed and how."""

    text: str
    style: Style
    underlined: float = 0.0
    """Share of its width that a rule below takes."""


class Writer:
    """A sheet, and what was printed on it in the order in which people read it."""

    def __init__(self, family: Family, number: int = 1) -> None:
        self.sheet = Sheet()
        self.y: float = millimetres(24)
        """Baseline of the next line."""
        self.plain = Style(family.regular, SIZE)
        self.bold = Style(family.bold, SIZE)
        self.italic = Style(family.italic, SIZE)
        self.bold_italic = Style(family.bold_italic, SIZE)
        self.title = Style(family.bold, SIZE + 8)
        self.small = Style(family.regular, SIZE - 8)
        self.small_bold = Style(family.bold, SIZE - 8)
        self.small_italic = Style(family.italic, SIZE - 8)
        self.value = Style(family.regular, SIZE, FILLED)
        self.pairs: list[tuple[int, int, int]] = []
        """Columns side by side: first line of the left one, of the right one, one past its last."""
        if number > 1:  # the first page bears none: NĐ 30/2020/NĐ-CP, Phụ lục I, I.6
            self.sheet.print_centred(WIDTH / 2, millimetres(14), Span(f"{number}", self.small))

    @property
    def lines(self) -> list[PrintedLine]:
        """Everything printed so far."""
        return self.sheet.lines

    def room(self, lines: float = 1.0) -> bool:
        """Whether so many lines still fit."""
        return self.y + lines * LEADING <= _BOTTOM

    def skip(self, lines: float = 0.5) -> None:
        """Leave white space."""
        self.y += lines * LEADING

    def centre(self, cell: Cell, middle: float = MIDDLE) -> None:
        """One centred line."""
        width = self.sheet.print_centred(middle, self.y, Span(cell.text, cell.style)) * cell.underlined
        if width:
            self.sheet.rule(middle - width / 2, middle + width / 2, self.y + 18)
        self.y += LEADING

    def columns(self, left: Sequence[Cell], right: Sequence[Cell], *, centred: bool = True) -> None:
        """Two columns side by side, as at the head and the foot of a paper.

        People may read them one after the other or row by row: both are right.

        Args:
            centred: whether the left column is centred; else it begins at the margin.
        """
        top, first = self.y, len(self.lines)
        for cell in left:
            if centred:
                self.centre(cell, LEFT + (RIGHT - LEFT) * 0.2)
            else:
                self.sheet.print(LEFT, self.y, (Span(cell.text, cell.style),))
                self.y += LEADING
        bottom, self.y, second = self.y, top, len(self.lines)
        for cell in right:
            self.centre(cell, LEFT + (RIGHT - LEFT) * 0.7)
        self.y = max(self.y, bottom)
        self.pairs.append((first, second, len(self.lines)))

    def paragraph(self, text: str, lead_in: str = "", style: Style | None = None) -> None:
        """Justified text that ends at the foot of the page.

        Args:
            lead_in: bold words before it, for example "Điều 1.".
        """
        words = [(word, self.bold) for word in lead_in.split()]
        words += [(word, style or self.plain) for word in text.split()]
        x: float = LEFT + millimetres(10)
        while words and self.room(0):
            line = _fitting(words, RIGHT - x)
            words = words[len(line) :]
            spans = [Span(*word) for word in line]
            spare = RIGHT - x - _width(line)
            stretch = spare / (len(line) - 1) if words and len(line) > 1 and self.room() else 0.0
            self.sheet.print(x, self.y, spans, stretch)
            x, self.y = LEFT, self.y + LEADING

    def fields(self, *pairs: tuple[str, str]) -> None:
        """Fields of a form side by side; dots lead from the value to the end of its column."""
        width = (RIGHT - LEFT) / len(pairs)
        for number, (label, value) in enumerate(pairs):
            x = LEFT + width * number
            spans = [Span(label, self.plain)]
            if value:
                spans.append(Span(value, self.value))
            end = self.sheet.print(x, self.y, spans)
            self._dots(end + 12, x + width - 24, self.y)
            if value:
                self._dots(x + self.plain.width(label + " "), end, self.y + 12)
        self.y += LEADING

    def blank_field(self) -> None:
        """A line of dots across the page."""
        self._dots(LEFT, RIGHT, self.y)
        self.y += LEADING

    def table(self, shares: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        """A ruled table, its first row the heading, as far as the page has room.

        Args:
            shares: widths of the columns, adding up to 1.
        """
        edges = [LEFT]
        for share in shares:
            edges.append(round(edges[-1] + share * (RIGHT - LEFT)))
        top = self.y - _ABOVE
        self.sheet.rule(edges[0], edges[-1], top)
        for number, row in enumerate(rows):
            if self.room(2):
                self._row(edges, row, self.small_bold if number == 0 else self.small)
        for x in edges:
            self.sheet.draw.line((x, top, x, self.y - _ABOVE), fill=INK, width=3)
        self.skip(0.4)

    def finish(self, remark: str) -> Sheet:
        """The sheet, with the line that marks it as invented."""
        style = Style(self.plain.face, 33, GREY)
        self.sheet.print_centred(WIDTH / 2, HEIGHT - millimetres(9), Span(remark, style))
        return self.sheet

    def _dots(self, left: float, right: float, y: float) -> None:
        for x in range(round(left), round(right), _DOT_STEP):
            self.sheet.draw.ellipse((x, y - 3, x + 4, y + 1), fill=(70, 70, 74))

    def _row(self, edges: Sequence[int], cells: Sequence[str], style: Style) -> None:
        top = bottom = self.y
        for x, right, cell in zip(edges, edges[1:], cells, strict=False):
            self.y, words = top, [(word, style) for word in cell.split()]
            while words:
                line = _fitting(words, right - x - 2 * _INSET)
                self.sheet.print(x + _INSET, self.y, [Span(*word) for word in line])
                words, self.y = words[len(line) :], self.y + round(LEADING * 0.84)
            bottom = max(bottom, self.y)
        self.y = bottom + round(LEADING * 0.16)
        self.sheet.rule(edges[0], edges[-1], self.y - _ABOVE)


def _width(words: Sequence[tuple[str, Style]]) -> float:
    """As `Sheet.print` sets them: a space in the style of the word after it."""
    spaces = sum(style.width(" ") for _, style in words[1:])
    return sum(style.width(text) for text, style in words) + spaces


def _fitting(words: Sequence[tuple[str, Style]], room: float) -> list[tuple[str, Style]]:
    """The words that fit, at least one, so that a paragraph ends."""
    count = 1
    while count < len(words) and _width(words[: count + 1]) <= room:
        count += 1
    return list(words[:count])
