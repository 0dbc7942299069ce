"""A photograph of a sheet made into a page: seen from the front, where that tells as much.

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
"""A straightened page that tells so much more than the photograph is taken in any case."""
_AS_WELL: Final = 0.97
"""One that tells so much of it, a pale line more or less, is taken where no print lies outside its edges."""
_PRINT_LETTERS: Final = 2.0
"""Letters, by how likely they are right, that are print and no grain of a table."""


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


def tells_as_much(front: Front, photograph: Colour, finder: LineFinder, reader: LineReader) -> bool:
    """Whether a straightened page tells more than its photograph, or as much and leaves no print outside."""
    before, frame = _read(photograph, finder, reader)
    told = sum(before.values())
    after = sum(_read(front.picture, finder, reader)[0].values())
    if after > _BETTER * told:
        return True
    edges = np.array([frame.matrix.apply(*corner) for corner in front.outline.corners], np.float32)
    outside = sum(
        letters
        for middle, letters in before.items()
        if cv2.pointPolygonTest(edges, middle, measureDist=False) < 0
    )
    return 0 < _AS_WELL * told <= after and outside < _PRINT_LETTERS


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


def _read(
    picture: Colour, finder: LineFinder, reader: LineReader
) -> tuple[dict[tuple[float, float], float], UprightFrame]:
    """Letters that are likely to be right, by the middle of their word in the upright frame."""
    prepared = prepare(with_dark_ink(picture))
    found = upright(prepared.view, finder, reader)
    frame = UprightFrame(prepared.width, prepared.height, found.rotation_degrees, found.angle_degrees)
    boxes = sorted((in_scan(box, prepared, frame) for box in found.boxes), key=lambda box: -box.width)
    words = [word for line in read_lines(prepared, frame, boxes[:_MOST_LINES], reader) for word in line.words]
    middles = [((w.box.left + w.box.right) / 2, (w.box.top + w.box.bottom) / 2) for w in words]
    letters = [len(word.text) * word.confidence**2 for word in words]
    return dict(zip(middles, letters, strict=True)), frame
