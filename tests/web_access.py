"""Whether everybody can use a screen: axe-core with the rules of WCAG 2.2 AA, the keyboard, twice the size.

What a screen is stands in `SCREENS`; `tests/console/web/test_accessible.py` fails where one is not there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import axe_playwright_python
import httpx
from PIL import Image
from playwright.sync_api import Page

from console.web.security import csrf_of
from dossier.accounts import Role
from dossier.desk import DeskState
from flows.wiring import install
from tests.drafts import CODE, MISREAD, ORDER, form, id_card, prepare
from tests.web_room import COUNTER, make_room, session_of
from tests.web_site import KEPT, STOPPED, Site, chromium, sample_archive, sample_audits, served

LOT = "20261101-20261130_II-1.0"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_SERIOUS = ("serious", "critical")
_AXE = """async ([rules, tags]) => {
  const only = rules.length ? {type: 'rule', values: rules} : {type: 'tag', values: tags};
  const found = await axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false});
  return found.violations.map(v => ({id: v.id, impact: v.impact,
    nodes: v.nodes.map(n => n.html + ' | ' + n.failureSummary)}));
}"""
_FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  const shown = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
  const all = [...document.querySelectorAll('*')];
  return {tag: e.tagName, place: all.indexOf(e), shown, html: e.outerHTML.slice(0, 160)};
}"""


@dataclass(frozen=True)
class Screen:
    """One screen, and who looks at it."""

    route: str
    role: Role | None
    address: str = ""

    def on(self, site: Site) -> str:
        """Where it lies."""
        return site.origin + (self.address or self.route).replace("{arrival}", site.arrival)


A, C, K, D = Role.ARCHIVIST, Role.CONTROLLER, Role.CLERK, Role.ADMINISTRATOR
SCREENS = (
    Screen("/sign-in", None),
    Screen("/", K),
    Screen("/", A),
    Screen("/search", A),
    Screen("/search", K, "/search?q=Nguyen"),
    Screen("/intake", K),
    Screen("/intake/{arrival}", K),
    Screen("/dossiers/{code}", K, f"/dossiers/{CODE}"),
    Screen("/dossiers/{code}/notice", K, f"/dossiers/{CODE}/notice"),
    Screen("/account", K),
    Screen("/account/password", K),
    Screen("/account/second-factor", K),
    Screen("/accounts", D),
    Screen("/status", D),
    Screen("/help", K),
    Screen("/help/topics/{name}", K, "/help/topics/so-hoa"),
    *(Screen("/help/tour/{step}", K, f"/help/tour/{step}") for step in (1, 3, 4)),
    Screen("/audit", A),
    Screen("/audit/lots/{code}", A, f"/audit/lots/{LOT}"),
    Screen("/audit/lots/{code}/pages/{draw}", A, f"/audit/lots/{LOT}/pages/2"),
    Screen("/audit/fixity", A),
    Screen("/ledger", A),
    Screen("/ledger/check", A),
    Screen("/ledger/{number}", A, "/ledger/1"),
    Screen("/archive/{code}", A, f"/archive/{KEPT}"),
    Screen("/archive/{code}/verification", A, f"/archive/{KEPT}/verification"),
    Screen("/archive/{code}/papers/{document}/{number}", A, f"/archive/{KEPT}/papers/1/1"),
    Screen("/control", C),
    Screen("/control/dossiers", C, "/control/dossiers?figure=late_returns"),
    Screen("/control/dossiers/{code}", C, f"/control/dossiers/{KEPT}"),
    Screen("/control/dossiers/{code}", C, f"/control/dossiers/{STOPPED}"),
)
NO_SCREENS = {
    "/health/live": "JSON for programs",
    "/health/ready": "JSON for programs",
    "/metrics": "figures for programs",
    "/session": "JSON about the browser's session",
    "/locked": "shown for a locked session only; the same form as /sign-in",
    "/audit/lots/{code}/pages/{draw}/{side}": "a picture",
    "/archive/{code}/papers/{document}/{number}/{side}": "a picture",
    "/control/table.csv": "a download",
    "/dossiers/{code}/state": "JSON for a script",
    "/dossiers/{code}/pages/{number}/picture": "a picture",
    "/dossiers/{code}/pages/{number}/words": "JSON for a script",
    "/dossiers/{code}/notice/{number}.jpg": "a picture",
    "/dossiers/{code}/notice.pdf": "a document",
    "/intake/{arrival}/state": "JSON for a script",
    "/intake/{arrival}/sides/{number}/picture": "a picture",
    "/help/words": "JSON for a script",
    "/help/tour/pictures/{name}": "a picture",
}


@contextmanager
def site_in(folder: Path) -> Iterator[Site]:
    """One server with something on every screen: real database and ledger, archive in memory."""
    room = make_room(folder)
    install(room.workshop)
    sample_archive(room.workshop)
    assert sample_audits(room) == LOT
    order = replace(ORDER, counter=COUNTER)
    prepare(room.workshop, [form(MISREAD), id_card()], order)  # the birth paper is missing: a notice
    room.workshop.desk.note(order, DeskState.REVIEW)
    try:
        with served(room) as origin, chromium() as browser:
            site = Site(room, origin, browser)
            yield replace(site, arrival=_arrival(site))
    finally:
        room.arrivals.close()


def _arrival(site: Site) -> str:
    """The notice of the dossier on the desk, and a page dropped at the counter; the name of its arrival."""
    out = io.BytesIO()
    Image.new("L", (400, 560), 250).save(out, "JPEG")
    token = session_of(site.room, site.account(K))
    with httpx.Client(
        base_url=site.origin, cookies={"sohoa": token}, headers={"X-CSRF": csrf_of(token)}
    ) as clerk:
        version = site.room.reviews.open(CODE).version
        assert clerk.post(f"/dossiers/{CODE}/notice", data={"version": str(version)}).status_code == 303
        answer = clerk.post(
            "/intake/files",
            data={"code": "H42-261119-0009", "procedure": "1.001193"},
            files=[("files", ("giay.jpg", out.getvalue(), "image/jpeg"))],
        )
    return str(answer.headers["location"].rpartition("/")[2])


Opened = dict[Role | None, tuple[Page, list[str]]]


def pages_by_role(site: Site, language: str, stack: ExitStack) -> Opened:
    """A page for each role, with what went wrong in it: refused by the policy, asked elsewhere, errors."""
    opened: Opened = {}
    for role in dict.fromkeys(screen.role for screen in SCREENS):
        page = stack.enter_context(site.signed_in(role, language)).new_page()
        said: list[str] = []
        _listen(page, site.origin, said)
        opened[role] = page, said
    return opened


def _listen(page: Page, origin: str, said: list[str]) -> None:
    page.on("request", lambda r: None if r.url.startswith((origin, "data:", "blob:")) else said.append(r.url))
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: said.append(str(e)))


def visit(page: Page, address: str, language: str) -> list[str]:
    """All rules, in light."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"answered {answer.status if answer else 'nothing'}"]
    page.evaluate(_axe_source())
    found = [] if page.get_attribute("html", "lang") == language else ["the page's language is another"]
    return found + axe(page)


def in_the_dark(page: Page) -> list[str]:
    page.emulate_media(color_scheme="dark")
    return [f"dark: {each}" for each in axe(page, "color-contrast", "link-in-text-block")]


def at_twice_the_size(page: Page, *, is_thorough: bool = True) -> list[str]:
    """200 % of 1280 pixels is 640 for the page (WCAG 1.4.4): nothing to scroll sideways, targets, labels."""
    page.set_viewport_size({"width": 640, "height": 400})
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"at 200 % the page is {wide} wide"] if wide > 640 else []
    if not is_thorough:
        return found
    rules = ("target-size", "scrollable-region-focusable", "label", "select-name")
    return found + [f"200 %: {each}" for each in axe(page, *rules)]


def axe(page: Page, *rules: str) -> list[str]:
    told: list[dict[str, Any]] = page.evaluate(_AXE, [list(rules), _TAGS])
    return [
        f"{each['id']} ({each['impact']}): {re.sub(chr(10), ' ', '; '.join(each['nodes'][:3]))[:700]}"
        for each in told
        if each["impact"] in _SERIOUS
    ]


@cache
def _axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def tab_through(page: Page) -> list[str]:
    """Tab goes through a screen as it is written, never into nothing, and where it is can be seen."""
    wrong, places, first = [], [], 0
    starts_within = page.evaluate("document.activeElement !== document.body")
    for step in range(10):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUS)
        if at["tag"] == "BODY" or at["place"] == first:
            break
        first = first or at["place"]
        if not at["shown"]:
            wrong.append(f"focus is not seen: {at['html']}")
        if step == 0 and "skip" not in at["html"] and not starts_within:
            wrong.append(f"the first is not the way to the content: {at['html']}")
        places.append(at["place"])
    page.evaluate("document.activeElement.blur()")
    # From a field that has the focus from the start, Tab comes round to the beginning once.
    if sum(later < earlier for earlier, later in pairwise(places)) > starts_within:
        wrong.append(f"the order of focus is not that of the page: {places}")
    if not places:
        wrong.append("nothing can be reached")
    return wrong
