"""Where lines of print are: plain print by its ink, the rest by PaddleOCR's detector, PP-OCRv6 tiny."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from dossier.geometry import Box
from dossier.page import Engine
from models import paddle
from models.ink_lines import NOT_PLAIN, ink_lines
from models.ink_places import core, hardly_seen, unclear_places
from models.raster import resized

if TYPE_CHECKING:
    from dossier.ports import Grey

_LONG_SIDE: Final = 1280
_SHORT_SIDE: Final = 905
"""Pixels of an A4 page: 960 finds fewer of the small lines, more costs more and finds no more."""
_HARDLY: Final = 0.94
"""A page that grew a little when it was straightened is not reduced again: that would only blur it."""
_LEAST_PAGE: Final = 1050
"""Longer side, pixels, from which a picture is a page at 90 dpi or more; a card by itself goes to the net,
which knows patterned grounds."""
_LONGEST_STRIP: Final = 3968
"""PaddleOCR reduces what is longer than 4000 pixels, skipping pixels; here it is averaged."""
_STRIDE: Final = 32
"""The net wants sides that are multiples of it."""
_INK: Final = 180
"""Grey below which something may be there; the paper of a prepared page is 245."""
_FAINTEST: Final = 208
"""Grey below which the palest print may be there: what is cut off is not looked at."""
_PAPER: Final = 245
_BLOCK: Final = 8
_FEWEST_INKED: Final = 8
"""Of the 64 pixels of a block; a thin digit has more."""
_MARGIN: Final = 24
"""Pixels of paper left around the print."""


def finding_scale(width: int, height: int) -> float:
    """How much a picture of this size is reduced before lines are looked for, 1.0 at most.

    A page goes by its long side; a strip, like a receipt, by its short side, or its print would vanish.
    """
    fit = max(_LONG_SIDE / max(width, height), _SHORT_SIDE / min(width, height))
    scale = min(1.0, fit, _LONGEST_STRIP / max(width, height))
    return 1.0 if scale > _HARDLY else scale


class PageLineFinder:
    """Finds text lines in a prepared page: plain print by its ink, everything else by PaddleOCR.

    Places where ink does not fit into lines are cut out, together with the lines that they touch, and given
    to the net; a page without plain print is given to it whole.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._net = PaddleLineFinder(cache)

    @property
    def engine(self) -> Engine:
        """Who finds what is not plain; plain print needs no weights."""
        return self._net.engine

    def find(self, picture: Grey) -> tuple[Box, ...]:
        """Boxes of text lines, in no order."""
        height, width = picture.shape[:2]
        if height < 1 or width < 1:
            return ()
        scale = finding_scale(width, height)
        small = resized(picture, round(width * scale), round(height * scale))
        found = ink_lines(small) if max(small.shape) >= _LEAST_PAGE else NOT_PLAIN
        places = unclear_places(found.lines, found.unclear, small.shape) if found.is_plain else None
        if places is None:
            return self._net.find(picture)
        kept = [line for line in found.lines if not any(core(line).overlaps(place) for place in places)]
        lines = list(kept)
        seen = [box for place in places for box in self._net.find_in(small, place)]
        missed = hardly_seen([line for line in found.lines if line not in kept], seen)
        lines += missed
        lines += [box for box in seen if not any(_is_within(box, line) for line in [*kept, *missed])]
        across, down = width / small.shape[1], height / small.shape[0]
        return tuple(Box(b.left * across, b.top * down, b.right * across, b.bottom * down) for b in lines)


class PaddleLineFinder:
    """Finds text lines in a prepared, upright page: PP-OCRv6 tiny."""

    def __init__(self, cache: Path | None = None) -> None:
        self._engine = paddle.engine(paddle.DETECTOR)
        self._detector = paddle.detector(
            cache or paddle.default_cache(),
            limit_side_len=_LONGEST_STRIP,
            limit_type="max",
            thresh=0.25,
            box_thresh=0.5,
            unclip_ratio=1.6,
        )

    @property
    def engine(self) -> Engine:
        """Who finds."""
        return self._engine

    def find(self, picture: Grey) -> tuple[Box, ...]:
        """Boxes of text lines, in no order; a picture larger than needed is reduced first."""
        height, width = picture.shape[:2]
        if height < 1 or width < 1:
            return ()
        scale = finding_scale(width, height)
        small = resized(picture, round(width * scale), round(height * scale))
        across, down = width / small.shape[1], height / small.shape[0]
        part = _printed_part(small)
        if part is None:
            return ()
        left, top = part[1].start, part[0].start
        return tuple(
            Box((x0 + left) * across, (y0 + top) * down, (x1 + left) * across, (y1 + top) * down)
            for x0, y0, x1, y1 in self._look(small[part])
        )

    def find_in(self, small: Grey, place: Box) -> list[Box]:
        """Lines in a part of a picture that is not reduced any more."""
        left, top, right, bottom = (
            int(place.left),
            int(place.top),
            math.ceil(place.right),
            math.ceil(place.bottom),
        )
        part = small[top:bottom, left:right]
        if min(part.shape) < 1 or int(part.min()) >= _INK:
            return []
        return [Box(x0 + left, y0 + top, x1 + left, y1 + top) for x0, y0, x1, y1 in self._look(part)]

    def _look(self, part: Grey) -> list[tuple[float, float, float, float]]:
        """Left, top, right and bottom of each line in a picture that is not reduced any more.

        PaddleOCR would stretch it to sides that it can take, a little differently each way; paper added at
        the right and below keeps letters as they are.
        """
        height, width = part.shape
        size = [max(1, math.ceil(side / _STRIDE)) * _STRIDE for side in (height, width)]
        padded = np.full(size, _PAPER, np.uint8)
        padded[:height, :width] = part
        found = next(iter(self._detector().predict(cv2.cvtColor(padded, cv2.COLOR_GRAY2BGR))))
        corners = [np.asarray(polygon) for polygon in found["dt_polys"]]
        boxes = [(*polygon.min(axis=0).tolist(), *polygon.max(axis=0).tolist()) for polygon in corners]
        return [
            (x0, y0, min(x1, width), min(y1, height))
            for x0, y0, x1, y1 in boxes
            if x0 < width and y0 < height
        ]


def _is_within(box: Box, line: Box) -> bool:
    """Whether a box is the edge of a line that reaches into a place where it does not belong."""
    middle, body = (box.top + box.bottom) / 2, core(line)
    return body.top < middle < body.bottom and box.left < line.right and line.left < box.right


def _printed_part(small: Grey) -> tuple[slice, slice] | None:
    """Rows and columns that hold print, with a margin: a page's own margins need no net. None on bare paper.

    Judged by blocks, so that specks do not count; the outermost ring is the scanner's shadow.
    """
    height, width = (side // _BLOCK for side in small.shape)
    if height < 3 or width < 3:
        return slice(0, small.shape[0]), slice(0, small.shape[1])
    ink = small[: height * _BLOCK, : width * _BLOCK] < _FAINTEST
    busy = ink.reshape(height, _BLOCK, width, _BLOCK).sum(axis=(1, 3)) >= _FEWEST_INKED
    if not busy.any():
        return None
    inner = busy[1:-1, 1:-1]
    return _stretch(inner.any(axis=1), small.shape[0]), _stretch(inner.any(axis=0), small.shape[1])


def _stretch(busy: npt.NDArray[np.bool_], length: int) -> slice:
    """From the first to the last busy block, counted without the ring, widened by a margin."""
    found = np.flatnonzero(busy)
    if not found.size:
        return slice(0, length)
    first, last = (int(found[0]) + 1) * _BLOCK, (int(found[-1]) + 2) * _BLOCK
    return slice(max(0, first - _MARGIN), min(length, last + _MARGIN))
