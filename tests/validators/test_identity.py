"""Numbers, people and verdicts over them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import (
    Identity,
    IdentityVerdict,
    RegisterAnswer,
    RegisterOutcome,
    WitnessSource,
)
from dossier.page import RecognisedPage
from models.kinds import group_pages
from tests.pages import NATIONAL, card, page, qr
from validators.identity import check_identities, identities_of, register_query
from validators.number_structure import birth_registration_prefixes, structure_faults

MOTHER, FATHER = "001190005678", "040090001234"
NAME, OTHER = "Trần Thị Mẫu", "Lê Văn Mẫu"


def form(
    number: str, name: str = NAME, source: str = "form.jpg", second: str | None = None
) -> RecognisedPage:
    """A declaration with one person; the second reader may see another number, or none ("")."""
    misread = {} if second is None else {number: second}
    return page(
        *NATIONAL,
        "^TỜ KHAI ĐĂNG KÝ KHAI SINH",
        f"Họ, chữ đệm, tên người yêu cầu: {name.upper()}" if name else "Người nộp hồ sơ",
        f"Số định danh cá nhân: {number}",
        source=source,
        misread=misread,
    )


def judged(*pages: RecognisedPage) -> tuple[tuple[Document, ...], tuple[Identity, ...]]:
    documents = group_pages(pages)
    return documents, identities_of(documents)


def verdicts(*pages: RecognisedPage) -> dict[str, IdentityVerdict]:
    return {i.personal_number: i.verdict for i in judged(*pages)[1]}


def findings(*pages: RecognisedPage, answer: RegisterAnswer | None = None) -> tuple[Finding, ...]:
    documents, identities = judged(*pages)
    return check_identities([(i, answer) for i in identities], documents)


def rules(found: tuple[Finding, ...]) -> list[Rule]:
    return [f.rule for f in found]


def answered(outcome: RegisterOutcome, *differing: str, reason: str = "") -> RegisterAnswer:
    return RegisterAnswer(outcome, differing, reason, "2026-11-21T09:00:00+07:00")


MATCHES = answered(RegisterOutcome.MATCHES)


def test_two_readers_of_one_place_confirm() -> None:
    assert verdicts(form(MOTHER)) == {MOTHER: IdentityVerdict.CONFIRMED}


def test_one_reader_confirms_nothing_even_twice_on_a_paper() -> None:
    lone = form(MOTHER, second="")
    assert verdicts(lone) == {MOTHER: IdentityVerdict.SINGLE_WITNESS}
    twice = page(*[f"CCCD: {MOTHER}"] * 2, misread={MOTHER: ""})
    assert verdicts(twice) == {MOTHER: IdentityVerdict.SINGLE_WITNESS}
    apart = replace(twice, numbers=(twice.numbers[0], replace(twice.numbers[1], engine="pp-ocrv6-tiny")))
    assert verdicts(apart) == {MOTHER: IdentityVerdict.SINGLE_WITNESS}, "never at the same place"
    (finding, *_) = findings(lone, answer=MATCHES)
    assert (finding.rule, finding.severity) == (Rule.NUMBER_NOT_CONFIRMED, Severity.WARNING)


def test_code_alone_confirms_nothing() -> None:
    only_code = page("Ảnh mờ", codes=[qr(MOTHER, NAME, sex="Nữ")], source="card.jpg")
    assert verdicts(only_code) == {MOTHER: IdentityVerdict.SINGLE_WITNESS}


def test_one_reader_beside_the_code_or_on_papers_of_two_kinds_confirms() -> None:
    lone = form(MOTHER, second="")
    other = page(*NATIONAL, "^GIẤY ỦY QUYỀN", f"Tôi là: {NAME}", f"CCCD: {MOTHER}", misread={MOTHER: ""})
    assert verdicts(lone, other) == {MOTHER: IdentityVerdict.CONFIRMED}
    assert verdicts(lone, card(MOTHER, NAME, sex="Nữ")) == {MOTHER: IdentityVerdict.CONFIRMED}


def test_one_wrong_digit_against_the_card_is_a_conflict() -> None:
    written = "001190005878"
    found = findings(form(written), card(MOTHER, NAME, sex="Nữ"))
    (conflict,) = [f for f in found if f.rule is Rule.NUMBER_CONFLICT]
    assert (conflict.severity, conflict.outcome) == (Severity.BLOCKING, Outcome.FAIL)
    assert conflict.subject == "001•••••••78"
    assert conflict.detail == "digits 10"
    assert any(e.startswith("form.jpg p.1: 001•••••••78 (print:") for e in conflict.evidence)
    assert "card.jpg p.1: 001•••••••78 (qr:zxing-cpp)" in conflict.evidence
    _, (identity,) = judged(form(written), card(MOTHER, NAME, sex="Nữ"))
    assert identity.personal_number == MOTHER
    assert identity.card is not None


@pytest.mark.parametrize("name", ["", NAME, "Trần Thị Mầu"])
def test_near_number_without_a_name_or_with_the_same_is_a_conflict(name: str) -> None:
    assert list(verdicts(form("001190005687", name), card(MOTHER, NAME)).values()) == [
        IdentityVerdict.CONFLICT
    ]


def test_same_name_with_a_quite_different_number_is_a_conflict() -> None:
    assert list(verdicts(form(FATHER, NAME), card(MOTHER, NAME)).values()) == [IdentityVerdict.CONFLICT]


def test_near_numbers_of_two_named_people_are_two_people() -> None:
    twin = "001190005679"
    found = verdicts(form(twin, OTHER), form(MOTHER, NAME, source="b.jpg"))
    assert found == {twin: IdentityVerdict.CONFIRMED, MOTHER: IdentityVerdict.CONFIRMED}


def test_misreading_of_one_reader_is_no_conflict_when_the_card_backs_the_other() -> None:
    torn = form(MOTHER, second="001190005679")
    assert list(verdicts(torn).values()) == [IdentityVerdict.CONFLICT]
    assert verdicts(torn, card(MOTHER, NAME, sex="Nữ")) == {MOTHER: IdentityVerdict.CONFIRMED}
    assert verdicts(torn, form(MOTHER, source="b.jpg")) == {MOTHER: IdentityVerdict.CONFIRMED}


def test_misreading_on_the_card_itself_is_settled_by_its_code() -> None:
    front = card(MOTHER, NAME, sex="Nữ")
    second = replace(front.numbers[1], digits="001190005679")
    assert verdicts(replace(front, numbers=(front.numbers[0], second))) == {MOTHER: IdentityVerdict.CONFIRMED}


def test_both_readers_against_the_code_are_a_conflict() -> None:
    forged = card("001190005679", NAME, code=qr(MOTHER, NAME))
    assert verdicts(forged) == {MOTHER: IdentityVerdict.CONFLICT}


def test_single_reading_against_the_card_is_a_conflict() -> None:
    assert verdicts(form("001190005679", second=""), card(MOTHER, NAME)) == {MOTHER: IdentityVerdict.CONFLICT}


def test_applicant_and_child_are_two_people() -> None:
    both = page(
        "Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU",
        f"Số định danh cá nhân: {MOTHER}",
        "Họ, chữ đệm, tên: LÊ VĂN MẪU",
        "Số định danh cá nhân: 001226004321",
    )
    _, identities = judged(both)
    assert {i.full_name: i.personal_number for i in identities} == {
        "TRẦN THỊ MẪU": MOTHER,
        "LÊ VĂN MẪU": "001226004321",
    }
    assert {i.verdict for i in identities} == {IdentityVerdict.CONFIRMED}


def test_two_cards_on_one_page_are_two_people_with_their_records() -> None:
    sheet = page(
        "^CĂN CƯỚC CÔNG DÂN",
        f"Số / No.: {MOTHER}",
        "Họ và tên / Full name:",
        NAME.upper(),
        *[""] * 8,
        f"Số / No.: {FATHER}",
        "Họ và tên / Full name:",
        OTHER.upper(),
        codes=[qr(FATHER, OTHER), qr(MOTHER, NAME, sex="Nữ")],
    )
    _, identities = judged(sheet)
    assert {(i.personal_number, i.full_name) for i in identities} == {(MOTHER, NAME), (FATHER, OTHER)}
    assert all(i.verdict is IdentityVerdict.CONFIRMED and i.card for i in identities)


def test_old_number_belongs_to_the_card_that_carries_it() -> None:
    old = page("Số CMND: 012345678", source="old.jpg")
    assert verdicts(old, card(MOTHER, NAME, old="012345678")) == {MOTHER: IdentityVerdict.CONFIRMED}
    assert set(verdicts(old, card(MOTHER, NAME))) == {MOTHER, "012345678"}


def test_phone_number_makes_no_person() -> None:
    assert judged(page("Điện thoại: 084912345678"))[1] == ()


def test_card_without_a_number_is_unreadable() -> None:
    blurred = page("^CĂN CƯỚC CÔNG DÂN", "^Citizen Identity Card", source="mo.jpg")
    documents, identities = judged(blurred)
    assert [i.verdict for i in identities] == [IdentityVerdict.UNREADABLE]
    (finding,) = check_identities([(identities[0], None)], documents)
    assert (finding.rule, finding.severity) == (Rule.NUMBER_UNREADABLE, Severity.WARNING)
    assert finding.evidence == ("mo.jpg p.1",)


def test_zone_is_an_independent_witness() -> None:
    back = page("IDVNM0900012345001090001234<<8", "9002018M3002016VNM<<<<<<<<<<<4", source="back.jpg")
    front = card("001090001234", OTHER, code=None)
    lone = replace(front, numbers=front.numbers[:1])
    assert verdicts(lone) == {"001090001234": IdentityVerdict.SINGLE_WITNESS}
    _, (identity,) = judged(lone, back)
    assert identity.verdict is IdentityVerdict.CONFIRMED
    assert {w.source for w in identity.witnesses} == {WitnessSource.PRINT, WitnessSource.MRZ}


def test_sixty_three_prefixes() -> None:
    known = birth_registration_prefixes()
    assert len(known) == 63
    assert (known["001"], known["079"], known["096"]) == ("Hà Nội", "Thành phố Hồ Chí Minh", "Cà Mau")


@pytest.mark.parametrize(
    ("number", "sex", "born", "faults"),
    [
        ("001190005678", "Nữ", "02011990", ()),
        ("001190005678", "Nữ", "1990", ()),
        ("001190005678", "Nữ", "00001991", ("birth_year",)),
        ("001090005678", "Nữ", "02011990", ("sex",)),
        ("001191005678", "Nữ", "02011990", ("birth_year",)),
        ("001390005678", "Nữ", "02011990", ("birth_year",)),
        ("001301005678", "Nữ", "02012001", ()),
        ("003190005678", "Nữ", "02011990", ("prefix",)),
        ("115190005678", "", "", ("prefix",)),
    ],
)
def test_structure_against_the_card(number: str, sex: str, born: str, faults: tuple[str, ...]) -> None:
    _, (identity,) = judged(card(number, NAME, sex=sex, born=born))
    assert structure_faults(number, identity.card) == faults
    found = findings(card(number, NAME, sex=sex, born=born), answer=MATCHES)
    assert [(f.rule, f.severity, f.detail) for f in found] == (
        [(Rule.NUMBER_STRUCTURE, Severity.WARNING, ", ".join(faults))] if faults else []
    )


@pytest.mark.parametrize(
    ("answer", "rule", "severity", "outcome"),
    [
        (
            answered(RegisterOutcome.DIFFERS, "date_of_birth"),
            Rule.REGISTER_DIFFERS,
            Severity.BLOCKING,
            Outcome.FAIL,
        ),
        (
            answered(RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS),
            Rule.REGISTER_NO_MATCH,
            Severity.WARNING,
            Outcome.FAIL,
        ),
        (
            answered(RegisterOutcome.NOT_CHECKED, reason="time-out"),
            Rule.REGISTER_NOT_CHECKED,
            Severity.WARNING,
            Outcome.NOT_CHECKED,
        ),
        (None, Rule.REGISTER_NOT_CHECKED, Severity.WARNING, Outcome.NOT_CHECKED),
    ],
)
def test_register_is_never_silent(
    answer: RegisterAnswer | None, rule: Rule, severity: Severity, outcome: Outcome
) -> None:
    (finding,) = findings(card(MOTHER, NAME, sex="Nữ"), answer=answer)
    assert (finding.rule, finding.severity, finding.outcome) == (rule, severity, outcome)
    assert "104/2022" in finding.basis


def test_register_that_agrees_says_nothing() -> None:
    assert findings(card(MOTHER, NAME, sex="Nữ"), answer=MATCHES) == ()


def test_nameless_number_is_not_asked_about_and_says_so() -> None:
    documents, (identity,) = judged(page(f"Số định danh cá nhân: {MOTHER}"))
    assert register_query(identity, "MẪU-01", "x") is None
    (finding,) = check_identities([(identity, None)], documents)
    assert (finding.rule, finding.severity) == (Rule.REGISTER_NOT_CHECKED, Severity.INFO)


def test_register_is_asked_with_what_the_card_says() -> None:
    _, (identity,) = judged(card(MOTHER, NAME, sex="Nữ"))
    query = register_query(identity, "MẪU-01", "000.00.17.H42-261121-0001 1.001193")
    assert query is not None
    assert (query.personal_number, query.full_name) == (MOTHER, NAME)
    assert query.date_of_birth == date(1990, 2, 1)
    assert query.officer == "MẪU-01"


def test_register_is_not_asked_about_a_number_in_dispute() -> None:
    _, (identity,) = judged(form("001190005878"), card(MOTHER, NAME))
    assert register_query(identity, "MẪU-01", "x") is None
    assert rules(findings(form("001190005878"), card(MOTHER, NAME, sex="Nữ"))) == [Rule.NUMBER_CONFLICT]


NUMBERS = st.from_regex(r"0[0-9]{11}", fullmatch=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NUMBERS, st.sampled_from([NAME, OTHER, ""])), min_size=1, max_size=4), st.randoms())
def test_no_number_is_ever_shown_and_order_changes_no_verdict(
    written: list[tuple[str, str]], random: Random
) -> None:
    pages = [form(number, name, f"{n}.jpg") for n, (number, name) in enumerate(written)]
    found = findings(*pages)
    shown = " ".join(" ".join((f.subject, f.detail, *f.evidence)) for f in found)
    assert not re.search(r"\d{6,}", shown)
    before = verdicts(*pages)
    random.shuffle(pages)
    assert verdicts(*pages) == before
