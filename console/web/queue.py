"""The queue, the console's first page: what is open and due first, kept fresh without losing one's place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from console.web.access import signed_in, visit_of
from console.web.desk_rows import Choice, DeskRows
from console.web.pages import NavEntry, add_nav, page
from console.web.room import Room
from console.web.words import words_of
from dossier.accounts import Account, Role
from dossier.desk import DeskEntry, DeskState
from dossier.desk_asked import QueueView, Tally
from dossier.words import name_order
from flows.desk import PAGE
from flows.desk_views import DeskViews, ShownList
from flows.wiring import VIETNAM

Anyone = Annotated[Account, Depends(signed_in())]
READERS: Final = (Role.CLERK, Role.ARCHIVIST, Role.CONTROLLER)
"""Whoever sees dossiers."""
_BY_NAME: Final = 1000
"""So many dossiers at most are put in order of names: names are sealed, and have to be opened for it."""
_VIEWS: Final = ("open", "today", *(state.value for state in DeskState))
_PURPOSE: Final = "queue of the counter"


class QueueFilter(BaseModel):
    """What is asked for in the address."""

    model_config = ConfigDict(str_strip_whitespace=True)

    view: str = Field(default="open", pattern="|".join(f"^{view}$" for view in _VIEWS))
    procedure: str = Field(default="", max_length=40)
    counter: str = Field(default="", max_length=80)
    order: str = Field(default="due", pattern="^due$|^name$")
    after: str = Field(default="", max_length=60, pattern=r"^[0-9.]*$")
    part: bool = False
    """Whether only the list is wanted, for the script that keeps it fresh."""

    def address(self, **other: str) -> str:
        """The address of the same part with something else about it."""
        said = self.model_dump(exclude={"after", "part"}) | other
        usual = {"view": "open", "order": "due"}
        kept = {name: value for name, value in said.items() if value and value != usual.get(name)}
        return f"/?{urlencode(kept)}" if kept else "/"

    def wanted(self, today: date) -> QueueView:
        """What of the desk that is."""
        is_state = self.view not in ("open", "today")
        return QueueView(
            counter=self.counter or None,
            state=DeskState(self.view) if is_state else None,
            received_on=today if self.view == "today" else None,
            procedure=self.procedure,
        )


def add_queue(app: FastAPI, room: Room) -> None:
    """The first page."""
    add_nav(app, NavEntry("/", "nav_queue", READERS))
    rows = DeskRows(room.workshop)
    views = DeskViews(room.workshop.ledger, room.settings, lambda: datetime.now(VIETNAM))

    @app.get("/")
    def queue(request: Request, account: Anyone, wanted: Annotated[QueueFilter, Query()]) -> Response:
        if account.role not in READERS:
            return page(request, "queue/none.html")
        today = datetime.now(VIETNAM).date()
        tally = room.desk.tally(account)
        etag = _etag(request, account, wanted, (today, tally.mark))
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        entries, after, is_cut = _entries(room, account, wanted, today)
        views.note_queue(account, ShownList("queue", _PURPOSE, tuple(entry.code for entry in entries)))
        language = visit_of(request).language
        answer = page(
            request,
            "queue/_list.html" if wanted.part else "queue/queue.html",
            rows=[rows.row(entry, account, language, today) for entry in entries],
            wanted=wanted,
            tabs=_tabs(wanted, tally, request),
            after=after,
            is_cut=is_cut,
            most=_BY_NAME,
            procedures=rows.procedures(),
            counters=room.desk.counters() if account.role is not Role.CLERK else (),
            shows_counter=account.role is not Role.CLERK,
            etag=etag,
        )
        answer.headers["ETag"] = etag
        return answer


def _entries(
    room: Room, account: Account, wanted: QueueFilter, today: date
) -> tuple[Sequence[DeskEntry], str, bool]:
    """The page's dossiers, where the next page begins, and whether an order by name left some out."""
    view = wanted.wanted(today)
    if wanted.order != "name":
        found = room.desk.queue(account, view, wanted.after, PAGE)
        return found.entries, found.after, False
    found = room.desk.queue(account, view, "", _BY_NAME)
    begin = int(wanted.after) if wanted.after.isdecimal() and len(wanted.after) < 6 else 0
    ordered = sorted(found.entries, key=lambda entry: (not entry.applicant, name_order(entry.applicant)))
    end = begin + PAGE
    return ordered[begin:end], str(end) if len(ordered) > end else "", bool(found.after)


def _tabs(wanted: QueueFilter, tally: Tally, request: Request) -> list[tuple[Choice, int | None, bool]]:
    """Parts of the queue: words and address, how many dossiers each has, whether it is the one shown."""
    t = words_of(visit_of(request).language)
    counts = {state.value: count for state, count in tally.by_state.items()}
    counts["open"] = sum(
        count
        for state, count in tally.by_state.items()
        if state not in (DeskState.ARCHIVED, DeskState.RETURNED)
    )
    tabs: list[tuple[Choice, int | None, bool]] = []
    for view in _VIEWS:
        words = t(f"queue_view_{view}" if view in ("open", "today") else f"desk_state_{view}")
        tabs.append((Choice(wanted.address(view=view), words), counts.get(view), view == wanted.view))
    return tabs


def _etag(request: Request, account: Account, wanted: QueueFilter, state: tuple[date, int]) -> str:
    """Names what would be shown: who asks in which browser, for what, on which day, after which changes."""
    visit = visit_of(request)
    parts = [account.name, account.counter, visit.language, visit.csrf, wanted.model_dump_json()]
    named = json.dumps([*parts, state[0].isoformat(), state[1]])
    return f'"{hashlib.sha256(named.encode()).hexdigest()[:32]}"'
