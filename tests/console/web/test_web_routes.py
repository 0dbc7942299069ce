"""Every route of the console, asked by every role and by nobody; every answer's headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from console.web.access import Anybody, SignedIn, check_declared, rule_of, signed_in
from console.web.app import make_console
from console.web.room import Room
from dossier.accounts import Role
from tests.web_room import add_account, client_of, make_room


@dataclass(frozen=True)
class Walked:
    """The console, and a browser of each role; under "nobody" one in which nobody is signed in."""

    app: FastAPI
    room: Room
    clients: dict[str, TestClient]

    def routes(self) -> Iterator[tuple[APIRoute, str, str]]:
        for route in self.app.routes:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods):
                    yield route, method, re.sub(r"\{[^}]+\}", "1", route.path)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    room = make_room(tmp_path_factory.mktemp("walked"))
    app = make_console(room)
    clients = {str(role): client_of(room, add_account(room, role), app) for role in Role}
    return Walked(app, room, {**clients, "nobody": client_of(room, None, app)})


def test_its_own_files_are_there(walked: Walked) -> None:
    for name in ("base.css", "base.js", "icon.svg"):
        assert walked.clients["nobody"].get(f"/static/{name}").status_code == 200
    assert walked.clients["nobody"].get("/static/../app.py").status_code == 404


def test_what_is_not_there_is_told_in_words(walked: Walked) -> None:
    answer = walked.clients[Role.CLERK].get("/nothing-of-the-kind")
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
    assert "Clerk (MẪU)" in answer.text


def test_nobody_sees_only_what_is_open_to_everybody(walked: Walked) -> None:
    nobody = walked.clients["nobody"]
    walked_through = 0
    for route, method, path in walked.routes():
        answer = nobody.request(method, path)
        walked_through += 1
        if isinstance(rule_of(route), SignedIn):
            is_led = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
            assert is_led or answer.status_code == 401, f"{method} {path} answers {answer.status_code}"
            assert "Clerk (MẪU)" not in answer.text
        else:
            assert answer.status_code != 500, f"{method} {path}"
    assert walked_through >= 15


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_its_own_pages_and_no_others(walked: Walked, role: Role) -> None:
    for route, method, path in walked.routes():
        rule = rule_of(route)
        if not isinstance(rule, SignedIn) or not rule.roles:
            continue
        if role in rule.roles and method != "GET":
            continue  # what it does belongs to the tests of its screen
        answer = walked.clients[role].request(method, path)
        if role in rule.roles:
            assert answer.status_code in (200, 303, 400, 404, 409), f"{method} {path}: {answer.status_code}"
        else:
            assert answer.status_code == 404, f"{method} {path} answers {role} with {answer.status_code}"


def test_a_change_without_the_browsers_own_token_is_refused_everywhere(walked: Walked) -> None:
    for route, method, path in walked.routes():
        if method == "GET":
            continue
        rule = rule_of(route)
        role = rule.roles[0] if isinstance(rule, SignedIn) and rule.roles else Role.CLERK
        for said in (
            {},
            {"X-CSRF": "0" * 64},
            {"X-CSRF": walked.clients["nobody"].headers.get("X-CSRF", "x")},
        ):
            client = client_of(walked.room, None, walked.app)
            client.cookies = walked.clients[role].cookies
            answer = client.request(method, path, headers=said)
            assert answer.status_code == 403, f"{method} {path} answers {answer.status_code}"


def test_every_answer_carries_the_headers(walked: Walked) -> None:
    for _route, method, path in [*walked.routes(), (None, "GET", "/static/base.css"), (None, "GET", "/none")]:
        for client in (walked.clients["nobody"], walked.clients[Role.ADMINISTRATOR]):
            if method != "GET":
                continue
            headers = client.get(path).headers
            assert "script-src 'self'" in headers["content-security-policy"], path
            assert "unsafe" not in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert "geolocation=()" in headers["permissions-policy"]
            kept = headers["cache-control"]
            assert "no-store" in kept or path.startswith(("/help/tour/pictures/", "/static/")), (
                f"{path}: {kept}"
            )
            assert "server" not in headers


def test_pages_bring_no_script_or_style_of_their_own_and_nothing_from_elsewhere(walked: Walked) -> None:
    for _route, method, path in walked.routes():
        if method != "GET":
            continue
        for client in walked.clients.values():
            text = client.get(path).text
            assert not re.search(r"<script(?![^>]*(\bsrc=\"/static/|type=\"application/json\"))", text), path
            assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", text), path
            assert not re.search(r"(src|href|action)=\"(https?:)?//", text), path


def test_a_route_without_a_rule_keeps_the_console_from_starting() -> None:
    app = FastAPI()
    app.get("/open")(_nothing)
    with pytest.raises(ValueError, match="/open declares no access rule"):
        check_declared(app)
    ruled = FastAPI()
    ruled.get("/mine", dependencies=[Depends(signed_in(Role.CLERK))])(_nothing)
    ruled.get("/all", dependencies=[Depends(Anybody())])(_nothing)
    check_declared(ruled)


def _nothing() -> dict[str, str]:
    return {}
