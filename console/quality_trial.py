"""What reading loses on pages of known wear, beside what a first look measures: the ground of the limits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from console.bench_reading_score import Truth, score
from dossier.page import Extraction, ScannedPage, SourceFile, StoredObject
from dossier.quality import Flaw, Measure
from flows.reading import open_reader
from flows.settings import settings
from pipeline.inspect import PageReaders, inspect_page
from pipeline.reading import read_page
from scanners.samples.degrade import Degradation
from scanners.samples.worn_pages import CELLS, worn_page
from validators.page_quality import Limit, judge_quality

FINE_BELOW: Final = 1.0
"""Character errors, percent, that a page called fine may have."""
LOST_FROM: Final = 5.0
"""Character errors, percent, from which a page has to be scanned again."""
CAUSES: Final[Mapping[Flaw, tuple[Degradation, ...]]] = {
    Flaw.ILLEGIBLE: tuple(Degradation),
    Flaw.BLUR: (Degradation.BLUR,),
    Flaw.TOO_PALE: (Degradation.PALE_TONER,),
    Flaw.SHADOW: (Degradation.UNEVEN_LIGHT,),
    Flaw.STREAK: (Degradation.STREAKS,),
}
"""Flaws whose limits are fitted, and what makes them; what legibility tells, no other has to."""
LESS_IS_WORSE: Final = frozenset({Flaw.TOO_PALE, Flaw.SHADOW})


@dataclass(frozen=True, slots=True)
class Trial:
    """One page: what happened to it, what was measured, what reading lost."""

    kind: str
    """Degradation; empty for none."""
    strength: int
    cer: float
    """Character errors, percent."""
    measures: tuple[Measure, ...]

    def value(self, flaw: Flaw) -> float | None:
        """What was measured, larger is worse; None where it was not."""
        found = next((m.value for m in self.measures if m.flaw is flaw), None)
        return -found if found is not None and flaw in LESS_IS_WORSE else found


def trials(rounds: int, seed: int) -> Iterator[Trial]:
    """Make, look at and read pages of every wear."""
    readers = open_reader(settings().model_cache)
    looking = PageReaders(readers.finder, readers.reader)
    for number in range(rounds * len(CELLS)):
        page = worn_page(number, seed)
        picture = np.ascontiguousarray(page.picture[:, :, ::-1])
        look = inspect_page(picture, page.dpi, looking)
        read = read_page(_scanned(picture, page.dpi), picture, readers)
        cer = score(Truth((page.lines,), has_leaders=True), read.text).cer
        kind, strength = page.steps[0] if page.steps else ("", 0)
        yield Trial(str(kind), strength, cer, look.measures)


def fitted(done: Sequence[Trial], limits: Mapping[Flaw, Limit]) -> dict[Flaw, Limit]:
    """Limits of what is fitted, the others as they were."""
    found = dict(limits)
    told: set[int] = set()
    for flaw, causes in CAUSES.items():
        names = {"", *(cause.value for cause in causes)}
        seen = [
            trial
            for number, trial in enumerate(done)
            if trial.kind in names and number not in told and trial.value(flaw) is not None
        ]
        sign = -1.0 if flaw in LESS_IS_WORSE else 1.0
        advised, needed = (_bound(seen, flaw, lost) for lost in (FINE_BELOW, LOST_FROM))
        if advised is None:
            continue
        if needed is None or not any(trial.cer >= LOST_FROM for trial in seen):
            # Nothing was ever lost to this flaw: what was thought before holds, where it is further out.
            before = limits[flaw].needed
            needed = None if before is None or sign * before < advised else sign * before
        else:
            needed = max(advised, needed)
        found[flaw] = Limit(_signed(advised, sign), _signed(needed, sign))
        if flaw is Flaw.ILLEGIBLE:
            told = {number for number, trial in enumerate(done) if (trial.value(flaw) or 0.0) > advised}
    return found


def _bound(seen: Sequence[Trial], flaw: Flaw, lost: float) -> float | None:
    """Below the first page on which so much is lost, and never so low that an unworn page is beyond it.

    Where nothing is lost on any page, the worst value that was still read well.
    """
    values = [(float(trial.value(flaw) or 0.0), trial) for trial in seen]
    if not values:
        return None
    unworn = max((value for value, trial in values if not trial.kind and trial.cer < lost), default=-np.inf)
    bad = [value for value, trial in values if trial.cer >= lost and value > unworn]
    good = [value for value, trial in values if trial.cer < lost and (not bad or value < min(bad))]
    if not bad:
        return max(good)
    return (max(good) + min(bad)) / 2 if good else float(unworn)


def _signed(bound: float | None, sign: float) -> float | None:
    return None if bound is None else float(f"{sign * bound:.3g}")


def table(done: Sequence[Trial], limits: Mapping[Flaw, Limit]) -> dict[str, Any]:
    """How verdicts and losses go together."""
    rows: dict[str, Any] = {}
    for trial in done:
        verdict = judge_quality(trial.measures, dict(limits)).verdict.value
        row = rows.setdefault(verdict, {"pages": 0, "under_1_percent": 0, "cer": []})
        row["pages"] += 1
        row["under_1_percent"] += trial.cer < FINE_BELOW
        row["cer"].append(round(trial.cer, 2))
    for row in rows.values():
        errors = sorted(row.pop("cer"))
        row["mean_cer"] = round(float(np.mean(errors)), 3)
        row["worst_cer"] = errors[-1]
    return rows


def _scanned(picture: np.ndarray[Any, Any], dpi: float) -> ScannedPage:
    digest = hashlib.sha256(picture.tobytes()).hexdigest()
    kept = StoredObject(digest, digest, 1, "image/png")
    height, width = picture.shape[:2]
    return ScannedPage(SourceFile("worn.png", kept), 1, kept, Extraction.AS_SCANNED, width, height, dpi)
