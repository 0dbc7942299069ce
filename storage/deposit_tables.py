"""The tables of deposits, and the one way in which a deposit changes: with its event."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    select,
    update,
)

from dossier.clients import Deposit, DepositFile, DepositOrder
from dossier.desk import DeskEntry, DeskState, FindingCounts
from dossier.errors import DepositNotFound, DepositRefused
from storage.outbox_tables import News, forget_events, note_event

EVENTS: Final = {
    DeskState.EXPECTED: "dossier.opened",
    DeskState.READING: "dossier.reading",
    DeskState.REVIEW: "dossier.needs_attention",
    DeskState.SEALING: "dossier.sealing",
    DeskState.WAITING: "dossier.waiting",
    DeskState.ARCHIVED: "dossier.archived",
    DeskState.FAILED: "dossier.failed",
    DeskState.RETURNED: "dossier.returned",
}
"""What a change of state is called towards other systems."""
HELD: Final = "dossier.held"

tables = MetaData()
deposits = Table(
    "deposits",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("dossier", String(64), nullable=False, unique=True),
    Column("client", String(64), nullable=False, index=True),
    Column("counter", String(120), nullable=False),
    Column("procedure", String(40), nullable=False),
    Column("received_on", String(10), nullable=False),
    Column("cases", Text, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("is_held", Boolean, nullable=False),
    Column("trouble", String(80), nullable=False),
    Column("opened_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("said", Text, nullable=False),
    Column("report", Text),
    Column("due_on", String(10)),
    Column("review", Boolean),
    sqlite_autoincrement=True,
)
deposit_files = Table(
    "deposit_files",
    tables,
    Column("dossier", String(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("suffix", String(8), nullable=False),
    UniqueConstraint("dossier", "sha256"),
)
deposit_keys = Table(
    "deposit_keys",
    tables,
    Column("client", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("dossier", String(64), nullable=False),
    Column("at", String(40), nullable=False),
)


class Refusal(StrEnum):
    """Why a deposit is refused; the cause of a DepositRefused."""

    TAKEN = "taken"
    """Another client, or the counter, has a dossier of this code."""
    DIFFERS = "differs"
    """It was opened before and said something else."""
    KEY_REUSED = "key_reused"
    """The idempotency key stood on another request."""
    WRONG_STATE = "wrong_state"
    NO_FILES = "no_files"
    TOO_MANY_FILES = "too_many_files"


def change(connection: Connection, row: RowMapping, new: Deposit, said: Mapping[str, Any]) -> Deposit:
    """Write a changed deposit and the event that tells it into a transaction."""
    new = replace(new, version=row["version"] + 1)
    values = values_of(new) | {"said": json.dumps(said, sort_keys=True)}
    connection.execute(update(deposits).where(deposits.c.number == row["number"]).values(values))
    note_event(connection, new.client, news_of(new, said))
    return new


def follow_desk(connection: Connection, entry: DeskEntry, trouble: str = "") -> None:
    """Take over what the desk says of a dossier, in the desk's own transaction; one that nobody handed in
    is nobody's business.

    Args:
        connection: in that transaction.
        entry: as the desk has it now.
        trouble: class of the error that its run ended with; empty for none.
    """
    row = row_of(connection, entry.code, for_update=True)
    if row is None:
        return
    deposit, said = deposit_of(row), said_of(entry.findings, entry.pages)
    if (deposit.state, deposit.trouble) == (entry.state, trouble) and json.loads(row["said"]) == said:
        return
    new = replace(deposit, state=entry.state, is_held=False, trouble=trouble, changed_at=entry.changed_at)
    change(connection, row, new, said)


def said_of(findings: FindingCounts, pages: int) -> dict[str, Any]:
    """What events say beyond the state."""
    return {"findings": asdict(findings), "pages": pages}


def forget_deposit(connection: Connection, dossier: str) -> None:
    """Take everything about a deposit out, its events too."""
    for table in (deposit_files, deposit_keys, deposits):
        connection.execute(delete(table).where(table.c.dossier == dossier))
    forget_events(connection, dossier)


def news_of(deposit: Deposit, said: Mapping[str, Any]) -> News:
    """What an event about a dossier says: nothing about a person."""
    kind = HELD if deposit.is_held else EVENTS[deposit.state]
    data = {
        "dossier": deposit.order.dossier,
        "procedure": deposit.order.procedure,
        "counter": deposit.order.counter,
        "state": deposit.state.value,
        "is_held": deposit.is_held,
        "trouble": deposit.trouble,
        "version": deposit.version,
        **said,
    }
    return News(deposit.order.dossier, kind, data, deposit.changed_at)


def report_place(dossier: str) -> str:
    """Where a report stands, for its seal."""
    return f"deposit report {dossier}"


CHANGEABLE: Final = (DeskState.EXPECTED, DeskState.REVIEW, DeskState.FAILED)


def check_state(deposit: Deposit, allowed: Collection[DeskState]) -> None:
    """Raise DepositRefused in any other state."""
    if deposit.state not in allowed:
        raise DepositRefused(deposit.order.dossier, Refusal.WRONG_STATE)


def row_of(connection: Connection, dossier: str, *, for_update: bool = False) -> RowMapping | None:
    """The row of a deposit, or None."""
    wanted = select(deposits).where(deposits.c.dossier == dossier)
    if for_update:
        wanted = wanted.with_for_update()
    return connection.execute(wanted).mappings().first()


def found(connection: Connection, dossier: str, *, for_update: bool = False) -> RowMapping:
    """The row of a deposit. Raises DepositNotFound."""
    row = row_of(connection, dossier, for_update=for_update)
    if row is None:
        raise DepositNotFound(dossier)
    return row


def dossier_of_key(connection: Connection, client: str, key: str, fingerprint: str) -> str:
    """What an idempotency key opened; empty for a new key. Raises DepositRefused where it is reused."""
    wanted = select(deposit_keys.c.fingerprint, deposit_keys.c.dossier).where(
        deposit_keys.c.client == client, deposit_keys.c.key == key
    )
    row = connection.execute(wanted).first()
    if row is None:
        return ""
    if row[0] != fingerprint:
        raise DepositRefused(key, Refusal.KEY_REUSED)
    return str(row[1])


def files_of(connection: Connection, dossier: str) -> tuple[DepositFile, ...]:
    """Its files in the order of arrival."""
    columns = [deposit_files.c[name] for name in DepositFile.__dataclass_fields__]
    wanted = select(*columns).where(deposit_files.c.dossier == dossier).order_by(deposit_files.c.position)
    return tuple(DepositFile(**row) for row in connection.execute(wanted).mappings())


def values_of(deposit: Deposit) -> dict[str, Any]:
    """The columns that change."""
    return {
        "state": deposit.state.value,
        "is_held": deposit.is_held,
        "trouble": deposit.trouble,
        "changed_at": deposit.changed_at.isoformat(),
        "version": deposit.version,
    }


def deposit_of(row: RowMapping) -> Deposit:
    """A row as a value."""
    order = DepositOrder(
        row["dossier"],
        row["procedure"],
        row["counter"],
        date.fromisoformat(row["received_on"]),
        tuple(json.loads(row["cases"])),
        date.fromisoformat(row["due_on"]) if row["due_on"] else None,
    )
    return Deposit(
        order,
        row["client"],
        DeskState(row["state"]),
        bool(row["is_held"]),
        row["trouble"],
        datetime.fromisoformat(row["opened_at"]),
        datetime.fromisoformat(row["changed_at"]),
        row["version"],
    )
