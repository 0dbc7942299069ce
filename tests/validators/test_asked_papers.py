"""Papers that somebody asks for, told by words or by kind: within, outside, the register's, or left open."""

from __future__ import annotations

from datetime import date

import pytest

from models.paper_names import kinds_named
from validators.asked_papers import (
    AskedContext,
    AskedItem,
    AskedReason,
    AskedVerdict,
    JudgedItem,
    check_asked,
)
from validators.catalogue_loader import YamlCatalogue

CATALOGUE = YamlCatalogue()
TODAY = date(2026, 11, 22)
BIRTH = "1.001193"


def context(code: str = BIRTH, on: date = TODAY, *cases: str, lookup_failed: bool = False) -> AskedContext:
    procedure = CATALOGUE.procedure(code, on)
    return AskedContext(procedure, CATALOGUE.blocked_papers(on), cases, lookup_failed)


def judge(text: str, against: AskedContext | None = None, kind: str = "") -> JudgedItem:
    (judged,) = check_asked([AskedItem(text, kind)], against or context())
    return judged


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        ("Tờ khai đăng ký khai sinh", "within", "component"),
        ("GIẤY CHỨNG SINH (bản chính)", "within", "component"),
        ("Văn bản ủy quyền", "within", "conditional"),
        ("Văn bản xác nhận của cơ sở y tế đã thực hiện kỹ thuật", "within", "same_wording"),
        ("Căn cước công dân của cha, mẹ", "present_only", "only_presented"),
        ("Bản sao chứng thực căn cước công dân", "outside", "copy_of_presented"),
        ("Sổ hộ khẩu", "residence_register", "blocked"),
        ("so ho khau ban chinh", "residence_register", "blocked"),
        ("Giấy xác nhận thông tin về cư trú (mẫu CT07)", "residence_register", "blocked"),
        ("Giấy chứng nhận kết hôn", "outside", "not_listed"),
        ("Xác nhận số CMND", "outside", "blocked"),
        ("Giấy khám sức khỏe", "not_checked", "unknown_wording"),
        ("Không phải nộp sổ hộ khẩu", "not_checked", "negated"),
        ("ảnh", "not_checked", "unknown_wording"),
    ],
)
def test_a_paper_asked_for_in_words(text: str, verdict: str, reason: str) -> None:
    judged = judge(text)
    assert (judged.verdict, judged.papers[0].reason) == (verdict, reason)


def test_what_is_outside_names_the_law_and_since_when() -> None:
    residence = judge("Sổ tạm trú").papers[0]
    assert (residence.basis, residence.valid_from) == ("NĐ 104/2022/NĐ-CP Đ14(2)", date(2023, 1, 1))
    unlisted = judge("Giấy chứng nhận kết hôn").papers[0]
    assert unlisted.basis == CATALOGUE.procedure(BIRTH, TODAY).citation
    assert unlisted.valid_from == date(2026, 7, 1)
    copied = judge("Bản sao chứng thực căn cước công dân").papers[0]
    assert (copied.basis, copied.valid_from) == ("TT 01/2023/TT-VPCP Đ7", None)


def test_a_rule_does_not_reach_back_before_its_day() -> None:
    before = date(2026, 3, 14)
    told = judge("Xác nhận số CMND", context(on=before))
    # The record of that day is not known either, so nothing is called outside.
    assert (told.verdict, told.papers[0].reason) == (AskedVerdict.NOT_CHECKED, AskedReason.NOT_VERIFIED)
    assert judge("Sổ hộ khẩu", context(on=before)).verdict is AskedVerdict.RESIDENCE_REGISTER


def test_a_failed_look_up_excuses_what_the_law_excuses_and_nothing_else() -> None:
    failed = context(lookup_failed=True)
    assert judge("CT07", failed).papers[0].reason is AskedReason.ACCEPTED_AFTER_LOOKUP
    assert judge("Sổ hộ khẩu", failed).verdict is AskedVerdict.RESIDENCE_REGISTER


def test_every_paper_in_the_words_counts_and_the_forbidden_one_first() -> None:
    told = judge("Căn cước công dân và sổ hộ khẩu")
    assert [paper.kind for paper in told.papers] == ["cccd_chip", "so_ho_khau"]
    assert told.verdict is AskedVerdict.RESIDENCE_REGISTER
    mixed = judge("Giấy chứng sinh hoặc giấy chứng nhận kết hôn")
    assert mixed.verdict is AskedVerdict.NOT_CHECKED


def test_nothing_is_called_outside_of_a_record_that_nobody_compared() -> None:
    unverified = next(p.code for p in CATALOGUE.procedures() if not p.components_verified)
    told = judge("Giấy chứng nhận kết hôn", context(unverified))
    assert (told.verdict, told.papers[0].reason) == (AskedVerdict.NOT_CHECKED, AskedReason.NOT_VERIFIED)
    assert judge("Sổ hộ khẩu", context(unverified)).verdict is AskedVerdict.RESIDENCE_REGISTER


def test_kinds_are_taken_at_their_word_and_unknown_ones_left_open() -> None:
    assert judge("", kind="so_ho_khau").verdict is AskedVerdict.RESIDENCE_REGISTER
    assert judge("", kind="giay_chung_sinh").verdict is AskedVerdict.WITHIN
    assert judge("", kind="no_such_kind").papers[0].reason is AskedReason.UNKNOWN_KIND


def test_components_of_another_case_are_outside_only_when_the_case_is_told() -> None:
    procedure = next(p for p in CATALOGUE.procedures() if any(c.cases and c.kinds for c in p.components))
    part = next(c for c in procedure.components if c.cases and c.kinds and not c.replaced_by)
    kind = part.kinds[0]
    other = [c.code for c in procedure.cases if c.code not in part.cases]
    sharing = [c for c in procedure.components if kind in c.kinds]
    told = judge("", context(procedure.code, TODAY, *other[:1]), kind)
    if other and all(c.cases and other[0] not in c.cases for c in sharing):
        assert told.papers[0].reason is AskedReason.OTHER_CASE
    assert judge("", context(procedure.code), kind).verdict is not AskedVerdict.OUTSIDE


@pytest.mark.parametrize("code", [p.code for p in CATALOGUE.procedures() if p.components_verified])
def test_no_procedure_is_accused_of_its_own_record(code: str) -> None:
    """Published words and kinds of each record are never called outside, but for what the law blocks."""
    against = context(code)
    for component in against.procedure.components:
        told = judge(component.text, against)
        blamed = [
            p for p in told.papers if p.reason in (AskedReason.BLOCKED, AskedReason.REPLACED_BY_REGISTER)
        ]
        if not blamed and "chứng thực" not in component.text.lower():
            assert told.verdict is not AskedVerdict.OUTSIDE, (component.code, told)


def test_names_are_found_in_their_order_and_the_longest_counts() -> None:
    assert kinds_named("Sổ hộ khẩu, CCCD; sổ tạm trú") == ("so_ho_khau", "cccd_chip", "so_tam_tru")
    assert kinds_named("") == ()
    assert kinds_named("\x00" * 50) == ()
