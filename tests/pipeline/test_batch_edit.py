"""What a clerk changes in a batch: no side is lost or doubled, and each keeps who it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.batch import BatchPlan, BatchQuestion, Doubt, PlacedSide, SideRole, Tally
from dossier.errors import BatchEditRefused, PassesDiffer
from pipeline.batch_edit import assign, confirm, merge, move, set_aside, split_at
from pipeline.collate import sheets_of_duplex, sheets_of_two_passes

CODES = ("A", "B", "C")


def plan_of(*owners: str) -> BatchPlan:
    """Sides 1, 2, ... of these dossiers; in lower case where they are only suggested."""
    sides = tuple(
        PlacedSide(n, SideRole.PAPER, code.upper(), code.isupper(), code.upper())
        for n, code in enumerate(owners, start=1)
    )
    tallies = tuple(
        Tally(code, "1.001193", 1, 0) for code in dict.fromkeys(o.upper() for o in owners) if code
    )
    return BatchPlan(sides, (), tallies, 0)


def numbers(plan: BatchPlan, dossier: str) -> list[int]:
    return [side.number for side in plan.of(dossier)]


def test_a_clerk_says_whose_a_side_is() -> None:
    plan = assign(plan_of("A", "", "b"), [2, 3], "C", "2.000635")
    assert numbers(plan, "C") == [2, 3]
    assert plan.asked == ()
    assert plan.tallies[-1] == Tally("C", "2.000635", 0, 0)


def test_confirming_settles_suggestions_and_nothing_else() -> None:
    plan = plan_of("A", "b", "", "c")
    assert confirm(plan, ["B"]).asked == (3, 4)
    assert confirm(plan).asked == (3,)
    assert plan.ready == ("A",)


def test_what_was_only_told_is_taken_note_of() -> None:
    told = BatchQuestion(Doubt.SHEET_MISSING, "2/2", ())
    plan = replace(plan_of("A"), questions=(told,))
    assert plan.open_questions == (told,)
    assert confirm(plan, ["A"]).open_questions == (told,)
    assert confirm(plan).open_questions == ()


def test_splitting_takes_the_side_and_those_after_it() -> None:
    plan = split_at(plan_of("A", "B", "A", "A"), 3, "C")
    assert (numbers(plan, "A"), numbers(plan, "B"), numbers(plan, "C")) == ([1], [2], [3, 4])


def test_merging_and_moving() -> None:
    plan = move(merge(plan_of("A", "B", "A"), "B", "A"), [3, 1], after=2)
    assert numbers(plan, "A") == [2, 3, 1]
    assert numbers(move(plan, [1], after=0), "A") == [1, 2, 3]
    assert [side.came_under for side in plan.of("A")] == ["B", "A", "A"]


def test_a_side_set_aside_stays_with_the_batch() -> None:
    plan = set_aside(plan_of("A", ""), [2])
    assert plan.asked == ()
    assert [side.number for side in plan.sides if side.role is SideRole.ASIDE] == [2]
    assert numbers(assign(plan, [2], "A"), "A") == [1, 2]


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: assign(p, [9], "A"),
        lambda p: assign(p, [], "A"),
        lambda p: assign(p, [1], ""),
        lambda p: split_at(p, 3, "C"),
        lambda p: merge(p, "A", "Z"),
        lambda p: move(p, [1, 1], 2),
        lambda p: move(p, [1], 1),
        lambda p: move(p, [1], 9),
        lambda p: confirm(p, ["Z"]),
    ],
)
def test_what_makes_no_sense_is_refused(edit: object) -> None:
    with pytest.raises(BatchEditRefused):
        edit(plan_of("A", "B", ""))  # type: ignore[operator]


_KINDS = st.sampled_from(["assign", "aside", "split", "merge", "move"])
_EDITS = st.lists(
    st.tuples(_KINDS, st.integers(1, 6), st.integers(0, 6), st.sampled_from(CODES)), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(owners=st.lists(st.sampled_from([*CODES, "", "a", "b"]), min_size=6, max_size=6), edits=_EDITS)
def test_no_edit_ever_loses_a_side_or_forgets_where_it_came_from(
    owners: list[str], edits: list[tuple[str, int, int, str]]
) -> None:
    plan = before = plan_of(*owners)
    for kind, side, other, code in edits:
        try:
            plan = {
                "assign": lambda p, s=side, c=code: assign(p, [s], c),
                "aside": lambda p, s=side: set_aside(p, [s]),
                "split": lambda p, s=side, c=code: split_at(p, s, c),
                "merge": lambda p, c=code: merge(p, "A", c),
                "move": lambda p, s=side, o=other: move(p, [s], o),
            }[kind](plan)
        except BatchEditRefused:
            continue
    assert sorted(side.number for side in plan.sides) == [1, 2, 3, 4, 5, 6]
    assert {s.number: s.came_under for s in plan.sides} == {s.number: s.came_under for s in before.sides}
    for side in plan.sides:
        assert (side.role is SideRole.PAPER) or not side.dossier


def test_duplex_sides_are_pairs_and_two_passes_are_laid_face_to_face() -> None:
    assert sheets_of_duplex([1, 2, 3, 4]) == ((1, 2), (3, 4))
    assert sheets_of_two_passes([1, 2, 3], [4, 5, 6]) == ((1, 6), (2, 5), (3, 4))


def test_a_pass_with_a_side_too_few_is_never_collated() -> None:
    with pytest.raises(PassesDiffer):
        sheets_of_duplex([1, 2, 3])
    with pytest.raises(PassesDiffer):
        sheets_of_two_passes([1, 2, 3], [4, 5])
