"""Pictures without the scanner's lid: paper where nothing lay. For looking alone; the scan stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.outline import Outline, OutlineKind
from pipeline.tilted import Straightened, straightened

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Colour

_STEP: Final = 8
"""Every eighth pixel tells what the lid is like."""
_EVEN: Final = 30
"""Levels within which nearly all of the lid has to lie: where it does not, something lies there."""
_NEARLY_ALL: Final = 99.7
_LIKE_PAPER: Final = 24
"""Levels; a lid as bright as this below the sheet is left alone."""
_OVER_THE_EDGE: Final = 6
"""Pixels of a sheet's own edge that go with the lid: its shadow and what softness mixes."""


def without_lid(picture: Colour, things: Sequence[Outline]) -> Colour:
    """The picture with the tone of paper around what lies on the glass, or the picture itself.

    Places stay what they are. Where anything but an even lid is seen beside the things, for instance a sheet
    whose edges could not be told, nothing is taken away.
    """
    if not things:
        return picture
    inside = _mask(picture.shape[:2], things, 0)
    few, few_inside = picture[::_STEP, ::_STEP], inside[::_STEP, ::_STEP] > 0
    around = few[_mask(picture.shape[:2], things, 2 * _STEP)[::_STEP, ::_STEP] == 0]
    if around.size == 0 or not few_inside.any():
        return picture
    lid, paper = np.median(around, axis=0), np.percentile(few[few_inside], 85, axis=0)
    away = np.percentile(np.abs(around.astype(np.int16) - lid).max(axis=1), _NEARLY_ALL)
    if away > _EVEN or float((paper - lid).max()) < _LIKE_PAPER:
        return picture
    kept = _mask(picture.shape[:2], things, -_OVER_THE_EDGE)
    filled = picture.copy()
    filled[kept == 0] = paper.astype(np.uint8)
    return filled


def sheet_alone(picture: Colour, things: Sequence[Outline]) -> Straightened | None:
    """The one sheet on the glass, cut out along its edges; None where there is anything else."""
    if len(things) != 1 or things[0].kind is not OutlineKind.SHEET:
        return None
    return straightened(picture, np.array(things[0].corners, np.float32))


def _mask(shape: tuple[int, ...], things: Sequence[Outline], grown: int) -> npt.NDArray[np.uint8]:
    """255 where things lie, grown or shrunk by some pixels."""
    mask = np.zeros(shape[:2], np.uint8)
    for thing in things:
        corners = np.array(thing.corners).round().astype(np.int32)
        cv2.fillConvexPoly(mask, corners, 255)
        if grown:
            cv2.polylines(mask, [corners], True, 255 if grown > 0 else 0, 2 * abs(grown))
    return mask
