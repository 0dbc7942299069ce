"""Who the dossiers are about: each person by a keyed hash for looking up, by ciphertext for showing.

A row says that a person stands in a dossier; another one, by dossier, says what of it still lies on this
machine, so that it can be listed and erased. Numbers that readers disagreed about are kept each: whoever asks
what is kept about a number shall be told.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, insert, select, update

from storage.clock import Clock, vietnam_now
from storage.database import forget_deleted, open_database, reading, writing
from storage.keyring import Keyring

tables = MetaData()
dossier_people = Table(
    "dossier_people",
    tables,
    Column("person", String(64), primary_key=True),
    Column("dossier", String(255), primary_key=True, index=True),
    Column("sealed", Text, nullable=False),
)
dossier_traces = Table(
    "dossier_traces",
    tables,
    Column("dossier", String(255), primary_key=True),
    Column("noted_at", String(40), nullable=False),
    Column("sealed", Text, nullable=False),
)
_DIGITS: Final = (9, 12)


@dataclass(frozen=True, slots=True)
class Person:
    """A personal number and the name that papers carry with it."""

    personal_number: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What a dossier left on this machine."""

    dossier: str
    blobs: tuple[str, ...]
    """SHA-256 of bytes in the spool."""
    checkpoints: tuple[tuple[str, str], ...]
    """Step and key of finished steps."""
    files: tuple[str, ...]
    """Names of the files that it came from."""


class SqlPeople:
    """People and traces of every dossier that was judged, archived or not."""

    def __init__(self, url: str, keys: Keyring, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._keys = keys
        self._clock = clock

    def note(self, dossier: str, people: Iterable[Person], trace: Trace) -> None:
        """Remember whom a dossier is about and what lies here of it. Raises StorageError, DiskFull."""
        with writing(self._engine) as connection:
            known = _trace(connection, self._keys, dossier)
            if known is not None:
                trace = _joined(known, trace)
            note_people(connection, self._keys, dossier, people)
            connection.execute(delete(dossier_traces).where(dossier_traces.c.dossier == dossier))
            row = {
                "dossier": dossier,
                "noted_at": self._clock().isoformat(),
                "sealed": self._keys.seal_text(_written(trace), _trace_place(dossier)),
            }
            connection.execute(insert(dossier_traces).values(row))

    def dossiers_of(self, personal_number: str) -> tuple[str, ...]:
        """Codes of the dossiers that a person stands in, sorted. Raises StorageError."""
        wanted = select(dossier_people.c.dossier).where(
            dossier_people.c.person.in_(self._keys.person_names(personal_number))
        )
        with reading(self._engine) as connection:
            return tuple(sorted(set(connection.execute(wanted).scalars())))

    def people_of(self, dossier: str) -> tuple[Person, ...]:
        """Whom a dossier is about, by number. Raises StorageError, KeyMissing."""
        wanted = select(dossier_people).where(dossier_people.c.dossier == dossier)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(sorted({opened(self._keys, row) for row in rows}, key=lambda p: p.personal_number))

    def trace(self, dossier: str) -> Trace | None:
        """What a dossier left on this machine, if it is known. Raises StorageError, KeyMissing."""
        with reading(self._engine) as connection:
            return _trace(connection, self._keys, dossier)

    def elsewhere(self, dossiers: Collection[str]) -> Trace:
        """What all other dossiers left here, those given left out. Raises StorageError, KeyMissing."""
        wanted = select(dossier_traces.c.dossier).where(dossier_traces.c.dossier.not_in(sorted(dossiers)))
        blobs: dict[str, None] = {}
        checkpoints: dict[tuple[str, str], None] = {}
        files: dict[str, None] = {}
        with reading(self._engine) as connection:
            for other in connection.execute(wanted).scalars().all():
                trace = _trace(connection, self._keys, other)
                if trace is not None:
                    blobs.update(dict.fromkeys(trace.blobs))
                    checkpoints.update(dict.fromkeys(trace.checkpoints))
                    files.update(dict.fromkeys(trace.files))
        return Trace("", tuple(blobs), tuple(checkpoints), tuple(files))

    def forget_traces(self, dossiers: Collection[str]) -> None:
        """Nothing of these dossiers lies on this machine any more; who stands in them stays known."""
        with writing(self._engine) as connection:
            mine = dossier_traces.c.dossier.in_(sorted(dossiers))
            connection.execute(delete(dossier_traces).where(mine))

    def tidy(self) -> None:
        """Leave nothing of what was taken out in the database's log. Raises StorageError."""
        forget_deleted(self._engine)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def note_people(connection: Connection, keys: Keyring, dossier: str, people: Iterable[Person]) -> None:
    """Add people to a dossier in a transaction of the caller's; a name known before is replaced."""
    for person in people:
        names = keys.person_names(person.personal_number)
        mine = dossier_people.c.person.in_(names) & (dossier_people.c.dossier == dossier)
        connection.execute(delete(dossier_people).where(mine))
        connection.execute(insert(dossier_people).values(sealed_row(keys, dossier, person)))


def forget_people(connection: Connection, dossiers: Collection[str]) -> None:
    """Take everybody in these dossiers, and their traces, out in a transaction of the caller's."""
    for table in (dossier_people, dossier_traces):
        connection.execute(delete(table).where(table.c.dossier.in_(dossiers)))


def sealed_row(keys: Keyring, dossier: str, person: Person) -> dict[str, str]:
    """A row of the table of people under the newest key."""
    name = keys.person(person.personal_number)
    written = json.dumps([person.personal_number, person.full_name], ensure_ascii=False)
    return {
        "person": name,
        "dossier": dossier,
        "sealed": keys.seal_text(written, f"dossier_people {name} {dossier}"),
    }


def opened(keys: Keyring, row: Any) -> Person:
    """The person of a row. Raises KeyMissing, StorageError."""
    number, name = json.loads(
        keys.open_text(row["sealed"], f"dossier_people {row['person']} {row['dossier']}")
    )
    return Person(number, name)


def people_in(summary: str) -> tuple[Person, ...]:
    """Everybody whom a report names under `identities`, each number once; a text of another form has none."""
    try:
        data = json.loads(summary)
    except ValueError:
        return ()
    found: dict[str, str] = {}
    for identity in data.get("identities", ()) if isinstance(data, dict) else ():
        for seen in (identity, *identity.get("sources", ())):
            number = str(seen.get("personal_number", ""))
            if number.isascii() and number.isdigit() and len(number) in _DIGITS:
                found[number] = found.get(number) or str(seen.get("full_name", ""))
    return tuple(Person(number, name) for number, name in found.items())


def reseal_trace(connection: Connection, keys: Keyring, dossier: str) -> None:
    """Seal a dossier's trace anew, with the newest key. Raises KeyMissing, StorageError."""
    trace = _trace(connection, keys, dossier)
    if trace is not None:
        sealed = keys.seal_text(_written(trace), _trace_place(dossier))
        mine = dossier_traces.c.dossier == dossier
        connection.execute(update(dossier_traces).where(mine).values(sealed=sealed))


def _trace(connection: Connection, keys: Keyring, dossier: str) -> Trace | None:
    wanted = select(dossier_traces.c.sealed).where(dossier_traces.c.dossier == dossier)
    sealed = connection.execute(wanted).scalar_one_or_none()
    if sealed is None:
        return None
    data = json.loads(keys.open_text(sealed, _trace_place(dossier)))
    checkpoints = tuple((step, key) for step, key in data["checkpoints"])
    return Trace(dossier, tuple(data["blobs"]), checkpoints, tuple(data["files"]))


def _joined(known: Trace, more: Trace) -> Trace:
    """Both, each thing once: a run with other scans takes nothing back of what the one before left."""
    return Trace(
        more.dossier,
        tuple(dict.fromkeys((*known.blobs, *more.blobs))),
        tuple(dict.fromkeys((*known.checkpoints, *more.checkpoints))),
        tuple(dict.fromkeys((*known.files, *more.files))),
    )


def _written(trace: Trace) -> str:
    data = {"blobs": trace.blobs, "checkpoints": trace.checkpoints, "files": trace.files}
    return json.dumps(data, ensure_ascii=False)


def _trace_place(dossier: str) -> str:
    return f"dossier_traces {dossier}"
