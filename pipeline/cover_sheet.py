"""Cover sheets (tờ bìa) and separator sheets (tờ ngăn) as a PDF for the office printer.

Everything that a batch is sorted by stands there more than once: the QR code twice, the bar code twice, and
black squares run around the sheet, so that a sheet which is torn, stained or scribbled over is still known to
be one.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from dossier.batch_sheet import CoverSheet, SeparatorSheet
from models.sheet_reader import SQUARE_MM
from pipeline.mark_font import find_font

DPI: Final = 300
_WIDTH_MM, _HEIGHT_MM = 210.0, 297.0
_BAND_MM: Final = 12.0
"""Middle of the squares, from the edge: office printers leave 4 to 5 mm blank."""
_PITCH_MM: Final = 2 * SQUARE_MM
_QR_MM: Final = 46.0
_BAR_MM: Final = 172.0
_BAR_HEIGHT_MM: Final = 17.0
_QUIET_MODULES: Final = 10


@dataclass(frozen=True, slots=True)
class SheetText:
    """What people read on a sheet; the console owns the words."""

    title: str
    code: str
    """In large type: the dossier code; empty on a separator."""
    lines: tuple[str, ...]
    """Below it: procedure, counter, place in the print run, sheets."""
    note: str
    """At the foot."""


def print_sheets(sheets: Sequence[tuple[CoverSheet | SeparatorSheet, SheetText]]) -> bytes:
    """One A4 page a sheet, black and white at 300 dpi. Raises PartMissing without a Vietnamese font."""
    pages = [draw_sheet(sign, text) for sign, text in sheets]
    out = io.BytesIO()
    pages[0].save(out, "PDF", resolution=float(DPI), save_all=True, append_images=pages[1:])
    return out.getvalue()


def draw_sheet(sign: CoverSheet | SeparatorSheet, text: SheetText) -> Image.Image:
    """The sheet as it leaves the printer, mode "1"."""
    page = Image.new("L", (_px(_WIDTH_MM), _px(_HEIGHT_MM)), 255)
    draw = ImageDraw.Draw(page)
    for x, y in _squares():
        half = SQUARE_MM / 2
        draw.rectangle((_px(x - half), _px(y - half), _px(x + half) - 1, _px(y + half) - 1), fill=0)
    page.paste(_square_code(sign.long_code), (_px(_WIDTH_MM - 26) - _px(_QR_MM), _px(24)))
    page.paste(_square_code(sign.long_code), (_px(26), _px(_HEIGHT_MM - 26) - _px(_QR_MM)))
    bars = _bar_code(sign.short_code)
    for y in (128.0, 172.0):
        page.paste(bars, ((page.width - bars.width) // 2, _px(y)))
    _write(draw, text)
    return page.convert("1", dither=Image.Dither.NONE)


def _squares() -> list[tuple[float, float]]:
    """Middles of the black squares, millimetres."""
    across = [17.0 + _PITCH_MM * n for n in range(12)]
    down = [28.5 + _PITCH_MM * n for n in range(16)]
    rows = [(x, y) for y in (_BAND_MM, _HEIGHT_MM - _BAND_MM) for x in across]
    return rows + [(x, y) for x in (_BAND_MM, _WIDTH_MM - _BAND_MM) for y in down]


def _write(draw: ImageDraw.ImageDraw, text: SheetText) -> None:
    left, room = _px(26), _px(_WIDTH_MM - 26) - _px(_QR_MM) - _px(32)
    draw.text((left, _px(28)), text.title, font=_fitting(text.title, 20, room), fill=0)
    y = 46.0
    if text.code:
        face = _fitting(text.code, 26, room)
        draw.text((left, _px(y)), text.code, font=face, fill=0)
    for line in text.lines:
        y += 16.0 if line is text.lines[0] else 9.0
        width = room if y < 74 else _px(_WIDTH_MM - 52)
        draw.text((left, _px(y)), line, font=_fitting(line, 15, width), fill=0)
    beside = _px(26) + _px(_QR_MM) + _px(6)
    room = _px(_WIDTH_MM - 26) - beside
    draw.text((beside, _px(_HEIGHT_MM - 40)), text.note, font=_fitting(text.note, 13, room), fill=0)


def _square_code(content: str) -> Image.Image:
    """A QR code with a third of it to spare, at a whole number of pixels a module."""
    modules = _modules(content, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    scale = max(1, _px(_QR_MM) // (modules.shape[0] + 8))
    return Image.fromarray(
        np.kron(np.pad(modules, 4, constant_values=255), np.ones((scale, scale), np.uint8))
    )


def _bar_code(content: str) -> Image.Image:
    """Code 128 over most of the sheet's width."""
    row = _modules(content, zxingcpp.BarcodeFormat.Code128)[0]
    scale = max(2, _px(_BAR_MM) // (row.size + 2 * _QUIET_MODULES))
    line = np.repeat(np.pad(row, _QUIET_MODULES, constant_values=255), scale)
    return Image.fromarray(np.tile(line, (_px(_BAR_HEIGHT_MM), 1)))


def _modules(
    content: str, kind: zxingcpp.BarcodeFormat, **options: str
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """One pixel a module, black 0, without a quiet zone."""
    code = zxingcpp.create_barcode(content, kind, **options)
    return np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False), np.uint8)


def _fitting(text: str, points: int, width: int) -> ImageFont.FreeTypeFont:
    """The font at this size, or as much smaller as it takes to fit the width."""
    for size in range(points, 6, -1):
        font = _font(round(size * DPI / 72))
        if font.getlength(text) <= width:
            return font
    return _font(round(6 * DPI / 72))


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(find_font()), size, layout_engine=ImageFont.Layout.BASIC)


def _px(millimetres: float) -> int:
    return round(millimetres / 25.4 * DPI)
