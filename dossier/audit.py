"""What an audit of the archive finds: objects, versions, the ledger's chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FixityState(StrEnum):
    """What looking at one object of the archive showed."""

    INTACT = "intact"
    CHANGED = "changed"
    """Its bytes are not those that were archived, or the store cannot give them whole."""
    MISSING = "missing"
    """The index knows it, the store does not."""
    UNEXPECTED = "unexpected"
    """The store has it, and no package put it there."""
    NOT_CHECKED = "not_checked"
    """The store did not answer."""


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """One version of an object, as the store lists it."""

    key: str
    version_id: str
    size_bytes: int
    is_marker: bool = False
    """A delete marker, which hides the versions before it."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the bytes of an object are, read anew."""

    sha256: str
    size_bytes: int
    promised_sha256: str = ""
    """What the store keeps beside it; empty where it keeps nothing."""


@dataclass(frozen=True, slots=True)
class ExpectedObject:
    """One object that has to be in the archive."""

    key: str
    version_id: str
    sha256: str
    size_bytes: int
    media_type: str
    retain_until: datetime
    """Until when the store promised to keep it."""


@dataclass(frozen=True, slots=True)
class ExpectedPackage:
    """A package that has to be in the archive, with everything in it."""

    dossier: str
    prefix: str
    """Key prefix of the package."""
    manifest_sha256: str
    objects: tuple[ExpectedObject, ...]


@dataclass(frozen=True, slots=True)
class FixityTrouble:
    """An object that is not as it should be."""

    key: str
    version_id: str
    state: FixityState
    detail: str
    """What is wrong, in a few words of English; the console has the Vietnamese of the state."""
    dossier: str = ""


@dataclass(frozen=True, slots=True)
class LedgerBreak:
    """Where the ledger stops being what was written."""

    number: int
    """The first entry that is not as it was."""
    reason: str


@dataclass(frozen=True, slots=True)
class LockedHead:
    """A head of the ledger, as the store keeps it under lock."""

    key: str
    version_id: str
    sha256: str
    """Of the head's own bytes."""
    first: int
    """Number of the first entry that it covers."""
    digests: tuple[str, ...]
    """SHA-256 of every entry from the first on."""
    previous_sha256: str
    """Of the head before it; 64 zeros for the first."""
    at: str
    """When it was made, ISO 8601, +07:00."""

    @property
    def last(self) -> int:
        """Number of the last entry that it covers."""
        return self.first + len(self.digests) - 1


@dataclass(frozen=True, slots=True)
class LedgerAudit:
    """The judgement over the whole ledger."""

    entries: int
    """How many entries there are."""
    broken: LedgerBreak | None
    """The first broken entry; None where the chain holds."""
    heads: int
    """Heads found under lock."""
    locked_to: int
    """The newest entry whose digest lies under lock; later ones are proven by the chain alone."""
    stamped_to: int
    """The newest entry that a time stamping service has seen."""
    stamped_at: datetime | None
    """When it saw that one, aware."""
    troubles: tuple[str, ...]
    """What is wrong with heads and their time stamps."""
    not_checked: tuple[str, ...]
    """What could not be looked at, and why."""
