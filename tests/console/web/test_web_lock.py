"""The locked screen in a real browser: what was typed stays, whatever becomes of session and network."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext

from console.web.room import Room
from dossier.accounts import Role
from flows.admission import session_name
from flows.wiring import VIETNAM
from tests.web_room import PASSWORD, make_room
from tests.web_site import CHROMIUM, Page, Site, chromium, served

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
    pytest.mark.xdist_group("chromium"),
]
TYPED = "viết dở một câu <b>dài</b>"


def test_nothing_typed_is_lost_when_the_screen_locks_the_session_ends_or_the_network_goes(
    tmp_path: Path,
) -> None:
    now = datetime.now(VIETNAM)
    room = make_room(tmp_path, lambda: now)
    with served(room) as origin, chromium() as browser:
        site = Site(room, origin, browser)
        account = site.account(Role.CLERK)
        with site.signed_in(Role.CLERK) as context:
            page = context.new_page()
            refused: list[str] = []
            page.on("console", lambda said: refused.append(said.text) if "Refused to" in said.text else None)
            page.clock.install()
            # 1. Nobody touches anything for a quarter of an hour: the screen locks by itself.
            page.goto(f"{origin}/account/password")
            page.fill("#old", TYPED)
            page.clock.fast_forward(15 * 60 * 1000 + 6000)
            _unlock(page, "wrong", PASSWORD)
            assert page.input_value("#old") == TYPED
            # 2. The page was asleep and the server has locked: sending asks first, then sends.
            now += timedelta(minutes=16)
            page.fill("#new", TYPED)
            page.fill("#again", TYPED + "?")
            page.click("main button")
            _unlock(page, PASSWORD)
            page.wait_for_selector("text=không giống nhau")
            # 3. The session is over: signing in anew in the same dialog.
            page.fill("#old", TYPED)
            room.accounts.parts.rows.end_sessions(account.name)
            page.fill("#new", TYPED)
            page.fill("#again", TYPED + "?")
            page.click("main button")
            page.wait_for_selector("#lock-code")
            assert page.input_value("#old") == TYPED
            _unlock(page, PASSWORD)
            page.wait_for_selector("text=không giống nhau")
            # 4. The network is gone: the page stays, and says so.
            page.fill("#old", TYPED)
            page.fill("#new", TYPED)
            page.fill("#again", TYPED)
            context.set_offline(True)
            page.click("main button")
            page.wait_for_selector("text=Không kết nối được")
            assert page.input_value("#old") == TYPED
            context.set_offline(False)
            # 5. Locked by hand in one tab, locked in the other; unlocked in one, open in both.
            other = context.new_page()
            other.goto(f"{origin}/account")
            other.click("[data-lock]")
            page.wait_for_selector("dialog.lock[open]")
            assert not page.is_visible("main h1")
            _unlock(other, PASSWORD)
            page.wait_for_selector("dialog.lock:not([open])", state="attached")
            assert page.input_value("#old") == TYPED
            assert refused == []


def test_the_screen_locks_without_a_network_and_the_server_hears_of_it_before_it_opens(
    tmp_path: Path,
) -> None:
    room = make_room(tmp_path)
    with served(room) as origin, chromium() as browser:
        site = Site(room, origin, browser)
        with site.signed_in(Role.CLERK) as context:
            page, other = context.new_page(), context.new_page()
            page.clock.install()
            page.goto(f"{origin}/account/password")
            other.goto(f"{origin}/account")
            # 1. By the button, in every tab, and no password opens it while nobody can check it.
            context.set_offline(True)
            page.click("[data-lock]")
            _is_dark(page)
            _is_dark(other)
            page.fill("#lock-password", PASSWORD)
            page.click("dialog.lock button")
            page.wait_for_selector("dialog.lock >> text=Không kết nối được")
            _is_dark(page)
            assert not _locked_there(room, context)
            # 2. The network is back: the server is told, and what is open there is not open here before that.
            told: list[str] = []
            page.on("response", lambda answer: told.append(f"{answer.status} {urlsplit(answer.url).path}"))
            context.set_offline(False)
            _unlock(page, "wrong", PASSWORD)
            posted = [each for each in told if "lock" in each]
            assert posted == ["200 /session/lock", "401 /locked", "200 /locked"]
            other.wait_for_selector("dialog.lock:not([open])", state="attached")
            assert not _locked_there(room, context)
            # 3. By itself, and a page that is loaded anew before the server heard of it is dark as well.
            other.close()
            context.set_offline(True)
            page.clock.fast_forward(15 * 60 * 1000 + 6000)
            _is_dark(page)
            page.route("**/session/lock", lambda route: route.abort())
            context.set_offline(False)
            page.goto(f"{origin}/account")
            _is_dark(page)
            assert not _locked_there(room, context)
            page.unroute("**/session/lock")
            page.clock.fast_forward(6000)
            until = datetime.now(VIETNAM) + timedelta(seconds=20)
            while not _locked_there(room, context):
                assert datetime.now(VIETNAM) < until
                page.wait_for_timeout(100)
            _unlock(page, PASSWORD)
            assert page.is_visible("main h1")
            page.reload()
            assert page.is_visible("main h1")


def _is_dark(page: Page) -> None:
    page.wait_for_selector("dialog.lock[open]")
    assert not page.is_visible("main h1")


def _locked_there(room: Room, context: BrowserContext) -> bool:
    """Whether the server holds the session of this browser for locked."""
    token = next(each["value"] for each in context.cookies() if each["name"] == "sohoa")
    found = room.accounts.parts.rows.session(session_name(token))
    assert found is not None
    return found[0].is_locked


def _unlock(page: Page, *passwords: str) -> None:
    """Say passwords at the locked screen until it opens."""
    page.wait_for_selector("dialog.lock[open]")
    assert not page.is_visible("main h1")
    for password in passwords:
        page.fill("#lock-password", password)
        page.click("dialog.lock button")
        if password != passwords[-1]:
            page.wait_for_selector("dialog.lock [role=alert]:not([hidden])")
    page.wait_for_selector("dialog.lock:not([open])", state="attached")
