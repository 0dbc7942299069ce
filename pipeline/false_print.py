"""What looks like print to a reader and is none: the other side shining through, holes, codes, drawings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from dossier.geometry import Box, UprightFrame
from dossier.page import Line
from dossier.ports import LineReader, ReadLine
from pipeline.prepare import PreparedPage, line_picture

if TYPE_CHECKING:
    from dossier.ports import Grey

_INK: Final = 150
"""Grey below which a prepared line shows ink; its paper is 245."""
_DOUBTFUL: Final = 0.88
"""Mean confidence; upright print that is read worse is read in a mirror too."""
_BETTER: Final = 0.08
"""By how much the mirror's confidence must be higher; print and its mirror image lie 0.2 to 0.6 apart."""
_FEWEST_LETTERS: Final = 6
"""In shorter pieces letters that look alike in a mirror (A, H, M, O) may be all there is."""
_MARGIN: Final = 0.15
"""Of the height: paper around a line's ink."""
_SOLID: Final = 0.72
"""Share of its bounding box that a disc fills is 0.785; of letters only dots and dashes fill as much."""
_LEAST_OF_HEIGHT: Final = 0.5
"""Share of the line's height; the full stop and the bullet are smaller."""
_NEARLY_ALL: Final = 0.9
_CENTRED, _AT_THE_EDGE = 0.1, 0.12
_FILLERS: Final = "<<"
_MIXED: Final = re.compile(r"[^\W\d_]\d|\d[^\W\d_]")
_LONGEST_MARK: Final = 2
"""Characters."""


def without_false(
    lines: Sequence[Line], page: PreparedPage, frame: UprightFrame, reader: LineReader
) -> tuple[Line, ...]:
    """The lines without punch holes and without what shines through from the other side."""
    return tuple(line for line in lines if not _is_false(line, page, frame, reader))


def print_only(lines: Sequence[Line], codes: Sequence[Box], frame: UprightFrame) -> tuple[Line, ...]:
    """The lines of a page without what was read within its bar codes, and none where it bears no print.

    A drawing's symbols and a photograph's spots are taken for single letters. Where hardly anywhere a word of
    three letters or digits was read, there is no print, but for a page number alone in its place.
    """
    kept = tuple(line for line in lines if not any(_lies_within(line.box, code) for code in codes))
    marks = sum(all(len(word.text) <= _LONGEST_MARK for word in line.words) for line in kept)
    if marks < _NEARLY_ALL * len(kept) and any(c.isalnum() for line in kept for c in line.text):
        return kept
    return kept if len(kept) == 1 and _is_page_number(kept[0], frame) else ()


def _is_page_number(line: Line, frame: UprightFrame) -> bool:
    """Digits alone, centred, at the head or the foot (NĐ 30/2020/NĐ-CP, Phụ lục I, I.6)."""
    across = (line.box.left + line.box.right) / 2 / frame.width
    down = (line.box.top + line.box.bottom) / 2 / frame.height
    return line.text.isdigit() and abs(across - 0.5) < _CENTRED and abs(down - 0.5) > 0.5 - _AT_THE_EDGE


def _is_false(line: Line, page: PreparedPage, frame: UprightFrame, reader: LineReader) -> bool:
    if _FILLERS in line.text:  # a machine-readable zone, whose fillers read as well in a mirror
        return False
    is_mark = len(line.text) <= _LONGEST_MARK
    if not is_mark and (_letters(line) < _FEWEST_LETTERS or _confidence(line) >= _DOUBTFUL):
        return False
    picture = line_picture(page, frame, _with_margin(line.box, frame))
    return _is_disc(picture) if is_mark else _is_of_other_side(picture, reader)


def _with_margin(box: Box, frame: UprightFrame) -> Box:
    margin = _MARGIN * box.height
    return Box(
        max(0.0, box.left - margin),
        max(0.0, box.top - margin),
        min(float(frame.width), box.right + margin),
        min(float(frame.height), box.bottom + margin),
    )


def _is_disc(picture: Grey) -> bool:
    """A punch hole, a blot: as high as it is wide, and filled."""
    ink = picture < _INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return False
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    if height < _LEAST_OF_HEIGHT * picture.shape[0] or not 0.6 < width / height < 1.7:
        return False
    filled = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean()
    return float(filled) >= _SOLID


def _is_of_other_side(picture: Grey, reader: LineReader) -> bool:
    """Whether it reads better in a mirror: print of the back shines through, and is no text of this side.

    Both mirrors are tried: a page of nothing but mirrored print may have been taken for upside down.
    """
    straight = reader.read((picture,))[0]
    if _confidence(straight) >= _DOUBTFUL:  # the paper around it helped
        return False
    mirrored = reader.read((np.ascontiguousarray(picture[:, ::-1]), np.ascontiguousarray(picture[::-1])))
    least = _confidence(straight) + _BETTER
    return any(_letters(other) >= _FEWEST_LETTERS and _sense(other) >= least for other in mirrored)


def _sense(read: ReadLine) -> float:
    """Confidence, where words of letters and digits mixed count for nothing.

    "Happiness" in a mirror is read "29niqqsH", more surely than foreign print is read at all.
    """
    return sum(word.confidence * len(word.text) for word in read.words if not _MIXED.search(word.text)) / max(
        1, _letters(read)
    )


def _letters(read: ReadLine | Line) -> int:
    return sum(len(word.text) for word in read.words)


def _confidence(read: ReadLine | Line) -> float:
    return sum(word.confidence * len(word.text) for word in read.words) / max(1, _letters(read))


def _lies_within(box: Box, code: Box) -> bool:
    """Whether its middle is in the code, or hardly outside."""
    margin = (code.right - code.left) / 20
    across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    inside = code.left - margin <= across <= code.right + margin
    return inside and code.top - margin <= down <= code.bottom + margin
