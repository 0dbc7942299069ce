"""Photographs and screenshots among files: told by what a camera writes, or by their shape."""

from __future__ import annotations

from typing import Final

from PIL import Image

_EXIF: Final = 0x8769
_OF_A_LENS: Final = frozenset({0x829A, 0x829D, 0x8827, 0x920A})
"""Exposure time, aperture, sensitivity and focal length (CIPA DC-008): scanners write none of them."""
_SCREEN_WIDTHS: Final = frozenset(
    {640, 720, 750, 828, 1080, 1125, 1170, 1179, 1206, 1242, 1284, 1290, 1320, 1440}
)
"""Columns of phones' screens."""
_SCREEN_SHAPE: Final = (1.75, 2.4)
"""Their longer side to their shorter."""
_SAYS_NOTHING: Final = 100.0
"""Phones, messengers and screens state 72 or 96 dots per inch, or none; below this nothing is said."""
_SENSOR_SHAPES: Final = (4 / 3, 16 / 9)
_EXACT: Final = 0.002
_LEAST_PIXELS: Final = 900_000


def is_photographed(picture: Image.Image, stated_dpi: float | None) -> bool:
    """Whether a camera or a phone's screen made the picture, not a scanner.

    Phones that lost what the camera wrote, as pictures sent through messengers do, are known by the shape of
    their sensor where the file states no resolution of a scanner.
    """
    return _has_lens(picture) or _is_screen(picture, stated_dpi) or _is_sensor(picture, stated_dpi)


def _has_lens(picture: Image.Image) -> bool:
    return not _OF_A_LENS.isdisjoint(picture.getexif().get_ifd(_EXIF))


def _is_screen(picture: Image.Image, stated_dpi: float | None) -> bool:
    short, long = sorted(picture.size)
    is_phone = short in _SCREEN_WIDTHS and _SCREEN_SHAPE[0] <= long / short <= _SCREEN_SHAPE[1]
    return is_phone and (stated_dpi is None or stated_dpi < _SAYS_NOTHING)


def _is_sensor(picture: Image.Image, stated_dpi: float | None) -> bool:
    short, long = sorted(picture.size)
    is_untold = picture.format == "JPEG" and (stated_dpi is None or stated_dpi < _SAYS_NOTHING)
    is_large = short * long >= _LEAST_PIXELS
    return is_untold and is_large and any(abs(long / short / shape - 1) < _EXACT for shape in _SENSOR_SHAPES)
