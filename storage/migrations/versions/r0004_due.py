"""The day that a system which hands in dossiers promised to the applicant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Dossiers that were handed in before say none."""
    op.add_column("deposits", sa.Column("due_on", sa.String(10)))
