"""The table of work, and a row of it as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

from dossier.work import Awaited, Job, JobKind, JobState, Lane

tables = MetaData()
work = Table(
    "work",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("dossier", String(64), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", String(40), nullable=False),
    Column("owner", String(160), nullable=False),
    Column("beat", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("awaits", String(16), nullable=False),
    Column("trouble", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("asked_by", String(160), nullable=False),
    Column("is_watched", Boolean, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("kind", "dossier"),
    Index("ix_work_next", "state", "lane", "number"),
    sqlite_autoincrement=True,
)
work_results = Table(
    "work_results",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False, index=True),
    Column("content", Text, nullable=False),
)


def work_place(dossier: str) -> str:
    """What the ciphertext of a job is bound to."""
    return f"work {dossier}"


def result_place(number: int) -> str:
    """What the ciphertext of an outcome is bound to."""
    return f"work result {number}"


SEALED: Final[tuple[tuple[Table, Callable[[Mapping[str, Any]], str]], ...]] = (
    (work, lambda row: work_place(row["dossier"])),
    (work_results, lambda row: result_place(row["number"])),
)
"""Tables whose column `content` is sealed, and what each row is bound to."""


def job_of(row: Any, content: bytes = b"") -> Job:
    """A row as a job."""
    return Job(
        number=int(row["number"]),
        kind=JobKind(row["kind"]),
        dossier=str(row["dossier"]),
        lane=Lane(row["lane"]),
        state=JobState(row["state"]),
        since=str(row["since"]),
        owner=str(row["owner"]),
        beat=int(row["beat"]),
        lost=int(row["lost"]),
        awaits=Awaited(row["awaits"]) if row["awaits"] else None,
        trouble=str(row["trouble"]),
        fingerprint=str(row["fingerprint"]),
        content=content,
    )
