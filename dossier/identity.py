"""Who it is: witnesses of a personal number (số định danh cá nhân) and the verdict over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dossier.geometry import Box


class WitnessSource(StrEnum):
    """What a witness read the number from."""

    QR = "qr"
    MRZ = "mrz"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class CardRecord:
    """The seven fields of the QR code on a citizen card; an empty field is an empty string or None."""

    personal_number: str
    old_number: str
    full_name: str
    date_of_birth: date | None
    sex: str
    residence: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class Witness:
    """One sighting of a number."""

    source: WitnessSource
    engine: str
    """Which reader saw it."""
    personal_number: str
    """12 digits, or 9 of an old CMND."""
    full_name: str
    """The name that stands with it; empty where none does."""
    document: int
    """Position of the document within the dossier, 1-based."""
    page: int
    """Position of the page within the document, 1-based."""
    box: Box | None
    confidence: float
    """0.0 to 1.0."""


class IdentityVerdict(StrEnum):
    """How sure a person's number is."""

    CONFIRMED = "confirmed"
    """Two independent witnesses agree and nothing contradicts."""
    CONFLICT = "conflict"
    """Witnesses of one person say different things."""
    SINGLE_WITNESS = "single_witness"
    """One reader saw a well-formed number, and nobody else."""
    UNREADABLE = "unreadable"
    """A number is expected and none could be read."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One person of a dossier."""

    personal_number: str
    """The number that the witnesses carry; on a conflict that of the strongest; empty when unreadable."""
    full_name: str
    verdict: IdentityVerdict
    witnesses: tuple[Witness, ...]
    card: CardRecord | None
    """What the card's code says, where one was read."""


class RegisterOutcome(StrEnum):
    """What the residence register answered."""

    MATCHES = "matches"
    DIFFERS = "differs"
    NO_MATCH_OR_NAME_DIFFERS = "no_match_or_name_differs"
    """The exchange's empty reply: the two cannot be told apart."""
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """A question to the residence register, and who asks it for what."""

    personal_number: str
    full_name: str
    date_of_birth: date | None
    officer: str
    """Code of the officer in whose name the query runs."""
    purpose: str
    """Dossier code and procedure."""


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """The register's answer, or why there is none."""

    outcome: RegisterOutcome
    differing: tuple[str, ...]
    """Names of the fields that differ."""
    reason: str
    """Why nothing was checked; empty otherwise."""
    asked_at: str
    """ISO 8601 with +07:00."""
