"""Every screen once more, as `make accessible` runs it: both languages, light and dark, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.web_access import (
    SCREENS,
    at_twice_the_size,
    in_the_dark,
    pages_by_role,
    site_in,
    tab_through,
    visit,
)
from tests.web_site import Site, served


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_screen_in_both_languages(site: Site, language: str) -> None:
    found: list[str] = []
    with ExitStack() as stack:
        opened = pages_by_role(site, language, stack)
        for screen in (each for each in SCREENS if each.role is not None):
            page, said = opened[screen.role]
            wrong = visit(page, screen.on(site), language)
            wrong += [*tab_through(page), *in_the_dark(page), *at_twice_the_size(page)]
            found += [f"{screen.on(site)}: {each}" for each in (*wrong, *said)]
            said.clear()
    assert found == []


def test_the_sign_in_speaks_english_where_the_centre_does(site: Site) -> None:
    english = replace(site.room, settings=site.room.settings.model_copy(update={"language": "en"}))
    with served(english) as origin, site.signed_in(None) as context:
        page = context.new_page()
        assert visit(page, f"{origin}/sign-in", "en") == []
        assert [*in_the_dark(page), *at_twice_the_size(page)] == []


def test_everything_can_be_read_without_scripts(site: Site) -> None:
    unread: list[str] = []
    for role in {screen.role for screen in SCREENS}:
        with site.signed_in(role, java_script_enabled=False) as context:
            page = context.new_page()
            for screen in (each for each in SCREENS if each.role == role):
                page.goto(screen.on(site))
                main = page.locator("main")
                if not main.locator("h1").first.is_visible() or len(main.inner_text()) < 40:
                    unread.append(screen.on(site))
    assert unread == []
