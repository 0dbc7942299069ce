"""Heads of the ledger in the store, under lock: what the ledger was, out of reach of who can change it.

A head holds the SHA-256 of every entry since the head before it, and of that head itself. So the first entry
that somebody wrote anew is found exactly, and no head can be left out unseen. A time stamp over a head lies
beside it. Rewriting history then needs the database, the store and the time stamping service together.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any, Final

from dossier.archive import ArchivedObject
from dossier.audit import KeptVersion, LockedHead
from dossier.audit_ports import ArchiveAuditor
from dossier.errors import NotInArchive, StorageError
from dossier.ports import Archive
from storage.ledger import BEGINNING

HEADS: Final = "ledger/heads/"
"""Where heads lie in the bucket; their names sort by the last entry that they cover."""
STAMP: Final = ".tst"
"""What the name of a head's time stamp token ends with."""
LONGEST: Final = 20_000
"""Entries that one head covers at most, about 1.3 MB."""
_HEAD: Final = ".json"
_FORMAT: Final = "sohoa-ledger-head-1"


def head_key(last: int) -> str:
    """The key of the head that ends with an entry."""
    return f"{HEADS}{last:010d}{_HEAD}"


def stamp_key(key: str) -> str:
    """The key of a head's time stamp."""
    return key.removesuffix(_HEAD) + STAMP


def write_head(first: int, digests: tuple[str, ...], previous_sha256: str, at: str) -> bytes:
    """A head as canonical JSON: UTF-8, sorted keys, no spaces, one line."""
    said = {
        "format": _FORMAT,
        "first": first,
        "last": first + len(digests) - 1,
        "entries": list(digests),
        "previous_head_sha256": previous_sha256,
        "at": at,
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read_head(written: bytes, key: str, version_id: str = "") -> LockedHead:
    """The head that `write_head` wrote. Raises StorageError, naming it."""
    try:
        said = json.loads(written)
        head = LockedHead(
            key=key,
            version_id=version_id,
            sha256=hashlib.sha256(written).hexdigest(),
            first=int(said["first"]),
            digests=tuple(str(digest) for digest in said["entries"]),
            previous_sha256=str(said["previous_head_sha256"]),
            at=str(said["at"]),
        )
    except (ValueError, KeyError, TypeError) as e:
        raise StorageError(key, "is not a head of the ledger") from e
    if said.get("format") != _FORMAT or head.last != said.get("last") or key != head_key(head.last):
        raise StorageError(key, "is not the head of the ledger that its name says")
    return head


def list_heads(auditor: ArchiveAuditor) -> tuple[tuple[LockedHead, ...], tuple[str, ...]]:
    """Every head in the store, the oldest first, and what is wrong with them.

    What was put over a head later never counts: the oldest version is the one that was locked first.
    Raises StoreUnreachable.
    """
    heads: list[LockedHead] = []
    troubles: list[str] = []
    for key, versions in sorted(_by_key(auditor).items()):
        if not key.endswith(_HEAD):
            continue
        kept = [version for version in versions if not version.is_marker]
        if len(versions) > 1:
            troubles.append(f"{key}: something was put over it; its first version counts")
        try:
            first = kept[-1].version_id
            heads.append(read_head(_as_promised(auditor, key, first), key, first))
        except (IndexError, NotInArchive):
            troubles.append(f"{key}: is gone; only a delete marker is left")
        except StorageError as e:
            if e.retryable:
                raise
            troubles.append(f"{key}: {e.cause}")
    return tuple(heads), (*troubles, *_gaps(heads))


def locked_digests(heads: tuple[LockedHead, ...]) -> dict[int, str]:
    """SHA-256 of the entries by their number; where heads overlap, the older one counts."""
    found: dict[int, str] = {}
    for head in heads:
        for number, digest in enumerate(head.digests, head.first):
            found.setdefault(number, digest)
    return found


def stamp_of(auditor: ArchiveAuditor, key: str) -> bytes | None:
    """The time stamp token of a head; None where it has none. Raises StoreUnreachable, StorageError."""
    wanted = stamp_key(key)
    kept = [v for v in auditor.versions(wanted) if v.key == wanted and not v.is_marker]
    return auditor.fetch(wanted, kept[-1].version_id) if kept else None


def put_head(archive: Archive, head: bytes, last: int) -> ArchivedObject:
    """Put a head under lock. Raises StoreConflict where another one stands there, StorageError."""
    return archive.put(head_key(last), head, "application/json")


def put_stamp(archive: Archive, key: str, token: bytes) -> ArchivedObject:
    """Put the time stamp of a head beside it, under lock. Raises StorageError."""
    return archive.put(stamp_key(key), token, "application/timestamped-data")


def _as_promised(auditor: ArchiveAuditor, key: str, version_id: str) -> bytes:
    data = auditor.fetch(key, version_id)
    promised = auditor.fingerprint(key, version_id).promised_sha256
    if promised and hashlib.sha256(data).hexdigest() != promised:
        raise StorageError(key, "its bytes are not those that were put")
    return data


def _by_key(auditor: ArchiveAuditor) -> dict[str, list[KeptVersion]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for version in auditor.versions(HEADS):
        found[version.key].append(version)
    return found


def _gaps(heads: list[LockedHead]) -> list[str]:
    """Heads that are no longer there: each names the one before it, and their entries follow one another."""
    troubles = []
    known = {BEGINNING} | {head.sha256 for head in heads}
    covered = 0
    for head in heads:
        if head.first > covered + 1:
            troubles.append(f"{head.key}: entries {covered + 1} to {head.first - 1} lie in no head")
        if head.previous_sha256 not in known:
            troubles.append(f"{head.key}: the head before it is gone or was changed")
        covered = max(covered, head.last)
    return troubles
