"""A third reader of numbers, for damaged print: compares each digit's place with the shapes of typefaces.

The two nets that read digits learned from clean print. Where ink is rubbed off they miss the same flecks and
agree on the same wrong digit: an 8 whose left side is gone is a 3 to both. This reader asks another question.
Wear and creases take ink away and hardly ever add any, so ink where a digit has none speaks strongly against
that digit, and paper where it has ink only weakly. Of an 8 taken for a 3 some specks are left on the
left side, and they have no place in a 3.

Digits of one number stand at equal distances, in one face and one size; what fits no face, as handwriting,
gives no clear answer and is not answered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from dossier.page import Engine
from dossier.ports import ReadLine, ReadWord

if TYPE_CHECKING:
    from dossier.ports import Grey

SHAPES: Final = Path(__file__).parent / "data" / "digit_shapes.npz"
"""Drawn by scripts/digit-shapes."""
ENGINE: Final = "digit-shapes"
HEIGHT: Final = 36
"""Rows of a digit as it is compared; about those of 13 point type at 300 dpi."""
MARGIN: Final = 3
"""Paper around a digit, pixels; half as many in the coarse comparison."""
_DIGITS: Final = 12
_RUBBED: Final = 0.2
"""How often a place that has ink shows none."""
_ADDED: Final = 0.04
"""How often a place that has no ink shows some."""
_PAPER, _INK = 225.0, 60.0
"""Grey of bare paper, and of full ink, in a prepared picture."""
_HEIGHTS: Final = np.geomspace(0.38, 0.95, 12)
"""How high the digits may be, as shares of the picture's height."""
_LOWER, _HIGHER = 1.13, 1.5
"""By which factors they may be lower or higher than the inked rows; a third of a digit may be rubbed off."""
_INKED_ROW: Final = 0.25
"""A row is inked that holds so much of what a full one holds."""
_FINER: Final = (0.96, 0.98, 1.0, 1.02, 1.04)
_WIDER: Final = np.linspace(0.98, 1.02, 9)
"""Copiers stretch a little; a pitch may be off by these factors."""
_TRIED: Final = 3
"""Faces and sizes that are looked at closely."""
_TENFOLD: Final = 20.0
"""Difference in log likelihood that divides the doubt by ten; neighbouring pixels prove no more than one."""
SURE: Final = 0.99
"""From here on an answer is one. Of 864 damaged numbers in twelve faces that are not among the shapes, the
two nets agreed on 27 wrong ones; with the shapes this sure and one of them, 254 were right and none wrong."""

_Map: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Face:
    """The ten digits of a typeface as filters: their correlation with ink is a log likelihood."""

    pitch: float
    filters: tuple[tuple[_Map, float], ...]
    """For each digit the weights of inked places, and what a white place has against it."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """The best place of a number for one face and size."""

    likelihood: float
    """By how much this explains the picture better than bare paper does, for each of its pixels."""
    face: int
    height: float
    """Share of the picture's height."""
    cells: npt.NDArray[np.float32]
    """Log likelihood of each digit at each place, shape (10, 12)."""
    left: float
    right: float
    """Where the number begins and ends, as shares of the picture's width."""


class DigitShapeReader:
    """Reads numbers of 12 digits that stand in one row; anything else is not answered."""

    def __init__(self, shapes: Path = SHAPES) -> None:
        self._engine = Engine(ENGINE, "1", hashlib.sha256(shapes.read_bytes()).hexdigest())
        self._coarse, self._fine = _faces(shapes)

    @property
    def engine(self) -> Engine:
        """Who reads."""
        return self._engine

    @property
    def alphabet(self) -> str:
        """Digits only."""
        return "0123456789"

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """The number in each picture as one word where it stands; the confidence is that of its worst digit.

        A digit that is ten times as likely as the next has a confidence of 0.9, a hundred times 0.99.
        """
        return tuple(self._read_line(line) for line in lines)

    def _read_line(self, line: Grey) -> ReadLine:
        if min(line.shape[:2]) < 8 or line.shape[1] < 3 * line.shape[0]:
            return ReadLine(())
        ink = np.clip((_PAPER - line.astype(np.float32)) / (_PAPER - _INK), 0.0, 1.0)
        best = self._best(ink)
        if best is None or float(best.cells.max(axis=0).min()) <= 0.0:
            return ReadLine(())  # fewer digits than twelve: somewhere bare paper is likelier than any
        ordered = np.sort(best.cells, axis=0)
        margin = float((ordered[-1] - ordered[-2]).min())
        digits = "".join(str(digit) for digit in best.cells.argmax(axis=0))
        return ReadLine((ReadWord(digits, best.left, best.right, 1.0 - 10.0 ** (-margin / _TENFOLD)),))

    def _best(self, ink: _Map) -> _Fit | None:
        """The likeliest face, size and place: all of them coarsely, the best of those closely."""
        rough = [
            fit
            for height in _heights(ink)
            for fit in _fits(ink, self._coarse, range(len(self._coarse)), float(height))
        ]
        rough.sort(key=lambda fit: -fit.likelihood)
        close = [
            fit
            for found in rough[:_TRIED]
            for factor in _FINER
            for fit in _fits(ink, self._fine, (found.face,), found.height * factor)
        ]
        return max(close, key=lambda fit: fit.likelihood, default=None)


def _heights(ink: _Map) -> list[float]:
    """How high the digits may be: about as the inked rows are, or anything where a fold parts these."""
    rows = ink.sum(axis=1)
    inked = np.flatnonzero(rows > _INKED_ROW * np.percentile(rows, 90))
    if inked.size and inked.size == inked[-1] - inked[0] + 1:
        seen = inked.size / rows.size
        near = [float(h) for h in _HEIGHTS if seen / _LOWER <= h <= seen * _HIGHER]
        if near:
            return near
    return [float(h) for h in _HEIGHTS]


def _fits(ink: _Map, faces: Sequence[_Face], which: Sequence[int], height: float) -> Iterator[_Fit]:
    """The best place of a number for each of these faces, its digits so high."""
    rows = faces[0].filters[0][0].shape[0]
    margin = MARGIN * rows // (HEIGHT + 2 * MARGIN)
    padding = 2 * margin + 2
    scale = (rows - 2 * margin) / (height * ink.shape[0])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=method)
    scaled = np.asarray(np.pad(resized, padding), np.float32)
    for index in which:
        face = faces[index]
        needed = face.filters[0][0].shape[1] + _DIGITS * face.pitch * _WIDER[-1]
        if scaled.shape[1] < needed or scaled.shape[0] < rows:
            continue
        near = np.stack([_near(scaled, *one) for one in face.filters])
        likelihood, row, column, steps = _place(near.max(axis=0), face.pitch)
        inner = resized.shape[1]
        left = (column + margin - padding) / inner
        right = left + (steps[-1] + face.pitch) / inner
        yield _Fit(
            likelihood / scale**2,
            index,
            height,
            near[:, row, column + steps],
            min(1.0, max(0.0, left)),
            min(1.0, max(0.0, right)),
        )


def _near(scaled: _Map, weights: _Map, white: float) -> _Map:
    """The likelihood of a digit at each place; it may stand one pixel off."""
    found = cv2.matchTemplate(scaled, weights, cv2.TM_CCORR) + white
    return np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)), np.float32)


def _place(top: _Map, pitch: float) -> tuple[float, int, int, npt.NDArray[np.int_]]:
    """Where twelve digits at equal distances fit best: likelihood, row, column, and the steps between them.

    Args:
        top: likelihood of the best digit at each place.
    """
    found = []
    for factor in _WIDER:
        steps = np.round(np.arange(_DIGITS) * pitch * factor).astype(int)
        count = top.shape[1] - int(steps[-1])
        total = np.sum([top[:, step : step + count] for step in steps], axis=0)
        row, column = divmod(int(total.argmax()), count)
        found.append((float(total[row, column]), row, column, steps))
    return max(found, key=lambda place: place[0])


@cache
def _faces(shapes: Path) -> tuple[tuple[_Face, ...], tuple[_Face, ...]]:
    """Every face in half and in full size."""
    with np.load(shapes) as kept:
        names = [name for name in kept.files if not name.endswith(".pitch")]
        pitches = {name: float(kept[f"{name}.pitch"]) for name in names}
        drawn = {name: kept[name].astype(np.float32) / 255 for name in names}
    coarse = tuple(_face(pitches[name] / 2, [_halved(digit) for digit in drawn[name]]) for name in names)
    return coarse, tuple(_face(pitches[name], list(drawn[name])) for name in names)


def _halved(digit: _Map) -> _Map:
    size = (max(1, round(digit.shape[1] / 2)), max(1, round(digit.shape[0] / 2)))
    return np.asarray(cv2.resize(digit, size, interpolation=cv2.INTER_AREA), np.float32)


def _face(pitch: float, digits: Sequence[_Map]) -> _Face:
    return _Face(pitch, tuple(_filter(digit) for digit in digits))


def _filter(digit: _Map) -> tuple[_Map, float]:
    """Weights and offset; with them ink tells how much likelier this digit is than bare paper."""
    soft = np.asarray(cv2.GaussianBlur(digit, (0, 0), 0.6), np.float32)
    inked = np.log((1 - _RUBBED) / _RUBBED) + np.log((1 - _ADDED) / _ADDED)
    white = np.log(_RUBBED) - np.log(1 - _ADDED)
    return np.asarray(soft * inked, np.float32), float(soft.sum() * white)
