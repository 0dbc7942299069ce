"""A sheet that was scanned twice is one witness; a card and a form are two."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dossier.identity import IdentityVerdict
from dossier.page import RecognisedPage
from models.kinds import group_pages
from tests.pages import NATIONAL, card, page, qr
from validators.identity import identities_of

MOTHER, NAME = "001190005678", "Trần Thị Mẫu"
MISREAD = "001190005679"
ZONE = ("IDVNM0900012345001090001234<<8", "9002018M3002016VNM<<<<<<<<<<<4")
HOLDER = "001090001234"
CONFIRMED, SINGLE = IdentityVerdict.CONFIRMED, IdentityVerdict.SINGLE_WITNESS


def form(title: str = "TỜ KHAI ĐĂNG KÝ KHAI SINH", *, second: str | None = "") -> RecognisedPage:
    """A paper with one person; the second reader sees this, None for what the first sees."""
    seen = {} if second is None else {MOTHER: second}
    return page(
        *NATIONAL,
        f"^{title}" if title else "",
        f"Họ, chữ đệm, tên người yêu cầu: {NAME.upper()}",
        f"Số định danh cá nhân: {MOTHER}",
        source=f"{title}.jpg",
        misread=seen,
    )


def again(scan: RecognisedPage, *, engine: str = "") -> RecognisedPage:
    """The same sheet under another name; read by another reader where one is named."""
    other = page("x", source="again.jpg").page
    numbers = tuple(replace(n, engine=engine or n.engine) for n in scan.numbers)
    return replace(scan, page=other, numbers=numbers)


def worn(scan: RecognisedPage) -> RecognisedPage:
    return replace(scan, confidence=0.9)


def verdicts(*pages: RecognisedPage) -> dict[str, IdentityVerdict]:
    return {i.personal_number: i.verdict for i in identities_of(group_pages(pages))}


def only_code(payload: str, source: str) -> RecognisedPage:
    return page("Ảnh mờ", codes=[payload], source=source)


def test_one_reader_of_a_sheet_scanned_twice_confirms_nothing() -> None:
    lone = form()
    assert verdicts(lone) == {MOTHER: SINGLE}
    assert verdicts(lone, again(lone)) == {MOTHER: SINGLE}
    assert verdicts(worn(lone), worn(again(lone))) == {MOTHER: SINGLE}


def test_a_misread_title_makes_no_second_paper_of_a_sheet() -> None:
    lone, untitled = form(), form("")
    assert verdicts(lone, untitled) == {MOTHER: SINGLE}, "a paper of unknown kind may be the same sheet"
    chip, plain = (
        replace(card(MOTHER, NAME, code=None, source=source), numbers=form().numbers[:1])
        for source in ("a.jpg", "b.jpg")
    )
    titled = replace(plain, lines=page("^CĂN CƯỚC", *[line.text for line in plain.lines[1:]]).lines)
    assert len({d.kind.code for d in group_pages([chip, titled])}) == 2
    assert verdicts(chip, titled) == {MOTHER: SINGLE}, "two titles of cards"


def test_two_papers_of_two_kinds_confirm_unless_they_show_one_sheet() -> None:
    lone, authority = form(), form("GIẤY ỦY QUYỀN")
    assert verdicts(lone, authority) == {MOTHER: CONFIRMED}
    same_file = replace(authority, page=lone.page)
    assert verdicts(lone, same_file) == {MOTHER: SINGLE}, "the same bytes, taken for two kinds"


def test_one_code_scanned_twice_confirms_nothing_and_two_codes_do() -> None:
    payload = qr(MOTHER, NAME, sex="Nữ")
    assert verdicts(only_code(payload, "a.jpg")) == {MOTHER: SINGLE}
    assert verdicts(only_code(payload, "a.jpg"), only_code(payload, "b.jpg")) == {MOTHER: SINGLE}
    assert verdicts(only_code(payload, "a.jpg"), only_code(f"{payload} ", "b.jpg")) == {MOTHER: SINGLE}
    newer = payload.replace("05062021", "05062026")
    assert verdicts(only_code(payload, "a.jpg"), only_code(newer, "b.jpg")) == {MOTHER: CONFIRMED}


def test_one_zone_scanned_twice_confirms_nothing_and_code_beside_zone_does() -> None:
    back = page(*ZONE, source="a.jpg")
    assert verdicts(back) == {HOLDER: SINGLE}
    assert verdicts(back, page(*ZONE, source="b.jpg")) == {HOLDER: SINGLE}
    assert verdicts(back, only_code(qr(HOLDER, "Lê Văn Mẫu"), "b.jpg")) == {HOLDER: CONFIRMED}


@pytest.mark.parametrize("repeats", [1, 2, 3])
def test_a_card_and_a_form_confirm_however_often_each_is_scanned(repeats: int) -> None:
    sheets = [form(), card(MOTHER, NAME, sex="Nữ")]
    assert verdicts(*[again(sheet) if n else sheet for sheet in sheets for n in range(repeats)]) == {
        MOTHER: CONFIRMED
    }


def test_another_reader_of_the_second_scan_is_believed_as_at_one_place() -> None:
    lone = form()
    other = again(lone, engine="pp-ocrv6-tiny")
    assert verdicts(lone, other) == {MOTHER: CONFIRMED}
    assert verdicts(lone, worn(other)) == {MOTHER: SINGLE}, "readers miss the same flecks of ink"


def test_a_reader_who_repeats_itself_settles_no_dispute_of_readers() -> None:
    disputed = form(second=MISREAD)
    assert list(verdicts(disputed).values()) == [IdentityVerdict.CONFLICT]
    assert list(verdicts(disputed, again(form())).values()) == [IdentityVerdict.CONFLICT]
    assert verdicts(disputed, again(form(second=None))) == {MOTHER: CONFIRMED}, "both see it on the second"
    assert verdicts(disputed, form("GIẤY ỦY QUYỀN")) == {MOTHER: CONFIRMED}, "another paper says it"


def test_cards_of_two_people_scanned_twice_stay_two_people() -> None:
    both = [card(MOTHER, NAME, sex="Nữ"), card(HOLDER, "Lê Văn Mẫu", source="b.jpg")]
    expected = {MOTHER: CONFIRMED, HOLDER: CONFIRMED}
    assert verdicts(*both) == expected
    assert verdicts(*both, *map(again, both)) == expected
