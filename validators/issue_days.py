"""The day on which a paper was issued, told from the other days that it bears."""

from __future__ import annotations

from datetime import date

from dossier.document import Document


def issue_day(document: Document, by: date) -> date | None:
    """The latest day that a paper gives as its own: a later renewal counts, and nobody is wronged.

    What stands beside a place is a day of issue. Any other day of a paper may be the end of a stay, of a term
    of land use or of the paper itself; it counts only where the paper tells no day of issue at all. No paper
    was issued after the day on which it was there. Of a card on the page the day is the card's.

    Args:
        document: a paper with its fields.
        by: the last day on which it can have been issued.
    """
    issued = _days(document, "issued_on") or _days(document, "date")
    return max((day for day in issued if day <= by), default=None)


def _days(document: Document, name: str) -> list[date]:
    said = [field.value for field in document.fields if field.name == name and not field.person]
    return [day for day in map(_day, said) if day is not None]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
