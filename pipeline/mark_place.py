"""Where a visible mark may stand on a page without hiding print.

The page is looked at in cells of two points: cells under recognised boxes must not be covered, cells that
show ink (a stamp, handwriting, an emblem) should not be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

from dossier.geometry import Box
from pipeline.pdfium_lock import opened

CELL: Final = 2.0
"""Side of a cell, points."""
_MARGIN: Final = 12.0
"""Points kept free along the edges of the page, where printers do not reach."""
_CLEARANCE: Final = 2.0
"""Points kept free around a recognised box."""
_INK_CONTRAST: Final = 40
"""Grey levels below the paper from which a cell counts as ink."""
_HALF_GREY: Final = 128
_SPECKS: Final = 0.004
"""Share of ink cells that is taken for dust."""

Mask = npt.NDArray[np.bool_]
"""Cells of a page, shape (rows, columns), from the top left."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A page as the mark sees it."""

    print_cells: Mask
    """Cells under recognised boxes."""
    ink_cells: Mask
    """Cells that show anything at all."""
    width: float
    """Width of the page, points."""
    height: float
    """Height of the page, points."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle for the mark, in points from the top left of the page."""

    left: float
    top: float
    width: float
    height: float
    is_free: bool
    """Nothing lies under it, so it needs no ground of its own."""


def look_at(pdf: bytes, obstacles: Sequence[Box], dpi: float) -> Ground:
    """The ground of a PDF's first page.

    Args:
        pdf: the file.
        obstacles: recognised boxes, pixels of the upright frame.
        dpi: pixels per inch of that frame.
    """
    with opened(pdf) as document:
        page = document[0]
        width, height = page.get_size()
        grey = _grey(page)
    rows, columns = math.ceil(height / CELL), math.ceil(width / CELL)
    print_cells: Mask = np.zeros((rows, columns), dtype=bool)
    scale = 72 / dpi
    for box in obstacles:
        top, bottom = (box.top * scale - _CLEARANCE) / CELL, (box.bottom * scale + _CLEARANCE) / CELL
        left, right = (box.left * scale - _CLEARANCE) / CELL, (box.right * scale + _CLEARANCE) / CELL
        print_cells[
            max(0, math.floor(top)) : max(0, math.ceil(bottom)),
            max(0, math.floor(left)) : max(0, math.ceil(right)),
        ] = True
    return Ground(print_cells, _ink(grey, rows, columns), width, height)


def share_of_ink(page: pdfium.PdfPage) -> float:
    """Share of a page's cells that are clearly darker than its paper, 0.0 to 1.0."""
    grey = _grey(page)
    return float(_ink(grey, math.ceil(grey.shape[0] / CELL), math.ceil(grey.shape[1] / CELL)).mean())


def _grey(page: pdfium.PdfPage) -> npt.NDArray[np.uint8]:
    # pdfium greys a scan before it reduces it, which costs more than drawing it: the small picture is greyed.
    bitmap = page.render(scale=1, may_draw_forms=False)
    try:
        picture = cv2.cvtColor(bitmap.to_numpy(), cv2.COLOR_BGR2GRAY)  # pdfium takes its own memory back
    finally:
        bitmap.close()
    return np.asarray(picture, np.uint8)


def _ink(grey: npt.NDArray[np.uint8], rows: int, columns: int) -> Mask:
    """Cells clearly darker than the paper around them, at one pixel a point."""
    side = int(CELL)
    padded = np.full((rows * side, columns * side), 255, dtype=np.uint8)
    fitting = grey[: rows * side, : columns * side]
    padded[: fitting.shape[0], : fitting.shape[1]] = fitting
    darkest = padded.reshape(rows, side, columns, side).min(axis=(1, 3))
    # Nothing darker than half grey is paper: a card on a black lid lies on ink.
    paper = max(_HALF_GREY, int(np.median(padded[: max(side, len(padded) // 3)])))
    return np.asarray(darkest < paper - _INK_CONTRAST, dtype=bool)


def best_place(ground: Ground, sizes: Sequence[tuple[float, float]], corner: str) -> tuple[int, Place] | None:
    """The best place for the mark, and which of its sizes fits there; None where print is everywhere.

    Args:
        ground: the page.
        sizes: width and height of the mark in points, the preferred one first.
        corner: "left" or "right", where the rules want it.
    """
    # 1. Free of print and ink, in the top third and the half that the rules name: the largest size, nearest
    #    to the corner.
    # 2. The same, anywhere across the top third.
    # 3. Free of print: the least ink, on a ground of its own; first in the half, then across the top third.
    # 4. The same two anywhere on the page. Print is never covered.
    top, page = 3, 1
    for half, may_cover_ink, part in (
        (True, False, top),
        (False, False, top),
        (True, True, top),
        (False, True, top),
        (False, False, page),
        (False, True, page),
    ):
        for index, size in enumerate(sizes):
            window = _window(ground, size, corner if half else "", part)
            place = window and _search(ground, size, window, corner, may_cover_ink=may_cover_ink)
            if place:
                return index, place
    return None


def _search(
    ground: Ground,
    size: tuple[float, float],
    window: tuple[slice, slice],
    corner: str,
    *,
    may_cover_ink: bool,
) -> Place | None:
    cells = _cells(size)
    under_print = _sums(ground.print_cells, cells)[window]
    ink = _sums(ground.ink_cells, cells)[window]
    specks = _SPECKS * cells[0] * cells[1]
    allowed = under_print == 0
    if not may_cover_ink:
        allowed &= ink <= specks
    if not allowed.any():
        return None
    cost = _distance(window, cells, ground, corner) + (ink * 1000.0 if may_cover_ink else 0.0)
    return _place(ground, size, window, np.where(allowed, cost, np.inf))


def _cells(size: tuple[float, float]) -> tuple[int, int]:
    """Rows and columns that a mark of this width and height covers wherever it stands on the grid."""
    return math.ceil(size[1] / CELL), math.ceil(size[0] / CELL)


def _window(ground: Ground, size: tuple[float, float], half: str, part: int) -> tuple[slice, slice] | None:
    """Where the top left cell of the mark may lie, or None where the mark does not fit.

    Args:
        half: "left" or "right"; empty for both.
        part: 3 for the top third, 1 for the whole page.
    """
    rows, columns = _cells(size)
    margin = math.ceil(_MARGIN / CELL)
    total_rows, total_columns = ground.print_cells.shape
    last_row = min(total_rows // part, total_rows - margin - rows)
    first, last = margin, total_columns - margin - columns
    if half == "left":
        last = min(last, total_columns * 6 // 10 - columns)
    if half == "right":
        first = max(first, total_columns * 4 // 10)
    if last_row < margin or last < first:
        return None
    return slice(margin, last_row + 1), slice(first, last + 1)


def _sums(mask: Mask, cells: tuple[int, int]) -> npt.NDArray[np.int64]:
    """Number of set cells under the mark for each position of its top left cell."""
    rows, columns = cells
    total = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int64)
    total[1:, 1:] = mask.cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
    lower, upper = total[rows:], total[:-rows]
    return np.asarray(lower[:, columns:] - upper[:, columns:] - lower[:, :-columns] + upper[:, :-columns])


def _distance(
    window: tuple[slice, slice], cells: tuple[int, int], ground: Ground, corner: str
) -> npt.NDArray[np.float64]:
    """Cells from the corner, going down counted as going aside."""
    down = np.arange(window[0].start, window[0].stop, dtype=np.float64)
    aside = np.arange(window[1].start, window[1].stop, dtype=np.float64)
    if corner == "right":
        aside = ground.print_cells.shape[1] - aside - cells[1]
    return np.asarray(down[:, None] + aside[None, :])


def _place(
    ground: Ground, size: tuple[float, float], window: tuple[slice, slice], cost: npt.NDArray[np.float64]
) -> Place:
    row, column = (int(i) for i in np.unravel_index(int(cost.argmin()), cost.shape))
    top, left = window[0].start + row, window[1].start + column
    rows, columns = _cells(size)
    under = (slice(top, top + rows), slice(left, left + columns))
    ink = int(ground.ink_cells[under].sum())
    return Place(left * CELL, top * CELL, *size, is_free=ink <= _SPECKS * rows * columns)
