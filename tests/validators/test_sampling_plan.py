"""Sampling plans are those of ISO 2859-1:1999, and strictness follows its switching rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dossier.errors import SohoaError
from dossier.sampling import Inspection, LotVerdict
from validators.sampling_plan import LETTERS, LIMITS, next_inspection, sampling_plan, tighter_acceptance

NORMAL, TIGHTENED, REDUCED = Inspection.NORMAL, Inspection.TIGHTENED, Inspection.REDUCED
LOT_OF = dict(
    zip("ABCDEFGHJKLMNPQ", (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10**4, 35_000, 150_000, 5 * 10**5),
        strict=False)
)  # fmt: skip

# Rows of the master tables as printed, arrows followed: n/Ac for the limits 0.010 to 10.
ROWS = {
    (NORMAL, "A"): "1250/0 800/0 500/0 315/0 200/0 125/0 80/0 50/0 32/0 20/0 13/0 8/0 5/0 3/0 2/0 5/1",
    (NORMAL, "F"): "1250/0 800/0 500/0 315/0 200/0 125/0 80/0 50/0 32/0 20/0 13/0 32/1 20/1 20/2 20/3 20/5",
    (NORMAL, "K"): "1250/0 800/0 500/0 315/0 200/0 125/0 80/0 200/1 125/1 125/2 125/3 125/5 125/7 125/10 125/14 125/21",  # noqa: E501
    (NORMAL, "Q"): "1250/0 800/0 2000/1 1250/1 1250/2 1250/3 1250/5 1250/7 1250/10 1250/14 1250/21 800/21 500/21 315/21 200/21 125/21",  # noqa: E501
    (TIGHTENED, "A"): "2000/0 1250/0 800/0 500/0 315/0 200/0 125/0 80/0 50/0 32/0 20/0 13/0 8/0 5/0 3/0 2/0",
    (TIGHTENED, "F"): "2000/0 1250/0 800/0 500/0 315/0 200/0 125/0 80/0 50/0 32/0 20/0 50/1 32/1 20/1 20/2 20/3",  # noqa: E501
    (TIGHTENED, "K"): "2000/0 1250/0 800/0 500/0 315/0 200/0 125/0 315/1 200/1 125/1 125/2 125/3 125/5 125/8 125/12 125/18",  # noqa: E501
    (TIGHTENED, "Q"): "2000/0 1250/0 3150/1 2000/1 1250/1 1250/2 1250/3 1250/5 1250/8 1250/12 1250/18 800/18 500/18 315/18 200/18 125/18",  # noqa: E501
    (REDUCED, "A"): "500/0 315/0 200/0 125/0 80/0 50/0 32/0 20/0 13/0 8/0 5/0 3/0 2/0 2/0 2/0 3/1",
    (REDUCED, "F"): "500/0 315/0 200/0 125/0 80/0 50/0 32/0 20/0 13/0 8/0 5/0 20/1 13/1 8/1 8/2 8/3",
    (REDUCED, "K"): "500/0 315/0 200/0 125/0 80/0 50/0 32/0 125/1 80/1 50/1 50/2 50/3 50/5 50/6 50/8 50/10",
    (REDUCED, "Q"): "500/0 315/0 200/0 800/1 500/1 500/2 500/3 500/5 500/6 500/8 500/10 315/10 200/10 125/10 80/10 50/10",  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize(("inspection", "letter"), list(ROWS))
def test_plans_are_those_of_the_tables(inspection: Inspection, letter: str) -> None:
    lot = LOT_OF.get(letter, 10**6)
    for limit, printed in zip(LIMITS, ROWS[inspection, letter].split(), strict=True):
        plan = sampling_plan(lot, "II", limit, inspection)
        size, acceptance = map(int, printed.split("/"))
        assert (plan.sample_size, plan.acceptance, plan.rejection) == (
            min(size, lot),
            acceptance,
            acceptance + 1,
        ), limit


@pytest.mark.parametrize(
    ("lot", "letters"),
    [
        (2, "AAAAAAB"), (8, "AAAAAAB"), (9, "AAAAABC"), (26, "ABBCCDE"), (151, "BCDEEGH"), (500, "BCDEFHJ"),
        (501, "CCEFGJK"), (1200, "CCEFGJK"), (1201, "CDEGHKL"), (10_000, "CDFGJLM"), (500_000, "DEGJMPQ"),
        (500_001, "DEHKNQR"),
    ],
)  # fmt: skip
def test_code_letters_are_those_of_table_1(lot: int, letters: str) -> None:
    from validators.sampling_plan import _LOT_SIZES, LEVELS, bisect_left

    assert "".join(codes[bisect_left(_LOT_SIZES, lot)] for codes in LEVELS.values()) == letters


def test_every_cell_has_a_plan_and_stricter_is_never_easier() -> None:
    for lot in (2, 30, 200, 900, 5_000, 40_000, 600_000):
        for limit in LIMITS:
            normal, tightened = (sampling_plan(lot, "II", limit, kind) for kind in (NORMAL, TIGHTENED))
            assert normal.sample_size <= lot
            assert normal.letter in LETTERS
            same = normal.sample_size == tightened.sample_size
            assert not same or tightened.acceptance <= normal.acceptance


def test_a_small_lot_is_looked_at_whole() -> None:
    plan = sampling_plan(30, "II", "0.65", NORMAL)
    assert (plan.letter, plan.sample_size, plan.acceptance) == ("F", 20, 0)
    assert sampling_plan(12, "II", "0.65", NORMAL).sample_size == 12
    assert sampling_plan(1, "II", "10", NORMAL).sample_size == 1


@pytest.mark.parametrize(("lot", "level", "aql"), [(0, "II", "1.0"), (9, "IV", "1.0"), (9, "II", "1.1")])
def test_what_no_table_has_is_refused(lot: int, level: str, aql: str) -> None:
    with pytest.raises(SohoaError):
        sampling_plan(lot, level, aql, NORMAL)


def good(inspection: Inspection = NORMAL, acceptance: int = 0) -> LotVerdict:
    return LotVerdict(inspection, True, acceptance, 0, tighter_acceptance=max(0, acceptance - 1))


def bad(inspection: Inspection = NORMAL) -> LotVerdict:
    return LotVerdict(inspection, False, 0, 1)


def test_two_of_five_not_accepted_tighten_and_five_accepted_ease() -> None:
    assert next_inspection([]).inspection is NORMAL
    assert next_inspection([bad()]).inspection is NORMAL
    assert next_inspection([bad(), good(), good(), good(), bad()]).inspection is TIGHTENED
    assert next_inspection([bad(), good(), good(), good(), good(), bad()]).inspection is NORMAL
    tightened = [bad(), bad(), *[good(TIGHTENED)] * 4]
    assert next_inspection(tightened).inspection is TIGHTENED
    assert next_inspection([*tightened, good(TIGHTENED)]).inspection is NORMAL
    assert next_inspection([*tightened, bad(TIGHTENED), good(TIGHTENED)]).inspection is TIGHTENED


def test_resubmitted_lots_do_not_count() -> None:
    again = LotVerdict(NORMAL, False, 0, 1, is_resubmitted=True)
    assert next_inspection([bad(), again, again]).inspection is NORMAL


def test_five_not_accepted_under_tightened_inspection_end_it() -> None:
    tightened = [bad(), bad(), *[bad(TIGHTENED)] * 4]
    assert not next_inspection(tightened).is_discontinued
    ended = [*tightened, good(TIGHTENED), bad(TIGHTENED)]
    assert next_inspection(ended).is_discontinued
    # It begins again, tightened, when somebody says that the work has got better (clause 9.4).
    again = next_inspection([*ended, replace(good(TIGHTENED), is_resumed=True)])
    assert (again.inspection, again.is_discontinued) == (TIGHTENED, False)


def test_reduced_inspection_needs_the_score_and_somebody_who_agrees() -> None:
    fifteen = [good()] * 15
    assert next_inspection(fifteen).score == 30
    assert next_inspection(fifteen).inspection is NORMAL
    assert next_inspection(fifteen, reduced_agreed=True).inspection is REDUCED
    assert next_inspection(fifteen[1:], reduced_agreed=True).inspection is NORMAL
    # With Ac of 2 and more a lot counts 3, if it would pass one step tighter; else the score begins anew.
    ten = [good(acceptance=3)] * 10
    assert next_inspection(ten).score == 30
    narrow = LotVerdict(NORMAL, True, 3, 3, tighter_acceptance=2)
    assert next_inspection([*ten, narrow]).score == 0
    # One lot that is not accepted ends it.
    reduced = [*fifteen, good(REDUCED)]
    assert next_inspection(reduced).inspection is REDUCED
    assert next_inspection([*reduced, bad(REDUCED)]).inspection is NORMAL


def test_one_step_tighter() -> None:
    plan = sampling_plan(2000, "II", "1.0", NORMAL)
    assert (plan.letter, plan.acceptance, tighter_acceptance(plan)) == ("K", 3, 2)
    assert tighter_acceptance(sampling_plan(2000, "II", "0.010", NORMAL)) is None
