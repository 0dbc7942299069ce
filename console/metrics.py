"""What other programs ask of the console or of a worker: whether it lives, whether it is ready, its figures.

Health is open to everybody and names parts, nothing more. Figures are for whoever holds the token of
SOHOA_METRICS_TOKEN_FILE; without such a file the page is not there.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from console.web.access import anybody
from console.web.room import Room
from flows.health import PartHealth, is_ready, readiness
from flows.metrics_now import expose
from flows.settings_check import SHORTEST_TOKEN
from flows.wiring import Workshop

_ASKED_SECONDS: Final = 2.0
"""However often somebody asks, the database is asked this often at most."""


class Readiness:
    """Whether dossiers can be taken, asked anew after a while. Safe for threads."""

    def __init__(
        self,
        workshop: Workshop,
        seconds: Callable[[], float] = time.monotonic,
        look: Callable[[Workshop], tuple[PartHealth, ...]] = readiness,
    ) -> None:
        self._workshop, self._seconds, self._look = workshop, seconds, look
        self._lock = Lock()
        self._told: tuple[float, tuple[PartHealth, ...]] | None = None

    def parts(self) -> tuple[PartHealth, ...]:
        """The parts that it depends on."""
        with self._lock:
            now = self._seconds()
            if self._told is None or now - self._told[0] >= _ASKED_SECONDS:
                self._told = now, self._look(self._workshop)
            return self._told[1]


def add_metrics(app: FastAPI, room: Room) -> None:
    """Health and figures of the console."""
    expose(room.workshop, room.audits)
    text, token_file = room.workshop.meters.text, room.settings.metrics_token_file
    add_figures(app, Told(Readiness(room.workshop), text, token_file))


@dataclass(frozen=True, slots=True)
class Told:
    """What a process tells of itself."""

    ready: Readiness
    text: Callable[[], bytes]
    """Its figures in Prometheus's text format."""
    token_file: Path | None
    """Who reads them has this file's token; nobody does where there is none."""
    is_alive: Callable[[], bool] = lambda: True


def add_figures(app: FastAPI, told: Told) -> None:
    """Health and figures of a process."""

    @app.get("/health/live", dependencies=[Depends(anybody)])
    def live() -> JSONResponse:
        return JSONResponse({"state": "live"}) if told.is_alive() else JSONResponse({"state": "hangs"}, 503)

    @app.get("/health/ready", dependencies=[Depends(anybody)])
    def are_ready() -> JSONResponse:
        data = readiness_data(told.ready.parts())
        return JSONResponse(data, 200 if data["state"] == "ready" else 503)

    @app.get("/metrics", dependencies=[Depends(anybody)])
    def metrics(authorization: Annotated[str, Header()] = "") -> Response:
        token = _token(told.token_file)
        if not token:
            raise HTTPException(404)
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            return Response(status_code=401, headers={"www-authenticate": "Bearer"})
        return Response(told.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def readiness_data(parts: tuple[PartHealth, ...]) -> dict[str, object]:
    """Whether it is ready, and how the parts are that this depends on."""
    state = "ready" if is_ready(parts) else "not_ready"
    return {"state": state, "parts": {part.name: part.health.value for part in parts}}


def _token(file: Path | None) -> str:
    """The token as it stands in the file now, so that it can be changed; empty where nobody may ask."""
    if file is None:
        return ""
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""
    return token if len(token) >= SHORTEST_TOKEN else ""
