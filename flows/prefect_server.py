"""The Prefect server: the one that this process starts, or one that several machines share.

Our own is silent towards the outside and stops with its owner. Behind it stand SQLite and its own memory, or
PostgreSQL and Redis where the settings name them.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Final, NoReturn, Protocol
from urllib.parse import quote

from dossier.errors import ServiceUnreachable, SettingRefused
from flows.processes import die_with_parent
from flows.settings import Settings

log = logging.getLogger(__name__)

START_SECONDS = 180.0
"""A first start creates the database and has been seen to take 50 s on a busy machine."""
_BUSY_SECONDS: Final = 15.0
_READY_SECONDS: Final = 10.0
"""On a busy machine the first look at its database takes longer than the 2 s that `_answers` has else."""
_LOOPBACK: Final = "127.0.0.1"
_USER: Final = "sohoa"
"""Whom a shared Prefect server knows its machines as."""


_SERVICES: Final = (
    "CANCELLATION_CLEANUP CLEANUP_RECONCILER EVENT_PERSISTER FOREMAN LATE_RUNS PAUSE_EXPIRATIONS "
    "REPOSSESSOR SCHEDULER TASK_RUN_RECORDER TRIGGERS"
)
ALONE: Final = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _SERVICES.split()}
"""Services of a server without schedules, workers and limits of its own. Each writes into its database beside
the runs; on a busy machine SQLite is locked then, and the server answers 503 (Prefect 3.8.8)."""


class PrefectService(Protocol):
    """What the resident process needs of a Prefect server."""

    def start(self) -> None:
        """Begin; returns at once."""

    def start_again(self) -> None:
        """Until it answers again where it was, after it died. Raises ServiceUnreachable."""

    def wait(self) -> None:
        """Until it answers. Raises ServiceUnreachable."""

    def stop(self) -> None:
        """End what `start` began."""

    @property
    def is_alive(self) -> bool:
        """Whether it is there."""

    @property
    def is_ready(self) -> bool:
        """Whether its API and its database answer."""


def open_prefect(settings: Settings) -> PrefectService:
    """The Prefect server that the settings name: a shared one, else our own."""
    home = settings.state / "prefect"
    if settings.prefect_url:
        return SharedPrefect(home, settings.prefect_url, _secret(settings.prefect_password_file))
    return PrefectServer(home, behind=ALONE | behind_environment(settings))


class SharedPrefect:
    """A Prefect server on another machine."""

    def __init__(self, home: Path, url: str, password: str = "") -> None:
        self._home, self.url, self._password = home, url.rstrip("/"), password

    def start(self) -> None:
        """Point this process at it."""
        self._home.mkdir(parents=True, exist_ok=True)
        os.environ.update(quiet_environment(self._home, self.url))
        if self._password:
            os.environ["PREFECT_API_AUTH_STRING"] = f"{_USER}:{self._password}"

    def start_again(self) -> None:
        """Give it a while: it is not ours to start, and may only be busy. Raises ServiceUnreachable."""
        deadline = time.monotonic() + _BUSY_SECONDS
        while not self.is_alive:
            if time.monotonic() > deadline:
                raise ServiceUnreachable("Prefect", f"does not answer at {self.url}")
            time.sleep(0.2)

    def wait(self) -> None:
        """Whether it answers now; a server that somebody else runs is not waited for.

        Raises ServiceUnreachable.
        """
        if not self.is_alive:
            raise ServiceUnreachable("Prefect", f"does not answer at {self.url}")

    @property
    def is_alive(self) -> bool:
        """Whether it answers."""
        return _answers(f"{self.url}/health")

    @property
    def is_ready(self) -> bool:
        """Whether its API and its database answer."""
        return _answers(f"{self.url}/ready", _READY_SECONDS)

    def stop(self) -> None:
        """Nothing of it is ours to end."""


class PrefectServer:
    """A Prefect server of our own, its database and results under one folder."""

    def __init__(self, home: Path, *, behind: Mapping[str, str] | None = None) -> None:
        """Nothing is started yet.

        Args:
            home: folder of its database, results and log.
            behind: Prefect's settings of what stands behind it, see `behind_environment`.
        """
        self._home = home
        self._behind = dict(behind or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self.url = ""
        """Address of the API once started."""

    def start(self) -> None:
        """Begin to start; returns at once. `wait` says when it answers."""
        self._home.mkdir(parents=True, exist_ok=True)
        self._port = free_port()
        self.url = f"http://{_LOOPBACK}:{self._port}/api"
        os.environ.update(quiet_environment(self._home, self.url))
        self._begin()

    def start_again(self) -> None:
        """Start it anew at the address that everybody here knows, and wait until it answers."""
        self.stop()
        begun = Event()

        def keep() -> None:
            # The server ends with the thread that started it, so this one stays; the caller's may not.
            self._begin()
            begun.set()
            if self._process is not None:
                self._process.wait()

        Thread(target=keep, daemon=True, name="prefect-server").start()
        begun.wait(START_SECONDS)
        self.wait()

    def _begin(self) -> None:
        with (self._home / "server.log").open("ab") as output:
            self._process = subprocess.Popen(
                server_command(_LOOPBACK, self._port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=server_environment(self._behind),
                preexec_fn=die_with_parent,
            )

    def wait(self) -> None:
        """Until the server answers. Raises ServiceUnreachable."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            if _answers(f"{self.url}/health"):
                return
            time.sleep(0.1)
        raise ServiceUnreachable("Prefect", f"did not start, see {self._home / 'server.log'}")

    @property
    def is_alive(self) -> bool:
        """Whether the server's process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether its API and its database answer; one that died would be started for the next run."""
        return not self.is_alive or _answers(f"{self.url}/ready", _READY_SECONDS)

    @property
    def pid(self) -> int:
        """Process number of the server; 0 before the start."""
        return self._process.pid if self._process is not None else 0

    def stop(self) -> None:
        """End the server and wait for it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def server_command(host: str, port: int) -> list[str]:
    """The command that becomes a Prefect server, without its pages."""
    prefect = str(Path(sys.executable).with_name("prefect"))
    return [prefect, "server", "start", "--host", host, "--port", str(port), "--no-ui"]


def become_shared_server(settings: Settings, host: str, port: int) -> NoReturn:
    """Turn this process into a Prefect server that other machines reach; it does not come back.

    Raises SettingRefused where others could reach it without a password.
    """
    if settings.prefect_password_file is None and host not in (_LOOPBACK, "localhost", "::1"):
        raise SettingRefused("SOHOA_PREFECT_PASSWORD_FILE", f"is not set, and {host} is reached by others")
    home = settings.state / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    quiet = quiet_environment(home, f"http://{_LOOPBACK}:{port}/api")
    command = server_command(host, port)
    os.execve(command[0], command, server_environment({**quiet, **shared_environment(settings)}))  # noqa: S606


def server_environment(behind: Mapping[str, str]) -> dict[str, str]:
    """The environment of a server: keys of personal data are none of its business."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")}
    return {**mine, **behind}


def quiet_environment(home: Path, url: str) -> dict[str, str]:
    """Prefect's settings: our server, no outside connection, no log lines sent anywhere, bounded patience."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_ROOT_LEVEL": "INFO",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",  # a request for each run, refused by our servers
        # A server that fails or falls silent: tried again for a minute or so, then the dossier waits.
        "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500,504",
        "PREFECT_CLIENT_MAX_RETRIES": "3",
        "PREFECT_API_REQUEST_TIMEOUT": "15",
    }


def behind_environment(settings: Settings) -> dict[str, str]:
    """Prefect's settings of the PostgreSQL and the Redis behind its server, as far as they are set.

    With Redis go events, the order of events, the leases of limits and the server's own jobs, so that several
    servers may stand beside one another (prefect-redis 0.3, "self-hosted Prefect at scale").
    """
    behind = {}
    if settings.prefect_database_url:
        address = _with_password(settings.prefect_database_url, settings.prefect_database_password_file)
        behind["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = address
    if settings.prefect_redis_url:
        redis = _with_password(settings.prefect_redis_url, settings.prefect_redis_password_file)
        behind |= {
            "PREFECT_SERVER_EVENTS_MESSAGING_BROKER": "prefect_redis.messaging",
            "PREFECT_SERVER_EVENTS_MESSAGING_CACHE": "prefect_redis.messaging",
            "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
            "PREFECT_REDIS_MESSAGING_URL": redis,
            "PREFECT_SERVER_DOCKET_URL": redis,
        }
    return behind


def shared_environment(settings: Settings) -> dict[str, str]:
    """Prefect's settings of a server that other machines reach: what stands behind it, and its password."""
    shared = behind_environment(settings)
    if settings.prefect_password_file is not None:
        shared["PREFECT_SERVER_API_AUTH_STRING"] = f"{_USER}:{_secret(settings.prefect_password_file)}"
    return shared


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _answers(url: str, seconds: float = 2.0) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=seconds) as reply:  # noqa: S310 - an address of our own settings
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _secret(file: Path | None) -> str:
    return file.read_text("utf-8").strip() if file is not None else ""


def _with_password(address: str, file: Path | None) -> str:
    """An address with the password of its file; a Redis without a name for who comes gets an empty one."""
    if file is None:
        return address
    scheme, _, rest = address.partition("://")
    who, at, where = rest.rpartition("@")
    return f"{scheme}://{who if at else ''}:{quote(_secret(file), safe='')}@{where}"
