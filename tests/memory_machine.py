"""A machine over an archive in memory: real tables, spool and checkpoints; nothing that reads or signs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import cast

from flows import desk as desk_of_machine
from flows.settings import Settings
from flows.wiring import Workshop
from storage.checkpoints import FolderCheckpoints
from storage.desk import SqlDesk
from storage.holds import SqlHolds
from storage.index import SqlIndex
from storage.judgements import SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.people import SqlPeople
from storage.review import SqlReviews
from storage.review_typed import SqlTyped
from storage.spool import FolderSpool
from storage.waiting import SqlRegisterWaits

KEYS = Keyring([DataKey(b"k" * 32)])


@contextmanager
def memory_machine(
    settings: Settings, archive: MemoryArchive, clock: Callable[[], datetime]
) -> Iterator[Workshop]:
    """What disposal and requests about a person work on."""
    url = settings.database
    kept = SqlDesk(url, KEYS, clock)
    parts = SimpleNamespace(
        settings=settings,
        clock=clock,
        keys=KEYS,
        spool=FolderSpool(settings.spool_folder, KEYS),
        checkpoints=FolderCheckpoints(settings.checkpoint_folder, KEYS),
        archive=archive,
        lock=archive,
        index=SqlIndex(url, keys=KEYS),
        people=SqlPeople(url, KEYS),
        judgements=SqlJudgements(url),
        waits=SqlRegisterWaits(url, KEYS),
        holds=SqlHolds(url, KEYS),
        ledger=SqlLedger(url),
        desk=desk_of_machine.Desk(kept),
        reviews=SqlReviews(url, KEYS),
        typed=SqlTyped(url, KEYS),
    )
    yield cast(Workshop, parts)
    for part in (kept, parts.index, parts.people, parts.judgements, parts.waits, parts.holds, parts.ledger):
        part.close()
