"""The desk in a database: one row for each dossier; what people change they change from the version they saw.

Names and texts are sealed. What they are found by goes into the blind index in the same transaction, so that
index and row never differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dossier.desk import DeskEntry, DeskState, FindingCounts
from dossier.desk_asked import (
    SEARCHED_LETTERS,
    DeskContent,
    DeskFacts,
    HitPage,
    Question,
    QueuePage,
    QueueView,
    Tally,
)
from dossier.errors import ChangedMeanwhile, NotOnDesk, StorageError
from storage.clock import Clock, vietnam_now
from storage.database import forget_deleted, open_database, reading, writing
from storage.deposit_tables import follow_desk
from storage.desk_queue import queue_page, tally_of
from storage.desk_rows import (
    content_of,
    count,
    entry_row,
    find,
    opened_entry,
    put_in,
    sealed_names,
    take_out,
)
from storage.desk_search import search_page
from storage.desk_tables import entries, kinds, notes, tallies, texts, words
from storage.keyring import Keyring

_NOT_WHOLE: Final = "index-not-whole"


class SqlDesk:
    """Every dossier that this centre knows of."""

    def __init__(self, url: str, keys: Keyring, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._keys = keys
        self._clock = clock

    def note(self, facts: DeskFacts, *, anew: bool = False) -> DeskEntry:
        """Enter what a run made known; the same facts again change nothing. Raises StorageError, DiskFull.

        Args:
            facts: what is known now.
            anew: write into the blind index also what stands there by the row; `empty_index` came before.
        """
        try:
            return self._note(_bounded(facts), anew=anew)
        except IntegrityError:
            # Somebody entered the same dossier between our look and our insert.
            return self._note(_bounded(facts), anew=anew)

    def change(
        self, code: str, version: int, *, state: DeskState | None = None, assignee: str | None = None
    ) -> DeskEntry:
        """Change what a person decides. Raises NotOnDesk, ChangedMeanwhile, StorageError, DiskFull."""
        with writing(self._engine) as connection:
            row = _found(find(connection, code, for_update=True), code)
            old = opened_entry(self._keys, row)
            if old.version != version:
                raise ChangedMeanwhile(code, f"version {old.version} stands there, not {version}")
            new = replace(
                old,
                state=old.state if state is None else state,
                assignee=old.assignee if assignee is None else assignee,
            )
            return self._changed(connection, row, new, (row["sealed"], ""))

    def entry(self, code: str) -> DeskEntry:
        """A dossier. Raises NotOnDesk, KeyMissing, StorageError."""
        with reading(self._engine) as connection:
            row = find(connection, code)
        return opened_entry(self._keys, _found(row, code))

    def content(self, code: str) -> DeskContent:
        """What was read of a dossier, as it is searched. Raises NotOnDesk, KeyMissing, StorageError."""
        with reading(self._engine) as connection:
            return content_of(connection, self._keys, _found(find(connection, code), code))

    def counter_of(self, code: str) -> str | None:
        """The counter that received a dossier; None where there is no such dossier. Raises StorageError."""
        wanted = select(entries.c.counter).where(entries.c.code == code)
        with reading(self._engine) as connection:
            counter = connection.execute(wanted).scalar_one_or_none()
        return None if counter is None else str(counter)

    def codes(self, states: Collection[DeskState] = tuple(DeskState)) -> tuple[str, ...]:
        """Codes of the dossiers in some states, sorted. Raises StorageError."""
        wanted = select(entries.c.code).where(entries.c.state.in_(sorted(states))).order_by(entries.c.code)
        with reading(self._engine) as connection:
            return tuple(connection.execute(wanted).scalars())

    def queue(self, view: QueueView, after: str, limit: int) -> QueuePage:
        """A page of the queue; `after` as the page before said it. Raises KeyMissing, StorageError."""
        with reading(self._engine) as connection:
            return queue_page(connection, self._keys, view, (after, limit))

    def search(self, question: Question, after: str, limit: int) -> HitPage:
        """A page of what was found. Raises KeyMissing, StorageError."""
        with reading(self._engine) as connection:
            return search_page(connection, self._keys, question, (after, limit))

    def tally(self, counter: str | None) -> Tally:
        """How many dossiers a counter has, or all have, by state. Raises StorageError."""
        with reading(self._engine) as connection:
            return tally_of(connection, counter)

    def counters(self) -> tuple[str, ...]:
        """Every counter that ever had a dossier, but for the nameless one. Raises StorageError."""
        wanted = select(tallies.c.counter).distinct().where(tallies.c.counter != "")
        with reading(self._engine) as connection:
            return tuple(connection.execute(wanted).scalars())

    def forget(self, codes: Iterable[str]) -> None:
        """Leave nothing of these dossiers in the tables and in the database's log. Raises StorageError."""
        for code in codes:
            with writing(self._engine) as connection:
                row = find(connection, code, for_update=True)
                if row is not None:
                    take_out(connection, self._keys, row, self._content_or_none(connection, row))
                    connection.execute(delete(texts).where(texts.c.entry == row["id"]))
                    connection.execute(delete(entries).where(entries.c.id == row["id"]))
                    count(connection, row["counter"], row["state"], -1)
        forget_deleted(self._engine)

    def empty_index(self) -> None:
        """Take every word and kind of paper out of the index, which is not whole from then on.

        Raises StorageError.
        """
        with writing(self._engine) as connection:
            connection.execute(delete(notes))
            connection.execute(insert(notes).values(name=_NOT_WHOLE, noted_at=self._clock().isoformat()))
            connection.execute(delete(words))
            connection.execute(delete(kinds))

    def index_is_whole(self) -> bool:
        """Whether everything is found that is there: no rebuild is under way or was cut off."""
        with reading(self._engine) as connection:
            return connection.execute(select(notes.c.name)).first() is None

    def note_whole(self) -> None:
        """Everything is entered again. Raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(notes))

    def recount(self) -> None:
        """Count every counter's dossiers anew. Raises StorageError, DiskFull."""
        columns = (entries.c.counter, entries.c.state)
        with writing(self._engine) as connection:
            mark = int(connection.execute(select(func.sum(tallies.c.mark))).scalar() or 0) + 1
            connection.execute(delete(tallies))
            counted = connection.execute(select(*columns, func.count()).group_by(*columns)).all()
            rows = [{"counter": c, "state": s, "dossiers": n, "mark": mark} for c, s, n in counted]
            if rows:
                connection.execute(insert(tallies), rows)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _note(self, facts: DeskFacts, *, anew: bool) -> DeskEntry:
        with writing(self._engine) as connection:
            row = find(connection, facts.code, for_update=True)
            if row is None:
                return self._enter(connection, facts)
            old, known = opened_entry(self._keys, row), content_of(connection, self._keys, row)
            content = facts.content or known
            # What a draft came to know does not take back what a person gave back to the applicant.
            stays = (old.state, facts.state) == (DeskState.RETURNED, DeskState.REVIEW)
            new = replace(
                _counted(old, content),
                procedure=facts.procedure,
                counter=old.counter if facts.counter is None else facts.counter,
                state=old.state if stays else facts.state,
                received_on=facts.received_on,
                due_on=facts.due_on or old.due_on,
            )
            sealed = row["sealed"]
            if anew or content != known or new.received_on != old.received_on:
                take_out(connection, self._keys, row, known)
                put_in(connection, self._keys, (row["id"], new), content)
            if _shown(content) != _shown(known):
                sealed = sealed_names(self._keys, new.code, content)
            return self._changed(connection, row, new, (sealed, facts.trouble))

    def _enter(self, connection: Connection, facts: DeskFacts) -> DeskEntry:
        content = facts.content or DeskContent()
        empty = DeskEntry(
            code=facts.code,
            procedure=facts.procedure,
            counter=facts.counter or "",
            state=facts.state,
            received_on=facts.received_on,
            due_on=facts.due_on,
            changed_at=self._now(),
            applicant="",
            title="",
            assignee="",
            papers=0,
            digitised=0,
            pages=0,
            findings=FindingCounts(),
            version=1,
        )
        new = _counted(empty, content)
        values = entry_row(new) | {"sealed": sealed_names(self._keys, new.code, content)}
        (number,) = connection.execute(insert(entries).values(values)).inserted_primary_key or (None,)
        put_in(connection, self._keys, (number, new), content)
        count(connection, new.counter, new.state, 1)
        follow_desk(connection, new, facts.trouble)
        return new

    def _changed(
        self, connection: Connection, row: RowMapping, new: DeskEntry, with_: tuple[str, str]
    ) -> DeskEntry:
        """Write an entry, with its sealed names, and tell who handed it in, with the run's trouble."""
        old, (sealed, trouble) = opened_entry(self._keys, row), with_
        if new == old and sealed == row["sealed"]:
            return old
        new = replace(new, changed_at=self._now(), version=old.version + 1)
        mine = (entries.c.id == row["id"]) & (entries.c.version == old.version)
        done = connection.execute(update(entries).where(mine).values(entry_row(new) | {"sealed": sealed}))
        if done.rowcount != 1:
            raise ChangedMeanwhile(new.code, f"version {old.version} stands there no more")
        moved = (old.counter, old.state) != (new.counter, new.state)
        if moved:
            count(connection, old.counter, old.state, -1)
        count(connection, new.counter, new.state, int(moved))
        follow_desk(connection, new, trouble)
        return new

    def _now(self) -> datetime:
        """To the millisecond, as it is written."""
        now = self._clock()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _content_or_none(self, connection: Connection, row: RowMapping) -> DeskContent | None:
        """What stands there; None where it cannot be opened any more and still has to go."""
        try:
            return content_of(connection, self._keys, row)
        except StorageError:
            return None


def _found(row: RowMapping | None, code: str) -> RowMapping:
    if row is None:
        raise NotOnDesk(code)
    return row


def _shown(content: DeskContent) -> tuple[str, str, tuple[str, ...]]:
    return content.applicant, content.title, content.names


def _bounded(facts: DeskFacts) -> DeskFacts:
    """The same with as much of the text as is searched."""
    if facts.content is None or len(facts.content.text) <= SEARCHED_LETTERS:
        return facts
    return replace(facts, content=replace(facts.content, text=facts.content.text[:SEARCHED_LETTERS]))


def _counted(entry: DeskEntry, content: DeskContent) -> DeskEntry:
    return replace(
        entry,
        applicant=content.applicant,
        title=content.title,
        papers=content.papers,
        digitised=content.digitised,
        pages=content.pages,
        findings=content.findings,
    )
