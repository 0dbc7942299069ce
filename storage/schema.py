"""The tables' state: made where there are none, brought forward from an older release, refused when newer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy import Connection

from dossier.errors import SchemaNewer

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST: Final = "0006"
"""The revision that this release works with."""
_STATE: Final = sa.table("alembic_version", sa.column("version_num"))


def revision_of(connection: Connection) -> str:
    """The revision of a database; empty where it has none: it is new, or from before there were revisions."""
    if not sa.inspect(connection).has_table(_STATE.name):
        return ""
    return str(connection.execute(sa.select(_STATE.c.version_num)).scalar() or "")


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this release. Raises SchemaNewer where a later one changed them."""
    found = revision_of(connection)
    if found > NEWEST:
        raise SchemaNewer("database", f"its tables are of revision {found}, this release knows {NEWEST}")
    return found == NEWEST


def bring_forward(connection: Connection) -> None:
    """Make the tables, or change them to what this release works with, within the caller's transaction.

    Raises SchemaNewer.
    """
    if not is_current(connection):  # another process may have been faster
        bring_to(connection, NEWEST)


def bring_to(connection: Connection, revision: str) -> None:
    """Make the tables as they were at a revision, or bring older ones there."""
    from alembic import command  # not before it is needed: opening a database costs less without

    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    finally:
        del config.attributes["connection"]


@cache
def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config
