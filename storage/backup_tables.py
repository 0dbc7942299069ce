"""The database as plain rows: read at one moment while others write, put into an empty one of any kind.

Rows go in the order of their table's key and in chunks of a fixed length, so that what only ever grows, such
as the ledger, gives the same chunks in the next backup. What SQLite kept may be put into PostgreSQL.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Integer, MetaData, Table, func, insert, inspect, literal, select, text
from sqlalchemy import table as table_named

from dossier.errors import BackupDamaged, BackupNewer, TargetNotEmpty
from storage.backup_blobs import BlobFolder
from storage.backup_set import KeptTable
from storage.database import open_database, reading, writing
from storage.schema import NEWEST, bring_to

ROWS: Final = 2000
"""Rows of a chunk."""
_REVISION: Final = "alembic_version"
_FIRST_REVISION: Final = "0001"
"""Of tables from before there were revisions."""
_BYTES: Final = "base64"


class SqlTables:
    """Every table of a database, whatever they are."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)

    @contextmanager
    def at_one_moment(self) -> Iterator[Snapshot]:
        """The database as it is now, however long it takes to read. Raises StorageError."""
        with reading(self._engine) as connection:
            if self._engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Snapshot(connection)

    def check_empty(self) -> None:
        """Raises TargetNotEmpty where any table has a row."""
        with reading(self._engine) as connection:
            for name in inspect(connection).get_table_names():
                wanted = select(literal(1)).select_from(table_named(name)).limit(1)
                if name != _REVISION and connection.execute(wanted).first() is not None:
                    raise TargetNotEmpty(f"database table {name}", "holds rows")

    def load(self, kept: Sequence[KeptTable], schema: str, blobs: BlobFolder) -> int:
        """Put rows into an empty database, all of them or none; how many rows.

        Rows of an older release go into the tables of their time, which are then brought forward.
        Raises BackupNewer where the tables are not known here, BackupDamaged, StorageError, DiskFull.
        """
        revision = schema or _FIRST_REVISION
        check_schema(revision)
        rows = 0
        with writing(self._engine) as connection:
            tables = MetaData()
            tables.reflect(connection)
            if revision != NEWEST:
                tables.drop_all(connection)
                bring_to(connection, revision)
                tables = MetaData()
                tables.reflect(connection)
            wanted = {table.name: table for table in kept if table.name != _REVISION}
            _check_known(tables, wanted)
            for there in tables.sorted_tables:
                if there.name in wanted:
                    rows += _load(connection, there, wanted[there.name], blobs)
            if revision != NEWEST:
                bring_to(connection, NEWEST)
        return rows

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


class Snapshot:
    """A database at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = MetaData()
        self._tables.reflect(connection)

    @property
    def schema(self) -> str:
        """Revision of the tables; empty for those from before there were any."""
        table = self._tables.tables.get(_REVISION)
        if table is None:
            return ""
        return str(self._connection.execute(select(table)).scalar() or "")

    def ledger_head(self) -> tuple[int, str]:
        """Number and SHA-256 of the ledger's last entry."""
        ledger = self._tables.tables.get("ledger")
        if ledger is None:
            return 0, ""
        wanted = select(ledger.c.number, ledger.c.sha256).order_by(ledger.c.number.desc()).limit(1)
        row = self._connection.execute(wanted).first()
        return (int(row[0]), str(row[1])) if row is not None else (0, "")

    def keep(self, blobs: BlobFolder) -> tuple[KeptTable, ...]:
        """Every table, in an order in which they can be put back. Raises DiskFull, StorageError."""
        return tuple(self._keep(table, blobs) for table in self._tables.sorted_tables)

    def _keep(self, table: Table, blobs: BlobFolder) -> KeptTable:
        order = list(table.primary_key.columns) or list(table.columns)
        wanted = select(table).order_by(*order)
        pieces, count = [], 0
        result = self._connection.execute(wanted, execution_options={"yield_per": ROWS})
        for chunk in result.partitions(ROWS):
            count += len(chunk)
            pieces.append(blobs.put_rows([[_plain(value) for value in row] for row in chunk]))
        return KeptTable(table.name, tuple(column.name for column in table.columns), count, tuple(pieces))


def check_schema(schema: str) -> None:
    """Raises BackupNewer where a later release made the tables."""
    if schema > NEWEST:
        raise BackupNewer("database", f"its tables are of revision {schema}, this release knows {NEWEST}")


def _check_known(tables: MetaData, wanted: Mapping[str, KeptTable]) -> None:
    """Raises BackupNewer where a table or a column has nowhere to go."""
    for table in wanted.values():
        there = tables.tables.get(table.name)
        if there is None:
            raise BackupNewer(f"table {table.name}", "is not known here")
        unknown = set(table.columns) - {column.name for column in there.columns}
        if unknown:
            raise BackupNewer(f"table {table.name}", f"has columns not known here: {sorted(unknown)}")


def _load(connection: Connection, table: Table, kept: KeptTable, blobs: BlobFolder) -> int:
    count = 0
    for pieces in kept.pieces:
        rows = [dict(zip(kept.columns, map(_value, row), strict=True)) for row in blobs.rows(pieces)]
        if rows:
            connection.execute(insert(table), rows)
        count += len(rows)
    if count != kept.rows:
        raise BackupDamaged(f"table {kept.name}", f"has {count} rows of {kept.rows}")
    if connection.dialect.name == "postgresql":
        _set_sequence(connection, table)
    return count


def _set_sequence(connection: Connection, table: Table) -> None:
    """The next number follows the last one that was put back."""
    key = list(table.primary_key.columns)
    if len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    asked = text("SELECT pg_get_serial_sequence(:table, :key)")
    named = {"table": f'"{table.name}"', "key": key[0].name}
    sequence = connection.execute(asked, named).scalar()
    last = connection.execute(select(func.max(key[0]))).scalar()
    if sequence is not None and last is not None:
        connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {_BYTES: base64.b64encode(bytes(value)).decode()}
    if value is None or isinstance(value, str | int | float):
        return value
    raise BackupDamaged("database", f"holds a {type(value).__name__}, which no backup can keep")


def _value(kept: Any) -> Any:
    return base64.b64decode(kept[_BYTES]) if isinstance(kept, dict) else kept
