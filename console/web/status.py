"""How the system is, for everybody, in the depth that suits the role."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Request, Response

from console.doctor import Part, installed_parts
from console.web.access import signed_in
from console.web.pages import NavEntry, add_nav, page
from console.web.room import Room
from console.web.times import clock_words, size_words
from dossier.accounts import Account, Role
from flows.health import Health, PartHealth, is_well, system_health

SomeOne = Annotated[Account, Depends(signed_in())]
_OF_THE_ARCHIVE: Final = ("fixity", "ledger")
_OF_THE_MACHINE: Final = ("database", "prefect", "events", "memory")
"""What the administrator looks after."""
_SIZES: Final = ("free", "total", "used", "available")


def add_status(app: FastAPI, room: Room) -> None:
    """One page."""
    add_nav(app, NavEntry("/status", "nav_status"))

    @app.get("/status")
    def status(request: Request, account: SomeOne) -> Response:
        told = system_health(room.workshop, room.audits)
        if account.role in (Role.CLERK, Role.CONTROLLER):
            told = tuple(part for part in told if part.name not in _OF_THE_ARCHIVE)
        if account.role is not Role.ADMINISTRATOR:
            told = tuple(p for p in told if p.name not in _OF_THE_MACHINE or p.health is Health.BAD)
        return page(
            request,
            "status/status.html",
            parts=told,
            values=_in_words,
            is_well=is_well(told),
            installed=_installed() if account.role is Role.ADMINISTRATOR else (),
        )


def _in_words(part: PartHealth) -> dict[str, str | int]:
    """What the sentence about a part names, as people write it."""
    return {
        name: size_words(int(value)) if name in _SIZES else clock_words(str(value)) if name == "at" else value
        for name, value in part.values.items()
    }


@cache
def _installed() -> tuple[Part, ...]:
    """Programs are asked once in the life of a process: they do not change under it."""
    return tuple(installed_parts())
