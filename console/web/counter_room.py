"""What the counter's screens share: who may see a dossier, that each look is written down, forms, answers."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from typing import Annotated, Final, TypeAlias

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData

from console.web.access import signed_in
from console.web.room import Room
from console.web.shown_pages import ShownPages
from console.web.words import WORDS, words_of
from console.web.work_sealing import Sealings
from console.wording import plain_message
from console.wording_language import Language
from dossier.accounts import Account, Role
from dossier.errors import CorrectionRefused, SohoaError
from dossier.review import Draft
from flows.viewing import Onlooker, View

_PAGE: Final = re.compile(r"page (\d+)")
COUNTER_ROLES: Final = (Role.CLERK,)
Clerk: TypeAlias = Annotated[Account, Depends(signed_in(*COUNTER_ROLES))]
"""Who works at the counter: each sees the dossiers of the own counter."""


async def form_of(request: Request) -> AsyncIterator[FormData]:
    """The form that was sent; its files are gone when the answer is made."""
    form = await request.form()
    try:
        yield form
    finally:
        await form.close()


Sent: TypeAlias = Annotated[FormData, Depends(form_of)]


def fields_of(form: FormData) -> dict[str, str]:
    """Its text fields; of several with one name the last."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def whole_number(text: str) -> int:
    """A number of a form; 0 for anything else, which is no version and no page."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def wants_data(request: Request) -> bool:
    """Whether a script asks, which exchanges parts of the page itself."""
    return "application/json" in request.headers.get("accept", "")


class CounterRoom:
    """The counter's work place over a room."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.shown = ShownPages()
        self.sealings = Sealings(room.reviews)
        self.arrivals = room.arrivals

    def seals(self, account: Account | None) -> str:
        """Keys under which this account's browsers keep what is not sent yet, base64, the newest first."""
        secrets = self.room.workshop.keys.browser_secrets(account.name) if account is not None else ()
        return " ".join(base64.b64encode(secret).decode() for secret in secrets)

    def draft(self, account: Account, code: str) -> Draft:
        """A draft that this person may see; the look is in the ledger before it is returned.

        Raises HTTPException 404 for a dossier of another counter, just as for none; ReviewNotFound where it
        was not read yet.
        """
        self.admit(account, code)
        draft = self.room.reviews.open(code)
        self.note_look(account, code)
        return draft

    def admit(self, account: Account, code: str) -> None:
        """Nothing, or HTTPException 404: which codes other counters have is not told."""
        if not self.room.desk.may_see(account, code):
            raise HTTPException(404)

    def note_look(self, account: Account, code: str) -> None:
        """Who looks at which papers, for what; raises where it cannot be written down."""
        view = View("papers", code, "reception")
        self.room.looks.note(view, Onlooker(account.actor, view.why))


def told(error: SohoaError, language: Language) -> str:
    """An error in words; of a correction, what it is about by its name on the screen."""
    about = _on_screen(error.subject, language) if isinstance(error, CorrectionRefused) else error.subject
    return plain_message(error, language, about)


def _on_screen(subject: str, language: Language) -> str:
    """What the screen calls a field or a page; empty for what it does not show."""
    t, page = words_of(language), _PAGE.fullmatch(subject)
    if page is not None:
        return t("work.page_n", number=page[1])
    name = "work.due_on" if subject == "due_on" else f"field.{subject}"
    return t(name) if name in WORDS else ""
