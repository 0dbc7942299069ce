"""Signing in at the identity provider of the settings."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from console.web.access import SIGN_IN, anybody
from console.web.kept import NOTHING, local_path
from console.web.limits import address_of, limited
from console.web.login import arrived, forget, sign_in_page
from console.web.pages import page
from console.web.room import Room
from console.web.security import session_cookie, visitor_cookie
from dossier.errors import ProviderRefused
from flows.admission import Outcome
from flows.provider import Provider

_LEAVE = f"{SIGN_IN}/provider"
_BACK = f"{_LEAVE}/return"
_FINISH = f"{_LEAVE}/finish"


def add_provider(app: FastAPI, room: Room) -> None:
    """Add the way to the provider and back, where there is one."""
    if not room.settings.provider_issuer:
        return
    provider = Provider(room.settings)
    going: dict[str, str] = {}

    @app.get(_LEAVE, dependencies=[Depends(anybody), Depends(limited("sign-in"))])
    def leave(request: Request, next: str = "/") -> Response:
        browser = _browser(request, room)
        if not browser:
            # A browser without cookie cannot be told from another one on its way back.
            return sign_in_page(request, NOTHING, next=local_path(next))
        scheme = "https" if room.settings.console_is_secure else "http"
        address = provider.begin(browser, f"{scheme}://{request.headers['host']}{_BACK}")
        if len(going) > 1000:
            going.clear()
        going[browser] = local_path(next)
        return RedirectResponse(address, 303)

    @app.get(_BACK, dependencies=[Depends(anybody)])
    def come_back(request: Request, state: str = "", code: str = "") -> Response:
        # The browser comes from another site and keeps its cookie back; one step of our own brings it.
        return page(request, "again.html", to=f"{_FINISH}?{urlencode({'state': state, 'code': code})}")

    @app.get(_FINISH, dependencies=[Depends(anybody), Depends(limited("sign-in"))])
    def finish(request: Request, state: str = "", code: str = "") -> Response:
        browser = _browser(request, room)
        try:
            arrival = provider.finish(browser, state, code)
        except ProviderRefused as refused:
            room.accounts.note(
                "provider", "sign-in-refused", "unknown", address=address_of(request), why=refused.subject
            )
            raise
        admission = room.admissions.admit(arrival, address_of(request))
        if admission.outcome is not Outcome.ADMITTED:
            return sign_in_page(request, NOTHING, status_code=401, outcome=admission.outcome)
        forget(request, room)
        return arrived(request, room, admission.token, NOTHING, going.pop(browser, "/"))


def _browser(request: Request, room: Room) -> str:
    """What tells this browser from others; empty where it shows no cookie."""
    names = (session_cookie(room.settings), visitor_cookie(room.settings))
    shown = next((request.cookies[name] for name in names if request.cookies.get(name)), "")
    return hashlib.sha256(shown.encode()).hexdigest() if shown else ""
