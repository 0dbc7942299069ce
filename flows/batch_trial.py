"""A trial of splitting: generated batches, read and split as real ones are, compared with the truth."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dossier.batch import BatchPlan, SideReading, SideRole
from flows.batch_trial_stacks import DPI, Sorting, TrialBatch, TrialSide, stacks
from models.codes import ZxingCodeReader
from models.sheet_reader import SheetReader
from pipeline.batch_split import split_batch


@dataclass(frozen=True, slots=True)
class SplitTrial:
    """How one batch was split."""

    number: int
    sorting: Sorting
    dossiers: int
    pages: int
    """Sides of papers, cover sheets apart."""
    right: int
    """Sides of papers settled in their own dossier."""
    asked: int
    """Sides of papers that a clerk is asked about."""
    suggested: int
    """Sides asked about whose suggested dossier is the right one."""
    mistakes: tuple[str, ...]
    """Sides settled anywhere else: silent mistakes, with what happened."""
    faults: int
    """Cover sheets that were damaged beyond reading, missing or doubled."""
    doubts: tuple[str, ...]
    """What was asked."""


def split_trials(count: int, seed: int, papers: Sequence[Path]) -> Iterator[SplitTrial]:
    """Each batch, generated, read and split."""
    reader = _RememberingReader()
    for batch in stacks(count, seed, papers):
        readings = [reader.read(side, number) for number, side in enumerate(batch.sides, start=1)]
        yield score(batch, split_batch(readings, batch.expected))


def score(batch: TrialBatch, plan: BatchPlan) -> SplitTrial:
    """Compare a plan with the truth; a cover sheet in a dossier is a mistake like a paper in a wrong one."""
    counts: Counter[str] = Counter()
    mistakes = []
    if sorted(side.number for side in plan.sides) != list(range(1, len(batch.sides) + 1)):
        mistakes.append("sides were lost or doubled")
    for placed in plan.sides:
        truth = batch.sides[placed.number - 1]
        in_dossier = placed.role is SideRole.PAPER
        if truth.is_paper:
            counts["pages"] += 1
        if not placed.is_settled:
            counts["asked"] += truth.is_paper
            counts["suggested"] += truth.is_paper and placed.dossier == truth.dossier
        elif truth.is_paper and in_dossier and placed.dossier == truth.dossier:
            counts["right"] += 1
        elif truth.is_paper or in_dossier:
            whose = placed.dossier or placed.role.value
            mistakes.append(f"side {placed.number} of {truth.dossier} in {whose}")
    harmless = {"whole", "worn"}
    return SplitTrial(
        number=batch.number,
        sorting=batch.sorting,
        dossiers=len(batch.fates),
        pages=counts["pages"],
        right=counts["right"],
        asked=counts["asked"],
        suggested=counts["suggested"],
        mistakes=tuple(mistakes),
        faults=sum(fate.value not in harmless for fate in batch.fates),
        doubts=tuple(question.doubt.value for question in plan.questions),
    )


class _RememberingReader:
    """The same picture says the same, so that a paper which lies in many dossiers is read once."""

    def __init__(self) -> None:
        self._reader = SheetReader(ZxingCodeReader())
        self._known: dict[bytes, SideReading] = {}

    def read(self, side: TrialSide, number: int) -> SideReading:
        key = hashlib.sha256(side.picture.tobytes()).digest()
        if key not in self._known:
            self._known[key] = self._reader.read(side.picture, float(DPI), (number, side.sheet))
        known = self._known[key]
        return SideReading(number, side.sheet, known.sign, known.is_marked, known.receipts, known.has_ink)
