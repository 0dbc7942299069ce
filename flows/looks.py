"""Looks of signed-in people at personal data: in the ledger before anything is shown, once for each stay.

A screen asks for pictures, and turns to the next page and back; the ledger says once in a quarter of an hour
that this person looked at this thing, and for what purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, TypeVar

from dossier.audit_ports import AuditedLedger
from dossier.ports import Ledger
from flows.settings import Settings
from flows.viewing import Onlooker, View, note_in

STAY: Final = timedelta(minutes=15)
"""For how long one entry says enough: as long as a screen stays unlocked."""
_MANY: Final = 10_000
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Seen:
    officer: str
    what: str
    subject: str


class Looks:
    """What was looked at through the console of this process."""

    def __init__(
        self, ledger: Ledger | AuditedLedger, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        self._ledger, self._settings, self._clock = ledger, settings, clock
        self._lock = Lock()
        self._noted: dict[_Seen, datetime] = {}
        self._purposes: dict[tuple[str, str], tuple[str, datetime]] = {}

    def purpose(self, officer: str, subject: str) -> str | None:
        """Why this person said to look at a dossier, a while ago at most; None where nothing was said."""
        said = self._purposes.get((officer, subject))
        return said[0] if said is not None and self._clock() - said[1] < STAY else None

    def say(self, officer: str, subject: str, why: str) -> None:
        """Somebody says why a dossier is looked at."""
        with self._lock:
            self._purposes = _young(self._purposes, lambda said: said[1], self._clock())
            self._purposes[officer, subject] = why.strip(), self._clock()

    def needs_purpose(self, officer: str, subject: str) -> bool:
        """Whether a purpose has to be asked for before anything is shown: in production, always."""
        return self._settings.profile == "production" and not self.purpose(officer, subject)

    def note(self, view: View, onlooker: Onlooker) -> None:
        """Write a look down, unless the same one was written down a moment ago.

        Raises as `flows.viewing.note_in`: what cannot be written down may not be shown.
        """
        seen, now = _Seen(onlooker.officer, view.what, view.subject), self._clock()
        with self._lock:
            noted = self._noted.get(seen)
            if noted is not None and now - noted < STAY:
                return
            note_in(self._ledger, self._settings, view, onlooker.officer)
            self._noted = _young(self._noted, lambda at: at, now)
            self._noted[seen] = now


def _young(noted: dict[K, V], at: Callable[[V], datetime], now: datetime) -> dict[K, V]:
    """What is not forgotten yet; looked through only where it has grown."""
    if len(noted) < _MANY:
        return noted
    return {key: value for key, value in noted.items() if now - at(value) < STAY}
