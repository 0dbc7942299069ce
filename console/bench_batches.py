"""`sohoa bench batches`: generated batches, their cover sheets damaged, missing and doubled."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from console.output import Output
from flows.batch_trial import SplitTrial, split_trials
from flows.batch_trial_stacks import Sorting
from scanners.samples import make_samples

_PICTURES = (".jpg", ".png")


def batches(count: int, seed: int, output: Output, folder: Path | None = None) -> int:
    """Print how many pages were put into their own dossier, asked about, or silently put elsewhere.

    Args:
        folder: pictures of which the dossiers consist; by default the sample dossiers.
    """
    started = time.process_time()
    with TemporaryDirectory(prefix="sohoa-bench-") as work:
        if folder is None:
            folder = Path(work)
            make_samples(folder, 1)
        papers = sorted(path for path in folder.rglob("*") if path.suffix in _PICTURES)
        done = list(split_trials(count, seed, papers))
    seconds = time.process_time() - started
    if output.as_json:
        output.data({name: _row(part) for name, part in _parts(done)} | {"core_seconds": round(seconds)})
    else:
        output.text(table(done))
        output.aside(f"{seconds:.0f} core-seconds, seed {seed}")
        for trial in done:
            for mistake in trial.mistakes:
                output.aside(f"batch {trial.number}: {mistake}")
    return 1 if any(trial.mistakes for trial in done) else 0


def table(done: Sequence[SplitTrial]) -> str:
    """The table of docs/scanning.md."""
    names = ("batches", "dossiers", "faults", "pages", "right", "asked", "suggested", "silent_mistakes")
    lines = ["| | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for name, part in _parts(done):
        row = _row(part)
        lines.append(f"| {name} | " + " | ".join(str(row[column]) for column in names) + " |")
    doubts = Counter(doubt for trial in done for doubt in trial.doubts)
    told = ", ".join(f"{doubt} {times}" for doubt, times in doubts.most_common())
    return "\n".join([*lines, "", f"asked because of: {told or '-'}"])


def _parts(done: Sequence[SplitTrial]) -> list[tuple[str, list[SplitTrial]]]:
    parts = [(sorting.value, [t for t in done if t.sorting is sorting]) for sorting in Sorting]
    return [*((name, part) for name, part in parts if part), ("all", list(done))]


def _row(part: Sequence[SplitTrial]) -> dict[str, Any]:
    return {
        "batches": len(part),
        "dossiers": sum(t.dossiers for t in part),
        "faults": sum(t.faults for t in part),
        "pages": sum(t.pages for t in part),
        "right": sum(t.right for t in part),
        "asked": sum(t.asked for t in part),
        "suggested": sum(t.suggested for t in part),
        "silent_mistakes": sum(len(t.mistakes) for t in part),
    }
