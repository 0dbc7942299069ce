"""Making a page: template, words, account, CSRF token and navigation come together here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.web.access import visit_of
from console.web.room import Room
from console.web.times import clock_words
from console.web.words import words_of
from dossier.accounts import Account, Role

FOLDER: Final = Path(__file__).parent
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_TEMPLATES.filters["day"] = clock_words


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation."""

    path: str
    word: str
    """Key of its word."""
    roles: tuple[Role, ...] = ()
    """For whom it stands there; everybody where empty."""


def add_nav(app: FastAPI, *entries: NavEntry) -> None:
    """Put entries into the navigation, in the order in which areas are added."""
    app.state.nav = (*getattr(app.state, "nav", ()), *entries)


def page(request: Request, template: str, *, status_code: int = 200, **values: Any) -> Response:
    """A page from `templates/<template>`.

    Every template finds `t` (words), `language`, `account` (None where nobody is signed in), `csrf`, `nav`,
    `path` and the values given here; a name that nobody gave is an error, not an empty text.
    """
    return HTMLResponse(render(request, template, **values), status_code)


def render(request: Request, template: str, **values: Any) -> str:
    """A page, or a part of one for a script that exchanges it, as text."""
    visit = visit_of(request)
    frame = {
        "t": words_of(visit.language),
        "language": visit.language,
        "account": visit.account,
        "csrf": visit.csrf,
        "nav": _nav_of(request.app, visit.account),
        "path": request.url.path,
        "provider": _provider_of(request, visit.account),
        "idle_seconds": _idle_seconds(request, visit.account),
    }
    return _TEMPLATES.get_template(template).render(frame | values)


def is_script(request: Request) -> bool:
    """Whether a script asks, which shows the words itself."""
    return "application/json" in request.headers.get("accept", "")


def _nav_of(app: FastAPI, account: Account | None) -> tuple[NavEntry, ...]:
    entries: tuple[NavEntry, ...] = getattr(app.state, "nav", ())
    if account is None:
        return ()
    return tuple(entry for entry in entries if not entry.roles or account.role in entry.roles)


def _idle_seconds(request: Request, account: Account | None) -> int:
    """After how many seconds without a key or a click the screen locks; 0 where nobody is signed in."""
    if account is None:
        return 0
    room: Room = request.app.state.room
    return room.accounts.idle_seconds(account.role)


def _provider_of(request: Request, account: Account | None) -> str:
    """The provider that somebody signs in with; empty for a local account."""
    room: Room = request.app.state.room
    if account is None or not room.settings.provider_issuer:
        return ""
    return room.settings.provider_name if room.accounts.record(account.name).subject else ""
