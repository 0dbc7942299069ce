"""What administrative papers are made of: headings, dotted fields, paragraphs, tables, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from random import Random
from typing import Final

from scanners.samples.faces import Face
from scanners.samples.marks import scribble
from scanners.samples.sheet import FILLED, GREY, HEIGHT, WIDTH, Sheet, Span, Style, millimetres

PLAIN: Final = Style()
BOLD: Final = Style(Face.BOLD)
ITALIC: Final = Style(Face.ITALIC)
TITLE: Final = Style(Face.BOLD, 64)
SMALL: Final = Style(Face.SERIF, 46)
SMALL_BOLD: Final = Style(Face.BOLD, 46)
SMALL_ITALIC: Final = Style(Face.ITALIC, 46)
VALUE: Final = Style(Face.SERIF, 54, FILLED)
NAME: Final = Style(Face.BOLD, 54, FILLED)

LEFT: Final = millimetres(27)
RIGHT: Final = WIDTH - millimetres(17)
MIDDLE: Final = (LEFT + RIGHT) / 2
LEADING: Final = 84
"""Pixels from line to line."""
_INSET: Final = 30
"""Pixels between a table's rule and the text beside it."""
_ABOVE: Final = 60
"""Pixels from a table's rule down to the first baseline under it."""
SPECIMEN: Final = "MẪU - DỮ LIỆU HƯ CẤU"
"""Printed on every page, so that nobody takes a sample for a paper."""


class Page:
    """A sheet that is filled from the top down."""

    def __init__(self, top: float = millimetres(21)) -> None:
        self.sheet = Sheet()
        self.y = top
        """Baseline of the next line."""

    def skip(self, lines: float = 0.5) -> None:
        """Leave white space."""
        self.y += round(lines * LEADING)

    def centre(self, text: str, style: Style = PLAIN, middle: float = MIDDLE) -> None:
        """One centred line."""
        self.sheet.print_centred(middle, self.y, Span(text, style))
        self.y += round(style.size * 1.42)

    def motto(self) -> None:
        """Quốc hiệu and tiêu ngữ over the whole width, as on citizens' forms."""
        self.centre("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", BOLD)
        self._underlined("Độc lập - Tự do - Hạnh phúc", BOLD, MIDDLE)

    def letterhead(self, agency: Sequence[str], number: str, place_and_day: str) -> None:
        """The two columns that head an agency's paper (NĐ 30/2020/NĐ-CP, Phụ lục I).

        Args:
            agency: superior agency, then the agency itself.
            number: number and sign, for example "Số: 12/XN".
            place_and_day: the italic line under the motto.
        """
        left, right = LEFT + millimetres(30), RIGHT - millimetres(42)
        top = self.y
        for text in agency[:-1]:
            self.centre(text, SMALL, left)
        self._underlined(agency[-1], SMALL_BOLD, left, share=0.45)
        self.centre(number, SMALL, left)
        bottom, self.y = self.y, top
        self.centre("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", SMALL_BOLD, right)
        self._underlined("Độc lập - Tự do - Hạnh phúc", BOLD, right)
        self.centre(place_and_day, SMALL_ITALIC, right)
        self.y = max(self.y, bottom)

    def title(self, *lines: str) -> None:
        """The paper's name, in bold."""
        self.skip(0.7)
        for text in lines:
            self.centre(text, TITLE)
        self.skip(0.35)

    def paragraph(self, text: str, style: Style = PLAIN, indent: float = millimetres(10)) -> None:
        """Justified text."""
        x, words = LEFT + indent, text.split()
        while words:
            count = _fitting(words, style, RIGHT - x)
            line, words = words[:count], words[count:]
            spare = RIGHT - x - style.width(" ".join(line))
            stretch = spare / (len(line) - 1) if words and len(line) > 1 else 0.0
            self.sheet.print(x, self.y, (Span(" ".join(line), style),), stretch)
            x, self.y = LEFT, self.y + LEADING

    def entry(self, label: str, value: str, style: Style = VALUE) -> None:
        """A field over the whole width, continued on the next line where it is long."""
        start = LEFT + PLAIN.width(label + " ")
        words = value.split()
        count = _fitting(words, style, RIGHT - start)
        spans = [Span(label), Span(" ".join(words[:count]), style)]
        self.sheet.print(LEFT, self.y, spans)
        self.sheet.dots(start, RIGHT, self.y)
        self.y += LEADING
        if rest := words[count:]:
            self.sheet.print(LEFT, self.y, (Span(" ".join(rest), style),))
            self.sheet.dots(LEFT, RIGHT, self.y)
            self.y += LEADING

    def entries(self, *pairs: tuple[str, str]) -> None:
        """Several short fields side by side, in columns of equal width."""
        width = (RIGHT - LEFT) / len(pairs)
        spans_end = [LEFT + width * (i + 1) for i in range(len(pairs))]
        for i, (label, value) in enumerate(pairs):
            x = LEFT + width * i
            end = self.sheet.print(x, self.y, (Span(label), Span(value, VALUE)))
            self.sheet.dots(min(end, x + PLAIN.width(label + " ")), spans_end[i] - 24, self.y)
        self.y += LEADING

    def table(self, shares: Sequence[float], rows: Sequence[Sequence[str]], style: Style = PLAIN) -> None:
        """A ruled table, its first row the heading.

        Args:
            shares: widths of the columns, adding up to 1.
            rows: cells; a long one wraps.
            style: of the cells below the heading.
        """
        edges = [LEFT]
        for share in shares:
            edges.append(round(edges[-1] + share * (RIGHT - LEFT)))
        top = self.y - _ABOVE
        self.sheet.rule(edges[0], edges[-1], top)
        for number, row in enumerate(rows):
            self._row(edges, row, replace(style, face=Face.BOLD) if number == 0 else style)
        bottom = self.y - _ABOVE
        for x in edges:
            self.sheet.draw.line((x, top, x, bottom), fill=(28, 27, 30), width=3)
        self.skip(0.6)

    def signatures(self, columns: Sequence[tuple[str, str, str]], random: Random) -> None:
        """Who signs: role, remark and name in columns of equal width, a scribble above each name.

        A column with an empty role stays white; one with an empty name is not signed.
        """
        width = (RIGHT - LEFT) / len(columns)
        top = self.y
        bottom = top
        for i, (role, remark, name) in enumerate(columns):
            middle, self.y = LEFT + width * (i + 0.5), top
            for text in role.split("\n"):
                if text:
                    self.centre(text, BOLD, middle)
            if remark:
                self.centre(remark, SMALL_ITALIC, middle)
            if name:
                scribble(self.sheet.picture, (middle - 40, self.y + 70), random)
                self.y += 225
                self.centre(name, BOLD, middle)
            bottom = max(bottom, self.y)
        self.y = bottom

    def done_at(self, place: str, day: date) -> None:
        """Where and when an applicant filled the form, in italics on the right."""
        text = f"Làm tại: {place}, {vietnamese_day(day)}"
        self.sheet.print(RIGHT - ITALIC.width(text), self.y, (Span(text, ITALIC),))
        self.y += LEADING

    def finish(self) -> Sheet:
        """The sheet, with the line that marks it as a sample."""
        self.sheet.print_centred(
            WIDTH / 2, HEIGHT - millimetres(10), Span(SPECIMEN, Style(Face.SANS, 33, GREY))
        )
        return self.sheet

    def _underlined(self, text: str, style: Style, middle: float, share: float = 1.0) -> None:
        width = self.sheet.print_centred(middle, self.y, Span(text, style)) * share
        self.sheet.rule(middle - width / 2, middle + width / 2, self.y + 20)
        self.y += round(style.size * 1.42)

    def _row(self, edges: Sequence[int], cells: Sequence[str], style: Style) -> None:
        top = bottom = self.y
        for (x, right), cell in zip(pairwise(edges), cells, strict=True):
            self.y, words = top, cell.split()
            while words:
                count = _fitting(words, style, right - x - 2 * _INSET)
                self.sheet.print(x + _INSET, self.y, (Span(" ".join(words[:count]), style),))
                words, self.y = words[count:], self.y + round(LEADING * 0.86)
            bottom = max(bottom, self.y)
        self.y = bottom + round(LEADING * 0.2)
        self.sheet.rule(edges[0], edges[-1], self.y - _ABOVE)


def vietnamese_day(day: date) -> str:
    """As papers write it: days below 10 and months below 3 take a nought (NĐ 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def slashed(day: date) -> str:
    """dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def _fitting(words: Sequence[str], style: Style, room: float) -> int:
    """How many words fit; at least one, so that a paragraph ends."""
    count = 1
    while count < len(words) and style.width(" ".join(words[: count + 1])) <= room:
        count += 1
    return count
