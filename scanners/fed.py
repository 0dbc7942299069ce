"""Making a fed side of what a device delivered: whole, of a known kind, with its resolution."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from dossier.errors import ScannerLost, SourceError
from dossier.scanning import FedSide
from scanners.delivery import DEFAULT_LIMITS
from scanners.files import JPEG, PNG, TIFF, media_type_of
from scanners.pictures import lossless_png, opened, prove, stated_dpi

_QUALITY: Final = 90
"""JPEG quality for raw pixels; the colours of thin red and blue strokes are not thinned out (4:4:4)."""


def fed_side(data: bytes, device: str, asked_dpi: float) -> FedSide:
    """A side from a picture that the device encoded itself, byte for byte.

    Raises:
        ScannerLost: half a picture arrived, or none.
    """
    try:
        media_type = media_type_of(data, device)
        if media_type not in (JPEG, PNG):
            raise ScannerLost(device, f"a side arrived as {media_type}")
        proof = prove(data, media_type, device, DEFAULT_LIMITS)
    except SourceError as e:
        raise ScannerLost(device, f"a side did not arrive whole: {e.cause}") from e
    return FedSide(data, media_type, _resolution(proof.stated_dpi, asked_dpi))


def fed_raw_side(data: bytes, device: str, asked_dpi: float, *, lossless: bool) -> FedSide:
    """A side from raw pixels in a TIFF; black and white is always kept as it is.

    Raises:
        ScannerLost: half a picture arrived, or none.
    """
    try:
        with opened(data, TIFF, device, DEFAULT_LIMITS) as picture:
            dpi = _resolution(stated_dpi(picture), asked_dpi)
            if lossless or picture.mode == "1":
                return FedSide(lossless_png(picture, dpi), PNG, dpi)
            return FedSide(_jpeg(picture, dpi), JPEG, dpi)
    except SourceError as e:
        raise ScannerLost(device, f"a side did not arrive whole: {e.cause}") from e


def _jpeg(picture: Image.Image, dpi: float) -> bytes:
    out = BytesIO()
    kept = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    kept.save(out, "JPEG", quality=_QUALITY, subsampling=0, dpi=(round(dpi), round(dpi)))
    return out.getvalue()


def _resolution(stated: float | None, asked: float) -> float:
    """What the picture says where a scanner can mean it, else what was asked for."""
    return round(stated, 2) if stated is not None and 40 <= stated <= 4800 else asked
