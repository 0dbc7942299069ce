"""How the ledger speaks of backups and copies of keys, and of which machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from dossier.archive import LedgerEntry
from dossier.audit_ports import AuditedLedger
from flows.machine import machine_name
from flows.settings import Settings

BACKED_UP: Final = "backed-up"
"""A backup was made."""
KEYS_COPIED: Final = "keys-copied"
"""The keys of a machine were copied into a file for a safe."""
_SUBJECTS: Final = {BACKED_UP: "backup of", KEYS_COPIED: "keys of"}


def note_made(ledger: AuditedLedger, settings: Settings, action: str, detail: Mapping[str, object]) -> None:
    """Write that this machine was backed up, or its keys were copied. Raises StorageError, DiskFull."""
    said = {**detail, "machine": machine_name(settings)}
    written = json.dumps(said, ensure_ascii=False)
    ledger.append(settings.officer, action, _subject(settings, action), written)


def last_made(ledger: AuditedLedger, settings: Settings, action: str) -> LedgerEntry | None:
    """The newest such entry of this machine. Raises StorageError.

    A ledger of this machine's own (SQLite) speaks of no other, also where its entries name none. Of a ledger
    that machines share, only those count that name this one.
    """
    is_shared = not settings.database.startswith("sqlite")
    subject = _subject(settings, action) if is_shared else None
    found = ledger.entries(1, subject=subject, action=action)
    return found[0] if found else None


def _subject(settings: Settings, action: str) -> str:
    return f"{_SUBJECTS[action]} {machine_name(settings)}"
