"""Who looked at personal data, at what and why; never the data. What is not written down is not shown."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from console import classify, commands, identify
from console.door import TOKEN_HEADER, make_door
from console.output import Output
from dossier.errors import SohoaError, StorageError
from flows.settings import Settings
from flows.viewing import VIEWED, View, file_name, note_view
from storage.ledger import SqlLedger

NUMBER = "001099000000"
NAME = "NGUYỄN VĂN MẪU"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path, officer="Cán bộ MẪU")


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / f"{NAME} {NUMBER}.pdf"
    path.write_bytes(b"%PDF a person's paper")
    return path


def test_a_view_says_who_what_and_why_and_never_the_data(settings: Settings, scan: Path) -> None:
    note_view(settings, View("text", file_name(scan), f"đối chiếu cho công dân {NUMBER}", 2))
    (entry,) = SqlLedger(settings.database).entries(action=VIEWED)
    assert entry.actor == "Cán bộ MẪU"
    assert entry.subject == f"file:{hashlib.sha256(scan.read_bytes()).hexdigest()}"
    said = json.loads(entry.detail)
    assert (said["what"], said["pages"]) == ("text", "2")
    assert said["account"]
    assert said["why"].startswith("đối chiếu cho công dân")
    for file in settings.state.glob("sohoa.sqlite*"):
        assert NUMBER.encode() not in file.read_bytes()
        assert NAME.encode() not in file.read_bytes()


def test_in_production_nothing_is_shown_without_a_purpose(settings: Settings) -> None:
    strict = settings.model_copy(update={"profile": "production"})
    with pytest.raises(SohoaError, match="stated purpose"):
        note_view(strict, View("text", "H42-1", "  "))
    note_view(strict, View("text", "H42-1", "khiếu nại"))
    assert len(SqlLedger(settings.database).entries()) == 1


def _read(scan: Path, output: Output) -> int:
    return commands.read(scan, 0, output, "kiểm tra")


def _classify(scan: Path, output: Output) -> int:
    return classify.classify([scan], output, "kiểm tra")


def _identify(scan: Path, output: Output) -> int:
    return identify.identify([scan], output, "kiểm tra")


def _verify(scan: Path, output: Output) -> int:
    return commands.verify_file(scan, output, "kiểm tra")


PAGE = {"source": "x", "number": 1, **dict.fromkeys(classify._SHOWN, ""), "title": NAME}
FOUND: dict[str, Any] = {"identities": [], "findings": [], "is_settled": True, "person": NAME}


@pytest.mark.parametrize(
    ("show", "what"),
    [(_read, "text"), (_classify, "papers"), (_identify, "identity"), (_verify, "signatures")],
)
def test_every_command_writes_it_down_before_it_shows(
    show: Callable[[Path, Output], int],
    what: str,
    settings: Settings,
    scan: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for module in (commands, classify, identify):
        monkeypatch.setattr(module, "settings", lambda: settings)
    monkeypatch.setattr("flows.single.read_file", lambda *_: [({"text": NAME}, NAME)])
    monkeypatch.setattr("flows.classify.classify_file", lambda *_: [PAGE])
    monkeypatch.setattr(identify, "identify_files", lambda *_: dict(FOUND))
    judged = {"passed": True, "signer": NAME, "checks": []}
    monkeypatch.setattr("flows.verifying.verify_file", lambda *_: judged)
    assert show(scan, Output("vi", as_json=True)) == 0
    assert NAME in capsys.readouterr().out
    (entry,) = SqlLedger(settings.database).entries(action=VIEWED)
    assert json.loads(entry.detail)["what"] == what
    # A ledger that takes nothing any more: nothing is shown either.
    with closing(sqlite3.connect(settings.state / "sohoa.sqlite")) as connection:
        connection.execute("DROP TABLE ledger")
        connection.execute("CREATE TABLE ledger (number INTEGER)")
        connection.commit()
    with pytest.raises(StorageError):
        show(scan, Output("vi", as_json=True))
    assert NAME not in capsys.readouterr().out


def test_the_door_writes_down_reports_signatures_and_exports(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = SqlLedger(settings.database)
    future = SimpleNamespace(done=lambda: True, exception=lambda: None, result=lambda: None)
    order = SimpleNamespace(dossier="H42-1", procedure="1.001193", officer="Cán bộ MẪU 2")
    workshop = SimpleNamespace(ledger=ledger, settings=settings, held=lambda table: table)
    workshop.meters = SimpleNamespace(add=lambda _standing: False)
    service = SimpleNamespace(
        workshop=workshop,
        run=lambda _id: SimpleNamespace(future=future, order=order),
        package=lambda dossier: SimpleNamespace(dossier=dossier),
    )
    monkeypatch.setattr("console.door.run_data", lambda *_: {"done": True, "report": {"person": NAME}})
    monkeypatch.setattr("console.door.verify_dossier", lambda *_: {"passed": True})
    monkeypatch.setattr("console.door.export_dossier", lambda *_: {"files": []})
    door = TestClient(make_door(cast(Any, service), cast(Any, None), "token", lambda: None))
    door.headers[TOKEN_HEADER] = "token"
    assert NAME in door.get("/runs/1").text
    assert door.post("/dossiers/H42-1/verification", json={"why": "khiếu nại"}).status_code == 200
    assert door.post("/dossiers/H42-1/export", json={"to": "/x", "why": "chuyển kho"}).status_code == 200
    entries = ledger.entries(action=VIEWED)[::-1]
    said = [(entry.actor, entry.subject, json.loads(entry.detail)) for entry in entries]
    assert [(who, what["what"], what["why"]) for who, _, what in said] == [
        ("Cán bộ MẪU 2", "report", "digitisation 1.001193"),
        ("Cán bộ MẪU", "signatures", "khiếu nại"),
        ("Cán bộ MẪU", "export", "chuyển kho"),
    ]
