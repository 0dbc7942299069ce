"""Whether a scan is good enough: what was measured on a page against limits fitted to what reading loses.

The limits stand in validators/data/page_quality.json. Those of blur, legibility, pale print and light come
from `scripts/fit-quality`, which degrades generated pages and reads them; those of resolution and colour from
NĐ 30/2020/NĐ-CP Phụ lục I; the rest are sizes that take away print.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from dossier.quality import Flaw, Measure, QualityFinding, QualityVerdict

_DATA: Final = Path(__file__).with_name("data") / "page_quality.json"
_LESS_IS_WORSE: Final = frozenset({Flaw.RESOLUTION, Flaw.TOO_PALE, Flaw.TOO_DARK, Flaw.SHADOW})
_AS_ROUNDED: Final = 0.5
"""Dots per inch by which scanners round."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of one flaw; None where nothing ever reaches that verdict."""

    advised: float | None
    needed: float | None


@dataclass(frozen=True, slots=True)
class PageQuality:
    """The verdict on a page, and every measure beyond its limit, the worst first."""

    verdict: QualityVerdict
    findings: tuple[QualityFinding, ...]


def judge_quality(measures: Sequence[Measure], limits: dict[Flaw, Limit] | None = None) -> PageQuality:
    """Compare what was measured with the limits; what was not measured says nothing."""
    known = limits if limits is not None else quality_limits()
    found = [finding for measure in measures if (finding := _judged(measure, known)) is not None]
    found.sort(key=lambda finding: (-finding.verdict.rank, finding.measure.flaw))
    verdict = found[0].verdict if found else QualityVerdict.FINE
    return PageQuality(verdict, tuple(found))


def streaks_on_several(pages: Sequence[tuple[Sequence[float], Measure]]) -> list[Measure | None]:
    """For each page the streak that stands at the same column on most pages of its batch, if any.

    Args:
        pages: columns in millimetres, and a measure that covers the page, whose value is replaced.
    """
    results: list[Measure | None] = []
    for columns, whole in pages:
        counts = [
            sum(any(abs(column - other) <= _SAME_MM for other in others) for others, _ in pages)
            for column in columns
        ]
        most = max(counts, default=0)
        results.append(replace(whole, flaw=Flaw.DIRTY_GLASS, value=float(most)) if most > 1 else None)
    return results


_SAME_MM: Final = 0.4


@cache
def quality_limits() -> dict[Flaw, Limit]:
    """The limits that are shipped."""
    kept = json.loads(_DATA.read_text("utf-8"))["limits"]
    return {Flaw(name): Limit(bounds["advised"], bounds["needed"]) for name, bounds in kept.items()}


def _judged(measure: Measure, limits: dict[Flaw, Limit]) -> QualityFinding | None:
    limit = limits.get(measure.flaw)
    if limit is None:
        return None
    steps = ((limit.needed, QualityVerdict.RESCAN_NEEDED), (limit.advised, QualityVerdict.RESCAN_ADVISED))
    for bound, verdict in steps:
        if bound is not None and _is_beyond(measure, bound):
            return QualityFinding(measure, bound, verdict)
    return None


def _is_beyond(measure: Measure, bound: float) -> bool:
    if measure.flaw is Flaw.SCALE:
        return abs(measure.value - 1.0) > bound
    if measure.flaw is Flaw.RESOLUTION:
        return measure.value < bound - _AS_ROUNDED
    return measure.value < bound if measure.flaw in _LESS_IS_WORSE else measure.value > bound
