"""The counter's screens: papers come in, a dossier is looked at, corrected, and sealed."""

from __future__ import annotations

from fastapi import FastAPI

from console.web.counter_room import COUNTER_ROLES, CounterRoom
from console.web.dossier import add_dossier
from console.web.intake import add_intake
from console.web.notice import add_notice
from console.web.pages import NavEntry, add_nav
from console.web.room import Room
from console.web.typed import add_typed


def add_counter(app: FastAPI, room: Room) -> None:
    """Its routes and its entry in the navigation."""
    counter = CounterRoom(room)
    add_nav(app, NavEntry("/intake", "nav_intake", COUNTER_ROLES))
    add_intake(app, counter)
    add_dossier(app, counter)
    add_notice(app, counter)
    add_typed(app, counter)
