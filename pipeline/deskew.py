"""How far a page lies askew, from the sharpness of its projection profile.

W. Postl, "Detection of linear oblique structures and skew scan in digitized documents", ICPR 1986; only the
lower edges of the ink are projected, because most letters stand on one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Ink = npt.NDArray[np.bool_]

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


@dataclass(frozen=True, slots=True)
class Angle:
    """An angle, and how far it can be trusted."""

    degrees: float
    """Counter-clockwise."""
    confidence: float
    """0.0 to 1.0; 0.0 where nothing could be measured."""


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
    return Angle(round(best, 3), max(0.0, 1.0 - typical / peak) if peak > 0 else 0.0)


def _lower_edges(ink: Ink) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
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


def _sharpness(
    points: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], degrees: float, row: float
) -> float:
    """Squared differences between neighbouring rows of the profile when turned by an angle."""
    x, y = points
    radians = np.deg2rad(degrees)
    turned = (np.cos(radians) * y - np.sin(radians) * x) / row
    profile = np.bincount((turned - turned.min()).astype(np.int32))
    return float((np.diff(profile).astype(np.float64) ** 2).sum())
