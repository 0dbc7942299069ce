"""What tells a paper in the archive from others of its kind and person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Papers that were kept before say none, until their dossier is run again."""
    op.add_column("kept_papers", sa.Column("marks", sa.Text()))
