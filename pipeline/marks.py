"""What the picture of a page shows beside its text: seals, handwriting, and the head's digits read again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from dossier.geometry import Affine, Box
from dossier.page import Line, NumberReading, PageMarks, Presence, RecognisedPage
from dossier.ports import LineReader
from models.head import digit_lines
from models.head_values import is_cut
from models.seals import ink_marks
from pipeline.prepare import line_picture, prepare

if TYPE_CHECKING:
    from dossier.ports import Colour

_MARGINS: Final = (0.0, 0.1, 0.2)
"""How much wider than the line each cut is, in heights: a sure reader sees the same in all of them."""

_NARROW_AND_WIDE: Final = (-0.1, *_MARGINS)
_HIDDEN: Final = (1.5, 2.0)
"""How far before a line that lost its beginning under a stamp its serial number may begin, in heights."""

_MIXED: Final = re.compile(r"\d[^\W\d_]|(?<![/A-ZĐ-])[^\W\d_]\d")
"""A letter that touches a digit may be a digit written by hand: 2A64."""


def page_marks(page: RecognisedPage, picture: Colour, digits: LineReader | None) -> PageMarks:
    """Look at the picture once more for what is not text.

    Args:
        page: what was read on this picture.
        picture: as scanned, shape (height, width, 3).
        digits: the second reader of digits.
    """
    back = _inverse(page.frame.matrix)
    printed = [_turned(box, back) for box in _print(page)]
    found = ink_marks(picture, page.page.dpi, printed)
    seals = tuple(_turned(box, page.frame.matrix) for box in found.seals)
    signatures = tuple(_turned(box, page.frame.matrix) for box in found.signatures)
    return PageMarks(
        is_colour=found.is_colour,
        seals=seals,
        signatures=signatures,
        seal=_presence(seals, is_colour=found.is_colour),
        signature=_presence(signatures, is_colour=found.is_colour),
        head_digits=tuple(_head_digits(page, picture, digits)) if digits is not None else (),
    )


def _presence(found: tuple[Box, ...], *, is_colour: bool) -> Presence:
    if found:
        return Presence.SEEN
    return Presence.NOT_SEEN if is_colour else Presence.CANNOT_TELL


def _print(page: RecognisedPage) -> Iterator[Box]:
    """Print that is surely print: a reader gives handwriting and seals a line too, but a doubtful one."""
    for line in page.lines:
        is_sentence = len(line.words) >= 3
        yield from (
            word.box for word in line.words if is_sentence or (word.clarity >= 0.6 and len(word.text) > 1)
        )
    yield from (code.box for code in page.codes)


def _head_digits(page: RecognisedPage, picture: Colour, digits: LineReader) -> Iterator[NumberReading]:
    lines = digit_lines(page)
    if not lines:
        return
    prepared = prepare(picture)
    for line in lines:
        box = line.box
        for cut in _cuts(line, page):
            seen = digits.read([line_picture(prepared, page.frame, cut)])[0]
            text = seen.text.replace(" ", "")
            if seen.words:
                yield NumberReading(text, box, seen.words[0].confidence, digits.engine.name)
            if text and text == "".join(c for c in line.text if c.isdigit()) and not _MIXED.search(line.text):
                break  # both readers agree at first sight


def _cuts(line: Line, page: RecognisedPage) -> Iterator[Box]:
    """The line with several margins; one that lost its beginning under a stamp, from further left."""
    box, cut = line.box, is_cut(line.text)
    margins: Sequence[float] = _NARROW_AND_WIDE if cut else _MARGINS
    begins: Sequence[float] = _HIDDEN if cut else (0.0,)
    for begin in begins:
        for margin in margins:
            m = margin * box.height
            yield Box(
                max(0.0, box.left - m - begin * box.height),
                max(0.0, box.top - m),
                min(float(page.frame.width), box.right + m),
                min(float(page.frame.height), box.bottom + m),
            )


def _turned(box: Box, matrix: Affine) -> Box:
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    points = [matrix.apply(x, y) for x, y in corners]
    across, down = [x for x, _ in points], [y for _, y in points]
    return Box(min(across), min(down), max(across), max(down))


def _inverse(forward: Affine) -> Affine:
    """Of a turn and a shift."""
    a, b, c, d = forward.d, -forward.b, -forward.c, forward.a
    return Affine(a, b, c, d, -(a * forward.e + c * forward.f), -(b * forward.e + d * forward.f))
