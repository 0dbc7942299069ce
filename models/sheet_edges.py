"""Edges of what lies on the glass: cards, and sheets smaller than it; nothing where they cannot be told.

A scanner's resolution is known, so a card is known by its size. Print, rules of tables and shadows are told
from edges by what lies beside them: across the edge of a sheet the ground itself changes its tone, at once,
all along a side. A page that fills the glass leaves after a look at a much reduced picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from dossier.outline import MM_PER_INCH, Outline, OutlineKind, Point

if TYPE_CHECKING:
    from dossier.ports import Colour

Numbers: TypeAlias = npt.NDArray[np.float64]

CARD_MM: Final = (85.6, 53.98)
"""ISO/IEC 7810, ID-1."""
_OVERVIEW_DPI: Final = 50.0
_STEPS: Final = (5, 12, 30)
"""Levels by which something differs from the ground, the least first: a white sheet under a white lid."""
_GROUND_EVEN: Final = 16.0
"""Grey levels between the quartiles of a strip along an edge of the picture that shows the lid alone."""
_CARD_ABOUT, _CARD_WITHIN = 4.0, 1.2
"""Millimetres by which a card's sides may differ, as first seen and once its edges are known."""
_SHEET_LEAST, _SHEET_MOST = 0.06, 0.95
"""Share of the glass that a sheet covers."""
_SHEET_LEAST_MM: Final = 40.0
_FULL: Final = 0.94
"""Share of its rectangle that a sheet fills; what lies half over another, or off the glass, fills less."""
_AT_BORDER_MM: Final = 1.2
"""A side as near as this to the border of the picture may be hidden by it."""
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
_ALONG: Final = 0.82
"""Share of a side along which its edge has to be seen."""
_CARD_ALONG: Final = 0.6
"""The same for the worst side of a card, whose size speaks for it as well."""
_REFINED_MM, _REFINED_ALONG = 6.0, 0.4
"""How far the corners of a photographed sheet may move by its edges, and how much of each has to be seen."""
_STRAIGHT_MM: Final = 0.35
"""How far from its line an edge may stray and still belong to it."""


@dataclass(frozen=True, slots=True)
class _Side:
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
        return self.seen >= _ALONG


def lying_things(picture: Colour, dpi: float) -> tuple[Outline, ...]:
    """Cards, and sheets smaller than the glass, from the top; usually none.

    Args:
        picture: as scanned, shape (height, width, 3), blue-green-red.
        dpi: of the picture; without a plausible one nothing has a size, and nothing is found.
    """
    height, width = picture.shape[:2]
    scale = _OVERVIEW_DPI / dpi if 72 <= dpi <= 1300 else 0.0
    if min(height, width) * scale < 60 or max(height, width) * scale > 3000:
        return ()
    small = _reduced(picture, scale)
    found: list[Outline] = []
    for rectangle in _rectangles(small):
        corners = _in_picture(rectangle, picture, small)
        if not any(_overlap(corners, known) for known in found):
            outline = _proven(picture, corners, dpi)
            found += [outline] if outline is not None else []
    return tuple(sorted(found, key=lambda outline: (outline.box.top, outline.box.left)))


def _reduced(picture: Colour, scale: float) -> Colour:
    """The picture made small; quickly first, by whole steps."""
    step = max(1, int(0.5 / scale))
    few = picture[step // 2 :: step, step // 2 :: step]
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(few, size, interpolation=cv2.INTER_AREA), np.uint8)


def _rectangles(small: Colour) -> Iterator[Numbers]:
    """Corners, shape (4, 2), of what differs from the lid and has the shape of a card or a sheet."""
    soft = np.asarray(cv2.medianBlur(small, 3), np.uint8)
    for ground in _grounds(soft):
        away = cv2.absdiff(soft, np.full_like(soft, ground)).max(axis=2)
        for step in _STEPS:
            mask = (away > step).astype(np.uint8)
            yield from _pieces(mask)


def _grounds(soft: Colour) -> list[npt.NDArray[np.uint8]]:
    """Tones along the four borders of the picture where they are even; alike ones once."""
    strips = (soft[:3], soft[-3:], soft[:, :3], soft[:, -3:])
    found: list[npt.NDArray[np.uint8]] = []
    for strip in strips:
        levels = strip.reshape(-1, 3)
        low, tone, high = np.percentile(levels, (25, 50, 75), axis=0)
        is_known = any(bool(np.abs(tone - known).max() < 4) for known in found)
        if (high - low).max() <= _GROUND_EVEN and not is_known:
            found.append(np.asarray(tone, np.uint8))
    return found


def _pieces(mask: npt.NDArray[np.uint8]) -> Iterator[Numbers]:
    """Pieces of the mask as large as a card or larger, rectangular once their holes are filled."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return
    pixel = MM_PER_INCH / _OVERVIEW_DPI
    across, down = stats[1:, 2] * pixel, stats[1:, 3] * pixel
    high, wide = mask.shape
    share = stats[1:, 2] * stats[1:, 3] / (high * wide)
    least = min(CARD_MM) - _CARD_ABOUT
    chosen = np.flatnonzero(
        (np.minimum(across, down) > least - 14) & (np.maximum(across, down) > least) & (share < 0.99)
    )
    for number in (chosen + 1).tolist():
        left, top, broad, tall = stats[number, :4].tolist()
        piece = (labels[top : top + tall, left : left + broad] == number).astype(np.uint8)
        piece = np.asarray(cv2.copyMakeBorder(piece, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0), np.uint8)
        piece = np.asarray(cv2.morphologyEx(piece, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
        contours, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not contours:
            continue
        contour = max(contours, key=cv2.contourArea)
        rectangle = cv2.minAreaRect(contour)
        area = rectangle[1][0] * rectangle[1][1]
        if area > 0 and cv2.contourArea(contour) >= _FULL * (area - sum(rectangle[1])):
            corners = np.asarray(cv2.boxPoints(rectangle), np.float64)
            yield _grown(corners, 0.5) + np.array([left - 1.5, top - 1.5])


def _grown(corners: Numbers, by: float) -> Numbers:
    """Contours run through the middles of pixels; a sheet ends at their edges."""
    middle = corners.mean(axis=0)
    out = corners - middle
    return np.asarray(middle + out * (1 + by / np.maximum(np.abs(out).max(), 1.0)), np.float64)


def _in_picture(corners: Numbers, picture: Colour, small: Colour) -> Numbers:
    grow = np.array([picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0]])
    return np.asarray(ordered(corners * grow), np.float64)


def ordered(corners: Numbers) -> Numbers:
    """Clockwise from the corner nearest to the top left."""
    middle = corners.mean(axis=0)
    turned = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(turned)]
    return np.asarray(np.roll(clockwise, -int(clockwise.sum(axis=1).argmin()), axis=0), np.float64)


def _overlap(corners: Numbers, known: Outline) -> bool:
    """Whether a piece is the same thing, or a part of it."""
    x, y = corners.mean(axis=0).tolist()
    there = np.array(known.corners, np.float32)
    inside = bool(cv2.pointPolygonTest(there, (x, y), False) >= 0)
    middle = there.mean(axis=0).tolist()
    return inside or bool(
        cv2.pointPolygonTest(corners.astype(np.float32), (middle[0], middle[1]), False) >= 0
    )


def _proven(picture: Colour, corners: Numbers, dpi: float) -> Outline | None:
    """The rectangle with its sides laid along edges of the scan; None where there are none."""
    pixel = dpi / MM_PER_INCH
    about = _lengths(corners) / pixel
    is_card = _is_card(about, _CARD_ABOUT)
    glass = np.array([picture.shape[1], picture.shape[0]]) / pixel
    share = about[0] * about[1] / (glass[0] * glass[1])
    if not is_card and not (_SHEET_LEAST <= share <= _SHEET_MOST and about.min() >= _SHEET_LEAST_MM):
        return None
    sides = [_side(picture, corners[i], corners[(i + 1) % 4], pixel) for i in range(4)]
    if is_card:
        is_seen = min(s.seen for s in sides) >= _CARD_ALONG and sum(s.seen for s in sides) >= 4 * _ALONG
        return _card(_crossings(_squared(sides)), pixel) if is_seen else None
    hidden = [_is_at_border(corners[i], corners[(i + 1) % 4], picture, pixel) for i in range(4)]
    proven = [side.is_edge for side in sides]
    if sum(proven) < 2 or not all(p or h for p, h in zip(proven, hidden, strict=True)):
        return None
    found = _crossings(sides)
    slack = 2 * pixel
    if (found < -slack).any() or (found > np.array([picture.shape[1], picture.shape[0]]) + slack).any():
        return None
    return Outline(OutlineKind.SHEET, points_of(found))


def refined(picture: Colour, corners: Numbers, pixel: float) -> Numbers | None:
    """A quadrilateral with its sides laid along edges; None where one of them is hardly seen.

    Args:
        corners: as first seen, shape (4, 2), clockwise.
        pixel: pixels of a millimetre, roughly.
    """
    sides = [_side(picture, corners[i], corners[(i + 1) % 4], pixel) for i in range(4)]
    found = _crossings(sides)
    is_near = np.linalg.norm(found - corners, axis=1).max() <= _REFINED_MM * pixel
    return found if is_near and min(side.seen for side in sides) >= _REFINED_ALONG else None


def _card(found: Numbers, pixel: float) -> Outline | None:
    lengths = _lengths(found) / pixel
    if not _is_card(lengths, _CARD_WITHIN):
        return None
    return Outline(
        OutlineKind.CARD, points_of(found if lengths[0] >= lengths[1] else np.roll(found, -1, axis=0))
    )


def _is_card(lengths: Numbers, within: float) -> bool:
    long, short = float(lengths.max()), float(lengths.min())
    return abs(long - CARD_MM[0]) <= within and abs(short - CARD_MM[1]) <= within


def _lengths(corners: Numbers) -> Numbers:
    """Of the first and of the second side, means of opposite ones."""
    each = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return np.asarray([(each[0] + each[2]) / 2, (each[1] + each[3]) / 2], np.float64)


def points_of(corners: Numbers) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d


def _is_at_border(start: Numbers, end: Numbers, picture: Colour, pixel: float) -> bool:
    near = _AT_BORDER_MM * pixel
    height, width = picture.shape[:2]
    x, y = (start[0], end[0]), (start[1], end[1])
    return bool(max(x) < near or max(y) < near or min(x) > width - near or min(y) > height - near)


def _side(picture: Colour, start: Numbers, end: Numbers, pixel: float) -> _Side:
    """Where the tone of the ground changes along a side as it was first seen.

    First each profile across the side is split where that leaves the least variance, which bears patterns
    and print; then, beside the line so found, neighbouring profiles are averaged and the steepest place is
    taken, so that a sheet ends before the soft shadow that it throws.
    """
    guess = _Side(np.concatenate([start, end - start]), np.array([start, end]), 0.0)
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
    return _Side(line, points[is_near], float((is_near & _has_contrast(last, pixel)).mean()))


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


def _squared(sides: Sequence[_Side]) -> list[_Side]:
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
        squared.append(_Side(np.concatenate([point, direction]), side.points, side.seen))
    return squared


def _crossings(sides: Sequence[_Side]) -> Numbers:
    return np.array([_meeting(sides[i - 1].line, sides[i].line) for i in range(4)])


def _meeting(one: Numbers, other: Numbers) -> Numbers:
    """Where two lines cross."""
    matrix = np.array([[one[2], -other[2]], [one[3], -other[3]]])
    if abs(np.linalg.det(matrix)) < 1e-9:
        return other[:2]
    t = np.linalg.solve(matrix, other[:2] - one[:2])[0]
    return np.asarray(one[:2] + t * one[2:], np.float64)
