"""Legal holds: which dossiers are kept whatever their retention, since when, why and by whose order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, insert, select, update

from storage.clock import VIETNAM, Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Sealer

tables = MetaData()
legal_holds = Table(
    "legal_holds",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dossier", String(255), nullable=False, index=True),
    Column("placed_at", String(40), nullable=False),
    Column("placed_by", String(255), nullable=False),
    Column("reason", Text, nullable=False),
    Column("released_at", String(40), nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold that stands."""

    dossier: str
    placed_at: str
    """ISO 8601, +07:00."""
    placed_by: str
    reason: str


class SqlHolds:
    """One row for each hold that was ever placed."""

    def __init__(self, url: str, sealer: Sealer | None = None, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL; reasons are sealed where there is a key.

        Raises StorageError, DiskFull.
        """
        self._engine = open_database(url)
        self._sealer = sealer or InTheClear()
        self._clock = clock

    def place(self, dossier: str, reason: str, by: str) -> Hold:
        """A dossier is held from now on; one that is held already stays held as it was."""
        standing = self.find(dossier)
        if standing is not None:
            return standing
        hold = Hold(dossier, self._now(), by, reason)
        row = {
            "dossier": dossier,
            "placed_at": hold.placed_at,
            "placed_by": by,
            "reason": self._sealer.seal_text(reason, hold_place(dossier, hold.placed_at)),
            "released_at": "",
        }
        with writing(self._engine) as connection:
            connection.execute(insert(legal_holds).values(row))
        return hold

    def release(self, dossier: str) -> None:
        """The hold has ended; what it was stays written."""
        mine = (legal_holds.c.dossier == dossier) & (legal_holds.c.released_at == "")
        with writing(self._engine) as connection:
            connection.execute(update(legal_holds).where(mine).values(released_at=self._now()))

    def find(self, dossier: str) -> Hold | None:
        """The hold that stands on a dossier. Raises StorageError, KeyMissing."""
        return next((hold for hold in self.standing() if hold.dossier == dossier), None)

    def standing(self) -> tuple[Hold, ...]:
        """Every hold that stands, the oldest first. Raises StorageError, KeyMissing."""
        wanted = select(legal_holds).where(legal_holds.c.released_at == "").order_by(legal_holds.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(
            Hold(
                row["dossier"],
                row["placed_at"],
                row["placed_by"],
                self._sealer.open_text(row["reason"], hold_place(row["dossier"], row["placed_at"])),
            )
            for row in rows
        )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _now(self) -> str:
        return self._clock().astimezone(VIETNAM).isoformat(timespec="milliseconds")


def hold_place(dossier: str, placed_at: str) -> str:
    """What a reason's ciphertext is bound to."""
    return f"legal_holds {dossier} {placed_at}"
