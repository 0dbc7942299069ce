"""Connected pieces of ink on a page: letters, marks, dots, and what is larger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import Box

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Grey

    Numbers = npt.NDArray[np.float64]

SQUEEZE: Final = 4
_FEWEST_LETTERS: Final = 60
"""With fewer pieces of ink than this nothing can be said about the height of the print."""
_LOWEST, _HIGHEST = 5.0, 34.0
"""Height of letters that can be told apart in this way, pixels."""
_RIM: Final = 4
"""Pixels at the edge of the scan, where its shadow lies."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Connected pieces of ink, one row of each array for each."""

    left: Numbers
    top: Numbers
    right: Numbers
    bottom: Numbers
    area: Numbers

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Pieces:
        """Some of the pieces."""
        return Pieces(*(values[chosen] for values in self._columns()))

    def _columns(self) -> tuple[Numbers, ...]:
        return self.left, self.top, self.right, self.bottom, self.area

    @property
    def width(self) -> Numbers:
        """Columns covered."""
        return self.right - self.left

    @property
    def height(self) -> Numbers:
        """Rows covered."""
        return self.bottom - self.top

    @property
    def middle(self) -> Numbers:
        """Row half-way down."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> Numbers:
        """Column half-way across."""
        return (self.left + self.right) / 2

    def __len__(self) -> int:
        return len(self.left)


def pieces_of(ink: Grey) -> Pieces:
    """Pieces of a picture that is 0 but for its ink."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    left, top, width, height, area = stats[1:].T.astype(np.float64)
    found = Pieces(left, top, left + width, top + height, area)
    rows, columns = ink.shape
    inside = (
        (found.right > _RIM)
        & (found.bottom > _RIM)
        & (found.left < columns - _RIM)
        & (found.top < rows - _RIM)
    )
    return found.where(inside & (area >= 2))


def usual_height(pieces: Pieces) -> float | None:
    """Height of most letters on the page, by the width that they take; None where there are too few."""
    height, width = pieces.height, pieces.width
    chosen = (height >= _LOWEST) & (height <= _HIGHEST) & (width >= 2) & (width < 8 * height)
    if int(chosen.sum()) < _FEWEST_LETTERS:
        return None
    heights, weights = height[chosen], np.minimum(width[chosen], 3 * height[chosen])
    return weighted_median(heights, weights)


def weighted_median(values: Numbers, weights: Numbers) -> float:
    """The value that has half of the weight below it."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def squeezed(shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """An empty picture of the page with four columns as one: enough to tell neighbours in a row."""
    return np.zeros((shape[0], -(-shape[1] // SQUEEZE)), np.uint8)


def column(place: Numbers) -> npt.NDArray[np.int64]:
    """The column in a squeezed picture."""
    return np.asarray(place // SQUEEZE, np.int64)


def boxes_of(pieces: Pieces) -> list[Box]:
    """Around each piece."""
    return [
        Box(*(float(side) for side in sides))
        for sides in zip(pieces.left, pieces.top, pieces.right, pieces.bottom, strict=True)
    ]
