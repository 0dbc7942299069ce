"""A counter with a dossier that was read, and browsers that need no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page

from console.web.app import make_console
from console.web.room import Room
from dossier.accounts import Account, Role
from dossier.desk import DeskState
from dossier.page import RecognisedPage
from flows.review import Reviews
from flows.wiring import install
from tests.drafts import CODE, MISREAD, ORDER, birth_paper, form, id_card, prepare, second_side
from tests.web_room import COUNTER, add_account, client_of, make_room, session_of
from tests.web_site import chromium, served

BASE = f"/dossiers/{CODE}"
JSON = {"Accept": "application/json"}
SCRIPT = '<script>alert("x")</script>'


@dataclass(frozen=True)
class Desk:
    """A counter with one dossier on it, and people at their browsers."""

    room: Room
    mai: TestClient
    lan: TestClient
    far: TestClient
    """A clerk of another counter."""

    @property
    def version(self) -> int:
        return self.room.reviews.open(CODE).version

    def correct(self, who: TestClient, version: int | None = None, **fields: object) -> object:
        at = self.version if version is None else version
        return who.post(f"{BASE}/corrections", data={"version": at, **fields})

    def viewed(self) -> int:
        entries = self.room.workshop.ledger.entries()
        return sum(entry.action == "viewed" and entry.subject == CODE for entry in entries)


@dataclass(frozen=True)
class WorkPlace:
    """The same dossier on the screens of real browsers."""

    room: Room
    origin: str
    browser: Browser
    mai: Account
    lan: Account

    def at(self, who: Account) -> BrowserContext:
        """A browser of somebody who is signed in."""
        context = self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
        context.add_cookies([{"name": "sohoa", "value": session_of(self.room, who), "url": self.origin}])
        return context

    def opened(self, context: BrowserContext) -> Page:
        """The dossier's screen, ready for keys."""
        page = context.new_page()
        page.goto(self.origin + BASE)
        page.wait_for_selector(".work[data-ready]")
        page.wait_for_selector(".viewer-sheet img[data-shown]", state="attached", timeout=10_000)
        return page


@contextmanager
def work_place(tmp_path: Path) -> Iterator[WorkPlace]:
    """A counter's dossier served to Chromium."""
    room = counter_room(tmp_path)
    mai, lan = (add_account(room, Role.CLERK, name) for name in ("mai", "lan"))
    try:
        with served(room) as origin, chromium() as browser:
            yield WorkPlace(room, origin, browser, mai, lan)
    finally:
        room.arrivals.close()


def counter_room(tmp_path: Path, pages: Sequence[RecognisedPage] = ()) -> Room:
    """A room with one dossier that was read, and waits for its clerk; of four pages where none are given."""
    made = make_room(tmp_path)
    room = replace(made, reviews=Reviews(made.workshop))
    install(room.workshop)
    order = replace(ORDER, counter=COUNTER)
    usual = [form(MISREAD), birth_paper(), second_side(), id_card()]
    prepare(room.workshop, pages or usual, order)
    room.workshop.desk.note(order, DeskState.REVIEW)
    return room


@contextmanager
def counter_desk(tmp_path: Path, pages: Sequence[RecognisedPage] = ()) -> Iterator[Desk]:
    """Two clerks of the counter and one of another, over a dossier that was read."""
    room = counter_room(tmp_path, pages)
    app = make_console(room)
    people = [add_account(room, Role.CLERK, name) for name in ("mai", "lan")]
    far = add_account(room, Role.CLERK, "xa", counter="Quầy 9 (MẪU)")
    yield Desk(room, *(client_of(room, who, app) for who in (*people, far)))
    room.arrivals.close()


def place_of(desk: Desk | WorkPlace, name: str, page: int = 1) -> str:
    draft = desk.room.reviews.open(CODE)
    return next(f.place for p in draft.papers for f in p.fields if (f.name, f.page) == (name, page))


def value_at(desk: Desk | WorkPlace, place: str) -> str:
    draft = desk.room.reviews.open(CODE)
    return next(f.value for p in draft.papers for f in p.fields if f.place == place)
