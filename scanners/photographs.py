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


def is_photographed(picture: Image.Image, size: tuple[int, int], stated_dpi: float | None) -> bool:
    """Whether a camera or a phone's screen made the picture, not a scanner.

    Phones that lost what the camera wrote, as pictures sent through messengers do, are known by the shape of
    their sensor where the file states no resolution of a scanner.

    Args:
        picture: with what its file says.
        size: its width and height, pixels; the picture itself may have been decoded to less.
        stated_dpi: resolution that the file states; None for none.
    """
    is_untold = stated_dpi is None or stated_dpi < _SAYS_NOTHING
    return _has_lens(picture) or (is_untold and (_is_screen(size) or _is_sensor(picture, size)))


def _has_lens(picture: Image.Image) -> bool:
    return not _OF_A_LENS.isdisjoint(picture.getexif().get_ifd(_EXIF))


def _is_screen(size: tuple[int, int]) -> bool:
    short, long = sorted(size)
    return short in _SCREEN_WIDTHS and _SCREEN_SHAPE[0] <= long / short <= _SCREEN_SHAPE[1]


def _is_sensor(picture: Image.Image, size: tuple[int, int]) -> bool:
    short, long = sorted(size)
    if picture.format != "JPEG" or short * long < _LEAST_PIXELS:
        return False
    return any(abs(long / short / shape - 1) < _EXACT for shape in _SENSOR_SHAPES)
