"""Shapes of subscriptions to events."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from console.api.shapes import In, Out
from dossier.clients import DeliveryState
from storage.deposit_tables import EVENTS, HELD
from storage.outbox import PING

EventKind = StrEnum(  # type: ignore[misc]
    "EventKind",
    {kind.replace(".", "_").upper(): kind for kind in (*EVENTS.values(), HELD, PING)},
)


class WebhookIn(In):
    """Where to tell what."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    kinds: list[EventKind] = Field(default=[], max_length=20, description="Empty for every kind.")


class WebhookOut(Out):
    """A subscription."""

    id: str
    url: str
    kinds: list[str]
    created_at: str


class WebhooksOut(Out):
    """A client's subscriptions."""

    items: list[WebhookOut]


class NewWebhookOut(WebhookOut):
    """A new subscription with its secret, which is told this once."""

    secret: str


class SecretOut(Out):
    """A new secret; the one before it signs beside it until then."""

    secret: str
    former_until: datetime


class PingOut(Out):
    """An event that will be told."""

    event: str


class DeliveryOut(Out):
    """How the telling of an event stands."""

    event: str
    kind: str
    dossier: str
    at: str
    state: DeliveryState
    attempts: int
    trouble: str


class DeliveriesOut(Out):
    """The newest of them."""

    items: list[DeliveryOut]
