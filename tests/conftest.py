"""One real resident process for the session: real store, real Prefect, real readers, sample dossiers."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from flows.prefect_server import PrefectServer
from scanners.samples import make_samples

REPOSITORY = Path(__file__).resolve().parents[1]
os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"  # what this process logs belongs to no run
if "SOHOA_STATE" not in os.environ:  # never the folder of whoever runs the tests
    os.environ["SOHOA_STATE"] = mkdtemp(prefix="sohoa-tests-")
    atexit.register(shutil.rmtree, os.environ["SOHOA_STATE"], ignore_errors=True)

COSTLY = frozenset({"counter", "centre", "running", "archive"})
"""Fixtures that start a resident process or a store."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with costly fixtures begin first, so that none is left over when all others are done."""
    costly = {item.path for item in items if COSTLY.intersection(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path not in costly)


@cache
def shared_prefect() -> str:
    """Address of the one Prefect server that the counters of this test process share.

    One of its own, as a counter has it, costs each of them ten core-seconds; see `test_prefect_guard`.
    """
    server = PrefectServer(Path(mkdtemp(prefix="sohoa-prefect-")))
    server.start()
    atexit.register(server.stop)
    server.wait()
    return server.url


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def data(self) -> Any:
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Counter:
    """A counter's machine: a state folder, and the command line over it."""

    state: Path
    samples: Path
    settings: tuple[tuple[str, str], ...] = ()

    def sohoa(self, *arguments: object, seconds: float = 400) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "console.main", *map(str, arguments)],
            cwd=REPOSITORY,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def begin(self, *arguments: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "console.main", *map(str, arguments)],
            cwd=REPOSITORY,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def digitise(self, sample: str) -> Answer:
        truth = self.truth(sample)
        return self.sohoa(*self.order(sample, truth["dossier"]), "--json")

    def order(self, sample: str, dossier: str) -> list[object]:
        truth = self.truth(sample)
        folder = self.samples / sample / "scans"
        return [
            *("digitise", folder, "--procedure", truth["procedure"]),
            *("--dossier", dossier, "--received-on", truth["received_on"]),
        ]

    def truth(self, sample: str) -> Any:
        return json.loads((self.samples / sample / "truth.json").read_text("utf-8"))

    def answered_before(self, **places: str) -> None:
        """Let the machine know these addresses (setting=host:port), so that their silence is an outage."""
        self.state.mkdir(parents=True, exist_ok=True)
        (self.state / "answered.json").write_text(json.dumps(places), "utf-8")

    def kill(self) -> None:
        """kill -9 of the resident process, whatever it is doing."""
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while self.pids() and time.monotonic() < deadline:
            time.sleep(0.05)

    def pids(self) -> list[int]:
        """Resident processes of this state folder."""
        mine = f"SOHOA_STATE={self.state}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
                if b"serve" in command and mine in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def environment(self) -> dict[str, str]:
        has_register = "SOHOA_REGISTER_URL" in dict(self.settings)
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "SOHOA_"))},
            "SOHOA_STATE": str(self.state),
            **({} if has_register else {"SOHOA_REGISTER_CSV": str(self.samples / "register.csv")}),
            "SOHOA_RETENTION_DAYS": "1",
            "SOHOA_CONSOLE_PORT": "0",
            "SOHOA_PREFECT_URL": shared_prefect(),
            **dict(self.settings),
        }


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample dossiers of seed 1."""
    folder = tmp_path_factory.mktemp("samples")
    make_samples(folder, 1)
    return folder


@pytest.fixture(scope="session")
def counter(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[Counter]:
    """A counter whose resident process stays up for the session."""
    here = Counter(tmp_path_factory.mktemp("counter"), samples)
    yield here
    here.kill()  # what it started ends with it, and much sooner than when it is asked
