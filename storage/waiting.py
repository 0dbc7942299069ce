"""Dossiers that wait for the residence register, kept over restarts in the database of index and ledger."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, select

from dossier.waiting import RegisterWait
from storage.codec import decode, encode
from storage.database import open_database, reading, writing

_tables = MetaData()
_waits = Table(
    "register_waits",
    _tables,
    Column("dossier", String(255), primary_key=True),
    Column("since", String(40), nullable=False, index=True),
    Column("settled_at", String(40), nullable=False, index=True),
    Column("content", Text, nullable=False),
)


class SqlRegisterWaits:
    """One row for each dossier that ever waited."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url, _tables)

    def note(self, wait: RegisterWait) -> None:
        """Remember a dossier; what was known about it is replaced. Raises StorageError, DiskFull."""
        row = {
            "dossier": wait.order.dossier,
            "since": wait.since,
            "settled_at": wait.settled_at,
            "content": encode(wait).decode(),
        }
        with writing(self._engine) as connection:
            connection.execute(delete(_waits).where(_waits.c.dossier == wait.order.dossier))
            connection.execute(insert(_waits).values(row))

    def find(self, dossier: str) -> RegisterWait | None:
        """What is known about a dossier; None where it never waited. Raises StorageError."""
        with reading(self._engine) as connection:
            content = connection.execute(
                select(_waits.c.content).where(_waits.c.dossier == dossier)
            ).scalar_one_or_none()
        return None if content is None else decode(RegisterWait, content.encode())

    def open(self) -> tuple[RegisterWait, ...]:
        """Dossiers that still wait, the oldest first. Raises StorageError."""
        wanted = select(_waits.c.content).where(_waits.c.settled_at == "").order_by(_waits.c.since)
        with reading(self._engine) as connection:
            contents = connection.execute(wanted).scalars().all()
        return tuple(decode(RegisterWait, content.encode()) for content in contents)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
