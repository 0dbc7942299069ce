"""What time, copiers and scanners do to a page: named degradations in three strengths, seeded.

A picture goes in and a picture comes out, beside the matrix by which everything on it moved. Sizes are
those of the paper, so that a page of 200 dpi suffers as one of 300 dpi does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from dossier.geometry import Affine, Box
from scanners.samples import damage

Pixels: TypeAlias = npt.NDArray[np.uint8]
Strength: TypeAlias = int
"""1 is what every counter sees each day, 2 a bad copy, 3 what a clerk would rather scan again."""


class Degradation(StrEnum):
    """What happened to the page."""

    SKEW = "skew"
    """Laid crookedly on the glass: up to 1, 3 or 6 degrees."""
    BLUR = "blur"
    """Out of focus."""
    JPEG = "jpeg"
    """Saved with quality 45, 22 or 10."""
    NOISE = "noise"
    """Grain of a poor sensor."""
    FAX = "fax"
    """Black and white: at full size, at 200 dpi, at 200 x 100 dpi."""
    LOW_RESOLUTION = "low_resolution"
    """150, 125 or 100 dpi."""
    UNEVEN_LIGHT = "uneven_light"
    """A shadow across the page, as photographs have it."""
    SHOW_THROUGH = "show_through"
    """The print of the other side."""
    PALE_TONER = "pale_toner"
    """An empty cartridge."""
    WORN = "worn"
    """Characters rubbed off in places."""
    STAMP = "stamp"
    """A seal over the print: red, dark red, violet."""
    FOLD = "fold"
    """Creases, the print broken along them."""
    PUNCH_HOLES = "punch_holes"
    """Holes of a binder, nearer and nearer to the print."""
    STREAKS = "streaks"
    """Dust on the glass of the feeder."""
    FILL_LINES = "fill_lines"
    """A form's dotted lines and rules off register: below the letters, along their feet, through them."""


STRENGTHS: Final = (1, 2, 3)
AS_IT_HAPPENS: Final = (
    Degradation.FILL_LINES,
    Degradation.PALE_TONER,
    Degradation.WORN,
    Degradation.STAMP,
    Degradation.FOLD,
    Degradation.PUNCH_HOLES,
    Degradation.SHOW_THROUGH,
    Degradation.SKEW,
    Degradation.UNEVEN_LIGHT,
    Degradation.BLUR,
    Degradation.STREAKS,
    Degradation.NOISE,
    Degradation.LOW_RESOLUTION,
    Degradation.JPEG,
    Degradation.FAX,
)
"""The order in which a page suffers them: print, paper, glass, sensor, file."""
Step: TypeAlias = tuple[Degradation, Strength]


@dataclass(frozen=True, slots=True)
class Degraded:
    """A page that has suffered."""

    picture: Pixels
    """Shape (height, width) or (height, width, 3), as what came in."""
    dpi: float
    matrix: Affine
    """From the picture that came in to this one, pixel edges."""


def degrade(
    picture: Pixels, steps: Sequence[Step], random: Random, *, dpi: float = 300.0, spot: Box | None = None
) -> Degraded:
    """Apply degradations one after the other; the same seed gives the same pixels.

    Args:
        picture: grey or red-green-blue.
        steps: which and how strongly, 1 to 3; in the order in which they happened.
        dpi: of the picture.
        spot: what marks, creases and holes hit, where they hit anything; by chance without one.
    """
    page = Degraded(picture, dpi, Affine(1, 0, 0, 1, 0, 0))
    for kind, strength in steps:
        if strength not in STRENGTHS:
            raise ValueError(f"a strength is 1, 2 or 3, not {strength}")
        place = moved(spot, page.matrix) if spot is not None else None
        after = _GEOMETRY[kind](page, strength, random) if kind in _GEOMETRY else None
        if after is None:
            hit = damage.Hit(page.dpi / 300.0, place, np.random.default_rng(random.getrandbits(32)))
            after = Degraded(_SURFACE[kind](page.picture, strength, hit), page.dpi, page.matrix)
        page = after
    return page


def moved(box: Box, matrix: Affine) -> Box:
    """The upright rectangle around a box after the page has moved."""
    corners = [matrix.apply(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(across), min(down), max(across), max(down))


def _skew(page: Degraded, strength: Strength, random: Random) -> Degraded:
    limit = {1: 1.0, 2: 3.0, 3: 6.0}[strength]
    degrees = random.uniform(0.6, 1.0) * limit * random.choice((-1, 1))
    height, width = page.picture.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), np.float64)
    centred = turn + np.pad((turn[:, :2].sum(axis=1) / 2 - 0.5)[:, None], ((0, 0), (2, 0)))
    lid = (236, 236, 234) if page.picture.ndim == 3 else (236,)
    turned = cv2.warpAffine(page.picture, centred, (width, height), flags=cv2.INTER_LINEAR, borderValue=lid)
    (a, c, e), (b, d, f) = turn.tolist()
    return Degraded(np.asarray(turned, np.uint8), page.dpi, _then(page.matrix, Affine(a, b, c, d, e, f)))


def _low_resolution(page: Degraded, strength: Strength, _: Random) -> Degraded:
    return _at(page, {1: 150.0, 2: 125.0, 3: 100.0}[strength])


def _fax(page: Degraded, strength: Strength, _: Random) -> Degraded:
    """ITU-T T.4: 204 dots an inch across, 196 lines in fine and 98 in standard resolution."""
    small = page if strength == 1 else _at(page, 200.0)
    return Degraded(damage.bilevel(small.picture, halved=strength == 3), small.dpi, small.matrix)


def _at(page: Degraded, dpi: float) -> Degraded:
    if page.dpi <= dpi:
        return page
    height, width = page.picture.shape[:2]
    size = (max(1, round(width * dpi / page.dpi)), max(1, round(height * dpi / page.dpi)))
    small = cv2.resize(page.picture, size, interpolation=cv2.INTER_AREA)
    scale = Affine(size[0] / width, 0, 0, size[1] / height, 0, 0)
    return Degraded(np.asarray(small, np.uint8), dpi, _then(page.matrix, scale))


def _then(first: Affine, second: Affine) -> Affine:
    e, f = second.apply(first.e, first.f)
    return Affine(
        second.a * first.a + second.c * first.b,
        second.b * first.a + second.d * first.b,
        second.a * first.c + second.c * first.d,
        second.b * first.c + second.d * first.d,
        e,
        f,
    )


_GEOMETRY: Final[dict[Degradation, Callable[[Degraded, Strength, Random], Degraded]]] = {
    Degradation.SKEW: _skew,
    Degradation.LOW_RESOLUTION: _low_resolution,
    Degradation.FAX: _fax,
}
_SURFACE: Final[dict[Degradation, Callable[[Pixels, Strength, damage.Hit], Pixels]]] = {
    Degradation.BLUR: damage.blur,
    Degradation.JPEG: damage.jpeg,
    Degradation.NOISE: damage.noise,
    Degradation.UNEVEN_LIGHT: damage.uneven_light,
    Degradation.SHOW_THROUGH: damage.show_through,
    Degradation.PALE_TONER: damage.pale_toner,
    Degradation.WORN: damage.worn,
    Degradation.STAMP: damage.stamp,
    Degradation.FOLD: damage.fold,
    Degradation.PUNCH_HOLES: damage.punch_holes,
    Degradation.STREAKS: damage.streaks,
    Degradation.FILL_LINES: damage.fill_lines,
}
