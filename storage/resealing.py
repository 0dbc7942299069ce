"""Sealing anew with the newest key: a little at a time, beside other work, stopped and resumed anywhere.

What is sealed says with which key, so nothing has to be remembered between two runs: whatever is not under
the newest key is due. What was written before there were keys is due too, and so are people who stand in the
tables under a hash of an older key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Column, Connection, Select, Table, delete, insert, or_, select, update

from dossier.errors import DiskFull, StorageError
from storage import account_rows, holds, index, review, review_typed, waiting
from storage import people as who
from storage.database import forget_deleted, open_database, reading, writing
from storage.deposit_tables import deposits, report_place
from storage.desk_rows import reseal_entry
from storage.desk_tables import entries as desk_entries
from storage.judgements import kept_papers
from storage.keyring import Keyring
from storage.lease_tables import SEALED as WORK_SEALED
from storage.page_prints import kept_pages, reseal_page
from storage.paper_marks import marks_place

_AT_ONCE: Final = 20
"""Rows in one transaction: the counter waits for it."""
_PREFIX: Final = "sohoa-sealed-1:"


class SealedFiles(Protocol):
    """A folder of sealed files: spool, checkpoints."""

    def names(self) -> Iterator[str]:
        """What is kept."""

    def is_current(self, name: str, keys: Keyring) -> bool:
        """Whether a file is sealed with the newest key."""

    def reseal(self, name: str, keys: Keyring) -> None:
        """Seal a file with the newest key."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at."""

    place: str
    """Table or folder."""
    outcome: str
    """"sealed", "current", or "failed"."""
    trouble: str = ""
    """What stands against it; empty otherwise."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A column of sealed texts."""

    table: Table
    sealed: Column[Any]
    reseal: Callable[[Connection, Any], None]


def _content(table: Table, place: Callable[[Mapping[str, Any]], str], keys: Keyring) -> _Rows:
    """A table whose column `content` is sealed, bound to a place that its row tells."""

    def reseal(connection: Connection, row: Any) -> None:
        bound = place(row)
        sealed = keys.seal_text(keys.open_text(row["content"], bound), bound)
        mine = [column == row[column.name] for column in table.primary_key.columns]
        connection.execute(update(table).where(*mine).values(content=sealed))

    return _Rows(table, table.c.content, reseal)


class Resealer:
    """Everything of this machine that is sealed."""

    def __init__(self, url: str, keys: Keyring, folders: Mapping[str, SealedFiles]) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._keys = keys
        self._folders = folders

    def steps(self) -> Iterator[Step]:
        """Seal whatever is due, one step for each thing; what is done stays done.

        A row or file that is damaged, or whose key is gone, is told and left as it is. Raises DiskFull.
        """
        for rows in self._columns():
            yield from self._reseal_rows(rows)
        for place, folder in self._folders.items():
            for name in folder.names():
                yield _reseal_file(place, folder, name, self._keys)
        forget_deleted(self._engine)

    def due(self) -> dict[str, int]:
        """How much is not under the newest key, by table and folder."""
        found: Counter[str] = Counter()
        with reading(self._engine) as connection:
            for rows in self._columns():
                found[rows.table.name] = len(connection.execute(self._due(rows)).all())
        for place, folder in self._folders.items():
            found[place] = sum(not folder.is_current(name, self._keys) for name in folder.names())
        return dict(found)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _columns(self) -> tuple[_Rows, ...]:
        packages, waits, people, traces = (
            index._packages,
            waiting.waits,
            who.dossier_people,
            who.dossier_traces,
        )
        return (
            _Rows(holds.legal_holds, holds.legal_holds.c.reason, self._reseal_hold),
            _Rows(deposits, deposits.c.report, self._reseal_deposit),
            _Rows(packages, packages.c.summary, self._reseal_report),
            _Rows(waits, waits.c.content, self._reseal_wait),
            _Rows(traces, traces.c.sealed, self._reseal_trace),
            _Rows(people, people.c.sealed, self._reseal_person),
            _Rows(desk_entries, desk_entries.c.sealed, self._reseal_desk),
            _Rows(kept_pages, kept_pages.c.sealed, self._reseal_page),
            _Rows(kept_papers, kept_papers.c.marks, self._reseal_marks),
            *(
                _content(table, place, self._keys)
                for table, place in (*review.SEALED, *review_typed.SEALED, *WORK_SEALED)
            ),
            _Rows(account_rows.account_totp, account_rows.account_totp.c.sealed, self._reseal_totp),
        )

    def _due(self, rows: _Rows) -> Select[Any]:
        current = f"{_PREFIX}{self._keys.newest.name}:"
        return select(*rows.table.primary_key.columns).where(
            ~rows.sealed.startswith(current, autoescape=True)
        )

    def _reseal_rows(self, rows: _Rows) -> Iterator[Step]:
        with reading(self._engine) as connection:
            due = connection.execute(self._due(rows)).all()
        for at in range(0, len(due), _AT_ONCE):
            yield from self._reseal_some(rows, due[at : at + _AT_ONCE])

    def _reseal_some(self, rows: _Rows, due: Any) -> list[Step]:
        steps = []
        columns = rows.table.primary_key.columns
        with writing(self._engine) as connection:
            for place in due:
                mine = [column == value for column, value in zip(columns, place, strict=True)]
                row = connection.execute(select(rows.table).where(*mine)).mappings().first()
                if row is None or self._keys.is_current(str(row[rows.sealed.name])):
                    continue
                try:
                    rows.reseal(connection, row)
                except DiskFull:
                    raise
                except StorageError as e:
                    steps.append(Step(rows.table.name, "failed", str(e)))
                else:
                    steps.append(Step(rows.table.name, "sealed"))
        return steps

    def _reseal_report(self, connection: Connection, row: Any) -> None:
        place = index.summary_place(row["prefix"])
        summary = self._keys.open_text(row["summary"], place)
        mine = index._packages.c.id == row["id"]
        sealed = self._keys.seal_text(summary, place)
        connection.execute(update(index._packages).where(mine).values(summary=sealed))
        # Reports that were written before there were keys entered nobody as a person.
        people = who.people_in(summary)
        who.note_people(connection, self._keys, row["dossier"], people)
        for person in people:
            self._move_papers(connection, person.personal_number, row["dossier"])

    def _reseal_hold(self, connection: Connection, row: Any) -> None:
        place = holds.hold_place(row["dossier"], row["placed_at"])
        reason = self._keys.seal_text(self._keys.open_text(row["reason"], place), place)
        mine = holds.legal_holds.c.id == row["id"]
        connection.execute(update(holds.legal_holds).where(mine).values(reason=reason))

    def _reseal_wait(self, connection: Connection, row: Any) -> None:
        place = waiting.wait_place(row["dossier"])
        content = self._keys.seal_text(self._keys.open_text(row["content"], place), place)
        mine = waiting.waits.c.dossier == row["dossier"]
        connection.execute(update(waiting.waits).where(mine).values(content=content))

    def _reseal_trace(self, connection: Connection, row: Any) -> None:
        who.reseal_trace(connection, self._keys, row["dossier"])

    def _reseal_deposit(self, connection: Connection, row: Any) -> None:
        place = report_place(row["dossier"])
        report = self._keys.seal_text(self._keys.open_text(row["report"], place), place)
        mine = deposits.c.dossier == row["dossier"]
        connection.execute(update(deposits).where(mine).values(report=report))

    def _reseal_desk(self, connection: Connection, row: Any) -> None:
        reseal_entry(connection, self._keys, row)

    def _reseal_page(self, connection: Connection, row: Any) -> None:
        reseal_page(connection, self._keys, row)

    def _reseal_totp(self, connection: Connection, row: Any) -> None:
        account_rows.reseal_totp(connection, self._keys, row["account"])

    def _reseal_person(self, connection: Connection, row: Any) -> None:
        person = who.opened(self._keys, row)
        who.note_people(connection, self._keys, row["dossier"], [person])
        self._move_papers(connection, person.personal_number, row["dossier"])

    def _move_papers(self, connection: Connection, number: str, dossier: str) -> None:
        """Papers that are kept of a person stand under the newest hash from now on."""
        newest, *older = self._keys.person_names(number)
        columns = kept_papers.c
        old = or_(*(columns.person == name for name in older)) & (columns.dossier == dossier)
        rows = connection.execute(select(columns.kind, columns.marks).where(old)).all() if older else []
        if not rows:
            return
        connection.execute(delete(kept_papers).where(old))
        known = select(columns.kind).where(columns.person == newest, columns.dossier == dossier)
        there = set(connection.execute(known).scalars())
        for kind, marks in sorted({row.kind: row.marks for row in rows}.items()):
            if kind not in there:
                moved = {"person": newest, "kind": kind, "dossier": dossier, "marks": marks}
                connection.execute(insert(kept_papers).values(moved))

    def _reseal_marks(self, connection: Connection, row: Any) -> None:
        place = marks_place(row["dossier"], row["kind"])
        marks = self._keys.seal_text(self._keys.open_text(row["marks"], place), place)
        mine = [column == row[column.name] for column in kept_papers.primary_key.columns]
        connection.execute(update(kept_papers).where(*mine).values(marks=marks))


def _reseal_file(place: str, folder: SealedFiles, name: str, keys: Keyring) -> Step:
    try:
        if folder.is_current(name, keys):
            return Step(place, "current")
        folder.reseal(name, keys)
    except DiskFull:
        raise
    except StorageError as e:
        # A presented paper may be discarded in the same moment; then nothing is due any more.
        return Step(place, "current") if name not in set(folder.names()) else Step(place, "failed", str(e))
    return Step(place, "sealed")
