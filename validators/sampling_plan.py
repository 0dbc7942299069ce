"""Sampling plans of ISO 2859-1:1999 (TCVN 7790-1), single sampling, percent of faulty pages.

The master tables are diagonals: along the code letters and the limits the acceptance number only depends on
the sum of the letter's and the limit's place. Where a cell holds an arrow, the first plan below or above it
is taken, with its own sample size (clause 10.3).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

from dossier.errors import InputRefused, SohoaError
from dossier.sampling import Inspection, LotVerdict, SamplingPlan, Switching

LETTERS: Final = "ABCDEFGHJKLMNPQRS"
"""Code letters; S stands in the table of tightened inspection only."""
LIMITS: Final = (
    *("0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25"),
    *("0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10"),
)
"""Acceptance quality limits for percent of faulty items (clause 5.2)."""
_LOT_SIZES: Final = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
LEVELS: Final = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}
"""Table 1: code letters by inspection level, for the lot sizes above and what is larger."""
_SIZES: Final = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
_REDUCED_SIZES: Final = (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800)
_DIAGONALS: Final[Mapping[Inspection, Mapping[int, int]]] = {
    Inspection.NORMAL: {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21},
    Inspection.TIGHTENED: {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18},
    Inspection.REDUCED: {14: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 6, 23: 8, 24: 10},
}
"""Tables 2-A, 2-B, 2-C: acceptance numbers by the sum of the places of letter and limit."""
_UP: Final = {Inspection.NORMAL: (15,), Inspection.TIGHTENED: (), Inspection.REDUCED: (15,)}
"""Sums between two plans whose arrow points up; the others point down."""
_ENOUGH: Final = 30
_LAST_LETTER: Final = {
    Inspection.NORMAL: LETTERS.index("R"),
    Inspection.TIGHTENED: LETTERS.index("S"),
    Inspection.REDUCED: LETTERS.index("R"),
}


def sampling_plan(lot_size: int, level: str, aql: str, inspection: Inspection) -> SamplingPlan:
    """The single sampling plan for a lot. Raises SohoaError for a level or limit that the tables do not have.

    Args:
        lot_size: pages in the lot, at least 1.
        level: "I", "II", "III", "S-1" to "S-4".
        aql: one of `LIMITS`.
        inspection: as the switching rules say.
    """
    if level not in LEVELS:
        raise InputRefused(level, f"is no inspection level: {', '.join(LEVELS)}")
    if aql not in LIMITS:
        raise InputRefused(aql, f"is no acceptance quality limit: {', '.join(LIMITS)}")
    if lot_size < 1:
        raise SohoaError("lot", "holds no pages")
    first = LETTERS.index(LEVELS[level][bisect_left(_LOT_SIZES, lot_size)])
    letter = _after_arrows(first, LIMITS.index(aql), inspection)
    sizes = _REDUCED_SIZES if inspection is Inspection.REDUCED else _SIZES
    acceptance = _DIAGONALS[inspection][letter + LIMITS.index(aql)]
    return SamplingPlan(level, aql, inspection, LETTERS[letter], min(sizes[letter], lot_size), acceptance)


def tighter_acceptance(plan: SamplingPlan) -> int | None:
    """Ac of the same sample with the limit one step tighter (9.3.3.2); None where there is no such plan."""
    place = LETTERS.index(plan.letter) + LIMITS.index(plan.aql) - 1
    is_there = LIMITS.index(plan.aql) > 0
    return _DIAGONALS[plan.inspection].get(place) if is_there else None


def next_inspection(history: Sequence[LotVerdict], *, reduced_agreed: bool = False) -> Switching:
    """How the next lot of a series is inspected (clauses 9.3 and 9.4).

    Args:
        history: every lot of the series so far, the oldest first.
        reduced_agreed: whether whoever is responsible agrees to reduced inspection where the score allows it.
    """
    now, score, recent, refused = Inspection.NORMAL, 0, list[bool](), 0
    for lot in history:
        if lot.is_resubmitted:
            continue
        recent.append(lot.is_accepted)
        if lot.inspection is Inspection.REDUCED:
            now, score, recent = _after_reduced(lot)
        elif now is Inspection.TIGHTENED:
            refused = (0 if lot.is_resumed else refused) + (not lot.is_accepted)
            if recent[-5:] == [True] * 5:
                now, score, recent, refused = Inspection.NORMAL, 0, [], 0
        elif recent[-5:].count(False) >= 2:
            now, score, recent, refused = Inspection.TIGHTENED, 0, [], 0
        else:
            score = _score(score, lot)
    if now is Inspection.NORMAL and score >= _ENOUGH and reduced_agreed:
        now = Inspection.REDUCED
    return Switching(now, score, is_discontinued=refused >= 5)


def _after_arrows(letter: int, limit: int, inspection: Inspection) -> int:
    """The letter whose plan is used: the cell's own, or the first below or above it."""
    diagonal = _DIAGONALS[inspection]
    plans = [each for each in range(_LAST_LETTER[inspection] + 1) if each + limit in diagonal]
    if letter in plans:
        return letter
    above = [each for each in plans if each < letter]
    below = [each for each in plans if each > letter]
    is_up = letter + limit in _UP[inspection] or letter + limit > max(diagonal)
    if (is_up and above) or not below:
        return above[-1]
    return below[0]


def _after_reduced(lot: LotVerdict) -> tuple[Inspection, int, list[bool]]:
    """One lot that is not accepted ends reduced inspection (clause 9.3.4)."""
    if lot.is_accepted:
        return Inspection.REDUCED, _ENOUGH, []
    return Inspection.NORMAL, 0, []


def _score(score: int, lot: LotVerdict) -> int:
    """The switching score after a lot under normal inspection (clause 9.3.3.2)."""
    if not lot.is_accepted:
        return 0
    if lot.acceptance <= 1:
        return score + 2
    would_pass = lot.tighter_acceptance is not None and lot.faulty <= lot.tighter_acceptance
    return score + 3 if would_pass else 0
