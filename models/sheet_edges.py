"""Edges of what lies on the glass: cards, and sheets smaller than it; nothing where they cannot be told.

A scanner's resolution is known, so a card is known by its size. Print, rules of tables and shadows are told
from edges by what lies beside them: across the edge of a sheet the ground itself changes its tone, at once,
all along a side. A page that fills the glass leaves after a look at a much reduced picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from dossier.outline import MM_PER_INCH, Outline, OutlineKind, Point
from models.straight_sides import ALONG, Numbers, crossings, side_of, squared

if TYPE_CHECKING:
    from dossier.ports import Colour


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
_CARD_ALONG: Final = 0.6
"""The same for the worst side of a card, whose size speaks for it as well."""
_REFINED_MM, _REFINED_ALONG = 6.0, 0.4
"""How far the corners of a photographed sheet may move by its edges, and how much of each has to be seen."""


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
    """The picture made small: by some of its pixels first, for speed."""
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    few = picture
    if scale < 0.5:
        few = np.asarray(
            cv2.resize(picture, (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_NEAREST), np.uint8
        )
    return np.asarray(cv2.resize(few, size, interpolation=cv2.INTER_AREA), np.uint8)


def _rectangles(small: Colour) -> Iterator[Numbers]:
    """Corners, shape (4, 2), of what differs from the lid and has the shape of a card or a sheet."""
    soft = np.asarray(cv2.medianBlur(small, 3), np.uint8)
    for ground in _grounds(soft):
        blue, green, red = cv2.split(cv2.absdiff(soft, np.full_like(soft, ground)))
        away = cv2.max(cv2.max(blue, green), red)
        for step in _STEPS:
            yield from _pieces(np.asarray(cv2.threshold(away, step, 1, cv2.THRESH_BINARY)[1], np.uint8))


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
    sides = [side_of(picture, corners[i], corners[(i + 1) % 4], pixel) for i in range(4)]
    if is_card:
        is_seen = min(s.seen for s in sides) >= _CARD_ALONG and sum(s.seen for s in sides) >= 4 * ALONG
        return _card(crossings(squared(sides)), pixel) if is_seen else None
    hidden = [_is_at_border(corners[i], corners[(i + 1) % 4], picture, pixel) for i in range(4)]
    proven = [side.is_edge for side in sides]
    if sum(proven) < 2 or not all(p or h for p, h in zip(proven, hidden, strict=True)):
        return None
    found = crossings(sides)
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
    sides = [side_of(picture, corners[i], corners[(i + 1) % 4], pixel) for i in range(4)]
    found = crossings(sides)
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
