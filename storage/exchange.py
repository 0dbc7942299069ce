"""The line to a register that somebody else runs: HTTP with deadlines, bounded retries, a circuit breaker."""

from __future__ import annotations

import ipaddress
import random
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from dossier.errors import RegisterError, RegisterUnreachable
from storage.breaker import CircuitBreaker

_PASSING: Final = frozenset({429, 502, 503, 504})
"""Statuses of a trouble that passes."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How a register is reached."""

    url: str
    attempts: int = 3
    """How often one question is put before nothing counts as checked."""
    seconds: float = 5.0
    """Deadline of one attempt, to its last byte."""
    pause_seconds: float = 0.3
    """Longest pause before the second attempt; doubled before each further one."""
    max_bytes: int = 1_000_000
    """A longer reply is no reply."""
    ca_file: Path | None = None
    """Certificates of the authority that signed the register's, where it is not a public one."""
    token_file: Path | None = None
    """File with the bearer token; read for each question, so that it can be renewed while we run."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that name the asking system, for example X-Road-Client."""
    allows_plain_http: bool = False
    """Whether personal data may travel unencrypted to another machine, inside a closed network."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a line takes from outside, so that tests need no luck."""

    jitter: Callable[[], float] = random.random
    """0.0 to 1.0: the share of the longest pause that is kept."""
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


class RegisterLine:
    """Puts questions to one address. No connection is used twice, so no late answer waits in it."""

    def __init__(
        self, settings: LineSettings, breaker: CircuitBreaker | None = None, tools: Tools | None = None
    ) -> None:
        """Raises RegisterError for an address that must not be used."""
        _check_address(settings)
        self._settings = settings
        self._breaker = breaker or CircuitBreaker()
        self._tools = tools or Tools()

    def post(self, path: str, media_type: str, body: Callable[[], bytes]) -> bytes:
        """Put a question; `body` is asked anew for each attempt and may number it.

        Raises RegisterUnreachable, whose cause carries no personal data.
        """
        if not self._breaker.lets_through():
            raise RegisterUnreachable("register", "it did not answer lately and was not asked again yet")
        try:
            reply = self._with_retries(path, media_type, body)
        except RegisterUnreachable:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return reply

    def is_answering(self) -> bool:
        """Whether something answers at the address; nobody's data is sent."""
        try:
            with (
                _HangUp(self._settings.seconds) as hang_up,
                self._client() as client,
                client.stream("GET", self._settings.url, extensions={"trace": hang_up.watch}) as response,
            ):
                answers = response.status_code < 500 and response.status_code != 429
        except (httpx.HTTPError, OSError, RegisterUnreachable):
            return False
        if answers:
            self._breaker.rested()
        return answers

    def _with_retries(self, path: str, media_type: str, body: Callable[[], bytes]) -> bytes:
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return self._once(path, media_type, body())
            except _Passing as trouble:
                if attempt == self._settings.attempts:
                    raise RegisterUnreachable("register", f"{trouble} ({attempt} attempts)") from trouble
            longest = self._settings.pause_seconds * 2 ** (attempt - 1)
            self._tools.sleep(longest * self._tools.jitter())
        raise AssertionError("attempts is at least 1")

    def _once(self, path: str, media_type: str, body: bytes) -> bytes:
        deadline = self._tools.monotonic() + self._settings.seconds
        url = self._settings.url.rstrip("/") + path
        hang_up = _HangUp(self._settings.seconds)
        try:
            with (
                hang_up,
                self._client() as client,
                client.stream(
                    "POST",
                    url,
                    content=body,
                    headers={"Content-Type": media_type},
                    extensions={"trace": hang_up.watch},
                ) as response,
            ):
                _check_status(response.status_code)
                return self._read(response, deadline)
        except httpx.TimeoutException as e:
            raise _Passing("no answer in time") from e
        except (httpx.HTTPError, OSError) as e:
            too_late = hang_up.is_over
            raise _Passing("no answer in time" if too_late else f"no connection: {type(e).__name__}") from e

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        """The whole reply. A reply that trickles meets the deadline too."""
        data = bytearray()
        for part in response.iter_raw():
            data += part
            if len(data) > self._settings.max_bytes:
                raise RegisterUnreachable("register", "its reply is too long")
            if self._tools.monotonic() > deadline:
                raise _Passing("no answer in time")
        return bytes(data)

    def _client(self) -> httpx.Client:
        headers = {"Connection": "close", "Accept-Encoding": "identity", **self._settings.headers}
        if self._settings.token_file is not None:
            headers["Authorization"] = f"Bearer {_token(self._settings.token_file)}"
        # An unencrypted line has no certificate to check, and loading the authorities takes time.
        is_plain = urlsplit(self._settings.url).scheme == "http"
        trust = False if is_plain else ssl.create_default_context(cafile=self._settings.ca_file)
        return httpx.Client(headers=headers, timeout=self._settings.seconds, verify=trust, trust_env=False)


class _HangUp:
    """Ends a connection at its deadline, whatever it is busy with.

    httpx bounds each read by itself, so a head that trickles in byte by byte would go on for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> _HangUp:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of the connection (httpcore's trace extension)."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.is_over:
                self._end()

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            for each in self._sockets:
                with suppress(OSError):  # it may be closed, or have become another one under TLS
                    each.shutdown(socket.SHUT_RDWR)


class _Passing(Exception):
    """Trouble that another attempt may find gone."""


def _check_status(status: int) -> None:
    if status in _PASSING:
        raise _Passing(f"it answered with status {status}")
    if status in (401, 403):
        raise RegisterUnreachable("register", f"it refused our credentials with status {status}")
    if status != 200 and status != 500:
        # SOAP 1.1 sends its faults with status 500; their envelope says more than the status.
        raise RegisterUnreachable("register", f"it answered with status {status}")


def _check_address(settings: LineSettings) -> None:
    parts = urlsplit(settings.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RegisterError("register address", "is neither http:// nor https://")
    if parts.scheme == "http" and not settings.allows_plain_http and not _is_loopback(parts.hostname):
        raise RegisterError("register address", "would send personal data unencrypted to another machine")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise RegisterUnreachable("register", f"its token cannot be read from {file.name}") from e
