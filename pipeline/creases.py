"""Where a sheet was folded: a shade from edge to edge, and a white line where the toner broke away.

Both are undone for the reader's eyes only, so that print on a crease is found and read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from dossier.ports import Grey

_REACH: Final = 81
"""Pixels of the view along which the paper shows at least once between letters."""
_SHADED: Final = 0.975
"""Share of the paper's brightness from which a place is in the shade."""
_DARKEST: Final = 0.6
"""Rules are darker."""
_ACROSS: Final = 0.97
"""Share of the sheet that a crease crosses; frames and tables leave margins."""
_TALLEST: Final = 0.05
"""Share of the sheet's height; more is no crease."""
_LOWEST: Final = 3
"""Rows of the view; less is the edge of a rule."""
_BROKEN: Final = 10
"""Pixels of the scan that a white line through print may be high at 300 dpi, on a sheet of 3,508."""
_INKLESS: Final = 0.85
"""Share of the paper's brightness above which a row has no ink."""
_SHEET: Final = 3508


@dataclass(frozen=True, slots=True)
class Creases:
    """The folds of a sheet."""

    level: Grey
    """Brightness of the bare paper with the shade of the creases in it, size of the view."""
    lying: tuple[tuple[float, float], ...]
    """Top and bottom of each that lies, shares of the sheet's height."""
    standing: tuple[tuple[float, float], ...]
    """Left and right of each that stands, shares of the width."""


def find_creases(view: Grey, level: Grey) -> Creases | None:
    """Where the sheet was folded, or None.

    Args:
        view: the page in the size in which lines are looked for, shape (h, w), not yet divided.
        level: the paper's brightness, same shape, which knows no sharp edges.
    """
    shaded, lying = _shade(view, level)
    turned, standing = _shade(np.ascontiguousarray(view.T), np.ascontiguousarray(level.T))
    if not lying and not standing:
        return None
    return Creases(np.minimum(shaded, turned.T), lying, standing)


def bridged(page: Grey, creases: Creases) -> Grey:
    """The page, shape (h, w), with print joined where a crease broke it; gaps between lines stay."""
    mended = page.copy()
    for top, bottom in creases.lying:
        _bridge(mended, top, bottom)
    if creases.standing:
        turned = np.ascontiguousarray(mended.T)
        for left, right in creases.standing:
            _bridge(turned, left, right)
        mended = np.ascontiguousarray(turned.T)
    return mended


def _bridge(page: Grey, top: float, bottom: float) -> None:
    """Inkless rows near a crease with ink just above and just below take the lighter of both."""
    height = page.shape[0]
    gap = max(3, round(_BROKEN * height / _SHEET))
    start, stop = max(0, round(top * height) - 3 * gap), min(height, round(bottom * height) + 3 * gap)
    band = page[start:stop]
    wide = np.ones((1, max(3, round(_REACH * 2.5 * height / _SHEET))), np.uint8)
    inkless = cv2.erode(band, wide) >= _INKLESS * cv2.dilate(band, wide)
    joined = cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones((gap, 1), np.uint8))
    band[inkless] = joined[inkless]


def _shade(view: Grey, level: Grey) -> tuple[Grey, tuple[tuple[float, float], ...]]:
    """Level with the creases that lie in it, and where they lie; the brightest nearby in a row is paper."""
    height, width = view.shape
    brightest = np.asarray(cv2.dilate(view, np.ones((1, _REACH), np.uint8)), np.uint8)
    shaded = cv2.inRange(cv2.divide(brightest, level, scale=255.0), _DARKEST * 255, _SHADED * 255)
    if shaded.any(axis=0).mean() < _ACROSS:
        return level, ()
    _, marks, stats, _ = cv2.connectedComponentsWithStats(shaded, connectivity=8)
    tops, heights = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    is_crease = (stats[:, cv2.CC_STAT_WIDTH] >= _ACROSS * width) & (heights >= _LOWEST)
    is_crease &= heights <= _TALLEST * height
    is_crease[0] = False
    if not is_crease.any():
        return level, ()
    near = cv2.dilate(is_crease[marks].astype(np.uint8), np.ones((5, 1), np.uint8))
    places = tuple(
        (float(top) / height, float(top + tall) / height)
        for top, tall in zip(tops[is_crease], heights[is_crease], strict=True)
    )
    return np.where(near > 0, np.minimum(brightest, level), level), places
