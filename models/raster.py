"""The few things that are done to grey pictures everywhere: resize, resample, divide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from dossier.geometry import Affine

if TYPE_CHECKING:
    from dossier.ports import Grey


def resized(picture: Grey, width: int, height: int) -> Grey:
    """To this size, at least one pixel either way; reducing averages, so that thin strokes survive."""
    size = (max(1, width), max(1, height))
    if size == (picture.shape[1], picture.shape[0]):
        return picture
    averaging = size[0] < picture.shape[1] or size[1] < picture.shape[0]
    method = cv2.INTER_AREA if averaging else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)


def overview(picture: Grey, width: int, height: int) -> Grey:
    """Reduced to this size for a first look, grey or in colour.

    Halved as often as that goes, which averages several times as fast; an odd last row or column is left out.
    """
    while picture.shape[1] >= 2 * width and picture.shape[0] >= 2 * height:
        half = picture.shape[1] // 2, picture.shape[0] // 2
        even = picture[: 2 * half[1], : 2 * half[0]]
        picture = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    return resized(picture, width, height)


def percentile(picture: Grey, percent: float) -> float:
    """The same as NumPy's, by the count of each grey, which needs no order among a million pixels."""
    counts = cv2.calcHist([picture], [0], None, [256], [0, 256]).ravel().astype(np.int64).cumsum()
    place = (picture.size - 1) * percent / 100
    lower, upper = np.searchsorted(counts, [int(place), min(int(place) + 1, picture.size - 1)], side="right")
    return float(lower + (upper - lower) * (place - int(place)))


def resampled(picture: Grey, back: Affine, size: tuple[int, int], border: int | None = None) -> Grey:
    """A picture of (width, height) `size` whose pixels come from where `back` leads.

    Args:
        back: from the result to the picture, both counted from pixel edges; OpenCV counts from pixel centres,
            half a pixel further in.
        border: grey outside of the picture; its own edge is drawn out without one.
    """
    shift_x = (back.a + back.c) / 2 + back.e - 0.5
    shift_y = (back.b + back.d) / 2 + back.f - 0.5
    matrix = np.array([[back.a, back.c, shift_x], [back.b, back.d, shift_y]])
    edge = cv2.BORDER_REPLICATE if border is None else cv2.BORDER_CONSTANT
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    turned = cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=edge, borderValue=border or 0)
    return np.asarray(turned, np.uint8)


def divided(picture: Grey, paper: Grey, white: int) -> Grey:
    """Each pixel over the paper's brightness at its place; bare paper becomes `white`."""
    return np.asarray(cv2.divide(picture, paper, scale=white), np.uint8)
