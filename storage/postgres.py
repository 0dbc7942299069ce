"""PostgreSQL as the database of several machines: psycopg, one writer at a time, sessions that never hang.

Writers take turns by an advisory lock, as they do on SQLite: what reads before it writes needs no second way
of thinking. A writer that was cut off in the middle gives its turn back after `_ABANDONED`, a client whose
server is gone hears of it within about `_SILENT_MS`. One whose server is there and never answers (stopped, or
behind a proxy without it) gives up after `ANSWER_SECONDS`, which the network's own limits never notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from dossier.errors import DatabaseUnfit
from storage.connections import WRITES

_TURN: Final = 0x50_48_4F_41
"""The advisory lock that a writer holds until its transaction ends."""
_PATIENCE: Final = "30s"
_ABANDONED: Final = "10s"
_SILENT_MS: Final = 10_000
ANSWER_SECONDS: Final = 300.0
"""How long one statement may take, its rows included; the turn to write is waited for as `_PATIENCE` says."""
_answer_seconds: ContextVar[float | None] = ContextVar("answer_seconds", default=ANSWER_SECONDS)
_OLDEST: Final = 130_000
_KEPT: Final = 5
"""Connections that this process keeps for its next look."""
_MORE: Final = 15
"""Further ones while many look at once."""
_ORDERS: Final = ("C", "POSIX", "C.UTF-8", "C.utf8")
"""Orders of letters in which text sorts as its bytes, as SQLite sorts it."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection that does not wait for ever."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg's own. Raises OperationalError where no answer comes; the connection is closed then."""
        try:
            return super().wait(gen, interval, timeout or _answer_seconds.get())
        except psycopg.errors._WaitTimeout:  # the one name that psycopg 3.3 has for it
            if timeout is None:
                self.pgconn.finish()
                raise psycopg.OperationalError("no answer in time") from None
            raise


@contextmanager
def answered_within(seconds: float | None) -> Iterator[None]:
    """Statements of this thread may take as long as this until the end of the block; None for any time."""
    before = _answer_seconds.set(seconds)
    try:
        yield
    finally:
        _answer_seconds.reset(before)


def open_postgres(url: URL) -> Engine:
    """Connect. Raises DatabaseUnfit, and what SQLAlchemy raises where nobody answers."""
    engine = create_engine(
        url,
        pool_size=_KEPT,
        max_overflow=_MORE,
        pool_pre_ping=True,  # the server may have been started anew since the last look
        connect_args={
            "connect_timeout": 10,
            "application_name": "sohoa",
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": _SILENT_MS,
        },
    )
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            _check(connection)
    except Exception:
        engine.dispose()
        raise
    return engine


def _connect(_dialect: object, _record: object, args: Any, named: Any) -> psycopg.Connection[Any]:
    return PatientConnection.connect(*args, **named)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES, False):
        connection.execute(
            text(
                "SELECT set_config('lock_timeout', :patience, true), "
                "set_config('idle_in_transaction_session_timeout', :abandoned, true)"
            ),
            {"patience": _PATIENCE, "abandoned": _ABANDONED},
        )
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})


def _check(connection: Connection) -> None:
    found: Any = connection.execute(
        text(
            "SELECT current_setting('server_version_num')::int AS version, datcollate, "
            "pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()"
        )
    ).one()
    if found.encoding != "UTF8":
        raise DatabaseUnfit("database", f"keeps text as {found.encoding}, not as UTF8")
    if found.datcollate not in _ORDERS:
        raise DatabaseUnfit("database", f"sorts text in the order {found.datcollate}, not as its bytes")
    if found.version < _OLDEST:
        raise DatabaseUnfit("database", f"is PostgreSQL {found.version // 10_000}; 13 or newer is needed")
