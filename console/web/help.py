"""Help: pages in plain language, the words of the shortcuts' overlay, the tour over sample dossiers."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, FastAPI, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from console.web.access import signed_in
from console.web.audit import language_of
from console.web.pages import NavEntry, add_nav, page
from console.web.room import Room
from console.web.words import WORDS
from console.wording_web_help import TOPICS
from dossier.accounts import Account
from flows.tour import NUMBER, WRITTEN, TourPage, tour_page

Somebody = Annotated[Account, Depends(signed_in())]
_ANYBODY: Final = [Depends(signed_in())]
STEPS: Final = ("queue", "pages", "number", "finding", "seal", "done")
"""Steps of the tour, in their order."""
_PAGES: Final = {
    "pages": (TourPage.FORM, TourPage.CARD),
    "number": (TourPage.CARD,),
    "finding": (TourPage.RESIDENCE,),
}
_ANSWERS: Final = {"number": NUMBER, "finding": "return"}
_SAMPLE: Final = "MẪU-261105-0004"
_COOKIE: Final = "sohoa-tour"
_DAYS_SECONDS: Final = 30 * 24 * 3600
_OVERLAY: Final = ("key.", "help_overlay", "help_offer", "help_tour_start")


def add_help(app: FastAPI, room: Room) -> None:
    """Pages, overlay, tour."""
    add_nav(app, NavEntry("/help", "nav_help"))

    @app.get("/help", dependencies=_ANYBODY)
    def overview(request: Request) -> Response:
        return page(request, "help/overview.html", topics=TOPICS, begun=_begun(request))

    @app.get("/help/words")
    def words(account: Somebody) -> Response:
        """The words of the overlay, for the script that shows it."""
        column = 1 if language_of(account) == "en" else 0
        return JSONResponse({key: said[column] for key, said in WORDS.items() if key.startswith(_OVERLAY)})

    @app.get("/help/topics/{name}", dependencies=_ANYBODY)
    def topic(request: Request, name: str) -> Response:
        if name not in TOPICS:
            raise HTTPException(404)
        return page(request, "help/topic.html", topic=TOPICS[name])

    @app.get("/help/tour/{step}", dependencies=_ANYBODY)
    def tour(request: Request, step: int) -> Response:
        if not 1 <= step <= len(STEPS):
            raise HTTPException(404)
        return _step(request, room, step)

    @app.post("/help/tour/{step}", dependencies=_ANYBODY)
    def answer(request: Request, step: int, said: Annotated[str, Form(max_length=40)] = "") -> Response:
        if not 1 <= step < len(STEPS):
            raise HTTPException(404)
        name = STEPS[step - 1]
        if "".join(said.split()) != _ANSWERS.get(name, ""):
            return _step(request, room, step, wrong=True)
        return RedirectResponse(f"/help/tour/{step + 1}", 303)

    @app.get("/help/tour/pictures/{name}", dependencies=_ANYBODY)
    def picture(name: TourPage) -> Response:
        drawn = tour_page(room.settings.state / "tour", name)
        return Response(drawn, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def _step(request: Request, room: Room, step: int, *, wrong: bool = False) -> Response:
    """A step, and where somebody is kept in the browser, to go on later."""
    name = STEPS[step - 1]
    answered = page(
        request,
        "help/tour.html",
        step=step,
        steps=STEPS,
        name=name,
        pictures=_PAGES.get(name, ()),
        is_question=name in _ANSWERS,
        wrong=wrong,
        code=_SAMPLE,
        written=WRITTEN,
    )
    if step == len(STEPS):
        answered.delete_cookie(_COOKIE, path="/help")
    else:
        answered.set_cookie(
            _COOKIE,
            str(step),
            max_age=_DAYS_SECONDS,
            path="/help",
            secure=room.settings.console_is_secure,
            httponly=True,
            samesite="strict",
        )
    return answered


def _begun(request: Request) -> int:
    """The step at which this browser left the tour; 0 where it is not under way."""
    said = request.cookies.get(_COOKIE, "")
    return int(said) if said.isdecimal() and 1 < int(said) < len(STEPS) else 0
