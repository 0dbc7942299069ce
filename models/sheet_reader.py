"""Cover and separator sheets, and receipts: what sorting a batch needs to know of a side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.batch import SideReading
from dossier.batch_sheet import PREFIXES, RECEIPT_CODE, CoverSheet, SeparatorSheet, read_sheet_code
from models.raster import resized

if TYPE_CHECKING:
    from dossier.ports import CodeReader, Grey

SQUARE_MM: Final = 8.0
"""Side of the black squares around a cover sheet."""
_DPI: Final = 50.0
"""Squares are looked for in a small picture: 8 mm are 16 pixels."""
_LEAST_SQUARES: Final = 8
_EDGE_MM: Final = 32.0
"""How far from the sheet's edge a square may lie, on a crooked or shifted sheet."""
_INK_SHARE: Final = 0.002


@dataclass(frozen=True, slots=True)
class SheetReader:
    """Reads the signs by which a batch is sorted."""

    codes: CodeReader
    receipt_code: str = RECEIPT_CODE
    """Regular expression of a dossier code."""

    def read(self, picture: Grey, dpi: float, place: tuple[int, int]) -> SideReading:
        """What one side says.

        Args:
            picture: as scanned, whichever way up.
            place: the side's number in the feed, and the number of its sheet.
        """
        texts = [code.text for code in self.codes.read(picture)]
        has_border = has_sheet_border(picture, dpi)
        if has_border and not any(text.startswith(PREFIXES) for text in texts):
            # Thin bars at 200 dpi are two pixels wide: enlarged, what is left of a damaged sheet may be read.
            large = resized(picture, 2 * picture.shape[1], 2 * picture.shape[0])
            texts = [code.text for code in self.codes.read(large)]
        read = [read_sheet_code(text) for text in texts]
        signs = {sign for sign in read if sign is not None}
        broken = any(
            sign is None and text.startswith(PREFIXES) for sign, text in zip(read, texts, strict=True)
        )
        sign = _agreed(signs)
        pattern = re.compile(rf"(?<![A-Z0-9.]){self.receipt_code}(?![0-9])")
        receipts = [] if signs or broken else [m[0] for text in texts for m in pattern.finditer(text)]
        return SideReading(
            number=place[0],
            sheet=place[1],
            sign=sign,
            is_marked=broken or bool(signs) or has_border,
            receipts=tuple(dict.fromkeys(receipts)),
            has_ink=_has_ink(picture),
        )


def _agreed(signs: set[CoverSheet | SeparatorSheet]) -> CoverSheet | SeparatorSheet | None:
    """What the codes of one sheet say together; None where they contradict each other.

    The bar code leaves the counter's name out.
    """
    if len({sign.short_code for sign in signs}) != 1:
        return None
    return max(signs, key=lambda sign: len(sign.long_code))


def has_sheet_border(picture: Grey, dpi: float) -> bool:
    """Whether black squares run along the edges, as around every cover sheet; whatever else became of it."""
    scale = _DPI / dpi
    small = resized(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    paper = float(np.percentile(small, 85))
    black = np.asarray(small < 0.62 * paper, np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(black, connectivity=4)
    side = SQUARE_MM / 25.4 * _DPI
    height, width = small.shape[:2]
    found = 0
    for (_, _, wide, high, area), (x, y) in zip(stats[1:].tolist(), centres[1:].tolist(), strict=True):
        fits = all(0.75 * side <= length <= 1.35 * side for length in (wide, high))
        near = min(x, y, width - x, height - y) < _EDGE_MM / 25.4 * _DPI
        found += fits and near and area > 0.72 * wide * high
    return found >= _LEAST_SQUARES


def _has_ink(picture: Grey) -> bool:
    """Whether there is clearly more than paper: the print of the other side shining through is no ink."""
    small = resized(picture, picture.shape[1] // 2, picture.shape[0] // 2)
    margin_y, margin_x = small.shape[0] // 40, small.shape[1] // 40
    inner = small[margin_y : small.shape[0] - margin_y, margin_x : small.shape[1] - margin_x]
    paper = float(np.percentile(inner, 85))
    return bool((inner < 0.55 * paper).mean() > _INK_SHARE)
