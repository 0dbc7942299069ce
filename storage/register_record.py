"""What a register knows about a person, compared with what was asked; the same for every register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dossier.identity import RegisterAnswer, RegisterOutcome, RegisterQuery
from dossier.text import same_name
from storage.places import Comparison, PlaceNames


@dataclass(frozen=True, slots=True)
class ResidentRecord:
    """One person of the register; an empty string where it does not say."""

    personal_number: str
    full_name: str
    born: str
    """ISO 8601: a day, or a year where the register knows no more."""
    residence: str


def compare_record(
    query: RegisterQuery, record: ResidentRecord | None, places: PlaceNames, asked_at: str
) -> RegisterAnswer:
    """The answer that a record means; None where the register has none to show."""
    # 1. No such person, or another name: the exchange's empty reply does not tell them apart, nor do we.
    if record is None or not same_name(record.full_name, query.full_name):
        return RegisterAnswer(RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS, (), "", asked_at)
    # 2. The birth counts as far as both sides know it.
    differing = list(_birth_differs(query, record.born))
    # 3. The commune of residence counts where the procedure needs it and it can be compared.
    if not (query.wants_record and query.residence and record.residence):
        return _compared(asked_at, differing)
    residence = places.compare(query.residence, record.residence)
    if residence.outcome is Comparison.DIFFERENT:
        differing.append("residence")
    undecided = ("residence",) if residence.outcome is Comparison.UNDECIDED else ()
    return _compared(asked_at, differing, residence.bases, undecided)


def _compared(
    asked_at: str, differing: list[str], equated: tuple[str, ...] = (), undecided: tuple[str, ...] = ()
) -> RegisterAnswer:
    return RegisterAnswer(
        RegisterOutcome.DIFFERS if differing else RegisterOutcome.MATCHES,
        tuple(differing),
        "",
        asked_at,
        equated=equated,
        not_compared=undecided,
    )


def _birth_differs(query: RegisterQuery, born: str) -> Iterator[str]:
    if query.date_of_birth is not None:
        asked = query.date_of_birth.isoformat()
    elif query.year_of_birth is not None:
        asked = f"{query.year_of_birth:04d}"
    else:
        return
    known_to_both = min(len(asked), len(born))
    if asked[:known_to_both] != born[:known_to_both]:
        yield "date_of_birth"
