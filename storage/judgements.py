"""What was found about every dossier, stopped ones included, and which papers the archive keeps of whom.

The archive's index knows only dossiers that were archived. One that was stopped at the counter never gets
there, and it is the one that the office which controls procedures has to see. No number and no name of a
person stands in these tables: findings are kept by rule, people by a keyed hash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, select

from dossier.page_print import PagePrint
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.deposit_tables import forget_deposit
from storage.keyring import Keyring
from storage.page_prints import KeptPage, forget_pages, keep_pages, pages_like

tables = MetaData()
_judged = Table(
    "judged_dossiers",
    tables,
    Column("dossier", String(255), primary_key=True),
    Column("judged_at", String(40), nullable=False),
    Column("summary", Text, nullable=False),
)
kept_papers = Table(
    "kept_papers",
    tables,
    Column("person", String(64), primary_key=True),
    Column("kind", String(80), primary_key=True),
    Column("dossier", String(255), primary_key=True),
    Column("marks", Text),
)


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper in the archive."""

    person: str
    """Keyed hash of the personal number, see `storage.keyring`."""
    kind: str
    dossier: str
    """Code of the dossier that it is kept in."""
    marks: str = ""
    """What tells the dossier's papers of this kind from others of the person, see `storage.paper_marks`;
    empty where an earlier release kept them."""


class SqlJudgements:
    """The newest judgement of each dossier, and the papers that are kept of each person."""

    def __init__(self, url: str, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._clock = clock

    def judged(self, dossier: str, summary: str) -> None:
        """Remember what was found, in the place of what was found before. Raises StorageError, DiskFull."""
        with writing(self._engine) as connection:
            connection.execute(delete(_judged).where(_judged.c.dossier == dossier))
            row = {"dossier": dossier, "judged_at": self._clock().isoformat(), "summary": summary}
            connection.execute(insert(_judged).values(row))

    def summaries(self) -> tuple[str, ...]:
        """The newest judgement of each dossier, JSON, by dossier. Raises StorageError."""
        with reading(self._engine) as connection:
            return tuple(connection.execute(select(_judged.c.summary).order_by(_judged.c.dossier)).scalars())

    def summary(self, dossier: str) -> str | None:
        """The newest judgement of a dossier, JSON; None where it was never judged. Raises StorageError."""
        wanted = select(_judged.c.summary).where(_judged.c.dossier == dossier)
        with reading(self._engine) as connection:
            found = connection.execute(wanted).scalar_one_or_none()
        return None if found is None else str(found)

    def dossiers(self) -> tuple[str, ...]:
        """Every dossier that was judged, sorted. Raises StorageError."""
        with reading(self._engine) as connection:
            return tuple(connection.execute(select(_judged.c.dossier).order_by(_judged.c.dossier)).scalars())

    def keep_papers(self, dossier: str, papers: Iterable[KeptPaper]) -> None:
        """Remember the papers of an archived dossier, in the place of those before. Raises StorageError."""
        kept = {(paper.person, paper.kind): paper.marks or None for paper in papers}
        rows = [
            {"person": person, "kind": kind, "dossier": dossier, "marks": marks}
            for (person, kind), marks in sorted(kept.items(), key=lambda entry: entry[0])
        ]
        with writing(self._engine) as connection:
            connection.execute(delete(kept_papers).where(kept_papers.c.dossier == dossier))
            if rows:
                connection.execute(insert(kept_papers), rows)

    def papers_of(self, people: Collection[str]) -> tuple[KeptPaper, ...]:
        """What the archive keeps of these people, given by their keyed hashes. Raises StorageError."""
        columns = (kept_papers.c.person, kept_papers.c.kind, kept_papers.c.dossier)
        wanted = select(*columns, kept_papers.c.marks).where(kept_papers.c.person.in_(sorted(people)))
        with reading(self._engine) as connection:
            found = connection.execute(wanted.order_by(*columns))
            return tuple(KeptPaper(person, kind, code, marks or "") for person, kind, code, marks in found)

    def keep_pages(self, dossier: str, keys: Keyring, prints: Sequence[PagePrint]) -> None:
        """Remember the pages of an archived dossier, in the place of those before. Raises StorageError."""
        with writing(self._engine) as connection:
            keep_pages(connection, keys, dossier, prints)

    def pages_like(self, dossier: str, keys: Keyring, prints: Sequence[PagePrint]) -> tuple[KeptPage, ...]:
        """Pages of other dossiers in the archive that may show the same sheets. Raises StorageError."""
        with reading(self._engine) as connection:
            return tuple(pages_like(connection, keys, prints, dossier))

    def forget(self, dossier: str) -> None:
        """Take a dossier's judgement, papers, pages and deposit out of the tables. Raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(_judged).where(_judged.c.dossier == dossier))
            connection.execute(delete(kept_papers).where(kept_papers.c.dossier == dossier))
            forget_pages(connection, dossier)
            forget_deposit(connection, dossier)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
