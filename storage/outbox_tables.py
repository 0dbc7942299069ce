"""The tables of the outbox, and the one way in which an event gets into them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy import Index as TableIndex

from dossier.clients import Delivery, DeliveryState, Event, Webhook

tables = MetaData()
webhooks = Table(
    "webhooks",
    tables,
    Column("id", String(40), primary_key=True),
    Column("client", String(64), nullable=False, index=True),
    Column("url", String(2000), nullable=False),
    Column("kinds", Text, nullable=False),
    Column("secrets", Text, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("rests_until", Float, nullable=False),
    Column("failures", Integer, nullable=False),
)
events = Table(
    "outbox_events",
    tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("dossier", String(255), nullable=False, index=True),
    Column("kind", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)
deliveries = Table(
    "outbox_deliveries",
    tables,
    Column("webhook", String(40), primary_key=True),
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("dossier", String(255), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Float, nullable=False),
    Column("trouble", String(300), nullable=False),
    Column("delivered_at", String(40)),
    TableIndex("ix_outbox_deliveries_open", "state", "webhook", "dossier", "event"),
)


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a dossier, before it is an event."""

    dossier: str
    """Code; empty where it is about none."""
    kind: str
    """For example "dossier.archived"."""
    data: Mapping[str, Any]
    """What is said, without personal data."""
    at: datetime
    """Aware."""


def note_event(connection: Connection, client: str, news: News) -> None:
    """Write an event down for every subscription of a client that asks for its kind.

    Args:
        connection: the transaction of what the event tells.
        client: who may know.
        news: what happened.
    """
    tell(
        connection, [w for w in webhooks_of(connection, client) if not w.kinds or news.kind in w.kinds], news
    )


def forget_events(connection: Connection, dossier: str) -> None:
    """Take everything about a dossier out."""
    connection.execute(delete(deliveries).where(deliveries.c.dossier == dossier))
    connection.execute(delete(events).where(events.c.dossier == dossier))


def tell(connection: Connection, listening: Sequence[Webhook], news: News) -> str:
    """Write an event and what is owed of it; its id, empty where nobody listens."""
    if not listening:
        return ""
    said = {"type": news.kind, "timestamp": iso(news.at), "data": dict(news.data)}
    values = {
        "id": f"evt_{uuid.uuid4().hex}",
        "dossier": news.dossier,
        "kind": news.kind,
        "at": iso(news.at),
        # As Standard Webhooks writes it, one line, in the order in which it is read.
        "body": json.dumps(said, ensure_ascii=False, separators=(",", ":")),
    }
    written = connection.execute(insert(events).values(values))
    (number,) = written.inserted_primary_key or (None,)
    rows = [
        {
            "webhook": webhook.id,
            "event": number,
            "dossier": news.dossier,
            "state": DeliveryState.DUE.value,
            "attempts": 0,
            "next_at": 0.0,
            "trouble": "",
        }
        for webhook in listening
    ]
    connection.execute(insert(deliveries), rows)
    return str(values["id"])


def webhooks_of(connection: Connection, client: str) -> tuple[Webhook, ...]:
    """A client's subscriptions, the oldest first."""
    wanted = select(webhooks).where(webhooks.c.client == client).order_by(webhooks.c.created_at)
    return tuple(
        Webhook(row["id"], row["client"], row["url"], tuple(json.loads(row["kinds"])), row["created_at"])
        for row in connection.execute(wanted).mappings()
    )


def joined() -> Any:
    """Deliveries with their subscriptions and events."""
    columns = (
        *deliveries.c,
        *(webhooks.c[name] for name in ("client", "url", "kinds", "created_at")),
        *(events.c[name] for name in ("id", "kind", "at", "body")),
    )
    return (
        select(*columns)
        .select_from(deliveries)
        .join(webhooks, webhooks.c.id == deliveries.c.webhook)
        .join(events, events.c.number == deliveries.c.event)
    )


def delivery_of(row: RowMapping) -> Delivery:
    """A row of `joined`."""
    return Delivery(
        Webhook(
            row["webhook"], row["client"], row["url"], tuple(json.loads(row["kinds"])), row["created_at"]
        ),
        Event(row["id"], row["event"], row["dossier"], row["kind"], row["at"], row["body"]),
        DeliveryState(row["state"]),
        row["attempts"],
        row["next_at"],
        row["trouble"],
    )


def iso(at: datetime) -> str:
    """ISO 8601 to the millisecond."""
    return at.isoformat(timespec="milliseconds")
