"""What a clerk changes in a batch: sides to dossiers, splits, merges, order.

Every function returns a new plan with every side of the feed still in it once; a side keeps its number and
what the feed said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from dossier.batch import BatchPlan, PlacedSide, SideRole, Tally
from dossier.errors import BatchEditRefused


def assign(plan: BatchPlan, numbers: Collection[int], dossier: str, procedure: str = "") -> BatchPlan:
    """These sides belong to this dossier: the clerk says so.

    Raises:
        BatchEditRefused: a side that is not there, or no code.
    """
    _check(plan, numbers)
    if not dossier:
        raise BatchEditRefused("", "a dossier needs a code")
    changed = _changed(
        plan, numbers, lambda s: replace(s, role=SideRole.PAPER, dossier=dossier, is_settled=True)
    )
    return _counted(changed, dossier, procedure)


def set_aside(plan: BatchPlan, numbers: Collection[int]) -> BatchPlan:
    """These sides belong to no dossier; they stay with the batch. Raises BatchEditRefused."""
    _check(plan, numbers)
    return _counted(
        _changed(plan, numbers, lambda s: replace(s, role=SideRole.ASIDE, dossier="", is_settled=True))
    )


def confirm(plan: BatchPlan, dossiers: Collection[str] = ()) -> BatchPlan:
    """What was suggested is right: for these dossiers, for all without any.

    A side without a suggestion goes on waiting. Without a dossier, what was only told is taken note of too: a
    cover sheet that did not come. Raises BatchEditRefused over a dossier that has no sides.
    """
    for dossier in dossiers:
        if not plan.of(dossier):
            raise BatchEditRefused(dossier, "no side of the batch belongs to it")
    suggested = {s.number for s in plan.sides if s.dossier and (not dossiers or s.dossier in dossiers)}
    settled = _changed(plan, suggested, lambda s: replace(s, is_settled=True))
    if dossiers:
        return settled
    return replace(settled, questions=tuple(question for question in plan.questions if question.sides))


def split_at(plan: BatchPlan, number: int, dossier: str, procedure: str = "") -> BatchPlan:
    """The side with this number and those of its dossier after it belong to another dossier.

    Raises:
        BatchEditRefused: no such side, or it belongs to no dossier.
    """
    _check(plan, [number])
    (side,) = (s for s in plan.sides if s.number == number)
    if not side.dossier:
        raise BatchEditRefused(str(number), "it belongs to no dossier")
    own = [s.number for s in plan.of(side.dossier)]
    return assign(plan, own[own.index(number) :], dossier, procedure)


def merge(plan: BatchPlan, dossier: str, into: str) -> BatchPlan:
    """Two dossiers are one: the sides of the first follow the second's in the order of the batch.

    Raises:
        BatchEditRefused: one of them has no sides.
    """
    for code in (dossier, into):
        if not plan.of(code):
            raise BatchEditRefused(code, "no side of the batch belongs to it")
    return assign(plan, [s.number for s in plan.of(dossier)], into)


def move(plan: BatchPlan, numbers: Sequence[int], after: int) -> BatchPlan:
    """These sides, in this order, behind another one; 0 puts them first. To whom they belong stays.

    Raises:
        BatchEditRefused: a side that is not there, or twice, or behind itself.
    """
    _check(plan, numbers)
    if len(set(numbers)) != len(numbers) or after in numbers:
        raise BatchEditRefused(", ".join(map(str, numbers)), "a side can stand in one place only")
    if after:
        _check(plan, [after])
    by_number = {s.number: s for s in plan.sides}
    rest = [s for s in plan.sides if s.number not in set(numbers)]
    place = next((n for n, s in enumerate(rest, start=1) if s.number == after), 0)
    moved = [by_number[number] for number in numbers]
    return replace(plan, sides=(*rest[:place], *moved, *rest[place:]))


def _check(plan: BatchPlan, numbers: Collection[int]) -> None:
    unknown = sorted(set(numbers) - {s.number for s in plan.sides})
    if unknown or not numbers:
        raise BatchEditRefused(", ".join(map(str, unknown)), "the batch has no such side")


def _changed(
    plan: BatchPlan, numbers: Collection[int], change: Callable[[PlacedSide], PlacedSide]
) -> BatchPlan:
    chosen = set(numbers)
    return replace(plan, sides=tuple(change(s) if s.number in chosen else s for s in plan.sides))


def _counted(plan: BatchPlan, dossier: str = "", procedure: str = "") -> BatchPlan:
    """A dossier that the feed did not name is entered; one that is known keeps its procedure unless told."""
    known = {tally.dossier: tally for tally in plan.tallies}
    if dossier:
        old = known.get(dossier, Tally(dossier, "", 0, 0))
        known[dossier] = replace(old, procedure=procedure or old.procedure)
    return replace(plan, tallies=tuple(known.values()))
