"""A photograph of a sheet made into a page: seen from the front, where that reads better.

A homography has no place in the upright frame, which PDF pages are drawn with. So the straightened picture is
the page, as a picture drawn from a PDF is, and the photograph is kept beside it as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import UprightFrame
from dossier.outline import MM_PER_INCH, Outline
from dossier.ports import LineFinder, LineReader
from models.curled_sheet import Curl, curl_of
from models.photographed_sheet import photographed_sheet, sheet_dpi, size_mm
from models.sheet_edges import CARD_MM
from pipeline.contrast import with_dark_ink
from pipeline.lines import read_lines
from pipeline.prepare import prepare
from pipeline.upright import in_scan, upright

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Colour

    Numbers = npt.NDArray[np.float64]

_MOST_DPI: Final = 400.0
"""No more than print needs; a near photograph of a card has more."""
_LEAST_DPI: Final = 72.0
_MOST_LINES: Final = 40
"""Lines read to compare two pictures of a page."""
_BAND: Final = 256
"""Rows that are drawn at once."""
_BETTER: Final = 1.02
"""By how much more a straightened page has to tell than the photograph."""


@dataclass(frozen=True, slots=True)
class Front:
    """A photographed sheet as seen from the front."""

    picture: Colour
    dpi: float
    """By the size of its paper, as its shape tells it."""
    outline: Outline
    """Where it lies in the photograph."""
    is_flattened: bool
    """Whether it was curled, and its lines were straightened."""


def from_the_front(picture: Colour) -> Front | None:
    """The sheet in a photograph, its perspective and the curl of its paper taken away.

    None where its edges cannot be told.

    Args:
        picture: the photograph, shape (height, width, 3), blue-green-red.
    """
    outline = photographed_sheet(picture)
    if outline is None:
        return None
    size = size_mm(outline, picture)
    dpi = min(_MOST_DPI, sheet_dpi(outline, size))
    if dpi < _LEAST_DPI:
        return None
    width, height = (max(1, round(side * dpi / MM_PER_INCH)) for side in size)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there = cv2.getPerspectiveTransform(np.array(outline.corners, np.float32), flat)
    seen = cv2.warpPerspective(
        picture, there, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    curl = None if size in (CARD_MM, CARD_MM[::-1]) else curl_of(np.asarray(seen, np.uint8), dpi)
    if curl is not None:
        seen = _flattened(picture, np.asarray(np.linalg.inv(there), np.float64), curl)
    return Front(np.asarray(seen, np.uint8), round(dpi, 1), outline, is_flattened=curl is not None)


def reads_better(front: Colour, photograph: Colour, finder: LineFinder, reader: LineReader) -> bool:
    """Whether a straightened page tells more than the photograph that it was made of."""
    return _worth(front, finder, reader) > _BETTER * _worth(photograph, finder, reader)


def _flattened(picture: Colour, back: Numbers, curl: Curl) -> Colour:
    """Perspective and curl taken away at once, so that the print is drawn anew only once.

    Args:
        back: homography from the page seen from the front to the photograph, shape (3, 3).
    """
    flat = np.empty((curl.height, curl.width, 3), np.uint8)
    for top in range(0, curl.height, _BAND):
        bottom = min(top + _BAND, curl.height)
        columns, rows = curl.places(top, bottom)
        away = back[2, 0] * columns + back[2, 1] * rows + back[2, 2]
        x = (back[0, 0] * columns + back[0, 1] * rows + back[0, 2]) / away
        y = (back[1, 0] * columns + back[1, 1] * rows + back[1, 2]) / away
        flat[top:bottom] = cv2.remap(
            *(picture, x.astype(np.float32), y.astype(np.float32)),
            interpolation=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return flat


def _worth(picture: Colour, finder: LineFinder, reader: LineReader) -> float:
    """Letters that are likely to be right."""
    prepared = prepare(with_dark_ink(picture))
    found = upright(prepared.view, finder, reader)
    frame = UprightFrame(prepared.width, prepared.height, found.rotation_degrees, found.angle_degrees)
    boxes = sorted((in_scan(box, prepared, frame) for box in found.boxes), key=lambda box: -box.width)
    words = [word for line in read_lines(prepared, frame, boxes[:_MOST_LINES], reader) for word in line.words]
    return sum(len(word.text) * word.confidence**2 for word in words)
