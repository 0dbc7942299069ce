"""A PostgreSQL server of one's own: Debian's programs, a folder, a free port on loopback, nobody else.

For tests, benchmarks and trying things out. It is not the database of a province: that one is run by those
who look after it, with a data folder, copies and monitoring of theirs.
"""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dossier.errors import PartMissing, StorageError

USER: Final = "sohoa"
_SECONDS: Final = 60.0
_PLACE: Final = Path("/usr/lib/postgresql")
_SERVER_USER: Final = "postgres"
"""Debian's user for it: the server refuses to run as root."""


class PostgresServer:
    """A server with databases that are made when they are asked for."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """Nothing is started yet.

        Args:
            folder: where its data, log and socket lie; made where it is not there.
            settings: of postgresql.conf, beside those that make it quiet and small.
        """
        self._folder = folder
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def pid(self) -> int:
        """Process id of the server; 0 where it does not run."""
        return self._process.pid if self._process is not None else 0

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make its folder where it is empty, and wait until it answers. Raises PartMissing, StorageError."""
        programs = find_programs()
        data = self._folder / "data"
        self._folder.mkdir(parents=True, exist_ok=True)
        if (other := _as_other()) and self._folder.stat().st_uid != other["user"]:
            os.chown(self._folder, other["user"], other["group"])
        if not (data / "PG_VERSION").exists():
            made = ["-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
            _run([str(programs / "initdb"), *made], self._folder)
        self._port = _free_port()
        chosen = {
            "port": str(self._port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            "log_min_messages": "warning",
            **self._settings,
        }
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), *options],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_other(),
            )
        self._wait(programs)

    def stop(self) -> None:
        """End it: who is connected is sent away, what was committed is there at the next start."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)  # its "fast" shutdown
        try:
            self._process.wait(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it without a goodbye; the next start replays what was committed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)  # its "immediate" shutdown
            self._process.wait(timeout=_SECONDS)
            self._process = None

    def database(self, name: str, like: str = "template0", encoding: str = "UTF8") -> str:
        """The URL of a new database, empty or as another one that nobody works with. Raises StorageError."""
        made = ["-h", "127.0.0.1", "-p", str(self._port), "-U", USER, "-T", like, "-E", encoding]
        _run([str(find_programs() / "createdb"), *made, name], self._folder)
        return self.url(name)

    def has(self, name: str) -> bool:
        """Whether it has a database of this name."""
        asked = ["-h", "127.0.0.1", "-p", str(self._port), "-U", USER, "-d", "postgres", "-Atc"]
        command = [str(find_programs() / "psql"), *asked, "SELECT datname FROM pg_database"]
        return name in _run(command, self._folder).split()

    def url(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{name}"

    def _wait(self, programs: Path) -> None:
        ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port)]
        until = time.monotonic() + _SECONDS
        while subprocess.run(ready, check=False, timeout=_SECONDS).returncode != 0:
            if self._process is None or self._process.poll() is not None or time.monotonic() > until:
                said = (self._folder / "server.log").read_text("utf-8", "replace")[-500:]
                self.stop()
                raise StorageError("PostgreSQL", f"does not start: {said}")
            time.sleep(0.1)


def find_programs() -> Path:
    """Debian's folder of the newest server. Raises PartMissing."""
    found = sorted(_PLACE.glob("*/bin/initdb"), key=lambda program: float(program.parts[-3]))
    if not found:
        raise PartMissing("PostgreSQL", "Debian's package postgresql-15 is not installed")
    return found[-1].parent


def _run(command: Sequence[str], folder: Path) -> str:
    """What a program prints. Raises StorageError."""
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        command, cwd=folder, capture_output=True, timeout=_SECONDS, check=False, **_as_other()
    )
    if done.returncode != 0:
        raise StorageError("PostgreSQL", done.stderr.decode("utf-8", "replace").strip()[-500:])
    return done.stdout.decode("utf-8", "replace")


def _as_other() -> dict[str, Any]:
    """Options of a process that runs as the server's user, where this one is root."""
    if os.geteuid() != 0:
        return {}
    try:
        found = pwd.getpwnam(_SERVER_USER)
    except KeyError as e:
        raise PartMissing("PostgreSQL", f"there is no user {_SERVER_USER} to run it") from e
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
