"""Whether who handed in a dossier wants a clerk to look at it before it is sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """What was begun before says nothing, and is begun again for a clerk."""
    op.add_column("deposits", sa.Column("review", sa.Boolean))
