"""Work on dossiers that stands in the queue until it is done, whatever happens to whoever does it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import PurePath

from dossier.archive import DigitisationOrder
from dossier.page import StoredObject


class Lane(IntEnum):
    """Whose work goes first; within a lane first come, first served."""

    COUNTER = 0
    """Somebody stands at the counter and waits for the verdict."""
    BACKLOG = 10
    """Nobody waits: the hot folder, what runs again by itself."""


class JobKind(StrEnum):
    """What is to be done with a dossier."""

    DIGITISE = "digitise"
    SEAL = "seal"
    """Seal and archive what a clerk reviewed."""


class JobState(StrEnum):
    """Where a piece of work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    """It cannot go on before something is back, and goes on by itself then."""


class Awaited(StrEnum):
    """What work waits for."""

    STORE = "store"
    """The archive store does not answer."""
    DISK = "disk"
    """This machine has no room left."""
    CLOCK = "clock"
    """The clock is wrong, and nothing may be sealed."""
    PREFECT = "prefect"
    """What carries runs out does not answer."""
    SEAL = "seal"
    """The dossier is being sealed, and these papers came after it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work on one dossier."""

    number: int
    """Order of arrival; it keeps its number while it waits and when somebody else takes it over."""
    kind: JobKind
    dossier: str
    lane: Lane
    state: JobState
    since: str
    """When it came, ISO 8601, +07:00."""
    owner: str
    """The process that works on it; empty while nobody does."""
    beat: int
    """Rises while its owner lives. Who takes it over compares two looks; no clock plays a part."""
    lost: int
    """How often its owner died over it."""
    awaits: Awaited | None
    """What it waits for, or waited for before it went on; None where it never had to."""
    trouble: str
    """What happened, as an error's name and words; empty where nothing did."""
    fingerprint: str
    """Names what was asked for: the same again is the same work."""
    content: bytes = b""
    """What whoever does it needs; empty where it was only counted."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work as it is handed in."""

    kind: JobKind
    dossier: str
    lane: Lane
    fingerprint: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptSource:
    """A file of an order, as it was when the order came."""

    path: str
    """Where it came from; it may be gone by now."""
    kept: StoredObject | None
    """Its bytes in the spool; None where it is not there, too large, or no file: intake will say so."""


@dataclass(frozen=True, slots=True)
class QueuedOrder:
    """What is to be digitised."""

    order: DigitisationOrder
    sources: tuple[KeptSource, ...]
    """In the order's own order."""
    deliveries: tuple[str, ...] = ()
    """Fingerprints of the orders that it was made of, where it is more than one."""

    @property
    def fingerprint(self) -> str:
        """The same for the same dossier from files of the same names and bytes, wherever they lie.

        Files that were not taken count by their names.
        """
        asked, files = self.order, []
        for source in self.sources:
            files.append([PurePath(source.path).name, source.kept.sha256 if source.kept else source.path])
        parts = [asked.dossier, asked.procedure, asked.received_on.isoformat(), asked.officer]
        lacking = [file.name for file in asked.not_taken]
        promised = [f"due {asked.due_on}"] if asked.due_on else []
        said = json.dumps(
            [*parts, asked.cases, asked.counter, asked.hold, files, *lacking, *promised, *self.deliveries]
        )
        return hashlib.sha256(said.encode()).hexdigest()
