"""What a paper says: numbers, names, dates, each with where it stands and who read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dossier.document import Field
from dossier.geometry import Box
from dossier.identity import CardRecord
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
    name_at,
    name_labels,
)
from models.mrz import card_zone, zones_on
from models.spots import Spot, hamming, number_spots, on_row, text_before, unread_spots

__all__ = ["UNREAD_NUMBER", "fields_of", "parse_card_qr"]

UNREAD_NUMBER: Final = "unread_number"
"""Name of the field of such a place; its value is what digits were seen, perhaps none."""
_CODE_READER: Final = "qr:zxing-cpp"
_BLOCK: Final = 14
"""How far a person's block on a form goes on below the name, in heights of its line."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A place where a name is announced; its value may be missing."""

    order: tuple[int, int]
    """Line and place in the line."""
    value: str
    line: Line
    is_card: bool
    """Announced as on a card, where the number stands above the name."""
    is_cell: bool
    """One of several cells in the row of its label, as in a table of two persons."""


def fields_of(pages: Sequence[RecognisedPage]) -> tuple[Field, ...]:
    """Everything read out of the pages of one paper, page by page.

    Of people: personal_number (12 digits, or 9 of an old CMND), full_name, date_of_birth, sex, residence,
    old_number, card_issued_on and card_issued_by; UNREAD_NUMBER where a number is announced and written and
    could not be read. Of the paper: issued_on, issued_by, document_number and date. Dates are ISO 8601.

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
    names = tuple(_names(page))
    spots = tuple(number_spots(page))
    owners = _owners(spots, names)
    persons = _Persons(page, names, spots, owners)
    yield from persons.printed()
    yield from persons.coded()
    yield from persons.zoned()
    if (issuer := issuer_of(page.lines)) is not None:
        witness = f"print:{_text_reader(page)}"
        yield Field("issued_by", issuer.value, 1, issuer.line.box, issuer.line.confidence, witness)
    yield from _dates(page)
    yield from _document_number(page)


def _names(page: RecognisedPage) -> Iterator[_Name]:
    for index, line in enumerate(page.lines):
        for start, end in name_labels(line.text):
            is_card = re.search("full ?name", flat(line.text[start:end])) is not None
            value = name_at(line.text, end)
            cells = [] if value or line.text[end:].strip(" .:…_-") else list(_cells(page, line))
            for place, cell, found in cells:
                yield _Name((place, 0), found, cell, is_card, is_cell=True)
            if not cells:
                value = value or _name_below(page, line, is_card=is_card)
                yield _Name((index, start), value, line, is_card, is_cell=False)


def _cells(page: RecognisedPage, label: Line) -> Iterator[tuple[int, Line, str]]:
    """Names on the row of their label, to its right, each a line of its own."""
    for place, line in enumerate(page.lines):
        if (
            line.box.left >= label.box.right
            and on_row(line.box, label.box)
            and (name := name_at(line.text, 0))
        ):
            yield place, line, name


def _name_below(page: RecognisedPage, label: Line, *, is_card: bool) -> str:
    """The name on the line under its label, as cards print it; on forms only in capitals."""
    height = label.box.height
    below = [
        line
        for line in page.lines
        if -0.3 * height <= line.box.top - label.box.bottom <= 1.5 * height
        and line.box.left < label.box.right
        and label.box.left < line.box.right
        and line is not label
    ]
    nearest = min(below, key=lambda line: line.box.top, default=None)
    if nearest is None:
        return ""
    name = name_at(nearest.text, 0)
    return name if is_card or name.isupper() else ""


def _owners(spots: Sequence[Spot], names: Sequence[_Name]) -> dict[int, int]:
    """Which name each spot belongs to, by their positions in the two sequences.

    On a form a number belongs to the last name announced before it, within the same block; a second,
    quite different number in that block belongs to somebody else. On a card the name follows the number.
    """
    owners: dict[int, int] = {}
    for position, spot in enumerate(spots):
        name = _name_for(spot, names)
        if name is None or not names[name].value:
            continue
        rivals = [spots[p] for p, n in owners.items() if n == name]
        if all(_may_be_same(spot, rival) for rival in rivals):
            owners[position] = name
    return owners


def _name_for(spot: Spot, names: Sequence[_Name]) -> int | None:
    after = [
        i
        for i, name in enumerate(names)
        if name.is_card
        and 0 <= name.line.box.top - spot.box.top <= 6 * spot.box.height
        and name.line.box.left < spot.box.right + 6 * spot.box.height
        and spot.box.left < name.line.box.right + 12 * spot.box.height
    ]
    if after:
        return min(after, key=lambda i: names[i].line.box.top)
    before = [i for i, name in enumerate(names) if name.order < spot.order and not name.is_card]
    if not before:
        return None
    last = names[before[-1]]
    if spot.box.top - last.line.box.top > _BLOCK * last.line.box.height:
        return None
    if not last.is_cell:
        return before[-1]
    row = [i for i in before if names[i].is_cell and on_row(names[i].line.box, last.line.box)]
    return max(row, key=lambda i: _shared_columns(names[i].line.box, spot.box))


def _shared_columns(one: Box, other: Box) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def _may_be_same(one: Spot, other: Spot) -> bool:
    """Two numbers of one person: equal but for reading errors, or an old number beside the new."""
    lengths = {len(n) for n in one.numbers | other.numbers}
    if len(lengths) > 1:
        return True
    return any(hamming(a, b) <= 2 for a in one.numbers for b in other.numbers)


class _Persons:
    """Numbers the persons of one page and writes their fields."""

    def __init__(
        self, page: RecognisedPage, names: Sequence[_Name], spots: Sequence[Spot], owners: dict[int, int]
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
        name = _name_for(spot, self._names)
        person = self._person_of_name.get(name, 0) if name is not None else 0
        (reading,) = spot.readings
        return Field(UNREAD_NUMBER, reading.digits, 1, spot.box, 0.0, f"print:{reading.engine}", person)

    def _entries(self, name: _Name, person: int) -> Iterator[Field]:
        """Sex, residence and the issue of the card, where the block of this name has no columns."""
        if name.is_cell:
            return
        for entry in entries_in(self._block(name)):
            yield self._field(entry.name, entry.value, entry.line, person)

    def _block(self, name: _Name) -> list[Line]:
        """The lines that speak of this name: from its own to the next name's, or to the end of its block."""
        later = [n.line.box.top for n in self._names if n.line.box.top > name.line.box.bottom]
        end = min([name.line.box.top + _BLOCK * name.line.box.height, *later])
        return [line for line in self._page.lines if name.line.box.top <= line.box.top < end]

    def _birth(self, name: _Name, person: int) -> Iterator[Field]:
        """The date of birth announced in the block of this name, in a table within its column."""
        for line in self._block(name):
            if name.is_cell and _shared_columns(name.line.box, line.box) <= 0:
                continue
            before = text_before(self._page, line.box, row_only=True) if name.is_cell else ""
            announced = flat(before + " " + line.text)
            label = BIRTH_LABEL.search(announced)
            shift = len(before) + 1
            after = [day for start, day in dates(line.text) if label and start + shift >= label.start()]
            if after:
                yield self._field("date_of_birth", after[0].isoformat(), line, person)
                return

    def coded(self) -> Iterator[Field]:
        for (code, record), person in zip(self._records, self._person_of_record, strict=True):
            values = (
                ("personal_number", record.personal_number),
                ("old_number", record.old_number),
                ("full_name", record.full_name),
                ("date_of_birth", record.date_of_birth.isoformat() if record.date_of_birth else ""),
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
