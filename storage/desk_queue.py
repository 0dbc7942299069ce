"""The queue: what is open due first, what is settled newest first; pages go on by place, not by count.

A page begins after the last dossier of the one before, whatever was entered or left meanwhile.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, select, tuple_

from dossier.desk import SETTLED, DeskState
from dossier.desk_asked import QueuePage, QueueView, Tally
from dossier.errors import StorageError
from storage.desk_rows import opened_entry
from storage.desk_tables import entries, tallies
from storage.keyring import Keyring

LARGEST_PAGE: Final = 1000
LAST_DAY: Final = 2**31 - 1
"""Beyond every day, and as large as a column of days may be."""
Cut = tuple[str, int]
"""Where a page begins, as the page before said it, and how many rows it has at most."""


def queue_page(connection: Connection, keys: Keyring, view: QueueView, cut: Cut) -> QueuePage:
    """A page of the queue. Raises KeyMissing, StorageError, also for a place that no page said."""
    after, limit = cut[0], min(cut[1], LARGEST_PAGE)
    rows = connection.execute(_query(view, after).limit(limit + 1)).mappings().all()
    shown = rows[:limit]
    return QueuePage(
        tuple(opened_entry(keys, row) for row in shown),
        _place(view, shown[-1]) if len(rows) > limit else "",
    )


def tally_of(connection: Connection, counter: str | None) -> Tally:
    """How many dossiers a counter has, or all have, by state."""
    columns = (tallies.c.state, func.sum(tallies.c.dossiers), func.sum(tallies.c.mark))
    wanted = select(*columns).group_by(tallies.c.state)
    if counter is not None:
        wanted = wanted.where(tallies.c.counter == counter)
    by_state: Counter[DeskState] = Counter()
    mark = 0
    for state, dossiers, marks in connection.execute(wanted):
        by_state[DeskState(state)] = int(dossiers)
        mark += int(marks)
    return Tally({state: by_state[state] for state in DeskState}, mark)


def parsed_place(after: str, numbers: int) -> tuple[int, ...]:
    """The numbers of a place. Raises StorageError where it is none."""
    parts = after.split(".")
    if len(parts) != numbers or not all(part.isascii() and part.isdecimal() for part in parts):
        raise StorageError("page", "is not a place that a page before it said")
    if any(len(part) > 18 for part in parts):
        raise StorageError("page", "is not a place that a page before it said")
    place = tuple(map(int, parts))
    if any(day > LAST_DAY for day in place[:-1]):
        raise StorageError("page", "is not a place that a page before it said")
    return place


def _query(view: QueueView, after: str) -> Select[Any]:
    wanted = select(entries)
    if view.counter is not None:
        wanted = wanted.where(entries.c.counter == view.counter)
    if view.procedure:
        wanted = wanted.where(entries.c.procedure == view.procedure)
    if view.received_on is not None:
        wanted = wanted.where(entries.c.received_day == view.received_on.toordinal())
    if view.state is not None:
        wanted = wanted.where(entries.c.state == view.state.value)
    if _is_due_first(view):
        wanted = wanted.where(entries.c.is_open == 1)
        place = tuple_(entries.c.due_day, entries.c.id)
        if after:
            wanted = wanted.where(place > parsed_place(after, 2))
        return wanted.order_by(entries.c.due_day, entries.c.id)
    place = tuple_(entries.c.received_day, entries.c.id)
    if after:
        wanted = wanted.where(place < parsed_place(after, 2))
    return wanted.order_by(entries.c.received_day.desc(), entries.c.id.desc())


def _is_due_first(view: QueueView) -> bool:
    return view.received_on is None and view.state not in SETTLED


def _place(view: QueueView, row: RowMapping) -> str:
    return f"{row['due_day'] if _is_due_first(view) else row['received_day']}.{row['id']}"
