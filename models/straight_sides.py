"""Straight sides of a card or sheet laid along the edges that a picture shows.

Across the edge of a sheet the ground itself changes its tone, at once, all along the side; beside a rule of a
table it does not, and along a shadow it changes slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from dossier.ports import Colour

Numbers: TypeAlias = npt.NDArray[np.float64]
_REACH_MM: Final = 2.4
"""How far to either side of a side its edge is looked for."""
_FINE_MM: Final = 0.9
_SAMPLE_MM: Final = 0.1
_PROFILES: Final = 56
_NEIGHBOURS: Final = 7
_MOST_OFF: Final = 0.75
"""Share of a side's surroundings that has to lie within the picture."""
_BESIDE_MM: Final = (0.7, 1.5)
"""Where, to either side of an edge, the ground's tone is taken."""
_CONTRAST: Final = 5.0
"""Levels between the two."""
ALONG: Final = 0.82
"""Share of a side along which its edge has to be seen."""
_STRAIGHT_MM: Final = 0.35
"""How far from its line an edge may stray and still belong to it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a rectangle as found on the scan."""

    line: Numbers
    """x, y of a point and of the direction."""
    points: Numbers
    """Where its edge was seen, shape (n, 2)."""
    seen: float
    """Share of it along which an edge was seen; 0.0 where it is where the first look put it."""

    @property
    def is_edge(self) -> bool:
        """Whether it was seen all along."""
        return self.seen >= ALONG


def side_of(picture: Colour, start: Numbers, end: Numbers, pixel: float) -> Side:
    """Where the tone of the ground changes along a side as it was first seen.

    First each profile across the side is split where that leaves the least variance, which bears patterns
    and print; then, beside the line so found, neighbouring profiles are averaged and the steepest place is
    taken, so that a sheet ends before the soft shadow that it throws.
    """
    guess = Side(np.concatenate([start, end - start]), np.array([start, end]), 0.0)
    first = _profiles(picture, (start, end), _REACH_MM, pixel)
    if first is None:
        return guess
    split = _split(first.tones)
    line = _fitted(first.middles + first.steps[split][:, None] * first.outwards)
    near = _profiles(picture, _along(line, start, end), _FINE_MM, pixel)
    if near is None:
        return guess
    steepest = near.steps[_steepest(near.tones)]
    points = near.middles + steepest[:, None] * near.outwards
    line = _fitted(points)
    for _ in range(2):
        is_near = np.abs(_away(line, points)) <= _STRAIGHT_MM * pixel
        if is_near.sum() > 8:
            line = _fitted(points[is_near])
    last = _profiles(picture, _along(line, start, end), _BESIDE_MM[1], pixel)
    if last is None:
        return guess
    is_near = np.abs(_away(line, points)) <= _STRAIGHT_MM * pixel
    return Side(line, points[is_near], float((is_near & _has_contrast(last, pixel)).mean()))


@dataclass(frozen=True, slots=True)
class _Profiles:
    """Tones across a side, from inside out."""

    tones: Numbers
    """Shape (profiles, steps, 3)."""
    middles: Numbers
    """Where each profile crosses the side."""
    steps: Numbers
    """Pixels from the side, outwards."""
    outwards: Numbers


def _profiles(
    picture: Colour, side: tuple[Numbers, Numbers], reach_mm: float, pixel: float
) -> _Profiles | None:
    """None where a good part of the profiles would leave the picture."""
    start, end = side
    along = (end - start) / max(1e-6, float(np.linalg.norm(end - start)))
    outwards = np.array([along[1], -along[0]])
    places = np.linspace(0.1, 0.9, _PROFILES)
    steps = np.asarray(np.arange(-reach_mm, reach_mm + 1e-9, _SAMPLE_MM) * pixel, np.float64)
    middles = start + places[:, None] * (end - start)
    grid = middles[:, None, :] + steps[None, :, None] * outwards
    limit = np.array([picture.shape[1], picture.shape[0]]) - 1
    if ((grid >= 0) & (grid <= limit)).all(axis=2).mean() < _MOST_OFF:
        return None
    return _Profiles(_sampled(picture, grid), np.asarray(middles, np.float64), steps, outwards)


def _along(line: Numbers, start: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
    """The same stretch on a line."""
    direction = line[2:] if float(line[2:] @ (end - start)) >= 0 else -line[2:]
    ends = [line[:2] + float((point - line[:2]) @ direction) * direction for point in (start, end)]
    return ends[0], ends[1]


def _split(tones: Numbers) -> npt.NDArray[np.int64]:
    """For each profile the step at which two even parts meet best."""
    steps = tones.shape[1]
    before = np.cumsum(tones, axis=1)
    counts = np.arange(1, steps + 1, dtype=np.float64)[None, :, None]
    whole = before[:, -1:, :]
    first, rest = before / counts, (whole - before) / np.maximum(counts[:, ::-1] - 1, 1)
    gain = (counts * (steps - counts) * (first - rest) ** 2).sum(axis=2)
    edge = max(2, steps // 10)
    gain[:, :edge] = gain[:, -edge:] = 0
    return np.asarray(gain.argmax(axis=1), np.int64)


def _steepest(tones: Numbers) -> npt.NDArray[np.int64]:
    """For each profile, averaged with its neighbours, the step with the greatest change of tone."""
    kernel = np.ones(_NEIGHBOURS) / _NEIGHBOURS
    padded = np.pad(tones, ((_NEIGHBOURS // 2, _NEIGHBOURS // 2), (0, 0), (0, 0)), mode="edge")
    smooth = np.apply_along_axis(lambda column: np.convolve(column, kernel, mode="valid"), 0, padded)
    change = np.zeros(smooth.shape[:2])
    change[:, 1:-1] = np.linalg.norm(smooth[:, 2:] - smooth[:, :-2], axis=2)
    return np.asarray(change.argmax(axis=1), np.int64)


def _sampled(picture: Colour, grid: Numbers) -> Numbers:
    across, down = grid[:, :, 0].astype(np.float32), grid[:, :, 1].astype(np.float32)
    left, top = int(max(0, across.min() - 2)), int(max(0, down.min() - 2))
    right, bottom = int(across.max() + 3), int(down.max() + 3)
    part = cv2.blur(picture[top:bottom, left:right], (3, 3))
    seen = cv2.remap(part, across - left, down - top, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.float64)


def _has_contrast(beside: _Profiles, pixel: float) -> npt.NDArray[np.bool_]:
    """Whether the tone just outside differs from that just inside; beside a rule it does not."""
    first = _BESIDE_MM[0] * pixel
    within = np.median(beside.tones[:, beside.steps <= -first], axis=1)
    beyond = np.median(beside.tones[:, beside.steps >= first], axis=1)
    return np.asarray(np.abs(within - beyond).max(axis=1) > _CONTRAST, np.bool_)


def _fitted(points: Numbers) -> Numbers:
    x_direction, y_direction, x, y = cv2.fitLine(
        points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01
    ).ravel()
    return np.array([x, y, x_direction, y_direction], np.float64)


def _away(line: Numbers, points: Numbers) -> Numbers:
    return np.asarray((points[:, 0] - line[0]) * line[3] - (points[:, 1] - line[1]) * line[2], np.float64)


def squared(sides: Sequence[Side]) -> list[Side]:
    """The sides of a card with right angles between them; its long sides tell its angle."""
    lengths = [float(np.linalg.norm(np.ptp(side.points, axis=0))) for side in sides]
    first = 0 if lengths[0] + lengths[2] >= lengths[1] + lengths[3] else 1
    long = [sides[first], sides[first + 2]]
    one, other = (side.line[2:] / np.linalg.norm(side.line[2:]) for side in long)
    along = long[0].seen * one + long[1].seen * (other if float(one @ other) >= 0 else -other)
    along /= np.linalg.norm(along)
    squared = []
    for number, side in enumerate(sides):
        direction = along if number % 2 == first else np.array([-along[1], along[0]])
        across = np.array([-direction[1], direction[0]])
        point = side.points.mean(axis=0)
        point = point + (float(np.median((side.points - point) @ across))) * across
        squared.append(Side(np.concatenate([point, direction]), side.points, side.seen))
    return squared


def crossings(sides: Sequence[Side]) -> Numbers:
    """Corners where each side meets the one before it, shape (4, 2)."""
    return np.array([_meeting(sides[i - 1].line, sides[i].line) for i in range(4)])


def _meeting(one: Numbers, other: Numbers) -> Numbers:
    """Where two lines cross."""
    matrix = np.array([[one[2], -other[2]], [one[3], -other[3]]])
    if abs(np.linalg.det(matrix)) < 1e-9:
        return other[:2]
    t = np.linalg.solve(matrix, other[:2] - one[:2])[0]
    return np.asarray(one[:2] + t * one[2:], np.float64)
