"""The sheet or card in a photograph: its four corners, its true shape, its dots per inch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from dossier.outline import MM_PER_INCH, Outline, OutlineKind
from models.sheet_edges import CARD_MM, ordered, points_of, refined
from models.straight_sides import Numbers

if TYPE_CHECKING:
    from dossier.ports import Colour, Grey

_OVERVIEW: Final = 720
"""Longest side of the picture in which the sheet is looked for."""
_LEAST, _MOST = 0.12, 0.985
"""Share of the picture that the sheet covers."""
_OF_ITS_OUTLINE: Final = (0.02, 0.035, 0.05)
"""How far, as a share of its length, an outline may stray from four sides, the least first: paper curls."""
_FULL: Final = 0.9
"""Share of its quadrilateral that an outline fills."""
_SHARPEST, _BLUNTEST = 50.0, 130.0
"""Degrees at a corner of a sheet seen from where its print can be read."""
_A4_MM: Final = (210.0, 297.0)
_SNAP, _SURE = 0.09, 0.05
"""Share by which the shape may differ from A4 by one way of telling it, or from a card by both."""
_DIFFERENT: Final = 9.0
"""Levels by which the sheet and what lies around it have to differ."""


def photographed_sheet(picture: Colour) -> Outline | None:
    """The largest sheet or card whose four corners are in the picture; None where there is none.

    Args:
        picture: shape (height, width, 3), blue-green-red.
    """
    scale = min(1.0, _OVERVIEW / max(picture.shape[:2]))
    if min(picture.shape[:2]) * scale < 100:
        return None
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    found = [corners for corners in _quadrilaterals(small) if _stands_out(small, corners)]
    if not found:
        return None
    corners = max(found, key=lambda quad: float(cv2.contourArea(quad.astype(np.float32)))) / scale
    pixel = float(np.linalg.norm(corners[1] - corners[0])) / _A4_MM[0]
    better = refined(picture, corners, pixel)
    return Outline(OutlineKind.PHOTOGRAPHED, points_of(corners if better is None else better))


def size_mm(outline: Outline, picture: Colour) -> tuple[float, float]:
    """Width and height of the paper as it lies in the picture: A4 or a card where its shape says so.

    Any other paper is taken to be as long as A4.
    """
    across, down = outline.sides
    shapes = [across / max(down, 1e-6), _true_shape(outline, picture)]
    longs = [max(shape, 1 / shape) for shape in shapes]
    short_mm, long_mm = _A4_MM[1] / longs[1], _A4_MM[1]
    if all(abs(long * CARD_MM[1] / CARD_MM[0] - 1) <= _SURE for long in longs):
        long_mm, short_mm = CARD_MM
    elif any(abs(long * _A4_MM[0] / _A4_MM[1] - 1) <= _SNAP for long in longs):
        short_mm, long_mm = _A4_MM
    return (long_mm, short_mm) if shapes[0] > 1 else (short_mm, long_mm)


def sheet_dpi(outline: Outline, size: tuple[float, float]) -> float:
    """Dots per inch on the side of the sheet that is nearest to the camera."""
    a, b, c, d = outline.corners
    across, down = max(math.dist(a, b), math.dist(d, c)), max(math.dist(b, c), math.dist(a, d))
    return max(across / size[0], down / size[1]) * MM_PER_INCH


def _quadrilaterals(small: Colour) -> Iterator[Numbers]:
    whole = small.shape[0] * small.shape[1]
    for mask in _masks(small):
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
            hull = cv2.convexHull(contour)
            if cv2.contourArea(hull) < _LEAST * whole:
                continue
            for share in _OF_ITS_OUTLINE:
                corners = cv2.approxPolyDP(hull, share * cv2.arcLength(hull, True), True).reshape(-1, 2)
                if len(corners) == 4:
                    break
            area = cv2.contourArea(corners) if len(corners) == 4 else 0.0
            if _LEAST * whole <= area <= _MOST * whole and cv2.contourArea(contour) >= _FULL * area:
                quad = ordered(corners.astype(np.float64))
                if all(_SHARPEST < angle < _BLUNTEST for angle in _angles(quad)):
                    yield quad


def _masks(small: Colour) -> Iterator[Grey]:
    """What may be paper: brighter than most, paler than most, or within closed edges."""
    soft = cv2.GaussianBlur(small, (0, 0), 2.0)
    grey = cv2.cvtColor(soft, cv2.COLOR_BGR2GRAY)
    pale = 255 - cv2.cvtColor(soft, cv2.COLOR_BGR2HSV)[:, :, 1]
    kernel = np.ones((9, 9), np.uint8)
    for tone in (grey, pale):
        _, mask = cv2.threshold(tone, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
        yield np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel), np.uint8)
    for low in (25, 60):
        edges = cv2.dilate(cv2.Canny(grey, low, 3 * low), np.ones((5, 5), np.uint8))
        yield np.asarray(_filled(np.asarray(edges, np.uint8)), np.uint8)


def _filled(edges: Grey) -> Grey:
    contours, _ = cv2.findContours(edges, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(cv2.drawContours(np.zeros_like(edges), contours, -1, 255, -1), np.uint8)


def _angles(corners: Numbers) -> list[float]:
    angles = []
    for i in range(4):
        one, other = corners[i - 1] - corners[i], corners[(i + 1) % 4] - corners[i]
        cosine = float(one @ other) / max(1e-6, float(np.linalg.norm(one) * np.linalg.norm(other)))
        angles.append(math.degrees(math.acos(min(1.0, max(-1.0, cosine)))))
    return angles


def _stands_out(small: Colour, corners: Numbers) -> bool:
    """Whether at least three sides part two tones; a block of print or a shadow does not."""
    middle = corners.mean(axis=0)
    parted = 0
    for i in range(4):
        start, end = corners[i], corners[(i + 1) % 4]
        places = start + np.linspace(0.1, 0.9, 24)[:, None] * (end - start)
        tones = []
        for way in (-1, 1):
            beside = (places - middle) * (1 + way * 0.035) + middle
            x = np.clip(beside[:, 0].round().astype(int), 0, small.shape[1] - 1)
            y = np.clip(beside[:, 1].round().astype(int), 0, small.shape[0] - 1)
            tones.append(small[y, x].astype(np.int16))
        away: npt.NDArray[np.int16] = np.abs(tones[0] - tones[1]).max(axis=1)
        parted += bool((away > _DIFFERENT).mean() > 0.7)
    return parted >= 3


def _true_shape(outline: Outline, picture: Colour) -> float:
    """Width of the paper over its height, perspective taken into account (Zhang and He, 2004).

    The lens looks at the middle of the picture; where that gives nonsense the sides themselves tell.
    """
    across, down = outline.sides
    plain = across / max(down, 1e-6)
    centre = np.array([picture.shape[1] / 2, picture.shape[0] / 2])
    one, two, four, three = (np.append(np.array(corner) - centre, 1.0) for corner in outline.corners)
    k2 = np.cross(one, four) @ three / (np.cross(two, four) @ three + 1e-12)
    k3 = np.cross(one, four) @ two / (np.cross(three, four) @ two + 1e-12)
    n2, n3 = k2 * two - one, k3 * three - one
    if abs(n2[2] * n3[2]) < 1e-9:
        return plain
    focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    longest = max(picture.shape[:2])
    if not (0.4 * longest) ** 2 < focal2 < (6 * longest) ** 2:
        return plain
    size = [float((n[0] ** 2 + n[1] ** 2) / focal2 + n[2] ** 2) for n in (n2, n3)]
    shape = math.sqrt(size[0] / max(size[1], 1e-12))
    return shape if 0.75 * plain < shape < 1.33 * plain else plain
