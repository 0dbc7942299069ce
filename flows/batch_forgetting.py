"""Batches that nobody needs any more, forgotten by a clerk's word and written down in the ledger."""

from __future__ import annotations

import json
from typing import Final

from dossier.errors import BatchEditRefused
from flows.scanning import ScanRoom
from flows.settings import Settings
from storage.ledger import SqlLedger

BATCH_FORGOTTEN: Final = "batch-forgotten"
"""How the ledger calls it."""


def forget_batch(settings: Settings, batch_id: str) -> int:
    """Forget a batch with all its sides; how many these were.

    Raises:
        BatchNotFound: there is no such batch.
        BatchEditRefused: a dossier in it is settled and not digitised as it lies there.
    """
    room = ScanRoom(settings)
    batch = room.load(batch_id)
    owed = ", ".join(dossier for dossier, _, _ in room.due(batch))
    if owed:
        raise BatchEditRefused(owed, "it is settled and not digitised; finish it, or set its sides aside")
    count = room.count(batch)
    detail = {
        "sides": count,
        "begun_at": batch.begun_at,
        "filed": {each.dossier: each.state for each in batch.filed},
    }
    ledger = SqlLedger(settings.database)
    try:
        ledger.append(settings.officer, BATCH_FORGOTTEN, f"batch:{batch_id}", json.dumps(detail))
    finally:
        ledger.close()
    room.forget(batch)
    return count
