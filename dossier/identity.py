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
    CLERK = "clerk"
    """A person looked at the paper and typed what stands there."""


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
    year_of_birth: int | None = None
    """Where the card tells no more than the year."""


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
    raw: str = ""
    """A code's payload, a zone's lines; empty where the number itself is all that was read."""
    date_of_birth: date | None = None
    """The date of birth that stands with it in the same place; None where none does."""
    sex: str = ""
    """The sex that stands with it, as written: Nam, Nữ, M, F; empty where none does."""
    person: int = 0
    """`Field.person` within its document; 0 where it is tied to nobody."""
    year_of_birth: int | None = None
    """Where no more than the year of birth stands with it."""


class IdentityVerdict(StrEnum):
    """How sure a person's number is."""

    CONFIRMED = "confirmed"
    """Two independent witnesses agree and nothing contradicts."""
    CONFLICT = "conflict"
    """Witnesses of one person say different things."""
    SINGLE_WITNESS = "single_witness"
    """One reader saw a well-formed number and nobody else, or what confirms it is contradicted elsewhere."""
    UNREADABLE = "unreadable"
    """A number is expected and none could be read."""
    NOT_COMPARED = "not_compared"
    """Two independent witnesses agree, and another paper bears the number where nobody could read it: the
    person's number is sure, that this paper has the same is not."""
    CONFIRMED_BY_CLERK = "confirmed_by_clerk"
    """A clerk typed the number, and no code or other paper says otherwise; readers alone were not sure."""


@dataclass(frozen=True, slots=True)
class UnreadNumber:
    """A place where a paper bears a person's number and nobody could read it."""

    document: int
    """Position of the document within the dossier, 1-based."""
    page: int
    """Position of the page within the document, 1-based."""
    box: Box | None
    """None where the form asks for the number and not even the place of it was found."""
    digits: str
    """What digits were seen; often none."""


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
    unread: tuple[UnreadNumber, ...] = ()
    """Places where papers bear this person's number and it could not be read: to be compared by eye."""
    old_number_differs: bool = False
    """Whether all that papers disagree about is the old number (CMND), which the code of the card tells."""


def birth_text(day: date | None, year: int | None) -> str:
    """A birth as it stands in the field: "1990-05-12", or "1943" where no more is known; else empty."""
    if day is not None:
        return day.isoformat()
    return "" if year is None else f"{year:04d}"


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
    year_of_birth: int | None = None
    """Where the papers tell no more than the year."""
    residence: str = ""
    """What the papers say about the residence (nơi thường trú); empty where it is not to be compared."""
    wants_record: bool = False
    """Whether the procedure needs the full record; otherwise yes or no is all that is asked for."""


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
    request_codes: tuple[str, ...] = ()
    """Codes under which the exchange was asked, in order; a repeated attempt has its own."""
    equated: tuple[str, ...] = ()
    """Day and legal basis of the mergers that made an old and a new place name equal."""
    not_compared: tuple[str, ...] = ()
    """Names of fields that both sides have and that no table allows to compare."""
