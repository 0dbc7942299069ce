"""What everybody does with their own account: language, password, second factor."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Final

import zxingcpp
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from console.web.access import SIGN_IN
from console.web.limits import limited
from console.web.login import ARRIVING, form_of, text_of
from console.web.pages import page
from console.web.room import Room
from console.web.trouble import DUTIES
from dossier.accounts import Account, Duty
from flows.second_factor import address_of, new_secret

PASSWORD: Final = DUTIES[Duty.PASSWORD]
SECOND_FACTOR: Final = DUTIES[Duty.SECOND_FACTOR]
_PATH: Final = re.compile(r'<svg width="(\d+)".*?<path d="([^"]+)"', re.DOTALL)
Sent = Annotated[FormData, Depends(form_of)]
Arriving = Annotated[Account, Depends(ARRIVING)]


def add_own_account(app: FastAPI, room: Room) -> None:
    """Add the pages of one's own account."""
    accounts = room.accounts

    @app.get("/account")
    def mine(request: Request, account: Arriving) -> Response:
        return page(request, "account.html", state=accounts.state(account.name), told="")

    @app.post("/account/language")
    def speak(account: Arriving, form: Sent) -> Response:
        language = "en" if text_of(form, "language") == "en" else "vi"
        accounts.change(replace(account, language=language), account.actor)
        return RedirectResponse("/account", 303)

    @app.get(PASSWORD)
    def password(request: Request, account: Arriving) -> Response:
        return _password_page(request, room, account, "")

    @app.post(PASSWORD, dependencies=[Depends(limited("sign-in"))])
    def choose(request: Request, account: Arriving, form: Sent) -> Response:
        new = text_of(form, "new")
        trouble = "" if new == text_of(form, "again") else "password_differs"
        trouble = trouble or accounts.choose_password(account.name, text_of(form, "old"), new)
        if trouble:
            return _password_page(request, room, account, trouble, status_code=400)
        return RedirectResponse(SIGN_IN, 303)

    @app.get(SECOND_FACTOR)
    def factor(request: Request, account: Arriving) -> Response:
        return _factor_page(request, account, new_secret(), "")

    @app.post(SECOND_FACTOR, dependencies=[Depends(limited("sign-in"))])
    def set_factor(request: Request, account: Arriving, form: Sent) -> Response:
        secret = text_of(form, "secret")
        if not accounts.has_password(account.name, text_of(form, "password")):
            return _factor_page(request, account, secret, "password_wrong", status_code=400)
        codes = accounts.set_second_factor(account.name, secret, text_of(form, "code").strip())
        if not codes:
            return _factor_page(request, account, secret, "code_wrong", status_code=400)
        return page(request, "account_codes.html", codes=codes)


def _password_page(
    request: Request, room: Room, account: Account, trouble: str, *, status_code: int = 200
) -> Response:
    state = room.accounts.state(account.name)
    return page(request, "account_password.html", status_code=status_code, state=state, trouble=trouble)


def _factor_page(
    request: Request, account: Account, secret: str, trouble: str, *, status_code: int = 200
) -> Response:
    drawn = zxingcpp.create_barcode(
        address_of(secret, account.name, "Số Hóa"), zxingcpp.BarcodeFormat.QRCode, ec_level="M"
    )
    found = _PATH.search(drawn.to_svg(add_quiet_zones=True))
    width, path = found.groups() if found else ("1", "")
    return page(
        request,
        "account_factor.html",
        status_code=status_code,
        secret=secret,
        width=width,
        code_path=path,
        trouble=trouble,
    )
