"""Witnesses of personal numbers, out of what the papers say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from dossier.document import Document, Field
from dossier.identity import CardRecord, Witness, WitnessSource
from models.card import parse_card_qr

_PRINTED: Final = (WitnessSource.CLERK.value, WitnessSource.PRINT.value)
"""Who reads print, the surest first."""


def witnesses_in(document: Document) -> Iterable[Witness]:
    """Every reading of a number on a paper, with the name, birth and sex that stand with it."""
    for field in document.fields:
        if field.name != "personal_number":
            continue
        source, _, engine = field.witness.partition(":")
        born, year = _birth_beside(field, document.fields)
        yield Witness(
            source=WitnessSource(source),
            engine=engine,
            personal_number=field.value,
            full_name=_name_beside(field, document.fields),
            document=document.number,
            page=field.page,
            box=field.box,
            confidence=field.confidence,
            raw=field.raw,
            date_of_birth=born,
            year_of_birth=year,
            sex=_beside(field, document.fields, "sex"),
            person=field.person,
        )


def _name_beside(number: Field, fields: Sequence[Field]) -> str:
    """The name of the same person, from the same source where there are several."""
    if not number.person:
        return ""
    names = [f for f in fields if f.name == "full_name" and f.person == number.person]
    names.sort(key=lambda f: _source(f) != _source(number))
    return names[0].value if names else ""


def _beside(number: Field, fields: Sequence[Field], name: str) -> str:
    """Another field of the same person from the very same sight.

    What a clerk types is what stands in print, and believed before the readers of it.
    """
    source = _source(number)
    sights = _PRINTED if source in _PRINTED else (source,)
    same = [
        f
        for f in fields
        if f.name == name and number.person and f.person == number.person and f.page == number.page
        if _source(f) in sights
    ]
    return min(same, key=lambda f: sights.index(_source(f))).value if same else ""


def _source(field: Field) -> str:
    return field.witness.partition(":")[0]


def _birth_beside(number: Field, fields: Sequence[Field]) -> tuple[date | None, int | None]:
    """The day of birth, or the year where no more is known."""
    written = _beside(number, fields, "date_of_birth")
    if len(written) == len("1943"):
        return None, int(written)
    return date.fromisoformat(written) if written else None, None


def records_in(document: Document) -> Iterable[CardRecord]:
    """What the codes of cards on a paper say."""
    for page in document.pages:
        for code in page.codes:
            if (record := parse_card_qr(code.text)) is not None:
                yield record
