"""How likely a word was read rightly: what the net says of its letters, made true by measurement.

The net's own numbers are no probabilities of words: a word of ten letters at 0.97 each is wrong more often
than one of two, letters that make no syllable are likelier misread, and so is a word among doubtful
neighbours. A logistic regression over eighteen such measures, fitted by `scripts/calibrate` on generated
pages, gives a number of which that can be said: of the words at 0.9, nine in ten are right. It belongs to
one set of weights and carries their SHA-256; for any other the least certain letter speaks.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from models.syllables import Usage, is_syllable, usage
from models.word_choice import Seen, is_by_hand, text_of

log = logging.getLogger(__name__)

FILE: Final = Path(__file__).parent / "data" / "confidence.json"
MEASURES: Final = (
    "least certain letter, log odds",
    "all letters, log",
    "rest of the line, log a letter",
    "least certain letter of the neighbours",
    "all syllables in use",
    "all syllables possible, not all in use",
    "no syllable",
    "number",
    "letters and digits",
    "signs only",
    "chosen by the language",
    "characters, log",
    "share of the rows the net wants",
    "alone in its line",
    "characters of the line, log",
    "written by hand",
    "written by hand, its least certain letter, log odds",
    "written by hand, all letters, log",
)
_LEAST: Final = 1e-6
_ROWS: Final = 48
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NEVER, _ALWAYS = 0.001, 0.999
_NEVER_DIFFERS: Final = 1e-6

Measures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns the measures of a word into a probability."""

    weights_sha256: str
    """Of the net that it was fitted to."""
    means: tuple[float, ...]
    scales: tuple[float, ...]
    factors: tuple[float, ...]
    offset: float

    def probabilities(self, measures: Measures) -> list[float]:
        """For each row of measures, 0.001 to 0.999."""
        rows = (measures - np.array(self.means)) / np.array(self.scales)
        odds = np.clip(rows @ np.array(self.factors) + self.offset, -30.0, 30.0)
        return np.clip(1.0 / (1.0 + np.exp(-odds)), _NEVER, _ALWAYS).tolist()  # type: ignore[no-any-return]


def calibration_for(weights_sha256: str, file: Path = FILE) -> Calibration | None:
    """The calibration that was fitted to these weights; None where there is none."""
    if not file.is_file():
        return None
    data = json.loads(file.read_text("utf-8"))
    if data["weights_sha256"] != weights_sha256 or data["measures"] != list(MEASURES):
        log.warning(
            "the calibration was made for other weights or measures and is not used; run scripts/calibrate"
        )
        return None
    return Calibration(
        data["weights_sha256"],
        tuple(data["means"]),
        tuple(data["scales"]),
        tuple(data["factors"]),
        float(data["offset"]),
    )


def fitted(measures: Measures, is_right: npt.NDArray[np.float64], weights_sha256: str) -> Calibration:
    """The calibration that explains these words best (Newton's method, a little shrunk towards zero)."""
    means, scales = measures.mean(axis=0), measures.std(axis=0)
    scales[scales < _NEVER_DIFFERS] = 1.0
    rows = np.c_[(measures - means) / scales, np.ones(len(measures))]
    shrink = np.eye(rows.shape[1])
    shrink[-1, -1] = 0.0
    factors = np.zeros(rows.shape[1])
    for _ in range(40):
        share = 1.0 / (1.0 + np.exp(-np.clip(rows @ factors, -30.0, 30.0)))
        slope = rows.T @ (share - is_right) + shrink @ factors
        bend = (rows * (share * (1.0 - share))[:, None]).T @ rows + shrink
        factors -= np.linalg.solve(bend, slope)
    return Calibration(
        weights_sha256,
        tuple(means.tolist()),
        tuple(scales.tolist()),
        tuple(factors[:-1].tolist()),
        float(factors[-1]),
    )


def expected_error(confidences: Sequence[float], is_right: Sequence[bool], bins: int = 15) -> float:
    """Expected calibration error over bins of equal mass (Naeini et al., AAAI 2015), 0.0 to 1.0."""
    if not confidences:
        return 0.0
    order = np.argsort(np.asarray(confidences), kind="stable")
    told, true = np.asarray(confidences)[order], np.asarray(is_right, np.float64)[order]
    parts = zip(np.array_split(told, bins), np.array_split(true, bins), strict=True)
    return float(sum(len(a) * abs(a.mean() - b.mean()) for a, b in parts if len(a)) / len(told))


def measures_of(words: Sequence[Sequence[Seen]], rows: int, law: Usage | None = None) -> Measures:
    """One row of `MEASURES` for each word of a line.

    Args:
        words: the characters of each word, from left to right.
        rows: height of the line's picture before it was scaled for the net, pixels.
    """
    law = law or usage()
    logs = [sum(math.log(max(c.likelihood, _LEAST)) for c in word) for word in words]
    least = [max(_LEAST, min(c.likelihood for c in word)) for word in words]
    total, characters = sum(logs), sum(len(word) for word in words)
    found = []
    for place, word in enumerate(words):
        others = characters - len(word)
        rest = (total - logs[place]) / others if others else logs[place] / len(word)
        around = [*least[max(0, place - 1) : place], *least[place + 1 : place + 2]]
        odds = math.log(least[place] / (1.0 - min(least[place], 0.9999)))
        hand = float(is_by_hand(word))
        found.append(
            [
                odds,
                logs[place],
                rest,
                min(around, default=least[place]),
                *_sort(text_of(word), law),
                float(any(c.chosen for c in word)),
                math.log(len(word)),
                min(1.0, rows / _ROWS),
                float(len(words) == 1),
                math.log(characters),
                hand,
                hand * odds,
                hand * logs[place],
            ]
        )
    return np.array(found, np.float64).reshape(len(words), len(MEASURES))


@lru_cache(maxsize=20_000)
def _sort(text: str, law: Usage) -> tuple[float, ...]:
    """Which sort of word it is: one of six, as 1.0 among zeros."""
    groups = _LETTERS.findall(text.lower())
    has_digits = any(c.isdigit() for c in text)
    is_known = bool(groups) and all(law.seen(group) > 0 for group in groups)
    is_possible = bool(groups) and all(is_syllable(group) for group in groups)
    letters_only = bool(groups) and not has_digits
    return (
        float(letters_only and is_known),
        float(letters_only and is_possible and not is_known),
        float(letters_only and not is_possible and not is_known),
        float(has_digits and not groups),
        float(has_digits and bool(groups)),
        float(not groups and not has_digits),
    )
