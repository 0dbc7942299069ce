"""Whether a side on which nothing was read bears ink: a drawing, photographs, a seal or a signature alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box
from dossier.outline import Outline
from models.side_ink import side_ink
from pipeline.lid import without_lid

if TYPE_CHECKING:
    from dossier.ports import Colour

_FAINTEST: Final = 24
"""Grey levels within which a whole side is bare, however small it is."""
_LEAST_MM: Final = 14.0
"""Longer side of the smallest thing that somebody put there: specks, dust and staples are smaller."""
_EDGE_MM: Final = 25.0
"""How far the scanner's own edge, a strip of the lid or a turned-down corner reaches into the sheet."""
_RIM_MM: Final = 6.0
"""Nearer than this, what is seen touches the edge of the picture: `models.side_ink` leaves out 4 mm."""


def bears_ink(picture: Colour, things: Sequence[Outline], dpi: float) -> bool:
    """Whether anything as large as a finger was drawn, printed or stamped on it.

    Show-through, holes, specks, streaks and the scanner's edges are no ink.

    Args:
        picture: as scanned, shape (height, width, 3), blue-green-red.
        things: what lies on the glass.
        dpi: of the picture; nonsense counts as A4.
    """
    darkest, lightest, _, _ = cv2.minMaxLoc(picture.reshape(picture.shape[0], -1))
    if lightest - darkest < _FAINTEST:
        return False
    dpi = dpi if 40 <= dpi <= 1300 else max(picture.shape[:2]) / 11.7
    # A pixel's grain and a streak's line go, the finest stroke of a pencil stays.
    clean = np.asarray(cv2.medianBlur(without_lid(picture, things), 3), np.uint8)
    side = side_ink(clean, dpi)
    if side.is_blank or not side.boxes:
        return not side.is_blank  # too small to be told: kept
    height, width = picture.shape[:2]
    return any(_is_somebodys(box, (width, height), dpi / 25.4) for box in side.boxes)


def _is_somebodys(box: Box, size: tuple[int, int], mm: float) -> bool:
    width, height = size
    if max(box.width, box.height) < _LEAST_MM * mm:
        return False
    edge, rim = _EDGE_MM * mm, _RIM_MM * mm
    # side_ink tells whole cells from the top left on: the last ones end up to a cell before the rim.
    far = rim + 10.0 * mm
    depths = (
        box.right if box.left <= rim else width,
        box.bottom if box.top <= rim else height,
        width - box.left if box.right >= width - far else width,
        height - box.top if box.bottom >= height - far else height,
    )
    return min(depths) > edge
