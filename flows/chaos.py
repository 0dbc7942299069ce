"""Every fault at every step: the archive that comes out is compared with that of an undisturbed run.

A case is one step and one fault. The run meets the fault at the step; then the fault is lifted, what is
visible is looked at, and the dossier is run again as it would be. Nothing may be lost, doubled, orphaned or
changed, and between the two runs nothing half-made may be visible.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dossier.errors import SohoaError
from flows.chaos_child import RunOrder, RunResult
from flows.chaos_faults import CLOCK_JUMPS, LINE_FAULTS, OF_PREFECT, Fault
from flows.chaos_ground import Ground
from flows.chaos_picture import Difference, Picture, difference

log = logging.getLogger(__name__)

STAGES = ("desk", "intake", "reading", "checking", "sealing", "archiving", "index", "ledger")
"""Where steps belong, as they first come up."""
BEGINNINGS = ("desk", "intake", "reading", "checking", "sealing", "archiving")
"""Stages in their order; what index, ledger and desk are told at the end belongs to the last run of steps."""
_FELT_AT_STORE = frozenset(LINE_FAULTS) - OF_PREFECT | {Fault.STORE_KILLED}
_KILLED = -9


@dataclass(frozen=True, slots=True)
class Step:
    """One boundary of a run."""

    stage: str
    name: str
    begins: str
    """Stage at whose beginning the run starts, with everything before it done by an earlier one."""
    at: int
    """Its number in such a run."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault at a step, and what comes to the very same thing."""

    step: Step
    fault: Fault
    covers: tuple[tuple[Step, Fault], ...] = ()
    """Other cases of which this one is the whole: nothing happens between their step and this one that the
    fault could touch. A process killed after a step has done no more than one killed before the next; a line
    that was cut is noticed when the next request goes out."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case."""

    planned: Planned
    first: str
    """How the disturbed run ended: archived, killed, the error that was told, or `bug`."""
    second: str
    """How the run after it ended."""
    half_visible: tuple[str, ...]
    difference: Difference
    trace: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing went wrong that may not go wrong."""
        told = self.first not in ("bug", "silent") and self.second == "archived"
        return told and self.difference.is_none and not self.half_visible


def plan(steps: Sequence[Step], faults: Iterable[Fault], *, merges: bool = True) -> list[Planned]:
    """Every fault at every step, those that come to the same thing once.

    Args:
        steps: in their order.
        faults: which ones.
        merges: whether cases that come to the same thing are carried out once, and Prefect is disturbed once
            in each stage; else each on its own.
    """
    wanted = tuple(faults)
    found = []
    for fault in wanted:
        if merges and fault in OF_PREFECT:
            found += [Planned(step, fault) for step in _first_of_each_stage(steps)]
        elif not merges or fault not in _FELT_AT_STORE | {Fault.KILLED_AFTER}:
            found += [Planned(step, fault) for step in steps]
        elif fault in _FELT_AT_STORE:
            found += _felt_at_store(steps, fault)
        elif Fault.KILLED not in wanted:
            found += [Planned(step, fault) for step in steps]
        else:
            found.append(Planned(steps[-1], fault))
            before = {after: step for step, after in pairwise(steps)}
            found = [
                replace(each, covers=((before[each.step], fault),))
                if each.fault is Fault.KILLED and each.step in before
                else each
                for each in found
            ]
    return found


def _first_of_each_stage(steps: Sequence[Step]) -> Iterator[Step]:
    """Runs under Prefect cost many times as much: they are disturbed once in each stage."""
    seen: set[str] = set()
    for step in steps:
        if step.stage not in seen:
            seen.add(step.stage)
            yield step


def _felt_at_store(steps: Sequence[Step], fault: Fault) -> Iterator[Planned]:
    waiting: list[tuple[Step, Fault]] = []
    for step in steps:
        if step.name.startswith("archive."):
            yield Planned(step, fault, tuple(waiting))
            waiting = []
        else:
            waiting.append((step, fault))
    if waiting:
        # Nothing more goes to the store: it is not felt any more.
        yield Planned(waiting[0][0], fault, tuple(waiting[1:]))


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The archive of a run that nothing disturbed, and the steps of it."""

    picture: Picture
    steps: tuple[Step, ...]


class Suite:
    """Cases over one ground."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._count = 0

    def undisturbed(self, stages: Sequence[str] = BEGINNINGS) -> Undisturbed:
        """Run without any fault; then, for each stage, from a state whose process was killed as it began.

        Args:
            stages: those whose steps are wanted.

        Raises SohoaError where even these runs differ.
        """
        ground = self._ground
        ground.lay("base")
        _, whole = ground.run(replace(self._new_run(), looks=True))
        picture = _picture(whole)
        steps: list[Step] = []
        standing, taken = "base", whole.steps if whole is not None else ()
        for stage in stages:
            # 1. Kill a run where the stage begins, and keep what it left.
            begins = _first(taken, stage)
            ground.lay(standing)
            ground.run(replace(self._new_run(), fault=Fault.KILLED, at=begins))
            ground.keep(stage)
            # 2. Whoever goes on from there ends in the same archive.
            ground.lay(stage)
            _, result = ground.run(replace(self._new_run(), looks=True))
            found = difference(_picture(result), picture)
            if result is None or not found.is_none:
                raise SohoaError("fault suite", f"an undisturbed run from {stage} on differs: {found}")
            standing, taken = stage, result.steps
            # 3. Its steps are this stage's until the next begins.
            after = [_first(taken, each) for each in BEGINNINGS[BEGINNINGS.index(stage) + 1 :]]
            ends = min(after, default=len(taken))
            begins = _first(taken, stage)
            steps += [
                Step(name, said, stage, at) for at, (name, said) in enumerate(taken[:ends]) if at >= begins
            ]
        return Undisturbed(picture, tuple(steps))

    def cases(self, calm: Undisturbed, planned: Iterable[Planned]) -> Iterator[CaseResult]:
        """Carry out planned cases, one after the other."""
        for each in planned:
            yield self._case(calm.picture, each)

    def _case(self, wanted: Picture, planned: Planned) -> CaseResult:
        ground, step, fault = self._ground, planned.step, planned.fault
        ground.lay(step.begins)
        run = replace(self._new_run(), fault=fault, at=step.at)
        if fault in LINE_FAULTS and fault not in OF_PREFECT:
            run = replace(run, store=ground.line)
        code, first = ground.run(replace(run, victim=ground.victim(fault)))
        ground.lift()
        again = replace(ground.new_run(run.case), looks=True)
        _, second = ground.run(again)
        seen = second.after if second is not None else None
        empty = Difference(lost=("everything: the second run did not end",))
        return CaseResult(
            planned,
            _outcome(code, first),
            second.outcome if second is not None else "killed",
            second.before.half_visible if second is not None and second.before is not None else (),
            difference(seen, wanted, timeless=fault in CLOCK_JUMPS) if seen is not None else empty,
            "\n".join(result.trace for result in (first, second) if result is not None and result.trace),
        )

    def _new_run(self) -> RunOrder:
        self._count += 1
        return self._ground.new_run(f"case-{self._count:05d}")


def _picture(result: RunResult | None) -> Picture:
    if result is None or result.after is None:
        said = result.trace if result is not None else "it was killed"
        raise SohoaError("fault suite", f"an undisturbed run did not reach the archive: {said}")
    return result.after


def _first(taken: Sequence[tuple[str, str]], stage: str) -> int:
    return next(at for at, (name, _) in enumerate(taken) if name == stage)


def _outcome(code: int, result: RunResult | None) -> str:
    if code == _KILLED:
        return "killed"
    if result is None:
        return "bug"
    return result.outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over cases."""

    cases: int
    """Every fault at every step."""
    runs: int
    """How many of them were carried out on their own; the others come to the same thing as one of these."""
    lost: int
    doubled: int
    orphans: int
    changed: int
    half_visible: int
    untold: int
    """Runs that ended with a bug instead of an error that is told, or that no second run made good."""
    left_over: int
    """Runs that leave files on this machine which an undisturbed run does not leave."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing went wrong that may not go wrong."""
        return not (
            self.lost or self.doubled or self.orphans or self.changed or self.half_visible or self.untold
        )


def tally(results: Sequence[CaseResult]) -> Tally:
    """Cases, and in how many of the runs something was wrong."""
    found = [result.difference for result in results]
    return Tally(
        sum(1 + len(result.planned.covers) for result in results),
        len(results),
        sum(bool(each.lost) for each in found),
        sum(bool(each.doubled) for each in found),
        sum(bool(each.orphans) for each in found),
        sum(bool(each.changed) for each in found),
        sum(bool(result.half_visible) for result in results),
        sum(result.first == "bug" or result.second != "archived" for result in results),
        sum(bool(each.left_over) for each in found),
    )


def by_stage(results: Iterable[CaseResult]) -> Counter[tuple[str, Fault]]:
    """How many cases there were, by stage and fault."""
    pairs = [
        pair
        for result in results
        for pair in ((result.planned.step, result.planned.fault), *result.planned.covers)
    ]
    return Counter((step.stage, fault) for step, fault in pairs)
