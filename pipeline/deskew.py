"""How far a page lies askew, from the sharpness of its projection profile.

W. Postl, "Detection of linear oblique structures and skew scan in digitized documents", ICPR 1986; only the
lower edges of the ink are projected, because most letters stand on one line. What the profile finds to a
tenth of a degree is then measured, by least squares: the common slope of the feet of all lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Grey

    Ink = npt.NDArray[np.bool_]
    Points = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]

_RANGE: Final = 16.0
"""Degrees searched to either side."""
_MOST_POINTS: Final = 40_000
_COARSE_POINTS: Final = 10_000
"""Lower edges of ink: so many tell the angle to half a degree, all of them to a fortieth."""
_BLOCK: Final = 16
_MOST_EDGES: Final = 40
"""Lower edges in a block of 16 by 16 pixels; the smallest print has fewer."""
_FEWEST_POINTS: Final = 60
"""Fewer edges than of a word or two say nothing about an angle."""
_INK: Final = 160
"""Grey below which a prepared page shows ink; its paper is 245."""
_PAPER: Final = 245
_LEAST_INKED: Final = 0.0005
"""Share of a page below which its print may be too pale to be ink."""
_DARKEST: Final = 0.3
"""Percentile of the pixels that are print on a pale page."""
_FAINTEST: Final = 25.0
"""Grey levels below paper that print has, however pale."""
_GRAIN: Final = np.random.default_rng(1986).uniform(-0.5, 0.5, 4 * _MOST_POINTS).astype(np.float32)
_REACH: Final = 1.5
"""Rows from the foot of a line within which an edge belongs to it."""
_FIRMEST: Final = 0.1
"""Of the most edges on one row: rows with fewer are no line's foot."""
_FEWEST_ON_FOOT: Final = 8.0
_ROUNDS: Final = 3
_SURELY_PRINT: Final = 0.9
"""Confidence of a profile that only lines of print have."""
_MOST_LEFT: Final = 0.2
"""Degrees that such a profile may be off; where the feet say more, they belong to several lines."""


@dataclass(frozen=True, slots=True)
class Angle:
    """An angle, and how far it can be trusted."""

    degrees: float
    """Counter-clockwise."""
    confidence: float
    """0.0 to 1.0; 0.0 where nothing could be measured."""


def ink_of(view: Grey) -> Ink:
    """Where a prepared page shows ink; of a page with next to none, where its palest print is."""
    ink = view < _INK
    if view.size == 0 or float(ink.mean()) >= _LEAST_INKED:
        return ink
    darkest = float(np.percentile(view, _DARKEST))
    return ink if _PAPER - darkest < _FAINTEST else view < (_PAPER + darkest) / 2


def skew_angle(ink: Ink) -> Angle:
    """Angle that straightens the text lines, in degrees counter-clockwise, with its confidence.

    Args:
        ink: binary image of shape (height, width), True where there is ink.
    """
    points = _lower_edges(ink)
    if len(points[0]) < _FEWEST_POINTS:
        return Angle(0.0, 0.0)
    coarse = np.arange(-_RANGE, _RANGE + 0.01, 0.5)
    every = -(-len(points[0]) // _COARSE_POINTS)
    few = (points[0][::every], points[1][::every])
    scores = np.array([_sharpness(few, float(a), 2.0) for a in coarse])
    best = float(coarse[scores.argmax()])
    for step in (0.1, 0.025):
        near = best + step * np.arange(-6, 7)
        best = float(near[np.argmax([_sharpness(points, float(a), 1.0) for a in near])])
    peak, typical = float(scores.max()), float(np.median(scores))
    confidence = max(0.0, 1.0 - typical / peak) if peak > 0 else 0.0
    if confidence >= _SURELY_PRINT:
        best = _measured(points, best)
    return Angle(round(best, 3), confidence)


def _measured(points: Points, near: float) -> float:
    """The angle of print, known to a tenth of a degree, measured by the feet of its lines."""
    # Edges lie on whole rows; left there, a page would seem sharpest when it is not turned at all.
    loose = (points[0], points[1] + _GRAIN[: len(points[1])])
    angles = near + 0.025 * np.arange(-6, 7)
    best = exact = float(angles[np.argmax([_sharpness(loose, float(a), 1.0) for a in angles])])
    for _ in range(_ROUNDS):
        exact += _slope(points, exact)
    return exact if abs(exact - near) <= _MOST_LEFT else best


def _lower_edges(ink: Ink) -> Points:
    """Columns and rows of ink with paper below, thinned to what is needed.

    Without the places that have more edges than print can have: a QR code or a screened photograph is in step
    with the pixels, and would call every page straight.
    """
    edges = ink[:-1] & ~ink[1:]
    height, width = (side // _BLOCK for side in edges.shape)
    if height < 1 or width < 1:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    edges = edges[: height * _BLOCK, : width * _BLOCK]
    blocks = edges.reshape(height, _BLOCK, width, _BLOCK)
    printed = blocks.sum(axis=(1, 3), dtype=np.int32) <= _MOST_EDGES
    rows, columns = np.nonzero((blocks & printed[:, None, :, None]).reshape(edges.shape))
    step = max(1, len(rows) // _MOST_POINTS)
    return columns[::step].astype(np.float32), rows[::step].astype(np.float32)


def _sharpness(points: Points, degrees: float, row: float) -> float:
    """Squared differences between neighbouring rows of the profile when turned by an angle."""
    x, y = points
    radians = np.deg2rad(degrees)
    turned = (np.cos(radians) * y - np.sin(radians) * x) / row
    profile = np.bincount((turned - turned.min()).astype(np.int32))
    return float((np.diff(profile).astype(np.float64) ** 2).sum())


def _slope(points: Points, degrees: float) -> float:
    """Degrees that are left when turned by an angle: the common slope of the feet of all lines."""
    x, y = points
    radians = np.deg2rad(degrees)
    along = np.cos(radians) * x + np.sin(radians) * y
    depth = np.cos(radians) * y - np.sin(radians) * x
    depth = depth - depth.min()
    feet = _feet(np.bincount(depth.astype(np.int32)).astype(np.float64))
    if not feet.size:
        return 0.0
    nearest = np.searchsorted((feet[1:] + feet[:-1]) / 2, depth)
    away = depth - feet[nearest]
    on_foot = np.abs(away) <= _REACH
    line, away, along = nearest[on_foot], away[on_foot], along[on_foot].astype(np.float64)
    count = np.maximum(np.bincount(line, minlength=feet.size), 1)
    along = along - (np.bincount(line, along, feet.size) / count)[line]
    away = away - (np.bincount(line, away, feet.size) / count)[line]
    # Not `along @ away`: for so many points OpenBLAS wakes a thread, which then waits at work for 0.1 s.
    slope = np.sum(along * away) / max(1e-9, float(np.sum(along * along)))
    return float(np.rad2deg(np.arctan(slope)))


def _feet(profile: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rows on which lines of print stand: the peaks of the profile."""
    smooth = np.convolve(profile, (1.0, 2.0, 1.0), "same")
    highest = np.lib.stride_tricks.sliding_window_view(np.pad(smooth, 4), 9).max(axis=1)
    firm = smooth > max(_FIRMEST * float(smooth.max()), _FEWEST_ON_FOOT)
    return np.flatnonzero((smooth == highest) & firm).astype(np.float64) + 0.5
