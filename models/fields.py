"""What a paper says: numbers, names, dates, each with where it stands and who read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dossier.document import Field
from dossier.geometry import Box
from dossier.identity import CardRecord, birth_text
from dossier.page import Line, RecognisedPage
from dossier.text import nfc, same_name
from models.card import parse_card_qr
from models.entries import entries_in, issuer_of
from models.labels import (
    BIRTH_LABEL,
    CARD_ISSUED_LABEL,
    DOCUMENT_NUMBER,
    PLACE_AND_DATE,
    dates,
    flat,
    year_of_birth,
)
from models.mrz import card_zone, zones_on
from models.names import BLOCK, Name, name_for, names_on, owners_of, shared_columns
from models.spots import Spot, number_spots, text_before, unread_spots

__all__ = ["UNREAD_NUMBER", "fields_of", "parse_card_qr"]

UNREAD_NUMBER: Final = "unread_number"
"""Name of the field of such a place; its value is what digits were seen, perhaps none."""
_CODE_READER: Final = "qr:zxing-cpp"


def fields_of(pages: Sequence[RecognisedPage]) -> tuple[Field, ...]:
    """Everything read out of the pages of one paper, page by page.

    Of people: personal_number (12 digits, or 9 of an old CMND), full_name, date_of_birth, sex, residence,
    old_number, card_issued_on and card_issued_by; UNREAD_NUMBER where a number is announced and written and
    could not be read. Of the paper: issued_on, issued_by, document_number and date. Dates are ISO 8601;
    of a birth it may be the year alone.

    Each reading of a number is a field of its own, so that two engines which agree give two witnesses.
    Fields of one person share `Field.person`.
    """
    found: list[Field] = []
    for number, page in enumerate(pages, start=1):
        taken = max((field.person for field in found), default=0)
        found += (
            replace(field, page=number, person=field.person + taken if field.person else 0)
            for field in _page_fields(page)
        )
    return tuple(found)


def _page_fields(page: RecognisedPage) -> Iterator[Field]:
    names = tuple(names_on(page))
    spots = tuple(number_spots(page))
    owners = owners_of(spots, names)
    persons = _Persons(page, names, spots, owners)
    yield from persons.printed()
    yield from persons.coded()
    yield from persons.zoned()
    if (issuer := issuer_of(page.lines)) is not None:
        witness = f"print:{_text_reader(page)}"
        yield Field("issued_by", issuer.value, 1, issuer.line.box, issuer.line.confidence, witness)
    yield from _dates(page)
    yield from _document_number(page)


class _Persons:
    """Numbers the persons of one page and writes their fields."""

    def __init__(
        self, page: RecognisedPage, names: Sequence[Name], spots: Sequence[Spot], owners: dict[int, int]
    ) -> None:
        self._page = page
        self._names = names
        self._spots = spots
        self._owners = owners
        self._person_of_name = {i: n + 1 for n, i in enumerate(i for i, x in enumerate(names) if x.value)}
        self._next = len(self._person_of_name) + 1
        self._person_of_spot = {s: self._person_of_name[n] for s, n in owners.items()}
        self._records = [
            (code, record) for code in page.codes if (record := parse_card_qr(code.text)) is not None
        ]
        self._person_of_record = [self._place(record) for _, record in self._records]
        self._reader = _text_reader(page)

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

    def _place(self, record: CardRecord) -> int:
        """The printed person whose card this code is, else a new one."""
        spot = next((s for s, x in enumerate(self._spots) if record.personal_number in x.numbers), None)
        if spot is None and len(self._spots) == 1 and self._is_only_record(record):
            # A single card whose print was misread or differs: print and code are about one person.
            spot = 0
        named = (
            person
            for n, person in self._person_of_name.items()
            if same_name(self._names[n].value, record.full_name)
        )
        known = self._person_of_spot.get(spot) if spot is not None else None
        person = known or next(named, None) or self._new()
        if spot is not None:
            self._person_of_spot[spot] = person
        return person

    def _is_only_record(self, record: CardRecord) -> bool:
        return all(other == record for _, other in self._records)

    def printed(self) -> Iterator[Field]:
        """Names with their births, and every reading of every number, in reading order."""
        found: list[tuple[tuple[int, int], Field]] = []
        for i, name in enumerate(self._names):
            if name.value:
                person = self._person_of_name[i]
                value = self._field("full_name", name.value, name.line, person)
                about = (*self._birth(name, person), *self._entries(name, person))
                found += ((name.order, field) for field in (value, *about))
        for s, spot in enumerate(self._spots):
            person = self._person_of_spot.get(s, 0)
            for r in spot.readings:
                witness = f"print:{r.engine}"
                field = Field("personal_number", r.digits, 1, r.box, r.confidence, witness, person)
                found.append((spot.order, field))
        for spot in unread_spots(self._page):
            found.append((spot.order, self._unread(spot)))
        yield from (field for _, field in sorted(found, key=lambda entry: entry[0]))

    def _unread(self, spot: Spot) -> Field:
        """A place where the number of the person whose block it is could not be read."""
        name = name_for(spot, self._names)
        person = self._person_of_name.get(name, 0) if name is not None else 0
        (reading,) = spot.readings
        return Field(UNREAD_NUMBER, reading.digits, 1, spot.box, 0.0, f"print:{reading.engine}", person)

    def _entries(self, name: Name, person: int) -> Iterator[Field]:
        """Sex, residence and the issue of the card, where the block of this name has no columns."""
        if name.is_cell:
            return
        for entry in entries_in(self._block(name)):
            yield self._field(entry.name, entry.value, entry.line, person)

    def _block(self, name: Name) -> list[Line]:
        """The lines that speak of this name: from its own to the next name's, or to the end of its block."""
        later = [n.line.box.top for n in self._names if n.line.box.top > name.line.box.bottom]
        end = min([name.line.box.top + BLOCK * name.line.box.height, *later])
        return [line for line in self._page.lines if name.line.box.top <= line.box.top < end]

    def _birth(self, name: Name, person: int) -> Iterator[Field]:
        """The date of birth announced in the block of this name, in a table within its column."""
        for line in self._block(name):
            if name.is_cell and shared_columns(name.line.box, line.box) <= 0:
                continue
            before = text_before(self._page, line.box, row_only=True) if name.is_cell else ""
            announced = flat(before + " " + line.text)
            label = BIRTH_LABEL.search(announced)
            shift = len(before) + 1
            after = [day for start, day in dates(line.text) if label and start + shift >= label.start()]
            if after:
                yield self._field("date_of_birth", after[0].isoformat(), line, person)
                return
            year = None if dates(line.text) else year_of_birth(f"{before} {line.text}", shift)
            if year is not None:
                yield self._field("date_of_birth", str(year), line, person)
                return

    def coded(self) -> Iterator[Field]:
        for (code, record), person in zip(self._records, self._person_of_record, strict=True):
            values = (
                ("personal_number", record.personal_number),
                ("old_number", record.old_number),
                ("full_name", record.full_name),
                ("date_of_birth", birth_text(record.date_of_birth, record.year_of_birth)),
                ("sex", record.sex),
                ("residence", record.residence),
                ("issued_on", record.issued_on.isoformat() if record.issued_on else ""),
            )
            for name, value in values:
                if value:
                    yield Field(name, value, 1, code.box, 1.0, _CODE_READER, person, code.text)

    def zoned(self) -> Iterator[Field]:
        """The number in each machine-readable zone whose check digits all hold."""
        for lines, box, confidence, engine in self._zones():
            zone = card_zone(lines)
            if zone is None:
                continue
            person, witness = self._person_of_number(zone.personal_number), f"mrz:{engine}"
            born = zone.date_of_birth.isoformat() if zone.date_of_birth else ""
            values = (("personal_number", zone.personal_number), ("date_of_birth", born), ("sex", zone.sex))
            for name, value in values:
                if value:
                    raw = "\n".join(lines)
                    yield Field(name, value, 1, box, confidence, witness, person, raw)

    def _zones(self) -> Iterator[tuple[tuple[str, ...], Box | None, float, str]]:
        """Zones that their own reader saw; without one what the text reader shows of them."""
        for zone in self._page.zones:
            yield zone.lines, zone.box, zone.confidence, zone.engine
        if not self._page.zones:
            for lines in zones_on(self._page):
                yield lines, None, 1.0, self._reader

    def _person_of_number(self, number: str) -> int:
        """The person of a code or a printed number that says the same; else a new one."""
        for (_, record), person in zip(self._records, self._person_of_record, strict=True):
            if record.personal_number == number:
                return person
        for s, spot in enumerate(self._spots):
            if number in spot.numbers and s in self._person_of_spot:
                return self._person_of_spot[s]
        return self._new()

    def _field(self, name: str, value: str, line: Line, person: int) -> Field:
        return Field(name, nfc(value), 1, line.box, line.confidence, f"print:{self._reader}", person)


def _text_reader(page: RecognisedPage) -> str:
    """Which of the page's engines read the text."""
    names = [engine.name for engine in page.engines]
    readers = [n for n in names if n.startswith("sohoa") or "tesseract" in n]
    return (readers or names or ["unknown"])[0]


def _dates(page: RecognisedPage) -> Iterator[Field]:
    """Dates that are not births: the place-and-date line is when the paper was issued."""
    witness = f"print:{_text_reader(page)}"
    for line in page.lines:
        found = dates(line.text)
        plain = flat(line.text) if found else ""
        if BIRTH_LABEL.search(plain):
            continue
        for start, day in found:
            is_issue = PLACE_AND_DATE.match(plain[:start]) or CARD_ISSUED_LABEL.search(plain[:start])
            name = "issued_on" if is_issue else "date"
            yield Field(name, day.isoformat(), 1, line.box, line.confidence, witness)


def _document_number(page: RecognisedPage) -> Iterator[Field]:
    """Số: 12/GXN-UBND, in the upper part of the page; the volume (quyển số) is not it."""
    upper_part = page.frame.height * 0.4
    for line in page.lines:
        if line.box.top > upper_part:
            continue
        plain = flat(line.text)
        found = DOCUMENT_NUMBER.search(plain)
        if found:
            value = re.sub(r"\s+", "", nfc(line.text)[found.start(1) : found.end(1)]).rstrip(".,")
            witness = f"print:{_text_reader(page)}"
            yield Field("document_number", value, 1, line.box, line.confidence, witness)
            return
