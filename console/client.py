"""Talking to the resident process, and starting it when none runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import httpx

from dossier import errors
from dossier.errors import ServiceUnreachable, SohoaError
from flows.settings import Settings
from flows.settings_check import make_state

START_SECONDS = 240.0
"""A first start creates the databases of Prefect and of the store."""
_TOKEN_HEADER = "X-Sohoa-Token"  # noqa: S105 - the name of a header
_FILE: Final = "file://"


class UnexpectedFault(Exception):
    """The resident process met a bug; its log has the traceback."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A running resident process."""

    url: str
    token: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call through the door. Raises the error that the other side met."""
        try:
            reply = httpx.request(
                method, self.url + path, json=body, headers={_TOKEN_HEADER: self.token}, timeout=600.0
            )
        except httpx.TransportError as e:
            raise ServiceUnreachable("sohoa serve", str(e)) from e
        data: dict[str, Any] = reply.json()
        if "error" in data and "done" not in data:
            raise error_of(data["error"])
        return data


def sent_path(path: Path) -> str:
    """A path as it crosses the door: one that is no UTF-8 as an address, which text can hold."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return path.as_uri()
    return str(path)


def path_of(sent: str) -> str:
    """The path that `sent_path` wrote."""
    return os.fsdecode(unquote_to_bytes(sent.removeprefix(_FILE))) if sent.startswith(_FILE) else sent


def error_of(data: dict[str, str]) -> Exception:
    """The error that crossed the door."""
    kind = getattr(errors, data["kind"], None)
    if isinstance(kind, type) and issubclass(kind, SohoaError):
        return kind(data["subject"], data["cause"])
    return UnexpectedFault(f"{data['subject']}: {data['cause']}")


def address_file(state: Path) -> Path:
    """Where the resident process writes its address and token, readable by this user alone."""
    return state / "run" / "resident.json"


def find_resident(state: Path) -> Resident | None:
    """The resident process of this state folder, if one answers."""
    try:
        written = json.loads(address_file(state).read_text("utf-8"))
        resident = Resident(written["url"], written["token"])
        httpx.get(
            resident.url + "/health", headers={_TOKEN_HEADER: resident.token}, timeout=5
        ).raise_for_status()
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return resident


def _ended(code: int, log: Path) -> SohoaError:
    """Why the resident process ended before it answered: the error that its exit code names."""
    last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
    kinds = {
        k.exit_code: k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, SohoaError)
    }
    return kinds.get(code, ServiceUnreachable)(
        "sohoa serve", " ".join(last) or f"exit code {code}, see {log}"
    )


def start_resident(here: Settings) -> Resident:
    """Start `sohoa serve` in the background and wait until it answers.

    Raises SettingRefused for a state folder that cannot be worked in, ServiceUnreachable.
    """
    make_state(here)
    state = here.state
    log = state / "serve.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "console.main", "serve", "--quiet"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=Path(__file__).resolve().parents[1],
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        resident = find_resident(state)
        if resident is not None:
            return resident
        if process.poll() is not None:
            resident = find_resident(state)
            if resident is not None:
                return resident
            raise _ended(process.returncode, log)
        time.sleep(0.1)
    raise ServiceUnreachable("sohoa serve", f"no answer after {START_SECONDS:.0f} s, see {log}")
