"""The database behind index, ledger, desk and accounts: SQLite by default, PostgreSQL by one setting.

Both behave alike: writers take turns, readers never wait for them. Who opens a database brings its tables to
the state that this release works with (`storage.schema`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from dossier.errors import DatabaseUnfit, DiskFull, StorageError
from storage.connections import WRITES, SharedEngine, share
from storage.files import private_folder, translated
from storage.postgres import answered_within, open_postgres
from storage.schema import bring_forward, is_current

_BUSY_SECONDS: Final = 30
_AGAIN_SECONDS: Final = 0.02
_PRIMARY: Final = 0xFF
"""The part of SQLite's extended result codes that says what went wrong."""
_FULL: Final = ("is full", "No space left")
"""What SQLite and PostgreSQL say of a full disk."""


def open_database(url: str) -> SharedEngine:
    """A share of the connections to a database whose tables are those of this release.

    Raises StorageError, DiskFull, DatabaseUnfit, SchemaNewer.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            return _open_sqlite(url, parsed.database)
        if backend == "postgresql":
            # The one driver that is shipped, whatever the URL leaves to choose.
            psycopg = parsed.set(drivername="postgresql+psycopg")
            return share(url, lambda: _prepared(open_postgres(psycopg)))
    except (SQLAlchemyError, ImportError) as e:
        raise StorageError("database", f"cannot be opened: {e}") from e
    raise DatabaseUnfit("database", f"is of the kind {backend}; SQLite and PostgreSQL are known")


@contextmanager
def reading(engine: SharedEngine | Engine) -> Iterator[Connection]:
    """A connection that looks and changes nothing. Raises StorageError."""
    with _translated(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: SharedEngine | Engine) -> Iterator[Connection]:
    """A transaction of its own, committed at the end; writers queue up, also those of other machines.

    IntegrityError passes, for the caller knows what it means. Raises StorageError, DiskFull.
    """
    with (
        _translated(),
        engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


def forget_deleted(engine: SharedEngine) -> None:
    """Empty SQLite's write-ahead log, where rows that were erased or sealed may still stand as they were."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as connection:
            connection.rollback()
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _open_sqlite(url: str, database: str | None) -> SharedEngine:
    if not database or database == ":memory:":
        engine = _prepared(_sqlite(url))
        return SharedEngine(engine, engine.dispose)
    path = Path(database)
    with translated(path):
        private_folder(path.parent)
        path.touch(mode=0o600)
        found = path.stat()
    # A file that was put in the place of another one is another database.
    return share(f"{url} {found.st_dev}.{found.st_ino}", lambda: _prepared(_sqlite(url)))


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepared(engine: Engine) -> Engine:
    """The same, its tables those of this release; closed again where that cannot be."""
    try:
        with reading(engine) as connection:
            current = is_current(connection)
        if not current:
            # A province's tables take their time.
            with answered_within(None), writing(engine) as connection:
                bring_forward(connection)
    except Exception:
        engine.dispose()
        raise
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """The driver's own transactions begin too late for a chain; `_begin_sqlite` begins them instead."""
    connection.isolation_level = None
    # What was erased is overwritten, so that it is not read from the file's free pages.
    _log_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _log_ahead(connection: Any) -> None:
    """Turn to WAL; who is just doing so is waited for, as SQLite itself answers SQLITE_BUSY at once.

    Raises OperationalError where it stays locked.
    """
    given_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as e:
            if e.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > given_up:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as e:
        cause = str(e.orig)
        is_full = any(words in cause for words in _FULL)
        raise (DiskFull if is_full else StorageError)("database", cause) from e
    except SQLAlchemyError as e:
        raise StorageError("database", str(e)) from e
