"""Making a fed side of what a device delivered: whole, of a known kind, with its resolution."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Final

from PIL import Image

from dossier.errors import ScannerLost, SourceError
from dossier.scanning import FedSide
from scanners.delivery import DEFAULT_LIMITS
from scanners.files import JPEG, PNG, TIFF, media_type_of
from scanners.pictures import lossless_png, opened, prove, stated_dpi

_AFTER_IHDR: Final = 33
"""Bytes of a PNG's signature and first chunk."""
_HEAD: Final = 65536
_QUALITY: Final = 90
"""JPEG quality for raw pixels; the colours of thin red and blue strokes are not thinned out (4:4:4)."""


def fed_side(data: bytes, device: str, asked_dpi: float) -> FedSide:
    """A side from a picture that the device encoded itself, with its resolution where it does not say one.

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
    dpi = _resolution(proof.stated_dpi, asked_dpi)
    # From here on a side is its picture alone: what the device did not write into it would be guessed.
    told = data if proof.stated_dpi is not None else _with_dpi(data, media_type, dpi)
    return FedSide(told, media_type, dpi)


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


def _with_dpi(data: bytes, media_type: str, dpi: float) -> bytes:
    """The same picture with its resolution beside it, not a pixel touched; as it came where it has Exif."""
    if media_type == PNG:
        metre = round(dpi / 0.0254)
        body = struct.pack(">4sIIB", b"pHYs", metre, metre, 1)
        chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
        return data[:_AFTER_IHDR] + chunk + data[_AFTER_IHDR:]
    # As Exif: a JFIF header would also say what the colours mean (ITU-T T.871), which the device did not.
    at = 2
    while data[at : at + 2] == b"\xff\xe0":
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if b"Exif\0\0" in data[:_HEAD]:
        return data
    exif = Image.Exif()
    exif[282] = exif[283] = dpi
    exif[296] = 2
    body = exif.tobytes()
    return data[:at] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[at:]


def _jpeg(picture: Image.Image, dpi: float) -> bytes:
    out = BytesIO()
    kept = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    kept.save(out, "JPEG", quality=_QUALITY, subsampling=0, dpi=(round(dpi), round(dpi)))
    return out.getvalue()


def _resolution(stated: float | None, asked: float) -> float:
    """What the picture says where a scanner can mean it, else what was asked for."""
    return round(stated, 2) if stated is not None and 40 <= stated <= 4800 else asked
