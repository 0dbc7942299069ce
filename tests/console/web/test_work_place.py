"""The dossier's screen in a real browser: the line breaks, keys are quick, and two people are at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from dossier.review import TypeField
from tests.drafts import CODE
from tests.web_counter import WorkPlace, place_of, work_place
from tests.web_site import CHROMIUM

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
    pytest.mark.xdist_group("chromium"),
]
THEIRS = "TRẦN THỊ MẬU"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[WorkPlace]:
    with work_place(tmp_path) as made:
        yield made


def test_picture_fields_and_tools_are_of_one_page_however_quick_the_keys(place: WorkPlace) -> None:
    page = place.opened(place.at(place.mai))
    held: list[Route] = []
    # 1. The picture of the second page is slow, and the third one is asked for meanwhile.
    page.route("**/pages/2/picture*", lambda route: held.append(route))
    _press(page, "PageDown")
    page.wait_for_timeout(150)
    assert _pages_shown(page) == {1}, "what is not seen yet is not worked on"
    _press(page, "PageDown")
    expect(page.locator(".tools-page")).to_contain_text("3/4")
    for each in held:
        each.continue_()
    page.wait_for_timeout(400)
    assert _pages_shown(page) == {3}
    # 2. The list of pages is told anew while a picture is on its way: it comes all the same.
    page.unroute("**/pages/2/picture*")
    held.clear()
    page.route("**/pages/4/picture*", lambda route: held.append(route))
    _press(page, "PageDown")
    page.wait_for_timeout(150)
    _correct(place, place_of(place, "full_name"), THEIRS, "lan")
    with page.expect_response("**/state?*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(200)
    assert _pages_shown(page) == {3}
    for each in held:
        each.continue_()
    expect(page.locator(".tools-page")).to_contain_text("4/4")
    assert _pages_shown(page) == {4}
    page.unroute("**/pages/4/picture*")
    # 3. A picture that does not come at all leaves no other page's in its place.
    page.route("**/pages/1/picture*", lambda route: route.abort())
    page.reload()
    page.wait_for_selector(".work[data-ready]")
    _press(page, "1")
    expect(page.locator(".tools-page")).to_contain_text("1/4")
    assert _pages_shown(page) == {1}
    assert page.locator(".viewer-sheet img").get_attribute("src") is None


def _pages_shown(page: Page) -> set[int]:
    """Which pages the parts of the screen are about."""
    return {
        int(number)
        for number in page.evaluate("""() => [
            document.querySelector(".viewer-sheet img").alt.match(/\\d+/)[0],
            (document.querySelector(".viewer-sheet img").dataset.shown || "").match(/pages\\/(\\d+)/)?.[1],
            document.querySelector(".tools-page").textContent.match(/\\d+/)[0],
            ...[...document.querySelectorAll("[data-page-in-sight]")].map((field) => field.value),
            document.querySelector("[data-part=list] a[aria-current]").dataset.page,
            new URLSearchParams(location.search).get("page"),
        ].filter(Boolean)""")
    }


def _correct(place: WorkPlace, field: str, value: str, by: str) -> None:
    reviews = place.room.reviews
    reviews.correct(CODE, reviews.open(CODE).version, TypeField(field, value), by)


def _field(place: str) -> str:
    return f'[data-place="{place}"]'


def _press(page: Page, key: str) -> None:
    page.locator("[data-viewer]").focus()
    page.keyboard.press(key)
