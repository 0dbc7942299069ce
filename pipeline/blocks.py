"""Lines of a page to blocks, in the order in which a person reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from dossier.blocks import Block, BlockKind
from dossier.geometry import Box
from dossier.page import Line
from dossier.text import without_marks
from pipeline.columns import Row, around, foot_columns, head_columns, in_rows
from pipeline.tables import Grid

_NUMBER: Final = re.compile(r"^\W*(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?\W*$", re.IGNORECASE)
_MARGIN: Final = 0.09
"""Share of the page above and below which a lone number is the page's."""
_APART: Final = 2.0
"""Heights of white between the text and what stands at the foot of the sheet."""
_WIDE_GAP: Final = 1.45
"""Of the usual distance from line to line; more begins a paragraph."""
_INDENT: Final = 0.8
"""Heights of a line by which a paragraph's first line is set in, or its last one ends early."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A block before its lines have places."""

    kind: BlockKind
    box: Box
    lines: tuple[Line, ...]
    cells: tuple[tuple[tuple[Line, ...], ...], ...] = ()


def in_blocks(
    lines: Sequence[Line], tables: Sequence[Grid], size: tuple[float, float]
) -> tuple[tuple[Line, ...], tuple[Block, ...]]:
    """All lines in reading order, and the blocks that they form.

    Args:
        lines: of the whole page, in any order.
        tables: ruled tables of the page.
        size: width and height of the page, pixels of the upright frame.
    """
    ordered: list[Line] = []
    blocks: list[Block] = []
    for part in _parts(lines, tables, size):
        first = len(ordered)
        ordered += part.lines
        place = {id(line): first + number for number, line in enumerate(part.lines)}
        cells = tuple(tuple(tuple(place[id(line)] for line in cell) for cell in row) for row in part.cells)
        blocks.append(Block(part.kind, part.box, tuple(range(first, len(ordered))), cells))
    return tuple(ordered), tuple(blocks)


def _parts(lines: Sequence[Line], tables: Sequence[Grid], size: tuple[float, float]) -> Iterator[_Part]:
    width, height = size
    of_table: dict[int, list[Line]] = {}
    free: list[Line] = []
    for line in lines:
        home = next((n for n, grid in enumerate(tables) if grid.holds(line.box)), None)
        if home is None:
            free.append(line)
        else:
            of_table.setdefault(home, []).append(line)
    numbers = [line for line in free if _is_page_number(line, width, height)]
    free = [line for line in free if not any(line is number for number in numbers)]
    above = [line for line in numbers if line.box.top < height / 2]
    yield from (_Part(BlockKind.PAGE_NUMBER, line.box, (line,)) for line in above)
    rows = in_rows(free)
    starts = sorted((tables[n].box.top, n) for n in of_table)
    tail = _tail(rows, height)
    rows = rows[: len(rows) - len(tail)]
    head = head_columns(rows, width, height)
    if head is not None:
        yield from _columns(BlockKind.HEAD_COLUMN, head.left, head.right)
        rows = rows[head.rows :]
    foot = foot_columns(rows, width)
    if foot is not None and foot.left and starts and starts[-1][0] > around(foot.left).top:
        foot = None
    body = rows[: len(rows) - foot.rows] if foot is not None else rows
    for top, number in starts:
        upper = [row for row in body if row[0].box.top < top]
        body = body[len(upper) :]
        yield from _paragraphs(upper)
        yield _table(tables[number], of_table[number])
    yield from _paragraphs(body)
    if foot is not None:
        yield from _columns(BlockKind.FOOT_COLUMN, foot.left, foot.right)
    yield from _paragraphs(tail)
    yield from (_Part(BlockKind.PAGE_NUMBER, n.box, (n,)) for n in numbers if n not in above)


def _tail(rows: Sequence[Row], height: float) -> list[Row]:
    """Print at the foot of the sheet, apart from the text: it is read last."""
    if len(rows) < 2 or rows[-1][0].box.top < (1 - _MARGIN) * height:
        return []
    apart = rows[-1][0].box.top - max(line.box.bottom for line in rows[-2])
    return [rows[-1]] if apart > _APART * rows[-1][0].box.height else []


def _is_page_number(line: Line, width: float, height: float) -> bool:
    depth = (line.box.top + line.box.bottom) / 2 / height
    if _MARGIN < depth < 1 - _MARGIN or line.box.width > 0.2 * width:
        return False
    return bool(_NUMBER.match(without_marks(line.text)))


def _columns(kind: BlockKind, left: Sequence[Line], right: Sequence[Line]) -> Iterator[_Part]:
    for column in (tuple(left), tuple(right)):
        if column:
            yield _Part(kind, around(column), column)


def _table(grid: Grid, lines: Sequence[Line]) -> _Part:
    """Its lines row by row, cell by cell; a cell of several lines is read whole before the next."""
    cells: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        cells.setdefault(grid.cell(line.box), []).append(line)
    table = tuple(
        tuple(
            tuple(line for row in in_rows(cells.get((down, across), [])) for line in row)
            for across in range(len(grid.edges_across) - 1)
        )
        for down in range(len(grid.edges_down) - 1)
    )
    ordered = tuple(line for row in table for cell in row for line in cell)
    return _Part(BlockKind.TABLE, grid.box, ordered, table)


def _paragraphs(rows: Sequence[Row]) -> Iterator[_Part]:
    """Rows that run on; a row of several pieces is a paragraph of its own."""
    if not rows:
        return
    pitches = [below[0].box.bottom - above[0].box.bottom for above, below in pairwise(rows)]
    usual = median(pitches) if pitches else 0.0
    right = max(line.box.right for row in rows for line in row)
    together: list[Row] = []
    for row in rows:
        if together and _begins(together[-1], row, usual, right):
            yield _paragraph(together)
            together = []
        together.append(row)
    yield _paragraph(together)


def _begins(above: Row, row: Row, usual: float, right: float) -> bool:
    """Whether a paragraph begins with this row."""
    if len(row) > 1 or len(above) > 1:
        return True
    last, line = above[0].box, row[0].box
    height = max(1.0, min(last.height, line.height))
    if line.bottom - last.bottom > _WIDE_GAP * max(usual, 1.2 * height):
        return True
    return line.left - last.left > _INDENT * height or right - last.right > 3 * _INDENT * height


def _paragraph(rows: Sequence[Row]) -> _Part:
    lines = tuple(line for row in rows for line in row)
    return _Part(BlockKind.PARAGRAPH, around(lines), lines)
