"""Which way up a page lies, judged by what can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dossier.geometry import Box
from dossier.ports import LineFinder, LineReader, ReadWord

if TYPE_CHECKING:
    from dossier.ports import Grey

_SAMPLES: Final = 4
_LONGEST_SAMPLE: Final = 14
"""Heights of a line: a few words are enough to tell."""
_SURE: Final = 0.9
"""Mean confidence with which upside-down print is never read."""
_ENOUGH: Final = 20
"""Letters read before that counts."""
_LEAST_TO_TURN: Final = 0.5
"""Mean confidence below which nothing was read that could tell which way is up."""
_ZONE_UPSIDE_DOWN: Final = ">>>"
"""A machine-readable zone is filled up with `<` (ICAO 9303-3); nothing is filled with its mirror image."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """The quarter turn that makes a page upright, and the lines found in the turned page."""

    rotation_degrees: int
    """Clockwise: 0, 90, 180 or 270."""
    boxes: tuple[Box, ...]
    """Lines, in the frame of the turned picture."""
    confidence: float
    """0.0 to 1.0; 0.0 where nothing could be read."""


def orientation(view: Grey, finder: LineFinder, reader: LineReader) -> Orientation:
    """Find the lines, and the quarter turn in which they read best.

    Lines that lie tell the quarter turn but for its sign; a few of them, read both ways up, tell the rest. On
    an upright page the first reading is sure, and nothing is looked for twice. A page of which nothing can be
    read stays as it lies.

    Args:
        view: prepared page, straightened, not yet turned.
    """
    boxes = finder.find(view)
    if not boxes:
        return Orientation(0, (), 0.0)
    lying, standing = _extent(boxes)
    tries: tuple[int, ...] = (0, 180, 90, 270) if lying >= standing else (90, 270, 0, 180)
    if min(lying, standing) * 4 < max(lying, standing):
        tries = tries[:2]
    best = Orientation(0, boxes, 0.0)
    for degrees in tries:
        turned = np.ascontiguousarray(np.rot90(view, -degrees // 90))
        found = boxes if degrees in (0, 180) else None
        if found is None:
            found = finder.find(turned)
        elif degrees == 180:
            found = tuple(_upside_down(box, view) for box in boxes)
        letters, confidence = _legibility(turned, found, reader)
        if confidence > best.confidence:
            best = Orientation(degrees, found, confidence)
        if confidence >= _SURE and letters >= _ENOUGH:
            break
    return best if best.confidence >= _LEAST_TO_TURN else Orientation(0, boxes, best.confidence)


def _extent(boxes: Sequence[Box]) -> tuple[float, float]:
    """Length of the lines that lie and of those that stand."""
    lying = sum(box.width for box in boxes if box.width > 1.5 * box.height)
    standing = sum(box.height for box in boxes if box.height > 1.5 * box.width)
    return lying, standing


def _upside_down(box: Box, view: Grey) -> Box:
    height, width = view.shape[:2]
    return Box(width - box.right, height - box.bottom, width - box.left, height - box.top)


def _legibility(view: Grey, boxes: Sequence[Box], reader: LineReader) -> tuple[int, float]:
    """Letters read in a few lines, and how surely; a line or two are enough where they are read well."""
    lines = [box for box in boxes if box.width > 2 * box.height]
    lines = sorted(lines, key=lambda box: -min(box.width / box.height, _LONGEST_SAMPLE))[:_SAMPLES]
    words: list[ReadWord] = []
    letters, confidence = 0, 0.0
    for line in lines:
        words += reader.read([_cut(view, line)])[0].words
        letters = sum(len(word.text) for word in words)
        confidence = sum(_sure(word) * len(word.text) for word in words) / letters if letters else 0.0
        if confidence >= _SURE and letters >= _ENOUGH:
            break
    return letters, confidence


def _sure(word: ReadWord) -> float:
    """How sure it is that a word stands upright."""
    return 0.0 if _ZONE_UPSIDE_DOWN in word.text else word.confidence


def _cut(view: Grey, box: Box) -> Grey:
    height, width = view.shape[:2]
    right = min(box.right, box.left + _LONGEST_SAMPLE * box.height)
    rows = slice(max(0, int(box.top)), min(height, int(box.bottom) + 1))
    return np.ascontiguousarray(view[rows, max(0, int(box.left)) : min(width, int(right) + 1)])
