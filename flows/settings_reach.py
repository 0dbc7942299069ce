"""Whether the addresses that the settings name answer, asked side by side within a few seconds.

An address that has never answered is most likely wrong: the start is refused, by the setting's name. One that
answered before and does not today is an outage: work goes on, and what needs it waits.
"""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flows.settings import Settings
from flows.settings_check import Refusal, make_state, refusals, refuse, variable
from storage.files import write_whole

log = logging.getLogger(__name__)

DEADLINE_SECONDS: Final = 3.0
"""How long an address may take to answer."""
_PORTS: Final = {"http": 80, "https": 443, "postgresql": 5432, "redis": 6379, "rediss": 6379}
_ENDINGS: Final = ("_url", "_issuer", "_endpoint")


@dataclass(frozen=True, slots=True)
class Address:
    """What a setting says where somebody else answers."""

    setting: str
    host: str
    port: int

    @property
    def place(self) -> str:
        """host:port, without credentials."""
        return f"{self.host}:{self.port}"


def addresses(settings: Settings) -> tuple[Address, ...]:
    """Every address beyond this process that the settings name; sockets and files are none."""
    found = []
    for field in type(settings).model_fields:
        value = getattr(settings, field)
        if not field.endswith(_ENDINGS) or not isinstance(value, str) or value in ("", "embedded"):
            continue
        is_plain = "://" not in value
        parts = urlsplit(f"{'https' if settings.store_secure else 'http'}://{value}" if is_plain else value)
        port = parts.port or _PORTS.get(parts.scheme.partition("+")[0])
        if parts.hostname and port:
            found.append(Address(variable(field), parts.hostname, port))
    return tuple(found)


def silent(asked: tuple[Address, ...], seconds: float = DEADLINE_SECONDS) -> Mapping[Address, str]:
    """Those that do not take a connection in time, each with the reason."""
    if not asked:
        return {}
    pool = ThreadPoolExecutor(max_workers=len(asked), thread_name_prefix="reach")
    try:
        under_way = [(each, pool.submit(_connect, each, seconds)) for each in asked]
        told = {each: _reason(future, seconds + 0.5) for each, future in under_way}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return {each: reason for each, reason in told.items() if reason}


def check_start(settings: Settings, seconds: float = DEADLINE_SECONDS) -> None:
    """Refuse settings that may not be so, before anything is started. Raises SettingRefused."""
    refuse(refusals(settings))
    make_state(settings)
    asked = addresses(settings)
    known, mute = answered_before(settings.state), silent(asked, seconds)
    refuse(
        Refusal(each.setting, f"{each.place} does not answer and never has: {reason}")
        for each, reason in mute.items()
        if known.get(each.setting) != each.place
    )
    for each, reason in mute.items():
        log.warning("%s: %s does not answer today: %s; what needs it waits", each.setting, each.place, reason)
    note_answered(settings.state, tuple(each for each in asked if each not in mute))


def answered_before(state: Path) -> Mapping[str, str]:
    """Which place of each setting has answered once."""
    try:
        noted = json.loads(_file(state).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(place) for name, place in noted.items()} if isinstance(noted, dict) else {}


def note_answered(state: Path, those: tuple[Address, ...]) -> None:
    """Remember who answered: from now on their silence is an outage. Raises DiskFull, StorageError."""
    before = answered_before(state)
    now = {**before, **{each.setting: each.place for each in those}}
    if now != before:
        write_whole(_file(state), json.dumps(now, indent=1).encode())


def _connect(address: Address, seconds: float) -> None:
    socket.create_connection((address.host, address.port), timeout=seconds).close()


def _reason(future: Future[None], seconds: float) -> str:
    try:
        future.result(timeout=seconds)
    except TookTooLong:
        return f"no answer within {seconds:.0f} s"
    except OSError as e:
        return e.strerror or str(e) or type(e).__name__
    return ""


def _file(state: Path) -> Path:
    return state / "answered.json"
