"""Where lines of print are: PaddleOCR's detector, PP-OCRv6 tiny."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box
from dossier.page import Engine
from models import paddle
from models.raster import resized

if TYPE_CHECKING:
    from dossier.ports import Grey

_LONGEST_SIDE: Final = 1280
"""Pixels; 960 finds fewer of the small lines, 1600 costs half as much again and finds no more."""
_STRIDE: Final = 32
"""The net wants sides that are multiples of it."""


class PaddleLineFinder:
    """Finds text lines in a prepared, upright page."""

    def __init__(self, cache: Path | None = None) -> None:
        self._engine = paddle.engine(paddle.DETECTOR)
        self._detector = paddle.open_detector(
            cache or paddle.default_cache(),
            limit_side_len=_LONGEST_SIDE,
            limit_type="max",
            thresh=0.25,
            box_thresh=0.5,
            unclip_ratio=1.6,
        )

    @property
    def engine(self) -> Engine:
        """Who finds."""
        return self._engine

    def find(self, picture: Grey) -> tuple[Box, ...]:
        """Boxes of text lines, in no order; pictures larger than 1280 pixels are reduced first."""
        height, width = picture.shape[:2]
        if height < 1 or width < 1:
            return ()
        scale = min(1.0, _LONGEST_SIDE / max(height, width))
        reduced = _reduced(picture, round(width * scale), round(height * scale))
        found = next(iter(self._detector.predict(cv2.cvtColor(reduced, cv2.COLOR_GRAY2BGR))))
        across, down = width / reduced.shape[1], height / reduced.shape[0]
        return tuple(_box(np.asarray(corners), across, down) for corners in found["dt_polys"])


def _reduced(picture: Grey, width: int, height: int) -> Grey:
    """To sides that the detector takes as they are: its own reduction skips pixels, this averages them."""
    across, down = (max(1, round(side / _STRIDE)) * _STRIDE for side in (width, height))
    return resized(picture, across, down)


def _box(corners: np.ndarray, across: float, down: float) -> Box:
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return Box(float(left) * across, float(top) * down, float(right) * across, float(bottom) * down)
