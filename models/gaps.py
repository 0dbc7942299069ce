"""White gaps in the picture of a line: where words end, and where a line may be cut."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from dossier.ports import Grey

_RIM: Final = 4
"""Rows above and below, out of 48, that belong to neighbouring lines."""


def ink_columns(line: Grey) -> npt.NDArray[np.bool_]:
    """For each column whether it holds ink, judged half-way between the line's paper and its ink."""
    rim = max(0, min(_RIM, (line.shape[0] - 1) // 2)) if line.shape[0] >= 3 * _RIM else 0
    body = line[rim : line.shape[0] - rim]
    darkest = body.min(axis=0)
    levels = _counts(body)
    paper = max(_level(_counts(darkest), 0.98), _level(levels, 0.90))
    ink = _level(levels, 0.01)
    if paper - ink < 30:
        return np.zeros(line.shape[1], np.bool_)
    return np.asarray(darkest < (paper + ink) / 2, np.bool_)


def _counts(grey: Grey) -> npt.NDArray[np.float32]:
    """How often each grey level occurs; many times faster than sorting the pixels."""
    return np.asarray(cv2.calcHist([grey], [0], None, [256], [0, 256]), np.float32).ravel()


def _level(counts: npt.NDArray[np.float32], share: float) -> int:
    """The grey level below or at which this share of the pixels lies."""
    reached = np.cumsum(counts, dtype=np.float64)
    return int(np.searchsorted(reached, share * reached[-1]))


def widest_gaps(
    ink: npt.NDArray[np.bool_], between: Iterable[tuple[float, float]]
) -> list[tuple[float, float]]:
    """First and one-past-last column of the longest white run between each two columns.

    Where there is none, the middle, twice.
    """
    runs = white_runs(ink)
    begins = [begin for begin, _ in runs]
    found = []
    for start, stop in between:
        first = max(0, int(start))
        last = min(len(ink), max(first + 1, math.ceil(stop)))
        best = (0, 0)
        for begin, end in runs[max(0, bisect_right(begins, first) - 1) : bisect_left(begins, last)]:
            inside = (max(begin, first), min(end, last))
            if inside[1] - inside[0] > best[1] - best[0]:
                best = inside
        middle = (start + stop) / 2
        found.append((middle, middle) if best == (0, 0) else (float(best[0]), float(best[1])))
    return found


def white_runs(ink: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of columns without ink: first and one past last."""
    white = np.concatenate(([False], ~ink, [False]))
    changes = np.flatnonzero(white[1:] != white[:-1])
    return [(int(a), int(b)) for a, b in zip(changes[::2], changes[1::2], strict=True)]


def cut_columns(line: Grey, widest: int) -> list[int]:
    """Columns at which to cut a line so that no part is wider than `widest`.

    Each cut lies in the middle of the widest white gap in the second half of what still fits; a line without
    any gap is cut where its columns are lightest.
    """
    cuts: list[int] = []
    start, width = 0, line.shape[1]
    if width <= widest:
        return cuts
    ink = ink_columns(line)
    while width - start > widest:
        low, high = start + widest // 2, start + widest
        runs = white_runs(ink[low:high])
        if runs:
            begin, end = max(runs, key=lambda run: run[1] - run[0])
            start = low + (begin + end) // 2
        else:
            start = low + int(line[:, low:high].mean(axis=0).argmax())
        start = max(start, cuts[-1] + 1 if cuts else 1)
        cuts.append(start)
    return cuts
