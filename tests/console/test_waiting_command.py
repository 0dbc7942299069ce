"""What waits is told with what it waits for, in the order in which it goes on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner

import console.commands
from console.desk_commands import desk
from console.wording_web_desk import AWAITED
from dossier.work import Awaited
from flows.waiting import WaitingDossier


class Resident:
    """A resident process that answers with what a test says."""

    def __init__(self, *waiting: WaitingDossier) -> None:
        self._waiting = waiting

    def call(self, method: str, path: str) -> dict[str, Any]:
        assert (method, path) == ("GET", "/desk/waiting")
        fields = ("dossier", "awaits", "since", "trouble")
        return {"waiting": [{name: getattr(each, name) for name in fields} for each in self._waiting]}


def told(monkeypatch: pytest.MonkeyPatch, *waiting: WaitingDossier) -> str:
    monkeypatch.setattr(console.commands, "resident_process", lambda _output: Resident(*waiting))
    answer = CliRunner().invoke(desk, ["waiting", "--lang", "en"])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_every_reason_to_wait_has_words_in_both_languages() -> None:
    assert set(AWAITED) == {"", "register", *Awaited}
    assert all(words["vi"] and words["en"] for words in AWAITED.values())


def test_dossiers_stand_in_the_order_in_which_they_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    at = "2026-11-20T08:00:00+07:00"
    waiting = [
        WaitingDossier(code, awaits, at, "") for code, awaits in (("B-1", "store"), ("A-2", "register"))
    ]
    lines = told(monkeypatch, *waiting).splitlines()
    assert [line.split()[0] for line in lines] == ["B-1", "A-2"]
    assert "archive store" in lines[0]
    assert told(monkeypatch).strip() == "No dossier waits."


def test_the_door_tells_what_the_service_knows() -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from console.desk_door import add_desk
    from flows.service import Service

    app = FastAPI()
    waiting = (WaitingDossier("A-1", "store", "2026-11-20T08:00:00+07:00", "StoreUnreachable: gone"),)
    add_desk(app, cast(Service, SimpleNamespace(waiting=lambda: waiting, workshop=None)))
    answer = TestClient(app).get("/desk/waiting").json()
    assert answer["waiting"][0]["dossier"] == "A-1"
    assert answer["waiting"][0]["trouble"].startswith("StoreUnreachable")
