"""How the ledger speaks of backups."""

from __future__ import annotations

from typing import Final

BACKED_UP: Final = "backed-up"
"""A backup was made."""
