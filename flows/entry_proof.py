"""The proof of one ledger entry: its own seal, the head that holds its digest under lock, that head's stamp.

Only the head that covers the entry is fetched, so the proof costs the same whatever the ledger's length. That
nothing is missing between entries is for `flows.ledger_audit`, which reads all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dossier.archive import LedgerEntry
from dossier.audit import KeptVersion, LockedHead
from dossier.errors import NotInArchive, StorageError
from flows.ledger_audit import LedgerRoom
from pipeline.data_stamp import judge_stamp
from storage.ledger import sealed
from storage.ledger_heads import HEADS, read_head, stamp_of

_HEAD: Final = ".json"


@dataclass(frozen=True, slots=True)
class EntryProof:
    """What proves one entry."""

    is_as_written: bool
    """Its words are those that its SHA-256 was made of."""
    head: str
    """Key of the head that covers it; empty where none does yet."""
    head_last: int
    """Number of the last entry under that head; 0 without one."""
    head_at: str
    """When the head was made, ISO 8601; empty without one."""
    is_under_lock: bool
    """The head holds this very digest."""
    stamped_at: datetime | None
    """When a time stamping service saw the head, aware; None where that is not proven."""
    trouble: str
    """What is wrong, or could not be looked at, in a few words of English; empty where nothing is."""
    is_checked: bool = True
    """False where the store did not answer: then nothing is said about head and stamp."""

    @property
    def outcome(self) -> str:
        """ "pass", "fail", or "not_checked" where the store did not answer or no head covers it yet."""
        if not self.is_as_written or (self.head and self.is_checked and not self.is_under_lock):
            return "fail"
        if not self.is_checked or not self.head:
            return "not_checked"
        return "fail" if self.trouble else "pass"


def prove_entry(room: LedgerRoom, entry: LedgerEntry) -> EntryProof:
    """Prove one entry; damage and a store that is down are judgements, never exceptions."""
    # 1. Its words are those that were sealed.
    is_as_written = sealed(entry) == entry
    nothing = EntryProof(is_as_written, "", 0, "", False, None, "")
    # 2. The head that covers it holds its digest.
    try:
        head = _head_over(room, entry.number)
        if head is None:
            return nothing
        place = entry.number - head.first
        is_locked = 0 <= place < len(head.digests) and head.digests[place] == entry.sha256
        # 3. The head's time stamp proves when it was there.
        stamped_at, trouble = _stamp(room, head)
    except StorageError as e:
        return EntryProof(is_as_written, "", 0, "", False, None, str(e), is_checked=False)
    return EntryProof(is_as_written, head.key, head.last, head.at, is_locked, stamped_at, trouble)


def _head_over(room: LedgerRoom, number: int) -> LockedHead | None:
    """The first head whose last entry is this one or a later one, in its first version."""
    over: dict[str, KeptVersion] = {}
    for version in room.auditor.versions(HEADS):
        name = version.key.removeprefix(HEADS).removesuffix(_HEAD)
        if version.key.endswith(_HEAD) and name.isdigit() and int(name) >= number and not version.is_marker:
            over[version.key] = version  # newest first: the oldest version is the one that stays
    if not over:
        return None
    first = over[min(over)]
    try:
        return read_head(room.auditor.fetch(first.key, first.version_id), first.key, first.version_id)
    except NotInArchive as e:
        raise StorageError(first.key, "is gone") from e


def _stamp(room: LedgerRoom, head: LockedHead) -> tuple[datetime | None, str]:
    token = stamp_of(room.auditor, head.key)
    if token is None:
        return None, ""
    judged = judge_stamp(token, room.auditor.fetch(head.key, head.version_id), room.roots)
    return judged.at, judged.trouble
