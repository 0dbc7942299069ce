"""The first administrator's way in, and accounts on the screen, by plain forms as a browser sends them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from console.web.app import make_console
from console.web.room import Room
from dossier.accounts import Account, Role
from flows.wiring import VIETNAM
from tests.web_room import ORIGIN, PASSWORD, add_account, client_of, make_room

CHOSEN = "một câu chỉ mình tôi biết"
START = datetime(2026, 11, 2, 8, 0, tzinfo=VIETNAM)


class Browser:
    """Fills in forms as they stand on the page."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def send(self, path: str, to: str = "", **typed: str) -> Any:
        shown = self.client.get(path).text
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', shown))
        return self.client.post(to or path, data={**hidden, **typed}, headers={"Origin": ORIGIN})


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, lambda: START)


@pytest.fixture
def app(room: Room) -> FastAPI:
    return make_console(room)


def test_the_first_administrator_comes_in_by_a_password_that_opens_once(room: Room, app: FastAPI) -> None:
    once = room.accounts.add(Account("quantri", "Quản trị (MẪU)", Role.ADMINISTRATOR, ""), "sohoa")
    browser = Browser(client_of(room, None, app))
    assert browser.send("/sign-in", name="quantri", password=once).status_code == 303
    # 1. Nothing is shown before a password of one's own.
    assert browser.client.get("/accounts").headers["location"] == "/account/password"
    assert browser.client.get("/status").headers["location"] == "/account/password"
    short = browser.send("/account/password", old=once, new="ngắn quá", again="ngắn quá")
    assert short.status_code == 400
    assert "ít nhất 14" in short.text
    chosen = browser.send("/account/password", old=once, new=CHOSEN, again=CHOSEN)
    assert chosen.headers["location"] == "/sign-in"
    assert browser.send("/sign-in", name="quantri", password=once).status_code == 401
    # 2. Nor before a second factor, which needs no network and can be typed.
    browser.send("/sign-in", name="quantri", password=CHOSEN)
    assert browser.client.get("/accounts").headers["location"] == "/account/second-factor"
    shown = browser.client.get("/account/second-factor").text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", shown)
    assert secret is not None
    typed = {"secret": secret[1], "password": CHOSEN}
    wrong = browser.send("/account/second-factor", **typed, code="000000")
    assert wrong.status_code == 400
    codes = browser.send("/account/second-factor", **typed, code=pyotp.TOTP(secret[1]).at(START))
    assert len(re.findall(r"<code>[a-z2-7-]{19}</code>", codes.text)) == 10
    assert browser.client.get("/accounts").status_code == 200
    # 3. From now on the code is asked for.
    other = Browser(client_of(room, None, app))
    asked = other.send("/sign-in", name="quantri", password=CHOSEN)
    assert "thêm mã xác thực" in asked.text
    later = pyotp.TOTP(secret[1]).at(START + timedelta(seconds=30))
    assert other.send("/sign-in", name="quantri", password=CHOSEN, code=later).status_code == 303


def test_an_administrator_looks_after_accounts(room: Room, app: FastAPI) -> None:
    admin = Browser(client_of(room, add_account(room, Role.ADMINISTRATOR), app))
    script = "<script>alert(1)</script>"
    new = {"name": "hoa", "display_name": script, "role": "clerk", "counter": "Quầy 3 (MẪU)"}
    refused = admin.send("/accounts", **{**new, "counter": ""})
    assert refused.status_code == 400
    assert 'value="hoa"' in refused.text  # what was typed stays
    assert "<script>alert" not in refused.text
    added = admin.send("/accounts", **new)
    once = re.search(r"<code>([a-z0-9-]{19})</code>", added.text)
    assert once is not None
    assert "<script>alert" not in added.text
    clerk = Browser(client_of(room, None, app))
    assert clerk.send("/sign-in", name="hoa", password=once[1]).status_code == 303
    clerk.send("/account/password", old=once[1], new=CHOSEN, again=CHOSEN)
    clerk.send("/sign-in", name="hoa", password=CHOSEN)
    assert clerk.client.get("/account").status_code == 200
    assert clerk.client.get("/accounts").status_code == 404
    assert admin.send("/accounts", "/accounts/hoa/disable").status_code == 303
    assert clerk.client.get("/account").status_code == 303
    assert clerk.send("/sign-in", name="hoa", password=CHOSEN).status_code == 401
    again = admin.send("/accounts", "/accounts/hoa/reset")
    once = re.search(r"<code>([a-z0-9-]{19})</code>", again.text)
    assert once is not None
    assert clerk.send("/sign-in", name="hoa", password=once[1]).status_code == 303


def test_an_administrator_does_not_shut_the_door_from_outside(room: Room, app: FastAPI) -> None:
    account = add_account(room, Role.ADMINISTRATOR)
    admin = Browser(client_of(room, account, app))
    assert admin.send("/accounts", f"/accounts/{account.name}/disable").status_code == 400
    changed = {"display_name": "Ai đó", "role": "archivist", "counter": ""}
    assert admin.send("/accounts", f"/accounts/{account.name}/change", **changed).status_code == 400
    assert admin.send("/accounts", "/accounts/nobody/reset").status_code == 409
    assert room.accounts.record(account.name).account.role is Role.ADMINISTRATOR


def test_words_follow_the_accounts_language(room: Room, app: FastAPI) -> None:
    clerk = add_account(room, Role.CLERK)
    browser = Browser(client_of(room, clerk, app))
    assert "Đăng xuất" in browser.client.get("/account").text
    assert browser.send("/account", "/account/language", language="en").status_code == 303
    shown = browser.client.get("/account").text
    assert '<html lang="en">' in shown
    assert "Sign out" in shown
    assert PASSWORD not in shown
