"""The console as one application.

How an area is added: its module has `add_<area>(app: FastAPI, room: Room) -> None`, which declares its
routes (each with a rule of `console.web.access`, or the console does not start) and its navigation
(`pages.add_nav`). Then one import line below and one line in `AREAS`. Templates lie in `templates/<area>/`,
scripts in `static/`, words in `console/wording_web_<area>.py` (see `console.web.words`).

What holds for all areas and is done before any route is called (`console.web.security`): Host header,
bounds of bodies, session, CSRF (hidden field `csrf` or header `X-CSRF` for every POST, PUT, PATCH, DELETE),
and the headers of every answer. Scripts and styles come from `/static/` alone: the content security policy
takes neither an inline script nor a `style` attribute. What needs its own door, such as a mounted
application, is added the same way; below `/api/` neither cookie nor CSRF token counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from console.api.app import PREFIX, make_api
from console.metrics import add_metrics
from console.web.access import check_declared
from console.web.accounts import add_accounts
from console.web.archive import add_archive
from console.web.audit import add_audit
from console.web.control import add_control
from console.web.counter import add_counter
from console.web.help import add_help
from console.web.ledger import add_ledger
from console.web.limits import Buckets
from console.web.login import add_login
from console.web.own_account import add_own_account
from console.web.pages import FOLDER
from console.web.provider import add_provider
from console.web.queue import add_queue
from console.web.room import Room
from console.web.search import add_search
from console.web.security import add_security, check_csrf
from console.web.status import add_status
from console.web.trouble import add_trouble, told

AREAS: Final[tuple[Callable[[FastAPI, Room], None], ...]] = (
    add_login,
    add_provider,
    add_own_account,
    add_queue,
    add_counter,
    add_search,
    add_audit,
    add_ledger,
    add_archive,
    add_control,
    add_accounts,
    add_status,
    add_help,
    add_metrics,
)
"""In the order of the navigation."""


def make_console(room: Room) -> FastAPI:
    """The application over a room. Raises ValueError where a route declares no access rule."""
    app = FastAPI(
        title="Số Hóa",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(check_csrf)],
    )
    app.state.room = room
    app.state.buckets = Buckets()
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    app.mount(PREFIX, make_api(room), name="api")
    for add_area in AREAS:
        add_area(app, room)
    add_trouble(app)
    add_security(app, room, told)
    check_declared(app)
    return app
