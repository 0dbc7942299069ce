"""The one door to Pillow: size is judged by the header, and a picture counts once it is decoded whole."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageChops, ImageOps

from dossier.errors import SourceTooLarge, SourceUnreadable
from scanners.delivery import IntakeLimits
from scanners.photographs import is_photographed

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF", "image/jp2": "JPEG2000"}
_DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow's readers are known to raise over a damaged file."""
_ORIENTATION: Final = 0x0112
_MIRRORED: Final = frozenset({2, 4, 5, 7})
"""Values of the orientation tag (CIPA DC-008) that exchange left and right."""
_SQUARE: Final = 0.05
_LEAST_STATED, _MOST_STRETCH = 60.0, 4.5
"""Fax machines write 204 x 98, 204 x 196 and 204 x 391 dots per inch (ITU-T T.4)."""
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a picture after all of it was decoded."""

    width: int
    height: int
    stated_dpi: float | None
    """What the file says; None where it says nothing that can be read."""
    is_photographed: bool = False
    """Made by a camera or on a phone's screen, see `scanners.photographs`."""
    is_mirrored: bool = False
    """Its tag says that left and right are exchanged: no turn makes it legible as it is stored."""
    stretch: float = 1.0
    """How many times as tall as wide its pixels are, by what the file states."""


def check_size(width: int, height: int, name: str, limits: IntakeLimits) -> None:
    """Raise SourceTooLarge over a picture with more pixels than the limits allow."""
    if max(width, height) >= limits.side or width * height > limits.pixels:
        raise SourceTooLarge(name, f"a picture of {width} x {height} pixels")
    if width < 1 or height < 1:
        raise SourceUnreadable(name, "a picture without pixels")


def prove(data: bytes, media_type: str, name: str, limits: IntakeLimits) -> Proof:
    """Decode a picture from the first row to the last.

    A JPEG is read to its last byte and every block's coefficients are decoded, but only one pixel of each
    block is computed: what is damaged shows in the bytes, and it costs a third.

    Raises:
        SourceTooLarge: by the header, before anything is decoded.
        SourceUnreadable: it is cut off or damaged.
    """
    if media_type == "image/png":
        _check_png_chunks(data, name)
    with _told(name, limits):
        picture = _begun(data, media_type, name, limits)
        width, height = picture.size
        mirrored = is_mirrored(picture)  # loading a TIFF may follow the tag and forget it
        picture.draft(None, (1, 1))  # a JPEG's alone; others are decoded as they are
        picture.load()
    with picture:
        return Proof(
            width,
            height,
            stated_dpi(picture),
            _is_photographed(picture, (width, height)),
            mirrored,
            stretch(picture),
        )


@contextmanager
def opened(
    data: bytes, media_type: str, name: str, limits: IntakeLimits, frame: int = 0
) -> Iterator[Image.Image]:
    """A picture, decoded whole; errors in decoding become SourceError, Pillow's warnings stay inside."""
    picture = _decoded(data, media_type, name, limits, frame)
    try:
        yield picture
    finally:
        picture.close()


def stated_dpi(picture: Image.Image) -> float | None:
    """The resolution along the rows that the file itself states."""
    stated = picture.info.get("dpi")
    try:
        return float(stated[0]) if stated else None
    except _DAMAGE:
        return None


def _is_photographed(picture: Image.Image, size: tuple[int, int]) -> bool:
    """A directory of tags that is damaged tells nothing."""
    try:
        return is_photographed(picture, size, stated_dpi(picture))
    except _DAMAGE:
        return False


def as_seen(picture: Image.Image, name: str, limits: IntakeLimits) -> Image.Image:
    """A picture as its file says it is to be seen: its orientation followed, its pixels made square.

    Raises SourceTooLarge over more pixels than a drawn page may have, SourceUnreadable.
    """
    times = stretch(picture)
    width = round(picture.width * max(1 / times, 1.0))
    height = round(picture.height * max(times, 1.0))
    check_size(width, height, name, limits)
    if width * height > limits.drawn_pixels:
        raise SourceTooLarge(name, f"a picture to be set right of {width} x {height} pixels")
    with _told(name, limits):
        seen = picture
        if times != 1.0:
            smooth = picture.convert({"1": "L", "P": "RGB"}.get(picture.mode, picture.mode))
            seen = smooth.resize((width, height), Image.Resampling.BICUBIC)
        return ImageOps.exif_transpose(seen).copy()


def is_mirrored(picture: Image.Image) -> bool:
    """Whether a tag says that left and right of what is stored are exchanged."""
    if picture.format not in ("JPEG", "TIFF"):
        return False  # asked for its tags, Pillow decodes a whole PNG and forgives what is damaged
    try:
        return picture.getexif().get(_ORIENTATION) in _MIRRORED
    except _DAMAGE:
        return False


def stretch(picture: Image.Image) -> float:
    """How many times as tall as wide the pixels are, by both resolutions that a file states."""
    try:
        across, down = (float(value) for value in picture.info["dpi"])
        ratio = across / down
    except _DAMAGE:
        return 1.0
    is_meant = min(across, down) >= _LEAST_STATED and 1 / _MOST_STRETCH <= ratio <= _MOST_STRETCH
    return ratio if is_meant and abs(ratio - 1) > _SQUARE else 1.0


def lossless_png(picture: Image.Image, dpi: float) -> bytes:
    """The same samples as PNG; light compression, because the bytes only live until the page is sealed."""
    kept = picture if picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else picture.convert("RGB")
    out = io.BytesIO()
    kept.save(out, "PNG", compress_level=3, dpi=(dpi, dpi))
    return out.getvalue()


def without_idle_colour(picture: Image.Image) -> Image.Image:
    """A picture whose three channels are the same everywhere says all it has to say in one."""
    if picture.mode != "RGB":
        return picture
    red, green, blue = picture.split()
    same = all(ImageChops.difference(red, other).getbbox() is None for other in (green, blue))
    return red if same else picture


def _decoded(data: bytes, media_type: str, name: str, limits: IntakeLimits, frame: int) -> Image.Image:
    with _told(name, limits):
        picture = _begun(data, media_type, name, limits, frame)
        picture.load()
    return picture


def _begun(data: bytes, media_type: str, name: str, limits: IntakeLimits, frame: int = 0) -> Image.Image:
    """A picture of which the header is read."""
    picture = Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]])
    if frame:
        picture.seek(frame)
    check_size(*picture.size, name, limits)
    return picture


@contextmanager
def _told(name: str, limits: IntakeLimits) -> Iterator[None]:
    """Pillow's errors become SourceError, its warnings stay inside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Image.DecompressionBombError as e:
            raise SourceTooLarge(name, f"a picture of more than {limits.pixels} pixels") from e
        except MemoryError as e:
            raise SourceTooLarge(name, "it needs more memory than one page may take") from e
        except _DAMAGE as e:
            raise SourceUnreadable(name, _cause(e)) from e


def _cause(error: BaseException) -> str:
    text = " ".join(str(error).split())
    if "truncated" in text.lower():
        return "the picture is cut off"
    return f"the picture does not decode ({text[:80] or type(error).__name__})"


def _check_png_chunks(data: bytes, name: str) -> None:
    """Every chunk whole, up to IEND; Pillow is content once it has all rows."""
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if kind == b"IEND" and at <= len(data):
            return
    raise SourceUnreadable(name, "the picture is cut off")
