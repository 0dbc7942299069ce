"""Programs learn whether the process lives, is ready, and its figures; strangers learn nothing else."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from console import metrics_commands
from console.client import error_of
from console.door import TOKEN_HEADER, make_door
from console.main import app
from console.metrics import Readiness
from console.web.room import Room
from console.worker_door import make_worker_app
from dossier.desk import DeskState
from dossier.errors import StorageError, StoreUnreachable
from dossier.work import Awaited, JobKind, Lane, NewJob
from flows import health
from flows.health import DiskUsage, readiness, system_health
from flows.metrics_now import PROBED_SECONDS, Standing
from flows.worker_life import WorkerLife
from flows.worker_process import Working
from storage.leases import SqlLeases
from storage.memory import MemoryArchive
from tests.drafts import ORDER
from tests.web_room import client_of, make_room

TOKEN = "mau-mau-mau-mau-mau-7"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    folder = tmp_path_factory.mktemp("room")
    file = folder / "metrics-token"
    file.write_text(f"{TOKEN}\n", "utf-8")
    file.chmod(0o600)
    made = make_room(folder, metrics_token_file=file)
    made.workshop.desk.note(ORDER, DeskState.READING)
    leases = SqlLeases(made.settings.database, made.workshop.keys)
    for number, lane in ((1, Lane.COUNTER), (2, Lane.BACKLOG), (3, Lane.BACKLOG)):
        leases.enter(NewJob(JobKind.DIGITISE, f"H42-MAU-{number}", lane, "x", b"{}"), "test")
    job = leases.claim("test", [Lane.COUNTER])
    assert job is not None
    leases.wait(job, Awaited.STORE, "StoreUnreachable")
    leases.close()
    return made


@pytest.fixture(scope="module")
def browser(room: Room) -> TestClient:
    return client_of(room)


def figures(text: str) -> dict[tuple[str, frozenset[str]], float]:
    return {
        (each.name, frozenset(each.labels.values())): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def test_health_is_for_everybody_and_names_parts_only(browser: TestClient) -> None:
    assert browser.get("/health/live").json() == {"state": "live"}
    answer = browser.get("/health/ready")
    assert (answer.status_code, answer.json()["state"]) == (200, "ready")
    assert answer.json()["parts"] == {"database": "good", "disk": "good", "watches": "good"}
    assert answer.headers["cache-control"] == "no-store"


def test_a_worker_tells_the_same_and_whether_its_loop_turns_and_its_pools_answer(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    life = WorkerLife(("counter", "backlog"), lambda: now[0])
    monkeypatch.setattr(health, "_prefect", lambda: health.PartHealth("prefect", health.Health.BAD, ""))
    worker = TestClient(make_worker_app(Working(room.workshop, room.audits, life)))
    answer = worker.get("/health/ready")
    assert (answer.status_code, answer.json()["parts"]["prefect"]) == (503, "bad")
    now[0] = 59.0
    assert worker.get("/health/live").status_code == 200
    now[0] = 61.0
    life.asked("counter")
    assert worker.get("/health/live").status_code == 503
    life.turns()
    assert worker.get("/health/live").status_code == 200
    assert worker.get("/metrics").status_code == 401
    now[0] = 70.0
    with room.workshop.under_way.entered("H42-MAU-9", Lane.COUNTER, lambda: True):
        told = figures(worker.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text)
    assert told["sohoa_worker_asked_seconds", frozenset({"counter"})] == 9
    assert told["sohoa_worker_asked_seconds", frozenset({"backlog"})] == 70
    assert told["sohoa_under_way", frozenset()] == 1
    assert worker.get("/docs").status_code == worker.get("/").status_code == 404


def test_a_full_disk_is_not_ready_and_a_store_that_is_away_is(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down(MemoryArchive):
        def probe(self) -> None:
            raise StoreUnreachable("store", "refused")

    away = replace(room.workshop, archive=Down())
    assert [part.health.value for part in readiness(away)] == ["good", "good", "good"]
    seconds = [0.0]
    asked = Readiness(away, lambda: seconds[0])
    assert [part.health.value for part in asked.parts()] == ["good", "good", "good"]
    monkeypatch.setattr(health, "disk_usage", lambda _settings: DiskUsage(10 << 30, 1 << 20))
    assert asked.parts()[1].health.value == "good", "not asked again at once"
    seconds[0] = 10.0
    assert asked.parts()[1].health.value == "bad"
    full = client_of(room).get("/health/ready")
    assert full.status_code == 503
    assert full.json() == {
        "state": "not_ready",
        "parts": {"database": "good", "disk": "bad", "watches": "good"},
    }


def test_a_database_that_is_away_is_not_ready(room: Room) -> None:
    def gone() -> None:
        raise StorageError("database", "connection refused")

    away = replace(room.workshop, desk=SimpleNamespace(totals=gone))  # type: ignore[arg-type]
    assert [part.health.value for part in readiness(away)] == ["bad", "good", "good"]


def test_figures_are_for_whoever_has_the_token(room: Room, browser: TestClient, tmp_path: Path) -> None:
    assert browser.get("/metrics").status_code == 401
    assert browser.get("/metrics", headers={"authorization": "Bearer "}).status_code == 401
    assert browser.get("/metrics", headers={"authorization": f"Bearer {TOKEN}x"}).status_code == 401
    answer = browser.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    empty = tmp_path / "empty"
    empty.touch()
    for file in (None, empty, tmp_path / "gone"):
        settings = room.settings.model_copy(update={"metrics_token_file": file})
        closed = client_of(replace(room, settings=settings))
        assert closed.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_figures_tell_what_waits_and_since_when_and_nothing_of_whom(room: Room, browser: TestClient) -> None:
    text = browser.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    told = figures(text)
    assert told["sohoa_work", frozenset({"queued", "backlog", ""})] == 2
    assert told["sohoa_work", frozenset({"queued", "counter", ""})] == 0
    assert told["sohoa_work", frozenset({"waiting", "counter", "store"})] == 1
    assert told["sohoa_work_oldest_seconds", frozenset({"queued", "backlog", ""})] >= 0
    assert told["sohoa_dossiers", frozenset({"reading"})] == 1
    assert told["sohoa_events", frozenset({"dead"})] == 0
    assert told["sohoa_part_up", frozenset({"store"})] == 1
    assert told["sohoa_memory_bytes", frozenset({"resident"})] > 10 << 20
    assert told["sohoa_disk_free_bytes", frozenset()] > 0
    assert told["sohoa_open_files", frozenset()] > 0
    assert {group: value for (name, (group,)), value in _groups(told)} == dict.fromkeys(GROUPS, 0)
    for private in (ORDER.dossier, "H42", ORDER.procedure, "MẪU", "mau.pdf"):
        assert private not in text, private


GROUPS = ("work", "desk", "register_waits", "events", "machine", "parts", "audits")


def _groups(told: dict[tuple[str, frozenset[str]], float]):  # type: ignore[no-untyped-def]
    return [(key, value) for key, value in told.items() if key[0] == "sohoa_unanswered"]


def test_a_group_that_cannot_answer_is_told_and_the_others_are_there(room: Room) -> None:
    def gone() -> None:
        raise StorageError("database", "connection refused")

    away = replace(room.workshop, desk=SimpleNamespace(totals=gone))  # type: ignore[arg-type]
    told = {
        (each.name, *each.labels.values()): each.value
        for metric in Standing(away, room.audits).collect()
        for each in metric.samples
    }
    assert told["sohoa_unanswered", "desk"] == 1
    assert told["sohoa_unanswered", "work"] == 0
    assert ("sohoa_dossiers", "reading") not in told, "an unknown number is not 0"
    assert told["sohoa_part_up", "database"] == 0


def test_parts_are_probed_once_in_a_while(room: Room) -> None:
    probes = []

    class Counting(MemoryArchive):
        def probe(self) -> None:
            probes.append(1)

    seconds = [0.0]
    standing = Standing(replace(room.workshop, archive=Counting()), room.audits, lambda: seconds[0])
    for _ in range(3):
        standing.parts()
    assert len(probes) == 1
    seconds[0] = PROBED_SECONDS + 1
    standing.parts()
    assert len(probes) == 2


def test_the_status_page_knows_the_queue(room: Room) -> None:
    told = {part.name: part for part in system_health(room.workshop, room.audits)}
    assert told["work"].values["waiting"] == 1
    assert told["work"].health.value == "warn", "something waits for the store"
    assert told["database"].values == {"kind": "SQLite"}
    assert told["events"].health.value == "good"


def test_the_door_tells_the_same_to_this_machines_programs(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = TestClient(make_door(room.service, room.audits, "token", lambda: None))  # type: ignore[arg-type]

    def call(method: str, path: str) -> object:
        data = door.request(method, path, headers={TOKEN_HEADER: "token"}).json()
        if "error" in data:
            raise error_of(data["error"])
        return data

    assert door.get("/metrics").status_code == 401
    resident = SimpleNamespace(call=call)
    monkeypatch.setattr(metrics_commands, "find_resident", lambda _state: resident)
    told = CliRunner().invoke(app, ["metrics"])
    assert told.exit_code == 0
    assert "sohoa_pages_total" in told.stdout
    assert CliRunner().invoke(app, ["health", "--json"]).exit_code == 0
    monkeypatch.setattr(health, "disk_usage", lambda _settings: DiskUsage(10 << 30, 1 << 20))
    monkeypatch.setattr(metrics_commands, "find_resident", lambda _state: None)
    assert CliRunner().invoke(app, ["health"]).exception.exit_code == 81  # type: ignore[union-attr]


@pytest.mark.parametrize(("status", "told"), [(200, "good"), (401, "good"), (500, "bad"), (None, "bad")])
def test_the_prefect_server_is_asked(
    status: int | None, told: str, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answer(address: str, **_: object) -> httpx.Response:
        asked.append(address)
        if status is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(status)

    settings = SimpleNamespace(PREFECT_API_URL=SimpleNamespace(value=lambda: "http://127.0.0.1:9/api"))
    monkeypatch.setitem(sys.modules, "prefect", SimpleNamespace(settings=settings))
    monkeypatch.setitem(sys.modules, "prefect.settings", settings)
    monkeypatch.setattr(httpx, "get", answer)
    parts = {part.name: part.health.value for part in system_health(room.workshop, room.audits)}
    assert parts["prefect"] == told
    assert asked == ["http://127.0.0.1:9/api/health"]
