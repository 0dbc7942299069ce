"""`sohoa client`: a token told once, clients listed and revoked, events given up and told again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.client_commands import client
from dossier.clients import DeliveryState, DepositOrder
from dossier.errors import ClientRefused, InputRefused
from flows.integration import client_keys, open_clients, open_outbox
from flows.settings import Settings, settings
from storage.deposits import SqlDeposits
from storage.ledger import SqlLedger


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path / "state"))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(client, [*arguments, "--json"])
    if done.exception is not None:
        raise done.exception
    return json.loads(done.stdout)


def test_a_client_is_added_listed_and_revoked(made: Settings) -> None:
    told = run("add", "mot-cua", "--scope", "dossiers:read", "--scope", "files:read", "--counter", "Quầy 1")
    (listed,) = run("list")
    assert "token" not in listed
    assert (listed["scopes"], listed["counters"]) == (["dossiers:read", "files:read"], ["Quầy 1"])
    assert listed["expires_at"] is not None
    clients = open_clients(made)
    found = clients.find(told["token"])
    assert found is not None
    assert found.name == "mot-cua"
    clients.close()
    assert run("revoke", "mot-cua")["revoked_at"] is not None
    ledger = SqlLedger(made.database)
    assert [entry.action for entry in ledger.entries()] == ["client-revoked", "client-added"]
    ledger.close()
    assert told["token"].encode() not in b"".join(f.read_bytes() for f in made.state.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "Một cửa", "--scope", "dossiers:read"),
        ("add", "x", "--scope", "dossiers:read"),
        ("add", "mot-cua", "--scope", "everything"),
        ("revoke", "nobody"),
    ],
)
def test_what_is_no_client_is_refused(made: Settings, arguments: tuple[str, ...]) -> None:
    with pytest.raises((ClientRefused, InputRefused)):
        run(*arguments)
    assert run("list") == []


def test_a_name_is_given_once_even_after_it_was_revoked(made: Settings) -> None:
    run("add", "mot-cua", "--scope", "dossiers:read")
    run("revoke", "mot-cua")
    with pytest.raises(ClientRefused):
        run("add", "mot-cua", "--scope", "dossiers:read")


def test_events_that_were_given_up_are_shown_told_again_or_discarded(made: Settings) -> None:
    run("add", "mot-cua", "--scope", "webhooks:manage")
    box = open_outbox(made)
    box.subscribe("mot-cua", "https://hooks.example/", [])
    deposits = SqlDeposits(made.database, client_keys(made))
    for code in ("A-1", "A-2"):
        deposits.open("mot-cua", DepositOrder(code, "1.001193", "", date(2026, 11, 22)))
    deposits.close()
    for delivery in box.deliveries():
        box.failed(delivery, "HTTP 500", 0.0, given_up=True)
    dead = run("outbox")["dead"]
    assert {each["dossier"] for each in dead} == {"A-1", "A-2"}
    assert dead[0]["trouble"] == "HTTP 500"
    assert run("outbox", "--redrive", dead[0]["event"])["redriven"] == 1
    assert run("outbox", "--discard", "all")["discarded"] == 1
    assert run("outbox")["dead"] == []
    assert sorted(d.state for d in box.deliveries()) == [DeliveryState.DISCARDED, DeliveryState.DUE]
    box.close()
