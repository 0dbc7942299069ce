"""Pale pages made as dark as others, for the reader's eyes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.raster import percentile

if TYPE_CHECKING:
    from dossier.ports import Colour

_SAMPLED: Final = 3
"""Every third pixel each way tells how dark a page is."""
_PAPER, _INK = 90.0, 0.3
"""Percentiles of the pixels that are surely paper and surely ink."""
_PALE: Final = 110.0
"""Grey levels between ink and paper below which a page is pale; toner gives about 200."""
_FAINTEST: Final = 30.0
"""Below this there is no print: amplified, grain and the other side's shadow would look like some."""
_WANTED: Final = 170.0


def with_dark_ink(picture: Colour) -> Colour:
    """The page with its ink as dark as toner should be; the same picture where it is not pale.

    Grey levels are stretched alike all over the page, so nothing moves and nothing is invented.
    """
    sample = np.ascontiguousarray(picture[::_SAMPLED, ::_SAMPLED, 2])
    if sample.size == 0:
        return picture
    paper, ink = percentile(sample, _PAPER), percentile(sample, _INK)
    contrast = paper - ink
    if not _FAINTEST <= contrast < _PALE:
        return picture
    levels = np.arange(256, dtype=np.float32)
    stretched = paper - (paper - levels) * (_WANTED / contrast)
    return np.asarray(cv2.LUT(picture, np.clip(stretched, 0, 255).astype(np.uint8)), np.uint8)
