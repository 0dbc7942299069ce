"""How much waits in the database and since when: counted by the database, nothing is opened or read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from dossier.clients import DeliveryState
from storage.database import open_database, reading
from storage.lease_tables import work
from storage.outbox_tables import deliveries, events
from storage.waiting import waits


@dataclass(frozen=True, slots=True)
class Pile:
    """Things of one sort that are not done."""

    sort: tuple[str, ...]
    """What they are: for work its state, lane and what it awaits; for events their state."""
    number: int
    since: str
    """When the oldest came, ISO 8601; empty where that is not known."""


class SqlQueueAges:
    """Work, unanswered questions to the register, and events that are not told."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)

    def work(self) -> tuple[Pile, ...]:
        """Jobs by state, lane and what they await. Raises StorageError."""
        sort = (work.c.state, work.c.lane, work.c.awaits)
        wanted = select(*sort, func.count(), func.min(work.c.since)).group_by(*sort)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(Pile((state, str(lane), awaits), int(n), str(at)) for state, lane, awaits, n, at in rows)

    def register_waits(self) -> Pile:
        """Dossiers that wait for the residence register. Raises StorageError."""
        wanted = select(func.count(), func.min(waits.c.since)).where(waits.c.settled_at == "")
        with reading(self._engine) as connection:
            number, since = connection.execute(wanted).one()
        return Pile(("register",), int(number), str(since or ""))

    def events(self) -> tuple[Pile, ...]:
        """Events that are due or were given up. Raises StorageError."""
        open_ = (DeliveryState.DUE.value, DeliveryState.DEAD.value)
        wanted = (
            select(deliveries.c.state, func.count(), func.min(events.c.at))
            .join(events, events.c.number == deliveries.c.event)
            .where(deliveries.c.state.in_(open_))
            .group_by(deliveries.c.state)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(Pile((state,), int(number), str(since)) for state, number, since in rows)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
