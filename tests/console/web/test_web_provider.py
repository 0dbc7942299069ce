"""Signing in at an identity provider over real HTTP: there and back, and every lie told on the way."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey

from console.web.room import Room
from dossier.accounts import Role
from dossier.errors import ProviderRefused
from flows.provider import Provider
from flows.settings import Settings
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider
from tests.web_room import client_of, make_room


@pytest.fixture(scope="module")
def shared() -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def provider(shared: IdentityProvider) -> Iterator[IdentityProvider]:
    before = dict(vars(shared))
    shared.claims = dict(shared.claims)
    yield shared
    vars(shared).update(before)


@pytest.fixture
def room(tmp_path: Path, provider: IdentityProvider) -> Room:
    return _room(tmp_path, provider)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, shared: IdentityProvider) -> TestClient:
    """A browser at a console where nobody has an account, and nobody is to get one."""
    return client_of(_room(tmp_path_factory.mktemp("empty"), shared))


def _room(tmp_path: Path, provider: IdentityProvider) -> Room:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, "utf-8")
    return make_room(
        tmp_path,
        provider_issuer=provider.url,
        provider_client=CLIENT,
        provider_secret_file=secret,
        provider_roles={"mot-cua": "clerk", "luu-tru": "archivist"},
    )


def leave(client: TestClient) -> str:
    """The sign-in page, its button, the provider: the address that the provider sends back to."""
    client.get("/sign-in")
    left = client.get("/sign-in/provider?next=/account")
    assert left.status_code == 303
    sent = parse_qs(urlsplit(left.headers["location"]).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["response_type"] == ["code"]
    back = httpx.get(left.headers["location"], trust_env=False).headers["location"]
    assert urlsplit(back).path == "/sign-in/provider/return"
    return back


def come_back(client: TestClient, back: str) -> Any:
    """The page of our own that brings the cookie, and where it leads."""
    shown = client.get(back)
    assert shown.status_code == 200
    to = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', shown.text)
    assert to is not None
    return client.get(html.unescape(to[1]))


def test_there_and_back(room: Room) -> None:
    client = client_of(room)
    answer = come_back(client, leave(client))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/account"
    assert "Lê Văn Mẫu · Quầy 2 (MẪU)" in client.get("/account").text
    account = room.accounts.record("le-van-mau").account
    assert (account.role, account.counter) == (Role.CLERK, "Quầy 2 (MẪU)")
    assert not room.accounts.state("le-van-mau").has_password


def test_who_comes_again_is_the_same_and_has_todays_role(room: Room, provider: IdentityProvider) -> None:
    first, again = client_of(room), client_of(room)
    come_back(first, leave(first))
    provider.claims |= {"groups": "luu-tru", "name": "Lê Thị Mẫu"}
    come_back(again, leave(again))
    assert [state.account.role for state in room.accounts.states()] == [Role.ARCHIVIST]
    assert "Lê Thị Mẫu" in again.get("/account").text
    assert first.get("/account").status_code == 303  # signed in as a clerk; that is over


def test_a_local_account_of_the_same_name_is_not_taken_over(room: Room) -> None:
    from tests.web_room import add_account

    add_account(room, Role.CONTROLLER, "le-van-mau")
    client = client_of(room)
    come_back(client, leave(client))
    names = [state.account.name for state in room.accounts.states()]
    assert len(names) == 2
    assert names[1].startswith("le-van-mau-")


def _other_key(provider: IdentityProvider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})


def _shared_secret(provider: IdentityProvider) -> None:
    provider.signs_with = OctKey.import_key(SECRET * 2)  # type: ignore[assignment]
    provider.algorithm = "HS256"


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "forged"},
        {"aud": "another-system"},
        {"aud": "another-system", "azp": CLIENT},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"groups": ["khac"]},
        {"groups": ["mot-cua", "luu-tru"]},
        {"counter": ""},
        _other_key,
        _shared_secret,
    ],
    ids=lambda lie: lie.__name__ if callable(lie) else "+".join(lie),
)
def test_a_lie_lets_nobody_in(empty: TestClient, provider: IdentityProvider, lie: Any) -> None:
    if callable(lie):
        lie(provider)
    else:
        provider.lies = lie
    answer = come_back(empty, leave(empty))
    room: Room = empty.app.state.room  # type: ignore[attr-defined]
    assert answer.status_code == 409
    assert "Không đăng nhập được bằng hệ thống chung" in answer.text
    assert room.accounts.states() == ()
    assert "sohoa" not in empty.cookies
    assert room.accounts.parts.ledger.entries()[0].action == "sign-in-refused"  # type: ignore[attr-defined]


def test_an_answer_belongs_to_one_browser_and_counts_once(room: Room) -> None:
    victim, attacker = client_of(room), client_of(room)
    planted = leave(attacker)
    victim.get("/sign-in")
    assert come_back(victim, planted).status_code == 409
    back = leave(victim)
    assert come_back(victim, back).status_code == 303
    assert come_back(victim, back).status_code == 409
    assert come_back(victim, "/sign-in/provider/return?state=none&code=none").status_code == 409


def test_a_provider_that_calls_itself_otherwise_or_is_gone(
    room: Room, provider: IdentityProvider, tmp_path: Path
) -> None:
    client = client_of(room)
    client.get("/sign-in")
    provider.issuer = "https://evil.example"
    assert client.get("/sign-in/provider").status_code == 409
    gone = make_room(
        tmp_path / "gone",
        provider_issuer="http://127.0.0.1:9",
        provider_client=CLIENT,
        provider_roles={"mot-cua": "clerk"},
    )
    client = client_of(gone)
    client.get("/sign-in")
    answer = client.get("/sign-in/provider")
    assert answer.status_code == 409
    assert "không trả lời" in answer.text


def test_a_provider_without_tls_or_roles_is_refused_at_the_start() -> None:
    with pytest.raises(ProviderRefused, match="https"):
        Provider(Settings.model_validate({"provider_issuer": "http://sso.example", "provider_client": "x"}))
    with pytest.raises(ProviderRefused, match="ROLES"):
        Provider(Settings.model_validate({"provider_issuer": "https://sso.example", "provider_client": "x"}))
