"""The administrator's screen of accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from console.web.access import signed_in
from console.web.login import form_of, text_of
from console.web.pages import NavEntry, add_nav, page
from console.web.room import Room
from console.wording import error_message
from console.wording_language import Language
from dossier.accounts import Account, Role
from dossier.errors import AccountError, AccountRefused

Administrator = Annotated[Account, Depends(signed_in(Role.ADMINISTRATOR))]
Sent = Annotated[FormData, Depends(form_of)]


def add_accounts(app: FastAPI, room: Room) -> None:
    """Add the list of accounts, and what is done with one."""
    accounts = room.accounts
    add_nav(app, NavEntry("/accounts", "nav_accounts", (Role.ADMINISTRATOR,)))

    def listed(request: Request, **values: object) -> Response:
        shown: dict[str, object] = {"states": accounts.states(), "roles": list(Role), "trouble": ""}
        status = 400 if values.get("trouble") else 200
        typed: dict[str, str] = {}
        return page(
            request,
            "accounts.html",
            status_code=status,
            **({"typed": typed, "password": "", "whose": ""} | shown | values),
        )

    @app.get("/accounts")
    def show(request: Request, _who: Administrator) -> Response:
        return listed(request)

    @app.post("/accounts")
    def add(request: Request, who: Administrator, form: Sent) -> Response:
        typed = {name: text_of(form, name).strip() for name in ("name", "display_name", "role", "counter")}
        try:
            account = _account(typed)
            password = accounts.add(account, who.actor)
        except AccountError as error:
            return listed(request, trouble=error_message(error, _language(who)), typed=typed)
        # The password stands in this one answer and nowhere else.
        return listed(request, password=password, whose=account.name)

    @app.post("/accounts/{name}/reset")
    def reset(request: Request, name: str, who: Administrator) -> Response:
        return listed(request, password=accounts.reset(name, who.actor), whose=name)

    @app.post("/accounts/{name}/disable")
    def disable(request: Request, name: str, who: Administrator) -> Response:
        if name == who.name:
            error = AccountRefused(name, "an administrator does not disable the own account")
            return listed(request, trouble=error_message(error, _language(who)))
        accounts.disable(name, who.actor)
        return RedirectResponse("/accounts", 303)

    @app.post("/accounts/{name}/change")
    def change(request: Request, name: str, who: Administrator, form: Sent) -> Response:
        before = accounts.record(name).account
        typed = {
            "name": name,
            **{key: text_of(form, key).strip() for key in ("display_name", "role", "counter")},
        }
        if name == who.name and typed["role"] != before.role:
            error = AccountRefused(name, "an administrator does not give the own role away")
            return listed(request, trouble=error_message(error, _language(who)))
        try:
            accounts.change(_account(typed, before.language), who.actor)
        except AccountError as error:
            return listed(request, trouble=error_message(error, _language(who)))
        return RedirectResponse("/accounts", 303)


def _account(typed: dict[str, str], language: str = "vi") -> Account:
    if typed["role"] not in list(Role):
        raise AccountRefused(typed["name"], "no such role")
    role = Role(typed["role"])
    counter = typed["counter"] if role is Role.CLERK else ""
    return Account(typed["name"], typed["display_name"], role, counter, language)


def _language(who: Account) -> Language:
    return "en" if who.language == "en" else "vi"
