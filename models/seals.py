"""Seals and handwriting on the picture of a page, as scanned.

A Vietnamese office seal is red, 20 to 45 mm across, round or (copies, incoming mail) a frame; it lies over
text and signature. A seal across the edges of several sheets (giáp lai) shows only a slice. On a scan without
colour red is black like everything else, and nobody can tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Colour

    Mask = npt.NDArray[np.uint8]

_LOOK_DPI: Final = 75.0
"""Resolution at which seals are looked for: strokes are still a pixel wide."""
_WRITING_DPI: Final = 100.0
_AS_GOOD_AS_WHOLE: Final = 0.002
"""How far a reduction may be from so many pixels to one: 2 mm on the long side of an A4 page are 0.007."""
_MM: Final = 25.4
_LEAST_MM, _MOST_MM = 13.0, 80.0
_PASTED_MM: Final = 20.0
_EDGE_MM: Final = 3.0
_REDNESS: Final = 28
"""By how much red must exceed green and blue."""
_COLOUR_SHARE: Final = 0.001
"""A colour scan shows faint colour everywhere; a black-and-white one only where something was pasted in."""


@dataclass(frozen=True, slots=True)
class InkMarks:
    """What was found, in pixels of the picture as scanned."""

    is_colour: bool
    seals: tuple[Box, ...]
    signatures: tuple[Box, ...]


def ink_marks(picture: Colour, dpi: float, print_boxes: Sequence[Box]) -> InkMarks:
    """Find red seals and large handwriting.

    Args:
        picture: as scanned, shape (height, width, 3), blue-green-red.
        dpi: of the picture; 0 or nonsense counts as A4.
        print_boxes: where lines of print and codes stand, in the picture as scanned.
    """
    dpi = dpi if 40 <= dpi <= 1300 else max(picture.shape[:2]) / 11.7
    writing = _reduced(picture, _WRITING_DPI / dpi)
    small = _reduced(writing, _LOOK_DPI / min(dpi, _WRITING_DPI))
    is_colour = shows_colour(picture)
    # Without colour in the scan a small red thing is the emblem of a digital signature pasted on top.
    least = _LEAST_MM if is_colour else _PASTED_MM
    seals = tuple(_scaled(box, dpi / _LOOK_DPI) for box in _seals(small, least, is_scan=is_colour))
    print_there = [_scaled(box, _WRITING_DPI / dpi) for box in print_boxes]
    signatures = tuple(_scaled(box, dpi / _WRITING_DPI) for box in _writing(writing, print_there))
    return InkMarks(is_colour, seals, signatures)


def shows_colour(picture: Colour) -> bool:
    """Whether a scan shows colour: paper and print always bear a faint one."""
    blue, green, red = cv2.split(np.ascontiguousarray(picture[::4, ::4]))
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return bool(((spread >= 3) & (spread < 30)).mean() > _COLOUR_SHARE)


def _reduced(picture: Colour, scale: float) -> Colour:
    if scale >= 1:
        return picture
    times = round(1 / scale)
    height, width = picture.shape[0] // times, picture.shape[1] // times
    if abs(times * scale - 1) < _AS_GOOD_AS_WHOLE and min(height, width) > 0:
        whole = picture[
            : height * times, : width * times
        ]  # blocks of pixels are averaged three times as fast
        return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _redness(picture: Colour) -> Mask:
    blue, green, red = cv2.split(picture)
    return (cv2.subtract(red, cv2.max(blue, green)) > _REDNESS).astype(np.uint8)


def _seals(small: Colour, least: float, *, is_scan: bool) -> Iterator[Box]:
    red = _redness(small)
    pixel_mm = _MM / _LOOK_DPI
    height, width = red.shape
    bridge = max(3, round(2.5 / pixel_mm) | 1)
    closed = cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((bridge, bridge), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    for left, top, wide, high, _ in stats[1:count]:
        box = Box(float(left), float(top), float(left + wide), float(top + high))
        near, far = min(wide, high) * pixel_mm, max(wide, high) * pixel_mm
        at_edge = box.left <= 2 or box.top <= 2 or box.right >= width - 2 or box.bottom >= height - 2
        inked = float(red[top : top + high, left : left + wide].mean())
        whole = least <= near and far <= _MOST_MM and near >= 0.18 * far
        slice_ = is_scan and at_edge and near >= _EDGE_MM and least <= far <= 45.0
        # A red cover, a photograph or a flag is filled; a seal is lines and letters.
        if (whole or slice_) and 0.04 <= inked <= 0.72:
            yield box


def _writing(picture: Colour, print_boxes: Sequence[Box]) -> Iterator[Box]:
    """Large, thin, irregular strokes of pen that are no print, no rule, no frame and no seal."""
    pixel_mm = _MM / _WRITING_DPI
    dark = _ink(picture)
    rules = _rules(dark, round(14 / pixel_mm))
    dark[rules > 0] = 0
    pen = dark.copy()
    for box in print_boxes:
        rows = slice(max(0, int(box.top)), int(box.bottom) + 1)
        columns = slice(max(0, int(box.left)), int(box.right) + 1)
        pen[rows, columns] = 0
    # A signature crosses the name below it: what is joined to strokes outside of print belongs to them.
    bridged = cv2.dilate(pen, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bridged)
    for number in range(1, count):
        left, top, wide, high, area = (int(v) for v in stats[number])
        wide_mm, high_mm = wide * pixel_mm, high * pixel_mm
        if not (12 <= wide_mm <= 95 and 8 <= high_mm <= 60) or top < 0.25 * picture.shape[0]:
            continue
        if wide >= 0.98 * picture.shape[1] or _touches_edge(left, top, wide, high, picture):
            continue
        mask = (labels[top : top + high, left : left + wide] == number) & (
            pen[top : top + high, left : left + wide] > 0
        )
        if 0.02 <= mask.mean() <= 0.3 and _is_pen(mask) and area > 40:
            yield Box(float(left), float(top), float(left + wide), float(top + high))


def _ink(picture: Colour) -> Mask:
    """Dark or blue strokes; red, which is the seal's, is not among them."""
    blue, green, red = cv2.split(picture)
    paper = [float(np.median(channel[::5, ::5])) for channel in (blue, green, red)]
    # Red ink leaves the red channel bright, so the red channel alone shows black and blue.
    return ((red < paper[2] - 45) & ((blue < paper[0] - 10) | (green < paper[1] - 10))).astype(np.uint8)


def _rules(dark: Mask, length: int) -> Mask:
    """Long straight lines, of tables and under headings."""
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return np.asarray(cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8)), np.uint8)


def _is_pen(mask: npt.NDArray[np.bool_]) -> bool:
    """Strokes of a pen run in every direction and leave most rows and columns of their box touched."""
    rows, columns = mask.any(axis=1).mean(), mask.any(axis=0).mean()
    thick = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return bool(rows > 0.8 and columns > 0.75 and thick.max() <= 4.5)


def _touches_edge(left: int, top: int, wide: int, high: int, picture: Colour) -> bool:
    height, width = picture.shape[:2]
    return left <= 1 or top <= 1 or left + wide >= width - 1 or top + high >= height - 1


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)
