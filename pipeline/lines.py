"""Lines of print: cut out of the scan as the reader likes them, read, and laid onto their ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dossier.geometry import Box, UprightFrame
from dossier.page import Line, Word
from dossier.ports import LineReader, ReadLine
from pipeline.prepare import PreparedPage, line_picture

if TYPE_CHECKING:
    from dossier.ports import Grey

_INK: Final = 150
"""Grey below which a prepared line shows ink; its paper is 245."""
_TELLING: Final = 6
"""Heights: a line as long as this has letters with heads and tails, so its ink shows how the box fits."""
_FEWEST_TELLING: Final = 3
_KEPT: Final = 0.05
"""Share of the height that stays white above and below, as in the lines that the net learned from."""
_MOST_TRIMMED: Final = 0.2
_ODD_HEIGHT: Final = 1.5
_MIDDLING: Final = 0.65
_LOW: Final = 0.5
_FEW_LETTERS, _VERY_FEW_LETTERS = 10, 3


@dataclass(frozen=True, slots=True)
class _Cut:
    """A line cut out of the page."""

    box: Box
    picture: Grey
    top: float
    """First inked row, as a share of the height."""
    bottom: float
    """One past the last inked row, as a share of the height."""


def read_lines(
    page: PreparedPage, frame: UprightFrame, boxes: Sequence[Box], reader: LineReader
) -> tuple[Line, ...]:
    """Read the lines in these boxes, in their order; what is no print is left out.

    Args:
        boxes: in the upright frame of the scan, a little larger than the print.
    """
    cuts = [_cut(page, frame, box) for box in boxes if box.width >= 2 and box.height >= 2]
    cuts = _trimmed(cuts)
    read = reader.read([cut.picture for cut in cuts])
    lines = [_line(cut, found) for cut, found in zip(cuts, read, strict=True) if found.words]
    typical = float(np.median([cut.box.height for cut in cuts])) if cuts else 0.0
    heights = [cut.box.height for cut, found in zip(cuts, read, strict=True) if found.words]
    return tuple(
        line for line, high in zip(lines, heights, strict=True) if not _is_scrawl(line, high / typical)
    )


def _cut(page: PreparedPage, frame: UprightFrame, box: Box) -> _Cut:
    picture = line_picture(page, frame, box)
    height = picture.shape[0]
    inked = np.flatnonzero((picture < _INK).sum(axis=1) >= max(2, 0.004 * picture.shape[1]))
    if inked.size < 0.2 * height:
        return _Cut(box, picture, 0.0, 1.0)
    return _Cut(box, picture, float(inked[0]) / height, float(inked[-1] + 1) / height)


def _trimmed(cuts: Sequence[_Cut]) -> list[_Cut]:
    """White rows that all lines of the page have above or below taken off.

    Where lines stand far apart the finder's boxes are generous, and the letters would come too small to the
    net. One measure for the whole page: fitting each line by itself would move the marks of a line without
    tall letters to where the net expects others.
    """
    telling = [cut for cut in cuts if cut.box.width > _TELLING * cut.box.height]
    if len(telling) < _FEWEST_TELLING:
        return list(cuts)
    above = _surplus([cut.top for cut in telling])
    below = _surplus([1.0 - cut.bottom for cut in telling])
    return [_without(cut, above, below) for cut in cuts]


def _surplus(margins: Sequence[float]) -> float:
    return min(_MOST_TRIMMED, max(0.0, float(np.percentile(margins, 25)) - _KEPT))


def _without(cut: _Cut, above: float, below: float) -> _Cut:
    rows = cut.picture.shape[0]
    first, last = round(above * rows), rows - round(below * rows)
    if last - first < 4 or (first, last) == (0, rows):
        return cut
    scale = cut.box.height / rows
    box = Box(cut.box.left, cut.box.top + first * scale, cut.box.right, cut.box.top + last * scale)
    top, bottom = (
        min(1.0, max(0.0, (share * rows - first) / (last - first))) for share in (cut.top, cut.bottom)
    )
    return _Cut(box, np.ascontiguousarray(cut.picture[first:last]), top, max(bottom, top))


def _line(cut: _Cut, found: ReadLine) -> Line:
    """Words as wide as the net and the ink say, as high as the line's ink."""
    box = cut.box
    top, bottom = box.top + cut.top * box.height, box.top + cut.bottom * box.height
    words = tuple(
        Word(
            word.text,
            Box(box.left + word.left * box.width, top, box.left + word.right * box.width, bottom),
            word.confidence,
        )
        for word in found.words
    )
    whole = Box(words[0].box.left, top, max(word.box.right for word in words), bottom)
    return Line(found.text, whole, min(word.confidence for word in words), words)


def _is_scrawl(line: Line, height: float) -> bool:
    """Strokes of a signature, a stamp's edge or a stain: few letters, unsurely read, of odd height."""
    letters = sum(len(word.text) for word in line.words)
    sure = sum(word.confidence * len(word.text) for word in line.words) / letters
    if letters <= _VERY_FEW_LETTERS:
        return sure < _LOW or (height > _ODD_HEIGHT and sure < _MIDDLING)
    return letters <= _FEW_LETTERS and height > _ODD_HEIGHT and sure < _MIDDLING
