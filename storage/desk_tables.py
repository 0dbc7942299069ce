"""The tables of the desk: one row for each dossier, its counts by counter and state, and the blind index.

Days are proleptic Gregorian ordinals, so that every order is an order of numbers. Names and texts stand here
as ciphertext only; words to search by stand as keyed hashes (`storage.blind_words`).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

NO_DAY: Final = 3_652_059
"""31 December 9999, for what is due on no known day: it comes last."""

_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
_CODE: Final = String(64).with_variant(String(64, collation="C"), "postgresql")

tables = MetaData()
entries = Table(
    "desk_entries",
    tables,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("code", _CODE, nullable=False, unique=True),
    Column("procedure", String(40), nullable=False),
    Column("counter", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("received_day", Integer, nullable=False),
    Column("due_day", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("assignee", String(80), nullable=False),
    Column("papers", Integer, nullable=False),
    Column("digitised", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("blocking", Integer, nullable=False),
    Column("warning", Integer, nullable=False),
    Column("info", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed", Text, nullable=False),
    Index("ix_desk_open", "is_open", "due_day", "id"),
    Index("ix_desk_counter_open", "counter", "is_open", "due_day", "id"),
    Index("ix_desk_state", "state", "received_day", "id"),
    Index("ix_desk_counter_state", "counter", "state", "received_day", "id"),
    Index("ix_desk_received", "received_day", "id"),
    Index("ix_desk_counter_received", "counter", "received_day", "id"),
    Index("ix_desk_procedure", "procedure", "received_day", "id"),
)
tallies = Table(
    "desk_tallies",
    tables,
    Column("counter", String(80), primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("dossiers", Integer, nullable=False),
    Column("mark", _NUMBER, nullable=False),
)
kinds = Table(
    "desk_kinds",
    tables,
    Column("kind", String(80), primary_key=True),
    Column("received_day", Integer, primary_key=True, autoincrement=False),
    Column("entry", _NUMBER, primary_key=True, autoincrement=False),
    Index("ix_desk_kinds_entry", "entry"),
    sqlite_with_rowid=False,
)
words = Table(
    "desk_words",
    tables,
    Column("word", BigInteger, primary_key=True, autoincrement=False),
    Column("received_day", Integer, primary_key=True, autoincrement=False),
    Column("entry", _NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
notes = Table(
    "desk_notes",
    tables,
    Column("name", String(40), primary_key=True),
    Column("noted_at", String(40), nullable=False),
)
texts = Table(
    "desk_texts",
    tables,
    Column("entry", _NUMBER, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)
