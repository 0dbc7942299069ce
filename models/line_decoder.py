"""From the net's output to characters: greedy, and by the language where the picture leaves a choice.

The net says at each step how likely each character is. Nearly always one is certain, and it stands: nothing
here touches it. Where a few are about equally likely (ổ, ỗ, ồ over a worn capital; a space or none before a
digit) the readings of that place are listed by a CTC prefix beam search (Hannun et al. 2014, arXiv:1408.2873)
over just those steps, and the one is taken that is best by picture and language together. The language may
only choose between marks of the same letters and between spaces, and repair capitals inside a word; never
digits, signs or letters, and never against a clear picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from models.doubled import without_doubles
from models.handwriting import HAND_DIGITS
from models.syllables import Usage
from models.word_choice import NEAR, Seen, Slot, bones, choose, text_of

Logits = npt.NDArray[np.float32]
STEP: Final = 4
"""Columns of the line's picture per time step."""
_LEAST_SHARE: Final = 0.002
_NEVER: Final = -1e4
_BEAM: Final = 6
_LONGEST_RUN: Final = 16
"""Steps; where more are unsure together there is no print, or none that can be read."""


class LineDecoder:
    """Turns the net's output for a line into characters."""

    def __init__(self, characters: Sequence[str], usage: Usage | None = None) -> None:
        """Decode with these classes, the first of which is the blank; greedily without `usage`."""
        self._characters = tuple(characters)
        self._usage = usage
        self._space = self._characters.index(" ") if " " in self._characters else -1
        self._by_hand = {
            self._characters.index(str(digit)): self._characters.index(written)
            for digit, written in enumerate(HAND_DIGITS)
            if written in self._characters
        }
        letters = [bones(character) for character in self._characters]
        self._kin = [
            frozenset(n for n, other in enumerate(letters) if n and (n == number or (own and other == own)))
            for number, own in enumerate(letters)
        ]

    def decode(self, logits: Logits) -> list[Seen]:
        """The characters of a line, from left to right.

        Args:
            logits: shape (steps, classes), not normalised.
        """
        hand = np.zeros((0, 0), np.bool_)
        if self._by_hand:
            logits, hand = self._folded(logits)
        best = logits.argmax(axis=1)
        peaks = logits[np.arange(len(best)), best]
        spans = _spans(best)
        output = _Output(logits, peaks, best.tolist(), hand)
        seen = self._greedy(output, spans)
        if self._usage is None or not seen:
            return seen
        slots = self._slots(output, spans, seen)
        return without_doubles(choose(seen, slots, self._usage) if slots else seen)

    def _folded(self, logits: Logits) -> tuple[Logits, npt.NDArray[np.bool_]]:
        """Digits by pen and by press as one class each; for each step and digit whether it was the pen."""
        printed, written = list(self._by_hand), list(self._by_hand.values())
        hand = logits[:, written] > logits[:, printed]
        folded = logits.copy()
        folded[:, printed] = np.logaddexp(logits[:, printed], logits[:, written])
        folded[:, written] = _NEVER
        return folded, hand

    def _is_by_hand(self, output: _Output, step: int, kind: int) -> bool:
        if kind not in self._by_hand:
            return False
        return bool(output.hand[step, list(self._by_hand).index(kind)])

    def _greedy(self, output: _Output, spans: Sequence[tuple[int, int, int]]) -> list[Seen]:
        logits, peaks = output.logits, output.peaks
        solid = [span for span in spans if span[2]]
        tops = [a if b == a + 1 else a + int(peaks[a:b].argmax()) for a, b, _ in solid]
        likelihoods = 1.0 / np.exp(logits[tops] - peaks[tops, None]).sum(axis=1)
        return [
            Seen(
                self._characters[kind],
                (a + b) / 2 * STEP,
                likelihood,
                hand=self._is_by_hand(output, top, kind),
            )
            for (a, b, kind), top, likelihood in zip(solid, tops, likelihoods.tolist(), strict=True)
        ]

    def _slots(
        self, output: _Output, spans: Sequence[tuple[int, int, int]], seen: Sequence[Seen]
    ) -> list[Slot]:
        numbers = _numbers(spans)
        slots: list[Slot] = []
        for start, stop, kinds in _open_runs(output):
            if stop - start > _LONGEST_RUN:
                continue
            end = min(stop + 1, len(output.best))
            read = frozenset(output.best[max(0, start - 1) : end])
            rivals = kinds & frozenset().union({self._space}, *(self._kin[kind] for kind in read))
            is_sure_space = self._space in (output.best[start - 1] if start else 0, output.best[end - 1])
            if rivals <= read and (is_sure_space or self._space not in rivals):
                continue
            first, after = _covered(numbers, output.best, start, end)
            if slots and first < slots[-1].stop:
                continue
            readings = self._readings(output, (start, end), rivals | read | {0})
            greedy = text_of(seen[first:after])
            if len(readings) > 1 and any(text_of(reading) == greedy for reading, _ in readings):
                slots.append(Slot(first, after, readings))
        return slots

    def _readings(
        self, output: _Output, steps: tuple[int, int], allowed: frozenset[int]
    ) -> tuple[tuple[tuple[Seen, ...], float], ...]:
        """What a run of steps and the sure step behind it may say, the likeliest first."""
        start, end = steps
        window = output.logits[start:end] - output.peaks[start:end, None]
        shares = np.exp(window)
        shares /= shares.sum(axis=1, keepdims=True)
        rows = [
            [(kind, share) for kind in allowed if (share := float(row[kind])) > _LEAST_SHARE]
            for row in shares
        ]
        found = []
        for kinds, weight in _beam(rows, output.best[start - 1] if start else 0):
            peaks = _peaks(shares, kinds)
            seen = tuple(
                Seen(
                    self._characters[kind],
                    (start + peak + 0.5) * STEP,
                    float(shares[peak, kind]),
                    chosen=True,
                    hand=self._is_by_hand(output, start + peak, kind),
                )
                for kind, peak in zip(kinds, peaks, strict=True)
            )
            found.append((seen, weight))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Output:
    """What the net said of a line."""

    logits: Logits
    peaks: npt.NDArray[np.float32]
    """The highest value of each step."""
    best: list[int]
    """Its class."""
    hand: npt.NDArray[np.bool_]
    """For each step and digit whether a pen wrote it; empty where the net does not know."""


def _open_runs(output: _Output) -> Iterator[tuple[int, int, frozenset[int]]]:
    """Runs of steps at which more than one class is likely: first, one past last, all these classes."""
    steps, classes = output.logits.shape
    near = np.flatnonzero(output.logits > output.peaks[:, None] - NEAR)
    at = near // classes
    many = np.flatnonzero(np.bincount(at, minlength=steps) > 1)
    if not many.size:
        return
    breaks = np.flatnonzero(np.diff(many) > 1)
    starts = many[np.concatenate(([0], breaks + 1))]
    stops = many[np.concatenate((breaks, [many.size - 1]))] + 1
    kinds = (near % classes).tolist()
    edges = zip(
        starts.tolist(), stops.tolist(), np.searchsorted(at, starts), np.searchsorted(at, stops), strict=True
    )
    for start, stop, low, high in edges:
        yield start, stop, frozenset(kinds[low:high])


def _spans(best: npt.NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Runs of equal best classes: first step, one past last, class."""
    edges = [0, *(np.flatnonzero(best[1:] != best[:-1]) + 1).tolist(), len(best)]
    return [(a, b, int(best[a])) for a, b in pairwise(edges) if b > a]


def _numbers(spans: Sequence[tuple[int, int, int]]) -> list[int]:
    """For each step the number of the greedy character that it belongs to, or of the next one."""
    found: list[int] = []
    number = 0
    for start, stop, kind in spans:
        found += [number] * (stop - start)
        number += bool(kind)
    return found


def _covered(numbers: Sequence[int], best: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Greedy characters that these steps decide about: first and one past last."""
    goes_on = start > 0 and best[start] != 0 and best[start] == best[start - 1]
    return numbers[start] + goes_on, numbers[end - 1] + bool(best[end - 1])


def _beam(rows: Sequence[Sequence[tuple[int, float]]], before: int) -> list[tuple[tuple[int, ...], float]]:
    """Readings of a few steps with their logarithms, the likeliest first.

    Args:
        rows: for each step the classes that it may be, with their shares.
        before: the class of the step that leads in, 0 for the blank.
    """
    lead = (before,) if before else ()
    beams: dict[tuple[int, ...], tuple[float, float]] = {lead: (0.0, 1.0) if before else (1.0, 0.0)}
    for row in rows:
        grown: dict[tuple[int, ...], tuple[float, float]] = {}
        for prefix, (blank, solid) in beams.items():
            for kind, share in row:
                if kind == 0:
                    _add(grown, prefix, (blank + solid) * share, 0.0)
                elif prefix and prefix[-1] == kind:
                    _add(grown, prefix, 0.0, solid * share)
                    _add(grown, (*prefix, kind), 0.0, blank * share)
                else:
                    _add(grown, (*prefix, kind), 0.0, (blank + solid) * share)
        beams = dict(sorted(grown.items(), key=lambda item: -sum(item[1]))[:_BEAM])
    return [(prefix[len(lead) :], math.log(sum(both))) for prefix, both in beams.items() if sum(both) > 1e-12]


def _add(
    beams: dict[tuple[int, ...], tuple[float, float]], prefix: tuple[int, ...], blank: float, solid: float
) -> None:
    known = beams.get(prefix, (0.0, 0.0))
    beams[prefix] = (known[0] + blank, known[1] + solid)


def _peaks(shares: Logits, kinds: Sequence[int]) -> list[int]:
    """For each class the step at which it stands out, from left to right."""
    peaks: list[int] = []
    low = 0
    for number, kind in enumerate(kinds):
        high = max(low + 1, len(shares) - (len(kinds) - number - 1))
        low = min(low, len(shares) - 1)
        peaks.append(low + int(shares[low:high, kind].argmax()))
        low = peaks[-1] + 1
    return peaks
