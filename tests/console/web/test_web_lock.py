"""The locked screen in a real browser: what was typed stays, whatever becomes of session and network."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dossier.accounts import Role
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
