"""`sohoa chaos`: every fault at every step, and what became of the archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from console.output import Output
from console.wording_chaos import DISK, FAULTS, STAGES, STEP, SUM, SUMS
from flows.chaos import STAGES as ORDER
from flows.chaos import CaseResult, Suite, by_stage, plan, tally
from flows.chaos_faults import Fault
from flows.chaos_grounds import GROUNDS, ground_for

DOES_NOT_HOLD: Final = 11


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are carried out."""

    faults: tuple[Fault, ...]
    """All of them where empty."""
    stages: tuple[str, ...]
    """Those of all stages where empty."""
    part: int
    """Which part of the cases, from 1."""
    parts: int
    each: bool
    """Whether cases that come to the same thing are carried out on their own, too."""
    report: Path | None
    """File that each case is written to, JSON lines."""


def carry_out(wanted: Wanted, output: Output) -> int:
    """Carry out the suite and show its table; exit code 11 where something did not hold."""
    faults = wanted.faults or tuple(GROUNDS)
    results: list[CaseResult] = []
    for group in dict.fromkeys(GROUNDS[fault] for fault in faults):
        mine = [fault for fault in faults if GROUNDS[fault] == group]
        with ground_for(group) as ground:
            if Fault.DISK_FULL in mine and not ground.disk_is_real:
                output.aside(DISK[output.language])
            suite = Suite(ground)
            calm = suite.undisturbed()
            steps = [step for step in calm.steps if not wanted.stages or step.stage in wanted.stages]
            cases = plan(steps, mine, merges=not wanted.each)[wanted.part - 1 :: wanted.parts]
            for done, result in enumerate(suite.cases(calm, cases), 1):
                results.append(result)
                if output.is_terminal:
                    output.aside(f"{done}/{len(cases)}")
                if wanted.report is not None:
                    _write(wanted.report, result)
                elif not result.is_clean:
                    output.aside(_told(result))
    _show(results, output)
    return 0 if tally(results).is_clean else DOES_NOT_HOLD


def _show(results: Sequence[CaseResult], output: Output) -> None:
    sums = asdict(tally(results))
    counts = by_stage(results)
    if output.as_json:
        table = {
            stage: {fault.value: counts[stage, fault] for fault in Fault if counts[stage, fault]}
            for stage in ORDER
        }
        output.data({**sums, "by_stage": table})
        return
    stages = [stage for stage in ORDER if any(name == stage for name, _ in counts)]
    rows = [
        [STEP[output.language], *(STAGES[stage][output.language] for stage in stages), SUM[output.language]]
    ]
    for fault in Fault:
        row = [counts[stage, fault] for stage in stages]
        if any(row):
            rows.append([FAULTS[fault][output.language], *map(str, row), str(sum(row))])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row_of_words in rows:
        first, *others = (word.ljust(width) for word, width in zip(row_of_words, widths, strict=True))
        output.text(" | ".join((first, *others)).join(("| ", " |")))
        if row_of_words is rows[0]:
            output.text("|".join("-" * (width + 2) for width in widths).join(("|", "|")))
    output.text(SUMS[output.language].format_map(sums))


def _write(report: Path, result: CaseResult) -> None:
    with report.open("a", encoding="utf-8") as file:
        file.write(json.dumps(_data(result), ensure_ascii=False) + "\n")


def _data(result: CaseResult) -> dict[str, Any]:
    return {
        "stage": result.planned.step.stage,
        "step": result.planned.step.name,
        "at": result.planned.step.at,
        "fault": result.planned.fault.value,
        "covers": [[step.stage, step.name, fault.value] for step, fault in result.planned.covers],
        "first": result.first,
        "second": result.second,
        "half_visible": list(result.half_visible),
        "is_clean": result.is_clean,
        **asdict(result.difference),
        "trace": result.trace,
    }


def _told(result: CaseResult) -> str:
    said = _data(result)
    return " ".join(f"{name}={value}" for name, value in said.items() if value and name != "covers")
