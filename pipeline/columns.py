"""Two columns side by side: the head of an agency's paper, and its foot with recipients and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dossier.geometry import Box
from dossier.page import Line
from dossier.text import without_marks
from pipeline.layout import rows as rows_of

_HEAD_DEPTH: Final = 0.35
"""Share of the page within which the head begins."""
_NARROWEST: Final = 0.6
"""Gutter, in heights of a line; the Quốc hiệu often nearly touches the agency's name."""
_OVERHANG: Final = 0.12
"""Share of the Quốc hiệu's width by which place and date may begin before it."""
_NATIONAL: Final = ("CONG HOA XA HOI", "DOC LAP", "CHU NGHIA VIET NAM")
_RECIPIENTS: Final = ("NOI NHAN",)

Row = list[Line]


@dataclass(slots=True)
class _Pair:
    """Two columns while rows are added to them."""

    gutter: tuple[float, float]
    """Between which columns white must stay."""
    parting: float
    """A line whose middle lies left of it stands in the left column."""
    height: float
    """Of a usual line."""
    left: list[Line] = field(default_factory=list)
    right: list[Line] = field(default_factory=list)

    def takes(self, row: Row) -> bool:
        """Add a row if white remains between the columns; the row stays out otherwise."""
        low, high = self.gutter
        left, right = [], []
        for line in row:
            middle = (line.box.left + line.box.right) / 2
            if middle < self.parting:
                left.append(line)
                low = max(low, line.box.right)
            else:
                right.append(line)
                high = min(high, line.box.left)
        if high - low < _NARROWEST * self.height:
            return False
        self.gutter = (low, high)
        self.left += left
        self.right += right
        return True


@dataclass(frozen=True, slots=True)
class Columns:
    """Lines of two columns, each from top to bottom."""

    left: tuple[Line, ...]
    right: tuple[Line, ...]
    rows: int
    """How many rows of the page they are."""


def head_columns(rows: Sequence[Row], width: float, height: float) -> Columns | None:
    """The two columns from the top of a page, if it has them: the Quốc hiệu stands in the right one."""
    start = next(
        (n for n, row in enumerate(rows) if any(_says(line, _NATIONAL) for line in row) and len(row) > 1),
        None,
    )
    if start is None or start > 3:
        return None
    national = next(line for line in rows[start] if _says(line, _NATIONAL))
    if national.box.left < 0.3 * width or national.box.top > _HEAD_DEPTH * height:
        return None
    edge = national.box.left - _OVERHANG * national.box.width
    pair = _Pair((0.0, national.box.right), national.box.left, national.box.height)
    taken = 0
    for row in rows[start:]:
        if any(_is_between(line, edge, national.box.left) for line in row) or not pair.takes(row):
            break
        taken += 1
    if taken < 2 or not pair.left or not pair.right:
        return None
    above = [line for row in rows[:start] for line in row]
    return Columns((*above, *_down(pair.left)), _down(pair.right), start + taken)


def foot_columns(rows: Sequence[Row], width: float) -> Columns | None:
    """The columns at the end of a page: as many last rows as keep white between left and right."""
    if not rows:
        return None
    usual = sorted(line.box.height for row in rows for line in row)[sum(map(len, rows)) // 2]
    pair = _Pair((0.0, width), 0.5 * width, usual)
    taken: list[Row] = []
    for row in reversed(rows):
        if any(_crosses(line, width) for line in row) or not pair.takes(row):
            break
        taken.insert(0, row)
    while taken and not _opens(taken[0], pair):
        for line in taken.pop(0):
            (pair.left if line in pair.left else pair.right).remove(line)
    if len(pair.left) < 1 or len(pair.right) < 2 or not _stand_beside(pair.left, pair.right):
        return None
    if not _is_centred(pair.right):
        return None
    return Columns(_down(pair.left), _down(pair.right), len(taken))


def _is_between(line: Line, edge: float, left: float) -> bool:
    """Whether a line belongs under neither column, as the title that follows does."""
    return line.box.left < edge and line.box.right > left


def _says(line: Line, words: Sequence[str]) -> bool:
    bare = without_marks(line.text).upper()
    return any(word in bare for word in words)


def _opens(row: Row, pair: _Pair) -> bool:
    """Whether the foot may begin with this row; the last, short line of a paragraph stands alone and left."""
    return any(line in pair.right for line in row) or any(_says(line, _RECIPIENTS) for line in row)


def _crosses(line: Line, width: float) -> bool:
    return line.box.left < 0.42 * width and line.box.right > 0.60 * width


def _stand_beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    one, other = around(left), around(right)
    return one.top < other.bottom and other.top < one.bottom


def _is_centred(lines: Sequence[Line]) -> bool:
    """Whether most lines share a middle, as office and name of a signature do; fields of a form do not."""
    middles = sorted((line.box.left + line.box.right) / 2 for line in lines)
    middle = middles[len(middles) // 2]
    near = sum(abs(m - middle) < 1.5 * lines[0].box.height for m in middles)
    lefts = max(line.box.left for line in lines) - min(line.box.left for line in lines)
    return near >= 0.6 * len(lines) and lefts > 0.5 * lines[0].box.height


def _down(lines: Sequence[Line]) -> tuple[Line, ...]:
    """From top to bottom, pieces of one row from left to right."""
    return tuple(line for row in in_rows(lines) for line in row)


def in_rows(lines: Sequence[Line]) -> list[Row]:
    """Lines that share a row, from left to right; rows from top to bottom."""
    of_box: dict[Box, list[Line]] = {}
    for line in lines:
        of_box.setdefault(line.box, []).append(line)
    return [[line for box in row for line in of_box[box]] for row in rows_of(list(of_box))]


def around(lines: Sequence[Line]) -> Box:
    """The smallest box that holds all lines."""
    box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    return box
