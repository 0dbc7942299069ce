"""The database behind index and ledger: SQLite by default, anything SQLAlchemy speaks to by its URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from dossier.errors import DiskFull, StorageError
from storage.files import private_folder, translated

_BUSY_SECONDS: Final = 30
_WRITES: Final = "sohoa_writes"


def open_database(url: str, *tables: MetaData) -> Engine:
    """Connect, and make the tables that are not there. Raises StorageError, DiskFull."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = _open_sqlite(url, parsed.database)
        else:
            engine = create_engine(url, pool_pre_ping=True)
    except (SQLAlchemyError, ImportError) as e:
        raise StorageError("database", f"cannot be opened: {e}") from e
    _make_tables(engine, tables)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that looks and changes nothing. Raises StorageError."""
    with _translated(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of its own, committed at the end; on SQLite writers queue up.

    IntegrityError passes, for the caller knows what it means. Raises StorageError, DiskFull.
    """
    with (
        _translated(),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


def forget_deleted(engine: Engine) -> None:
    """Empty SQLite's write-ahead log, where rows that were erased or sealed may still stand as they were."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            connection.rollback()
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _open_sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        path = Path(database)
        with translated(path):
            private_folder(path.parent)
            path.touch(mode=0o600)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """The driver's own transactions begin too late for a chain; `_begin_sqlite` begins them instead."""
    connection.isolation_level = None
    # What was erased is overwritten, so that it is not read from the file's free pages.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_tables(engine: Engine, tables: tuple[MetaData, ...]) -> None:
    for each in tables:
        try:
            with writing(engine) as connection:
                each.create_all(connection)
        except (StorageError, IntegrityError):
            # Another process may have made them in the same moment; what is there now is not made again.
            with writing(engine) as connection:
                each.create_all(connection)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as e:
        cause = str(e.orig)
        raise (DiskFull if "full" in cause else StorageError)("database", cause) from e
    except SQLAlchemyError as e:
        raise StorageError("database", str(e)) from e
