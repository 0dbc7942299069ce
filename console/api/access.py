"""Who calls: tokens, scopes, how often, and what for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from console.api.problems import InvalidPart, ProblemCode, Refused
from dossier.clients import Client, Deposit, Scope
from dossier.text import nfc
from flows.audits import Audits
from flows.integration import Integration
from flows.settings import Settings
from flows.viewing import View, note_in
from flows.wiring import VIETNAM, Workshop

_FAILURES_A_MINUTE: Final = 20
_MOST_BUCKETS: Final = 10_000
_LONGEST_PURPOSE: Final = 200
"""Letters; in UTF-8 they may be three times as many bytes."""
_BEARER: Final = HTTPBearer(auto_error=False, description="A token of `sohoa client add`.")
_CHALLENGE: Final = {"www-authenticate": "Bearer"}


class Limiter:
    """So many calls a minute for each name, with as many at once. Safe for threads."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute, self._clock = a_minute, clock
        self._lock = Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    @property
    def a_minute(self) -> int:
        """How many."""
        return self._a_minute

    def take(self, name: str) -> tuple[int, float]:
        """What is left after this call, and seconds to wait where nothing was; 0.0 where it may go on."""
        with self._lock:
            now = self._clock()
            left, at = self._buckets.get(name, (float(self._a_minute), now))
            left = min(self._a_minute, left + (now - at) * self._a_minute / 60)
            if left < 1:
                self._buckets[name] = left, now
                return 0, (1 - left) * 60 / self._a_minute
            if len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.clear()
            self._buckets[name] = left - 1, now
            return int(left - 1), 0.0


@dataclass(frozen=True, slots=True)
class ApiRoom:
    """Everything behind the door."""

    workshop: Workshop
    audits: Audits
    integration: Integration
    calls: Limiter
    failures: Limiter = field(default_factory=lambda: Limiter(_FAILURES_A_MINUTE))

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.workshop.settings


@dataclass(frozen=True, slots=True)
class Caller:
    """A client in one call."""

    room: ApiRoom
    client: Client
    purpose: str
    """What it looks for; empty where neither call nor client says."""

    def deposit(self, code: str) -> Deposit:
        """A dossier of its own. Raises DepositNotFound."""
        return self.room.integration.deposits.of(self.client, code)

    def look(self, what: str, subject: str) -> None:
        """Write a view of personal data down before it is shown.

        Raises Refused where a purpose has to be said and is not, StorageError.
        """
        if not self.purpose and self.room.settings.profile == "production":
            raise Refused(ProblemCode.PURPOSE_MISSING)
        view = View(what, subject, self.purpose)
        note_in(self.room.workshop.ledger, self.room.settings, view, self.client.actor)


def room_of(request: Request) -> ApiRoom:
    """The room of this application."""
    room: ApiRoom = request.app.state.room
    return room


def caller(*scopes: Scope) -> Any:
    """A dependency: the client that calls, which has all of these scopes."""

    def check(
        request: Request,
        response: Response,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
        x_purpose: Annotated[
            str,
            Header(
                description="What personal data is looked at for; kept in the ledger. UTF-8.",
                json_schema_extra={"maxLength": _LONGEST_PURPOSE},
            ),
        ] = "",
    ) -> Caller:
        room = room_of(request)
        client = _client_of(room, request, credentials)
        left, seconds = room.calls.take(client.name)
        response.headers["ratelimit-limit"] = str(room.calls.a_minute)
        response.headers["ratelimit-remaining"] = str(left)
        if seconds:
            raise Refused(ProblemCode.TOO_MANY_CALLS, headers={"retry-after": str(math.ceil(seconds))})
        for scope in scopes:
            if not client.may(scope):
                raise Refused(ProblemCode.SCOPE_MISSING, scope.value)
        room.integration.clients.note_use(client)
        return Caller(room, client, _purpose_of(x_purpose) or client.purpose)

    return Depends(check)


def _purpose_of(header: str) -> str:
    """What was said, NFC: headers come as Latin-1, and whoever writes Vietnamese into one sends UTF-8.

    Raises Refused for more letters than the ledger takes.
    """
    with suppress(UnicodeError):  # then it is Latin-1 indeed
        header = header.encode("latin-1").decode("utf-8")
    purpose = " ".join(nfc(header).split())
    if len(purpose) > _LONGEST_PURPOSE:
        long = InvalidPart(place=["header", "x-purpose"], said=f"has more than {_LONGEST_PURPOSE} letters")
        raise Refused(ProblemCode.REQUEST_INVALID, parts=[long])
    return purpose


def _client_of(room: ApiRoom, request: Request, credentials: HTTPAuthorizationCredentials | None) -> Client:
    if credentials is None:
        raise Refused(ProblemCode.TOKEN_MISSING, headers=_CHALLENGE)
    client = room.integration.clients.find(credentials.credentials)
    if client is not None and client.is_good_at(datetime.now(VIETNAM)):
        return client
    peer = request.client.host if request.client is not None else ""
    _, seconds = room.failures.take(peer)
    if seconds:
        raise Refused(ProblemCode.TOO_MANY_CALLS, headers={"retry-after": str(math.ceil(seconds))})
    raise Refused(ProblemCode.TOKEN_REFUSED, headers=_CHALLENGE)
