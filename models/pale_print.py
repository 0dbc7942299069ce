"""Print so pale that the ink of a page does not show it: grey footers, notes of a signing program, pencil.

A page has a few such places at most. Where there are many, it is the other side of the sheet that shows
through, and none of them is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box
from models.ink_pieces import SQUEEZE

if TYPE_CHECKING:
    from dossier.ports import Grey

PALE: Final = 208
"""Grey below which something is there; the paper of a prepared page is 245."""
_REACH: Final = 1.0
"""Usual heights between letters that belong together, sideways."""
_LOWEST, _HIGHEST = 0.6, 2.6
"""Usual heights of a place that may be a line."""
_SHORTEST: Final = 4.0
_INKED: Final = 0.1
"""Share of a line's box that shows its letters, pale as they are."""
_MOST: Final = 4


def pale_places(view: Grey, seen: Sequence[Box], rules: Grey, usual: float) -> tuple[Box, ...]:
    """Where pale print may stand; nothing where the page has many such places.

    Args:
        view: prepared page, reduced, shape (height, width).
        seen: lines and other places that are known.
        rules: 255 where a rule lies, of the same shape.
        usual: height of the page's small letters, pixels.
    """
    pale = np.asarray(cv2.threshold(view, PALE - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    room = 0.25 * usual
    cv2.subtract(pale, cv2.dilate(rules, np.ones((5, 5), np.uint8)), dst=pale)
    for box in seen:
        rows = slice(max(0, int(box.top - room)), int(box.bottom + room) + 1)
        pale[rows, max(0, int(box.left - usual)) : int(box.right + usual) + 1] = 0
    size = max(1, pale.shape[1] // SQUEEZE), pale.shape[0]
    small = cv2.resize(pale, size, interpolation=cv2.INTER_AREA)
    joined = cv2.dilate(small, np.ones((3, 2 * round(_REACH * usual / SQUEEZE) + 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats((joined > 0).astype(np.uint8))
    found = []
    for left, top, width, height, _ in stats[1:].tolist():
        if not _LOWEST * usual <= height - 2 <= _HIGHEST * usual or width * SQUEEZE < _SHORTEST * usual:
            continue
        inside = pale[top : top + height, left * SQUEEZE : (left + width) * SQUEEZE]
        if np.count_nonzero(inside) >= _INKED * inside.size:
            box = Box(float(left * SQUEEZE), float(top), float((left + width) * SQUEEZE), float(top + height))
            found.append(box)
    return tuple(found) if len(found) <= _MOST else ()
