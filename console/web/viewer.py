"""Pictures of pages and what was read on them, for the viewer: never stored by the browser."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse

from console.web.access import visit_of
from console.web.counter_room import Clerk, CounterRoom
from console.web.page_words import page_words
from console.web.words import words_of
from console.web.work_view import field_label
from dossier.review import Draft, DraftPage, DraftPaper

_NOT_KEPT: Final = {"Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "same-origin"}


def add_viewer(app: FastAPI, counter: CounterRoom) -> None:
    """Routes of pages."""

    @app.get("/dossiers/{code}/pages/{number}/picture")
    def picture(
        account: Clerk, code: str, number: int, width: Annotated[int, Query(ge=1, le=10_000)] = 900
    ) -> Response:
        counter.admit(account, code)
        counter.note_look(account, code)
        page, data = counter.room.reviews.picture(code, number)
        drawn = counter.shown.jpeg(page.recognised.page.picture, data, page.recognised.frame, width)
        return Response(drawn, media_type="image/jpeg", headers=_NOT_KEPT)

    @app.get("/dossiers/{code}/pages/{number}/words")
    def words(request: Request, account: Clerk, code: str, number: int) -> Response:
        found = _page_of(counter.draft(account, code), number)
        if found is None:
            return Response(status_code=404)
        t = words_of(visit_of(request).language)
        data = page_words(*found, lambda name: field_label(name, t))
        data["alt"] = t("work.page_n", number=number)
        return JSONResponse(data, headers=_NOT_KEPT)


def _page_of(draft: Draft, number: int) -> tuple[DraftPage, DraftPaper | None] | None:
    for paper in draft.papers:
        for page in paper.pages:
            if page.id == number:
                return page, paper
    return next(((page, None) for page in draft.set_aside if page.id == number), None)
