"""The embedded Prefect server: started on loopback, silent towards the outside, stopped with its owner."""

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
from pathlib import Path

from dossier.errors import ServiceUnreachable
from flows.processes import die_with_parent

log = logging.getLogger(__name__)

START_SECONDS = 180.0
"""A first start creates the database and has been seen to take 50 s on a busy machine."""


class PrefectServer:
    """A Prefect server of our own, its database and results under one folder."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        """Address of the API once started."""

    def start(self) -> None:
        """Begin to start; returns at once. `wait` says when it answers."""
        self._home.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/api"
        os.environ.update(quiet_environment(self._home, self.url))
        with (self._home / "server.log").open("ab") as output:
            self._process = subprocess.Popen(
                [
                    str(Path(sys.executable).with_name("prefect")),
                    "server",
                    "start",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(port),
                    "--no-ui",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Keys of personal data are none of its business.
                env={name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")},
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


def quiet_environment(home: Path, url: str) -> dict[str, str]:
    """Prefect's settings: our server, no outside connection, no log lines sent anywhere."""
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
    }


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - our own loopback address
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
