"""Whether a side of a sheet bears ink, or only what shines through from the other side.

What shines through has passed the paper: it is soft, however dark. Ink is sharp, however pale: a pencil's
stroke, the rim of a stamp that was nearly dry. So each edge is judged by how steep it is for the contrast
around it, in the channel that shows any ink and once more in colour alone, where show-through of black print
is nothing; a small cell of the page by its steepest edges, and the page by its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from dossier.geometry import Box
from dossier.quality import SideInk, SideState

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Colour, Grey

    Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Limit:
    """From which steepness on a cell is ink: where the other side's print shines through sharply, its own
    steepest edges are sharp as well."""

    unknown: float
    """On a page whose usual cell is not known."""
    least: float
    times: float
    """Times the page's usual cell."""
    most: float

    def beside(self, usual: float) -> float:
        """On a page with this usual cell, 0.0 where it is not known."""
        return min(self.most, max(self.least, self.times * usual)) if usual else self.unknown


_DPI: Final = 200.0
"""Enough for a pencil's stroke; grain is averaged away."""
_MM: Final = _DPI / 25.4
_PAPER: Final = 255
_CELL: Final = 40
"""Pixels on a side: 5 mm."""
_TOP: Final = 24
"""Pixels of a cell that tell how dark and how steep it is: a short stroke has as many."""
_RIM_MM: Final = 4.0
"""Along the edges of the picture the sheet's own edge and the lid cast lines."""
_FAINTEST: Final = 14.0
"""Grey levels below paper under which nothing is seen."""
_FAINTEST_INK: Final = 24
"""Grey levels of contrast from which on steepness can be told from grain and from JPEG's blocks."""
_FAINTEST_COLOUR: Final = 12
"""The same between channels, where grain is nearly none."""
_REACH: Final = 4
"""Pixels to each side within which the contrast of an edge is measured: three times its softness."""
_STEEP: Final = _Limit(0.378, 0.355, 1.42, 1.0)
"""Largest step between neighbours, as a share of that contrast, in the second steepest cell. This and the
next limits were set on 4,400 generated backs of A5. What shines through is soft by 1.9 pixels at 300 dpi and
more there."""
_STEEP_COLOUR: Final = _Limit(0.408, 0.408, 1.55, 0.43)
"""The same in colour alone, in the fourth steepest cell: JPEG makes colour uneven."""
_LEAST_CELLS: Final = 2
_LEAST_CELLS_COLOUR: Final = 4
_STEEP_TOGETHER: Final = _Limit(1.03, 1.0, 4.1, 1.14)
"""The second steepest cell and, counted 1.72 times, the third steepest in colour: a nearly dry stamp."""
_COLOUR_COUNTS: Final = 1.72
_LEAST_CELLS_TOGETHER: Final = 3
_SURELY_STEEP: Final = 0.47
"""One cell suffices: a stroke of a pencil."""
_STEEPER: Final = 2.15
"""Times the page's usual cell from which on a cell is ink ..."""
_STEEP_FOR_THE_PAGE: Final = 0.315
"""... if it is this steep, and ..."""
_USUAL_CELLS: Final = 100
"""... this many cells tell what is usual: a stamp that JPEG has softened."""
_GRAIN_STEP: Final = 2.5
"""Steps that grain alone makes, in its standard deviations."""
_LARGEST_GRAIN: Final = 8
_BLACK: Final = 122.0
"""Grey levels below paper that nothing reaches through a sheet."""
_PLAIN_CELLS: Final = 60
"""This many cells as black as that, 15 square centimetres, are a page of print; four holes are fewer."""
_STREAK: Final = 5.0
"""Grey levels by which a column or a row is darker than those around it on most of its length: its edges do
not count then."""
_AROUND: Final = 15
_LINE_REACH: Final = 4
_HOLE_MM: Final = (4.0, 8.5)
_HOLE_FROM_EDGE_MM: Final = 40.0
_HOLE_FILL: Final = 0.7
_MOST_BOXES: Final = 12


def side_ink(picture: Colour, dpi: float) -> SideInk:
    """What a side bears.

    Args:
        picture: as scanned, shape (height, width, 3), blue-green-red.
        dpi: of the picture; nonsense counts as A4.
    """
    dpi = dpi if 40 <= dpi <= 1300 else max(picture.shape[:2]) / 11.7
    scale = min(1.0, _DPI / dpi)
    if min(picture.shape[:2]) * scale < 2 * _CELL:
        return SideInk(SideState.INKED, ())
    # Most sides bear a page of print: that is seen in one channel, at a third of the cost.
    plane = _below_paper(_at(np.asarray(cv2.extractChannel(picture, 1), np.uint8), scale))
    is_black = _black_cells(plane)
    if int(is_black.sum()) >= _PLAIN_CELLS:
        return SideInk(SideState.INKED, _boxes(is_black, scale))
    return judged(*planes_of(picture, scale), scale)


def judged(dark: Grey, colour: Grey, scale: float) -> SideInk:
    """What a side bears, by its two planes (see `planes_of`)."""
    without = _holes(dark)
    edges, soft, grain = _edges(dark, _FAINTEST_INK, without)
    usual = _usual(edges)
    is_ink = _enough(edges >= _STEEP.beside(usual), _LEAST_CELLS) | (edges >= _SURELY_STEEP)
    if usual:  # what stands out on a page whose show-through is evenly soft
        is_ink |= _enough(edges >= max(_STEEP_FOR_THE_PAGE, _STEEPER * usual), _LEAST_CELLS)
    in_colour, _, _ = _edges(colour, _FAINTEST_COLOUR, without)
    is_ink |= _enough(in_colour >= _STEEP_COLOUR.beside(usual), _LEAST_CELLS_COLOUR)
    is_ink |= _steep_together(edges, in_colour, _STEEP_TOGETHER.beside(usual))
    darkness = _cells(np.where(without, 0, soft)) - float(np.median(soft[::4, ::4]))
    is_ink |= darkness >= _BLACK
    if not is_ink.any():
        seen = bool((darkness >= _FAINTEST + 4 * grain).any())
        return SideInk(SideState.SHOW_THROUGH if seen else SideState.EMPTY, ())
    return SideInk(SideState.INKED, _boxes(is_ink, scale))


def _enough(found: npt.NDArray[np.bool_], least: int) -> npt.NDArray[np.bool_]:
    """The cells, or none of them where they are fewer: a grain of dust makes one."""
    return found if int(found.sum()) >= least else np.zeros_like(found)


def _usual(edges: Numbers) -> float:
    """How steep the usual cell of a page is, as soft as its show-through; 0.0 where too few tell."""
    known = edges[edges > 0.0]
    return float(np.median(known)) if known.size >= _USUAL_CELLS else 0.0


def _steep_together(edges: Numbers, in_colour: Numbers, limit: float) -> npt.NDArray[np.bool_]:
    """The steepest cells of both, where neither alone is steep enough and both together are."""
    if edges.size < _LEAST_CELLS_TOGETHER:
        return np.zeros(edges.shape, np.bool_)
    least = float(np.sort(edges, axis=None)[-_LEAST_CELLS])
    least_colour = float(np.sort(in_colour, axis=None)[-_LEAST_CELLS_TOGETHER])
    is_steep = least_colour > 0.0 and least + _COLOUR_COUNTS * least_colour >= limit
    found = ((edges >= least) & (edges > 0.0)) | (in_colour >= least_colour)
    return found if is_steep else np.zeros_like(found)


def _edges(plane: Grey, least: int, without: npt.NDArray[np.bool_]) -> tuple[Numbers, Grey, float]:
    """How steep the edges of each cell are for their contrast; the smoothed plane; its grain, grey levels.

    Args:
        least: grey levels of contrast below which an edge is not judged.
        without: pixels whose edges do not count.
    """
    # Closed, because the bare line along a fold has sharp edges and is no ink.
    closed = cv2.morphologyEx(plane, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    soft = np.asarray(cv2.GaussianBlur(closed, (3, 3), 0.6), np.uint8)
    right, down = cv2.absdiff(soft[:, 1:], soft[:, :-1]), cv2.absdiff(soft[1:], soft[:-1])
    # 0.886: mean step of normal noise, in its standard deviations.
    grain = 0.886 * float(np.minimum(right[::3, ::3], _LARGEST_GRAIN).mean())
    steps = np.pad(np.maximum(right[:-1], down[:, :-1]), ((0, 1), (0, 1))).astype(np.float32)
    smooth, around = cv2.medianBlur(soft, 3), np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8)
    contrast = np.asarray(cv2.subtract(cv2.dilate(smooth, around), cv2.erode(smooth, around)), np.uint8)
    ratio = (steps - _GRAIN_STEP * grain) / np.maximum(contrast, 1)
    ratio[(contrast < least) | without] = 0.0
    ratio[:, _lines(soft)] = 0.0
    ratio[_lines(soft.T)] = 0.0
    return _cells(np.maximum(ratio, 0.0)), soft, grain


def _cells(plane: Numbers | Grey) -> Numbers:
    """The value that as many pixels of each cell reach as a short stroke has; the rim is left out."""
    blocks = _blocks(plane)
    cells = blocks.transpose(0, 2, 1, 3).reshape(blocks.shape[0], blocks.shape[2], -1)
    place = _CELL * _CELL - _TOP
    return np.partition(cells, place, axis=2)[:, :, place].astype(np.float32)


def _black_cells(plane: Grey) -> npt.NDArray[np.bool_]:
    """Cells in which as many pixels are black as a short stroke has."""
    black = plane >= float(np.median(plane[::4, ::4])) + _BLACK
    return np.asarray(
        _blocks(black).sum(axis=3, dtype=np.uint8).sum(axis=1, dtype=np.uint16) >= _TOP, np.bool_
    )


def _blocks(plane: Any) -> Any:
    """The plane without its rim, shape (rows of cells, pixels, columns of cells, pixels)."""
    rim = round(_RIM_MM * _MM)
    inner = plane[rim:-rim, rim:-rim]
    rows, columns = (side // _CELL for side in inner.shape)
    return inner[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)


def planes_of(picture: Colour, scale: float) -> tuple[Grey, Grey]:
    """At 200 dpi: grey levels below the paper in the channel that is darkest there, and by how much that
    channel is darker than the brightest one, which is none for print and pencil."""
    planes = [_below_paper(np.asarray(plane, np.uint8)) for plane in cv2.split(_at(picture, scale))]
    dark = np.asarray(cv2.max(cv2.max(planes[0], planes[1]), planes[2]), np.uint8)
    least = cv2.min(cv2.min(planes[0], planes[1]), planes[2])
    return dark, np.asarray(cv2.subtract(dark, least), np.uint8)


def _at(picture: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.uint8]:
    """The picture, or one channel of it, made smaller by this; never larger."""
    if scale >= 1:
        return picture
    size = (max(8, round(picture.shape[1] * scale)), max(8, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _below_paper(plane: Grey) -> Grey:
    """Grey levels by which each pixel is darker than the bare paper around it."""
    return np.asarray(cv2.bitwise_not(cv2.divide(plane, _paper(plane), scale=_PAPER)), np.uint8)


def _paper(plane: Grey) -> Grey:
    """Brightness of the bare paper around each pixel."""
    few = cv2.resize(plane, (plane.shape[1] // 8 + 1, plane.shape[0] // 8 + 1), interpolation=cv2.INTER_AREA)
    level = cv2.blur(cv2.medianBlur(cv2.dilate(few, np.ones((3, 3), np.uint8)), 21), (9, 9))
    whole = cv2.resize(level, (plane.shape[1], plane.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.maximum(np.asarray(whole, np.uint8), 1)


def _lines(soft: Grey) -> npt.NDArray[np.intp]:
    """Columns in which a line runs down most of the page: dirt on the glass, an edge."""
    level = np.percentile(soft[:: max(1, soft.shape[0] // 300)], 30, axis=0).astype(np.uint8)
    around = np.asarray(cv2.medianBlur(level[None, :], _AROUND), np.int16)[0]
    found = np.flatnonzero(level - around > _STREAK)
    reach = np.arange(-_LINE_REACH, _LINE_REACH + 1)
    return np.unique(np.clip(found[:, None] + reach, 0, soft.shape[1] - 1))


def _holes(dark: Grey) -> npt.NDArray[np.bool_]:
    """Where a binder's holes are: black, round, 6 mm across, near an edge."""
    height, width = dark.shape
    found = np.zeros(dark.shape, np.bool_)
    _, _, stats, _ = cv2.connectedComponentsWithStats((dark > _BLACK).astype(np.uint8))
    far = _HOLE_FROM_EDGE_MM * _MM
    for left, top, wide, high, area in stats[1:].tolist():
        as_large = _HOLE_MM[0] * _MM <= min(wide, high) and max(wide, high) <= _HOLE_MM[1] * _MM
        near = min(left, top, width - left - wide, height - top - high) < far
        if as_large and near and area >= _HOLE_FILL * wide * high:
            found[max(0, top - 6) : top + high + 6, max(0, left - 6) : left + wide + 6] = True
    return found


def _boxes(is_ink: npt.NDArray[np.bool_], scale: float) -> tuple[Box, ...]:
    """Around cells that touch, the largest first, in pixels of the picture."""
    rim = round(_RIM_MM * _MM)
    _, _, stats, _ = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    groups = sorted(stats[1:].tolist(), key=lambda group: -group[4])[:_MOST_BOXES]
    return tuple(
        Box(*((rim + cell * _CELL) / scale for cell in (left, top, left + wide, top + high)))
        for left, top, wide, high, _ in groups
    )
