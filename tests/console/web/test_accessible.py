"""Every screen of the console can be used by everybody: axe-core, keys alone, light and dark, twice the size.

Colours, keys and scripts are the same in both languages; English is looked at in full by `make accessible`
(`tests/console/web/accessible_in_full.py`), which costs too much for every change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from console.web.app import make_console
from tests.web_access import (
    NO_SCREENS,
    SCREENS,
    at_twice_the_size,
    in_the_dark,
    pages_by_role,
    site_in,
    tab_through,
    visit,
)
from tests.web_room import make_room, session_of
from tests.web_site import CHROMIUM, Site

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
    pytest.mark.xdist_group("chromium"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site")) as made:
        yield made


def test_every_screen_is_visited_here(tmp_path: Path) -> None:
    """A new GET route is a screen, or says in `NO_SCREENS` why it is none."""
    app = make_console(make_room(tmp_path))
    told = {screen.route for screen in SCREENS} | NO_SCREENS.keys()
    there = {r.path for r in app.routes if isinstance(r, APIRoute) and "GET" in r.methods}
    assert sorted(there - told) == []
    assert sorted(told - there) == []


def test_nobody_is_shut_out(site: Site) -> None:
    """Nothing serious, no request elsewhere, nothing that the policy refuses, focus in its order and seen."""
    found: list[str] = []
    with ExitStack() as stack:
        opened = pages_by_role(site, "vi", stack)
        for screen in SCREENS:
            page, said = opened[screen.role]
            wrong = visit(page, screen.on(site), "vi")
            wrong += [*tab_through(page), *in_the_dark(page), *at_twice_the_size(page, is_thorough=False)]
            found += [f"{screen.on(site)}: {each}" for each in (*wrong, *said)]
            said.clear()
    assert found == []


def test_every_screen_speaks_english_and_is_there_without_a_script(site: Site) -> None:
    """What stands in the page as it is sent: language, heading, words; no script and no style within it."""
    wrong: list[str] = []
    for screen in SCREENS:
        if screen.role is None:
            continue
        cookies = {"sohoa": session_of(site.room, site.account(screen.role, "en"))}
        sent = httpx.get(screen.on(site), cookies=cookies).text
        main = sent.partition("<main")[2].partition("</main>")[0]
        if '<html lang="en"' not in sent or "<h1" not in main or len(main) < 200:
            wrong.append(f"{screen.on(site)} cannot be read without a script, or not in English")
        if "<script>" in sent or " style=" in main or " onclick=" in main:
            wrong.append(f"{screen.on(site)} has a script or a style within it")
    assert wrong == []
