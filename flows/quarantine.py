"""Quarantined files taken out and forgotten, each written down in the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flows.settings import Settings
from flows.viewing import View, note_view
from flows.wiring import open_keys, open_quarantine
from storage.ledger import SqlLedger
from storage.quarantine import Quarantined


def take_out(settings: Settings, entry: str, to: Path, why: str) -> Quarantined:
    """Copy a file out of quarantine into a new file; the view is written down first.

    Raises StorageError where there is no such entry or the file is there already, and as `note_view`.
    """
    aside = open_quarantine(settings, open_keys(settings))
    kept = aside.find(entry)
    note_view(settings, View("quarantine", f"file:{kept.sha256 or kept.id}", why))
    aside.copy(entry, to)
    return kept


def forget_entries(
    settings: Settings, entries: Sequence[str], before: datetime | None
) -> tuple[Quarantined, ...]:
    """Forget these, and all that came before a time; each is written down first.

    Raises StorageError where one of them is not there; nothing is forgotten then.
    """
    aside = open_quarantine(settings, open_keys(settings))
    named = [aside.find(entry) for entry in dict.fromkeys(entries)]
    old = [each for each in aside.entries() if before and datetime.fromisoformat(each.at) < before]
    gone = tuple({each.id: each for each in (*named, *old)}.values())
    ledger = SqlLedger(settings.database)
    try:
        for each in gone:
            detail = {"error": each.error, "size_bytes": each.size_bytes, "since": each.at}
            ledger.append(
                settings.officer, "quarantine-forgotten", f"file:{each.sha256 or each.id}", json.dumps(detail)
            )
            aside.forget(each.id)
    finally:
        ledger.close()
    return gone
