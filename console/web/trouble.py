"""What people see when something is refused or goes wrong: one page, in words, without a traceback."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from console.web.access import LOCKED, SIGN_IN, DutyFirst, NotSignedIn, visit_of
from console.web.kept import NOTHING, Kept, kept_of
from console.web.login import locked_page, sign_in_page
from console.web.pages import is_script, page
from console.web.words import words_of
from console.wording import error_message
from dossier.accounts import Duty
from dossier.errors import SohoaError

log = logging.getLogger(__name__)

DUTIES: Final = {Duty.PASSWORD: "/account/password", Duty.SECOND_FACTOR: "/account/second-factor"}
_KNOWN: Final = {
    400: "trouble_400",
    403: "trouble_403",
    404: "trouble_404",
    413: "trouble_413",
    429: "trouble_429",
}


def add_trouble(app: FastAPI) -> None:
    """Answer refusals and errors in words: a page for people, JSON for scripts."""

    @app.exception_handler(NotSignedIn)
    async def ask(request: Request, _error: NotSignedIn) -> Response:
        visit = visit_of(request)
        is_locked = visit.session is not None and visit.account is None
        where = LOCKED if is_locked else SIGN_IN
        if is_script(request):
            return JSONResponse({"error": "sign in", "where": where}, 401)
        if request.method not in ("GET", "HEAD"):
            kept = await _kept(request)
            return (locked_page if is_locked else sign_in_page)(request, kept, status_code=401)
        to = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        if request.headers.get("sec-fetch-site") == "cross-site":
            # Somebody followed a link of another site: the browser keeps the cookie back, for this once.
            return page(request, "again.html", to=to)
        return RedirectResponse(f"{where}?next={quote(to)}", 303)

    @app.exception_handler(DutyFirst)
    async def lead(request: Request, error: DutyFirst) -> Response:
        where = DUTIES[error.duty]
        if is_script(request):
            return JSONResponse({"error": "duty", "where": where}, 403)
        return RedirectResponse(where, 303)

    @app.exception_handler(AnyHTTPException)
    async def refuse(request: Request, error: HTTPException) -> Response:
        return told(request, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def misread(request: Request, _error: RequestValidationError) -> Response:
        return told(request, 400)

    @app.exception_handler(SohoaError)
    async def tell(request: Request, error: SohoaError) -> Response:
        return told(request, 409, error_message(error, visit_of(request).language))

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        log.error("unexpected fault at %s", request.url.path, exc_info=error)
        return told(request, 500)


def told(request: Request, status: int, sentence: str = "") -> Response:
    """A refusal or an error in words: the given ones, else those of its status."""
    t = words_of(visit_of(request).language)
    said = sentence or t(_KNOWN.get(status, "trouble_500" if status >= 500 else "trouble_400"))
    if is_script(request):
        return JSONResponse({"error": said}, status)
    return page(request, "trouble.html", status_code=status, status=status, sentence=said)


async def _kept(request: Request) -> Kept:
    """The form that was sent, if the browser says that a page of this console sent it."""
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if not is_form or "origin" not in request.headers:
        return NOTHING
    return kept_of(request.url.path, await request.form())
