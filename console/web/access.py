"""Who may come in: every route says it with one of the dependencies here, or the console does not start.

`account: Annotated[Account, Depends(signed_in(Role.CLERK))]` asks for a role; `signed_in()` for anybody who
is signed in; `dependencies=[Depends(anybody)]` opens a page to everybody. Somebody of another role is told
that the page is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from console.wording_language import Language
from dossier.accounts import Account, Duty, Role, Session

SIGN_IN: Final = "/sign-in"
LOCKED: Final = "/locked"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks: known before any route is called, from the browser's cookie."""

    csrf: str
    """What a form or script of this browser has to say with every change."""
    language: Language
    account: Account | None = None
    """Who is signed in; None where nobody is, or the screen is locked."""
    session: Session | None = None
    duty: Duty = Duty.NONE


class NotSignedIn(Exception):
    """Nobody is signed in, or the screen is locked; the console asks for it and comes back."""


class DutyFirst(Exception):
    """Something has to be done before this page is shown."""

    def __init__(self, duty: Duty) -> None:
        super().__init__(duty)
        self.duty = duty


def visit_of(request: Request) -> Visit:
    """Who asks."""
    visit: Visit = request.state.visit
    return visit


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A rule: signed in, with one of the roles where some are named."""

    roles: tuple[Role, ...]
    despite_duty: bool = False
    """Whether the page is one on which a duty is done."""

    def __call__(self, request: Request) -> Account:
        """The account. Raises NotSignedIn, DutyFirst, HTTPException 404 for another role."""
        visit = visit_of(request)
        if visit.account is None:
            raise NotSignedIn
        if visit.duty is not Duty.NONE and not self.despite_duty:
            raise DutyFirst(visit.duty)
        if self.roles and visit.account.role not in self.roles:
            raise HTTPException(404)
        return visit.account


@dataclass(frozen=True, slots=True)
class Anybody:
    """A rule: open to everybody."""

    def __call__(self) -> None:
        """Nothing is asked."""


anybody = Anybody()


def signed_in(*roles: Role) -> SignedIn:
    """The rule for a route; no roles mean any."""
    return SignedIn(roles)


def rule_of(route: APIRoute) -> SignedIn | Anybody | None:
    """What a route declares; None where it declares nothing."""
    return _rule(route.dependant)


def check_declared(app: FastAPI) -> None:
    """Refuse to start with a route that declares no rule. Raises ValueError, naming it."""
    for route in app.routes:
        if isinstance(route, APIRoute) and rule_of(route) is None:
            raise ValueError(f"{route.path} declares no access rule")


def _rule(dependant: Dependant) -> SignedIn | Anybody | None:
    for each in dependant.dependencies:
        if isinstance(each.call, SignedIn | Anybody):
            return each.call
        found = _rule(each)
        if found is not None:
            return found
    return None
