"""Cards and sheets photographed at an angle: seen from the front again, by the four corners of their outline.

A scan may lie askew, which a turn puts right; a photograph is wider on the near side. Codes bear much of
that, zones and print less. What is added to the page is evidence of identity only, and only what the picture
itself did not give: codes, zones whose check digits hold, numbers. The text stays as it was read, and where
all of it was read well, a frame drawn on a form for instance, only codes are looked for once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from dossier.geometry import Box, UprightFrame
from dossier.page import Code, NumberReading, RecognisedPage
from models.mrz import zone_holds
from models.raster import overview
from models.spots import LEGIBLE, confidence_of
from models.zones import zone_places

if TYPE_CHECKING:
    from dossier.ports import Colour, Grey

_OVERVIEW: Final = 900
"""Longest side of the picture in which outlines are looked for, pixels."""
_LEAST, _MOST = 0.04, 0.97
"""Share of the picture that an outline covers; one as large as the picture is its own edge."""
_TILTED: Final = 2.0
"""Degrees by which a corner must differ from a right angle: more than a feeder or a lens does."""
_FLATTEST: Final = 50.0
"""Degrees; a corner this sharp is no sheet seen from anywhere that shows its print."""
_OF_ITS_OUTLINE: Final = 0.02
"""How far, as a share of its length, an outline may stray from four straight sides."""
_MOST_OUTLINES: Final = 3
_LENGTHS: Final = (9, 12)
"""Digits of an old and of a personal number."""

_FEWEST_LETTERS: Final = 100
"""Letters within an outline from which on their confidence tells how well it can be read."""

Reread: TypeAlias = "Callable[[Colour], RecognisedPage]"
Corners: TypeAlias = npt.NDArray[np.float32]
"""Four corners, shape (4, 2): top left, top right, bottom right, bottom left, pixels of the picture."""


@dataclass(frozen=True, slots=True)
class Straightened:
    """A part of a picture as seen from the front."""

    picture: Colour
    back: npt.NDArray[np.float64]
    """Homography from this picture into the one that it was taken from."""


_NARROWEST: Final = 32.0
"""Pixels of the overview below which a strip holds no card."""


def with_tilted(read: RecognisedPage, picture: Colour, reread: Reread, codes_of: Reread) -> RecognisedPage:
    """The page with what can be read of a tilted card or sheet once it is seen from the front.

    Args:
        reread: reads a picture as a page of its own.
        codes_of: the same for its codes alone.
    """
    for outline in outlines(picture):
        straight = straightened(picture, outline)
        look = codes_of if _is_read_well(read, outline) else reread
        read = _joined(read, look(straight.picture), straight)
    return read


def _is_read_well(read: RecognisedPage, outline: Corners) -> bool:
    """Whether the text within an outline was read without doubt, with every number and zone in it."""
    there = np.array([read.frame.matrix.apply(x, y) for x, y in outline.tolist()], np.float32)

    def is_within(box: Box) -> bool:
        middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        return cv2.pointPolygonTest(there, middle, False) >= 0

    unread = [number.box for number in read.numbers if len(number.digits) not in _LENGTHS]
    unread += [zone.box for zone in read.zones if not zone_holds(zone.lines)]
    lines = [line for line in read.lines if is_within(line.box)]
    letters = sum(len(line.text) for line in lines)
    is_legible = letters >= _FEWEST_LETTERS and confidence_of(lines) >= LEGIBLE
    return is_legible and not zone_places(lines) and not any(is_within(box) for box in unread)


def outlines(picture: Colour) -> tuple[Corners, ...]:
    """Outlines of tilted cards and sheets, the largest first, none within another; usually none at all."""
    scale = min(1.0, _OVERVIEW / max(picture.shape[:2]))
    if min(picture.shape[:2]) * scale < _NARROWEST:
        return ()
    small = overview(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    grey = np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (0, 0), 1.5), np.uint8)
    found = sorted(_quadrilaterals(grey), key=lambda corners: -cv2.contourArea(corners))
    kept: list[Corners] = []
    for corners in found:
        if not any(_holds(other, corners) for other in kept):
            kept.append(corners)
    return tuple((corners / scale).astype(np.float32) for corners in kept[:_MOST_OUTLINES])


def straightened(picture: Colour, corners: Corners) -> Straightened:
    """What lies between the corners, as wide and as high as its longer sides."""
    sides = [math.dist(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    width, height = round(max(sides[0], sides[2])), round(max(sides[1], sides[3]))
    front = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there = cv2.getPerspectiveTransform(corners, front)
    seen = cv2.warpPerspective(picture, there, (width, height), flags=cv2.INTER_CUBIC)
    return Straightened(np.asarray(seen, np.uint8), np.linalg.inv(np.asarray(there, np.float64)))


def _quadrilaterals(grey: Grey) -> Iterator[Corners]:
    """Closed edges of four straight sides; light that falls off across a page has no edge."""
    edges = cv2.dilate(cv2.Canny(grey, 40, 120), np.ones((5, 5), np.uint8))
    whole = grey.shape[0] * grey.shape[1]
    contours, _ = cv2.findContours(edges, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        if not _LEAST * whole <= cv2.contourArea(contour) <= _MOST * whole:
            continue
        corners = cv2.approxPolyDP(contour, _OF_ITS_OUTLINE * cv2.arcLength(contour, True), True)
        if len(corners) == 4 and cv2.isContourConvex(corners):
            ordered = _ordered(corners.reshape(4, 2).astype(np.float32))
            if _is_tilted(ordered):
                yield ordered


def _ordered(corners: Corners) -> Corners:
    """From the top left corner clockwise."""
    middle = corners.mean(axis=0)
    turned = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(turned)]
    return np.roll(clockwise, -int(clockwise.sum(axis=1).argmin()), axis=0)


def _is_tilted(corners: Corners) -> bool:
    angles = [_angle(corners[i - 1], corners[i], corners[(i + 1) % 4]) for i in range(4)]
    return max(abs(angle - 90) for angle in angles) > _TILTED and min(angles) > _FLATTEST


def _angle(before: Any, corner: Any, after: Any) -> float:
    one, other = before - corner, after - corner
    cosine = float(one @ other) / max(1e-6, float(np.linalg.norm(one) * np.linalg.norm(other)))
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def _holds(outer: Corners, inner: Corners) -> bool:
    x, y = inner.mean(axis=0).tolist()
    return cv2.pointPolygonTest(outer, (x, y), False) >= 0


def _joined(read: RecognisedPage, seen: RecognisedPage, straight: Straightened) -> RecognisedPage:
    """Codes, zones and numbers of the straightened part beside those of the page, in the page's frame."""

    def there(box: Box) -> Box:
        return into_page(box, seen, straight, read)

    codes = [replace(code, box=there(code.box)) for code in seen.codes if not _is_known(code, read.codes)]
    sure = [zone for zone in read.zones if zone_holds(zone.lines)]
    holding = [replace(zone, box=there(zone.box)) for zone in seen.zones if zone_holds(zone.lines)]
    zones = [zone for zone in holding if not any(zone.box.overlaps(other.box) for other in sure)]
    whole = [number for number in seen.numbers if len(number.digits) in _LENGTHS]
    numbers = [replace(number, box=there(number.box)) for number in whole]
    kept = [z for z in read.zones if z in sure or not any(z.box.overlaps(other.box) for other in zones)]
    return replace(
        read,
        codes=(*read.codes, *codes),
        zones=(*kept, *zones),
        numbers=(*read.numbers, *_elsewhere(numbers, read.numbers)),
        is_blank=read.is_blank and not codes,
    )


def _is_known(code: Code, known: Sequence[Code]) -> bool:
    return any(code.text == other.text for other in known)


def _elsewhere(seen: Sequence[NumberReading], known: Sequence[NumberReading]) -> list[NumberReading]:
    """Readings of the straightened picture where the picture itself had none."""
    taken = [number.box for number in known if len(number.digits) in _LENGTHS]
    return [number for number in seen if not any(number.box.overlaps(box) for box in taken)]


def into_page(box: Box, seen: RecognisedPage, straight: Straightened, read: RecognisedPage) -> Box:
    """A box of the straightened page's upright frame in that of the page."""
    return _carried(box, straight.back @ np.linalg.inv(_matrix(seen.frame)), read.frame)


def within_page(box: Box, old: UprightFrame, new: UprightFrame) -> Box:
    """A box of one frame of a scan in another frame of the same scan."""
    return _carried(box, np.asarray(np.linalg.inv(_matrix(old)), np.float64), new)


def from_front(box: Box, straight: Straightened) -> Box:
    """The upright rectangle around a box of a straightened picture, in the picture that it was taken from."""
    width, height = straight.picture.shape[1], straight.picture.shape[0]
    return _carried(box, straight.back, UprightFrame(width, height, 0, 0.0))


def _matrix(frame: UprightFrame) -> npt.NDArray[np.float64]:
    turn = frame.matrix
    return np.array([[turn.a, turn.c, turn.e], [turn.b, turn.d, turn.f], [0.0, 0.0, 1.0]])


def _carried(box: Box, to_scan: npt.NDArray[np.float64], frame: UprightFrame) -> Box:
    """The upright rectangle around a box's corners, by way of the scan."""
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    across, down = [], []
    for x, y in corners:
        u, v, w = (to_scan @ np.array([x, y, 1.0])).tolist()
        upright = frame.matrix.apply(u / w, v / w)
        across.append(upright[0])
        down.append(upright[1])
    return Box(min(across), min(down), max(across), max(down))
