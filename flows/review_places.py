"""Places on a page that hold a value: what the readers saw there, and what a clerk typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dossier.document import Field
from dossier.errors import CorrectionRefused
from dossier.geometry import Box
from dossier.identity import WitnessSource
from dossier.page import RecognisedPage
from dossier.review import DraftField
from dossier.text import day_of, nfc, year_of
from models.fields import UNREAD_NUMBER, fields_of
from models.head import head_of
from models.spots import same_place

NUMBER: Final = "personal_number"
_PLACE: Final = re.compile(r"(?P<page>[1-9]\d{0,4})\.(?P<name>[a-z_]{1,40})\.(?P<ordinal>\d{1,3})", re.ASCII)
BIRTH: Final = "date_of_birth"
DAYS: Final = frozenset({BIRTH, "issued_on", "date", "card_issued_on"})
"""Fields that hold a day, kept as ISO 8601."""
_HEAD: Final = ("title", "document_type", "issuing_body", "abstract", "form_number")
"""Parts of a paper's head that `fields_of` does not give."""
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A spot on a page, with every reading of it."""

    name: str
    ordinal: int
    """From 1, among those of its name on the page."""
    box: Box | None
    """In the upright frame in which the page was read."""
    person: int
    """Among the persons of the page, from 1; 0 for nobody."""
    readings: tuple[Field, ...]
    """Of the page alone: `Field.page` is 1."""

    @property
    def best(self) -> str:
        """The surest reader's value; empty where the place could not be read."""
        read = [field for field in self.readings if field.name != UNREAD_NUMBER]
        return max(read, key=lambda field: field.confidence).value if read else ""

    @property
    def source(self) -> str:
        """ "print", "qr" or "mrz"; empty where no reader saw the place."""
        return self.readings[0].witness.partition(":")[0] if self.readings else ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a clerk typed for a place."""

    place: str
    value: str
    """Empty: nothing stands there, the readers were wrong."""
    box: Box | None
    """Where it stands, in the frame in which the page was read; None for the place's own."""
    person: int
    """Among the persons of the page."""
    by: str


def parse_place(place: str) -> tuple[int, str, int]:
    """Page id, name and ordinal. Raises CorrectionRefused."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise CorrectionRefused(place, "is no place: PAGE.NAME.ORDINAL")
    return int(found["page"]), found["name"], int(found["ordinal"])


def places_on(page: RecognisedPage) -> tuple[Place, ...]:
    """Every place of a page as it was read, in reading order; the same page gives the same places."""
    groups: list[list[Field]] = []
    for field in (*fields_of([page]), *_head_fields(page)):
        group = next((g for g in groups if _is_of_number(field) and _is_there(field, g)), None)
        if group is None:
            groups.append([field])
        else:
            group.append(field)
    counts: dict[str, int] = {}
    found = []
    for group in groups:
        name = NUMBER if _is_of_number(group[0]) else group[0].name
        counts[name] = counts.get(name, 0) + 1
        found.append(Place(name, counts[name], group[0].box, group[0].person, tuple(group)))
    return tuple(found)


def _is_of_number(field: Field) -> bool:
    return field.name in (NUMBER, UNREAD_NUMBER)


def _is_there(field: Field, group: Sequence[Field]) -> bool:
    first = group[0]
    if not _is_of_number(first) or first.box is None or field.box is None:
        return False
    is_same_sight = first.witness.partition(":")[0] == field.witness.partition(":")[0]
    return is_same_sight and same_place(first.box, field.box)


def _head_fields(page: RecognisedPage) -> Iterator[Field]:
    head = head_of(page)
    for name in _HEAD:
        part = getattr(head, name)
        if part is not None:
            yield Field(name, part.value, 1, part.box, part.confidence, "print:head", 0, part.as_read)


def checked_value(name: str, value: str, place: Place | None, *, is_typed: bool) -> str:
    """A value as it may stand in the field. Raises CorrectionRefused.

    Args:
        name: of the field.
        value: as typed; empty says that nothing stands there.
        place: what the readers saw; None where none saw anything.
        is_typed: whether something was typed for it before.
    """
    text = " ".join(nfc(value).split())
    if len(text) > _LONGEST or not text.isprintable():
        raise CorrectionRefused(name, f"more than {_LONGEST} letters, or signs that are none")
    if not text:
        if place.source != WitnessSource.PRINT if place is not None else not is_typed:
            raise CorrectionRefused(name, "a code cannot be said not to be there")
        return ""
    if name == NUMBER:
        digits = re.sub(r"[\s.\-]", "", text)
        if not re.fullmatch(r"\d{9}|\d{12}", digits, re.ASCII):
            raise CorrectionRefused(name, "is not a personal number of 12 digits, or an old one of 9")
        return digits
    if name == BIRTH and (year := year_of(text)) is not None and text.endswith(str(year)):
        return str(year)
    return _day(name, text) if name in DAYS else text


def _day(name: str, text: str) -> str:
    try:
        return day_of(text).isoformat()
    except ValueError as e:
        said = "is not a day or a year: dd/mm/yyyy, yyyy" if name == BIRTH else "is not a day: dd/mm/yyyy"
        raise CorrectionRefused(name, said) from e


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page of a paper with its places."""

    id: int
    places: Sequence[Place]
    """None on a blank side."""
    typed: Mapping[str, Typed]
    """By place; those of other pages do not count."""


@dataclass(frozen=True, slots=True)
class FilledPlace:
    """A place of a page with what was typed for it."""

    key: str
    place: Place
    """Without readings where no reader saw it."""
    typed: Typed | None

    @property
    def box(self) -> Box | None:
        """Where it stands."""
        return self.typed.box if self.typed and self.typed.box else self.place.box

    @property
    def person(self) -> int:
        """Whose it is, among the persons of the page."""
        return (self.typed.person if self.typed else 0) or self.place.person

    def fields(self) -> Iterator[Field]:
        """What counts: a clerk's value stands beside readings of a number, and before those of all else."""
        typed, name = self.typed, self.place.name
        if typed is None:
            yield from self.place.readings
            return
        if name == NUMBER and typed.value:
            yield from (field for field in self.place.readings if field.name != UNREAD_NUMBER)
        if typed.value:
            raw = "" if name == NUMBER else self.place.best
            yield Field(name, typed.value, 1, self.box, 1.0, f"clerk:{typed.by}", self.person, raw)


def filled(page: PlacedPage) -> Iterator[FilledPlace]:
    """The places of a page, those that only a clerk saw last."""
    known = set()
    for place in page.places:
        key = f"{page.id}.{place.name}.{place.ordinal}"
        known.add(key)
        yield FilledPlace(key, place, page.typed.get(key))
    for key, typed in page.typed.items():
        number, name, ordinal = parse_place(key)
        if number == page.id and key not in known:
            yield FilledPlace(key, Place(name, ordinal, typed.box, typed.person, ()), typed)


def paper_fields(pages: Iterable[PlacedPage]) -> tuple[Field, ...]:
    """The fields of a paper, as `models.fields.fields_of` numbers its pages and persons."""
    found: list[Field] = []
    for number, page in enumerate(pages, start=1):
        taken = max((field.person for field in found), default=0)
        for place in filled(page):
            found += (
                replace(f, page=number, person=f.person + taken if f.person else 0) for f in place.fields()
            )
    return tuple(found)


def draft_fields(paper: int, pages: Sequence[PlacedPage]) -> tuple[DraftField, ...]:
    """The places of a paper as the screens show them; boxes in the frame in which each page was read."""
    found: list[DraftField] = []
    taken = 0
    for page in pages:
        highest = taken
        for each in filled(page):
            persons = [field.person for field in each.fields()]
            highest = max([highest, *(person + taken for person in persons if person)])
            found.append(_shown(each, paper, page.id, taken))
        taken = highest
    return tuple(found)


def _shown(each: FilledPlace, paper: int, page: int, taken: int) -> DraftField:
    readings = [
        (field.witness, field.value, 0.0 if field.name == UNREAD_NUMBER else field.confidence)
        for field in each.place.readings
    ]
    typed = each.typed
    if typed is not None:
        readings.append((f"clerk:{typed.by}", typed.value, 1.0))
    surest = max((confidence for _, value, confidence in readings if value), default=0.0)
    return DraftField(
        place=each.key,
        name=each.place.name,
        value=typed.value if typed is not None else each.place.best,
        paper=paper,
        page=page,
        box=each.box,
        confidence=1.0 if typed is not None else surest,
        person=each.person + taken if each.person else 0,
        readings=tuple(readings),
        typed_by=typed.by if typed is not None else "",
    )
