"""Searching by person, code, kind of paper, procedure, days and words; each search is in the ledger first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from console.web.access import signed_in, visit_of
from console.web.desk_rows import Choice, DeskRows
from console.web.pages import NavEntry, add_nav, page
from console.web.queue import READERS
from console.web.room import Room
from console.web.times import day_said
from dossier.accounts import Account, Role
from dossier.desk_asked import Hit, Question
from dossier.words import name_order, vietnamese_order
from flows.desk import PAGE
from flows.desk_views import DeskViews, ShownList
from flows.service import DOSSIER_CODE
from flows.wiring import VIETNAM
from models.titles import titles

Reader = Annotated[Account, Depends(signed_in(*READERS))]
_BY_NAME: Final = 500
"""So many dossiers at most are put in order of names."""
_NUMBER: Final = re.compile(r"\d{9}|\d{12}", re.ASCII)
_PURPOSES: Final = {
    Role.CLERK: ("dossier", "reuse", "request"),
    Role.ARCHIVIST: ("archive", "request", "dossier"),
    Role.CONTROLLER: ("control", "request"),
}


class SearchFilter(BaseModel):
    """What is asked for in the address."""

    model_config = ConfigDict(str_strip_whitespace=True)

    q: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=200)
    kind: str = Field(default="", max_length=80)
    procedure: str = Field(default="", max_length=40)
    counter: str = Field(default="", max_length=80)
    begin: date | None = None
    end: date | None = None
    why: str = Field(default="", max_length=40)
    order: str = Field(default="best", pattern="^best$|^name$")
    after: str = Field(default="", max_length=60, pattern=r"^[0-9.]*$")

    @field_validator("begin", "end", mode="before")
    @classmethod
    def _day(cls, said: object) -> object:
        return day_said(said)

    def question(self) -> Question:
        """What of the desk that is: a number and a code are told by their form, everything else is a name."""
        plain = re.sub(r"[\s.]", "", self.q)
        is_number = _NUMBER.fullmatch(plain) is not None
        is_code = (
            not is_number and any(c.isdigit() for c in self.q) and DOSSIER_CODE.fullmatch(self.q) is not None
        )
        return Question(
            counter=self.counter or None,
            name="" if is_number or is_code else self.q,
            number=plain if is_number else "",
            code=self.q if is_code else "",
            text=self.text,
            kind=self.kind,
            procedure=self.procedure,
            begin=self.begin,
            end=self.end,
        )

    def asked_by(self) -> tuple[str, ...]:
        """Names of the fields that are filled in."""
        question = self.question()
        names = ("name", "number", "code", "text", "kind", "procedure", "counter", "begin", "end")
        return tuple(name for name in names if getattr(question, name))

    def address(self, **other: str) -> str:
        """The address of the same search with something else about it."""
        said = self.model_dump(mode="json", exclude={"after"}) | other
        return f"/search?{urlencode({name: value for name, value in said.items() if value})}"


def add_search(app: FastAPI, room: Room) -> None:
    """The page of searching."""
    add_nav(app, NavEntry("/search", "nav_search", READERS))
    rows = DeskRows(room.workshop)
    views = DeskViews(room.workshop.ledger, room.settings, lambda: datetime.now(VIETNAM))
    kinds = _kinds()

    @app.get("/search")
    def search(request: Request, account: Reader, wanted: Annotated[SearchFilter, Query()]) -> Response:
        is_backwards = wanted.begin is not None and wanted.end is not None and wanted.begin > wanted.end
        question = wanted.question()
        is_asked = not question.is_empty and not is_backwards
        hits: Sequence[Hit] = ()
        after = ""
        if is_asked:
            hits, after = _hits(room, account, wanted)
            why = wanted.why if wanted.why in _PURPOSES[account.role] else _PURPOSES[account.role][0]
            codes = tuple(hit.entry.code for hit in hits)
            views.note(account, ShownList("search", why, codes, wanted.asked_by()))
        language, today = visit_of(request).language, datetime.now(VIETNAM).date()
        return page(
            request,
            "search/search.html",
            wanted=wanted,
            hits=[(hit, rows.row(hit.entry, account, language, today)) for hit in hits],
            after=after,
            is_asked=is_asked,
            is_backwards=is_backwards,
            procedures=rows.procedures(),
            kinds=kinds,
            counters=room.desk.counters() if account.role is not Role.CLERK else (),
            shows_counter=account.role is not Role.CLERK,
            purposes=_PURPOSES[account.role],
            is_whole=room.desk.index_is_whole(),
        )


def _hits(room: Room, account: Account, wanted: SearchFilter) -> tuple[Sequence[Hit], str]:
    if wanted.order != "name":
        found = room.desk.search(account, wanted.question(), wanted.after, PAGE)
        return found.hits, found.after
    everything = room.desk.search(account, wanted.question(), "", _BY_NAME).hits
    begin = int(wanted.after) if wanted.after.isdecimal() and len(wanted.after) < 6 else 0
    ordered = sorted(everything, key=lambda hit: name_order(hit.person or hit.entry.applicant))
    return ordered[begin : begin + PAGE], str(begin + PAGE) if len(ordered) > begin + PAGE else ""


def _kinds() -> tuple[Choice, ...]:
    """Every kind of paper, in Vietnamese order of their titles."""
    found = [(title.code, title.text) for title in titles()]
    return tuple(
        Choice(code, text) for code, text in sorted(found, key=lambda each: vietnamese_order(each[1]))
    )
