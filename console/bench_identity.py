"""`sohoa bench identity`: who is it, on generated dossiers in every degradation."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from console.output import Output
from flows.identity_trial import Series, Trial, TrialOutcome, trials
from flows.settings import settings

_COLUMNS = ("numbers", *(outcome.value for outcome in TrialOutcome))
_CARD_DPI = 300
"""What the targets for print alone are stated for."""


def identity(series: Series, readings: Path | None, output: Output) -> int:
    """Print how many numbers were confirmed, rightly or wrongly, by degradation and strength."""
    started = time.process_time()
    done = list(trials(settings(), series, readings))
    seconds = time.process_time() - started
    if output.as_json:
        output.data(_data(done, seconds))
    else:
        output.text(table(done))
        output.aside(f"{seconds:.0f} core-seconds, {len(done)} dossiers, seed {series.seed}")
        output.aside(f"from last page to verdict: p95 {1000 * _p95(done):.0f} ms")
    return 0 if not any(trial.outcome is TrialOutcome.WRONG for trial in done) else 1


def table(done: Sequence[Trial]) -> str:
    """The table of docs/accuracy.md: a summary, then one row for each degradation and strength."""
    head = ("", *_COLUMNS)
    rows = [_row(name, part) for name, part in _summary(done)]
    cells = [
        _row(f"{kind} {strength}" if strength else kind, part) for (kind, strength), part in _cells(done)
    ]
    return "\n\n".join(("\n".join(_markdown(head, rows)), "\n".join(_markdown(head, cells))))


def _summary(done: Sequence[Trial]) -> list[tuple[str, list[Trial]]]:
    tests: tuple[tuple[str, Callable[[Trial], bool]], ...] = (
        ("QR or MRZ legible", lambda t: t.code_legible and not t.disagrees),
        ("card, neither legible", lambda t: t.has_card and not t.code_legible and not t.disagrees),
        (f"print alone, {_CARD_DPI} dpi", lambda t: not t.has_card and t.dpi >= _CARD_DPI),
        ("print alone, below", lambda t: not t.has_card and t.dpi < _CARD_DPI),
        ("form contradicts card", lambda t: t.disagrees),
        ("all", lambda t: t.dossier >= 0),
    )
    return [(name, [t for t in done if test(t)]) for name, test in tests]


def _cells(done: Iterable[Trial]) -> list[tuple[tuple[str, int], list[Trial]]]:
    found: dict[tuple[str, int], list[Trial]] = {}
    for trial in done:
        if not trial.disagrees:
            found.setdefault((trial.degradation, trial.strength), []).append(trial)
    return sorted(found.items(), key=lambda cell: (cell[0][0] != "none", cell[0]))


def _p95(done: Sequence[Trial]) -> float:
    ordered = sorted(trial.judging_seconds for trial in done)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def _row(name: str, part: Sequence[Trial]) -> tuple[str, ...]:
    counted = Counter(trial.outcome for trial in part)
    shares = [str(counted[outcome]) for outcome in TrialOutcome]
    if part:
        shares[0] += f" ({100 * counted[TrialOutcome.CONFIRMED] / len(part):.1f} %)"
    return (name, str(len(part)), *shares)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _data(done: Sequence[Trial], seconds: float) -> dict[str, Any]:
    def counted(part: Sequence[Trial]) -> dict[str, int]:
        outcomes = Counter(trial.outcome for trial in part)
        return {"numbers": len(part)} | {outcome.value: outcomes[outcome] for outcome in TrialOutcome}

    return {
        "summary": {name: counted(part) for name, part in _summary(done)},
        "cells": [
            {"degradation": kind, "strength": strength} | counted(part)
            for (kind, strength), part in _cells(done)
        ],
        "core_seconds": round(seconds, 1),
        "p95_judging_seconds": round(_p95(done), 4),
    }
