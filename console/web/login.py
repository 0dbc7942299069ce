"""Signing in and out, and the locked screen."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData

from console.web.access import LOCKED, SIGN_IN, SignedIn, anybody, visit_of
from console.web.kept import NOTHING, Kept, carried, local_path
from console.web.limits import address_of, limited
from console.web.pages import is_script, page
from console.web.room import Room
from console.web.security import csrf_of, session_cookie, set_cookie, visitor_cookie
from dossier.accounts import Account
from flows.admission import Attempt, Outcome

ARRIVING = SignedIn((), despite_duty=True)
"""Signed in, and perhaps with something to do before anything else."""


def add_login(app: FastAPI, room: Room) -> None:
    """Add the pages of signing in and out."""

    @app.get(SIGN_IN, dependencies=[Depends(anybody)])
    def ask(request: Request, next: str = "/") -> Response:
        if visit_of(request).account is not None:
            return RedirectResponse(local_path(next), 303)
        return sign_in_page(request, Kept(""), next=local_path(next))

    @app.post(SIGN_IN, dependencies=[Depends(anybody), Depends(limited("sign-in"))])
    def sign_in(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
        attempt = Attempt(
            text_of(form, "name").strip().lower(),
            text_of(form, "password"),
            text_of(form, "code").strip(),
            address_of(request),
        )
        admission = room.admissions.sign_in(attempt)
        to, kept = local_path(text_of(form, "next") or "/"), carried(form)
        if admission.outcome is not Outcome.ADMITTED:
            if is_script(request):
                return JSONResponse({"outcome": admission.outcome}, 401)
            return sign_in_page(
                request, kept, status_code=401, next=to, outcome=admission.outcome, name=attempt.name
            )
        forget(request, room)
        return arrived(request, room, admission.token, kept, to)

    @app.post("/sign-out", dependencies=[Depends(anybody)])
    def sign_out(request: Request) -> Response:
        forget(request, room)
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(session_cookie(room.settings), path="/", secure=room.settings.console_is_secure)
        return answer

    @app.get("/session", dependencies=[Depends(anybody)])
    def how_it_stands(request: Request) -> Response:
        visit, visitor = visit_of(request), request.cookies.get(visitor_cookie(room.settings), "")
        if visit.session is not None:
            state = "open" if visit.account else "locked"
            return JSONResponse({"csrf": visit.csrf, "state": state, "account": visit.session.account})
        token = visitor or secrets.token_urlsafe(32)
        answer = JSONResponse({"csrf": csrf_of(token), "state": "ended"})
        set_cookie(answer, room.settings, visitor_cookie(room.settings), token)
        return answer

    @app.post("/session/active")
    def still_here(_account: Annotated[Account, Depends(ARRIVING)]) -> dict[str, str]:
        return {"state": "open"}

    @app.post("/session/lock", dependencies=[Depends(anybody)])
    def lock(request: Request) -> Response:
        room.admissions.lock(request.cookies.get(session_cookie(room.settings), ""))
        return JSONResponse({"state": "locked"}) if is_script(request) else RedirectResponse(LOCKED, 303)

    @app.get(LOCKED, dependencies=[Depends(anybody)])
    def locked(request: Request, next: str = "/") -> Response:
        if visit_of(request).session is None or visit_of(request).account is not None:
            return RedirectResponse(local_path(next), 303)
        return locked_page(request, NOTHING, next=local_path(next))

    @app.post(LOCKED, dependencies=[Depends(anybody), Depends(limited("sign-in"))])
    def unlock(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
        token = request.cookies.get(session_cookie(room.settings), "")
        is_open = room.admissions.unlock(token, text_of(form, "password"), address_of(request))
        if is_script(request):
            return JSONResponse({"state": "open" if is_open else "locked"}, 200 if is_open else 401)
        to, kept = local_path(text_of(form, "next") or "/"), carried(form)
        if not is_open:
            return locked_page(request, kept, status_code=401, next=to, refused=True)
        return _onward(request, kept, to)


async def form_of(request: Request) -> FormData:
    """The form that was sent."""
    return await request.form()


def sign_in_page(request: Request, kept: Kept, **values: Any) -> Response:
    """The sign-in, with the cookie that its CSRF token belongs to."""
    room: Room = request.app.state.room
    shown: dict[str, Any] = {
        "next": "/",
        "outcome": "",
        "name": "",
        "kept": kept,
        "provider": room.settings.provider_name if room.settings.provider_issuer else "",
    }
    if visit_of(request).session is not None:  # locked: the token is that of its own cookie
        return page(request, "sign_in.html", **(shown | values))
    visitor = request.cookies.get(visitor_cookie(room.settings), "") or secrets.token_urlsafe(32)
    answer = page(request, "sign_in.html", **(shown | values | {"csrf": csrf_of(visitor)}))
    set_cookie(answer, room.settings, visitor_cookie(room.settings), visitor)
    return answer


def locked_page(request: Request, kept: Kept, **values: Any) -> Response:
    """The locked screen: whose it is, and a field for the password."""
    room: Room = request.app.state.room
    session = visit_of(request).session
    record = room.accounts.record(session.account) if session is not None else None
    shown: dict[str, Any] = {
        "next": "/",
        "refused": False,
        "kept": kept,
        "whose": record.account.display_name if record is not None else "",
        "provider": room.settings.provider_name if record is not None and record.subject else "",
    }
    return page(request, "locked.html", **(shown | values))


def arrived(request: Request, room: Room, token: str, kept: Kept, to: str) -> Response:
    """Somebody is signed in: a token that no browser had before, and on to where they were going."""
    answer: Response
    if is_script(request):
        answer = JSONResponse({"outcome": Outcome.ADMITTED, "csrf": csrf_of(token)})
    else:
        answer = _onward(request, kept, to, csrf=csrf_of(token))
    set_cookie(answer, room.settings, session_cookie(room.settings), token)
    answer.delete_cookie(visitor_cookie(room.settings), path="/", secure=room.settings.console_is_secure)
    return answer


def forget(request: Request, room: Room) -> None:
    """End the session that this browser shows."""
    token = request.cookies.get(session_cookie(room.settings), "")
    if token:
        room.admissions.sign_out(token)


def _onward(request: Request, kept: Kept, to: str, **values: Any) -> Response:
    if kept.to:
        return page(request, "resume.html", kept=kept, **values)
    return RedirectResponse(to, 303)


def text_of(form: FormData, name: str) -> str:
    """A field of a form as text; empty where it is not there, or is a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
