"""The tables as they were when revisions began; those that a database has already stay as they are.

Databases from before made each table when it was first needed, so any of them may be missing.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from storage.migrations import first_archive, first_desk

revision = "0001"
down_revision = None

_LEDGER_REFUSES: Final = {
    "sqlite": (
        "CREATE TRIGGER ledger_refuses_update BEFORE UPDATE ON ledger "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
        "CREATE TRIGGER ledger_refuses_delete BEFORE DELETE ON ledger "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
        "CREATE TRIGGER ledger_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()",
    ),
}


def upgrade() -> None:
    """Make what is not there."""
    connection = op.get_bind()
    had_ledger = sa.inspect(connection).has_table("ledger")
    for tables in (first_archive.tables, first_desk.tables):
        tables.create_all(connection)
    if not had_ledger:
        for statement in _LEDGER_REFUSES.get(connection.dialect.name, ()):
            connection.exec_driver_sql(statement)
