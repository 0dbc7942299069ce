"""The invisible text of a rendition: every word lies exactly on its print.

Each word is one run of text in rendering mode 3, stretched to the width of its box; the spaces between are
runs of their own that fill the gaps. The font's glyphs are plain rectangles as high as the line, never
painted, and a ToUnicode table says what each of them means (ISO 32000-1, 9.10.3). Rectangles and not empty
outlines, because readers that measure a glyph's ink (pdfium) pass over words of a single empty glyph.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph

from dossier.geometry import Box
from dossier.page import Line, RecognisedPage
from dossier.text import nfc, without_marks

ASCENT: Final = 800
"""Part of the box above the baseline, in thousandths of its height."""
DESCENT: Final = -200
"""Part of the box below the baseline, in thousandths of its height."""
FONT_NAME: Final = "SoHoaInvisible"
"""PostScript name of the font that is never painted."""
_SMALLEST_PIXELS = 0.5
_MEMORY = 24
"""How many runs back readers look for letters that lie on one another; pdfium looks five."""
_FONT_MADE = 3_800_000_000
"""Seconds since 1904, always the same, so that equal text gives equal bytes."""
_NARROW = frozenset("iljtfrI.,;:'!|()[]{}/\\- “”‘’\"")
_WIDE = frozenset("mwMW—…½№%@")


def words_of(page: RecognisedPage) -> tuple[str, ...]:
    """What the text layer must say, in reading order."""
    return tuple(text for line in printed_lines(page) for text, _ in line)


def printed_lines(page: RecognisedPage) -> Iterator[tuple[tuple[str, Box], ...]]:
    """The words of each line with their boxes; nothing on a blank page."""
    if page.is_blank:
        return
    for line in page.lines:
        words = tuple(_line_words(line))
        if words:
            yield words


def _line_words(line: Line) -> Iterator[tuple[str, Box]]:
    if line.words:
        for word in line.words:
            # A reader's word may hold a space after all; its parts share the box by length.
            yield from _shared(word.text, word.box)
    else:
        yield from _shared(line.text, line.box)


def _shared(text: str, box: Box) -> Iterator[tuple[str, Box]]:
    text = nfc(text)
    step = box.width / max(1, len(text.strip()))
    offset = len(text) - len(text.lstrip())
    for found in re.finditer(r"\S+", text):
        left = box.left + (found.start() - offset) * step
        yield found.group(), Box(left, box.top, left + len(found.group()) * step, box.bottom)


def advance_width(character: str) -> int:
    """Advance of a character in thousandths of an em, roughly that of a Roman typeface.

    The whole word is stretched to its box; this only decides where a caret falls within it.
    """
    base = without_marks(character)[:1]
    if base in _NARROW:
        return 300
    if base in _WIDE:
        return 850
    return 650 if base.isupper() else 500


@dataclass(frozen=True, slots=True)
class _Run:
    """A word or a space, and which of several equal glyphs its letters take."""

    text: str
    box: Box
    variant: int


class TextLayer:
    """The words of one document, and the font that they share.

    Glyph numbers are given out in the order in which characters first occur, so equal documents give
    equal fonts.
    """

    def __init__(self) -> None:
        self._glyphs: dict[tuple[str, int], int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no page said anything so far."""
        return not self._glyphs

    def content(self, page: RecognisedPage, font: str) -> bytes:
        """Content stream operators for a page, empty where there is no text.

        Args:
            page: the recognised page.
            font: resource name of the font, without the slash.
        """
        scale = 72 / page.page.dpi
        height = page.frame.height * scale
        words = [word for line in printed_lines(page) for word in line]
        runs: list[_Run] = []
        for (text, box), following in zip_longest(words, words[1:]):
            for piece, place in ((text, box), (" ", _space(box, following[1] if following else None))):
                runs.append(_Run(piece, place, _variant(piece, place, runs[-_MEMORY:])))
        if not runs:
            return b""
        operators = [self._operators(run, scale, height, font) for run in runs]
        return ("BT\n3 Tr\n" + "\n".join(operators) + "\nET\n").encode("ascii")

    def _operators(self, run: _Run, scale: float, page_height: float, font: str) -> str:
        text, box = run.text, run.box
        width = max(_SMALLEST_PIXELS, box.width) * scale
        size = round(max(_SMALLEST_PIXELS, box.height) * scale, 3)
        baseline = page_height - box.bottom * scale - DESCENT / 1000 * size
        natural = sum(advance_width(c) for c in text) / 1000 * size
        codes = "".join(f"{self._glyph(c, run.variant):04X}" for c in text)
        return (
            f"/{font} {size:.3f} Tf {100 * width / natural:.4f} Tz "
            f"1 0 0 1 {box.left * scale:.3f} {baseline:.3f} Tm <{codes}> Tj"
        )

    def _glyph(self, character: str, variant: int) -> int:
        return self._glyphs.setdefault((character, variant), len(self._glyphs) + 1)

    def widths(self) -> list[int]:
        """Advance widths of glyphs 1, 2, ... in thousandths of an em."""
        return [advance_width(character) for character, _ in self._glyphs]

    def font_program(self) -> bytes:
        """A TrueType font of rectangles, the same bytes for the same characters."""
        names = [".notdef", *(f"g{number}" for number in self._glyphs.values())]
        builder = FontBuilder(1000, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap({})
        widths = [500, *self.widths()]
        builder.setupGlyf({name: _rectangle(width) for name, width in zip(names, widths, strict=True)})
        builder.setupHorizontalMetrics({name: (width, 0) for name, width in zip(names, widths, strict=True)})
        builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
        builder.setupNameTable({"familyName": FONT_NAME, "styleName": "Regular", "psName": FONT_NAME})
        builder.setupOS2(
            sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT
        )
        builder.setupPost(keepGlyphNames=False)
        builder.font["head"].created = builder.font["head"].modified = _FONT_MADE
        builder.font.recalcTimestamp = False
        out = io.BytesIO()
        builder.save(out)
        return out.getvalue()

    def to_unicode(self) -> bytes:
        """The CMap from glyph numbers to text."""
        return to_unicode((number, character) for (character, _), number in self._glyphs.items())


def to_unicode(meanings: Iterable[tuple[int, str]]) -> bytes:
    """A ToUnicode CMap from glyph numbers to what they mean (ISO 32000-1, 9.10.3)."""
    entries = [f"<{number:04X}> <{text.encode('utf-16-be').hex().upper()}>" for number, text in meanings]
    blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return _CMAP.format(body=body).encode("ascii")


def _variant(text: str, box: Box, before: Sequence[_Run]) -> int:
    """Readers drop a letter that lies on an equal glyph (pdfium takes it for a bold effect).

    Where boxes overlap, as when a line was found twice, the later letters take glyphs of their own.
    """
    taken = {run.variant for run in before if not set(text).isdisjoint(run.text) and _touch(box, run.box)}
    return next(variant for variant in range(len(taken) + 1) if variant not in taken)


def _touch(one: Box, other: Box) -> bool:
    return (
        one.left <= other.right + _SMALLEST_PIXELS
        and other.left <= one.right + _SMALLEST_PIXELS
        and one.top < other.bottom
        and other.top < one.bottom
    )


def _rectangle(width: int) -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((0, DESCENT))
    for corner in ((0, ASCENT), (width, ASCENT), (width, DESCENT)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def _space(box: Box, following: Box | None) -> Box:
    """Where the space after a word lies: in the gap before the next word, or as a sliver behind it.

    Readers put runs of about the same height into order from left to right (pdfium does), whatever the order
    of the file. Where reading goes back to the left, the space lies well off the row, which ends their row.
    """
    if following is None:
        return Box(box.right, box.top, box.right, box.bottom)
    tallest = max(box.height, following.height, 1.0)
    if abs(following.bottom - box.bottom) > 1.5 * tallest:
        return Box(box.right, box.top, box.right, box.bottom)
    if following.left < box.left:
        distance = 2.5 * max(tallest, box.width / 2, following.width / 2)
        if min(box.top, following.top) < distance:
            distance = -distance
        return Box(box.left, box.top - distance, box.left, box.top - distance + 1.0)
    left = max(box.left, min(box.right, following.left - _SMALLEST_PIXELS))
    return Box(left, box.top, max(left, following.left), box.bottom)


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{body}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
