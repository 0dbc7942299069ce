"""The ledger as a reader browses it: by who, what, about what and when, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, column, func, select, table

from dossier.archive import LedgerEntry
from dossier.text import mask_numbers
from storage.database import open_database, reading

_COLUMNS: Final = tuple(field.name for field in fields(LedgerEntry))
_ledger = table("ledger", *(column(name) for name in _COLUMNS))
_LAST_LETTER: Final = "\U0010ffff"
_MANY: Final = 500
"""Subjects asked about in one statement."""
_MOST: Final = 20_000
"""Beyond so many the whole ledger is grouped at once, which costs less than asking for each."""


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """Which entries are wanted; what is empty is not asked about."""

    actor: str = ""
    """Part of the actor's name, as it is spelt there."""
    action: str = ""
    subject: str = ""
    """What the subject begins with: a dossier's code or the beginning of one."""
    begin: date | None = None
    """First day."""
    end: date | None = None
    """Last day."""
    before: int = 0
    """Only entries with a smaller number; 0 for the newest."""


@dataclass(frozen=True, slots=True)
class Span:
    """When a dossier's work began, and when it came to its end."""

    begun_at: str
    """ISO 8601, +07:00, of its first entry."""
    ended_at: str
    """Of its first entry with the action that ends the work; empty where there is none."""


class SqlLedgerSearch:
    """Reads the table that `storage.ledger` keeps; it is never written to from here."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)

    def find(self, question: LedgerQuestion, limit: int) -> tuple[LedgerEntry, ...]:
        """The newest entries that were asked for, newest first. Raises StorageError."""
        wanted = select(_ledger).where(*_conditions(question)).order_by(_ledger.c.number.desc()).limit(limit)
        with reading(self._engine) as connection:
            return tuple(_entry(row) for row in connection.execute(wanted).mappings())

    def entry(self, number: int) -> LedgerEntry | None:
        """One entry by its number, or None. Raises StorageError."""
        wanted = select(_ledger).where(_ledger.c.number == number)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
        return _entry(row) if row is not None else None

    def spans(self, subjects: Sequence[str], ending: str) -> dict[str, Span]:
        """When the work on each of these began, and the first time that an action ended it.

        Raises StorageError.
        """
        found: dict[str, Span] = {}
        ends = func.min(_ledger.c.at).filter(_ledger.c.action == ending)
        wanted = select(_ledger.c.subject, func.min(_ledger.c.at), ends).group_by(_ledger.c.subject)
        with reading(self._engine) as connection:
            if len(subjects) > _MOST:
                asked = frozenset(subjects)
                rows = connection.execute(wanted)
                return {str(r[0]): Span(str(r[1]), str(r[2] or "")) for r in rows if r[0] in asked}
            for place in range(0, len(subjects), _MANY):
                some = subjects[place : place + _MANY]
                for subject, begun, ended in connection.execute(wanted.where(_ledger.c.subject.in_(some))):
                    found[str(subject)] = Span(str(begun), str(ended or ""))
        return found

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _conditions(question: LedgerQuestion) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    columns = _ledger.c
    if question.actor:
        asked.append(columns.actor.contains(question.actor, autoescape=True))
    if question.action:
        asked.append(columns.action == question.action)
    if question.subject:
        begins = mask_numbers(question.subject)
        asked.append(columns.subject.between(begins, begins + _LAST_LETTER))
    # Times are text of one form, +07:00: they sort as they follow one another.
    if question.begin is not None:
        asked.append(columns.at >= question.begin.isoformat())
    if question.end is not None:
        asked.append(columns.at < (question.end + timedelta(days=1)).isoformat())
    if question.before:
        asked.append(columns.number < question.before)
    return asked


def _entry(row: Any) -> LedgerEntry:
    return LedgerEntry(**{name: row[name] for name in _COLUMNS})
