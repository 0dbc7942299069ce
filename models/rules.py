"""Ruled lines of a page: tables, frames, underlines, lines to write on.

Nobody rules from one edge of the paper to the other: what runs all the way is dirt on the scanner's glass, or
a fold. Such a streak is ink that is no letter, and it parts neither cells nor words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box

if TYPE_CHECKING:
    from dossier.ports import Grey

_SHORTEST: Final = 0.034
"""Of the longer side of the picture: 10 mm on an A4 page; strokes of letters are shorter."""
_THICKEST: Final = 0.005
"""Of the longer side: 1.5 mm; what is thicker is a bar or a picture."""
_MOST_TILTED: Final = 4
"""So many times as thick as a line may be is the room that it takes."""
_EDGE: Final = 0.025
"""Of the side that a streak runs along: so near to both edges it ends, where straightening left a corner."""
_UNBROKEN: Final = 0.6
"""Of that side: so much of it is seen, although letters and its own paleness break it."""
_ASIDE: Final = 0.003
"""Of the longer side: so far its parts lie from one straight line."""
_STEEPEST: Final = 0.06
"""Columns a row: a page that lay askew tilts its streaks when it is straightened."""
_MOST_STREAKS: Final = 30
"""More lines than this at an edge are a pattern or a picture."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Straight lines, in pixels of the picture."""

    across: tuple[Box, ...]
    """Lying lines, broken ones in their parts."""
    down: tuple[Box, ...]
    """Standing lines."""
    mask: Grey
    """255 on the lines and a pixel beside them, on streaks as well."""


def ruled(view: Grey, ink: int) -> Rules:
    """Rules of a straightened page.

    Args:
        view: prepared page.
        ink: grey below which it shows ink.
    """
    dark = np.asarray(cv2.threshold(view, ink - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    longer = max(view.shape)
    length, thickest = max(12, round(_SHORTEST * longer)), max(3.0, _THICKEST * longer)
    across = _opened(dark, (length, 1))
    down = _opened(dark, (1, length))
    lying = _parts(across, thickest)
    standing = [_turned(box) for box in _parts(np.ascontiguousarray(down.T), thickest)]
    mask = np.zeros_like(dark)
    for box in (*lying, *standing):
        rows = slice(max(0, int(box.top) - 1), int(box.bottom) + 1)
        columns = slice(max(0, int(box.left) - 1), int(box.right) + 1)
        source = across if box.width > box.height else down
        grown = cv2.dilate(source[rows, columns], np.ones((3, 3), np.uint8))
        np.maximum(mask[rows, columns], grown, out=mask[rows, columns])
    height, width = view.shape[:2]
    return Rules(
        tuple(_turned(box) for box in without_streaks([_turned(b) for b in lying], (width, height))),
        without_streaks(standing, (height, width)),
        np.asarray(mask, np.uint8),
    )


def without_streaks(standing: Sequence[Box], size: tuple[int, int]) -> tuple[Box, ...]:
    """Standing lines but for those whose parts together run from the upper edge to the lower.

    Args:
        standing: parts of lines, in no order.
        size: height and width of the picture, pixels.
    """
    height, aside = size[0], max(2.0, _ASIDE * max(size))
    top, bottom = _EDGE * height, (1 - _EDGE) * height
    upper = [box for box in standing if box.top <= top]
    lower = [box for box in standing if box.bottom >= bottom]
    streaks: set[Box] = set()
    if max(len(upper), len(lower)) > _MOST_STREAKS:
        return tuple(standing)
    for first in upper:
        for last in lower:
            slope = (_centre(last) - _centre(first)) / height
            if abs(slope) > _STEEPEST:
                continue
            middle, start = (first.top + first.bottom) / 2, _centre(first)
            parts = {
                box
                for box in standing
                if abs(start + slope * ((box.top + box.bottom) / 2 - middle) - _centre(box)) <= aside
            }
            if sum(box.height for box in parts) >= _UNBROKEN * height:
                streaks |= parts
    return tuple(box for box in standing if box not in streaks)


def _centre(box: Box) -> float:
    return (box.left + box.right) / 2


def _turned(box: Box) -> Box:
    """Lying as if it stood."""
    return Box(box.top, box.left, box.bottom, box.right)


def _opened(dark: Grey, size: tuple[int, int]) -> Grey:
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8)), np.uint8)


def _parts(mask: Grey, thickest: float) -> list[Box]:
    """Around each lying line that is no thicker than this, pixels; a tilted one takes more room than that.

    Few rows of a page hold any: each run of them is looked at by itself, a tenth of the time.
    """
    held = np.r_[False, cv2.reduce(mask, 1, cv2.REDUCE_MAX).ravel() > 0, False]
    edges = np.flatnonzero(held[1:] != held[:-1]).tolist()
    found = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask[first:last], connectivity=8, ltype=cv2.CV_32S)
        found += [
            Box(float(left), float(first + top), float(left + width), float(first + top + height))
            for left, top, width, height, area in stats[1:].tolist()
            if area <= thickest * max(width, height) and min(width, height) <= _MOST_TILTED * thickest
        ]
    return found
