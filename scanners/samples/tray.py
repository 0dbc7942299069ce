"""Files as a counter's scanner leaves them in the tray: JPEG, PNG, multi-page TIFF, scanned PDF."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import pikepdf
from PIL import Image

from scanners.samples.sheet import DPI

_RESOLUTION: Final = (DPI, DPI)


def write_scan(path: Path, pages: Sequence[Image.Image]) -> None:
    """Write a file in the format that its name says.

    JPEG and PNG take one page; TIFF is CCITT G4 where the page is black and white.
    """
    if path.suffix == ".pdf":
        path.write_bytes(_pdf(pages))
    elif path.suffix == ".tif":
        kind = "group4" if pages[0].mode == "1" else "tiff_lzw"
        pages[0].save(path, compression=kind, dpi=_RESOLUTION, save_all=True, append_images=list(pages[1:]))
    elif path.suffix == ".png":
        pages[0].save(path, dpi=_RESOLUTION, compress_level=4)
    else:
        path.write_bytes(_jpeg(pages[0]))


def _jpeg(page: Image.Image) -> bytes:
    out = BytesIO()
    page.save(out, "JPEG", quality=85, dpi=_RESOLUTION)
    return out.getvalue()


def _pdf(pages: Sequence[Image.Image]) -> bytes:
    """One JPEG a page, filling it, as scanners with a PDF button make them."""
    with pikepdf.new() as pdf:
        for page in pages:
            width, height = (round(side * 72 / DPI, 2) for side in page.size)
            picture = pikepdf.Stream(
                pdf,
                _jpeg(page),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=page.width,
                Height=page.height,
                BitsPerComponent=8,
                ColorSpace=pikepdf.Name.DeviceRGB if page.mode == "RGB" else pikepdf.Name.DeviceGray,
                Filter=pikepdf.Name.DCTDecode,
            )
            sheet = pdf.add_blank_page(page_size=(width, height))
            sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=picture))
            sheet.Contents = pikepdf.Stream(pdf, f"q {width} 0 0 {height} 0 0 cm /Scan Do Q".encode())
        out = BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
