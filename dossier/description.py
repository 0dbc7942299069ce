"""What a package says of itself: its papers, its people, and everything that was done to its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ActionKind(StrEnum):
    """What was done."""

    TAKEN_IN = "taken_in"
    """A scan came in and was kept untouched."""
    SIGNATURES_JUDGED = "signatures_judged"
    """Digital signatures that came with a file were judged."""
    READ = "read"
    """The text of a page was recognised."""
    CORRECTED = "corrected"
    """A clerk set right what was read, or how pages were sorted."""
    CHECKED = "checked"
    """The papers were compared with what the procedure asks for."""
    REGISTER_ASKED = "register_asked"
    """The residence register was asked about a person."""
    RENDERED = "rendered"
    """A PDF/A was made of the scans."""
    VALIDATED = "validated"
    """The PDF/A was validated, and its text read back by another library."""
    SEALED = "sealed"
    """The PDF/A was signed."""
    SEAL_RAISED = "seal_raised"
    """The signature's proof was raised or renewed."""
    ARCHIVED = "archived"
    """The package was put together."""


class ActionOutcome(StrEnum):
    """How it went."""

    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"
    NOT_CHECKED = "not_checked"


class AgentKind(StrEnum):
    """What sort of agent did it, as PREMIS divides them."""

    PERSON = "person"
    ORGANISATION = "organization"
    SOFTWARE = "software"


@dataclass(frozen=True, slots=True)
class Agent:
    """Who or what did something."""

    kind: AgentKind
    name: str
    version: str = ""
    """Of software."""
    note: str = ""
    """What else proves it: SHA-256 of a reader's weights, a certificate's number."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done."""

    kind: ActionKind
    at: str
    """ISO 8601, +07:00."""
    agents: tuple[Agent, ...]
    """The person who answers for it first, then the programs."""
    outcome: ActionOutcome
    detail: str = ""
    """What a reader needs beyond the kind; no personal numbers."""
    made: tuple[str, ...] = ()
    """Paths of the package's files that came out of it."""
    used: tuple[str, ...] = ()
    """Paths of the package's files that went in."""


@dataclass(frozen=True, slots=True)
class DescribedPaper:
    """A paper that the package keeps."""

    number: int
    """Position within the dossier, 1-based."""
    kind: str
    title: str
    """As it was read; empty where none was found."""
    copy: str
    """Whether it is the original, as `CopyForm` says."""
    pages: int
    dated: str
    """Day of the paper itself, ISO 8601; empty where none was read."""
    path: str
    """Path of its PDF/A within the package."""
    texts: tuple[str, ...]
    """Paths of its pages' recognised text."""
    scans: tuple[str, ...]
    """Paths of the scans that it was made from."""


@dataclass(frozen=True, slots=True)
class PackageDescription:
    """Everything that METS, EAD and PREMIS say of a package beyond the files' own digests."""

    dossier: str
    procedure: str
    """National code of the procedure."""
    procedure_name: str
    agency: str
    """Who keeps the dossier."""
    officer: str
    received_on: date
    made_at: str
    """ISO 8601, +07:00."""
    software: Agent
    people: tuple[str, ...]
    """Full names of the people whose numbers are sure; never the numbers."""
    papers: tuple[DescribedPaper, ...]
    actions: tuple[Action, ...]
    """In the order of their times."""
    retention_days: int = 0
    """How long the schedule wants it kept; 0 where none counts, as in a trial."""
    retention_basis: str = ""
    """Citation."""
