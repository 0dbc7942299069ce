"""Splitting a batch: what is certain is settled, what is not is asked, and nothing is guessed past a gap."""

from __future__ import annotations

from dossier.batch import BatchPlan, Doubt, Expectation, SideReading, SideRole
from dossier.batch_sheet import CoverSheet, SeparatorSheet
from pipeline.batch_split import split_batch

NOBODY_COUNTED = Expectation(procedure="1.001193")
A, B, C = "H56-260701-0001", "H56-260701-0002", "H56-260701-0003"


def cover(code: str, position: int, of: int, sheets: int = 0) -> CoverSheet:
    return CoverSheet("RUN", position, of, code, "1.001193", "", sheets)


def feed(*laid: object) -> list[SideReading]:
    """Sides one after the other: a sign, "damaged", a receipt's code, or "" for a paper."""
    sides = []
    for number, what in enumerate(laid, start=1):
        if isinstance(what, CoverSheet | SeparatorSheet):
            sides.append(SideReading(number, number, sign=what, is_marked=True))
        elif what == "damaged":
            sides.append(SideReading(number, number, is_marked=True))
        else:
            sides.append(SideReading(number, number, receipts=(str(what),) if what else ()))
    return sides


def settled(plan: BatchPlan) -> dict[str, tuple[int, ...]]:
    """Dossiers with the numbers of their settled papers."""
    return {
        code: tuple(s.number for s in plan.of(code) if s.is_settled)
        for code in plan.dossiers
        if any(s.is_settled for s in plan.of(code))
    }


def doubts(plan: BatchPlan) -> list[Doubt]:
    return [question.doubt for question in plan.questions]


def test_a_whole_print_run_needs_no_question() -> None:
    plan = split_batch(
        feed(cover(A, 1, 3), "", "", cover(B, 2, 3), "", cover(C, 3, 3), "", ""), NOBODY_COUNTED
    )
    assert settled(plan) == {A: (2, 3), B: (5,), C: (7, 8)}
    assert plan.questions == ()
    assert plan.dossiers_expected == 3
    assert [s.role for s in plan.sides if s.number in (1, 4, 6)] == [SideRole.COVER] * 3


def test_the_order_of_dossiers_is_free() -> None:
    plan = split_batch(feed(cover(B, 2, 2), "", cover(A, 1, 2), ""), NOBODY_COUNTED)
    assert settled(plan) == {B: (2,), A: (4,)}


def test_a_missing_sheet_leaves_nothing_uncounted_settled() -> None:
    plan = split_batch(feed(cover(A, 1, 3), "", "", "", cover(C, 3, 3), ""), NOBODY_COUNTED)
    assert settled(plan) == {}
    assert [(q.doubt, q.about) for q in plan.questions] == [(Doubt.SHEET_MISSING, "2/3")]
    assert plan.asked == (2, 3, 4, 6)


def test_counted_dossiers_are_certain_although_another_sheet_is_missing() -> None:
    plan = split_batch(feed(cover(A, 1, 3, 1), "", "", cover(C, 3, 3, 2), "", ""), NOBODY_COUNTED)
    assert settled(plan) == {C: (5, 6)}
    assert set(doubts(plan)) == {Doubt.SHEET_MISSING, Doubt.SHEETS_DIFFER}


def test_the_last_sheet_missing_is_noticed_too() -> None:
    plan = split_batch(feed(cover(A, 1, 2), "", ""), NOBODY_COUNTED)
    assert settled(plan) == {}


def test_a_damaged_sheet_in_its_place_asks_for_its_own_papers_only() -> None:
    plan = split_batch(feed(cover(A, 1, 3), "", "damaged", "", "", cover(C, 3, 3), ""), NOBODY_COUNTED)
    assert settled(plan) == {A: (2,), C: (7,)}
    assert doubts(plan) == [Doubt.SHEET_DAMAGED]
    assert plan.asked == (4, 5)


def test_a_damaged_sheet_elsewhere_does_not_explain_a_missing_one() -> None:
    plan = split_batch(feed(cover(A, 1, 3), "", "", cover(C, 3, 3), "", "damaged", ""), NOBODY_COUNTED)
    assert settled(plan) == {}
    assert set(doubts(plan)) == {Doubt.SHEET_DAMAGED, Doubt.SHEET_MISSING}


def test_a_receipt_below_a_damaged_sheet_is_a_suggestion() -> None:
    plan = split_batch(feed(cover(A, 1, 2), "", "damaged", B, ""), NOBODY_COUNTED)
    assert settled(plan) == {A: (2,)}
    assert [s.number for s in plan.of(B)] == [4, 5]


def test_a_sheet_doubled_at_once_or_behind_its_papers_is_harmless() -> None:
    twice = split_batch(feed(cover(A, 1, 2), cover(A, 1, 2), "", cover(B, 2, 2), ""), NOBODY_COUNTED)
    assert settled(twice) == {A: (3,), B: (5,)}
    closing = split_batch(feed(cover(A, 1, 2), "", cover(A, 1, 2), cover(B, 2, 2), ""), NOBODY_COUNTED)
    assert settled(closing) == {A: (2,), B: (5,)}


def test_papers_below_both_of_two_equal_sheets_are_asked_with_those_before() -> None:
    laid = feed(cover(B, 2, 2), "", cover(A, 1, 2), "", cover(B, 2, 2), "")
    plan = split_batch(laid, NOBODY_COUNTED)
    assert Doubt.SHEET_DOUBLED in doubts(plan)
    assert settled(plan) == {}


def test_a_doubled_sheet_is_settled_where_the_count_holds() -> None:
    laid = feed(cover(A, 1, 2, 2), "", cover(A, 1, 2, 2), "", cover(B, 2, 2, 1), "")
    assert settled(split_batch(laid, NOBODY_COUNTED)) == {A: (2, 4), B: (6,)}


def test_a_sheet_without_papers_puts_its_neighbours_in_doubt() -> None:
    plan = split_batch(feed(cover(A, 1, 3), "", cover(B, 2, 3), cover(C, 3, 3), ""), NOBODY_COUNTED)
    assert doubts(plan) == [Doubt.DOSSIER_EMPTY]
    assert settled(plan) == {}


def test_a_wrong_count_puts_uncounted_neighbours_in_doubt() -> None:
    plan = split_batch(
        feed(cover(A, 1, 3, 2), "", cover(B, 2, 3), "", "", cover(C, 3, 3, 1), ""), NOBODY_COUNTED
    )
    (question,) = plan.questions
    assert (question.doubt, question.about, question.found, question.expected) == (
        Doubt.SHEETS_DIFFER,
        A,
        1,
        2,
    )
    assert settled(plan) == {C: (7,)}


def test_sheets_printed_alone_prove_nothing_without_a_count() -> None:
    laid = feed(cover(A, 1, 1), "", cover(B, 1, 1), "")
    laid = [SideReading(s.number, s.sheet, _of_run(s.sign, s.number), s.is_marked) for s in laid]
    assert doubts(split_batch(laid, NOBODY_COUNTED)) == [Doubt.NOT_COUNTED]
    assert settled(split_batch(laid, Expectation(dossiers=2))) == {A: (2,), B: (4,)}
    assert settled(split_batch(laid, Expectation(dossiers=3))) == {}


def _of_run(sign: object, number: int) -> CoverSheet | None:
    if not isinstance(sign, CoverSheet):
        return None
    return CoverSheet(f"RUN{number}", 1, 1, sign.dossier, sign.procedure)


def test_what_the_clerk_counted_is_compared() -> None:
    laid = feed(cover(A, 1, 2), "", cover(B, 2, 2), "", "")
    assert settled(split_batch(laid, Expectation(sheets=3))) == {A: (2,), B: (4, 5)}
    differs = split_batch(laid, Expectation(sheets=4))
    assert (differs.questions[0].found, differs.questions[0].expected) == (3, 4)
    assert settled(differs) == {}


def test_papers_before_the_first_sheet_are_asked() -> None:
    plan = split_batch(feed("", cover(A, 1, 1, 1), ""), NOBODY_COUNTED)
    assert plan.asked == (1,)
    assert doubts(plan) == [Doubt.NO_SHEET_ABOVE]


def test_separators_with_a_receipt_in_each() -> None:
    sign = SeparatorSheet("RUN")
    laid = feed(sign, A, "", sign, "", B)
    assert doubts(split_batch(laid, NOBODY_COUNTED)) == [Doubt.NOT_COUNTED]
    told = Expectation(dossiers=2, procedure="1.001193")
    assert settled(split_batch(laid, told)) == {A: (2, 3), B: (5, 6)}


def test_a_separator_without_a_receipt_is_asked() -> None:
    sign = SeparatorSheet("RUN")
    plan = split_batch(feed(sign, A, sign, "", ""), Expectation(dossiers=2, procedure="1.001193"))
    assert settled(plan) == {A: (2,)}
    assert plan.asked == (4, 5)


def test_receipts_alone_open_dossiers_but_need_a_count() -> None:
    laid = feed(A, "", B, "", "")
    assert doubts(split_batch(laid, NOBODY_COUNTED)) == [Doubt.NOT_COUNTED]
    told = Expectation(dossiers=2, procedure="1.001193")
    assert settled(split_batch(laid, told)) == {A: (1, 2), B: (3, 4, 5)}


def test_another_dossiers_receipt_below_a_cover_is_asked() -> None:
    plan = split_batch(feed(cover(A, 1, 2), "", B, cover(C, 2, 2), ""), NOBODY_COUNTED)
    assert [(q.doubt, q.about) for q in plan.questions] == [(Doubt.OTHER_RECEIPT, B)]
    assert settled(plan) == {C: (5,)}


def test_the_back_of_a_cover_sheet_is_no_paper_and_ink_on_it_is_told() -> None:
    sides = [
        SideReading(1, 1, sign=cover(A, 1, 1, 1), is_marked=True),
        SideReading(2, 1, has_ink=False),
        SideReading(3, 2),
        SideReading(4, 2, has_ink=False),
    ]
    plan = split_batch(sides, NOBODY_COUNTED)
    assert settled(plan) == {A: (3, 4)}
    written = [sides[0], SideReading(2, 1, has_ink=True), *sides[2:]]
    plan = split_batch(written, NOBODY_COUNTED)
    assert plan.asked == (2,)
    assert doubts(plan) == [Doubt.BACK_WITH_INK]


def test_a_sheet_fed_face_down_in_duplex_is_still_a_sheet() -> None:
    sides = [
        SideReading(1, 1, has_ink=False),
        SideReading(2, 1, sign=cover(A, 1, 1, 1), is_marked=True),
        SideReading(3, 2),
        SideReading(4, 2, has_ink=False),
    ]
    assert settled(split_batch(sides, NOBODY_COUNTED)) == {A: (3, 4)}


def test_a_dossier_without_a_procedure_is_asked() -> None:
    sign = CoverSheet("RUN", 1, 2, A, "")
    plan = split_batch(feed(sign, "", cover(B, 2, 2), ""), Expectation())
    assert [(q.doubt, q.about) for q in plan.questions] == [(Doubt.PROCEDURE_UNKNOWN, A)]
    assert settled(plan) == {B: (4,)}


def test_an_empty_feed_is_an_empty_plan() -> None:
    assert split_batch([], NOBODY_COUNTED).sides == ()
