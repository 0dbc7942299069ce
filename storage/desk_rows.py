"""The rows of a dossier on the desk: what is written, what is sealed, what the blind index holds of it."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from dossier.desk import DeskEntry, DeskState, FindingCounts
from dossier.desk_asked import DeskContent
from storage.blind_words import hashed, hashed_by_all, terms_of
from storage.clock import VIETNAM
from storage.desk_tables import NO_DAY, entries, kinds, tallies, texts, words
from storage.keyring import Keyring


def find(connection: Connection, code: str, *, for_update: bool = False) -> RowMapping | None:
    """The row of a dossier."""
    wanted = select(entries).where(entries.c.code == code)
    return connection.execute(wanted.with_for_update() if for_update else wanted).mappings().first()


def entry_row(entry: DeskEntry) -> dict[str, Any]:
    """A dossier as it is written, but for what is sealed."""
    return {
        "code": entry.code,
        "procedure": entry.procedure,
        "counter": entry.counter,
        "state": entry.state.value,
        "is_open": int(not entry.is_settled),
        "received_day": entry.received_on.toordinal(),
        "due_day": entry.due_on.toordinal() if entry.due_on else NO_DAY,
        "changed_at": entry.changed_at.astimezone(VIETNAM).isoformat(timespec="milliseconds"),
        "assignee": entry.assignee,
        "papers": entry.papers,
        "digitised": entry.digitised,
        "pages": entry.pages,
        "blocking": entry.findings.blocking,
        "warning": entry.findings.warning,
        "info": entry.findings.info,
        "version": entry.version,
    }


def opened_entry(keys: Keyring, row: RowMapping) -> DeskEntry:
    """The dossier of a row. Raises KeyMissing, StorageError."""
    applicant, title, _ = opened_names(keys, row)
    due = row["due_day"]
    return DeskEntry(
        code=row["code"],
        procedure=row["procedure"],
        counter=row["counter"],
        state=DeskState(row["state"]),
        received_on=date.fromordinal(row["received_day"]),
        due_on=None if due == NO_DAY else date.fromordinal(due),
        changed_at=datetime.fromisoformat(row["changed_at"]),
        applicant=applicant,
        title=title,
        assignee=row["assignee"],
        papers=row["papers"],
        digitised=row["digitised"],
        pages=row["pages"],
        findings=FindingCounts(row["blocking"], row["warning"], row["info"]),
        version=row["version"],
    )


def sealed_names(keys: Keyring, code: str, content: DeskContent) -> str:
    """Applicant, title and everybody's names as ciphertext."""
    written = json.dumps([content.applicant, content.title, list(content.names)], ensure_ascii=False)
    return keys.seal_text(written, f"desk_entries {code}")


def opened_names(keys: Keyring, row: RowMapping) -> tuple[str, str, tuple[str, ...]]:
    """Applicant, title and everybody's names. Raises KeyMissing, StorageError."""
    applicant, title, names = json.loads(keys.open_text(row["sealed"], f"desk_entries {row['code']}"))
    return applicant, title, tuple(names)


def sealed_text(keys: Keyring, code: str, text: str) -> bytes:
    """What is searched of a dossier's text, compressed, as ciphertext."""
    return keys.seal(zlib.compress(text.encode()), f"desk_texts {code}")


def opened_text(connection: Connection, keys: Keyring, row: RowMapping) -> str:
    """What is searched of a dossier's text; empty where there is none. Raises KeyMissing, StorageError."""
    sealed = connection.execute(select(texts.c.sealed).where(texts.c.entry == row["id"])).scalar()
    if sealed is None:
        return ""
    return zlib.decompress(keys.open(sealed, f"desk_texts {row['code']}")).decode()


def content_of(connection: Connection, keys: Keyring, row: RowMapping) -> DeskContent:
    """What was read of a dossier. Raises KeyMissing, StorageError."""
    applicant, title, names = opened_names(keys, row)
    mine = select(kinds.c.kind).where(kinds.c.entry == row["id"])
    return DeskContent(
        applicant=applicant,
        title=title,
        names=names,
        kinds=tuple(sorted(connection.execute(mine).scalars())),
        text=opened_text(connection, keys, row),
        papers=row["papers"],
        digitised=row["digitised"],
        pages=row["pages"],
        findings=FindingCounts(row["blocking"], row["warning"], row["info"]),
    )


def put_in(
    connection: Connection, keys: Keyring, numbered: tuple[Any, DeskEntry], content: DeskContent
) -> None:
    """Enter a dossier's words, kinds and text under its number."""
    number, entry = numbered
    place = {"received_day": entry.received_on.toordinal(), "entry": number}
    found = [{"word": word, **place} for word in sorted(hashed(keys, terms_of(content)))]
    if found:
        connection.execute(insert(words), found)
    if content.kinds:
        connection.execute(insert(kinds), [{"kind": kind, **place} for kind in content.kinds])
    connection.execute(delete(texts).where(texts.c.entry == number))
    if content.text:
        connection.execute(
            insert(texts).values(entry=number, sealed=sealed_text(keys, entry.code, content.text))
        )


def take_out(connection: Connection, keys: Keyring, row: RowMapping, known: DeskContent | None) -> None:
    """Take a dossier's words and kinds out; where nobody knows which, by looking through the whole index."""
    connection.execute(delete(kinds).where(kinds.c.entry == row["id"]))
    here = words.c.entry == row["id"]
    if known is None:
        connection.execute(delete(words).where(here))
        return
    mine = [word for term in terms_of(known) for word in hashed_by_all(keys, term)]
    day = words.c.received_day == row["received_day"]
    for at in range(0, len(mine), 500):
        connection.execute(delete(words).where(words.c.word.in_(mine[at : at + 500]), day, here))


def reseal_entry(connection: Connection, keys: Keyring, row: RowMapping) -> None:
    """Seal a dossier's names and text, and hash its words, with the newest key.

    Raises KeyMissing, StorageError.
    """
    content = content_of(connection, keys, row)
    take_out(connection, keys, row, content)
    put_in(connection, keys, (row["id"], opened_entry(keys, row)), content)
    sealed = sealed_names(keys, row["code"], content)
    connection.execute(update(entries).where(entries.c.id == row["id"]).values(sealed=sealed))


def count(connection: Connection, counter: str, state: str, difference: int) -> None:
    """A counter has so many more dossiers in a state; the mark rises in any case."""
    mine = (tallies.c.counter == counter) & (tallies.c.state == state)
    more = {"dossiers": tallies.c.dossiers + difference, "mark": tallies.c.mark + 1}
    if connection.execute(update(tallies).where(mine).values(more)).rowcount == 0:
        row = {"counter": counter, "state": state, "dossiers": difference, "mark": 1}
        connection.execute(insert(tallies).values(row))
