"""Searching the desk: by words of the blind index, by kind, procedure, code, number and days of reception.

A search goes through one list in the order of its answer, newest reception first: that of its rarest word,
or the dossiers of a counter where every word is common. What other words and filters refuse is left out on
the way. Names are opened and compared at the end, so that all words of a name belong to one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
)

from dossier.desk_asked import Hit, HitPage, Question
from dossier.words import sought_words
from storage.blind_words import fits_name, hashed_by_all, name_terms, text_terms
from storage.desk_queue import LARGEST_PAGE, LAST_DAY, Cut, parsed_place
from storage.desk_rows import opened_entry, opened_names, opened_text
from storage.desk_tables import entries, kinds, words
from storage.keyring import Keyring
from storage.people import dossier_people
from storage.snippets import snippet

MOST_WORDS: Final = 8
"""Words of a question beyond these are left out."""
_COMMON: Final = 4096
"""From so many dossiers on a word is common."""
_FEWEST_TOGETHER: Final = 16
_MOST_TOGETHER: Final = 1600
"""Candidates that are looked at together: at least so many, and at most."""
_FEW: Final = 400
"""So many candidates of a counter are all looked for at once."""
_EXACT, _LOOSE = 0, 1
_LAST: Final = 2**62


@dataclass(frozen=True, slots=True)
class _Posting:
    """A list of dossiers in the order of the answer."""

    table: Table
    key: Column[Any]
    values: tuple[Any, ...]

    def of(self, statement: Select[Any], key: ColumnElement[Any]) -> Select[Any]:
        """Only rows of this list, by the column that says which they are in."""
        return statement.where(key == self.values[0] if len(self.values) == 1 else key.in_(self.values))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the answer goes on."""

    rank: int
    day: int
    entry: int

    def __str__(self) -> str:
        return f"{self.rank}.{self.day}.{self.entry}"


_FIRST_LOOSE: Final = _Place(_LOOSE, LAST_DAY, _LAST)


def search_page(connection: Connection, keys: Keyring, question: Question, cut: Cut) -> HitPage:
    """A page of what was found. Raises KeyMissing, StorageError, also for a place that no page said."""
    limit = min(cut[1], LARGEST_PAGE)
    begin = _Place(*parsed_place(cut[0], 3)) if cut[0] else _Place(_EXACT, LAST_DAY, _LAST)
    if any(asked and not sought_words(asked) for asked in (question.name, question.text)):
        return HitPage(())  # signs alone are nobody's name, not everybody's
    if connection.dialect.name == "postgresql":
        # Its parallel workers take longer to start than a search takes.
        connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    found: list[tuple[_Place, RowMapping, str]] = []
    for each in _found(connection, keys, question, begin, limit + 1):
        found.append(each)
        if len(found) > limit:
            break
    shown = found[:limit]
    asked_text = sought_words(question.text)[:MOST_WORDS]
    hits = tuple(
        Hit(
            opened_entry(keys, row),
            person,
            place.rank == _EXACT,
            snippet(opened_text(connection, keys, row), asked_text) if asked_text else (),
        )
        for place, row, person in shown
    )
    return HitPage(hits, str(shown[-1][0]) if len(found) > limit else "")


def _found(
    connection: Connection, keys: Keyring, question: Question, begin: _Place, wanted: int
) -> Iterator[tuple[_Place, RowMapping, str]]:
    exact = _Search(connection, keys, question, exact=True)
    loose = _Search(connection, keys, question, exact=False)
    is_marked = any(word.is_marked for word in sought_words(question.name))
    if begin.rank == _EXACT:
        few = loose.few_at_counter(exact) if is_marked else None
        if few is not None:
            yield from exact.among([place for place, has_marks in few if has_marks], begin, wanted)
            yield from loose.among([place for place, _ in few], _FIRST_LOOSE, wanted)
            return
        yield from exact.found(begin, wanted)
        begin = _FIRST_LOOSE
    if is_marked:
        yield from loose.found(begin, wanted)


class _Search:
    """One way of reading the question: with the marks that were typed, or without."""

    def __init__(self, connection: Connection, keys: Keyring, question: Question, *, exact: bool) -> None:
        self._connection, self._keys, self._question = connection, keys, question
        self._asked, self._exact = sought_words(question.name)[:MOST_WORDS], exact
        terms = (
            *name_terms(self._asked, exact=exact),
            *text_terms(sought_words(question.text)[:MOST_WORDS]),
        )
        self.postings = [_Posting(words, words.c.word, tuple(hashed_by_all(keys, term))) for term in terms]
        """Lists that a dossier has to be in, each."""
        if question.kind:
            self.postings.append(_Posting(kinds, kinds.c.kind, (question.kind,)))

    def few_at_counter(self, exact: _Search) -> list[tuple[tuple[int, int], bool]] | None:
        """Every candidate of the question's counter with whether it has the very marks as well.

        None where there are many, or a list is shorter than the counter's. A counter's dossiers are walked
        through to the last where few of them fit; then one walk serves both ways of reading the question.
        """
        if self._question.counter is None or self._driver() is not None:
            return None
        columns = entries.c
        mine = {posting.values for posting in self.postings}
        marks = [each for each in exact.postings if each.values not in mine]
        has_marks = and_(true(), *(self._has(each, columns.received_day, columns.id) for each in marks))
        wanted = self._of_counter(select(columns.received_day, columns.id, has_marks)).limit(_FEW + 1)
        found = [((int(day), int(entry)), bool(it)) for day, entry, it in self._connection.execute(wanted)]
        return found if len(found) <= _FEW else None

    def among(
        self, places: Sequence[tuple[int, int]], begin: _Place, wanted: int
    ) -> Iterator[tuple[_Place, RowMapping, str]]:
        """What fits of these candidates, which are in the order of the answer, from a place on."""
        left = [place for place in places if place < (begin.day, begin.entry)]
        sizes = _sizes(wanted)
        while left:
            size = next(sizes)
            yield from self._fitting(self._entries([entry for _, entry in left[:size]]))
            left = left[size:]

    def found(self, begin: _Place, wanted: int) -> Iterator[tuple[_Place, RowMapping, str]]:
        """Everything that fits, in the order of the answer, from a place on.

        Args:
            begin: the place; what stands behind it is told.
            wanted: how many will be taken, most likely.
        """
        return self._fitting(self._rows(begin, wanted))

    def _fitting(self, rows: Iterable[RowMapping]) -> Iterator[tuple[_Place, RowMapping, str]]:
        rank = _EXACT if self._exact else _LOOSE
        for row in rows:
            person = self._person(row)
            if person is not None:
                yield _Place(rank, row["received_day"], row["id"]), row, person

    def _person(self, row: RowMapping) -> str | None:
        """Whose name fits; empty where no name was asked for, None where nobody's does."""
        if not self._asked:
            return ""
        names = opened_names(self._keys, row)[2]
        fitting = (name for name in names if fits_name(name, self._asked, exact=self._exact))
        person = next(fitting, None)
        if person is None or self._exact:
            return person
        # What has the very marks stands in the first part of the answer already.
        return None if any(fits_name(name, self._asked, exact=True) for name in names) else person

    def _rows(self, begin: _Place, wanted: int) -> Iterator[RowMapping]:
        day, number = begin.day, begin.entry
        driver = self._driver()
        for size in _sizes(wanted):
            if driver is None:
                places = self._own_places(day, number, size)
            else:
                places = self._places(driver, day, number, size)
            yield from self._entries([entry for _, entry in places])
            if len(places) < size:
                return
            day, number = places[-1]

    def _driver(self) -> _Posting | None:
        """The shortest list; None where the counter's own dossiers, or all of them, are the better one."""
        question = self._question
        if question.number or question.code or not self.postings:
            return None
        counted = [(self._length(posting), at) for at, posting in enumerate(self.postings)]
        length, at = min(counted)
        if length >= _COMMON and question.counter is not None:
            return None
        return self.postings[at]

    def _length(self, posting: _Posting) -> int:
        some = (
            posting.of(select(literal(1)).select_from(posting.table), posting.key).limit(_COMMON).subquery()
        )
        return int(self._connection.execute(select(func.count()).select_from(some)).scalar() or 0)

    def _places(self, driver: _Posting, day: int, number: int, size: int) -> list[tuple[int, int]]:
        """The next candidates of a list, newest first: what every other list has too."""
        columns = driver.table.c
        wanted = driver.of(select(columns.received_day, columns.entry), driver.key)
        wanted = wanted.where(tuple_(columns.received_day, columns.entry) < (day, number))
        wanted = self._within(wanted, columns.received_day)
        for other in self.postings:
            if other is not driver:
                wanted = wanted.where(self._has(other, columns.received_day, columns.entry))
        wanted = wanted.order_by(columns.received_day.desc(), columns.entry.desc()).limit(size)
        return [(int(day), int(entry)) for day, entry in self._connection.execute(wanted)]

    def _entries(self, numbers: Sequence[int]) -> Sequence[RowMapping]:
        if not numbers:
            return []
        wanted = self._filtered(select(entries).where(entries.c.id.in_(numbers)))
        ordered = wanted.order_by(entries.c.received_day.desc(), entries.c.id.desc())
        return self._connection.execute(ordered).mappings().all()

    def _own_places(self, day: int, number: int, size: int) -> list[tuple[int, int]]:
        """The next dossiers of the counter, or of all, that every list has.

        Where nothing but a counter and words are asked for, indexes tell them without a look at any dossier.
        """
        columns = entries.c
        wanted = self._of_counter(select(columns.received_day, columns.id))
        wanted = wanted.where(tuple_(columns.received_day, columns.id) < (day, number)).limit(size)
        return [(int(day), int(entry)) for day, entry in self._connection.execute(wanted)]

    def _of_counter(self, wanted: Select[Any]) -> Select[Any]:
        """The counter's dossiers, or all, that every list has, newest first."""
        columns = entries.c
        wanted = self._within(self._filtered(wanted), columns.received_day)
        for posting in self.postings:
            wanted = wanted.where(self._has(posting, columns.received_day, columns.id))
        return wanted.order_by(columns.received_day.desc(), columns.id.desc())

    def _filtered(self, wanted: Select[Any]) -> Select[Any]:
        question = self._question
        if question.counter is not None:
            wanted = wanted.where(entries.c.counter == question.counter)
        if question.procedure:
            wanted = wanted.where(entries.c.procedure == question.procedure)
        if question.number:
            people = self._keys.person_names(question.number)
            codes = select(dossier_people.c.dossier).where(dossier_people.c.person.in_(people))
            wanted = wanted.where(entries.c.code.in_(codes))
        if question.code:
            end = question.code[:-1] + chr(ord(question.code[-1]) + 1)
            wanted = wanted.where(entries.c.code >= question.code, entries.c.code < end)
        return wanted

    def _within(self, wanted: Select[Any], day: Column[Any]) -> Select[Any]:
        question = self._question
        if question.begin is not None:
            wanted = wanted.where(day >= question.begin.toordinal())
        if question.end is not None:
            wanted = wanted.where(day <= question.end.toordinal())
        return wanted

    def _has(self, posting: _Posting, day: Column[Any], number: Column[Any]) -> ColumnElement[bool]:
        """Whether a dossier is in a list."""
        other = posting.table.alias()
        mine = select(literal(1)).where(other.c.received_day == day, other.c.entry == number)
        return posting.of(mine, other.c[posting.key.name]).exists()


def _sizes(wanted: int) -> Iterator[int]:
    """How many candidates to look at together, over and over.

    At first little more than are wanted, for nearly all of them fit, and each costs a walk past the many that
    lack one of the words; where they were refused, more and more.
    """
    size = min(max(wanted + wanted // 16, _FEWEST_TOGETHER), _MOST_TOGETHER)
    while True:
        yield size
        size = min(4 * size, _MOST_TOGETHER)
