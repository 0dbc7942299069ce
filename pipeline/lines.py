"""Lines of print: cut out of the scan as the reader likes them, read, and laid onto their ink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from dossier.geometry import Box, UprightFrame
from dossier.page import Handwriting, Line, Word, Writing
from dossier.ports import LineReader, ReadLine, ReadWord
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
_TALL: Final = 1.45
"""Of the usual height: a line as tall as this has larger letters, or something hangs on it."""
_SAME_LETTERS: Final = 1.2
_FEW_COLUMNS: Final = 0.25
"""Share of a line's inked columns over which something may hang above or below it and not be its own."""
_BODY: Final = 0.45
"""Of the ink in the fullest rows: where small letters stand, and no heads, tails and marks."""
_ODD_HEIGHT: Final = 1.5
_MIDDLING: Final = 0.65
_LOW: Final = 0.5
_FEW_LETTERS, _VERY_FEW_LETTERS = 10, 3
_SURE_OF_HAND: Final = 0.3
"""Confidence from which a number by hand stands in its line, marked as handwriting; less is scrawl."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A line cut out of the page."""

    box: Box
    picture: Grey
    top: float
    """First inked row, as a share of the height."""
    bottom: float
    """One past the last inked row, as a share of the height."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the boxes of a page."""

    lines: tuple[Line, ...]
    """Lines of print, with the words between them that a pen wrote and that were surely read."""
    handwriting: tuple[Handwriting, ...]
    """All else that a pen left."""


def read_lines(
    page: PreparedPage, frame: UprightFrame, boxes: Sequence[Box], reader: LineReader
) -> tuple[Line, ...]:
    """The lines of `read_written`, without the handwriting beside them."""
    return read_written(page, frame, boxes, reader).lines


def read_written(
    page: PreparedPage, frame: UprightFrame, boxes: Sequence[Box], reader: LineReader
) -> Written:
    """Read the lines in these boxes, in their order; what is no print is left out.

    Args:
        boxes: in the upright frame of the scan, a little larger than the print.
    """
    cuts = [_cut(page, frame, box) for box in boxes if box.width >= 2 and box.height >= 2]
    cuts = _without_hanging(_trimmed(cuts))
    read = reader.read([cut.picture for cut in cuts])
    typical = float(np.median([cut.box.height for cut in cuts])) if cuts else 0.0
    lines: list[Line] = []
    handwriting: list[Handwriting] = []
    for cut, found in zip(cuts, read, strict=True):
        handwriting += _by_hand(cut, found)
        kept = [word for word in found.words if not _is_doubtful_hand(word)]
        if kept:
            line = _line(cut, kept)
            if not _is_scrawl(line, cut.box.height / typical):
                lines.append(line)
    return Written(tuple(lines), tuple(handwriting))


def _by_hand(cut: _Cut, found: ReadLine) -> Iterator[Handwriting]:
    """Pen strokes, and numbers written by hand that nobody can be sure of."""
    for left, right in found.strokes:
        yield Handwriting(_place(cut, left, right), "", 0.0)
    for word in found.words:
        if _is_doubtful_hand(word):
            yield Handwriting(_place(cut, word.left, word.right), word.text, word.confidence)


def _is_doubtful_hand(word: ReadWord) -> bool:
    """Digits that a pen wrote and nobody is sure of; print that touches them (2095/TB) stays in its line."""
    is_all_hand = word.writing is Writing.HAND and not any(c.isalpha() for c in word.text)
    return is_all_hand and word.confidence < _SURE_OF_HAND


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


def _without_hanging(cuts: Sequence[_Cut]) -> list[_Cut]:
    """Lines of usual letters without what hangs on one place of them and would make the letters too small.

    A pen's strokes below the last word, a tick above the first, the feet of the line before: the finder takes
    them into the line's box.
    """
    telling = [cut for cut in cuts if cut.box.width > _TELLING * cut.box.height]
    if len(telling) < _FEWEST_TELLING:
        return list(cuts)
    usual = float(np.median([cut.box.height for cut in telling]))
    body_of = {cut.box: _body(cut) for cut in cuts}
    bodies = [(body_of[cut.box], cut) for cut in telling]
    size = float(np.median([(last - first) * _scale_of(cut) for (first, last), cut in bodies]))
    above = float(np.median([first * _scale_of(cut) for (first, _), cut in bodies]))
    below = float(np.median([cut.box.height - last * _scale_of(cut) for (_, last), cut in bodies]))

    def trimmed(cut: _Cut) -> _Cut:
        first, last = body_of[cut.box]
        scale, rows = _scale_of(cut), cut.picture.shape[0]
        if cut.box.height < _TALL * usual or (last - first) * scale > _SAME_LETTERS * size:
            return cut
        top, bottom = max(0, round(first - above / scale)), min(rows, round(last + below / scale))
        ink = _own_ink(cut, cuts)
        outside = ink[:top].any(axis=0) | ink[bottom:].any(axis=0)
        if np.count_nonzero(outside) > _FEW_COLUMNS * np.count_nonzero(ink.any(axis=0)):
            return cut
        return _without(cut, top / rows, 1.0 - bottom / rows)

    return [trimmed(cut) for cut in cuts]


def _own_ink(cut: _Cut, cuts: Sequence[_Cut]) -> npt.NDArray[np.bool_]:
    """Ink of a cut that lies in no other line's box."""
    ink = np.asarray(cut.picture < _INK)
    rows, columns = ink.shape
    box, across, down = cut.box, columns / cut.box.width, rows / cut.box.height
    for other in cuts:
        if other is not cut and other.box.overlaps(box):
            left, right = (max(0, round((x - box.left) * across)) for x in (other.box.left, other.box.right))
            top, bottom = (max(0, round((y - box.top) * down)) for y in (other.box.top, other.box.bottom))
            ink[top:bottom, left:right] = False
    return ink


def _scale_of(cut: _Cut) -> float:
    """Pixels of the page for each row of the picture."""
    return float(cut.box.height / cut.picture.shape[0])


def _body(cut: _Cut) -> tuple[int, int]:
    """First row of the small letters of a line, and one past the last: the longest run of full rows."""
    inked = (cut.picture < _INK).sum(axis=1)
    full = np.r_[False, inked >= max(1.0, _BODY * float(np.percentile(inked, 90))), False]
    edges = np.flatnonzero(full[1:] != full[:-1])
    if not edges.size:
        return 0, cut.picture.shape[0]
    longest = int((edges[1::2] - edges[::2]).argmax())
    return int(edges[2 * longest]), int(edges[2 * longest + 1])


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


def _line(cut: _Cut, read: Sequence[ReadWord]) -> Line:
    """Words as wide as the net and the ink say, as high as the line's ink."""
    words = tuple(
        Word(
            word.text,
            _place(cut, word.left, word.right),
            word.confidence,
            word.least,
            word.writing,
        )
        for word in read
    )
    first = words[0].box
    whole = Box(first.left, first.top, max(word.box.right for word in words), first.bottom)
    return Line(" ".join(w.text for w in words), whole, min(word.confidence for word in words), words)


def _place(cut: _Cut, left: float, right: float) -> Box:
    """From shares of the cut's width to a box of the page, as high as the ink."""
    box = cut.box
    top, bottom = box.top + cut.top * box.height, box.top + cut.bottom * box.height
    return Box(box.left + left * box.width, top, box.left + right * box.width, bottom)


def _is_scrawl(line: Line, height: float) -> bool:
    """Strokes of a signature, a stamp's edge or a stain: few letters, unsurely read, of odd height."""
    letters = sum(len(word.text) for word in line.words)
    clear = sum(word.clarity * len(word.text) for word in line.words) / letters
    if letters <= _VERY_FEW_LETTERS:
        return clear < _LOW or (height > _ODD_HEIGHT and clear < _MIDDLING)
    return letters <= _FEW_LETTERS and height > _ODD_HEIGHT and clear < _MIDDLING
