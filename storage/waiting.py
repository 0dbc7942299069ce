"""Dossiers that wait for the residence register, kept over restarts in the database of index and ledger."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, select

from dossier.waiting import RegisterWait
from storage.codec import decode, encode
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Sealer

tables = MetaData()
waits = Table(
    "register_waits",
    tables,
    Column("dossier", String(255), primary_key=True),
    Column("since", String(40), nullable=False, index=True),
    Column("settled_at", String(40), nullable=False, index=True),
    Column("content", Text, nullable=False),
)


class SqlRegisterWaits:
    """One row for each dossier that ever waited."""

    def __init__(self, url: str, sealer: Sealer | None = None) -> None:
        """Open the database at an SQLAlchemy URL; names of scans are sealed where there is a key.

        Raises StorageError, DiskFull.
        """
        self._engine = open_database(url)
        self._sealer = sealer or InTheClear()

    def note(self, wait: RegisterWait) -> None:
        """Remember a dossier; what was known about it is replaced. Raises StorageError, DiskFull."""
        row = {
            "dossier": wait.order.dossier,
            "since": wait.since,
            "settled_at": wait.settled_at,
            "content": self._sealer.seal_text(encode(wait).decode(), wait_place(wait.order.dossier)),
        }
        with writing(self._engine) as connection:
            connection.execute(delete(waits).where(waits.c.dossier == wait.order.dossier))
            connection.execute(insert(waits).values(row))

    def find(self, dossier: str) -> RegisterWait | None:
        """What is known about a dossier; None where it never waited. Raises StorageError."""
        with reading(self._engine) as connection:
            content = connection.execute(
                select(waits.c.content).where(waits.c.dossier == dossier)
            ).scalar_one_or_none()
        return None if content is None else self._opened(dossier, content)

    def open(self) -> tuple[RegisterWait, ...]:
        """Dossiers that still wait, the oldest first. Raises StorageError."""
        columns = (waits.c.dossier, waits.c.content)
        wanted = select(*columns).where(waits.c.settled_at == "").order_by(waits.c.since)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(self._opened(dossier, content) for dossier, content in rows)

    def forget(self, dossier: str) -> None:
        """Take a dossier off the list. Raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(waits).where(waits.c.dossier == dossier))

    def _opened(self, dossier: str, content: str) -> RegisterWait:
        return decode(RegisterWait, self._sealer.open_text(content, wait_place(dossier)).encode())

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def wait_place(dossier: str) -> str:
    """What a row's ciphertext is bound to."""
    return f"register_waits {dossier}"
