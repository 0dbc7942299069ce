"""A dossier that is still being read: how far it is, and the sides that came with their verdicts."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from console.web.access import visit_of
from console.web.arrival_view import arrival_values
from console.web.counter_room import CounterRoom
from console.web.pages import page, render
from console.web.words import words_of
from console.wording import TERMS
from dossier.desk import DeskState


def reading_page(request: Request, counter: CounterRoom, code: str) -> Response:
    """The screen until there is a draft; a dossier that waits for its papers leads to the intake."""
    if counter.room.desk.entry(code).state is DeskState.EXPECTED:
        return RedirectResponse(f"/intake?code={code}", 303)
    return page(request, "dossier/reading.html", **_values(request, counter, code))


def reading_data(request: Request, counter: CounterRoom, code: str, stamp: str) -> Response:
    """The same for its script."""
    values = _values(request, counter, code)
    if values["stamp"] == stamp:
        return Response(status_code=204)
    parts = {"reading": render(request, "dossier/_reading.html", **values)}
    return JSONResponse({"stamp": values["stamp"], "state": "reading", "parts": parts})


def _values(request: Request, counter: CounterRoom, code: str) -> dict[str, Any]:
    language = visit_of(request).language
    t, entry = words_of(language), counter.room.desk.entry(code)
    progress = counter.room.workshop.progress.of(code)
    arrival = counter.arrivals.of_dossier(code)
    came = arrival_values(arrival, language) if arrival is not None else {"sides": [], "stamp": ""}
    trouble = t(f"work.{entry.state}") if entry.state in (DeskState.FAILED, DeskState.WAITING) else ""
    if entry.state is DeskState.ARCHIVED:
        trouble = t("work.archived_elsewhere")
    again = (
        f"/intake/{arrival.record.id}/again"
        if arrival is not None and entry.state is DeskState.FAILED
        else ""
    )
    stage = TERMS[progress.stage][language] if progress.stage in TERMS else progress.stage
    told = repr((entry.state, progress, came["stamp"], trouble))
    return {
        "code": code,
        "stage": stage,
        "total": progress.pages_total,
        "read": progress.pages_read,
        "trouble": trouble,
        "again": again,
        "sides": came["sides"],
        "stamp": hashlib.sha256(told.encode()).hexdigest()[:16],
    }
