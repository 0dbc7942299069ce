"""What people see when something is refused or goes wrong: one page, in words, without a traceback."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from console.web.access import DutyFirst, NotSignedIn, visit_of
from console.web.pages import page
from console.web.words import words_of
from console.wording import error_message
from dossier.accounts import Duty
from dossier.errors import SohoaError

log = logging.getLogger(__name__)

SIGN_IN: Final = "/sign-in"
LOCKED: Final = "/locked"
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
        where = LOCKED if visit_of(request).session is not None else SIGN_IN
        if _is_script(request):
            return JSONResponse({"error": "sign in", "where": where}, 401)
        to = quote(str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""))
        return RedirectResponse(f"{where}?next={to}" if request.method == "GET" else where, 303)

    @app.exception_handler(DutyFirst)
    async def lead(request: Request, error: DutyFirst) -> Response:
        where = DUTIES[error.duty]
        if _is_script(request):
            return JSONResponse({"error": "duty", "where": where}, 403)
        return RedirectResponse(where, 303)

    @app.exception_handler(AnyHTTPException)
    async def refuse(request: Request, error: HTTPException) -> Response:
        return _told(request, error.status_code, "")

    @app.exception_handler(RequestValidationError)
    async def misread(request: Request, _error: RequestValidationError) -> Response:
        return _told(request, 400, "")

    @app.exception_handler(SohoaError)
    async def tell(request: Request, error: SohoaError) -> Response:
        return _told(request, 409, error_message(error, visit_of(request).language))

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        log.error("unexpected fault at %s", request.url.path, exc_info=error)
        return _told(request, 500, "")


def _told(request: Request, status: int, sentence: str) -> Response:
    t = words_of(visit_of(request).language)
    said = sentence or t(_KNOWN.get(status, "trouble_500" if status >= 500 else "trouble_400"))
    if _is_script(request):
        return JSONResponse({"error": said}, status)
    return page(request, "trouble.html", status_code=status, status=status, sentence=said)


def _is_script(request: Request) -> bool:
    """Whether a script asks, which shows the words itself."""
    return "application/json" in request.headers.get("accept", "")
