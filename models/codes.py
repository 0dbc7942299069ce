"""Bar codes and QR codes, by zxing-cpp."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import zxingcpp

from dossier.geometry import Box
from dossier.page import Code
from dossier.text import nfc
from models.raster import overview, percentile

if TYPE_CHECKING:
    from dossier.ports import Grey

_F = zxingcpp.BarcodeFormat
_FORMATS: Final = zxingcpp.BarcodeFormats((_F.QRCode, _F.PDF417, _F.Code128, _F.Code39))
"""What is printed on Vietnamese papers; linear codes without a check would be seen in every ruled table."""
_SQUARE: Final = zxingcpp.BarcodeFormats((_F.QRCode,))
_NEIGHBOURHOOD: Final = zxingcpp.Binarizer.LocalAverage
"""Black is what is darker than its surroundings: right for a page with shadows."""
_WHOLE: Final = zxingcpp.Binarizer.GlobalHistogram
"""One threshold for all: right for a single code with textured modules."""
_SMALLEST: Final = 8
_OVERVIEW: Final = 1280
"""Longest side of the picture in which places that look like a QR code are searched, pixels."""
_SMALLEST_PLACE, _LARGEST_PLACE = 24, 400
"""Side of such a place in the overview, pixels."""
_MOST_PLACES: Final = 3
_ENLARGED: Final = 1400
"""A place that is larger after enlarging is taken as it is: its modules are large enough."""


class ZxingCodeReader:
    """Reads the codes on a page as scanned, and what looks like an unread QR code enlarged and sharpened.

    The code of a citizen card has about three pixels a module at 300 dpi, too few for the plain reader.
    """

    def read(self, picture: Grey) -> tuple[Code, ...]:
        """Codes on the page, boxes in the frame of the picture. Never raises on what a code holds."""
        if picture.size == 0 or min(picture.shape[:2]) < _SMALLEST:
            return ()
        codes = _read(picture, _FORMATS)
        for place in _code_like_places(picture):
            if not any(place.overlaps(code.box) for code in codes):
                codes += _read_enlarged(picture, place)
        return tuple(code for code in codes if not _is_within_another(code, codes))


def _read(
    picture: Grey, formats: zxingcpp.BarcodeFormats, binarizer: zxingcpp.Binarizer = _NEIGHBOURHOOD
) -> list[Code]:
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(picture),
        formats=formats,
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer,
    )
    return [_code(code) for code in found if code.valid]


def _code(found: Any) -> Code:
    position = found.position
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    across, down = [c.x for c in corners], [c.y for c in corners]
    box = Box(float(min(across)), float(min(down)), float(max(across) + 1), float(max(down) + 1))
    return Code(found.format.name, nfc(_text(found)), box)


def _is_within_another(code: Code, codes: Sequence[Code]) -> bool:
    """Whether a bar code is a row of modules of a QR code: Code 39 has no check, a letter is soon seen."""
    squares = [other.box for other in codes if other.symbology == _F.QRCode.name]
    return code.symbology != _F.QRCode.name and any(code.box.overlaps(square) for square in squares)


def _text(found: Any) -> str:
    """The payload; bytes that are no text in the encoding that the code names are shown, not lost."""
    try:
        return str(found.text)
    except UnicodeDecodeError:
        return bytes(found.bytes).decode("utf-8", "replace")


def _code_like_places(picture: Grey) -> Iterator[Box]:
    """Places about as wide as high, half black, with as many edges across as down; the largest first.

    A picture hardly larger than a code is itself such a place.
    """
    scale = min(1.0, _OVERVIEW / max(picture.shape[:2]))
    height, width = picture.shape[:2]
    if max(height, width) <= _LARGEST_PLACE:
        yield Box(0.0, 0.0, float(width), float(height))
        return
    small = overview(picture, round(width * scale), round(height * scale))
    mask = _busy_both_ways(small)
    _, _, places, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    boxes = [p[:4].tolist() for p in places[1:] if _is_code_like(*p[:5].tolist())]
    for left, top, wide, high in sorted(boxes, key=lambda b: -b[2] * b[3])[:_MOST_PLACES]:
        margin = max(wide, high) / 3
        yield Box(
            max(0.0, (left - margin) / scale),
            max(0.0, (top - margin) / scale),
            min(float(width), (left + wide + margin) / scale),
            min(float(height), (top + high + margin) / scale),
        )


def _busy_both_ways(small: Grey) -> Any:
    """Where edges are dense in both directions and ink covers between a quarter and three quarters."""
    window = (15, 15)
    across = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 1, 0)), window)
    down = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_16S, 0, 1)), window)
    level = cv2.blur(small, window)
    paper = percentile(small, 90)
    dark = (level > 0.25 * paper) & (level < 0.78 * paper)
    busy = (across > 45) & (down > 45) & dark
    return cv2.morphologyEx(busy.astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))


def _is_code_like(left: int, top: int, width: int, height: int, area: int) -> bool:
    sides = sorted((width, height))
    fits = sides[0] >= _SMALLEST_PLACE and sides[1] <= _LARGEST_PLACE and left >= 0 and top >= 0
    return fits and sides[1] < 1.7 * sides[0] and area > 0.5 * width * height


def _read_enlarged(picture: Grey, place: Box) -> list[Code]:
    """Enlarged by cubic interpolation: sharpened, which brings back fine modules, then softened.

    Twice as large first; three times where that is not enough.
    """
    left, top = int(place.left), int(place.top)
    part = picture[top : int(place.bottom), left : int(place.right)]
    for factor in (2, 3):
        if max(part.shape) * factor > _ENLARGED * factor / 2:
            return []
        large = cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        soft = cv2.GaussianBlur(large, (0, 0), 2.0)
        sharp = np.asarray(cv2.addWeighted(large, 2.0, soft, -1.0, 0), np.uint8)
        found = _read(sharp, _SQUARE) or _read(np.asarray(soft, np.uint8), _SQUARE, _WHOLE)
        if found:
            return [replace(code, box=_back(code.box, left, top, factor)) for code in found]
    return []


def _back(box: Box, left: int, top: int, factor: int) -> Box:
    return Box(
        left + box.left / factor, top + box.top / factor, left + box.right / factor, top + box.bottom / factor
    )
