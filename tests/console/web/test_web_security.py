"""Cookies, forged changes, hosts, sizes, and what becomes of words that were typed when a session ends."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from console.web.app import make_console
from console.web.kept import local_path
from console.web.limits import LIMITS, Buckets
from console.web.room import Room
from console.web.security import csrf_of
from console.web.serving import check_console, open_console
from dossier.accounts import Account, Role
from dossier.errors import SettingRefused
from flows.settings import Settings
from flows.wiring import VIETNAM
from tests.web_room import ORIGIN, PASSWORD, add_account, client_of, make_room, session_of


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 8, 0, tzinfo=VIETNAM)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def sign_in(client: TestClient, name: str, **said: str) -> Any:
    """What a browser does: open the page, fill in the form, send it."""
    form = client.get("/sign-in").text
    csrf = re.search(r'name="csrf" value="([0-9a-f]{64})"', form)
    assert csrf is not None
    return client.post(
        "/sign-in",
        data={"csrf": csrf[1], "name": name, "password": PASSWORD, "next": "/account", **said},
        headers={"Origin": ORIGIN},
    )


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def room(tmp_path: Path, hands: Hands) -> Room:
    return make_room(tmp_path, hands)


@pytest.fixture
def app(room: Room) -> FastAPI:
    return make_console(room)


@pytest.fixture
def clerk(room: Room) -> Account:
    return add_account(room, Role.CLERK)


def test_signing_in_gives_a_token_that_no_browser_had_before(
    room: Room, app: FastAPI, clerk: Account
) -> None:
    client = client_of(room, None, app)
    client.cookies.set("sohoa", "planted-by-somebody-else")
    answer = sign_in(client, clerk.name)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/account"
    cookies = answer.headers.get_list("set-cookie")
    session = next(each for each in cookies if each.startswith("sohoa="))
    assert "HttpOnly" in session
    assert "samesite=strict" in session.lower()
    assert "planted" not in session
    client.cookies.delete("sohoa", domain="")
    assert client.get("/account").status_code == 200
    assert room.admissions.presence("planted-by-somebody-else") is None


def test_over_tls_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    room = make_room(tmp_path, console_proxy="127.0.0.1")
    app = make_console(room)
    client = TestClient(app, base_url="https://127.0.0.1", follow_redirects=False)
    cookie = client.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-sohoa-visitor=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "max-age" in client.get("/sign-in").headers["strict-transport-security"]
    # Whoever comes past the proxy, in the clear, is not answered.
    bare = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    assert bare.get("/sign-in").status_code == 400


def test_a_sign_in_with_a_forged_token_or_from_another_site_is_refused(
    room: Room, app: FastAPI, clerk: Account
) -> None:
    client = client_of(room, None, app)
    client.get("/sign-in")
    said = {"name": clerk.name, "password": PASSWORD}
    assert client.post("/sign-in", data={**said, "csrf": "f" * 64}).status_code == 403
    assert client.post("/sign-in", data=said).status_code == 403
    own = csrf_of(client.cookies["sohoa-visitor"])
    forged = client.post("/sign-in", data={**said, "csrf": own}, headers={"Origin": "https://evil.example"})
    assert forged.status_code == 403
    cross = client.post("/sign-in", data={**said, "csrf": own}, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    assert client.post("/sign-in", data={**said, "csrf": own}).status_code == 303


def test_after_the_sign_in_nobody_is_led_elsewhere(room: Room, app: FastAPI, clerk: Account) -> None:
    client = client_of(room, None, app)
    for elsewhere in ("https://e.example/", "//e.example", "/\\e.example", "javascript:alert(1)", "/a\nb"):
        assert local_path(elsewhere) == "/"
        assert sign_in(client, clerk.name, next=elsewhere).headers["location"] == "/"
        client.cookies.clear()


def test_another_name_for_this_console_is_refused(room: Room, app: FastAPI, clerk: Account) -> None:
    client = client_of(room, clerk, app)
    for host in ("evil.example", "127.0.0.1.evil.example", "", "evil.example:8642"):
        assert client.get("/account", headers={"Host": host}).status_code == 400, host
    for host in ("localhost:8642", "127.0.0.1:1", "LOCALHOST", "[::1]:8642"):
        assert client.get("/account", headers={"Host": host}).status_code == 200, host


def test_a_body_too_large_is_refused_in_words_before_it_is_read(
    room: Room, app: FastAPI, clerk: Account
) -> None:
    client = client_of(room, clerk, app)
    early = client.post("/account/language", headers={"Content-Length": str(500 << 20)}, content=b"")
    assert early.status_code == 413
    assert "quá lớn" in early.text

    def endless() -> object:
        for _ in range(3):
            yield b"x" * (1 << 20)

    chunked = client.post(
        "/account/language",
        content=endless(),  # type: ignore[arg-type]
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert chunked.status_code == 413
    stranger = client_of(room, None, app).post("/sign-in", content=b"x" * (65 << 10))
    assert stranger.status_code == 413


def test_an_idle_screen_locks_and_a_page_that_asks_by_itself_keeps_nothing_open(
    room: Room, app: FastAPI, clerk: Account, hands: Hands
) -> None:
    client = client_of(room, clerk, app)
    for _ in range(16):
        hands.pass_(minutes=1)
        assert client.get("/account", headers={"X-Background": "1"}).status_code in (200, 303)
    answer = client.get("/account?a=b")
    assert answer.headers["location"] == "/locked?next=/account%3Fa%3Db"
    shown = client.get(answer.headers["location"])
    assert "Clerk (MẪU)" in shown.text
    wrong = client.post("/locked", data={"password": "wrong", "next": "/account"})
    assert wrong.status_code == 401
    other = client_of(room, None, app)
    other.cookies.set("sohoa", client.cookies["sohoa"])
    assert sign_in(other, clerk.name).status_code == 303  # anew, at the same locked browser
    client = client_of(room, clerk, app)
    hands.pass_(minutes=16)
    right = client.post("/locked", data={"password": PASSWORD, "next": "/account"})
    assert right.headers["location"] == "/account"
    assert client.get("/account").status_code == 200


def test_an_administrators_screen_locks_after_five_minutes(
    room: Room, app: FastAPI, clerk: Account, hands: Hands
) -> None:
    admin = add_account(room, Role.ADMINISTRATOR)
    clients = client_of(room, admin, app), client_of(room, clerk, app)
    hands.pass_(minutes=6)
    assert clients[0].get("/account").status_code == 303
    assert clients[1].get("/account").status_code == 200


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_typed_while_a_session_ended_comes_back(
    room: Room, app: FastAPI, clerk: Account, hands: Hands, ended: bool
) -> None:
    client = client_of(room, clerk, app)
    typed = {"csrf": client.headers["X-CSRF"], "note": "Nguyễn <b>Mẫu</b>", "language": "en"}
    hands.pass_(hours=13 if ended else 1)
    if ended:
        client.headers.pop("X-CSRF")
    asked = client.post("/account/language", data=typed, headers={"Origin": ORIGIN})
    assert asked.status_code == 401
    assert "Nguyễn &lt;b&gt;Mẫu&lt;/b&gt;" in asked.text
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    fields = {name: value.replace("&lt;", "<").replace("&gt;", ">") for name, value in fields.items()}
    assert room.accounts.record(clerk.name).account.language == "vi"
    path = "/sign-in" if ended else "/locked"
    back = client.post(path, data={**fields, "name": clerk.name, "password": PASSWORD})
    assert back.status_code == 200
    assert 'action="/account/language"' in back.text
    assert "Nguyễn &lt;b&gt;Mẫu&lt;/b&gt;" in back.text
    csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', back.text)[-1]
    sent = client.post("/account/language", data={"language": "en", "csrf": csrf}, headers={"X-CSRF": csrf})
    assert sent.status_code == 303
    assert room.accounts.record(clerk.name).account.language == "en"


def test_a_form_of_nowhere_is_not_kept(room: Room, app: FastAPI, clerk: Account, hands: Hands) -> None:
    client = client_of(room, clerk, app)
    hands.pass_(hours=1)
    asked = client.post("/account/language", data={"note": "planted"})
    assert asked.status_code == 401
    assert "planted" not in asked.text


def test_how_often_is_bounded_and_comes_back_with_time() -> None:
    now = [0.0]
    buckets = Buckets(clock=lambda: now[0])
    limit = LIMITS["search"]
    assert all(buckets.take("search", "a") for _ in range(limit.at_once))
    assert not buckets.take("search", "a")
    assert buckets.take("search", "b")
    now[0] += 60 / limit.per_minute
    assert buckets.take("search", "a")
    assert not buckets.take("search", "a")


def test_searches_without_end_are_refused_in_words(room: Room, app: FastAPI, clerk: Account) -> None:
    client = client_of(room, clerk, app)
    buckets = client.app.state.buckets = Buckets(clock=lambda: 0.0)  # type: ignore[attr-defined]
    assert client.get("/search").status_code == 200
    while buckets.take("search", clerk.name):
        pass
    answer = client.get("/search")
    assert answer.status_code == 429
    assert "Quá nhiều yêu cầu" in answer.text
    while buckets.take("upload", clerk.name):
        pass
    assert client.post("/intake", files={"files": ("a.jpg", b"x")}).status_code == 429
    assert client.get("/account").status_code == 200


def test_too_many_sign_ins_from_one_address_are_refused_in_words(
    room: Room, app: FastAPI, clerk: Account
) -> None:
    client = client_of(room, None, app)
    buckets = app.state.buckets = Buckets(clock=lambda: 0.0)
    client.get("/sign-in")
    said = {"csrf": csrf_of(client.cookies["sohoa-visitor"]), "name": clerk.name, "password": PASSWORD}
    for _ in range(LIMITS["sign-in"].at_once - 1):
        assert buckets.take("sign-in", "127.0.0.1")
    assert client.post("/sign-in", data={**said, "password": "wrong"}).status_code == 401
    answer = client.post("/sign-in", data=said)
    assert answer.status_code == 429
    assert "Quá nhiều yêu cầu" in answer.text


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"console_host": "::"}, "SOHOA_CONSOLE_HOST"),
        ({"console_host": "192.168.1.5"}, "SOHOA_CONSOLE_HOST"),
        ({"console_certificate_file": "/none.pem"}, "SOHOA_CONSOLE_KEY_FILE"),
        ({"console_certificate_file": "/none.pem", "console_key_file": "/none.key"}, "CERTIFICATE_FILE"),
    ],
)
def test_beyond_loopback_the_console_asks_for_tls_by_name(settings: dict[str, str], named: str) -> None:
    with pytest.raises(SettingRefused, match=named):
        check_console(Settings.model_validate(settings))


def test_behind_a_proxy_or_on_loopback_it_does_not() -> None:
    check_console(Settings.model_validate({"console_host": "::", "console_proxy": "10.0.0.2"}))
    check_console(Settings.model_validate({"console_host": "::1"}))


def test_over_a_real_connection(tmp_path: Path) -> None:
    room = make_room(tmp_path, console_port=0, console_upload_mb=1)
    clerk = add_account(room, Role.CLERK)
    console = open_console(room)
    try:
        token = session_of(room, clerk)
        with httpx.Client(base_url=console.url, cookies={"sohoa": token}, trust_env=False) as client:
            assert "Clerk (MẪU)" in client.get("/account").text
            assert client.get("/account", headers={"Host": "evil.example"}).status_code == 400

            large = client.post(
                "/account/language",
                files={"scan": ("to_khai.jpg", b"x" * (3 << 20))},
                headers={"X-CSRF": csrf_of(token)},
            )
            assert large.status_code == 413
            assert "quá lớn" in large.text
        second = make_room(tmp_path / "second", console_port=int(console.url.rsplit(":", 1)[1]))
        with pytest.raises(SettingRefused, match="SOHOA_CONSOLE_PORT"):
            open_console(second)
    finally:
        console.close()
