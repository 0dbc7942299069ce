"""The dossier's screen in a real browser: the line breaks, keys are quick, and two people are at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from console.web.words import WORDS
from dossier.review import ReviewState, TypeField
from tests.drafts import CODE, MISREAD, NUMBER
from tests.web_counter import BASE, WorkPlace, place_of, value_at, work_place
from tests.web_room import PASSWORD
from tests.web_site import CHROMIUM

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
    pytest.mark.xdist_group("chromium"),
]
THEIRS, MINE = "TRẦN THỊ MẬU", "TRẦN THỊ MÂU"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[WorkPlace]:
    with work_place(tmp_path) as made:
        yield made


def test_what_waited_is_sent_as_what_was_seen_when_it_was_typed(place: WorkPlace) -> None:
    number, name = place_of(place, "personal_number"), place_of(place, "full_name")
    mai = place.at(place.mai)
    page = place.opened(mai)
    mai.set_offline(True)
    _type(page, number, NUMBER)
    _type(page, name, MINE)
    _correct(place, name, THEIRS, "lan")
    mai.set_offline(False)
    # 1. A colleague corrected the second one meanwhile: both values are told, nothing is overwritten.
    told = page.locator("dialog[data-dialog][open]")
    expect(told).to_contain_text(THEIRS)
    expect(told).to_contain_text(MINE)
    assert (value_at(place, number), value_at(place, name)) == (NUMBER, THEIRS)
    told.locator("form[data-change] button").click()
    expect(page.locator(_field(name))).to_have_attribute("data-stands", MINE)
    # 2. Nobody else wrote: what was pressed in one go is done in one go, each after what it followed.
    mai.set_offline(True)
    _type(page, number, MISREAD)
    _type(page, name, "TRẦN THỊ MẦU")
    _press(page, "z")
    mai.set_offline(False)
    expect(page.locator(_field(number))).to_have_attribute("data-stands", MISREAD)
    expect(page.locator(_field(name))).to_have_attribute("data-stands", MINE)
    assert not told.is_visible()


def test_opening_a_dossier_neither_seals_nor_undoes_and_overwrites_nothing(place: WorkPlace) -> None:
    number, name = place_of(place, "personal_number"), place_of(place, "full_name")
    _correct(place, number, NUMBER, "mai")
    _correct(place, name, "TRẦN THỊ MẪU A", "mai")
    mai = place.at(place.mai)
    page = place.opened(mai)
    # 1. It was undone, and the answer was lost on its way: the page that comes next undoes nothing more.
    page.route("**/undo", _lost, times=1)
    with page.expect_event("requestfailed"):
        _press(page, "z")
    assert value_at(place, name) != "TRẦN THỊ MẪU A"
    page.reload()
    expect(page.locator("#notice")).to_have_text(WORDS["script.not_carried"][0])
    assert value_at(place, number) == NUMBER
    # 2. A correction and the key of sealing wait, and the browser is closed. A colleague goes on.
    mai.set_offline(True)
    _type(page, name, MINE)
    _press(page, "k")
    page.close()
    _correct(place, name, THEIRS, "lan")
    mai.set_offline(False)
    page = place.opened(mai)
    expect(page.locator("dialog[data-dialog][open]")).to_contain_text(MINE)
    expect(page.locator("#notice")).to_have_text(WORDS["script.not_carried"][0])
    assert value_at(place, name) == THEIRS
    assert place.room.reviews.open(CODE).state is ReviewState.OPEN
    assert _waiting(page) == []


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


def test_what_is_typed_is_sent_by_its_owner_whoever_signs_in_meanwhile(place: WorkPlace) -> None:
    number, name = place_of(place, "personal_number"), place_of(place, "full_name")
    mai = place.at(place.mai)
    page, other = place.opened(mai), mai.new_page()
    lock = page.locator("dialog.lock[open]")
    # 1. The same person signed out and in again in another tab: nothing is asked, nothing is lost.
    _sign_in(other, place.origin, "mai")
    _type(page, number, NUMBER)
    expect(page.locator(_field(number))).to_have_attribute("data-stands", NUMBER)
    assert lock.count() == 0
    # 2. Somebody else did: it is not sent in that name, but waits for its owner's password.
    _sign_in(other, place.origin, "lan")
    _type(page, name, MINE)
    expect(lock).to_contain_text(WORDS["session_of_other"][0][:40])
    assert not page.is_visible("[data-part=facts]")
    assert value_at(place, name) != MINE
    page.fill("#lock-password", PASSWORD)
    page.click("dialog.lock button")
    expect(page.locator(_field(name))).to_have_attribute("data-stands", MINE)
    by = {each.after: each.by for each in place.room.reviews.open(CODE).corrections}
    assert by == {NUMBER: "mai", MINE: "mai"}


def test_a_change_that_the_server_refuses_is_kept_and_said(place: WorkPlace) -> None:
    number = place_of(place, "personal_number")
    page = place.opened(place.at(place.mai))
    page.route("**/corrections", lambda route: route.fulfill(status=403, body="{}"), times=1)
    _type(page, number, NUMBER)
    expect(page.locator("[data-network]")).to_have_text(WORDS["script.refused"][0].format(count=1))
    expect(page.locator(_field(number))).to_have_attribute("data-stands", NUMBER)


def test_each_tab_sends_its_own_and_what_a_closed_one_left(place: WorkPlace) -> None:
    number, name = place_of(place, "personal_number"), place_of(place, "full_name")
    mai = place.at(place.mai)
    first = place.opened(mai)
    first.route("**/corrections", lambda route: route.abort())
    _type(first, number, NUMBER)
    expect(first.locator("[data-network]")).to_contain_text("1")
    # 1. A second tab leaves alone what the first one waits to send, and sends its own.
    second = place.opened(mai)
    _type(second, name, MINE)
    expect(second.locator(_field(name))).to_have_attribute("data-stands", MINE)
    assert value_at(place, number) == MISREAD
    assert len(_waiting(second)) == 1
    # 2. The first one is closed: what it left is sent by the other, once.
    first.close()
    expect(second.locator(_field(number))).to_have_attribute("data-stands", NUMBER)
    assert [each.after for each in place.room.reviews.open(CODE).corrections] == [MINE, NUMBER]
    assert _waiting(second) == []


def test_what_waits_at_a_machine_is_read_by_its_account_alone_and_not_lost(place: WorkPlace) -> None:
    number, home = place_of(place, "personal_number"), place_of(place, "residence")
    mai = place.at(place.mai)
    page = place.opened(mai)
    page.route("**/corrections", lambda route: route.abort())
    page.route("**/typed", lambda route: route.abort())
    _type(page, number, NUMBER)
    page.locator(_field(home)).fill("Thôn Đang Gõ (MẪU)")
    expect(page.locator("[data-network]")).to_contain_text("2")
    kept = page.evaluate("JSON.stringify(localStorage)")
    for said in (NUMBER, "Thôn", "corrections"):
        assert said not in kept, said
    seals = page.locator(".work").get_attribute("data-seals")
    page.close()
    # 1. The next account at this machine neither sees nor sends it.
    other = mai.new_page()
    _sign_in(other, place.origin, "lan")
    other.goto(place.origin + BASE)
    other.wait_for_selector(".work[data-ready]")
    assert other.locator(".work").get_attribute("data-seals") != seals
    expect(other.locator(_field(home))).not_to_have_value("Thôn Đang Gõ (MẪU)")
    assert value_at(place, number) == MISREAD
    # 2. Its owner is back and is told where something waits; it is sent, and what was typed stands there.
    other.goto(f"{place.origin}/")
    assert not other.locator("[data-waits]").is_visible()
    _sign_in(other, place.origin, "mai")
    other.locator("[data-waits] a").click()
    expect(other.locator(_field(number))).to_have_attribute("data-stands", NUMBER)
    expect(other.locator(_field(home))).to_have_value("Thôn Đang Gõ (MẪU)")
    assert {each.by for each in place.room.reviews.open(CODE).corrections} == {"mai"}
    # 3. What lies there damaged, or under a key that is gone, harms nothing.
    other.evaluate("localStorage.setItem('sohoa:changes:mai:H42-261119-0001:1', 's1.AAAA')")
    other.reload()
    other.wait_for_selector(".work[data-ready]")


def _waiting(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(localStorage).filter(key => key.includes('changes'))")
    return found


def _sign_in(page: Page, origin: str, name: str) -> None:
    """Sign out who is signed in, and in as somebody."""
    page.goto(f"{origin}/")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in*")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{origin}/")


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


def _type(page: Page, place: str, value: str) -> None:
    page.locator(_field(place)).fill(value)
    page.locator(_field(place)).press("Enter")


def _press(page: Page, key: str) -> None:
    page.locator("[data-viewer]").focus()
    page.keyboard.press(key)


def _lost(route: Route) -> None:
    """The server does it; its answer does not come back."""
    route.fetch()
    route.abort()
