"""Numbers on damaged paper: who is believed, and what a clerk is told where nobody could read one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.geometry import Box
from dossier.identity import Identity, IdentityVerdict
from dossier.page import NumberReading, RecognisedPage
from models.digit_shapes import ENGINE
from models.kinds import group_pages
from tests.pages import FIRST, NATIONAL, SECOND, card, page
from validators.identity import check_identities, identities_of, register_query

NUMBER, WRONG, NAME = "001190005678", "001190006678", "Trần Thị Mẫu"


def judged(*pages: RecognisedPage) -> tuple[tuple[Identity, ...], tuple[Finding, ...]]:
    documents = group_pages(pages)
    identities = identities_of(documents)
    found = check_identities([(identity, None) for identity in identities], documents)
    return identities, tuple(f for f in found if f.rule is not Rule.REGISTER_NOT_CHECKED)


def form(
    *readings: tuple[str, str, float], source: str = "form.jpg", confidence: float = 0.99
) -> RecognisedPage:
    """A declaration of one person, whose number readers saw in one place, or only some digits of it."""
    laid = page(
        *NATIONAL,
        "^TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH",
        f"Họ, chữ đệm, tên người yêu cầu: {NAME.upper()}",
        "Số định danh cá nhân:",
        source=source,
    )
    (label,) = (line for line in laid.lines if line.text == "Số định danh cá nhân:")
    box = Box(label.box.right + 20, label.box.top, label.box.right + 340, label.box.bottom)
    numbers = tuple(NumberReading(digits, box, sure, engine) for digits, engine, sure in readings)
    return replace(laid, numbers=numbers, confidence=confidence)


def agreed(number: str = NUMBER, source: str = "form.jpg") -> RecognisedPage:
    return form((number, FIRST, 0.99), (number, SECOND, 0.99), source=source)


@pytest.mark.parametrize(
    ("page_confidence", "shapes", "verdict"),
    [
        (0.99, 0.0, IdentityVerdict.CONFIRMED),
        (0.89, 0.0, IdentityVerdict.SINGLE_WITNESS),
        (0.89, 0.98, IdentityVerdict.SINGLE_WITNESS),
        (0.89, 0.99, IdentityVerdict.CONFIRMED),
    ],
)
def test_on_a_worn_page_the_shapes_of_digits_have_to_agree(
    page_confidence: float, shapes: float, verdict: IdentityVerdict
) -> None:
    """Two readers miss the same flecks of ink: measured, both read the same wrong digit on 9 of 180 lines."""
    readings = [(NUMBER, FIRST, 0.99), (NUMBER, SECOND, 0.995)]
    readings += [(NUMBER, ENGINE, shapes)] if shapes else []
    (identity,), _ = judged(form(*readings, confidence=page_confidence))
    assert identity.verdict is verdict


@pytest.mark.parametrize(
    ("first", "second", "shapes", "sure", "verdict"),
    [
        (NUMBER, "", NUMBER, 0.995, IdentityVerdict.CONFIRMED),
        (NUMBER, "", NUMBER, 0.97, IdentityVerdict.SINGLE_WITNESS),
        (NUMBER, WRONG, NUMBER, 0.995, IdentityVerdict.CONFIRMED),
        (NUMBER, WRONG, NUMBER, 0.97, IdentityVerdict.CONFLICT),
        (NUMBER, WRONG, "", 0.0, IdentityVerdict.CONFLICT),
        (NUMBER, NUMBER, WRONG, 0.995, IdentityVerdict.CONFLICT),
        (WRONG, "", NUMBER, 0.995, IdentityVerdict.CONFLICT),
    ],
)
def test_of_readers_who_differ_two_count_only_with_sure_shapes(
    first: str, second: str, shapes: str, sure: float, verdict: IdentityVerdict
) -> None:
    seen = ((first, FIRST, 0.9), (second, SECOND, 0.9), (shapes, ENGINE, sure))
    (identity,), _ = judged(form(*(reading for reading in seen if reading[0]), confidence=0.8))
    assert identity.verdict is verdict


def test_readers_who_each_missed_another_digit_do_not_contradict_a_third_place() -> None:
    """The number that stands there is seen digit by digit; one digit that nobody saw stays a conflict."""
    one, other = "1" + NUMBER[1:], NUMBER[:-1] + "0"
    (identity,), _ = judged(form((one, FIRST, 0.6), (other, SECOND, 0.9)), agreed(source="b.jpg"))
    assert (identity.verdict, identity.personal_number) == (IdentityVerdict.CONFIRMED, NUMBER)
    elsewhere = [n[:7] + "9" + n[8:] for n in (one, other)]
    odd = form((elsewhere[0], FIRST, 0.6), (elsewhere[1], SECOND, 0.9))
    assert judged(odd, agreed(source="b.jpg"))[0][0].verdict is IdentityVerdict.CONFLICT


def whole_card() -> RecognisedPage:
    """A card whose code and print say the same: two witnesses, whatever the form says."""
    return card(NUMBER, NAME, born="02011990", sex="Nữ")


def about(found: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.rule is Rule.NUMBER_NOT_COMPARED]


@pytest.mark.parametrize("digits", ["00119", "", "0011900056789"])
def test_number_that_could_not_be_read_on_the_form_is_to_be_compared_by_eye(digits: str) -> None:
    """The card proves whose number it is; that the form has the same is not proven, and is not claimed."""
    (identity,), found = judged(whole_card(), form((digits, FIRST, 0.0)))
    assert (identity.verdict, identity.personal_number) == (IdentityVerdict.NOT_COMPARED, NUMBER)
    (place,) = identity.unread
    assert (place.document, place.page, place.digits) == (2, 1, digits)
    assert place.box is not None
    (finding,) = about(found)
    assert (finding.severity, finding.outcome) == (Severity.WARNING, Outcome.NOT_CHECKED)
    assert finding.evidence == ("form.jpg p.1",)
    assert NUMBER not in finding.subject
    query = register_query(identity, "officer", "purpose")
    assert query is not None, "the number is sure, so the register can be asked"
    assert query.personal_number == NUMBER


def test_form_that_asks_for_the_number_and_shows_none_was_not_read() -> None:
    (identity,), found = judged(whole_card(), form())
    assert identity.verdict is IdentityVerdict.NOT_COMPARED
    assert identity.unread[0].box is None
    assert len(about(found)) == 1


def test_paper_without_room_for_a_number_has_nothing_to_compare() -> None:
    letter = page("^GIẤY CHỨNG SINH", f"Họ và tên mẹ: {NAME.upper()}", source="b.jpg")
    (identity,), found = judged(whole_card(), letter)
    assert (identity.verdict, identity.unread, about(found)) == (IdentityVerdict.CONFIRMED, (), [])


def test_read_number_is_compared() -> None:
    assert judged(whole_card(), agreed())[0][0].verdict is IdentityVerdict.CONFIRMED
    assert judged(whole_card(), agreed(WRONG))[0][0].verdict is IdentityVerdict.CONFLICT


def test_another_person_s_unread_number_is_not_this_one_s() -> None:
    other = form(("00109", FIRST, 0.0))
    renamed = page(
        *NATIONAL,
        "^TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH",
        "Họ, chữ đệm, tên người yêu cầu: LÊ VĂN GIÁP",
        "Số định danh cá nhân:",
        source="form.jpg",
    )
    renamed = replace(renamed, numbers=other.numbers)
    (identity,), found = judged(whole_card(), renamed)
    assert (identity.verdict, about(found)) == (IdentityVerdict.CONFIRMED, [])


def test_unread_number_does_not_hide_that_there_is_one_witness_only() -> None:
    lone = form((NUMBER, FIRST, 0.9), source="a.jpg")
    (identity,), found = judged(lone, form(("00119", FIRST, 0.0)))
    assert identity.verdict is IdentityVerdict.SINGLE_WITNESS
    assert {f.rule for f in found} == {Rule.NUMBER_NOT_CONFIRMED, Rule.NUMBER_NOT_COMPARED}


def test_worn_print_of_a_card_whose_code_is_read_leaves_nothing_to_compare() -> None:
    front = whole_card()
    box = front.numbers[0].box
    worn = replace(front, numbers=(NumberReading("0011", box, 0.0, FIRST),))
    (identity,), found = judged(worn, agreed())
    assert (identity.verdict, identity.unread, about(found)) == (IdentityVerdict.CONFIRMED, (), [])
