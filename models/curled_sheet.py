"""How far the lines of a curled sheet bend up and down, told from its print.

Paper that was folded or rolled does not lie flat for a camera: its perspective taken away, its lines still
rise and fall by some millimetres. Beside one another, narrow strips of a page have nearly the same profile of
inked rows, shifted by what the lines climb from one to the next. These shifts, wherever there is print, are
fitted by one smooth surface (after the page model of M. Zucker, "Page dewarping", 2016, with slopes measured
by correlation instead of the shapes of lines); summed across the page it tells how far each place lies from
where it would lie on a flat sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from numpy.polynomial import legendre

from dossier.outline import MM_PER_INCH

if TYPE_CHECKING:
    from dossier.ports import Colour

    Numbers = npt.NDArray[np.float64]
    Floats = npt.NDArray[np.float32]

_LOOK_DPI: Final = 100.0
_STRIPS: Final = 16
_STEEPEST: Final = 0.2
"""Rise of a line by its length that is looked for."""
_WINDOW_MM: Final = 13.0
"""Standard deviation of the window in which two strips are compared: some lines of print."""
_EVERY_MM: Final = 9.0
_ALIKE: Final = 0.45
"""Correlation below which two strips have nothing to do with each other."""
_LEAST_PLACES: Final = 40
"""Places with print on both sides below which nothing is claimed."""
_DEGREES: Final = (4, 2)
"""Of the surface of slopes: across the page, and down it."""
_STIFF: Final = 1e-3
"""What a bend costs beside what the slopes stray from it."""
_LEAST_BEND_MM: Final = 0.5
"""Lines that bend less are read as well as straight ones."""
_SHARPER: Final = 1.04
"""By how much more the rows of the flattened page have to differ from one another."""


@dataclass(frozen=True, slots=True)
class Curl:
    """Where the places of a flat sheet lie on a curled one."""

    shifts: Numbers
    """Legendre coefficients, shape (along lines, across them), of how many pixels below, over -1 to 1."""
    width: int
    height: int
    is_sideways: bool
    """Whether lines run up or down the picture; below is then to the left."""

    def places(self, top: int, bottom: int) -> tuple[Floats, Floats]:
        """Column and row, in the picture of the curled sheet, of each place of these rows of a flat one.

        Each of shape (bottom - top, width).
        """
        column, row = np.arange(self.width, dtype=np.float32), np.arange(top, bottom, dtype=np.float32)
        x, y = (column + 0.5) / self.width * 2 - 1, (row + 0.5) / self.height * 2 - 1
        columns, rows = np.meshgrid(column, row)
        if self.is_sideways:
            return columns - np.asarray(legendre.leggrid2d(y, -x, self.shifts), np.float32), rows
        return columns, rows + np.asarray(legendre.leggrid2d(y, x, self.shifts.T), np.float32)


def curl_of(page: Colour, dpi: float) -> Curl | None:
    """How a page seen from the front is curled; None where it lies flat or too little is printed on it.

    Args:
        page: in any quarter turn, shape (height, width, 3), blue-green-red.
    """
    ink = _ink(page, min(1.0, _LOOK_DPI / dpi))
    rows, columns = page.shape[:2]
    for is_sideways in (False, True):
        shifts = _shifts(np.rot90(ink) if is_sideways else ink)
        if shifts is None:
            continue
        small = Curl(shifts, ink.shape[1], ink.shape[0], is_sideways)
        flat = cv2.remap(ink, *small.places(0, ink.shape[0]), cv2.INTER_LINEAR)
        before, after = (
            _contrast(np.asarray(np.rot90(each, int(is_sideways)), np.float32)) for each in (ink, flat)
        )
        if after >= _SHARPER * before:
            return Curl(shifts * rows / ink.shape[0], columns, rows, is_sideways)
    return None


def _shifts(ink: Floats) -> Numbers | None:
    """Coefficients as of `Curl`, in pixels of this picture, whose lines run across it; None where flat."""
    places, slopes, weights = _slopes(ink)
    if len(slopes) < _LEAST_PLACES:
        return None
    fitted = _fitted(places, slopes, weights)
    shifts: Numbers = legendre.legint(fitted, axis=0) * ink.shape[1] / 2
    shifts[0] = 0  # as much above as below
    bent = shifts.copy()
    bent[1] = 0  # a line that only climbs is not bent
    along, across = (np.linspace(each.min(), each.max(), 33) for each in places.T)
    most = np.ptp(legendre.leggrid2d(along, across, bent), axis=0).max()
    return None if most < _LEAST_BEND_MM / MM_PER_INCH * _LOOK_DPI else shifts


def _ink(page: Colour, scale: float) -> Floats:
    """How dark each place is against the paper around it, 0.0 to 1.0, at about 100 dots per inch."""
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    paper = cv2.GaussianBlur(cv2.dilate(grey, np.ones((13, 13), np.uint8)), (0, 0), 9)
    dark: Floats = 1 - grey.astype(np.float32) / np.maximum(paper, 1)
    return np.asarray(np.clip((dark - 0.15) / 0.4, 0, 1), np.float32)


def _slopes(ink: Floats) -> tuple[Numbers, Numbers, Numbers]:
    """Places, shape (n, 2) as x and y from -1 to 1, the rise of lines there, and how sure each is."""
    height, width = ink.shape
    window = _WINDOW_MM / MM_PER_INCH * _LOOK_DPI
    rows = np.arange(window, height - window, _EVERY_MM / MM_PER_INCH * _LOOK_DPI).astype(int)
    if not len(rows) or width < window:
        return np.empty((0, 2)), np.empty(0), np.empty(0)
    edges = np.linspace(0, width, _STRIPS + 1).round().astype(int)
    strips = np.stack([ink[:, a:b].mean(axis=1) for a, b in pairwise(edges)])
    profiles = _smooth(strips, 0.8) - _smooth(strips, 9.0)
    step = width / _STRIPS
    reach = max(2, round(_STEEPEST * step))
    one, other = profiles[:-1], profiles[1:]
    power = _smooth(one**2, window)
    alike = []
    for shift in range(-reach, reach + 1):
        moved = np.roll(other, -shift, axis=1)
        both = np.sqrt(power * _smooth(moved**2, window)) + 1e-9
        alike.append((_smooth(one * moved, window) / both)[:, rows])
    scores = np.stack(alike)
    best = np.clip(scores.argmax(axis=0), 1, 2 * reach - 1)
    before, at, after = (np.take_along_axis(scores, best[None] + k, axis=0)[0] for k in (-1, 0, 1))
    finer = (
        (before - after) / np.where(np.abs(before - 2 * at + after) < 1e-9, 1.0, before - 2 * at + after) / 2
    )
    shifts = best - reach + np.clip(finer, -0.5, 0.5)
    inked = power[:, rows] > 0.05 * power.max()
    is_good = (at > _ALIKE) & inked & (scores.argmax(axis=0) > 0) & (scores.argmax(axis=0) < 2 * reach)
    k, row = np.nonzero(is_good)
    x = (k + 1) / _STRIPS * 2 - 1
    y = (rows[row] + 0.5) / height * 2 - 1
    return np.stack([x, y], axis=1), shifts[is_good] / step, at[is_good] ** 2


def _fitted(places: Numbers, slopes: Numbers, weights: Numbers) -> Numbers:
    """Legendre coefficients of the slopes, places that stray from the others left aside (Tukey, 1974)."""
    basis = legendre.legvander2d(places[:, 0], places[:, 1], _DEGREES)
    # Paper is stiff: the more often the surface would bend, the dearer; so it stays where nothing is printed.
    bends = np.add.outer(*(np.arange(degree + 1) for degree in _DEGREES)).ravel()
    stiff = np.sqrt(_STIFF * len(slopes)) * np.diag(bends.astype(float))
    now, found = weights, np.zeros(basis.shape[1])
    for _ in range(6):
        root = np.sqrt(now)[:, None]
        rows, values = np.vstack([basis * root, stiff]), np.append(slopes * root[:, 0], np.zeros(len(stiff)))
        found = np.linalg.lstsq(rows, values, rcond=None)[0]
        off = np.abs(slopes - basis @ found)
        limit = 4.7 * max(float(np.median(off)) * 1.48, 0.002)
        now = weights * np.clip(1 - (off / limit) ** 2, 0, None) ** 2
    return np.asarray(found.reshape(_DEGREES[0] + 1, _DEGREES[1] + 1), np.float64)


def _contrast(ink: Floats) -> float:
    """How much inked rows and the gaps between them differ, over the whole width."""
    rows = ink.mean(axis=1)[None]
    return float(((rows - _smooth(rows, 9.0)) ** 2).sum())


def _smooth(rows: npt.NDArray[Any], deviation: float) -> Floats:
    """Each row blurred along its length."""
    return np.asarray(
        cv2.GaussianBlur(np.asarray(rows, np.float32), (0, 0), deviation, sigmaY=1e-6), np.float32
    )
