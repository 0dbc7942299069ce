"""The doors through which an archive is audited.

Adapters do not inherit these; mypy checks the fit where they are composed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from dossier.archive import ArchivedObject, LedgerEntry
from dossier.audit import ExpectedObject, ExpectedPackage, Fingerprint, KeptVersion, LedgerBreak


class ArchiveAuditor(Protocol):
    """What an auditor needs of a store, or of a second copy: everything in it, read anew."""

    def versions(self, prefix: str) -> Iterator[KeptVersion]:
        """Every version of every object whose key begins with this prefix, by key, newest first.

        Raises StoreUnreachable, StorageError.
        """

    def fingerprint(self, key: str, version_id: str = "") -> Fingerprint:
        """Read an object to its end.

        Raises NotInArchive, StoreUnreachable; StorageError where the store cannot give its bytes whole.
        """

    def fetch(self, key: str, version_id: str = "") -> bytes:
        """The bytes as they lie there, compared with nothing. Raises as `fingerprint`."""

    def restore(self, expected: ExpectedObject, data: bytes) -> ArchivedObject:
        """Put the right bytes in place of a lost or damaged object, beside the damaged one, locked as long.

        Raises StoreUnreachable, StorageError, DiskFull.
        """


class Holdings(Protocol):
    """What has to be in the archive, by the index."""

    def packages(self, after: str = "") -> Iterator[ExpectedPackage]:
        """Every package, the older ones of a dossier too, by prefix, those after one prefix only."""

    def prefixes(self) -> frozenset[str]:
        """Key prefixes of all packages."""

    def note_restored(self, key: str, version_id: str, kept: ArchivedObject) -> None:
        """From now on another version of an object is the one that counts."""


class AuditedLedger(Protocol):
    """A ledger that can be proven."""

    def append(self, actor: str, action: str, subject: str, detail: str) -> LedgerEntry:
        """Write one entry."""

    def audit(self, locked: Mapping[int, str]) -> tuple[int, LedgerBreak | None]:
        """Number of entries, and the first that is broken.

        Args:
            locked: SHA-256 of entries by their number, from where whoever can change the ledger cannot.
        """

    def digests(self, after: int, limit: int) -> tuple[str, ...]:
        """SHA-256 of the entries that follow one, in their order."""

    def entries(
        self, limit: int = 100, subject: str | None = None, action: str | None = None
    ) -> tuple[LedgerEntry, ...]:
        """The newest entries, newest first, of one subject or action where they are given."""
