"""The embedded residence register: a file that stands for the national one (CSDLQG về dân cư).

It answers as the exchange does: an unknown number and a number under another name give the same empty
reply, so that nobody learns whether a person exists by trying names. With keys its people stand under keyed
hashes, their records sealed.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from dossier.errors import RegisterError, StorageError
from dossier.identity import RegisterAnswer, RegisterOutcome, RegisterQuery
from dossier.text import nfc
from storage.clock import VIETNAM, Clock, vietnam_now
from storage.files import private_folder, translated
from storage.keyring import Keyring
from storage.places import PlaceNames, load_places
from storage.register_record import ResidentRecord, compare_record

COLUMNS: Final = ("personal_number", "full_name", "date_of_birth", "sex", "residence")
"""Columns of the CSV file, UTF-8, with a header line; dates as ISO 8601."""

_BUSY_SECONDS: Final = 2.0


def load_csv(csv_file: Path, database: Path, keys: Keyring | None = None) -> int:
    """Build the register's database anew from a CSV file; the number of people in it.

    Without keys people stand in it in the clear. Raises RegisterError, naming the line, and leaves the
    database that was there.
    """
    new = database.with_name(f".{database.name}.new")
    with translated(database):
        private_folder(database.parent)
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(new)) as connection, connection:
            connection.execute(
                "CREATE TABLE sealed_residents (person TEXT PRIMARY KEY, record TEXT NOT NULL)"
            )
            connection.execute("CREATE TABLE sealed_with (name TEXT NOT NULL)")
            connection.execute("INSERT INTO sealed_with VALUES (?)", (keys.newest.name if keys else "",))
            rows = (_row(person, keys) for person in read_people(csv_file))
            connection.executemany("INSERT INTO sealed_residents VALUES (?, ?)", rows)
            (people,) = connection.execute("SELECT count(*) FROM sealed_residents").fetchone()
    except sqlite3.Error as e:
        new.unlink(missing_ok=True)
        raise RegisterError(csv_file.name, f"cannot be loaded: {e}") from e
    except RegisterError:
        new.unlink(missing_ok=True)
        raise
    with translated(database):
        new.replace(database)
    return int(people)


def is_loaded(csv_file: Path, database: Path, keys: Keyring | None = None) -> bool:
    """Whether the database holds what the CSV file says, sealed with the newest key."""
    try:
        if database.stat().st_mtime < csv_file.stat().st_mtime:
            return False
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            names = connection.execute("SELECT name FROM sealed_with").fetchall()
    except (OSError, sqlite3.Error):
        return False
    return names == [(keys.newest.name if keys else "",)]


class FileRegister:
    """Asks a database that `load_csv` built; where it is missing or locked, nothing was checked."""

    def __init__(
        self,
        database: Path,
        clock: Clock = vietnam_now,
        busy_seconds: float = _BUSY_SECONDS,
        places: PlaceNames | None = None,
        keys: Keyring | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._busy_seconds = busy_seconds
        self._places = places or load_places()
        self._keys = keys

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        """Compare a person with the register. Never raises for a register that is not there."""
        asked_at = _iso(self._clock)
        try:
            record = self._record(query.personal_number)
        except (sqlite3.Error, StorageError) as e:
            return RegisterAnswer(
                RegisterOutcome.NOT_CHECKED, (), f"the register cannot be read: {e}", asked_at
            )
        return compare_record(query, record, self._places, asked_at)

    def is_answering(self) -> bool:
        """Whether the database can be read now."""
        try:
            self._record("")
        except (sqlite3.Error, StorageError):
            return False
        return True

    def _record(self, personal_number: str) -> ResidentRecord | None:
        where = f"{self._database.resolve().as_uri()}?mode=ro"
        names = self._keys.person_names(personal_number) if self._keys else (personal_number,)
        with closing(sqlite3.connect(where, uri=True, timeout=self._busy_seconds)) as connection:
            for name in names:
                row = connection.execute(
                    "SELECT record FROM sealed_residents WHERE person = ?", (name,)
                ).fetchone()
                if row is not None:
                    return self._opened(name, row[0])
        return None

    def _opened(self, name: str, record: str) -> ResidentRecord:
        if self._keys is not None:
            record = self._keys.open_text(record, _place(name))
        number, full_name, born, _, residence = json.loads(record)
        return ResidentRecord(number, full_name, born, residence)


class UnavailableRegister:
    """Stands where no register is connected: every question stays unanswered, and says why."""

    def __init__(self, reason: str, clock: Clock = vietnam_now) -> None:
        self._reason = reason
        self._clock = clock

    def ask(self, query: RegisterQuery) -> RegisterAnswer:  # noqa: ARG002 - the port's signature
        """Nothing was checked."""
        return RegisterAnswer(RegisterOutcome.NOT_CHECKED, (), self._reason, _iso(self._clock))

    def is_answering(self) -> bool:
        """Never."""
        return False


def read_people(csv_file: Path) -> Iterator[tuple[str, ...]]:
    """The rows of a CSV file, checked, in the order of COLUMNS. Raises RegisterError, naming the line."""
    try:
        with csv_file.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if set(reader.fieldnames or ()) != set(COLUMNS):
                raise RegisterError(csv_file.name, f"its columns are not {', '.join(COLUMNS)}")
            for row in reader:
                yield _checked(row, f"{csv_file.name} line {reader.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise RegisterError(csv_file.name, f"cannot be read: {e}") from e


def _row(person: tuple[str, ...], keys: Keyring | None) -> tuple[str, str]:
    record = json.dumps(person, ensure_ascii=False)
    if keys is None:
        return person[0], record
    name = keys.person(person[0])
    return name, keys.seal_text(record, _place(name))


def _place(name: str) -> str:
    return f"residents {name}"


def _checked(row: dict[str, str], place: str) -> tuple[str, ...]:
    if None in row or None in row.values():
        raise RegisterError(place, "has more or fewer fields than the header")
    values = {name: nfc(row[name]).strip() for name in COLUMNS}
    number = values["personal_number"]
    if not (number.isascii() and number.isdigit() and len(number) in (9, 12)):
        raise RegisterError(place, "the personal number has neither 12 nor 9 digits")
    try:
        # Of many old people no more than the year is known.
        if not re.fullmatch(r"(?:\d{4})?", born := values["date_of_birth"], re.ASCII):
            date.fromisoformat(born)
    except ValueError as e:
        raise RegisterError(place, "the date of birth is not written as 1990-05-12 or 1943") from e
    return tuple(values[name] for name in COLUMNS)


def _iso(clock: Clock) -> str:
    return clock().astimezone(VIETNAM).isoformat(timespec="seconds")
