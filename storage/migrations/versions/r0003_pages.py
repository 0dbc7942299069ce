"""Prints of the pages that the archive keeps, and the names under which they are found."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables, empty: a dossier enters its pages when it is archived or run again."""
    op.create_table(
        "kept_pages",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("dossier", sa.String(255), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.UniqueConstraint("dossier", "page"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kept_page_names",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Index("ix_kept_page_names_number", "number"),
        sqlite_with_rowid=False,
    )
