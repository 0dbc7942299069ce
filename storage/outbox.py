"""Events for other systems, written down in the transaction of what they tell, and told until they are heard.

An event stands here as soon as what it tells is true, and not a moment before: both are one transaction. Who
is told what is decided then, too. Of one dossier a subscriber is told in order: an event waits for the one
before it, and one that was given up holds back those behind it until somebody redrives or discards it.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Connection, and_, delete, func, insert, select, update

from dossier.clients import Delivery, DeliveryState, Webhook
from dossier.errors import ClientRefused
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.keyring import Keyring
from storage.outbox_tables import (
    News,
    deliveries,
    delivery_of,
    events,
    iso,
    joined,
    tell,
    webhooks,
    webhooks_of,
)

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - as Standard Webhooks writes secrets
PING: Final = "webhook.ping"
SECRET_LIVES_ON: Final = timedelta(hours=24)
"""How long a secret still signs beside the one that replaced it."""
LONGEST_PAUSE_SECONDS: Final = 3600.0
"""Between two attempts at telling something."""
_SECRET_BYTES: Final = 32
_OPEN: Final = (DeliveryState.DUE.value, DeliveryState.DEAD.value)


class SqlOutbox:
    """Subscriptions, events and how far the telling is."""

    def __init__(self, url: str, keys: Keyring, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull.

        Args:
            url: SQLAlchemy URL.
            keys: the keys of clients, with which the secrets of webhooks are sealed.
            clock: what time it is.
        """
        self._engine = open_database(url)
        self._keys = keys
        self._clock = clock

    def subscribe(self, client: str, url: str, kinds: Sequence[str]) -> tuple[Webhook, str]:
        """A new subscription, and its secret, which is told this once. Raises StorageError."""
        webhook = Webhook(f"wh_{uuid.uuid4().hex}", client, url, tuple(kinds), iso(self._clock()))
        secret = _new_secret()
        row = {
            "id": webhook.id,
            "client": client,
            "url": url,
            "kinds": json.dumps(webhook.kinds),
            "secrets": self._sealed(webhook.id, [(secret, "")]),
            "created_at": webhook.created_at,
            "rests_until": 0.0,
            "failures": 0,
        }
        with writing(self._engine) as connection:
            connection.execute(insert(webhooks).values(row))
        return webhook, secret

    def webhooks(self, client: str) -> tuple[Webhook, ...]:
        """A client's subscriptions, the oldest first. Raises StorageError."""
        with reading(self._engine) as connection:
            return webhooks_of(connection, client)

    def webhook(self, webhook: str, client: str) -> Webhook:
        """A client's subscription. Raises ClientRefused for none of its own, StorageError."""
        for each in self.webhooks(client):
            if each.id == webhook:
                return each
        raise ClientRefused(webhook, "there is no such webhook")

    def rotate(self, webhook: Webhook) -> str:
        """A new secret; the one before it signs beside it for a day. Raises StorageError."""
        secret, until = _new_secret(), iso(self._clock() + SECRET_LIVES_ON)
        with writing(self._engine) as connection:
            kept = self._secrets(connection, webhook.id)[:1]
            both = [(secret, ""), *((old, until) for old, _ in kept)]
            mine = webhooks.c.id == webhook.id
            connection.execute(update(webhooks).where(mine).values(secrets=self._sealed(webhook.id, both)))
        return secret

    def secrets_of(self, webhook: Webhook) -> tuple[str, ...]:
        """Secrets that sign now, the newest first. Raises StorageError, KeyMissing."""
        now = iso(self._clock())
        with reading(self._engine) as connection:
            return tuple(s for s, until in self._secrets(connection, webhook.id) if not until or until > now)

    def unsubscribe(self, webhook: Webhook) -> None:
        """End a subscription; what was not told yet is not told any more. Raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(deliveries).where(deliveries.c.webhook == webhook.id))
            connection.execute(delete(webhooks).where(webhooks.c.id == webhook.id))

    def ping(self, webhook: Webhook) -> str:
        """An event for one subscription, about nothing but itself; its id. Raises StorageError."""
        with writing(self._engine) as connection:
            return tell(connection, [webhook], News("", PING, {"webhook": webhook.id}, self._clock()))

    def due(self, now: float, limit: int) -> tuple[Delivery, ...]:
        """What is to be told now: of each subscription and dossier the first that is open.

        Args:
            now: seconds since the epoch.
            limit: most that are returned.
        """
        heads = (
            select(deliveries.c.webhook, func.min(deliveries.c.event).label("event"))
            .where(deliveries.c.state.in_(_OPEN))
            .group_by(deliveries.c.webhook, deliveries.c.dossier)
            .subquery()
        )
        is_head = and_(deliveries.c.webhook == heads.c.webhook, deliveries.c.event == heads.c.event)
        wanted = (
            joined()
            .join(heads, is_head)
            .where(
                deliveries.c.state == DeliveryState.DUE.value,
                _has_come(deliveries.c.next_at, now),
                _has_come(webhooks.c.rests_until, now),
            )
        )
        return self._found(wanted.order_by(deliveries.c.event).limit(limit))

    def delivered(self, delivery: Delivery) -> None:
        """It was heard. Raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(
                self._mine(delivery).values(
                    state=DeliveryState.DELIVERED.value,
                    attempts=delivery.attempts + 1,
                    trouble="",
                    delivered_at=iso(self._clock()),
                )
            )
            connection.execute(
                update(webhooks)
                .where(webhooks.c.id == delivery.webhook.id)
                .values(rests_until=0.0, failures=0)
            )

    def failed(self, delivery: Delivery, trouble: str, next_at: float, *, given_up: bool) -> None:
        """It was not heard; it is tried again at that time, or given up. Raises StorageError."""
        state = DeliveryState.DEAD if given_up else DeliveryState.DUE
        with writing(self._engine) as connection:
            connection.execute(
                self._mine(delivery).values(
                    state=state.value,
                    attempts=delivery.attempts + 1,
                    next_at=next_at,
                    trouble=trouble[:300],
                )
            )

    def rest(self, webhook: Webhook, until: float) -> None:
        """Leave a subscriber alone that does not answer at all. Raises StorageError."""
        with writing(self._engine) as connection:
            mine = update(webhooks).where(webhooks.c.id == webhook.id)
            connection.execute(mine.values(rests_until=until, failures=webhooks.c.failures + 1))

    def failures(self, webhook: Webhook) -> int:
        """How often in a row it did not answer at all. Raises StorageError."""
        wanted = select(webhooks.c.failures).where(webhooks.c.id == webhook.id)
        with reading(self._engine) as connection:
            return int(connection.execute(wanted).scalar() or 0)

    def deliveries(self, client: str = "", state: DeliveryState | None = None) -> tuple[Delivery, ...]:
        """The newest 1,000, of a client or in a state where one is given. Raises StorageError."""
        wanted = joined()
        if client:
            wanted = wanted.where(webhooks.c.client == client)
        if state is not None:
            wanted = wanted.where(deliveries.c.state == state.value)
        return self._found(wanted.order_by(deliveries.c.event.desc()).limit(1000))

    def settle(self, event: str, state: DeliveryState) -> int:
        """Redrive (DUE) or discard what was given up; how many that were. An empty id means all."""
        wanted = update(deliveries).where(deliveries.c.state == DeliveryState.DEAD.value)
        if event:
            wanted = wanted.where(deliveries.c.event.in_(select(events.c.number).where(events.c.id == event)))
        with writing(self._engine) as connection:
            done = connection.execute(wanted.values(state=state.value, attempts=0, next_at=0.0)).rowcount
            if done:
                connection.execute(update(webhooks).values(rests_until=0.0))
        return int(done)

    def tidy(self, before: datetime) -> int:
        """Forget what was told or discarded before that time; how much that was. Raises StorageError."""
        done = and_(
            deliveries.c.state.not_in(_OPEN),
            deliveries.c.event.in_(select(events.c.number).where(events.c.at < iso(before))),
        )
        with writing(self._engine) as connection:
            count = connection.execute(delete(deliveries).where(done)).rowcount
            told = select(deliveries.c.event)
            connection.execute(delete(events).where(events.c.at < iso(before), events.c.number.not_in(told)))
        return int(count)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _found(self, wanted: Any) -> tuple[Delivery, ...]:
        with reading(self._engine) as connection:
            return tuple(delivery_of(row) for row in connection.execute(wanted).mappings())

    def _mine(self, delivery: Delivery) -> Any:
        """The row of a delivery that is still open: what somebody discarded meanwhile stays so."""
        return update(deliveries).where(
            deliveries.c.webhook == delivery.webhook.id,
            deliveries.c.event == delivery.event.number,
            deliveries.c.state == DeliveryState.DUE.value,
        )

    def _sealed(self, webhook: str, kept: Sequence[tuple[str, str]]) -> str:
        return self._keys.seal_text(json.dumps(kept), _place(webhook))

    def _secrets(self, connection: Connection, webhook: str) -> list[tuple[str, str]]:
        wanted = select(webhooks.c.secrets).where(webhooks.c.id == webhook)
        sealed = connection.execute(wanted).scalar_one_or_none()
        if sealed is None:
            return []
        return [(s, until) for s, until in json.loads(self._keys.open_text(sealed, _place(webhook)))]


def _has_come(moment: Column[float], now: float) -> Any:
    """A moment further off than any pause was said by a clock that was ahead, and is not waited for."""
    return (moment <= now) | (moment > now + LONGEST_PAUSE_SECONDS)


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _place(webhook: str) -> str:
    return f"webhook {webhook}"
