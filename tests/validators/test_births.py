"""A person's birth, as papers, codes and zones tell it beside the number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dossier.document import Field
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, RegisterAnswer, RegisterOutcome, WitnessSource
from dossier.page import RecognisedPage
from models.kinds import group_pages
from tests.pages import NATIONAL, card, page
from validators.births import birth_of
from validators.identity import check_identities, identities_of, register_query
from validators.witnesses import witnesses_in

NUMBER, NAME = "001190005678", "TRẦN THỊ MẪU"


def form(born: str, source: str = "to-khai.jpg", title: str = "TỜ KHAI ĐĂNG KÝ KHAI SINH") -> RecognisedPage:
    return page(
        *NATIONAL,
        f"^{title}",
        f"Họ, chữ đệm, tên người yêu cầu: {NAME}",
        *([f"Ngày, tháng, năm sinh: {born}"] if born else []),
        f"Số định danh cá nhân: {NUMBER}",
        source=source,
    )


def paper(born: str) -> RecognisedPage:
    """Another paper about the same person."""
    return form(born, "giay-xac-nhan.jpg", "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN")


def person(*pages: RecognisedPage) -> Identity:
    (identity,) = identities_of(group_pages(pages))
    return identity


def differing(*pages: RecognisedPage) -> list[Finding]:
    documents = group_pages(pages)
    found = check_identities([(identity, None) for identity in identities_of(documents)], documents)
    return [finding for finding in found if finding.rule is Rule.BIRTH_DIFFERS]


def asked(*pages: RecognisedPage) -> tuple[date | None, int | None]:
    query = register_query(person(*pages), "MẪU-01", "x")
    assert query is not None
    return query.date_of_birth, query.year_of_birth


DAY = date(1990, 1, 2)


@pytest.mark.parametrize(
    ("pages", "day", "year"),
    [
        ((form("02/01/1990"),), DAY, None),
        ((form("1990"),), None, None),
        ((card(NUMBER, NAME, sex="Nữ", born="1990"),), None, 1990),
        ((form("1990"), paper("02/01/1990")), DAY, None),
        ((form(""),), None, None),
        ((form("02/01/1990"), paper("02/07/1990")), None, None),
        ((form("1990"), paper("02/07/1991")), None, None),
    ],
)
def test_the_register_is_asked_with_the_birth_that_every_paper_tells(
    pages: tuple[RecognisedPage, ...], day: date | None, year: int | None
) -> None:
    assert asked(*pages) == (day, year)


def test_a_code_is_believed_before_the_print_beside_it() -> None:
    front = card(NUMBER, NAME, sex="Nữ", born="02011990")
    born = birth_of(person(front, form("12/01/1990")))
    assert born is not None
    assert (born.day, born.source) == (DAY, WitnessSource.QR)
    born = birth_of(person(form("12/01/1990")))
    assert born is not None
    assert born.source is WitnessSource.PRINT


@pytest.mark.parametrize(
    ("form_says", "paper_says", "is_told"),
    [
        ("02/01/1990", "12/01/1990", True),
        ("02/01/1990", "1991", True),
        ("02/01/1990", "1990", False),
        ("02/01/1990", "02/01/1990", False),
        ("02/01/1990", "", False),
        ("", "", False),
    ],
)
def test_papers_that_tell_different_births_are_told(
    form_says: str, paper_says: str, *, is_told: bool
) -> None:
    found = differing(form(form_says), paper(paper_says))
    assert len(found) == is_told
    for finding in found:
        assert (finding.severity, finding.outcome) == (Severity.WARNING, Outcome.FAIL)
        assert finding.evidence == ("giay-xac-nhan.jpg p.1", "to-khai.jpg p.1")
        assert "1990" not in "".join((finding.subject, finding.detail, *finding.evidence))


def test_a_card_that_differs_from_the_form_is_told() -> None:
    front = card(NUMBER, NAME, sex="Nữ", born="02011990")
    (finding,) = differing(front, form("02/01/1991"))
    assert finding.evidence == ("card.jpg p.1", "to-khai.jpg p.1")
    assert differing(front, form("02/01/1990")) == []


@pytest.mark.parametrize(
    ("pages", "severity"),
    [
        ((form("02/01/1990"),), Severity.WARNING),
        ((card(NUMBER, NAME, sex="Nữ", born="02011990"),), Severity.BLOCKING),
        ((card(NUMBER, NAME, sex="Nữ", born="02011990"), form("02/01/1990")), Severity.BLOCKING),
    ],
)
def test_a_birth_that_only_print_tells_holds_nothing_up(
    pages: tuple[RecognisedPage, ...], severity: Severity
) -> None:
    documents = group_pages(pages)
    answer = RegisterAnswer(RegisterOutcome.DIFFERS, ("date_of_birth",), "", "2026-11-19T08:00:00+07:00")
    found = check_identities([(person(*pages), answer)], documents)
    assert [f.severity for f in found if f.rule is Rule.REGISTER_DIFFERS] == [severity]
    worse = check_identities([(person(*pages), replace(answer, differing=("full_name",)))], documents)
    assert [f.severity for f in worse if f.rule is Rule.REGISTER_DIFFERS] == [Severity.BLOCKING]


def test_who_typed_the_number_has_not_vouched_for_the_birth_beside_it() -> None:
    (document,) = group_pages([form("12/01/1990")])
    typed = [replace(f, witness="clerk:lan") for f in document.fields if f.name == "personal_number"][:1]
    (identity,) = identities_of([replace(document, fields=(*document.fields, *typed))])
    assert {witness.source for witness in identity.witnesses} == {WitnessSource.PRINT, WitnessSource.CLERK}
    born = birth_of(identity)
    assert born is not None
    assert (born.day, born.source) == (date(1990, 1, 12), WitnessSource.PRINT)


def test_a_birth_that_a_clerk_typed_stands_beside_the_printed_number() -> None:
    (document,) = group_pages([form("02/01/1991")])
    fields = tuple(
        Field(f.name, DAY.isoformat(), f.page, f.box, 1.0, "clerk:lan", f.person)
        if f.name == "date_of_birth"
        else f
        for f in document.fields
    )
    witnesses = list(witnesses_in(replace(document, fields=fields)))
    assert witnesses
    assert {witness.date_of_birth for witness in witnesses} == {DAY}
