"""What the fault suite stands on: a small disk, a store, a line to it, a process that forks for each run."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final
from urllib.parse import urlsplit

from dossier.errors import ServiceUnreachable
from flows.chaos_child import RunOrder, RunResult
from flows.chaos_faults import Fault
from flows.chaos_papers import write_papers
from flows.chaos_wire import Line, lift
from flows.officer_identity import demo_identity
from flows.prefect_server import ALONE, PrefectServer, quiet_environment
from flows.settings import Settings
from flows.wiring import compose
from storage.clock import vietnam_now
from storage.codec import decode, encode
from storage.postgres_server import PostgresServer
from storage.seaweed import EmbeddedStore

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 2.0
"""How long the tried process waits for a byte; in production 30 seconds."""
_QUICK: Final = {"fsync": "off", "shared_buffers": "16MB"}
"""The server dies and the machine does not: what it handed to the system is there when it is back."""
_HASTY: Final = {"PREFECT_API_REQUEST_TIMEOUT": "2", "PREFECT_CLIENT_MAX_RETRIES": "1"}
"""Prefect's client gives up sooner than in production, as the store's does."""
_DISK_BYTES: Final = 24 * 1024 * 1024
_ENDED_SECONDS: Final = 20


class Ground:
    """A resident set-up for many cases."""

    def __init__(self, *, has_server: bool = False, has_prefect: bool = False) -> None:
        """Nothing is started yet.

        Args:
            has_server: whether the database is a PostgreSQL server of our own, else SQLite in the state.
            has_prefect: whether a Prefect server of our own runs the flow, else its body is called as it is.
        """
        self.moment = vietnam_now().replace(microsecond=0)
        """What time it is in every case: the store keeps nothing until a day that is over."""
        self._has_server = has_server
        self._prefect: PrefectServer | None = None
        self._has_prefect = has_prefect
        self._prefect_url = ""
        self._server: PostgresServer | None = None
        self._database = ""
        self._held = ExitStack()
        self._child: subprocess.Popen[bytes] | None = None
        self._embedded: EmbeddedStore | None = None
        self._store_process: int | None = None
        self._count = 0

    def __enter__(self) -> Ground:
        try:
            return self._started()
        except BaseException:
            self._held.close()
            raise

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def _started(self) -> Ground:
        self.folder = Path(self._held.enter_context(TemporaryDirectory(prefix="sohoa-chaos-")))
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.disk_is_real = self._mount()
        self.order = write_papers(self.folder / "papers")
        self.told = self.folder / "told"
        self._embedded = EmbeddedStore(self.folder / "store", retention_days=1, retention_mode="GOVERNANCE")
        self._held.callback(self._embedded.stop, 0.0)
        self.store = replace(self._embedded.start(), patience_seconds=PATIENCE_SECONDS)
        self._store_process = self._embedded.pid
        line = self._held.enter_context(Line(self._store_address, self.told, PATIENCE_SECONDS + 0.5))
        self.line = replace(self.store, endpoint=line.address)
        if self._has_server:
            self.folder.chmod(0o711)  # the server runs as another user
            self._server = PostgresServer(self.folder / "postgres", _QUICK)
            self._held.callback(self._server.stop)
            self._server.start()
            self._database = "tried"
            self._server.database(self._database)
        if self._has_prefect:
            self._prefect = PrefectServer(self.folder / "prefect", behind=ALONE)
            self._held.callback(self._prefect.stop)
            self._prefect.start()
            self._prefect.wait()
            to_prefect = self._held.enter_context(Line(self._prefect_address, self.told, 0.0))
            self._prefect_url = f"http://{to_prefect.address}/api"
        self._prepare_state()
        self.keep("base")
        self._start_child()
        self.lay("base")
        warm = self.disk / "warm"
        shutil.copytree(self.folder / "kept" / "base", warm)
        self.run(replace(self.new_run("warm"), state=str(warm), looks=True, warms=True, prefect=""))
        return self

    def run(self, run: RunOrder) -> tuple[int, RunResult | None]:
        """One run in a process of its own: its exit code, negative where it was killed, and its result."""
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise RuntimeError("the ground has not been entered")
        result = Path(run.result)
        result.unlink(missing_ok=True)
        child.stdin.write(encode(run) + b"\n")
        child.stdin.flush()
        answer = child.stdout.readline()
        if not answer:
            raise ServiceUnreachable("fault suite", "its process has ended")
        return int(answer), decode(RunResult, result.read_bytes()) if result.exists() else None

    def new_run(self, case: str) -> RunOrder:
        """An undisturbed run of this case, from the state that lies on the disk."""
        return RunOrder(
            order=self.order,
            state=str(self.disk / "state"),
            database=self._server.url(self._database) if self._server is not None else "",
            case=case,
            store=self.store,
            direct=self.store,
            moment=self.moment,
            result=str(self.folder / "result"),
            told=str(self.told),
            prefect=self._prefect_url,
        )

    def lay(self, name: str) -> None:
        """Put a state that was kept onto the disk, and nothing else."""
        for old in self.disk.iterdir():
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copytree(self.folder / "kept" / name, self.disk / "state")
        if self._server is not None:
            self._count += 1
            self._database = f"tried_{self._count}"
            self._server.database(self._database, like=f"kept_{name}")

    def keep(self, name: str) -> None:
        """Keep the state that lies on the disk."""
        shutil.copytree(self.disk / "state", self.folder / "kept" / name)
        if self._server is not None:
            self._server.database(f"kept_{name}", like=self._database)

    def lift(self) -> None:
        """End whatever fault holds: the line is whole, the disk has room, store and database run."""
        lift(self.told)
        for filler in self.disk.glob("filler-*"):
            filler.unlink()
        if self._embedded is not None and self._embedded.pid != self._store_process:
            # Its supervisor starts it anew by itself, and waits longer after each of many deaths in a row.
            self._embedded.stop(0.0)
            self.store = replace(self.store, endpoint=self._embedded.start().endpoint)
            self._store_process = self._embedded.pid
        if self._server is not None and not self._server.is_alive:
            self._server.start()
        if self._prefect is not None and not self._prefect.is_alive:
            self._prefect.start_again()

    def victim(self, fault: Fault) -> int:
        """The process that a fault kills; 0 for none."""
        if fault is Fault.DATABASE_KILLED and self._server is not None:
            return self._server.pid
        if fault is Fault.PREFECT_KILLED and self._prefect is not None:
            return self._prefect.pid
        return self._store_process or 0

    def _store_address(self) -> tuple[str, int]:
        host, port = self.store.endpoint.split(":")
        return host, int(port)

    def _prefect_address(self) -> tuple[str, int]:
        found = urlsplit(self._prefect.url if self._prefect is not None else "")
        return found.hostname or "", found.port or 0

    def _prepare_state(self) -> None:
        """Keys, officer and tables, as a machine has them after its first start."""
        run = self.new_run("none")
        settings = Settings(state=Path(run.state), database_url=run.database, retention_days=1)
        identity = demo_identity(settings)
        identity.parent.mkdir(parents=True)
        from pipeline.signing_identity import create_demo_identity

        password = identity.with_name("password")
        password.write_text("MẪU chỉ để thử", "utf-8")
        create_demo_identity(identity, password.read_text("utf-8"), self.moment - timedelta(days=30))
        made = compose(settings, self.store)
        # A database is copied only while nobody is connected.
        del made
        gc.collect()

    def _start_child(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")}
        if self._prefect_url:
            environment |= quiet_environment(self.folder / "prefect-client", self._prefect_url) | _HASTY
        said = self._held.enter_context((self.folder / "child.log").open("wb"))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "flows.chaos_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            env=environment,
            cwd=Path(__file__).resolve().parents[1],
        )
        self._held.callback(_ended(self._child))
        if self._child.stdout is None or self._child.stdout.readline() != b"ready\n":
            raise ServiceUnreachable("fault suite", f"its process did not start, see {said.name}")

    def _mount(self) -> bool:
        """A small disk in memory; False where this user may not mount one."""
        mount = shutil.which("mount")
        if mount is None or os.geteuid() != 0:
            return False
        command = [mount, "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "sohoa-chaos", str(self.disk)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            return False
        self._held.callback(subprocess.run, ["umount", "--lazy", str(self.disk)], check=False)
        return True


def _ended(child: subprocess.Popen[bytes]) -> Callable[[], None]:
    def end() -> None:
        for pipe in (child.stdin, child.stdout):
            _closed(pipe)
        try:
            child.wait(_ENDED_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    return end


def _closed(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        pipe.close()
