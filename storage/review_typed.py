"""What people typed and have not sent yet, so that a reload, a crash or a lost network takes nothing.

It is sealed, belongs to one account, and goes by itself after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, MetaData, String, Table, Text, delete, func, insert, select

from dossier.errors import CorrectionRefused
from dossier.review import TypedText
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Sealer

tables = MetaData()
typed_texts = Table(
    "typed_texts",
    tables,
    Column("account", String(255), primary_key=True),
    Column("dossier", String(255), primary_key=True, index=True),
    Column("place", String(200), primary_key=True),
    Column("at", String(40), nullable=False, index=True),
    Column("content", Text, nullable=False),
)
KEPT_FOR: Final = timedelta(days=2)
LONGEST: Final = 10_000
"""Letters in one field."""
MOST: Final = 500
"""Fields of one account."""


class SqlTyped:
    """Texts by account, dossier and field."""

    def __init__(self, url: str, sealer: Sealer | None = None, clock: Clock = vietnam_now) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._sealer = sealer or InTheClear()
        self._clock = clock

    def keep(self, account: str, dossier: str, place: str, text: str) -> None:
        """Keep a text in the place of the one before; an empty one forgets it.

        Raises CorrectionRefused where it is too long or there are too many, StorageError, DiskFull.
        """
        if len(text) > LONGEST or len(place) > 200 or len(dossier) > 255:
            raise CorrectionRefused(dossier, f"more than {LONGEST} letters in one field")
        now = self._clock()
        mine = (
            (typed_texts.c.account == account)
            & (typed_texts.c.dossier == dossier)
            & (typed_texts.c.place == place)
        )
        count = select(func.count()).select_from(typed_texts).where(typed_texts.c.account == account)
        with writing(self._engine) as connection:
            connection.execute(delete(typed_texts).where(mine))
            connection.execute(delete(typed_texts).where(typed_texts.c.at < (now - KEPT_FOR).isoformat()))
            if not text:
                return
            if int(connection.execute(count).scalar() or 0) >= MOST:
                raise CorrectionRefused(dossier, f"more than {MOST} fields are typed and not sent")
            row = {
                "account": account,
                "dossier": dossier,
                "place": place,
                "at": now.isoformat(),
                "content": self._sealer.seal_text(text, typed_place(account, dossier, place)),
            }
            connection.execute(insert(typed_texts).values(row))

    def of(self, account: str, dossier: str) -> tuple[TypedText, ...]:
        """What an account typed for a dossier, the oldest first. Raises StorageError, KeyMissing."""
        since = (self._clock() - KEPT_FOR).isoformat()
        wanted = select(typed_texts).where(
            typed_texts.c.account == account, typed_texts.c.dossier == dossier, typed_texts.c.at >= since
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(typed_texts.c.at)).mappings().all()
        return tuple(
            TypedText(
                account,
                dossier,
                row["place"],
                self._sealer.open_text(row["content"], typed_place(account, dossier, row["place"])),
                datetime.fromisoformat(row["at"]),
            )
            for row in rows
        )

    def forget(self, dossiers: Collection[str]) -> None:
        """Take everything typed for these dossiers out. Raises StorageError."""
        with writing(self._engine) as connection:
            connection.execute(delete(typed_texts).where(typed_texts.c.dossier.in_(sorted(dossiers))))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def typed_place(account: str, dossier: str, place: str) -> str:
    """What a text's ciphertext is bound to."""
    return f"typed_texts {account} {dossier} {place}"


SEALED: Final[tuple[tuple[Table, Callable[[Mapping[str, Any]], str]], ...]] = (
    (typed_texts, lambda row: typed_place(row["account"], row["dossier"], row["place"])),
)
"""Table whose column `content` is sealed, and the place that each row's is bound to."""
