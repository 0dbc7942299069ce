"""Figures and readiness at the door on loopback."""

from __future__ import annotations

from fastapi import FastAPI

from console.metrics import Readiness, readiness_data
from flows.audits import Audits
from flows.metrics_now import expose
from flows.wiring import Workshop


def add_metrics_door(app: FastAPI, workshop: Workshop, audits: Audits) -> None:
    """Figures and readiness at the door on loopback, also where the console is switched off."""
    ready = Readiness(workshop)
    expose(workshop, audits)

    @app.get("/metrics")
    def figures() -> dict[str, str]:
        return {"text": workshop.meters.text().decode()}

    @app.get("/readiness")
    def are_ready() -> dict[str, object]:
        return readiness_data(ready.parts())
