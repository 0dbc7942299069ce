"""The ledger: what was done, by whom, when. Append-only, each entry chained to the one before it.

Whoever changes, removes or inserts an entry within the chain is found by `verify`. Who cuts off the newest
entries, or writes the chain anew from an entry on, is not, from the chain alone: the digests of its entries
are put under lock in the store once a day (`storage.ledger_heads`), and `audit` compares them.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, Text, insert, select
from sqlalchemy import Index as TableIndex
from sqlalchemy.exc import IntegrityError

from dossier.archive import LedgerEntry
from dossier.audit import LedgerBreak
from dossier.errors import LedgerBroken, StorageError
from dossier.text import mask_numbers
from storage.clock import VIETNAM, Clock, vietnam_now
from storage.database import open_database, reading, writing

BEGINNING: Final = "0" * 64
"""What the first entry is chained to."""
_ATTEMPTS: Final = 60
_AT_ONCE: Final = 1000
_COLUMNS: Final = tuple(field.name for field in fields(LedgerEntry))

_tables = MetaData()
_ledger = Table(
    "ledger",
    _tables,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("actor", String(255), nullable=False),
    Column("action", String(80), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous_sha256", String(64), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False, unique=True),
    TableIndex("ix_ledger_subject_action", "subject", "action"),
)


class SqlLedger:
    """A hash chain in a database table that refuses changes (revision 0001 teaches it to)."""

    def __init__(self, url: str, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._clock = clock

    def append(self, actor: str, action: str, subject: str, detail: str) -> LedgerEntry:
        """Write one entry, personal numbers masked. Raises StorageError, DiskFull.

        Writers of several threads and processes take turns; where a database lets two of them take the
        same number, the unique number sends the second one back to look again.
        """
        return self._append(actor, action, subject, detail, once=False)

    def append_once(self, actor: str, action: str, subject: str, detail: str) -> LedgerEntry:
        """Write one entry unless the same action with the same detail stands there for the subject.

        For steps that a killed process may have finished without living to say so: the next run says it.
        """
        return self._append(actor, action, subject, detail, once=True)

    def _append(self, actor: str, action: str, subject: str, detail: str, *, once: bool) -> LedgerEntry:
        at = self._clock().astimezone(VIETNAM).isoformat(timespec="milliseconds")
        texts = (mask_numbers(actor), action, mask_numbers(subject), _masked_detail(detail))
        for _ in range(_ATTEMPTS):
            try:
                with writing(self._engine) as connection:
                    if once and (standing := _same(connection, *texts[1:])) is not None:
                        return standing
                    last = _last(connection)
                    number, previous = (last.number + 1, last.sha256) if last else (1, BEGINNING)
                    entry = sealed(LedgerEntry(number, at, *texts, previous, ""))
                    connection.execute(insert(_ledger).values(_row(entry)))
                    return entry
            except IntegrityError:
                time.sleep(random.uniform(0.0, 0.05))  # noqa: S311 - taking turns, not a secret
        raise StorageError("ledger", "too many writers at once")

    def verify(self) -> int:
        """Number of entries whose chain holds. Raises LedgerBroken, naming the first that does not."""
        entries, broken = self.audit({})
        if broken is not None:
            raise LedgerBroken(f"ledger entry {broken.number}", broken.reason)
        return entries

    def audit(self, locked: Mapping[int, str]) -> tuple[int, LedgerBreak | None]:
        """Number of entries read, and the first that is broken; damage is a judgement, never an exception.

        Args:
            locked: SHA-256 of entries by their number, from where whoever can change this database cannot.
        """
        number, previous = 0, BEGINNING
        try:
            with reading(self._engine) as connection:
                rows = connection.execution_options(yield_per=_AT_ONCE).execute(
                    select(_ledger).order_by(_ledger.c.number)
                )
                for row in rows.mappings():
                    number += 1
                    entry = _entry(row)
                    reason = _broken(entry, number, previous, locked.get(number))
                    if reason:
                        return number, LedgerBreak(number, reason)
                    previous = entry.sha256
        except StorageError as e:
            return number, LedgerBreak(number + 1, f"cannot be read: {e.cause}")
        if number < max(locked, default=0):
            return number, LedgerBreak(number + 1, "is missing; its digest lies under lock")
        return number, None

    def digests(self, after: int, limit: int) -> tuple[str, ...]:
        """SHA-256 of the entries that follow one, in their order. Raises StorageError."""
        wanted = select(_ledger.c.sha256).where(_ledger.c.number > after).order_by(_ledger.c.number)
        with reading(self._engine) as connection:
            return tuple(str(sha256) for sha256 in connection.execute(wanted.limit(limit)).scalars())

    def head(self) -> LedgerEntry | None:
        """The newest entry, to be kept where whoever can change this database cannot."""
        with reading(self._engine) as connection:
            return _last(connection)

    def holds(self, number: int, sha256: str) -> bool:
        """Whether the ledger still has an entry that was its head at some time."""
        wanted = select(_ledger.c.sha256).where(_ledger.c.number == number)
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one_or_none() == sha256

    def entries(
        self, limit: int = 100, subject: str | None = None, action: str | None = None
    ) -> tuple[LedgerEntry, ...]:
        """The newest entries, newest first; only those of one subject or action where they are given."""
        wanted = select(_ledger).order_by(_ledger.c.number.desc()).limit(limit)
        if subject is not None:
            wanted = wanted.where(_ledger.c.subject == mask_numbers(subject))
        if action is not None:
            wanted = wanted.where(_ledger.c.action == action)
        with reading(self._engine) as connection:
            return tuple(_entry(row) for row in connection.execute(wanted).mappings())

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _broken(entry: LedgerEntry, number: int, previous: str, locked: str | None) -> str:
    """Why an entry is not the one that was written; empty where it is."""
    # 1. No entry is missing before this one.
    if entry.number != number:
        return f"is missing; {entry.number} comes next"
    # 2. It is chained to the one before it.
    if entry.previous_sha256 != previous:
        return "is not chained to the one before it"
    # 3. Its words are those that were sealed.
    if sealed(entry) != entry:
        return "was changed after it was written"
    # 4. It is the one whose digest was put under lock.
    if locked not in (None, entry.sha256):
        return "is not the one whose digest lies under lock: the ledger was written anew from here on"
    return ""


def _same(connection: Connection, action: str, subject: str, detail: str) -> LedgerEntry | None:
    """The entry that says this already, if there is one."""
    columns = _ledger.c
    wanted = select(_ledger).where(
        columns.subject == subject, columns.action == action, columns.detail == detail
    )
    row = connection.execute(wanted.order_by(columns.number).limit(1)).mappings().first()
    return _entry(row) if row is not None else None


def _last(connection: Connection) -> LedgerEntry | None:
    row = connection.execute(select(_ledger).order_by(_ledger.c.number.desc()).limit(1)).mappings().first()
    return None if row is None else _entry(row)


def _entry(row: Any) -> LedgerEntry:
    return LedgerEntry(**{name: row[name] for name in _COLUMNS})


def _row(entry: LedgerEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _COLUMNS}


def sealed(entry: LedgerEntry) -> LedgerEntry:
    """The entry with the SHA-256 of everything else in it, as canonical JSON (sorted keys, no spaces)."""
    said = _row(entry)
    del said["sha256"]
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(entry, sha256=hashlib.sha256(canonical.encode()).hexdigest())


def _masked_detail(detail: str) -> str:
    """Mask within the strings of JSON, so that sizes stay numbers; what is no JSON as a whole.

    Letters stand as they are, not as escapes: people read it, and look for words in it.
    """
    try:
        data = json.loads(detail)
    except ValueError:
        return mask_numbers(detail)
    masked = _masked(data)
    if masked == data and "\\u" not in detail:
        return detail
    written = json.dumps(masked, ensure_ascii=False)
    # Half a character stands in no database; it stays an escape.
    return json.dumps(masked) if any("\ud800" <= letter <= "\udfff" for letter in written) else written


def _masked(data: Any) -> Any:
    if isinstance(data, str):
        return mask_numbers(data)
    if isinstance(data, dict):
        return {mask_numbers(str(key)): _masked(value) for key, value in data.items()}
    return [_masked(each) for each in data] if isinstance(data, list) else data
