"""Databases for tests: SQLite in a folder, and a real PostgreSQL server on a port of its own."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy.engine import make_url

from storage.database import open_database
from storage.postgres_server import PostgresServer, find_programs

# Tests lose nothing when the machine stops: nothing has to reach the disk.
_FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "60"}


class Databases:
    """A server with one database that is emptied for every test, and bare ones."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._url = server.database("tables")
        open_database(self._url).dispose()

    def emptied(self) -> str:
        """The URL of the database whose tables are those of this release, and empty."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            known = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            tables = [name for (name,) in known if name != "alembic_version"]
            some = " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})"  # noqa: S608 - names of tables
                for name in tables
            )
            # Who still holds a transaction open there did not close what the last test opened.
            connection.execute("SET lock_timeout = '5s'")
            connection.execute("SET session_replication_role = replica")  # past the ledger's refusal
            if filled := [name for (name,) in connection.execute(some).fetchall()]:  # type: ignore[call-overload]
                connection.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")  # type: ignore[call-overload]
        return self._url

    def bare(self) -> str:
        """The URL of a database without tables."""
        return self.server.database(f"b{uuid.uuid4().hex}")


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A running server; its folder is no folder of pytest's, which the server's user may not enter."""
    with TemporaryDirectory(prefix="sohoa-postgres-") as folder:
        server = PostgresServer(Path(folder), _FAST)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def everything_in(url: str) -> bytes:
    """All that a database holds, as somebody who took it away would read it."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        return b"".join(each.read_bytes() for each in Path(str(place.database)).parent.glob("*.sqlite*"))
    dump = [str(find_programs() / "pg_dump"), "--inserts", url]
    return subprocess.run(dump, capture_output=True, check=True, timeout=60).stdout
