"""Ruled lines of a page: tables, frames, underlines, lines to write on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box

if TYPE_CHECKING:
    from dossier.ports import Grey

_SHORTEST: Final = 0.034
"""Of the longer side of the picture: 10 mm on an A4 page; strokes of letters are shorter."""
_THICKEST: Final = 0.005
"""Of the longer side: 1.5 mm; what is thicker is a bar or a picture."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Straight lines, in pixels of the picture."""

    across: tuple[Box, ...]
    """Lying lines, broken ones in their parts."""
    down: tuple[Box, ...]
    """Standing lines."""
    mask: Grey
    """255 on the lines and a pixel beside them."""


def ruled(view: Grey, ink: int) -> Rules:
    """Rules of a straightened page.

    Args:
        view: prepared page.
        ink: grey below which it shows ink.
    """
    dark = np.asarray(cv2.threshold(view, ink - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    longer = max(view.shape)
    length, thickest = max(12, round(_SHORTEST * longer)), max(3.0, _THICKEST * longer)
    across = _opened(dark, (length, 1))
    down = _opened(dark, (1, length))
    lying = tuple(box for box in _parts(across) if box.height <= thickest)
    standing = tuple(box for box in _parts(down) if box.width <= thickest)
    mask = np.zeros_like(dark)
    for box in (*lying, *standing):
        rows = slice(max(0, int(box.top) - 1), int(box.bottom) + 1)
        columns = slice(max(0, int(box.left) - 1), int(box.right) + 1)
        source = across if box.width > box.height else down
        grown = cv2.dilate(source[rows, columns], np.ones((3, 3), np.uint8))
        np.maximum(mask[rows, columns], grown, out=mask[rows, columns])
    return Rules(lying, standing, np.asarray(mask, np.uint8))


def _opened(dark: Grey, size: tuple[int, int]) -> Grey:
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8)), np.uint8)


def _parts(mask: Grey) -> tuple[Box, ...]:
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = (cv2.boundingRect(outline) for outline in outlines)
    return tuple(
        Box(float(left), float(top), float(left + width), float(top + height))
        for left, top, width, height in boxes
    )
