"""Pages put into papers: page numbers, files, several papers in one scan, blank sheets, a clerk's word."""

from __future__ import annotations

import pytest

from dossier.document import UNKNOWN_KIND, CopyForm
from dossier.page import PageMarks, Presence, RecognisedPage
from models.copies import copy_of
from models.kinds import group_pages
from models.page_numbers import PageNumber, page_number
from tests.pages import NATIONAL, page

FORM = (*NATIONAL, "^TỜ KHAI ĐĂNG KÝ KHAI SINH", "Kính gửi: UBND xã")


def sources(pages: list[RecognisedPage]) -> list[tuple[str, list[str]]]:
    return [(d.kind.code, [p.page.source.name for p in d.pages]) for d in group_pages(pages)]


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (("Trang 2/3",), PageNumber(2, 3, True)),
        (("Trang: 02",), PageNumber(2, 0, True)),
        (("^2",), PageNumber(2, 0, False)),
        (("xem tiếp theo trang 1",), None),
        (("2",), None),
        (("Trang 4/3",), None),
    ],
)
def test_printed_page_numbers(texts: tuple[str, ...], number: PageNumber | None) -> None:
    assert page_number(page(*texts, top=120)) == number


def test_one_paper_over_several_files() -> None:
    pages = [
        page(*FORM, source="1.jpg"),
        page("^2", "phần tiếp theo của tờ khai", source="2.jpg", top=120),
        page("^3", "và hết", source="3.jpg", top=120),
        page("một trang rời không số", source="4.jpg"),
    ]
    assert sources(pages) == [("tk_khai_sinh", ["1.jpg", "2.jpg", "3.jpg"]), (UNKNOWN_KIND, ["4.jpg"])]


def test_a_number_that_does_not_follow_joins_nothing() -> None:
    pages = [page(*FORM, source="1.jpg"), page("^5", "trang của giấy khác", source="2.jpg", top=120)]
    assert len(group_pages(pages)) == 2


def test_a_named_second_page_is_no_paper_of_its_own_though_it_names_one() -> None:
    pages = [
        page("Trang 1/2", *FORM, source="a.pdf", top=120),
        page("Trang 2/2", "^GIẤY KHAI SINH", source="a.pdf", number=2, top=120),
        page("Trang 1/2", "^một giấy không tên", source="a.pdf", number=3, top=120),
    ]
    assert [len(d.pages) for d in group_pages(pages)] == [2, 1]


def test_several_papers_in_one_scan_also_of_kinds_that_no_table_knows() -> None:
    pages = [
        page(*FORM, source="a.pdf"),
        page(*NATIONAL, "^THÔNG BÁO", "^Về việc nghỉ lễ", source="a.pdf", number=2),
        page(*NATIONAL, "^GIẤY CHỨNG SINH", source="a.pdf", number=3),
    ]
    assert [d.kind.code for d in group_pages(pages)] == ["tk_khai_sinh", UNKNOWN_KIND, "giay_chung_sinh"]


def test_blank_sheets_in_front_and_behind_belong_to_the_paper() -> None:
    pages = [page(source="0.jpg"), page(*FORM, source="1.jpg"), page(source="2.jpg")]
    assert sources(pages) == [("tk_khai_sinh", ["0.jpg", "1.jpg", "2.jpg"])]
    assert [d.kind.code for d in group_pages([page(source="0.jpg")])] == [UNKNOWN_KIND]


def test_a_clerks_word_is_the_truth() -> None:
    pages = [page("không có tên", source="a.pdf"), page(*FORM, source="a.pdf", number=2)]
    told = group_pages(pages, {("a.pdf", 1): "ct07", ("a.pdf", 2): "giay_chung_sinh"})
    assert [(d.kind.code, d.kind.confidence) for d in told] == [("ct07", 1.0), ("giay_chung_sinh", 1.0)]
    assert all(d.kind.title for d in told)


def test_a_clerks_word_parts_a_paper_at_that_page() -> None:
    pages = [page(*FORM, source="a.pdf"), page("tiếp theo", source="a.pdf", number=2)]
    assert [d.kind.code for d in group_pages(pages, {("a.pdf", 2): "ct07"})] == ["tk_khai_sinh", "ct07"]


def marked(*texts: str, seal: Presence, is_colour: bool = True) -> RecognisedPage:
    from dataclasses import replace

    return replace(page(*texts), marks=PageMarks(is_colour, (), (), seal, Presence.CANNOT_TELL))


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (("GIẤY KHAI SINH", "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH"), CopyForm.CERTIFIED_COPY),
        (("Chứng thực bản sao", "đúng với bản chính", "Số chứng thực: 12"), CopyForm.CERTIFIED_COPY),
        (("CHỨNG THỰC BÀN SAO ĐÚNG VỚI BẢN CHỈNH",), CopyForm.CERTIFIED_COPY),
        (("^GIẤY KHAI SINH", "^BẢN SAO"), CopyForm.ISSUED_COPY),
        (("SAO Y",), CopyForm.ISSUED_COPY),
        (("Bản photo",), CopyForm.PLAIN_COPY),
        (("^GIẤY KHAI SINH",), CopyForm.ORIGINAL),
        (("^TỜ KHAI", "Hồ sơ gồm 02 bản sao giấy khai sinh"), CopyForm.ORIGINAL),
    ],
)
def test_originals_and_copies_in_colour(texts: tuple[str, ...], form: CopyForm) -> None:
    assert copy_of([marked(*texts, seal=Presence.SEEN)]) is form


def test_without_colour_or_seal_nobody_can_tell() -> None:
    for told in (
        marked("^GIẤY KHAI SINH", seal=Presence.CANNOT_TELL, is_colour=False),
        marked("^GIẤY KHAI SINH", seal=Presence.NOT_SEEN),
        page("^GIẤY KHAI SINH"),
    ):
        assert copy_of([told]) is CopyForm.CANNOT_TELL
    assert copy_of([]) is CopyForm.CANNOT_TELL
