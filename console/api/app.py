"""REST for other systems as one application, mounted at /api/v1."""

from __future__ import annotations

from typing import Any, Final, Protocol

from fastapi import FastAPI

from console.api import archived, dossiers, requirements, uploads, webhooks
from console.api.access import ApiRoom, Limiter
from console.api.frame import Frame
from console.api.problems import Problem, add_problems
from flows.audits import Audits
from flows.integration import Integration
from flows.settings import Settings
from flows.wiring import Workshop

PREFIX: Final = "/api/v1"
_ABOUT: Final = (
    "Dossiers of one-stop centres from other systems: opened, filled, followed, fetched; and which papers a "
    "procedure may ask for. Problems are RFC 9457, events are signed as Standard Webhooks writes it."
)


class Behind(Protocol):
    """What the door needs; the console's room is one."""

    @property
    def settings(self) -> Settings:
        """The settings of this process."""

    @property
    def workshop(self) -> Workshop:
        """Archive, index, ledger, spool, catalogue, keys."""

    @property
    def audits(self) -> Audits:
        """What proves the archive."""

    @property
    def integration(self) -> Integration:
        """Clients, deposits, outbox."""


def make_api(room: Behind) -> FastAPI:
    """The application over a room."""
    app = api_without_room()
    calls = Limiter(room.settings.api_calls_per_minute)
    app.state.room = ApiRoom(room.workshop, room.audits, room.integration, calls)
    app.add_middleware(Frame, most_upload=room.settings.console_upload_mb << 20)
    return app


def api_without_room() -> FastAPI:
    """Its routes alone, for their description."""
    app = FastAPI(
        title="Số Hóa",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        separate_input_output_schemas=False,
    )
    for area in (dossiers, uploads, archived, requirements, webhooks):
        app.include_router(area.router)
    add_problems(app)
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            said = described()
            _describe_problems(said)
            app.openapi_schema = said
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _describe_problems(said: dict[str, Any]) -> None:
    """Put the shape of problems in, and take out the one that the framework tells and we do not."""
    schemas: dict[str, Any] = said["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
