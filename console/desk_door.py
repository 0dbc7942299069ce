"""The door's desk: making it anew, how far that is, and what waits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI

from flows.desk_rebuild import Rebuilding, Rebuilt
from flows.service import Service


def add_desk(app: FastAPI, service: Service) -> None:
    """Open the door to making the desk anew, and to what waits."""
    rebuilding = Rebuilding(service)

    @app.post("/desk/rebuild")
    def begin() -> dict[str, Any]:
        rebuilding.begin()
        return follow()

    @app.get("/desk/rebuild")
    def follow() -> dict[str, Any]:
        done = rebuilding.done()
        return {"looked_at": rebuilding.looked_at, "rebuilt": _told(done) if done is not None else None}

    @app.get("/desk/waiting")
    def waiting() -> dict[str, Any]:
        return {"waiting": [asdict(each) for each in service.waiting()]}


def _told(done: Rebuilt) -> dict[str, Any]:
    return {
        "entered": done.entered,
        "kept": done.kept,
        "dropped": list(done.dropped),
        "failed": [{"dossier": code, "trouble": str(error)} for code, error in done.failed],
    }
