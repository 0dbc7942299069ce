"""A page as a person looks at it on a screen: scaled, as JPEG, whatever the archive keeps it as."""

from __future__ import annotations

import io
from typing import Final

import pypdfium2
from PIL import Image

from dossier.errors import SourceUnreadable
from pipeline.pdfium_lock import opened

WIDTHS: Final = (400, 800, 1200, 1800)
"""Widths that previews are made in, pixels."""
_QUALITY: Final = 82
_MOST_PIXELS: Final = 200_000_000
_SHOWN: Final = ("L", "RGB")


def preview(data: bytes, media_type: str, number: int, width: int) -> bytes:
    """One page of a file as JPEG, no wider than the next of `WIDTHS`.

    Args:
        data: the file: a picture, a TIFF of several frames, or a PDF.
        media_type: what it is.
        number: page within the file, 1-based.
        width: pixels wanted.

    Raises SourceUnreadable where it cannot be drawn, or has no such page.
    """
    wanted = next((each for each in WIDTHS if each >= width), WIDTHS[-1])
    try:
        picture = (
            _drawn(data, number, wanted) if media_type == "application/pdf" else _frame(data, number, wanted)
        )
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=_QUALITY)
    except (
        OSError,
        ValueError,
        IndexError,
        EOFError,
        Image.DecompressionBombError,
        pypdfium2.PdfiumError,
    ) as e:
        raise SourceUnreadable(f"page {number}", str(e) or type(e).__name__) from e
    return written.getvalue()


def _drawn(data: bytes, number: int, width: int) -> Image.Image:
    with opened(data) as document:
        if not 1 <= number <= len(document):
            raise IndexError("the document has no such page")
        page = document[number - 1]
        try:
            bitmap = page.render(scale=width / page.get_width(), may_draw_forms=True)
            drawn: Image.Image = bitmap.to_pil().convert("RGB")
            bitmap.close()
        finally:
            page.close()
    return drawn


def _frame(data: bytes, number: int, width: int) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            raise ValueError("the picture is too large to be shown")
        if number > 1:
            picture.seek(number - 1)
        height = max(1, round(picture.height * width / picture.width))
        picture.draft("RGB", (width, height))
        shown = picture if picture.mode in _SHOWN else picture.convert("RGB")
        if shown.width > width:
            shown = shown.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        return shown.copy()
