"""A sheet of paper that remembers every word printed on it, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from dossier.geometry import Box
from scanners.samples.faces import Face, font

DPI: Final = 300
WIDTH: Final = 2480
"""A4 at 300 dots per inch."""
HEIGHT: Final = 3508

Colour = tuple[int, int, int]
INK: Final[Colour] = (28, 27, 30)
FILLED: Final[Colour] = (20, 28, 88)
"""What an applicant typed into a form."""
GREY: Final[Colour] = (112, 112, 112)


def millimetres(length: float) -> int:
    """Pixels at 300 dots per inch."""
    return round(length * DPI / 25.4)


def points(size: float) -> int:
    """Pixels of a type size in points."""
    return round(size * DPI / 72)


@dataclass(frozen=True, slots=True)
class Style:
    """How words are printed."""

    face: Face | Path = Face.SERIF
    """A cut of Liberation, or another font's file."""
    size: int = 54
    """Pixels; 54 are 13 points."""
    colour: Colour = INK

    def width(self, text: str) -> float:
        """Advance width in pixels."""
        return font(self.face, self.size).getlength(text)


@dataclass(frozen=True, slots=True)
class Span:
    """Some words in one style."""

    text: str
    style: Style = field(default_factory=Style)

    @property
    def width(self) -> float:
        """Advance width in pixels."""
        return self.style.width(self.text)


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """A word and the rectangle of its ink, in pixels of the straight sheet."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """The words of one line."""

    words: tuple[PrintedWord, ...]

    @property
    def text(self) -> str:
        """Words separated by single spaces."""
        return " ".join(word.text for word in self.words)


class Sheet:
    """One side of an A4 sheet; what is printed through `print` is remembered as truth."""

    def __init__(self) -> None:
        self.picture = Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255))
        self.draw = ImageDraw.Draw(self.picture)
        self.lines: list[PrintedLine] = []

    def print(self, left: float, baseline: float, spans: Sequence[Span], stretch: float = 0.0) -> float:
        """Print spans in one line, a space between them, and return where the line ends.

        Args:
            left: where the first word begins, pixels.
            baseline: where the letters stand, pixels from the top.
            spans: words and their styles.
            stretch: pixels added to every space, for justified paragraphs.
        """
        words: list[PrintedWord] = []
        x = left
        for span in spans:
            for text in span.text.split():
                if words:
                    x += span.style.width(" ") + stretch
                words.append(PrintedWord(text, self._ink(x, baseline, text, span.style)))
                x += span.style.width(text)
        if words:
            self.lines.append(PrintedLine(tuple(words)))
        return x

    def print_centred(self, centre: float, baseline: float, span: Span) -> float:
        """Print one span around a column's middle and return its width."""
        self.print(centre - span.width / 2, baseline, (span,))
        return span.width

    def rule(self, left: float, right: float, y: float, thickness: int = 3) -> None:
        """A thin line, as under a heading."""
        self.draw.line((left, y, right, y), fill=INK, width=thickness)

    def dots(self, left: float, right: float, baseline: float) -> None:
        """The dotted line of a form, to be filled above; it is no text."""
        y = baseline + 17
        for x in range(round(left), round(right), 13):
            self.draw.ellipse((x, y, x + 2, y + 2), fill=(120, 120, 120))

    def _ink(self, x: float, baseline: float, text: str, style: Style) -> Box:
        kind = font(style.face, style.size)
        self.draw.text((round(x), baseline), text, font=kind, fill=style.colour, anchor="ls")
        left, top, right, bottom = kind.getbbox(text, anchor="ls")
        return Box(round(x) + left, baseline + top, round(x) + right, baseline + bottom)
