"""Many dossiers at once into the tables of the desk, for benchmarks and simulations.

Rows of the blind index are put in the order of the index, some tens of thousands of dossiers at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from sqlalchemy import func, insert, select

from dossier.desk import DeskEntry
from dossier.desk_asked import DeskContent
from storage.blind_words import Term, hashed, terms_of
from storage.database import open_database, writing
from storage.desk_rows import count, entry_row, sealed_names, sealed_text
from storage.desk_tables import entries, kinds, tables, texts, words
from storage.keyring import Keyring

_AT_ONCE: Final = 10_000
_ROWS: Final = 50_000

Dossier = tuple[DeskEntry, DeskContent]


def load_desk(url: str, keys: Keyring, dossiers: Iterable[Dossier]) -> int:
    """Put dossiers that the tables do not hold yet; how many rows the blind index has of them then.

    Raises StorageError, DiskFull.
    """
    engine = open_database(url, tables)
    loader = _Loader(keys)
    counted: Counter[tuple[str, str]] = Counter()
    rows = 0
    try:
        with writing(engine) as connection:
            first = int(connection.execute(select(func.max(entries.c.id))).scalar() or 0) + 1
        for some in _some(dossiers):
            made = [loader.rows(number, *each) for number, each in enumerate(some, first)]
            first += len(made)
            counted.update((entry.counter, entry.state.value) for entry, _ in some)
            found = sorted(row for each in made for row in each.words)
            rows += len(found)
            with writing(engine) as connection:
                connection.execute(insert(entries), [each.entry for each in made])
                sealed = [each.text for each in made if each.text]
                if sealed:
                    connection.execute(insert(texts), sealed)
                kinds_found = sorted((row for each in made for row in each.kinds), key=_order)
                if kinds_found:
                    connection.execute(insert(kinds), kinds_found)
                for at in range(0, len(found), _ROWS):
                    part = found[at : at + _ROWS]
                    connection.execute(
                        insert(words), [{"word": w, "received_day": d, "entry": n} for w, d, n in part]
                    )
        with writing(engine) as connection:
            for (counter, state), more in sorted(counted.items()):
                count(connection, counter, state, more)
    finally:
        engine.dispose()
    return rows


class _Made:
    """The rows of one dossier."""

    def __init__(self, entry: dict[str, Any], text: dict[str, Any] | None) -> None:
        self.entry, self.text = entry, text
        self.words: list[tuple[int, int, int]] = []
        self.kinds: list[dict[str, Any]] = []


class _Loader:
    """Seals and hashes; equal words are hashed once."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self._hashes: dict[Term, int] = {}

    def rows(self, number: int, entry: DeskEntry, content: DeskContent) -> _Made:
        """The rows of a dossier under its number."""
        sealed = sealed_names(self._keys, entry.code, content)
        text = None
        if content.text:
            text = {"entry": number, "sealed": sealed_text(self._keys, entry.code, content.text)}
        made = _Made(entry_row(entry) | {"id": number, "sealed": sealed}, text)
        day = entry.received_on.toordinal()
        made.words = [(self._hash(term), day, number) for term in terms_of(content)]
        made.kinds = [{"kind": kind, "received_day": day, "entry": number} for kind in content.kinds]
        return made

    def _hash(self, term: Term) -> int:
        found = self._hashes.get(term)
        if found is None:
            (found,) = hashed(self._keys, [term])
            self._hashes[term] = found
        return found


def _some(dossiers: Iterable[Dossier]) -> Iterator[list[Dossier]]:
    each = iter(dossiers)
    while some := list(islice(each, _AT_ONCE)):
        yield some


def _order(row: dict[str, Any]) -> tuple[str, int, int]:
    return row["kind"], row["received_day"], row["entry"]
