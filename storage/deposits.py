"""Dossiers that other systems hand in: whose each is, its files, and the events that tell its client of it.

Each change of state and the event that tells it are one transaction (`storage.outbox`). A dossier's state
follows the desk's where the desk knows it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dossier.clients import Client, Deposit, DepositFile, DepositOrder
from dossier.desk import DeskState, FindingCounts
from dossier.errors import DepositNotFound, DepositRefused
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.deposit_tables import (
    CHANGEABLE,
    Refusal,
    change,
    check_state,
    deposit_files,
    deposit_keys,
    deposit_of,
    deposits,
    dossier_of_key,
    files_of,
    forget_deposit,
    found,
    news_of,
    report_place,
    row_of,
    said_of,
    values_of,
)
from storage.keyring import Sealer
from storage.outbox_tables import note_event

NOTHING_READ: Final = said_of(FindingCounts(), 0)


class SqlDeposits:
    """Deposits in a database."""

    def __init__(self, url: str, sealer: Sealer, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull.

        Args:
            url: SQLAlchemy URL.
            sealer: what reports are sealed with, the keys of personal data.
            clock: what time it is.
        """
        self._engine = open_database(url)
        self._sealer = sealer
        self._clock = clock

    def open(
        self, client: str, order: DepositOrder, key: str = "", fingerprint: str = ""
    ) -> tuple[Deposit, bool]:
        """The deposit, and whether it is new. The same again changes nothing.

        Args:
            client: who opens it.
            order: what it says.
            key: the request's idempotency key; empty for none.
            fingerprint: SHA-256 of the request that the key stands for.

        Raises DepositRefused with a `Refusal` as its cause, StorageError, DiskFull.
        """
        try:
            return self._open(client, order, key, fingerprint)
        except IntegrityError:
            # Somebody opened the same one between our look and our insert.
            return self._open(client, order, key, fingerprint)

    def find(self, dossier: str) -> Deposit:
        """A deposit. Raises DepositNotFound, StorageError."""
        with reading(self._engine) as connection:
            return deposit_of(found(connection, dossier))

    def of_client(
        self, client: Client, after: int, limit: int, states: Collection[DeskState] = ()
    ) -> tuple[tuple[int, Deposit], ...]:
        """A client's deposits at its counters, each with its number, by number. Raises StorageError."""
        wanted = select(deposits).where(deposits.c.client == client.name, deposits.c.number > after)
        if client.counters:
            wanted = wanted.where(deposits.c.counter.in_(client.counters))
        if states:
            wanted = wanted.where(deposits.c.state.in_(sorted(states)))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(deposits.c.number).limit(limit)).mappings()
            return tuple((row["number"], deposit_of(row)) for row in rows)

    def in_state(self, state: DeskState) -> tuple[Deposit, ...]:
        """Every deposit in a state, the oldest first. Raises StorageError."""
        wanted = select(deposits).where(deposits.c.state == state.value).order_by(deposits.c.number)
        with reading(self._engine) as connection:
            return tuple(map(deposit_of, connection.execute(wanted).mappings()))

    def add_file(self, dossier: str, file: DepositFile, most: int) -> tuple[DepositFile, bool]:
        """The file with its position, and whether it is new. Raises DepositRefused, DepositNotFound."""
        with writing(self._engine) as connection:
            check_state(deposit_of(found(connection, dossier, for_update=True)), CHANGEABLE)
            files = files_of(connection, dossier)
            for known in files:
                if known.sha256 == file.sha256:
                    return known, False
            if len(files) >= most:
                raise DepositRefused(dossier, Refusal.TOO_MANY_FILES)
            file = replace(file, position=max((f.position for f in files), default=0) + 1)
            row = {name: getattr(file, name) for name in DepositFile.__dataclass_fields__}
            connection.execute(insert(deposit_files).values({"dossier": dossier, **row}))
            return file, True

    def files(self, dossier: str) -> tuple[DepositFile, ...]:
        """Its files in the order of arrival. Raises StorageError."""
        with reading(self._engine) as connection:
            return files_of(connection, dossier)

    def drop_file(self, dossier: str, sha256: str) -> bool:
        """Take a file out; whether no other deposit has it. Raises DepositRefused, DepositNotFound."""
        with writing(self._engine) as connection:
            check_state(deposit_of(found(connection, dossier, for_update=True)), CHANGEABLE)
            mine = (deposit_files.c.dossier == dossier) & (deposit_files.c.sha256 == sha256)
            if not connection.execute(delete(deposit_files).where(mine)).rowcount:
                raise DepositNotFound(sha256)
            other = select(func.count()).select_from(deposit_files).where(deposit_files.c.sha256 == sha256)
            return not connection.execute(other).scalar()

    def uploaded(self, but: Collection[str]) -> frozenset[str]:
        """SHA-256 of the files of all dossiers that may still be begun, but these. Raises StorageError."""
        wanted = (
            select(deposit_files.c.sha256)
            .join(deposits, deposits.c.dossier == deposit_files.c.dossier)
            .where(deposits.c.state.in_([state.value for state in CHANGEABLE]))
            .where(deposits.c.dossier.not_in(sorted(but)))
        )
        with reading(self._engine) as connection:
            return frozenset(connection.execute(wanted).scalars())

    def hold(self, dossier: str, *, is_held: bool) -> Deposit:
        """Let it wait for its client, or end that. Raises DepositRefused, DepositNotFound, StorageError."""
        with writing(self._engine) as connection:
            row = found(connection, dossier, for_update=True)
            deposit = deposit_of(row)
            if deposit.is_held == is_held:
                return deposit
            check_state(deposit, CHANGEABLE)
            held = replace(deposit, is_held=is_held)
            return self._change(connection, row, held)

    def move(self, dossier: str, state: DeskState) -> Deposit:
        """Bring it into a state, its event in the same transaction; the same again changes nothing."""
        with writing(self._engine) as connection:
            row = found(connection, dossier, for_update=True)
            deposit = deposit_of(row)
            moved = replace(deposit, state=state, is_held=False, trouble="")
            return deposit if moved == deposit else self._change(connection, row, moved)

    def wants_review(self, dossier: str) -> bool:
        """Whether a clerk looks at it before it is sealed, as it was begun last; so where nobody said.

        Raises DepositNotFound, StorageError.
        """
        with reading(self._engine) as connection:
            return found(connection, dossier)["review"] in (None, True)

    def note_begun(self, dossier: str, *, review: bool) -> None:
        """It is begun now, with a clerk's look before the seal or without. Raises StorageError, DiskFull."""
        with writing(self._engine) as connection:
            mine = deposits.c.dossier == dossier
            connection.execute(update(deposits).where(mine).values(review=review))

    def keep_report(self, dossier: str, report: str) -> None:
        """Keep the newest verdict, sealed. Raises StorageError, DiskFull."""
        sealed = self._sealer.seal_text(report, report_place(dossier))
        with writing(self._engine) as connection:
            mine = deposits.c.dossier == dossier
            connection.execute(update(deposits).where(mine).values(report=sealed))

    def report(self, dossier: str) -> str | None:
        """The newest verdict, JSON; None before there is one. Raises DepositNotFound, KeyMissing."""
        with reading(self._engine) as connection:
            sealed = found(connection, dossier)["report"]
        return self._sealer.open_text(sealed, report_place(dossier)) if sealed else None

    def withdraw(self, dossier: str) -> tuple[str, ...]:
        """Forget a deposit that was not begun; SHA-256 of the files that no other one has.

        Raises DepositRefused, DepositNotFound, StorageError.
        """
        with writing(self._engine) as connection:
            check_state(deposit_of(found(connection, dossier, for_update=True)), (DeskState.EXPECTED,))
            mine = [file.sha256 for file in files_of(connection, dossier)]
            forget_deposit(connection, dossier)
            others = select(deposit_files.c.sha256).where(deposit_files.c.sha256.in_(mine))
            return tuple(sorted(set(mine) - set(connection.execute(others).scalars())))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _open(self, client: str, order: DepositOrder, key: str, fingerprint: str) -> tuple[Deposit, bool]:
        with writing(self._engine) as connection:
            if key:
                known = dossier_of_key(connection, client, key, fingerprint)
                if known:
                    return deposit_of(found(connection, known)), False
            row = row_of(connection, order.dossier)
            if row is not None:
                deposit = deposit_of(row)
                if deposit.client != client:
                    raise DepositRefused(order.dossier, Refusal.TAKEN)
                if deposit.order != order:
                    raise DepositRefused(order.dossier, Refusal.DIFFERS)
                self._keep_key(connection, (client, key, fingerprint), order.dossier)
                return deposit, False
            now = self._clock().replace(microsecond=0)
            deposit = Deposit(order, client, DeskState.EXPECTED, False, "", now, now, 1)
            values = values_of(deposit) | {
                "dossier": order.dossier,
                "client": client,
                "counter": order.counter,
                "procedure": order.procedure,
                "received_on": order.received_on.isoformat(),
                "cases": json.dumps(order.cases),
                "due_on": order.due_on.isoformat() if order.due_on else None,
                "opened_at": now.isoformat(),
                "said": json.dumps(NOTHING_READ, sort_keys=True),
            }
            connection.execute(insert(deposits).values(values))
            self._keep_key(connection, (client, key, fingerprint), order.dossier)
            note_event(connection, client, news_of(deposit, NOTHING_READ))
            return deposit, True

    def _keep_key(self, connection: Connection, named: tuple[str, str, str], dossier: str) -> None:
        client, key, fingerprint = named
        if key:
            row = {"client": client, "key": key, "fingerprint": fingerprint, "dossier": dossier}
            connection.execute(insert(deposit_keys).values(row | {"at": self._clock().isoformat()}))

    def _change(self, connection: Connection, row: RowMapping, new: Deposit) -> Deposit:
        return change(connection, row, replace(new, changed_at=self._clock()), json.loads(row["said"]))
