"""Many dossiers at once into the tables of the desk, for benchmarks and simulations.

The rows of the blind index are put last and in its own order, so that it grows at its end.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Table, func, insert, select

from dossier.desk import DeskEntry
from dossier.desk_asked import DeskContent
from storage.blind_words import Term, hashed, terms_of
from storage.connections import SharedEngine
from storage.database import open_database, writing
from storage.desk_rows import count, entry_row, sealed_names, sealed_text
from storage.desk_tables import entries, kinds, texts, words
from storage.keyring import Keyring

_AT_ONCE: Final = 2_000
_ROWS: Final = 100_000

Dossier = tuple[DeskEntry, DeskContent]


def load_desk(url: str, keys: Keyring, dossiers: Iterable[Dossier]) -> int:
    """Put dossiers that the tables do not hold yet; how many rows the blind index has of them then.

    Raises StorageError, DiskFull.
    """
    engine = open_database(url)
    loader = _Loader(keys)
    counted: Counter[tuple[str, str]] = Counter()
    try:
        number = _first(engine)
        for some in _some(dossiers):
            with writing(engine) as connection:
                loader.put(connection, number, some)
            number += len(some)
            counted.update((entry.counter, entry.state.value) for entry, _ in some)
        with writing(engine) as connection:
            loader.put_words(connection)
            for (counter, state), more in sorted(counted.items()):
                count(connection, counter, state, more)
    finally:
        engine.dispose()
    return len(loader.found[0])


class _Loader:
    """Seals and hashes; equal words are hashed once."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self._hashes: dict[Term, int] = {}
        self.found = (array("q"), array("q"), array("q"))
        """Word, day of reception, number of the dossier."""

    def put(self, connection: Connection, first: int, dossiers: Sequence[Dossier]) -> None:
        """The rows of some dossiers, numbered from the first; their words are kept for later."""
        rows, sealed, of_kind = [], [], []
        for number, (entry, content) in enumerate(dossiers, first):
            names = sealed_names(self._keys, entry.code, content)
            rows.append(entry_row(entry) | {"id": number, "sealed": names})
            if content.text:
                text = sealed_text(self._keys, entry.code, content.text)
                sealed.append({"entry": number, "sealed": text})
            day = entry.received_on.toordinal()
            of_kind += [{"kind": kind, "received_day": day, "entry": number} for kind in content.kinds]
            terms = terms_of(content)
            self.found[0].extend(self._hash(term) for term in terms)
            self.found[1].extend([day] * len(terms))
            self.found[2].extend([number] * len(terms))
        for table, found in ((entries, rows), (texts, sealed), (kinds, of_kind)):
            if found:
                columns = tuple(found[0])
                _insert(connection, table, columns, [tuple(row.values()) for row in found])

    def put_words(self, connection: Connection) -> None:
        """Every word that was kept, in the order of the index."""
        word, day, entry = (np.frombuffer(column, dtype=np.int64) for column in self.found)
        order = np.lexsort((entry, day, word))
        for at in range(0, len(order), _ROWS):
            part = order[at : at + _ROWS]
            columns = (word[part].tolist(), day[part].tolist(), entry[part].tolist())
            _insert(connection, words, ("word", "received_day", "entry"), list(zip(*columns, strict=True)))

    def _hash(self, term: Term) -> int:
        found = self._hashes.get(term)
        if found is None:
            (found,) = hashed(self._keys, [term])
            self._hashes[term] = found
        return found


def _insert(
    connection: Connection, table: Table, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Many rows of these columns, past what makes an insert of SQLAlchemy convenient and slow."""
    compiled = insert(table).values(dict.fromkeys(names)).compile(dialect=connection.dialect)
    if compiled.positiontup is None:
        named = [dict(zip(names, row, strict=True)) for row in rows]
        connection.exec_driver_sql(str(compiled), named)
        return
    order = [names.index(name) for name in compiled.positiontup]
    is_same = order == list(range(len(names)))
    placed = rows if is_same else [tuple(row[at] for at in order) for row in rows]
    connection.exec_driver_sql(str(compiled), list(placed))


def _first(engine: SharedEngine) -> int:
    with writing(engine) as connection:
        return int(connection.execute(select(func.max(entries.c.id))).scalar() or 0) + 1


def _some(dossiers: Iterable[Dossier]) -> Iterator[list[Dossier]]:
    each = iter(dossiers)
    while some := list(islice(each, _AT_ONCE)):
        yield some
