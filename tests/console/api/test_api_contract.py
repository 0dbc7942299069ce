"""The description of the door: what stands in docs/, what each route asks of a token, and odd calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.api.app import api_without_room
from console.api.describe import description
from dossier.clients import Scope
from tests.api_house import House
from tests.fuzz_api import fuzz

DOCUMENTED = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
SCOPES = {
    "dossiers": {"GET": Scope.DOSSIERS_READ, "*": Scope.DOSSIERS_WRITE},
    "archive": {"*": Scope.FILES_READ},
    "requirements": {"*": Scope.REQUIREMENTS_CHECK},
    "webhooks": {"*": Scope.WEBHOOKS_MANAGE},
}
SAID = api_without_room().openapi()
ROUTES = [
    (method.upper(), path, operation)
    for path, methods in SAID["paths"].items()
    for method, operation in methods.items()
]


def scope_of(method: str, path: str, operation: dict[str, Any]) -> Scope:
    """The scope that a route has to ask for, told apart from the code that asks for it."""
    if path.endswith("/fixity"):
        return Scope.DOSSIERS_READ
    table = SCOPES["dossiers" if operation["tags"] == ["files"] else operation["tags"][0]]
    return table.get(method, table.get("*", Scope.DOSSIERS_READ))


def filled(path: str) -> str:
    values = {
        "{code}": "NO-SUCH",
        "{sha256}": "0" * 64,
        "{procedure}": "1.001193",
        "{webhook}": "wh_" + "0" * 32,
    }
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def test_the_committed_description_is_that_of_the_code() -> None:
    assert DOCUMENTED.read_text("utf-8") == description(), (
        "python -m console.api.describe > docs/openapi.json"
    )


def test_every_route_is_described_with_its_problems_and_a_token() -> None:
    assert len(ROUTES) >= 28
    for method, path, operation in ROUTES:
        assert operation["security"] == [{"HTTPBearer": []}], (method, path)
        assert operation.get("description"), (method, path)
        assert {"401", "403", "422", "429", "503"} <= set(operation["responses"]), (method, path)


@pytest.mark.parametrize("scope", list(Scope))
def test_every_route_takes_its_own_scope_and_no_other(house: House, scope: Scope) -> None:
    with house.caller(f"only-{scope.replace(':', '-')}", (scope,)) as client:
        for method, path, operation in ROUTES:
            # What a body says wrongly is told before the scope is; so every body is a good one.
            reply = client.request(method, filled(path), **_good_body(method, path))
            wanted = scope_of(method, path, operation)
            if wanted is scope:
                assert reply.status_code != 403, (method, path)
                assert reply.status_code < 500
            else:
                assert (reply.status_code, reply.json()["code"]) == (403, "scope_missing"), (method, path)
                assert reply.json()["detail"] == wanted


def _good_body(method: str, path: str) -> dict[str, Any]:
    opening = {"procedure": "1.001193", "received_on": "2026-11-20"}
    asked = {"procedure": "1.001193", "papers": [{"text": "Sổ hộ khẩu"}]}
    bodies: dict[tuple[str, str], Any] = {
        ("POST", "/dossiers"): opening,
        ("PUT", "/dossiers/{code}"): opening,
        ("POST", "/dossiers/{code}/begin"): {},
        ("POST", "/requirements/check"): asked,
        ("POST", "/requirements/checks"): {"checks": [asked]},
        ("POST", "/webhooks"): {"url": "http://127.0.0.1:9/"},
    }
    body = bodies.get((method, path))
    return {} if body is None else {"json": body}


def test_no_odd_call_is_a_fault_and_every_answer_is_as_described(house: House) -> None:
    """Few calls of each route here; `make fuzz-api` makes many."""
    told = fuzz(house, examples=2)
    house.wait()
    assert told.faults == []
    assert told.calls > 80
    assert {200, 404, 422} <= set(told.statuses)
