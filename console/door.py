"""The door on loopback: how the command line and other programs reach the resident process."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from console.audit_door import add_audits, add_lots
from console.client import path_of
from console.desk_door import add_desk
from console.keeping_door import add_keeping
from console.metrics_door import add_metrics_door
from dossier.errors import SohoaError
from dossier.reception import refuse_future
from flows.audits import Audits
from flows.exporting import export_dossier, import_package
from flows.report import report_data
from flows.service import Run, Service, new_order
from flows.verifying import verify_dossier
from flows.viewing import View, note_in
from flows.wiring import VIETNAM

TOKEN_HEADER = "X-Sohoa-Token"  # noqa: S105 - the name of a header


class OrderIn(BaseModel):
    """An order as it comes through the door."""

    model_config = ConfigDict(extra="forbid")

    sources: list[str]
    procedure: str
    dossier: str = ""
    received_on: date | None = None
    due_on: date | None = None
    officer: str = ""
    cases: list[str] = []


class ImportIn(BaseModel):
    """A bag to take in."""

    model_config = ConfigDict(extra="forbid")

    folder: Path


class ExportIn(BaseModel):
    """Where to write a package."""

    model_config = ConfigDict(extra="forbid")

    to: Path
    why: str = ""


class LookIn(BaseModel):
    """Why somebody looks."""

    model_config = ConfigDict(extra="forbid")

    why: str = ""


def make_door(service: Service, audits: Audits, token: str, stop: Callable[[], None]) -> FastAPI:
    """The application; every call needs the token that only this user can read."""
    app = FastAPI(title="Số Hóa", docs_url=None, redoc_url=None, openapi_url=None)

    def seen(what: str, dossier: str, why: str, officer: str = "") -> None:
        workshop = service.workshop
        note_in(workshop.ledger, workshop.settings, View(what, dossier, why), officer)

    @app.middleware("http")
    async def check_token(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, ""), token):
            return JSONResponse({"error": "token"}, status_code=401)
        return await go_on(request)

    @app.exception_handler(SohoaError)
    async def tell(_request: Request, error: SohoaError) -> JSONResponse:
        return JSONResponse({"error": error_data(error)}, status_code=409)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"state": "ready"}

    @app.post("/runs")
    def begin(order: OrderIn) -> dict[str, str]:
        today = datetime.now(VIETNAM).date()
        day = order.received_on or today
        refuse_future(day, today)
        asked = new_order(
            [path_of(source) for source in order.sources],
            order.procedure,
            order.dossier,
            day,
            order.officer or service.workshop.settings.officer,
            cases=order.cases,
            due_on=order.due_on,
        )
        run = service.submit(asked)
        return {"id": run.id, "dossier": run.order.dossier}

    @app.get("/runs/{run_id}")
    def follow(run_id: str) -> dict[str, Any]:
        run = service.run(run_id)
        if run is None:
            raise HTTPException(404)
        if run.future.done() and run.future.exception() is None:
            seen("report", run.order.dossier, f"digitisation {run.order.procedure}", run.order.officer)
        return run_data(service, run)

    @app.post("/dossiers/{dossier}/verification")
    def verification(dossier: str, look: LookIn) -> dict[str, Any]:
        judged = verify_dossier(service.workshop, service.package(dossier))
        seen("signatures", dossier, look.why)
        return judged

    @app.post("/dossiers/{dossier}/export")
    def export(dossier: str, where: ExportIn) -> dict[str, Any]:
        package = service.package(dossier)
        seen("export", dossier, where.why)
        return export_dossier(service.workshop, package, where.to)

    @app.post("/imports")
    def take_back(where: ImportIn) -> dict[str, Any]:
        return import_package(service.workshop, where.folder)

    add_audits(app, audits)
    add_lots(app, audits)
    add_keeping(app, service)
    add_desk(app, service)
    add_metrics_door(app, service.workshop, audits)

    @app.post("/stop")
    def end() -> dict[str, str]:
        stop()
        return {"state": "stopping"}

    return app


def run_data(service: Service, run: Run) -> dict[str, Any]:
    """How a run stands: progress while it goes on, then its report or its error."""
    if (trouble := service.trouble(run)) is not None:
        # It goes on by itself later; whoever asked is told now what it waits for.
        return {"done": True, "waits": True, "error": error_data(trouble)}
    if not run.future.done():
        progress = service.progress(run)
        return {
            "done": False,
            "stage": progress.stage,
            "pages_total": progress.pages_total,
            "pages_read": progress.pages_read,
            "pages_remembered": progress.pages_remembered,
        }
    error = run.future.exception()
    if error is None:
        return {"done": True, "report": report_data(run.future.result())}
    if isinstance(error, SohoaError):
        return {"done": True, "error": error_data(error)}
    return {"done": True, "error": {"kind": "bug", "subject": type(error).__name__, "cause": str(error)}}


def error_data(error: SohoaError) -> dict[str, str]:
    """An error as data; the other side makes the same error of it."""
    return {"kind": type(error).__name__, "subject": error.subject, "cause": error.cause}
