"""Whether a side of a sheet bears ink, or only what shines through from the other side.

What shines through has passed the paper: it is soft, however dark. Ink is sharp, however pale: a pencil's
stroke, the rim of a stamp that was nearly dry. So darkness is measured in the channel that shows any ink, and
each small cell of the page is judged by how steep its edges are for its darkness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box
from dossier.quality import SideInk, SideState

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Colour, Grey

    Numbers = npt.NDArray[np.float32]

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
_FAINTEST_INK: Final = 24.0
"""Grey levels from which on steepness can be told from grain and from JPEG's blocks."""
_STEEP: Final = 0.345
"""Steps between neighbours, as a share of the cell's darkness: ink has 0.38 and more, what shines through
0.31 and less, at a standard deviation of 1.9 pixels at 300 dpi."""
_SURELY_STEEP: Final = 0.6
_LEAST_COLOUR: Final = 18.0
"""Grey levels between channels, the paper's own colour apart, from which on something is coloured."""
_STEEP_COLOUR: Final = 0.385
_GRAIN_STEP: Final = 2.5
"""Steps that grain alone makes, in its standard deviations."""
_LARGEST_GRAIN: Final = 8
_BLACK: Final = 130.0
"""Grey levels below paper that nothing reaches through a sheet."""
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
    return judged(*planes_of(picture, scale), scale)


def judged(dark: Grey, colour: Grey, scale: float) -> SideInk:
    """What a side bears, by its two planes (see `planes_of`)."""
    darkness, steepness, grain = cells_of(dark)
    is_ink = _steep(darkness, steepness - _GRAIN_STEP * grain, _FAINTEST_INK, _STEEP)
    tint, edge, noise = cells_of(colour)
    is_ink |= _steep(tint, edge - _GRAIN_STEP * noise, _LEAST_COLOUR, _STEEP_COLOUR)
    is_ink |= darkness >= _BLACK
    if not is_ink.any():
        seen = bool((darkness >= _FAINTEST + 4 * grain).any())
        return SideInk(SideState.SHOW_THROUGH if seen else SideState.EMPTY, ())
    return SideInk(SideState.INKED, _boxes(is_ink, scale))


def _steep(darkness: Numbers, steepness: Numbers, least: float, share: float) -> npt.NDArray[np.bool_]:
    """Cells with sharp edges; a single one only where it is sharper than a grain of dust makes it."""
    found = (darkness >= least) & (steepness >= share * darkness)
    return found if int(found.sum()) > 1 else found & (steepness >= _SURELY_STEEP * darkness)


def cells_of(plane: Grey) -> tuple[Numbers, Numbers, float]:
    """Darkness and steepness of each cell, and the grain of the paper, grey levels."""
    # Closed, because the bare line along a fold has sharp edges and is no ink.
    closed = cv2.morphologyEx(plane, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    soft = np.asarray(cv2.GaussianBlur(closed, (3, 3), 0.6), np.uint8)
    usual = float(np.median(soft[::4, ::4]))
    # Of neighbours: what shines through is soft and changes them little. 0.886: mean step of normal noise.
    steps = cv2.absdiff(soft[:, 1:], soft[:, :-1])[::3, ::3]
    grain = 0.886 * float(np.minimum(steps, _LARGEST_GRAIN).mean())
    rim = round(_RIM_MM * _MM)
    inner = soft[rim:-rim, rim:-rim]
    rows, columns = (side // _CELL for side in inner.shape)
    inner = inner[: rows * _CELL, : columns * _CELL]
    # The steeper of the ways to the right and down; what leaves a cell counts for the one that it leaves.
    right, down = cv2.absdiff(inner[:, 1:], inner[:, :-1])[:-1], cv2.absdiff(inner[1:], inner[:-1])[:, :-1]
    edges = np.asarray(np.pad(np.maximum(right, down), ((0, 1), (0, 1))), np.uint8)
    edges[:, _lines(inner)] = 0
    edges[_lines(inner.T)] = 0
    return _top(inner, rows, columns) - usual, _top(edges, rows, columns), grain


def _top(plane: Grey, rows: int, columns: int) -> Numbers:
    """The value that as many pixels of each cell reach as a short stroke has."""
    cells = plane.reshape(rows, _CELL, columns, _CELL).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    place = _CELL * _CELL - _TOP
    return np.partition(cells, place, axis=2)[:, :, place].astype(np.float32)


def planes_of(picture: Colour, scale: float) -> tuple[Grey, Grey]:
    """At 200 dpi and without holes: grey levels below the paper in the channel that is darkest there, and by
    how much that channel is darker than the brightest one, which is none for print and pencil."""
    size = (max(8, round(picture.shape[1] * scale)), max(8, round(picture.shape[0] * scale)))
    small = picture if scale >= 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    planes = []
    for plane in cv2.split(small):
        paper = _paper(np.asarray(plane, np.uint8))
        planes.append(cv2.bitwise_not(cv2.divide(plane, paper, scale=_PAPER)))
    dark = np.asarray(cv2.max(cv2.max(planes[0], planes[1]), planes[2]), np.uint8)
    least = cv2.min(cv2.min(planes[0], planes[1]), planes[2])
    _without_holes(dark)
    return dark, np.asarray(cv2.subtract(dark, least), np.uint8)


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


def _without_holes(dark: Grey) -> None:
    """Take out a binder's holes: black, round, 6 mm across, near an edge."""
    height, width = dark.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats((dark > _BLACK).astype(np.uint8))
    far = _HOLE_FROM_EDGE_MM * _MM
    for left, top, wide, high, area in stats[1:].tolist():
        as_large = _HOLE_MM[0] * _MM <= min(wide, high) and max(wide, high) <= _HOLE_MM[1] * _MM
        near = min(left, top, width - left - wide, height - top - high) < far
        if as_large and near and area >= _HOLE_FILL * wide * high:
            dark[max(0, top - 6) : top + high + 6, max(0, left - 6) : left + wide + 6] = 0


def _boxes(is_ink: npt.NDArray[np.bool_], scale: float) -> tuple[Box, ...]:
    """Around cells that touch, the largest first, in pixels of the picture."""
    rim = round(_RIM_MM * _MM)
    _, _, stats, _ = cv2.connectedComponentsWithStats(is_ink.astype(np.uint8))
    groups = sorted(stats[1:].tolist(), key=lambda group: -group[4])[:_MOST_BOXES]
    return tuple(
        Box(*((rim + cell * _CELL) / scale for cell in (left, top, left + wide, top + high)))
        for left, top, wide, high, _ in groups
    )
