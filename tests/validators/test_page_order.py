"""Printed page numbers: what is missing, what lies in the wrong order, and what cannot be told."""

from __future__ import annotations

import pytest

from dossier.finding import Rule
from dossier.page import RecognisedPage
from tests.pages import HEIGHT, line, page
from validators.page_order import check_page_order


def numbered(text: str, source: str) -> RecognisedPage:
    return page("Nội dung của tờ khai (MẪU)", source=source, lines=[line(text, 1100, HEIGHT - 150)])


def paper(*numbers: str) -> list[RecognisedPage]:
    return [numbered(text, f"{place}.jpg") for place, text in enumerate(numbers)]


def test_a_whole_paper_is_silent() -> None:
    assert check_page_order(paper("Trang 1/3", "Trang 2/3", "Trang 3/3")) == ()


def test_a_missing_page_is_named() -> None:
    (finding,) = check_page_order(paper("Trang 1/4", "Trang 4/4"))
    assert finding.rule is Rule.PAGE_MISSING
    assert finding.detail == "2, 3/4"
    assert finding.evidence == ("0.jpg p.1", "1.jpg p.1")


def test_pages_out_of_order_are_told() -> None:
    (finding,) = check_page_order(paper("Trang 3/3", "Trang 1/3", "Trang 2/3"))
    assert (finding.rule, finding.detail) == (Rule.PAGE_ORDER, "3, 1, 2")


def test_a_first_page_without_a_number_counts() -> None:
    first = page("GIẤY ỦY QUYỀN (MẪU)", source="first.jpg")
    assert check_page_order([first, *paper("Trang 2/3", "Trang 3/3")]) == ()


def test_two_papers_of_the_same_length_are_kept_apart() -> None:
    assert check_page_order(paper("Trang 1/2", "Trang 2/2", "Trang 1/2", "Trang 2/2")) == ()
    (finding,) = check_page_order(paper("Trang 1/2", "Trang 2/2", "Trang 1/2"))
    assert (finding.rule, finding.detail) == (Rule.PAGE_MISSING, "2/2")


@pytest.mark.parametrize("text", ["2", "- 3 -", "Trang 5", "12/11/2026"])
def test_a_number_that_does_not_say_of_how_many_tells_nothing(text: str) -> None:
    assert check_page_order(paper(text)) == ()


def test_blank_sides_between_do_not_disturb() -> None:
    one, two = paper("Trang 1/2", "Trang 2/2")
    assert check_page_order([one, page(source="blank.jpg"), two]) == ()
