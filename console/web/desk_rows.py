"""Dossiers as rows of a list: what the queue and the search have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

from console.web.words import words_of
from console.wording_language import Language
from dossier.accounts import Account, Role
from dossier.desk import DeskEntry, DeskState
from dossier.procedure import Procedure
from dossier.words import vietnamese_order
from flows.wiring import Workshop

_TONES: Final = {
    DeskState.ARCHIVED: "good",
    DeskState.FAILED: "bad",
    DeskState.WAITING: "warn",
    DeskState.REVIEW: "warn",
}


@dataclass(frozen=True, slots=True)
class Due:
    """When a dossier is due, in words."""

    day: str
    words: str
    tone: str
    """"bad" where it is overdue, "warn" where it is due today, else empty."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier."""

    entry: DeskEntry
    address: str
    procedure: str
    """Its name."""
    state: str
    """In words."""
    tone: str
    """How its state looks: "good", "warn", "bad" or empty."""
    due: Due


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    words: str


class DeskRows:
    """Makes rows."""

    def __init__(self, workshop: Workshop) -> None:
        self._names = {procedure.code: procedure.name for procedure in _newest(workshop)}

    def row(self, entry: DeskEntry, account: Account, language: Language, today: date) -> Row:
        """A dossier as this person sees it."""
        return Row(
            entry=entry,
            address=address_of(entry, account),
            procedure=self._names.get(entry.procedure, entry.procedure),
            state=words_of(language)(f"desk_state_{entry.state}"),
            tone=_TONES.get(entry.state, ""),
            due=_due(entry, language, today),
        )

    def procedures(self) -> tuple[Choice, ...]:
        """Every procedure, in Vietnamese order of their names."""
        found = sorted(self._names.items(), key=lambda each: vietnamese_order(each[1]))
        return tuple(Choice(code, f"{name} ({code})") for code, name in found)


def address_of(entry: DeskEntry, account: Account) -> str:
    """Where this person opens a dossier; empty where there is nothing to open."""
    code = quote(entry.code, safe="")
    if account.role is Role.CONTROLLER:
        return f"/control/dossiers/{code}"
    if account.role is Role.ARCHIVIST and entry.state is DeskState.ARCHIVED:
        return f"/archive/{code}"
    return f"/dossiers/{code}"


def _newest(workshop: Workshop) -> Sequence[Procedure]:
    return workshop.catalogue.procedures()


def _due(entry: DeskEntry, language: Language, today: date) -> Due:
    t = words_of(language)
    if entry.due_on is None:
        return Due("", t("desk_due_unknown"), "")
    day = entry.due_on.strftime("%d/%m/%Y")
    if entry.is_settled:
        return Due(day, "", "")
    left = (entry.due_on - today).days
    if left < 0:
        return Due(day, t("desk_overdue", days=-left), "bad")
    if left <= 1:
        return Due(day, t("desk_due_tomorrow" if left else "desk_due_today"), "" if left else "warn")
    return Due(day, t("desk_due_in", days=left), "")
