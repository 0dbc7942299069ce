"""The console served for a browser: one room with sample dossiers, a port of its own, headless Chromium."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Thread

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from console.web.app import make_console
from console.web.room import Room
from dossier.accounts import Account, Role
from flows.fixity_room import Pace
from flows.sampling import LotOrder, PageVerdict, draw_lot, judge_page
from flows.wiring import Workshop
from tests.kept_dossiers import LATE, archived, judged
from tests.web_room import add_account, session_of

CHROMIUM = "/usr/bin/chromium"
KEPT = "H56.101-261105-0001"
STOPPED = "H56.101-261105-0009"


@dataclass
class Site:
    """A console that answers."""

    room: Room
    origin: str
    browser: Browser
    arrival: str = ""
    """Name of pages that wait at the counter."""
    accounts: dict[tuple[Role, str], Account] = field(default_factory=dict)

    def account(self, role: Role, language: str = "vi") -> Account:
        """Somebody of a role who reads a language."""
        if (role, language) not in self.accounts:
            made = add_account(self.room, role, f"{role}-{language}")
            self.room.accounts.parts.rows.change(made.name, language=language)
            self.accounts[role, language] = replace(made, language=language)
        return self.accounts[role, language]

    @contextmanager
    def signed_in(
        self, role: Role | None, language: str = "vi", **options: object
    ) -> Iterator[BrowserContext]:
        """A browser of somebody, or of nobody, that asks this origin alone."""
        context = self.browser.new_context(**options)  # type: ignore[arg-type]
        if role is not None:
            token = session_of(self.room, self.account(role, language))
            context.add_cookies([{"name": "sohoa", "value": token, "url": self.origin}])
        try:
            yield context
        finally:
            context.close()


def sample_archive(work: Workshop) -> None:
    """Three dossiers in the archive, one that was stopped at the counter."""
    for number in (1, 2, 3):
        archived(work, f"H56.101-261105-000{number}", date(2026, 11, 5), LATE)
    judged(work, STOPPED, date(2026, 11, 6), LATE, state="needs_attention")


def sample_audits(room: Room) -> str:
    """A lot with one page judged, a head under lock, a fixity report; the lot's code."""
    lots = room.audits.lot_room()
    lot = draw_lot(lots, LotOrder(date(2026, 11, 1), date(2026, 11, 30), seed="MẪU"), "MẪU")
    judge_page(lots, lot["lot"], PageVerdict(1, False, "Ảnh mờ (MẪU)"), "MẪU")
    room.audits.keep_head()
    room.audits.check_fixity(Pace(1.0))
    return str(lot["lot"])


@contextmanager
def served(room: Room) -> Iterator[str]:
    """Serve a room on a port of its own; its origin."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(make_console(room), log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        )
        try:
            yield browser
        finally:
            browser.close()


__all__ = ["Page", "Site", "chromium", "sample_archive", "sample_audits", "served"]
