"""Curl is told from print to a fraction of a millimetre, whichever way the sheet lies, and never made up."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from models.curled_sheet import curl_of
from tests.printed import LETTER, letter

DPI = 150.0
MM = DPI / 25.4


@cache
def sheet() -> np.ndarray:
    """A page of some lines, blue-green-red."""
    return letter(LETTER * 2, dpi=int(DPI), size=19)


def bent(rise_mm: float, climb: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """The page with its middle lower by so much, its lines climbing; and how far below each place lies."""
    height, width = sheet().shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    share = x / width
    below = rise_mm * MM * (0.6 + 0.8 * y / height) * np.sin(np.pi * share) + climb * (x - width / 2)
    # Where a place of the bent page comes from: the inverse of the shift, near enough by two steps.
    back = y - below
    for _ in range(3):
        moved = cv2.remap(below.astype(np.float32), x, back.astype(np.float32), cv2.INTER_LINEAR)
        back = y - moved
    page = cv2.remap(sheet(), x, back.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return page, below


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("rise_mm", [1.5, 4.0, -3.0])
def test_how_far_lines_bend(rise_mm: float, turns: int) -> None:
    page, below = bent(rise_mm)
    turned = np.ascontiguousarray(np.rot90(page, turns))
    curl = curl_of(turned, DPI)
    assert curl is not None
    assert curl.is_sideways == bool(turns % 2)
    columns, rows = curl.places(0, turned.shape[0])
    x, y = np.meshgrid(np.arange(turned.shape[1]), np.arange(turned.shape[0]))
    # Seen upright again: what is below there was left or right of it, or above.
    told = np.rot90({0: rows - y, 1: columns - x, 2: y - rows, 3: x - columns}[turns], -turns)
    height, width = below.shape
    printed = (slice(height // 8, height // 2), slice(width // 6, -width // 6))
    off = (told - below)[printed]
    off -= off.mean(axis=1, keepdims=True)  # how high a whole line is taken to lie is free
    assert np.abs(off).max() / MM < 0.5


def test_what_lies_flat_stays() -> None:
    flat = np.random.default_rng(3)
    for name, page in {
        "flat": sheet(),
        "only askew": bent(0.0, climb=0.02)[0],
        "hardly bent": bent(0.15)[0],
        "blank": np.full_like(sheet(), 240),
        "noise": flat.integers(0, 255, sheet().shape, dtype=np.uint8),
        "a few words": letter(LETTER[:2], dpi=int(DPI)),
        "tiny": np.full((40, 30, 3), 200, np.uint8),
        "a ribbon": np.full((3, 4000, 3), 200, np.uint8),
        "one pixel": np.zeros((1, 1, 3), np.uint8),
    }.items():
        assert curl_of(page, DPI) is None, name
