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
_CRACK: Final = 2.0
"""Rows between the halves of a letter that fell apart where its stroke is thinnest, or which both reach."""
_WHOLE: Final = (0.8, 1.4)
"""Usual heights that the two are high together: more than a hat with its tone, less than two lines."""
_ROOM_BELOW: Final = 0.7
"""Usual heights of paper below them; marks stand nearer to their letters."""
_MOST_PAIRS: Final = 100_000
"""More small pieces at the same height are dirt, or dots of a screen."""


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

    def and_also(self, others: Pieces) -> Pieces:
        """These and others, in this order."""
        both = zip(self._columns(), others._columns(), strict=True)
        return Pieces(*(np.concatenate(pair) for pair in both))

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


def mended(pieces: Pieces, usual: float, core: float) -> Pieces:
    """Pieces with the two halves of a broken letter as one: a `5` in small type falls apart at its neck.

    Args:
        usual: height of most letters, pixels.
        core: share of it below which a piece is no letter by itself.
    """
    is_low = pieces.height < core * usual
    upper, lower = _one_above_the_other(pieces, np.flatnonzero(is_low))
    left, right = (
        np.minimum(pieces.left[upper], pieces.left[lower]),
        np.maximum(pieces.right[upper], pieces.right[lower]),
    )
    shared = np.minimum(pieces.right[upper], pieces.right[lower]) - np.maximum(
        pieces.left[upper], pieces.left[lower]
    )
    height = pieces.bottom[lower] - pieces.top[upper]
    fits = (height >= _WHOLE[0] * usual) & (height <= _WHOLE[1] * usual) & (right - left <= _WHOLE[1] * usual)
    fits &= shared >= 0.5 * np.minimum(pieces.width[upper], pieces.width[lower])
    letters = pieces.where(~is_low)
    halves: list[tuple[int, int]] = []
    taken: set[int] = set()
    for pair in zip(upper[fits].tolist(), lower[fits].tolist(), strict=True):
        if taken.isdisjoint(pair) and not _hangs_over(letters, pieces, pair, usual):
            halves.append(pair)
            taken.update(pair)
    if not halves:
        return pieces
    upper, lower = np.array(halves).T
    whole = Pieces(
        np.minimum(pieces.left[upper], pieces.left[lower]),
        pieces.top[upper],
        np.maximum(pieces.right[upper], pieces.right[lower]),
        pieces.bottom[lower],
        pieces.area[upper] + pieces.area[lower],
    )
    rest = np.ones(len(pieces), np.bool_)
    rest[upper] = rest[lower] = False
    return pieces.where(rest).and_also(whole)


def _one_above_the_other(
    pieces: Pieces, chosen: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs of these pieces of which one ends about where the other begins; none where there are too many."""
    below = chosen[np.argsort(pieces.top[chosen], kind="stable")]
    tops, ends = pieces.top[below], pieces.bottom[chosen]
    first, last = (
        np.searchsorted(tops, ends - _CRACK, side="left"),
        np.searchsorted(tops, ends + _CRACK, side="right"),
    )
    count = last - first
    if int(count.sum()) > _MOST_PAIRS:
        return chosen[:0], chosen[:0]
    starts = np.repeat(first - np.r_[0, np.cumsum(count)[:-1]], count) if chosen.size else chosen
    return np.repeat(chosen, count), below[starts + np.arange(int(count.sum()))]


def _hangs_over(letters: Pieces, pieces: Pieces, halves: tuple[int, int], usual: float) -> bool:
    """Whether there is a letter right below, whose marks the two are."""
    both = list(halves)
    left, right, bottom = pieces.left[both].min(), pieces.right[both].max(), pieces.bottom[both].max()
    beneath = (letters.top > bottom - 1) & (letters.top < bottom + _ROOM_BELOW * usual)
    return bool((beneath & (letters.left < right) & (letters.right > left)).any())


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
