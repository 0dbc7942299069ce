"""Clients of the REST door and their tokens.

A token is 256 random bits, shown once. The table holds its HMAC under this machine's own key: whoever takes
the table can call with nothing that stands in it, and with so many bits nothing can be guessed from it, so
that a fast hash is the right one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, MetaData, RowMapping, String, Table, Text, insert, select, update
from sqlalchemy.exc import IntegrityError

from dossier.clients import Client, Scope
from dossier.errors import ClientRefused
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.keyring import Keyring

TOKEN_PREFIX: Final = "sohoa_"  # noqa: S105 - by which leaked tokens are recognised, no secret
_TOKEN_BYTES: Final = 32
_LAST_USE_STEP: Final = timedelta(minutes=1)

tables = MetaData()
_clients = Table(
    "api_clients",
    tables,
    Column("name", String(64), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("counters", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40)),
    Column("revoked_at", String(40)),
    Column("last_used_at", String(40)),
)


@dataclass(frozen=True, slots=True)
class ClientOrder:
    """A client to be added."""

    name: str
    scopes: tuple[Scope, ...]
    counters: tuple[str, ...] = ()
    purpose: str = ""
    expires_at: datetime | None = None


class SqlClients:
    """Clients in a database table."""

    def __init__(self, url: str, keys: Keyring, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull.

        Args:
            url: SQLAlchemy URL.
            keys: the keys of clients, apart from those of personal data.
            clock: what time it is.
        """
        self._engine = open_database(url)
        self._keys = keys
        self._clock = clock

    def add(self, order: ClientOrder) -> str:
        """Its token, which is told this once. Raises ClientRefused where the name is taken, StorageError."""
        token = TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
        row = {
            "name": order.name,
            "token_hash": self._keys.person(token),
            "scopes": json.dumps(order.scopes),
            "counters": json.dumps(order.counters, ensure_ascii=False),
            "purpose": order.purpose,
            "created_at": self._clock().isoformat(timespec="seconds"),
            "expires_at": order.expires_at.isoformat(timespec="seconds") if order.expires_at else None,
        }
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(_clients).values(row))
        except IntegrityError as e:
            raise ClientRefused(order.name, "a client of this name is there, perhaps revoked") from e
        return token

    def find(self, token: str) -> Client | None:
        """Whose token this is, good or not any more; None for nobody's. Raises StorageError."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        wanted = select(_clients).where(_clients.c.token_hash.in_(self._keys.person_names(token)))
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else _client(row)

    def named(self, name: str) -> Client | None:
        """The client of this name. Raises StorageError."""
        with reading(self._engine) as connection:
            row = connection.execute(select(_clients).where(_clients.c.name == name)).mappings().first()
        return None if row is None else _client(row)

    def note_use(self, client: Client) -> None:
        """Remember that it called, to the minute. Raises StorageError."""
        now = self._clock()
        if client.last_used_at is None or now - client.last_used_at >= _LAST_USE_STEP:
            self._set(client.name, last_used_at=now.isoformat(timespec="seconds"))

    def revoke(self, name: str) -> Client:
        """End a client for good; doing so again changes nothing. Raises ClientRefused for no such client."""
        client = self.named(name)
        if client is None:
            raise ClientRefused(name, "there is no such client")
        if client.revoked_at is None:
            self._set(name, revoked_at=self._clock().isoformat(timespec="seconds"))
        return self.named(name) or client

    def all(self) -> tuple[Client, ...]:
        """Every client by name, revoked ones too. Raises StorageError."""
        with reading(self._engine) as connection:
            rows: Iterable[RowMapping] = connection.execute(
                select(_clients).order_by(_clients.c.name)
            ).mappings()
            return tuple(map(_client, rows))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _set(self, name: str, **values: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(_clients).where(_clients.c.name == name).values(**values))


def _client(row: RowMapping) -> Client:
    return Client(
        name=row["name"],
        scopes=tuple(Scope(each) for each in json.loads(row["scopes"])),
        counters=tuple(json.loads(row["counters"])),
        purpose=row["purpose"],
        created_at=datetime.fromisoformat(row["created_at"]),
        expires_at=_moment(row["expires_at"]),
        revoked_at=_moment(row["revoked_at"]),
        last_used_at=_moment(row["last_used_at"]),
    )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def any_client(url: str) -> bool:
    """Whether a client was ever added. Raises StorageError, DiskFull."""
    engine = open_database(url)
    try:
        with reading(engine) as connection:
            return connection.execute(select(_clients.c.name).limit(1)).first() is not None
    finally:
        engine.dispose()
