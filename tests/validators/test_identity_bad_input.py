"""What the verdict makes of odd papers: a verdict or a finding for each, never a number out of nothing."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.geometry import Box
from dossier.identity import Identity, IdentityVerdict, WitnessSource
from dossier.page import MachineZone, RecognisedPage
from models.kinds import group_pages
from tests.pages import NATIONAL, card, page, qr
from validators.identity import check_identities, identities_of

NUMBER, NAME = "001190005678", "Trần Thị Mẫu"
ZONE = ("IDVNM0900012345001090001234<<8", "9002018M3002016VNM<<<<<<<<<<<4", "NGUYEN<<VAN<MAU<<<<<<<<<<<<<<<")


def judged(*pages: RecognisedPage) -> tuple[tuple[Identity, ...], tuple[Finding, ...]]:
    documents = group_pages(pages)
    identities = identities_of(documents)
    found = check_identities([(identity, None) for identity in identities], documents)
    return identities, tuple(f for f in found if f.rule is not Rule.REGISTER_NOT_CHECKED)


def told(found: tuple[Finding, ...]) -> list[tuple[Rule, str]]:
    return [(finding.rule, finding.detail) for finding in found]


def form(
    name: str, born: str = "02/01/1990", number: str = NUMBER, source: str = "form.jpg"
) -> RecognisedPage:
    return page(
        *NATIONAL,
        "^TỜ KHAI ĐĂNG KÝ KHAI SINH",
        f"Họ, chữ đệm, tên người yêu cầu: {name.upper()}",
        f"Ngày, tháng, năm sinh: {born}",
        f"Số định danh cá nhân: {number}",
        source=source,
    )


def zone_page(*lines: str, source: str = "back.jpg") -> RecognisedPage:
    plain = page("Đặc điểm nhận dạng / Personal identification:", source=source)
    return replace(
        plain, zones=(MachineZone(lines, lines, Box(300, 900, 1200, 1050), 0.98, "pp-ocrv6-tiny"),)
    )


@pytest.mark.parametrize(
    ("payload", "detail"),
    [
        ("https://vneid.gov.vn/abc", "other_scheme"),
        (f"{NUMBER}||Trần Th", "truncated"),
        (f"{NUMBER[:10]}||Trần Thị Mẫu|02011990|Nữ|Xã Mẫu|05062021", "number"),
    ],
)
def test_code_of_no_use_is_told_and_gives_no_witness(payload: str, detail: str) -> None:
    (identity,), found = judged(card(NUMBER, NAME, code=payload))
    assert {w.source for w in identity.witnesses} == {WitnessSource.PRINT}
    (finding,) = found
    assert (finding.rule, finding.detail) == (Rule.CARD_CODE_DOUBTFUL, detail)
    assert (finding.severity, finding.outcome) == (Severity.WARNING, Outcome.NOT_CHECKED)
    assert finding.evidence == ("card.jpg p.1",)


def test_code_of_another_scheme_on_a_form_is_nobodys_business() -> None:
    assert judged(page("Giấy tiếp nhận", codes=["000.00.17.H42-261116-0001"])) == ((), ())


@pytest.mark.parametrize(("name", "encoding"), [("TrÇn ThÞ MÉu", "tcvn3"), ("Traàn Thò Maãu", "vni")])
def test_code_in_an_old_encoding_is_one_person_with_the_form(name: str, encoding: str) -> None:
    (identity,), found = judged(form(NAME), card(NUMBER, NAME, code=qr(NUMBER, name, "02011990", "")))
    assert (identity.full_name, identity.verdict) == (NAME, IdentityVerdict.CONFIRMED)
    assert (Rule.CARD_CODE_DOUBTFUL, f"encoding {encoding}") in told(found)
    assert Rule.NAME_DIFFERS not in [finding.rule for finding in found]


def test_decomposed_name_in_the_code_is_the_same_name() -> None:
    payload = unicodedata.normalize("NFD", qr(NUMBER, NAME, "02011990", "Nữ"))
    (identity,), found = judged(form(NAME), card(NUMBER, NAME, code=payload))
    assert (identity.full_name, identity.verdict, found) == (NAME, IdentityVerdict.CONFIRMED, ())


@pytest.mark.parametrize(
    ("spelling", "severity", "detail"),
    [
        ("Trần Thị Thúy Hoà", None, ""),
        ("TRẦN  THỊ THUÝ HÒA", None, ""),
        ("Trần Thị Thủy Hòa", Severity.INFO, "marks only"),
        ("Tran Thi Thuy Hoa", Severity.INFO, "marks only"),
        ("Trần Thị Thu Hòa", Severity.WARNING, "letters"),
    ],
)
def test_names_are_compared_as_people_write_them(
    spelling: str, severity: Severity | None, detail: str
) -> None:
    code = qr(NUMBER, "Trần Thị Thuý Hoà", "02011990", "Nữ")
    (identity,), found = judged(form(spelling), card(NUMBER, "Trần Thị Thúy Hòa", code=code))
    assert identity.verdict is IdentityVerdict.CONFIRMED
    assert [(f.rule, f.severity, f.detail) for f in found] == (
        [(Rule.NAME_DIFFERS, severity, detail)] if severity else []
    )


def test_d_with_and_without_a_bar_differ_in_their_mark() -> None:
    code = qr(NUMBER, "Đỗ Thị Mẫu", "02011990", "Nữ")
    _, found = judged(form("Dỗ Thị Mẫu"), card(NUMBER, "Đỗ Thị Mẫu", code=code))
    assert told(found) == [(Rule.NAME_DIFFERS, "marks only")]


def test_number_with_quite_another_name_is_not_confirmed() -> None:
    (identity,), found = judged(form(NAME), form("Lê Quang Dũng", source="b.jpg"))
    assert identity.verdict is IdentityVerdict.SINGLE_WITNESS
    assert told(found) == [(Rule.NUMBER_NOT_CONFIRMED, ""), (Rule.NAME_DIFFERS, "letters")]


def test_print_that_its_own_birth_date_contradicts_is_not_confirmed() -> None:
    """Two readers may misread a digit alike; here the year in the number is not the year beside it."""
    (identity,), found = judged(form(NAME, born="02/01/1998"))
    assert identity.verdict is IdentityVerdict.SINGLE_WITNESS
    assert (Rule.NUMBER_STRUCTURE, "birth_year") in told(found)
    (identity,), found = judged(form(NAME, born="1998"))
    assert identity.verdict is IdentityVerdict.SINGLE_WITNESS
    assert (Rule.NUMBER_STRUCTURE, "birth_year") in told(found)
    for born in ("02/01/1990", "1990", "__/__/1990"):
        (sure,), found = judged(form(NAME, born=born))
        assert sure.verdict is IdentityVerdict.CONFIRMED
        assert told(found) == []


def test_misread_birth_date_does_not_matter_where_a_code_agrees() -> None:
    identities, _ = judged(form(NAME, born="02/01/1998"), card(NUMBER, NAME, sex="Nữ", born="02011990"))
    assert [i.verdict for i in identities] == [IdentityVerdict.CONFIRMED]


def test_zone_is_a_witness_with_its_place_and_its_lines() -> None:
    (identity,), found = judged(card("001090001234", "Nguyễn Văn Mẫu", code=None), zone_page(*ZONE))
    (witness,) = [w for w in identity.witnesses if w.source is WitnessSource.MRZ]
    assert (witness.raw, witness.box) == ("\n".join(ZONE), Box(300, 900, 1200, 1050))
    assert (str(witness.date_of_birth), witness.sex) == ("1990-02-01", "M")
    assert (identity.verdict, found) == (IdentityVerdict.CONFIRMED, ())


@pytest.mark.parametrize(
    ("lines", "detail"),
    [
        ((ZONE[0][:9] + "9" + ZONE[0][10:], *ZONE[1:]), "document, composite"),
        ((ZONE[0], "9102018" + ZONE[1][7:], ZONE[2]), "birth, composite"),
        ((ZONE[0], ZONE[1][:-1] + "5", ZONE[2]), "composite"),
        ((ZONE[0], ZONE[1]), "length"),
        ((ZONE[0], ZONE[1][:12], ZONE[2]), "length"),
        ((ZONE[0], ZONE[1].replace("M", "X", 1), ZONE[2]), "sex"),
    ],
)
def test_broken_zone_is_told_and_proves_nothing_wrong(lines: tuple[str, ...], detail: str) -> None:
    identities, found = judged(zone_page(*lines))
    assert (Rule.ZONE_DOUBTFUL, detail) in told(found)
    assert all(i.personal_number in ("", "001090001234") for i in identities)
    assert not any(i.verdict is IdentityVerdict.CONFIRMED for i in identities)


@pytest.mark.parametrize(
    "text",
    [
        "Điện thoại: 084912345678",
        "Số tài khoản: 001190005678 tại Ngân hàng Mẫu",
        "STK 001190005678",
        "Mã giao dịch: 001190005678",
        "Số điện thoại liên hệ: 001 190 005 678",
    ],
)
def test_twelve_digits_of_a_phone_or_a_bank_make_no_person(text: str) -> None:
    identities, found = judged(page("Giấy đề nghị", text))
    assert (identities, found) == ((), ())


def test_phone_beside_the_number_is_no_conflict() -> None:
    both = page("Họ và tên: TRẦN THỊ MẪU", f"Số định danh cá nhân: {NUMBER}", "Điện thoại: 084912345678")
    (identity,), found = judged(both)
    assert (identity.personal_number, identity.verdict, found) == (NUMBER, IdentityVerdict.CONFIRMED, ())
