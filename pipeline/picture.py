"""Bytes of a picture file to pixels, as they are stored."""

from __future__ import annotations

import io
import struct
import warnings
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from dossier.errors import SourceEmpty, SourceTooLarge, SourceUnreadable
from dossier.page import MOST_PIXELS

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Colour

_DAMAGED: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
)
"""What Pillow's decoders raise on damaged files."""
_END_OF_JPEG: Final = b"\xff\xd9"
_SIXTEEN_BITS: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N")


def decode(data: bytes, *, most_pixels: int = MOST_PIXELS, longest: int = 0) -> Colour:
    """The picture as blue-green-red bytes of shape (height, width, 3).

    JPEG, PNG and TIFF (one frame, any compression that Pillow knows, CCITT G4 too), of any depth. Transparent
    parts become white paper. An orientation tag is not followed: rendition and reader both work on pixels as
    stored.

    Args:
        data: the file.
        most_pixels: a picture with more is refused.
        longest: a picture whose longer side has more pixels is made as much smaller; 0 for as it is stored.

    Raises:
        SourceEmpty: no bytes.
        SourceTooLarge: more pixels than allowed; nothing has been decoded then.
        SourceUnreadable: damaged, cut short, or no picture at all.
    """
    if not data:
        raise SourceEmpty("picture", "no bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # Pillow warns about odd tags and about size, which is checked here
            with Image.open(io.BytesIO(data)) as picture:
                _refuse_too_large(picture, most_pixels)
                at_once = None if longest else _jpeg_at_once(picture, data)
                if at_once is not None:
                    return at_once
                if longest:
                    picture.draft(None, (longest, longest))  # JPEG alone is decoded smaller at once
                picture.load()
                pixels = _pixels(picture)
        return _colour(_no_longer(pixels, longest) if longest else pixels)
    except SourceTooLarge:
        raise
    except Image.DecompressionBombError as error:
        raise SourceTooLarge("picture", str(error)) from error
    except UnidentifiedImageError as error:
        raise SourceUnreadable("picture", "not a picture that can be read") from error
    except _DAMAGED as error:
        raise SourceUnreadable("picture", str(error) or type(error).__name__) from error
    except MemoryError as error:
        raise SourceTooLarge("picture", "does not fit into memory") from error


def _jpeg_at_once(picture: Image.Image, data: bytes) -> Colour | None:
    """A plain JPEG that is whole to its end, by OpenCV: the same decoder and pixels in half the time.

    None for everything else, and for what it cannot decode: Pillow then says what is wrong.
    """
    if picture.format != "JPEG" or picture.mode not in ("RGB", "L") or not data.endswith(_END_OF_JPEG):
        return None
    options = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), options)
    except cv2.error:
        return None
    if pixels is None or pixels.shape[1::-1] != picture.size:
        return None
    return np.asarray(pixels, np.uint8)


def _no_longer(pixels: npt.NDArray[np.uint8], longest: int) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    share = longest / max(height, width)
    if share >= 1:
        return pixels
    size = max(1, round(width * share)), max(1, round(height * share))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _refuse_too_large(picture: Image.Image, most_pixels: int) -> None:
    width, height = picture.size
    if width * height > most_pixels:
        raise SourceTooLarge("picture", f"{width} x {height} pixels, at most {most_pixels:,} are read")
    if width < 1 or height < 1:
        raise SourceUnreadable("picture", "no pixels")


def _pixels(picture: Image.Image) -> npt.NDArray[np.uint8]:
    """Grey, or red-green-blue; Pillow's own copy of the picture can go before colours are put in order."""
    if picture.mode in _SIXTEEN_BITS or picture.mode == "F":
        return _eight_bits(np.asarray(picture))
    if picture.mode == "L" and "transparency" not in picture.info:
        return np.asarray(picture)
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        opaque = picture.convert("RGBA")
        paper = Image.new("RGBA", opaque.size, (255, 255, 255, 255))
        paper.alpha_composite(opaque)
        picture = paper
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _colour(pixels: npt.NDArray[np.uint8]) -> Colour:
    order = cv2.COLOR_GRAY2BGR if pixels.ndim == 2 else cv2.COLOR_RGB2BGR
    return np.asarray(cv2.cvtColor(pixels, order), np.uint8)


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """16-bit and floating values to bytes: by the format's range, or by the values where they leave it."""
    numbers = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(numbers.max(initial=0.0))
    if np.issubdtype(values.dtype, np.floating) and top <= 1.0:
        full = 1.0
    elif top <= 255:
        full = 255.0
    else:
        full = max(65535.0, top)
    return np.clip(numbers * (255.0 / full), 0, 255).astype(np.uint8)
