"""The ledger under lock: its head kept in the store once a day and stamped, and the proof of all of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.x509 import Certificate

from dossier.archive import ArchivedObject
from dossier.audit import LedgerAudit, LedgerBreak, LockedHead
from dossier.audit_ports import ArchiveAuditor, AuditedLedger
from dossier.errors import LedgerBroken, NotInArchive, StorageError, StoreUnfit, TimestampUnavailable
from dossier.ports import Archive
from pipeline.data_stamp import judge_stamp, stamp_data
from pipeline.seal_raise import SealServices
from storage.ledger import BEGINNING
from storage.ledger_heads import (
    LONGEST,
    list_heads,
    locked_digests,
    put_head,
    put_stamp,
    stamp_of,
    write_head,
)

log = logging.getLogger(__name__)

KEPT: Final = "ledger-head-kept"
STAMPED: Final = "ledger-head-stamped"
_ACTOR, _SUBJECT = "sohoa", "ledger"
_MANY: Final = 100_000


@dataclass(frozen=True, slots=True)
class LedgerRoom:
    """What keeping and proving the ledger works with."""

    ledger: AuditedLedger
    archive: Archive
    auditor: ArchiveAuditor
    services: SealServices | None
    """Time stamping service and trusted roots; None where no roots are known."""

    @property
    def roots(self) -> tuple[Certificate, ...]:
        """Whom time stamps may come from."""
        return self.services.roots if self.services is not None else ()


def keep_head(room: LedgerRoom, now: datetime) -> tuple[ArchivedObject, ...]:
    """Put the digests of all entries since the last head under lock, and stamp every head that owes a stamp.

    A time stamping service that is down costs no head; its stamp follows with the next one.
    Raises LedgerBroken where the chain does not hold (it is not sealed then), StoreUnreachable, StorageError.
    """
    # 1. What is under lock already, and whether the ledger still is what was locked.
    heads, troubles = list_heads(room.auditor)
    entries, broken = room.ledger.audit(locked_digests(heads))
    if broken is not None:
        raise LedgerBroken(f"ledger entry {broken.number}", broken.reason)
    for trouble in troubles:
        log.warning("heads of the ledger: %s", trouble)
    # 2. The entries since then.
    kept = []
    covered = max((head.last for head in heads), default=0)
    previous = heads[-1].sha256 if heads else BEGINNING
    while covered < entries:
        digests = room.ledger.digests(covered, min(LONGEST, entries - covered))
        at = now.isoformat(timespec="seconds")
        head = write_head(covered + 1, digests, previous, at)
        covered += len(digests)
        kept.append(put_head(room.archive, head, covered))
        previous = kept[-1].sha256
    for each in kept:
        said = {"key": each.key, "sha256": each.sha256}
        room.ledger.append(_ACTOR, KEPT, _SUBJECT, json.dumps(said))
    # 3. Stamps that are owed.
    _stamp_owed(room)
    return tuple(kept)


def audit_ledger(room: LedgerRoom, now: datetime) -> LedgerAudit:
    """Prove the whole ledger: its chain, its heads under lock, their time stamps."""
    # 1. What lies under lock.
    not_checked: list[str] = []
    heads: tuple[LockedHead, ...] = ()
    troubles: list[str] = []
    try:
        heads, wrong = list_heads(room.auditor)
        troubles += wrong
    except StorageError as e:
        not_checked.append(f"the heads in the store: {e}")
    # 2. The chain, against every digest under lock.
    entries, broken = room.ledger.audit(locked_digests(heads))
    # 3. Each head is locked still, and none that the ledger speaks of is gone.
    if not not_checked:
        troubles += _gone(room, heads, broken)
    for head in heads:
        try:
            troubles += _unlocked(room, head, now)
        except StorageError as e:
            not_checked.append(str(e))
    # 4. Each time stamp proves its head.
    stamped_to, stamped_at = 0, None
    for head in heads:
        try:
            at, trouble = _stamped(room, head)
        except StorageError as e:
            not_checked.append(str(e))
            continue
        troubles += [trouble] if trouble else []
        if at is not None:
            stamped_to, stamped_at = max(stamped_to, head.last), at
    return LedgerAudit(
        entries=entries,
        broken=broken,
        heads=len(heads),
        locked_to=max((head.last for head in heads), default=0),
        stamped_to=stamped_to,
        stamped_at=stamped_at,
        troubles=tuple(troubles),
        not_checked=tuple(not_checked),
    )


def newest_head_at(room: LedgerRoom) -> datetime | None:
    """When the newest head was made; None before the first. Raises StorageError."""
    heads, _ = list_heads(room.auditor)
    return datetime.fromisoformat(heads[-1].at) if heads else None


def _stamp_owed(room: LedgerRoom) -> None:
    services = room.services
    if services is None or not services.timestamp_url:
        return
    heads, _ = list_heads(room.auditor)
    for head in heads:
        if stamp_of(room.auditor, head.key) is not None:
            continue
        try:
            token = stamp_data(room.auditor.fetch(head.key, head.version_id), services)
        except TimestampUnavailable as e:
            log.warning("the head of the ledger is stamped later: %s", e)
            return
        kept = put_stamp(room.archive, head.key, token)
        room.ledger.append(_ACTOR, STAMPED, _SUBJECT, json.dumps({"key": kept.key, "sha256": kept.sha256}))


def _gone(room: LedgerRoom, heads: Sequence[LockedHead], broken: LedgerBreak | None) -> list[str]:
    """Heads that entries which still hold speak of, and that are not in the store."""
    there = {(head.key, head.sha256) for head in heads}
    found = []
    for entry in room.ledger.entries(_MANY, action=KEPT):
        if broken is not None and entry.number >= broken.number:
            continue
        said = json.loads(entry.detail)
        if (said["key"], said["sha256"]) not in there:
            found.append(f"{said['key']}: is not in the store as entry {entry.number} says it was put")
    return found[::-1]


def _unlocked(room: LedgerRoom, head: LockedHead, now: datetime) -> list[str]:
    try:
        until = room.archive.describe(head.key, head.version_id).retain_until
    except (StoreUnfit, NotInArchive) as e:
        return [f"{head.key}: {e.cause}"]
    return [f"{head.key}: its lock ended on {until.date()}"] if until <= now else []


def _stamped(room: LedgerRoom, head: LockedHead) -> tuple[datetime | None, str]:
    token = stamp_of(room.auditor, head.key)
    if token is None:
        return None, ""
    judged = judge_stamp(token, room.auditor.fetch(head.key, head.version_id), room.roots)
    return judged.at, f"{head.key}: {judged.trouble}" if judged.trouble else ""
