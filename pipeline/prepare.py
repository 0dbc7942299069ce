"""A page for the reader's eyes only: red stamps dropped, shadows divided away.

The scan itself is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Affine, Box, UprightFrame
from models.line_finder import finding_scale
from models.raster import divided, resampled, resized
from pipeline.creases import bridged, find_creases

if TYPE_CHECKING:
    from dossier.ports import Colour, Grey

PAPER: Final = 245
"""Grey of paper after background division."""
_RED: Final = 2
_REDDISH: Final = 50
"""By how much red must outshine green and blue to be ink and not tinted paper."""
_SAMPLE: Final = 4
"""Every fourth pixel of every fourth row is enough to see whether there is any red."""
_LEAST_RED: Final = 0.0004
"""Share of the page; a title of a few words covers more."""
_READING_HEIGHT: Final = 48
"""Rows that a line needs to be read; from twice as many on, a halved picture is read instead."""


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page as scanned, not turned, in the sizes that the reader needs."""

    levels: tuple[Grey, ...]
    """Red channel in full size, halved, quartered and so on, down to the view's size."""
    paper: Grey
    """How bright the paper is at each place, much reduced."""
    view: Grey
    """The page without shadows and stamps, in the size in which lines are looked for."""

    @property
    def width(self) -> int:
        """Width of the scan, pixels."""
        return int(self.levels[0].shape[1])

    @property
    def height(self) -> int:
        """Height of the scan, pixels."""
        return int(self.levels[0].shape[0])


def prepare(picture: Colour) -> PreparedPage:
    """Red channel and paper level of a page.

    A red seal is as bright as paper in the red channel, so the print below it stands free; dividing by the
    paper's own brightness takes shadows and tinted paper away.
    """
    return _prepare(red_channel(picture))


def red_channel(picture: Colour) -> Grey:
    """A page without its stamps."""
    return np.asarray(cv2.extractChannel(picture, _RED), np.uint8)


def prepare_red_print(picture: Colour) -> PreparedPage | None:
    """What `prepare` lets vanish: a page with nothing but its red ink; None where there is hardly any.

    Titles of certificates and numbers on cards are printed in red.
    """
    if float((_redness(_sampled(picture)) > _REDDISH).mean()) < _LEAST_RED:
        return None
    ink = _redness(picture)
    np.minimum(ink, PAPER // 2, out=ink)
    np.subtract(PAPER, 2 * ink, out=ink)
    return _prepare(ink)


def _redness(picture: Colour) -> Grey:
    """By how much red outshines green and blue."""
    blue, green, red = cv2.split(picture)
    cv2.max(blue, green, dst=green)
    cv2.subtract(red, green, dst=red)
    return np.asarray(red, np.uint8)


def _sampled(picture: Colour) -> Colour:
    """Every fourth pixel of every fourth row."""
    size = (-(-picture.shape[1] // _SAMPLE), -(-picture.shape[0] // _SAMPLE))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _prepare(red: Grey) -> PreparedPage:
    levels, small = _sizes(red)
    paper = _paper_level(small)
    level = resized(paper, small.shape[1], small.shape[0])
    creases = find_creases(small, level)
    if creases is not None:
        paper = level = creases.level
        levels, small = _sizes(bridged(red, creases))
    return PreparedPage(levels, paper, divided(small, level, PAPER))


def _sizes(red: Grey) -> tuple[tuple[Grey, ...], Grey]:
    """The page halved again and again, and in the size in which lines are looked for."""
    levels = _halvings(red)
    height, width = red.shape
    scale = finding_scale(width, height)
    return levels, resized(levels[-1], round(width * scale), round(height * scale))


def turn(view: Grey, frame: UprightFrame) -> Grey:
    """A picture laid into its upright frame; what the scan does not cover is paper."""
    if frame.angle_degrees == 0.0:
        return np.ascontiguousarray(np.rot90(view, -frame.rotation_degrees // 90))
    matrix = _inverse(frame.matrix)
    return resampled(view, matrix, (frame.width, frame.height), PAPER)


def line_picture(page: PreparedPage, frame: UprightFrame, box: Box) -> Grey:
    """One line cut out of the scan and straightened on the way: resampled once, and no whole page with it.

    Args:
        box: in the upright frame of the scan.
    """
    wanted = max(0, int(np.log2(max(1.0, box.height / _READING_HEIGHT))))
    level = page.levels[min(wanted, len(page.levels) - 1)]
    shrink = page.width / level.shape[1]
    size = (max(1, round(box.width / shrink)), max(1, round(box.height / shrink)))
    ink = _cut(level, page, frame, box, size)
    return divided(ink, _cut(page.paper, page, frame, box, size), PAPER)


def _cut(source: Grey, page: PreparedPage, frame: UprightFrame, box: Box, size: tuple[int, int]) -> Grey:
    """The box out of one of the page's pictures, at a size in pixels."""
    across, down = box.width / size[0], box.height / size[1]
    back = _inverse(frame.matrix)
    x_scale, y_scale = source.shape[1] / page.width, source.shape[0] / page.height
    start_x, start_y = back.apply(box.left, box.top)
    matrix = Affine(
        back.a * across * x_scale,
        back.b * across * y_scale,
        back.c * down * x_scale,
        back.d * down * y_scale,
        start_x * x_scale,
        start_y * y_scale,
    )
    return resampled(source, matrix, size)


def _inverse(forward: Affine) -> Affine:
    """Of a turn and a shift."""
    a, b, c, d = forward.d, -forward.b, -forward.c, forward.a
    return Affine(a, b, c, d, -(a * forward.e + c * forward.f), -(b * forward.e + d * forward.f))


def _paper_level(small: Grey) -> Grey:
    """Brightness of the bare paper: the brightest nearby, without specks."""
    half = resized(small, small.shape[1] // 2, small.shape[0] // 2)
    return np.asarray(cv2.medianBlur(cv2.dilate(half, np.ones((9, 9), np.uint8)), 31), np.uint8)


def _halvings(full: Grey) -> tuple[Grey, ...]:
    levels = [full]
    while finding_scale(levels[-1].shape[1], levels[-1].shape[0]) < 0.5:
        height, width = levels[-1].shape
        levels.append(resized(levels[-1], width // 2, height // 2))
    return tuple(levels)
