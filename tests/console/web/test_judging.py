"""Judging in a browser: by keys alone, the next page there at once, nothing said twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dossier.accounts import Role
from flows.sampling import lot_state
from tests.web_access import LOT
from tests.web_room import make_room
from tests.web_site import CHROMIUM, Site, chromium, sample_archive, sample_audits, served

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
    pytest.mark.xdist_group("chromium"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    room = make_room(tmp_path_factory.mktemp("judging"))
    sample_archive(room.workshop)
    sample_audits(room)
    with served(room) as origin, chromium() as browser:
        yield replace(Site(room, origin, browser))


def test_pages_are_judged_by_keys(site: Site) -> None:
    with site.signed_in(Role.ARCHIVIST) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        page.goto(f"{site.origin}/audit/lots/{LOT}/pages/2")
        # D: good; the next page was fetched meanwhile and no page is loaded anew.
        page.evaluate("window.stays = true")
        page.keyboard.press("d")
        expect(page.locator("h1")).to_contain_text("Xem trang 3")
        assert page.evaluate("window.stays"), "the page was exchanged, not loaded"
        assert page.url.endswith("/pages/3")
        # X without a reason asks for one; 2 fills it in, X says it.
        page.keyboard.press("x")
        expect(page.locator("#reason")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("2")
        page.keyboard.press("Escape")
        page.keyboard.press("x")
        expect(page.locator("h1")).to_contain_text("Xem trang 4")
        # "?" shows what the keys do, Escape takes it away.
        page.keyboard.press("?")
        expect(page.locator("dialog.help")).to_contain_text("Đạt, sang trang tiếp")
        page.keyboard.press("Escape")
        expect(page.locator("dialog.help")).to_have_count(0)
    verdicts = [
        (p["draw"], p["is_good"], p["reason"]) for p in lot_state(site.room.audits.lot_room(), LOT)["pages"]
    ]
    assert verdicts[1:3] == [(2, True, ""), (3, False, "Mất mép, mất chữ")]
    posts = [each for each in asked if each.startswith("POST")]
    assert len(posts) == 2, "a verdict is said once"
