"""Other systems that call: who they are, what each may do, and what they hand in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dossier.desk import DeskState


class Scope(StrEnum):
    """One thing that a client may do."""

    DOSSIERS_WRITE = "dossiers:write"
    """Open dossiers, upload pages, begin and hold."""
    DOSSIERS_READ = "dossiers:read"
    """Read progress, verdict and findings, numbers and names masked."""
    FILES_READ = "files:read"
    """List and fetch what was archived."""
    PERSONS_READ = "persons:read"
    """See numbers and names in full; alone it opens nothing."""
    REQUIREMENTS_CHECK = "requirements:check"
    """Ask about papers, and read the catalogue."""
    WEBHOOKS_MANAGE = "webhooks:manage"
    """Subscribe to events."""


@dataclass(frozen=True, slots=True)
class Client:
    """Another system with a token of its own."""

    name: str
    """Short name; the ledger says client:NAME."""
    scopes: tuple[Scope, ...]
    counters: tuple[str, ...]
    """Counters whose dossiers it may open and see; empty for every one."""
    purpose: str
    """What it looks at personal data for, where a call says nothing else."""
    created_at: datetime
    """Aware."""
    expires_at: datetime | None
    """From when on its token is worth nothing; None for never."""
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """To the minute; None while nobody called."""

    @property
    def actor(self) -> str:
        """How the ledger names it."""
        return f"client:{self.name}"

    def may(self, scope: Scope) -> bool:
        """Whether it was given a scope."""
        return scope in self.scopes

    def sees(self, counter: str) -> bool:
        """Whether a counter is one of its own."""
        return not self.counters or counter in self.counters

    def is_good_at(self, moment: datetime) -> bool:
        """Whether its token counts at that moment."""
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)


@dataclass(frozen=True, slots=True)
class DepositOrder:
    """What a client says about a dossier when it opens it."""

    dossier: str
    """Dossier code (mã hồ sơ)."""
    procedure: str
    """National code of the procedure."""
    counter: str
    """The counter (quầy) that it belongs to; empty where the client names none."""
    received_on: date
    cases: tuple[str, ...] = ()
    due_on: date | None = None
    """Day promised to the applicant (ngày hẹn trả)."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A dossier that another system handed in."""

    order: DepositOrder
    client: str
    """Name of the client that opened it."""
    state: DeskState
    is_held: bool
    """Whether it waits until its client begins it."""
    trouble: str
    """Class of the error that it met; empty for none."""
    opened_at: datetime
    changed_at: datetime
    version: int
    """Counts every change of state, from 1."""


@dataclass(frozen=True, slots=True)
class DepositFile:
    """A file that a client uploaded. Its own name is not kept, for names of files name people."""

    position: int
    """1-based, in the order of arrival."""
    sha256: str
    size_bytes: int
    media_type: str
    """By content."""
    suffix: str
    """What its kind of file ends with, ".pdf"."""

    @property
    def name(self) -> str:
        """The name under which evidence cites it."""
        return f"{self.position:04d}{self.suffix}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a dossier, told to those who subscribed. It holds no personal data."""

    id: str
    """The same in every attempt to tell it."""
    number: int
    """Counts all events of this machine; the order in which they are told."""
    dossier: str
    """Empty for an event that is about none."""
    kind: str
    """For example "dossier.archived"."""
    at: str
    """ISO 8601, +07:00."""
    body: str
    """JSON, exactly as it is sent and signed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a client wants to be told."""

    id: str
    client: str
    url: str
    kinds: tuple[str, ...]
    """Kinds of event; empty for all."""
    created_at: str


class DeliveryState(StrEnum):
    """Where the telling of an event stands."""

    DUE = "due"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up; it stays until somebody redrives or discards it, and holds back what follows it."""
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The telling of one event to one subscriber."""

    webhook: Webhook
    event: Event
    state: DeliveryState
    attempts: int
    next_at: float
    """Seconds since the epoch before which it is not tried again."""
    trouble: str
    """What the last attempt met; empty for none."""
