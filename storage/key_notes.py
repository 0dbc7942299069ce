"""Which keys anything was ever sealed with: the database knows their names, never the keys.

So a key that is gone is missed before anything is written with another one.
"""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table, delete, insert, select
from sqlalchemy.exc import IntegrityError

from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing

_tables = MetaData()
_keys = Table(
    "data_keys",
    _tables,
    Column("name", String(16), primary_key=True),
    Column("first_used_at", String(40), nullable=False),
)


class SqlKeyNotes:
    """The names of keys in use."""

    def __init__(self, url: str, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._clock = clock

    def names(self) -> tuple[str, ...]:
        """Keys in use, the oldest first. Raises StorageError."""
        wanted = select(_keys.c.name).order_by(_keys.c.first_used_at, _keys.c.name)
        with reading(self._engine) as connection:
            return tuple(connection.execute(wanted).scalars())

    def note(self, name: str) -> None:
        """A key is used from now on; a second time changes nothing. Raises StorageError, DiskFull."""
        if name in self.names():
            return
        try:
            with writing(self._engine) as connection:
                row = {"name": name, "first_used_at": self._clock().isoformat()}
                connection.execute(insert(_keys).values(row))
        except IntegrityError:
            return  # another process noted it in the same moment

    def forget(self, name: str) -> None:
        """Nothing is sealed with a key any more. Raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(_keys).where(_keys.c.name == name))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
