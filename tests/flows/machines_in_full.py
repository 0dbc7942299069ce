"""A province on four machines: servers, a counter, two workers, one of them cut off within a dossier.

Everything is real: Prefect with PostgreSQL and Redis behind it, the store, the readers, and the workers in
network namespaces of their own. `make machines` runs it; it takes a few minutes.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from storage.s3 import StoreSettings, open_client
from storage.seaweed import EmbeddedStore
from tests import namespaces
from tests.conftest import REPOSITORY
from tests.databases import postgres
from tests.namespaces import Machine, forwarded
from tests.storage.conftest import administration

TAKEN_OVER_SECONDS = 30.0
WORK_BUCKET = "work-in-progress"
HEALTH_PORT = 8643
"""In namespaces of their own: no other process has it there."""


@dataclass
class Province:
    """The servers of a province, and what runs on its machines."""

    folder: Path
    samples: Path
    database: str
    prefect_database: str
    redis: int
    prefect: int
    store: StoreSettings
    processes: ExitStack

    def environment(self, name: str, server: str) -> dict[str, str]:
        """The settings of a machine that reaches the servers at this address."""
        mine = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "SOHOA_"))}
        store_port = self.store.endpoint.rpartition(":")[2]
        return mine | {
            "SOHOA_STATE": str(self.folder / name),
            "SOHOA_WORK": "workers",
            "SOHOA_WORKER_DOSSIERS": "1",
            "SOHOA_WORKER_PORT": str(HEALTH_PORT),
            "SOHOA_PREFECT_URL": f"http://{server}:{self.prefect}/api",
            "SOHOA_PREFECT_PASSWORD_FILE": str(self.folder / "prefect-password"),
            "SOHOA_DATABASE_URL": self.database.replace("127.0.0.1", server),
            "SOHOA_STORE_ENDPOINT": f"{server}:{store_port}",
            "SOHOA_STORE_ACCESS_KEY": self.store.access_key,
            "SOHOA_STORE_SECRET_KEY_FILE": str(self.folder / "secret-key"),
            "SOHOA_STORE_SECURE": "false",
            "SOHOA_WORK_BUCKET": WORK_BUCKET,
            "SOHOA_KEYS_FILE": str(self.folder / "data-keys"),
            "SOHOA_REGISTER_CSV": str(self.samples / "register.csv"),
            "SOHOA_RETENTION_DAYS": "1",
            "SOHOA_READING_PROCESSES": "1",
            "SOHOA_CONSOLE_HOST": "",
            "OMP_NUM_THREADS": "1",
        }

    def begin(self, name: str, server: str, *command: str) -> subprocess.Popen[bytes]:
        """Start something on a machine; it is ended with the province."""
        log = self.processes.enter_context((self.folder / f"{name}.log").open("ab"))
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=self.environment(name, server),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.processes.callback(_end, process)
        return process

    def run(self, name: str, *arguments: str, may_fail: bool = False) -> str:
        """A command on the counter's machine, to its end; what it prints."""
        done = subprocess.run(
            sohoa(*arguments),
            cwd=REPOSITORY,
            env=self.environment(name, "127.0.0.1"),
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        assert may_fail or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask_prefect(self, path: str, body: dict[str, Any]) -> Any:
        """What Prefect's API answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.prefect}/api{path}",
            json.dumps(body).encode(),
            {"content-type": "application/json", "authorization": _basic(self.folder)},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310 - our own loopback
            return json.load(reply)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database of all machines says."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def blobs(self) -> dict[str, str]:
        """Work in progress: when each blob was written."""
        client = open_client(self.store)
        if not client.bucket_exists(WORK_BUCKET):
            return {}
        found = client.list_objects(WORK_BUCKET, "checkpoints/", recursive=True)
        return {str(each.object_name): f"{each.etag} {each.last_modified}" for each in found}

    def order(self, dossier: str, sample: str) -> list[str]:
        """The command that hands in a sample as this dossier."""
        truth = json.loads((self.samples / sample / "truth.json").read_text("utf-8"))
        scans = str(self.samples / sample / "scans")
        return sohoa(
            *("digitise", scans, "--procedure", truth["procedure"]),
            *("--dossier", dossier, "--received-on", truth["received_on"], "--json"),
        )


def sohoa(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "console.main", *arguments]


def until(what: Callable[[], Any], seconds: float, say: str) -> Any:
    """What comes, within a bound that only a machine that hangs reaches."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.2)
    pytest.fail(say)


@pytest.fixture(scope="module")
def province(samples: Path) -> Iterator[Province]:
    if not namespaces.are_allowed():
        pytest.skip("this process may not make network namespaces: run it as root, outside a container")
    with TemporaryDirectory(prefix="sohoa-machines-") as name, ExitStack() as stack, postgres() as server:
        folder = Path(name)
        store = EmbeddedStore(folder / "store", retention_days=1)
        settings = store.start()
        stack.callback(store.stop, patience_seconds=0.0)
        settings = administration(folder / "store", settings)
        redis = _free_port()
        stack.callback(
            _end,
            subprocess.Popen(
                ["redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", name],
                stdout=subprocess.DEVNULL,
            ),
        )
        for file, text in (
            ("secret-key", settings.secret_key),
            ("prefect-password", secrets.token_urlsafe(12)),
        ):
            (folder / file).touch(0o600)
            (folder / file).write_text(text, "utf-8")
        here = Province(
            folder, samples, server.database("province"), server.database("prefect"), redis, _free_port(),
            settings, stack,
        )  # fmt: skip
        yield here


@pytest.fixture(scope="module")
def prefect(province: Province) -> Province:
    """The shared server, started by our own command, with PostgreSQL and Redis behind it."""
    log = province.processes.enter_context((province.folder / "prefect.log").open("ab"))
    environment = province.environment("prefect", "127.0.0.1") | {
        "SOHOA_PREFECT_URL": "",
        "SOHOA_WORK": "here",
        "SOHOA_PREFECT_DATABASE_URL": province.prefect_database.replace(
            "postgresql://", "postgresql+asyncpg://"
        ),
        "SOHOA_PREFECT_REDIS_URL": f"redis://127.0.0.1:{province.redis}/0",
    }
    server = subprocess.Popen(
        sohoa("prefect", "--port", str(province.prefect)),
        cwd=REPOSITORY, env=environment, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    province.processes.callback(_end, server)
    until(lambda: _answers(province), 1200, (province.folder / "prefect.log").read_text()[-800:])
    return province


@pytest.fixture(scope="module")
def machines(prefect: Province) -> Iterator[dict[str, Machine]]:
    """Two machines on cables, each with a worker that stays; and the counter's resident process."""
    third = random.SystemRandom().randrange(10, 240)
    made = {
        name: Machine(f"sohoa-{os.getpid()}-{name}", f"sh{os.getpid() % 100000}{name}", f"10.231.{third + n}")
        for n, name in enumerate("ab")
    }
    store_port = int(prefect.store.endpoint.rpartition(":")[2])
    database_port = int(prefect.database.rpartition(":")[2].partition("/")[0])
    ports = [prefect.prefect, store_port, database_port]
    workers: dict[str, subprocess.Popen[bytes]] = {}
    with ExitStack() as stack:
        for machine in made.values():
            stack.callback(machine.remove)
            machine.connect()
        stack.enter_context(forwarded([each.server for each in made.values()], ports))
        counter = prefect.begin("counter", "127.0.0.1", *sohoa("serve", "--quiet"))
        until(lambda: _is_ready(prefect, counter), 1200, "the counter does not answer")
        assert json.loads(prefect.run("counter", "deploy", "--limit", "backlog=1", "--json"))["backlog"] == 1
        for name, machine in made.items():
            command = machine.command(*sohoa("worker", "counter", "backlog"))
            workers[name] = prefect.begin(name, machine.server, *command)
        until(lambda: _are_online(prefect, workers), 1200, "two workers are not online")
        yield made


def test_each_worker_tells_on_its_own_machine_that_it_lives_and_is_ready(
    machines: dict[str, Machine],
) -> None:
    asked = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=30).status)"
    for machine in machines.values():
        for page in ("live", "ready"):
            address = f"http://127.0.0.1:{HEALTH_PORT}/health/{page}"
            done = subprocess.run(
                machine.command(sys.executable, "-c", asked, address),
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.stdout == "200\n", done.stderr[-300:]


def test_a_dossier_goes_to_a_worker_that_is_warm_and_its_verdict_comes_back(
    machines: dict[str, Machine], prefect: Province
) -> None:
    answer = json.loads(_handed_in(prefect, "MAU-1", "ho-kinh-doanh-uy-quyen").communicate(timeout=1800)[0])
    assert answer["state"] == "archived"
    runs = prefect.ask_prefect("/flow_runs/filter", {"flows": {"name": {"any_": ["digitise-next"]}}})
    assert [run["state_type"] for run in runs] == ["COMPLETED"]
    # Nothing about the dossier went through Prefect.
    assert all(run["parameters"] == {"lane": "counter"} for run in runs)


def test_the_worker_that_is_cut_off_loses_the_dossier_to_the_other_and_no_page_is_paid_for_twice(
    machines: dict[str, Machine], prefect: Province
) -> None:
    before = set(prefect.blobs())
    command = _handed_in(prefect, "MAU-2", "khai-sinh-day-du")
    owner = until(lambda: _owner(prefect, "MAU-2"), 600, "nobody began the dossier")
    (victim,) = [m for name, m in machines.items() if owner.startswith(_machine_name(prefect, name))]
    until(
        lambda: prefect.rows("SELECT 1 FROM ledger WHERE action = 'page-read' AND subject = 'MAU-2'"),
        300,
        "no page",
    )
    victim.cut()
    cut_at = time.monotonic()
    paid = {name: said for name, said in prefect.blobs().items() if name not in before}
    other = until(
        lambda: (now := _owner(prefect, "MAU-2")) and now != owner and now, 600, "nobody took it over"
    )
    seconds = time.monotonic() - cut_at
    print(f"moving again on the other machine after {seconds:.1f} s")
    answer = json.loads(command.communicate(timeout=1800)[0])
    assert answer["state"] == "archived"
    assert other != owner
    assert seconds < TAKEN_OVER_SECONDS
    after = prefect.blobs()
    again = [name for name, said in paid.items() if after.get(name) != said]
    print(f"{len(paid)} steps were finished before the cut, {len(again)} of them were done again")
    assert paid
    assert again == []
    victim.mend()
    # The one that was cut off finds its lease gone, ends its own run, and nothing of it doubles the package.
    until(lambda: not prefect.rows("SELECT 1 FROM work"), 600, "work is left in the queue")
    assert prefect.rows("SELECT count(*) FROM packages WHERE dossier = 'MAU-2'") == [(1,)]
    told = json.loads(prefect.run("counter", "audit", "ledger", "--json", may_fail=True))
    assert (told["broken"], list(told["troubles"])) == (None, [])


def test_the_machine_that_was_cut_off_works_again_when_its_cable_is_back(
    machines: dict[str, Machine], prefect: Province
) -> None:
    until(lambda: len(_online(prefect, "counter")) == 2, 1200, "the worker did not come back")


def _handed_in(province: Province, dossier: str, sample: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        province.order(dossier, sample),
        cwd=REPOSITORY,
        env=province.environment("counter", "127.0.0.1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _owner(province: Province, dossier: str) -> str:
    rows = province.rows(f"SELECT owner FROM work WHERE dossier = '{dossier}' AND state = 'running'")  # noqa: S608
    return str(rows[0][0]) if rows else ""


def _machine_name(province: Province, name: str) -> str:
    return f"{socket.gethostname()}-{(province.folder / name / 'run' / 'machine').read_text('utf-8')}"


def _online(province: Province, pool: str) -> list[str]:
    workers = province.ask_prefect(f"/work_pools/{pool}/workers/filter", {})
    return [each["name"] for each in workers if each["status"] == "ONLINE"]


def _are_online(province: Province, workers: dict[str, subprocess.Popen[bytes]]) -> bool:
    for name, process in workers.items():
        assert process.poll() is None, (province.folder / f"{name}.log").read_text("utf-8")[-2000:]
    return len(_online(province, "counter")) == len(workers)


def _is_ready(province: Province, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, (province.folder / "counter.log").read_text("utf-8")[-2000:]
    return "ready" in (province.folder / "counter.log").read_text("utf-8", "replace")


def _answers(province: Province) -> bool:
    try:
        province.ask_prefect("/work_pools/filter", {})
    except OSError:
        return False
    return True


def _basic(folder: Path) -> str:
    from base64 import b64encode

    password = (folder / "prefect-password").read_text("utf-8")
    return "Basic " + b64encode(f"sohoa:{password}".encode()).decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM) if os.getpgid(
            process.pid
        ) == process.pid else process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
