"""Drafts between reading and sealing, with every correction that was made to them, kept over crashes.

A draft is written once as it was read; what clerks do to it is a list of events that only grows, undoing
included, so that the draft can be told at any version. Both name people: they are sealed. A dossier that is
read again after it was sealed begins a new round, and the old one stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from dossier.review import ReviewState
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Sealer

tables = MetaData()
drafts = Table(
    "review_drafts",
    tables,
    Column("dossier", String(255), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("state", String(20), nullable=False, index=True),
    Column("opened_at", String(40), nullable=False, index=True),
    Column("changed_at", String(40), nullable=False),
    Column("prefix", String(900), nullable=False),
    Column("saved", Integer, nullable=False),
    Column("content", Text, nullable=False),
)
events = Table(
    "review_events",
    tables,
    Column("dossier", String(255), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
)
notices = Table(
    "review_notices",
    tables,
    Column("dossier", String(255), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("content", Text, nullable=False),
)
_OPEN: Final = (ReviewState.OPEN.value, ReviewState.SEALING.value)


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A draft as it was read, and how far it is."""

    dossier: str
    round: int
    """From 1; a dossier that is read again after it was sealed begins a new one."""
    state: ReviewState
    prefix: str
    """Key prefix of its package; empty until it is sealed."""
    content: bytes
    version: int
    """Number of its last event; 0 where nobody did anything."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a draft is, told without opening it."""

    round: int
    state: ReviewState
    prefix: str
    version: int
    saved: int
    """How often what was read was written; another number is another content."""


class SqlReviews:
    """Drafts and what was done to them."""

    def __init__(self, url: str, sealer: Sealer | None = None, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._sealer = sealer or InTheClear()
        self._clock = clock

    def save(self, dossier: str, content: bytes) -> ReviewRecord:
        """Keep what was read. An open draft keeps its events, a sealed one is followed by a new round.

        Raises StorageError, DiskFull.
        """
        now = self._clock().isoformat()
        with writing(self._engine) as connection:
            known = _newest(connection, dossier)
            if known is not None and known["state"] == ReviewState.OPEN:
                number = int(known["round"])
                sealed = self._sealed(content, draft_place(dossier, number))
                values = {"content": sealed, "changed_at": now, "saved": int(known["saved"]) + 1}
                connection.execute(update(drafts).where(_is(drafts, dossier, number)).values(values))
            else:
                number = 1 if known is None else int(known["round"]) + 1
                row = {
                    "dossier": dossier,
                    "round": number,
                    "state": ReviewState.OPEN.value,
                    "opened_at": now,
                    "changed_at": now,
                    "prefix": "",
                    "saved": 1,
                    "content": self._sealed(content, draft_place(dossier, number)),
                }
                connection.execute(insert(drafts).values(row))
            version = _version(connection, dossier, number)
        return ReviewRecord(dossier, number, ReviewState.OPEN, "", content, version)

    def replace(self, dossier: str, over: Stand, content: bytes) -> bool:
        """Write other content into an open draft, its events kept; False where it was written since `over`,
        or is no longer open. Raises StorageError, DiskFull.
        """
        sealed = self._sealed(content, draft_place(dossier, over.round))
        values = {"content": sealed, "changed_at": self._clock().isoformat(), "saved": over.saved + 1}
        unchanged = (drafts.c.saved == over.saved) & (drafts.c.state == ReviewState.OPEN.value)
        with writing(self._engine) as connection:
            wanted = update(drafts).where(_is(drafts, dossier, over.round) & unchanged)
            return connection.execute(wanted.values(values)).rowcount == 1

    def find(self, dossier: str) -> ReviewRecord | None:
        """The newest draft of a dossier. Raises StorageError, KeyMissing."""
        with reading(self._engine) as connection:
            row = _newest(connection, dossier)
            if row is None:
                return None
            version = _version(connection, dossier, int(row["round"]))
        return self._record(row, version)

    def stand(self, dossier: str) -> Stand | None:
        """How far the newest draft is. Raises StorageError."""
        columns = (drafts.c.round, drafts.c.state, drafts.c.prefix, drafts.c.saved)
        with reading(self._engine) as connection:
            row = _newest(connection, dossier, *columns)
            if row is None:
                return None
            version = _version(connection, dossier, row["round"])
        return Stand(int(row["round"]), ReviewState(row["state"]), row["prefix"], version, int(row["saved"]))

    def events(self, dossier: str, round_: int, after: int = 0) -> tuple[bytes, ...]:
        """What was done to a draft, in order, after one number. Raises StorageError, KeyMissing."""
        wanted = select(events).where(_is(events, dossier, round_), events.c.number > after)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(events.c.number)).mappings().all()
        return tuple(
            self._opened(row["content"], event_place(dossier, round_, row["number"])) for row in rows
        )

    def append(self, dossier: str, round_: int, number: int, content: bytes) -> bool:
        """Write one event; False where somebody was faster or the draft is no longer open.

        Raises StorageError, DiskFull.
        """
        row = {
            "dossier": dossier,
            "round": round_,
            "number": number,
            "content": self._sealed(content, event_place(dossier, round_, number)),
        }
        try:
            with writing(self._engine) as connection:
                known = _newest(connection, dossier, drafts.c.round, drafts.c.state)
                is_open = known is not None and (known["round"], known["state"]) == (round_, ReviewState.OPEN)
                if not is_open or _version(connection, dossier, round_) != number - 1:
                    return False
                connection.execute(insert(events).values(row))
                now = self._clock().isoformat()
                connection.execute(update(drafts).where(_is(drafts, dossier, round_)).values(changed_at=now))
        except IntegrityError:
            return False
        return True

    def move(
        self, dossier: str, round_: int, to: ReviewState, *, prefix: str = "", version: int = -1
    ) -> bool:
        """Take a draft a step on: one that is being sealed to sealed or open; with a version an open one.

        False where it stands elsewhere, or where that version is not its last. Raises StorageError, DiskFull.
        """
        before = ReviewState.OPEN if version >= 0 else ReviewState.SEALING
        with writing(self._engine) as connection:
            if version >= 0 and _version(connection, dossier, round_) != version:
                return False
            values = {"state": to.value, "prefix": prefix, "changed_at": self._clock().isoformat()}
            mine = _is(drafts, dossier, round_) & (drafts.c.state == before.value)
            return connection.execute(update(drafts).where(mine).values(values)).rowcount == 1

    def waiting(self) -> tuple[str, ...]:
        """Dossiers whose draft is open or being sealed, the longest waiting first. Raises StorageError."""
        wanted = select(drafts.c.dossier).where(drafts.c.state.in_(_OPEN)).order_by(drafts.c.opened_at)
        with reading(self._engine) as connection:
            return tuple(connection.execute(wanted).scalars())

    def everything(self) -> Iterator[ReviewRecord]:
        """Every draft of every round, the oldest first. Raises StorageError, KeyMissing."""
        columns = (drafts.c.dossier, drafts.c.round)
        with reading(self._engine) as connection:
            places = connection.execute(select(*columns).order_by(drafts.c.opened_at, *columns)).all()
        for dossier, number in places:
            with reading(self._engine) as connection:
                wanted = select(drafts).where(_is(drafts, dossier, number))
                row = connection.execute(wanted).mappings().first()
                version = _version(connection, dossier, number)
            if row is not None:
                yield self._record(row, version)

    def note_notice(self, dossier: str, content: bytes) -> int:
        """Remember a notice that was printed; how many there are now. Raises StorageError, DiskFull."""
        count = select(func.max(notices.c.number)).where(notices.c.dossier == dossier)
        with writing(self._engine) as connection:
            number = int(connection.execute(count).scalar() or 0) + 1
            row = {
                "dossier": dossier,
                "number": number,
                "at": self._clock().isoformat(),
                "content": self._sealed(content, notice_place(dossier, number)),
            }
            connection.execute(insert(notices).values(row))
        return number

    def notices(self, dossier: str) -> tuple[tuple[str, bytes], ...]:
        """When each notice was printed, and what it says. Raises StorageError, KeyMissing."""
        wanted = select(notices).where(notices.c.dossier == dossier).order_by(notices.c.number)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple((r["at"], self._opened(r["content"], notice_place(dossier, r["number"]))) for r in rows)

    def forget(self, dossiers: Collection[str]) -> None:
        """Take everything about these dossiers out. Raises StorageError."""
        codes = sorted(dossiers)
        with writing(self._engine) as connection:
            for table in (events, notices, drafts):
                connection.execute(delete(table).where(table.c.dossier.in_(codes)))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _sealed(self, content: bytes, place: str) -> str:
        return self._sealer.seal_text(content.decode(), place)

    def _opened(self, stored: str, place: str) -> bytes:
        return self._sealer.open_text(stored, place).encode()

    def _record(self, row: Any, version: int) -> ReviewRecord:
        number = int(row["round"])
        content = self._opened(row["content"], draft_place(row["dossier"], number))
        return ReviewRecord(
            row["dossier"], number, ReviewState(row["state"]), row["prefix"], content, version
        )


def draft_place(dossier: str, round_: int) -> str:
    """What a draft's ciphertext is bound to."""
    return f"review_drafts {dossier} {round_}"


def event_place(dossier: str, round_: int, number: int) -> str:
    """What an event's ciphertext is bound to."""
    return f"review_events {dossier} {round_} {number}"


def notice_place(dossier: str, number: int) -> str:
    """What a notice's ciphertext is bound to."""
    return f"review_notices {dossier} {number}"


SEALED: Final[tuple[tuple[Table, Callable[[Mapping[str, Any]], str]], ...]] = (
    (drafts, lambda row: draft_place(row["dossier"], row["round"])),
    (events, lambda row: event_place(row["dossier"], row["round"], row["number"])),
    (notices, lambda row: notice_place(row["dossier"], row["number"])),
)
"""Tables whose column `content` is sealed, and the place that each row's is bound to."""


def _is(table: Table, dossier: str, round_: int) -> Any:
    return (table.c.dossier == dossier) & (table.c.round == round_)


def _newest(connection: Connection, dossier: str, *columns: Column[Any]) -> Any:
    wanted = select(*columns) if columns else select(drafts)
    newest = wanted.where(drafts.c.dossier == dossier).order_by(drafts.c.round.desc()).limit(1)
    return connection.execute(newest).mappings().first()


def _version(connection: Connection, dossier: str, round_: int) -> int:
    last = select(func.max(events.c.number)).where(_is(events, dossier, round_))
    return int(connection.execute(last).scalar() or 0)
