"""Prints of the pages that the archive keeps: known again when the same sheet comes back, legible to nobody.

A print is ciphertext. What it is found by is a keyed hash, one of the picture's bytes and one of everything
that two scans of a sheet have to agree in to the letter: every number and the people. Forms that differ in
one digit therefore do not even meet, and a look-up costs the same however much the archive keeps.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
    update,
)

from dossier.errors import StorageError
from dossier.page_print import PRINT_VERSION, PagePrint
from storage.keyring import Keyring

NEWEST_PAGES: Final = 200
"""So many pages under one name are looked at: the same sheet in more dossiers is known by its newest."""
_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")
_RUN_BYTES, _WORD_BYTES = 8, 4

tables = MetaData()
kept_pages = Table(
    "kept_pages",
    tables,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("dossier", String(255), nullable=False),
    Column("page", Integer, nullable=False),
    Column("sealed", Text, nullable=False),
    UniqueConstraint("dossier", "page"),
    sqlite_autoincrement=True,
)
kept_page_names = Table(
    "kept_page_names",
    tables,
    Column("name", String(64), primary_key=True),
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Index("ix_kept_page_names_number", "number"),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page in the archive."""

    dossier: str
    """Code of the dossier that it is kept in."""
    print: PagePrint


def plain_hash(text: str) -> str:
    """What the hashes within a print are made with, hexadecimal. No key: a print outlives each of them, and
    nothing of it is written but sealed."""
    return hashlib.blake2b(text.encode(), digest_size=16, person=b"sohoa page 1").hexdigest()


def keep_pages(connection: Connection, keys: Keyring, dossier: str, prints: Sequence[PagePrint]) -> None:
    """Remember an archived dossier's pages in the place of those before, in a transaction of the caller's."""
    forget_pages(connection, dossier)
    for page, each in enumerate(prints, start=1):
        row = {"dossier": dossier, "page": page, "sealed": _sealed(keys, dossier, page, each)}
        made = connection.execute(insert(kept_pages).values(row).returning(kept_pages.c.number))
        _enter_names(connection, keys, made.scalar_one(), each)


def pages_like(
    connection: Connection, keys: Keyring, prints: Iterable[PagePrint], but_of: str
) -> Iterator[KeptPage]:
    """Pages that may show the same sheet as one of these, the newest first; of other dossiers.

    One that cannot be opened, or whose print is of another version, is no page to compare with.
    """
    names = {name for each in prints for words in _found_by(each) for name in keys.page_names(words)}
    rows: dict[int, Any] = {}
    for name in sorted(names):
        wanted = (
            select(kept_pages)
            .join(kept_page_names, kept_page_names.c.number == kept_pages.c.number)
            .where(kept_page_names.c.name == name, kept_pages.c.dossier != but_of)
            .order_by(kept_page_names.c.number.desc())
            .limit(NEWEST_PAGES)
        )
        rows |= {int(row["number"]): row for row in connection.execute(wanted).mappings()}
    for _, row in sorted(rows.items(), reverse=True):
        try:
            found = _opened(keys, row)
        except StorageError:
            continue  # its key is gone, or the row is damaged: a rotation tells
        if found is not None:
            yield KeptPage(row["dossier"], found)


def forget_pages(connection: Connection, dossier: str) -> None:
    """Take a dossier's pages out of the tables, in a transaction of the caller's."""
    mine = select(kept_pages.c.number).where(kept_pages.c.dossier == dossier)
    numbers = connection.execute(mine).scalars().all()
    _forget_names(connection, numbers)
    connection.execute(delete(kept_pages).where(kept_pages.c.dossier == dossier))


def reseal_page(connection: Connection, keys: Keyring, row: Any) -> None:
    """Seal a page's print and name it anew, with the newest key; one of another version is of no more use.

    Raises KeyMissing, StorageError.
    """
    found = _opened(keys, row)
    mine = kept_pages.c.number == row["number"]
    _forget_names(connection, [row["number"]])
    if found is None:
        connection.execute(delete(kept_pages).where(mine))
        return
    sealed = _sealed(keys, row["dossier"], row["page"], found)
    connection.execute(update(kept_pages).where(mine).values(sealed=sealed))
    _enter_names(connection, keys, row["number"], found)


def _found_by(page: PagePrint) -> Iterator[str]:
    """What a page is named by. Without a person its numbers are the form's own and name nothing."""
    if page.picture_sha256:
        yield f"picture {page.picture_sha256}"
    if page.people and page.numbers and page.picture is not None:
        yield " ".join(("numbers", page.numbers, *page.people))


def _enter_names(connection: Connection, keys: Keyring, number: int, page: PagePrint) -> None:
    rows = [{"name": keys.page(words), "number": number} for words in _found_by(page)]
    if rows:
        connection.execute(insert(kept_page_names), rows)


def _forget_names(connection: Connection, numbers: Collection[int]) -> None:
    if numbers:
        connection.execute(delete(kept_page_names).where(kept_page_names.c.number.in_(numbers)))


def _sealed(keys: Keyring, dossier: str, page: int, print_: PagePrint) -> str:
    words = struct.pack(f">{len(print_.words)}Q", *print_.words)
    vocabulary = struct.pack(f">{len(print_.vocabulary)}I", *print_.vocabulary)
    said = {
        "version": PRINT_VERSION,
        "sha256": print_.picture_sha256,
        "picture": print_.picture,
        "words": base64.b64encode(words).decode(),
        "numbers": print_.numbers,
        "people": print_.people,
        "vocabulary": base64.b64encode(vocabulary).decode(),
    }
    return keys.seal_text(json.dumps(said, separators=(",", ":")), _place(dossier, page))


def _opened(keys: Keyring, row: Any) -> PagePrint | None:
    """The print of a row; None where another version wrote it. Raises KeyMissing, StorageError."""
    place = _place(row["dossier"], row["page"])
    written = keys.open_text(row["sealed"], place)
    try:
        said = json.loads(written)
        if said["version"] != PRINT_VERSION:
            return None
        words, vocabulary = base64.b64decode(said["words"]), base64.b64decode(said["vocabulary"])
        return PagePrint(
            said["sha256"],
            said["picture"],
            struct.unpack(f">{len(words) // _RUN_BYTES}Q", words),
            said["numbers"],
            tuple(said["people"]),
            struct.unpack(f">{len(vocabulary) // _WORD_BYTES}I", vocabulary),
        )
    except (ValueError, KeyError, TypeError, struct.error) as e:
        raise StorageError(place, "damaged: it is no page's print") from e


def _place(dossier: str, page: int) -> str:
    return f"kept_pages {dossier} {page}"
