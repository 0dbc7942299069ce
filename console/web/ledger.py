"""The ledger, browsed and proven, entry by entry or whole. Every look at it is an entry of its own."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from console.audit_door import ledger_data
from console.web.access import signed_in
from console.web.audit import language_of
from console.web.pages import NavEntry, add_nav, page
from console.web.room import Room
from console.web.times import clock_words, day_said
from console.wording_audit import in_words
from console.wording_language import Language
from console.wording_web_ledger import ACTIONS
from dossier.accounts import Account, Role
from dossier.errors import EntryUnknown
from flows.entry_proof import prove_entry
from flows.viewing import Onlooker, View
from storage.ledger_search import LedgerQuestion, SqlLedgerSearch

_READERS: Final = (Role.ARCHIVIST, Role.ADMINISTRATOR)
Reader = Annotated[Account, Depends(signed_in(*_READERS))]
_AT_ONCE: Final = 50
_MOST: Final = 1 << 62
"""No database counts further."""


class LedgerFilter(BaseModel):
    """What is asked for in the address; what is empty or no date is not asked about."""

    model_config = ConfigDict(str_strip_whitespace=True)

    actor: str = ""
    action: str = ""
    subject: str = ""
    begin: date | None = None
    end: date | None = None
    before: int = Field(default=0, ge=0, le=_MOST)

    @field_validator("begin", "end", mode="before")
    @classmethod
    def _day(cls, said: object) -> object:
        return day_said(said)

    @field_validator("before", mode="before")
    @classmethod
    def _number(cls, said: object) -> object:
        return said or 0

    def question(self) -> LedgerQuestion:
        """As the ledger is asked."""
        return LedgerQuestion(self.actor, self.action, self.subject, self.begin, self.end, self.before)

    def older(self, before: int) -> str:
        """Address of the entries before one."""
        said = self.model_dump(mode="json", exclude={"before"})
        return f"/ledger?{urlencode({k: v for k, v in said.items() if v} | {'before': before})}"


def add_ledger(app: FastAPI, room: Room) -> None:
    """Browse, prove one entry, check the whole."""
    add_nav(app, NavEntry("/ledger", "nav_ledger", _READERS))
    search = room.workshop.held(SqlLedgerSearch(room.settings.database))

    @app.get("/ledger")
    def browse(request: Request, account: Reader, wanted: Annotated[LedgerFilter, Query()]) -> Response:
        _look(room, account, "ledger", wanted.subject or "ledger")
        found = search.find(wanted.question(), _AT_ONCE + 1)
        shown = found[:_AT_ONCE]
        return page(
            request,
            "audit/ledger.html",
            wanted=wanted,
            entries=shown,
            older=wanted.older(shown[-1].number) if len(found) > _AT_ONCE else "",
            actions=_actions(account),
            at=clock_words,
            told=detail_said,
        )

    @app.get("/ledger/check")
    def check(request: Request, account: Reader) -> Response:
        judged = ledger_data(room.audits.audit_ledger())
        _look(room, account, "ledger-check", "ledger")
        return page(
            request,
            "audit/ledger_check.html",
            judged=judged,
            at=clock_words,
            said=lambda words: in_words(words, language_of(account)),
        )

    @app.post("/ledger/heads", dependencies=[Depends(signed_in(Role.ARCHIVIST))])
    def keep() -> Response:
        room.audits.keep_head()
        return RedirectResponse("/ledger/check", 303)

    @app.get("/ledger/{number}")
    def entry(request: Request, account: Reader, number: Annotated[int, Path(ge=0, le=_MOST)]) -> Response:
        found = search.entry(number)
        if found is None:
            raise EntryUnknown(str(number), "the ledger has no such entry")
        _look(room, account, "ledger", found.subject)
        return page(
            request,
            "audit/ledger_entry.html",
            entry=found,
            proof=prove_entry(room.audits.ledger_room(), found),
            actions=_actions(account),
            at=clock_words,
            told=detail_said,
            said=lambda words: in_words(words, language_of(account)),
        )


def detail_said(detail: str) -> str:
    """A detail with its letters: entries of before have them as escapes, which their digests cover."""
    if "\\u" not in detail:
        return detail
    try:
        return json.dumps(json.loads(detail), ensure_ascii=False)
    except ValueError:
        return detail


def action_words(language: Language) -> dict[str, str]:
    """What the ledger's names of actions mean."""
    return {name: words[1 if language == "en" else 0] for name, words in ACTIONS.items()}


def _actions(account: Account) -> dict[str, str]:
    return action_words(language_of(account))


def _look(room: Room, account: Account, what: str, subject: str) -> None:
    """Reading the ledger is part of the work with it; its entries hold no personal data."""
    why = "audit of the ledger"
    room.looks.note(View(what, subject, why), Onlooker(account.actor, why))
