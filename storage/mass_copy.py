"""Very many rows at once into an empty PostgreSQL database, for benchmarks and simulations.

Indexes and constraints are taken away before and made again after: that is several times cheaper than to keep
them while rows come. A table is emptied and filled in one transaction, so that its rows are written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from dossier.errors import DatabaseUnfit, StorageError
from storage.database import open_database, reading

Numbers = npt.NDArray[np.int64]
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_WORD: Final = np.dtype(
    [("n", ">i2"), ("l1", ">i4"), ("word", ">i8"), ("l2", ">i4"), ("day", ">i4"), ("l3", ">i4"), ("e", ">i8")]
)
_NO_ROWS: Final = ("desk_entries", "desk_words", "desk_kinds", "packages", "package_objects", "package_files")


class MassCopy:
    """One connection that fills tables."""

    def __init__(self, url: str, *, looks: bool = True) -> None:
        """Open an empty database with the tables of this release.

        Args:
            url: SQLAlchemy URL.
            looks: whether it is made sure that the database is empty; not where somebody else did.

        Raises DatabaseUnfit where it is not PostgreSQL or holds dossiers, StorageError.
        """
        self._url = url
        if not looks:
            return
        if make_url(url).get_backend_name() != "postgresql":
            raise DatabaseUnfit("database", "only PostgreSQL is filled in this way")
        open_database(url).dispose()
        with self._connected() as connection:
            for table in _NO_ROWS:
                if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(_name(table))).fetchone():
                    raise DatabaseUnfit("database", f"{table} holds rows; nothing is put over them")

    @contextmanager
    def without_indexes(self, *tables: str) -> Iterator[None]:
        """Tables have neither indexes nor constraints within, and all of them again after it."""
        with self._connected() as connection:
            made = [statement for table in tables for statement in _taken(connection, table)]
        yield
        with self._connected() as connection:
            for statement in sorted(made, key=lambda each: "FOREIGN KEY" in each):
                connection.execute(statement)  # as the server itself told it
            for table in tables:
                connection.execute(sql.SQL("ANALYZE {}").format(_name(table)))

    def rows(self, table: str, columns: tuple[str, ...], blocks: Iterable[str]) -> None:
        """Fill a table with lines of tab-separated values. Raises StorageError."""
        self._copy(table, columns, "text", blocks)

    def words(self, blocks: Iterable[tuple[Numbers, Numbers, Numbers]]) -> None:
        """Fill the blind index with blocks of words, days and dossiers. Raises StorageError."""
        self._copy("desk_words", ("word", "received_day", "entry"), "binary", _packed(blocks))

    def run(self, statement: str) -> None:
        """One statement about what was filled in. Raises StorageError."""
        with self._connected() as connection:
            connection.execute(statement)

    def size_bytes(self) -> int:
        """How much the database takes."""
        with self._connected() as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(str(row[0])) if row else 0

    def _copy(
        self, table: str, columns: tuple[str, ...], form: str, blocks: Iterable[str] | Iterable[bytes]
    ) -> None:
        into = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT {}, FREEZE true)").format(
            _name(table), sql.SQL(", ").join(map(_name, columns)), sql.SQL(form)
        )
        with self._connected() as connection, connection.transaction():
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(_name(table)))
            with connection.cursor().copy(into) as copy:
                for block in blocks:
                    copy.write(block)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        plain = make_url(self._url).set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            with psycopg.connect(plain, autocommit=True) as connection:
                yield connection
        except psycopg.Error as e:
            raise StorageError("database", str(e)) from e


def server_process(url: str) -> int:
    """The process of the server behind the pool's one connection of this thread."""
    shared = open_database(url)
    try:
        with reading(shared) as connection:
            return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar() or 0)
    finally:
        shared.dispose()


def _taken(connection: psycopg.Connection[tuple[object, ...]], table: str) -> Iterator[str]:
    """Take constraints and indexes of a table away; the statements that make them again."""
    constraints = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass ORDER BY contype",  # foreign keys go before what they lean on
        (table,),
    ).fetchall()
    for name, definition in constraints:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {} CASCADE").format(_name(table), _name(str(name)))
        )
        yield f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", (table,)
    ).fetchall()
    for name, definition in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(_name(str(name))))
        yield str(definition)


def _packed(blocks: Iterable[tuple[Numbers, Numbers, Numbers]]) -> Iterator[bytes]:
    """Rows in PostgreSQL's binary form of COPY: a count of fields, then each with its length before it."""
    yield _HEAD
    for word, day, entry in blocks:
        rows = np.empty(len(word), _WORD)
        rows["n"], rows["l1"], rows["l2"], rows["l3"] = 3, 8, 4, 8
        rows["word"], rows["day"], rows["e"] = word, day, entry
        yield rows.tobytes()
    yield _END


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)
