"""Work that waits or is under way, with its leases, and outcomes that somebody asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, where nobody made them before there were revisions."""
    known = sa.inspect(op.get_bind())
    if not known.has_table("work"):
        op.create_table(
            "work",
            sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("dossier", sa.String(64), nullable=False),
            sa.Column("lane", sa.Integer(), nullable=False),
            sa.Column("state", sa.String(16), nullable=False),
            sa.Column("since", sa.String(40), nullable=False),
            sa.Column("owner", sa.String(160), nullable=False),
            sa.Column("beat", sa.Integer(), nullable=False),
            sa.Column("lost", sa.Integer(), nullable=False),
            sa.Column("awaits", sa.String(16), nullable=False),
            sa.Column("trouble", sa.Text(), nullable=False),
            sa.Column("fingerprint", sa.String(64), nullable=False),
            sa.Column("asked_by", sa.String(160), nullable=False),
            sa.Column("is_watched", sa.Boolean(), nullable=False),
            sa.Column("content", sa.Text(), nullable=False),
            sa.UniqueConstraint("kind", "dossier"),
            sa.Index("ix_work_next", "state", "lane", "number"),
            sqlite_autoincrement=True,
        )
    if not known.has_table("work_results"):
        op.create_table(
            "work_results",
            sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
            sa.Column("at", sa.Float(), nullable=False),
            sa.Column("content", sa.Text(), nullable=False),
            sa.Index("ix_work_results_at", "at"),
        )
