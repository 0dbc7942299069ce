"""Days, counters and states of dossiers, as the desk has them: what can be counted without opening a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from dossier.desk import DeskState
from storage.database import open_database, reading
from storage.desk_tables import NO_DAY, entries


@dataclass(frozen=True, slots=True)
class DeskDay:
    """One dossier, without anything about a person."""

    code: str
    procedure: str
    counter: str
    """Empty where the centre has only one, or nobody said which."""
    state: DeskState
    received_on: date
    due_on: date | None
    """None where nobody knows it."""


def desk_days(url: str, begin: date, end: date) -> tuple[DeskDay, ...]:
    """Dossiers received between two days, both included, by code. Raises StorageError, DiskFull."""
    columns = entries.c
    wanted = (
        select(columns.code, columns.procedure, columns.counter, columns.state)
        .add_columns(columns.received_day, columns.due_day)
        .where(columns.received_day.between(begin.toordinal(), end.toordinal()))
        .order_by(columns.code)
    )
    engine = open_database(url)
    try:
        with reading(engine) as connection:
            return tuple(
                DeskDay(
                    str(row.code),
                    str(row.procedure),
                    str(row.counter),
                    DeskState(row.state),
                    date.fromordinal(row.received_day),
                    None if row.due_day >= NO_DAY else date.fromordinal(row.due_day),
                )
                for row in connection.execute(wanted)
            )
    finally:
        engine.dispose()
