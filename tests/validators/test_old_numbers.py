"""Papers that bear an old number (CMND) beside the card whose code tells it, another, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, IdentityVerdict
from dossier.page import NumberReading, RecognisedPage
from models.kinds import group_pages
from tests.pages import NATIONAL, card, page
from validators.identity import check_identities, identities_of, register_query

MOTHER, NAME = "001190005678", "Trần Thị Mẫu"
OLD, OTHER = "123456789", "987654321"


def land(
    *numbers: str, second: str | None = None, name: str = NAME, source: str = "gcn.jpg"
) -> RecognisedPage:
    """A land certificate that names its owner by old numbers; the second reader may see another, or none."""
    return page(
        *NATIONAL,
        "^GIẤY CHỨNG NHẬN",
        "^QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT",
        f"Họ và tên: {name.upper()}",
        *[f"Số CMND: {number}" for number in numbers],
        source=source,
        misread={} if second is None else {numbers[0]: second},
    )


def owner(old: str) -> RecognisedPage:
    return card(MOTHER, NAME, sex="Nữ", old=old)


def judged(*pages: RecognisedPage) -> tuple[tuple[Identity, ...], list[Finding]]:
    documents = group_pages(pages)
    identities = identities_of(documents)
    found = check_identities([(identity, None) for identity in identities], documents)
    return identities, [f for f in found if f.rule is not Rule.REGISTER_NOT_CHECKED]


def test_the_old_number_in_the_code_of_the_card_confirms_and_is_silent() -> None:
    (identity,), found = judged(land(OLD), owner(OLD))
    assert (identity.personal_number, identity.verdict) == (MOTHER, IdentityVerdict.CONFIRMED)
    assert found == []


@pytest.mark.parametrize("second", [None, "", "987654320"])
def test_another_old_number_than_in_the_code_is_a_conflict(second: str | None) -> None:
    (identity,), (conflict,) = judged(land(OTHER, second=second), owner(OLD))
    assert (identity.verdict, identity.old_number_differs) == (IdentityVerdict.CONFLICT, True)
    assert (conflict.rule, conflict.severity, conflict.detail) == (
        Rule.NUMBER_CONFLICT,
        Severity.BLOCKING,
        "old number",
    )
    assert any(place.startswith("gcn.jpg p.1: ") for place in conflict.evidence)
    assert OTHER not in str(conflict)
    assert register_query(identity, "MẪU-01", "x") is None


def test_one_misread_old_number_is_no_conflict_where_the_other_reader_sees_the_right_one() -> None:
    (identity,), found = judged(land(OLD, second="123456780"), owner(OLD))
    assert (identity.verdict, found) == (IdentityVerdict.CONFIRMED, [])
    (identity,), found = judged(land("123456780", second=OLD), owner(OLD))
    assert (identity.verdict, found) == (IdentityVerdict.CONFIRMED, [])


def test_another_old_number_is_a_conflict_beside_a_paper_with_the_right_one() -> None:
    (identity,), found = judged(land(OLD), land(OTHER, source="khac.jpg"), owner(OLD))
    assert identity.verdict is IdentityVerdict.CONFLICT
    assert [f.rule for f in found] == [Rule.NUMBER_CONFLICT]


def test_an_old_number_that_no_card_tells_is_not_compared_and_said_so() -> None:
    (identity,), (notice,) = judged(land(OTHER), owner(""))
    assert identity.verdict is IdentityVerdict.CONFIRMED
    assert (notice.rule, notice.severity, notice.outcome) == (
        Rule.OLD_NUMBER_NOT_COMPARED,
        Severity.INFO,
        Outcome.NOT_CHECKED,
    )
    assert all(place.startswith("gcn.jpg p.1: ") for place in notice.evidence)
    assert "old_number_not_compared" in [
        f.rule for f in judged(land(OTHER), card(MOTHER, NAME, code=None))[1]
    ]


def test_a_paper_that_bears_the_personal_number_beside_the_old_one_is_compared() -> None:
    (identity,), found = judged(land(OTHER, MOTHER), owner(""))
    assert (identity.verdict, found) == (IdentityVerdict.CONFIRMED, [])


def test_nine_digits_left_of_the_personal_number_are_no_old_number() -> None:
    whole = land(MOTHER)
    (first, second) = whole.numbers
    cut = replace(whole, numbers=(first, replace(second, digits=MOTHER[3:])))
    assert [f.rule for f in judged(cut, owner(OLD))[1]] == []
    both: tuple[NumberReading, ...] = (replace(first, digits=MOTHER[3:]), replace(second, digits=MOTHER[3:]))
    (identity,), found = judged(replace(whole, numbers=both), owner(OLD))
    assert identity.verdict is IdentityVerdict.CONFIRMED
    assert [f.rule for f in found] == [Rule.OLD_NUMBER_NOT_COMPARED]


def test_old_numbers_alone_are_judged_among_themselves() -> None:
    (identity,), found = judged(land(OLD), land(OTHER, source="khac.jpg"))
    assert (identity.verdict, identity.old_number_differs) == (IdentityVerdict.CONFLICT, False)
    assert [(f.rule, f.detail) for f in found] == [(Rule.NUMBER_CONFLICT, "digits 1, 2, 3, 4, 6, 7, 8, 9")]
    identities, found = judged(land(OTHER, name="Lê Văn Mẫu"), owner(OLD))
    assert {i.personal_number for i in identities} == {OTHER, MOTHER}, "another person's paper"
    assert found == []
