"""Which dossiers this process works on now, for the steps of their flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from dossier.errors import LeaseLost
from dossier.work import Lane


@dataclass(frozen=True, slots=True)
class _Held:
    lane: Lane
    is_ours: Callable[[], bool]


class UnderWay:
    """Dossiers under way, whose turn they have, and whether they are still ours. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, _Held] = {}

    @contextmanager
    def entered(self, dossier: str, lane: Lane, is_ours: Callable[[], bool]) -> Iterator[None]:
        """This dossier is under way until the end of the block."""
        held = _Held(lane, is_ours)
        with self._lock:
            self._held[dossier] = held
        try:
            yield
        finally:
            with self._lock:
                if self._held.get(dossier) is held:
                    del self._held[dossier]

    @property
    def count(self) -> int:
        """How many dossiers are under way here."""
        with self._lock:
            return len(self._held)

    def lane(self, dossier: str) -> Lane:
        """Whose turn its pages have; the counter's where nobody said."""
        with self._lock:
            held = self._held.get(dossier)
        return Lane.COUNTER if held is None else held.lane

    def check(self, dossier: str) -> None:
        """Before anything is put into the archive: nobody has taken the dossier over meanwhile.

        Raises LeaseLost, StorageError.
        """
        with self._lock:
            held = self._held.get(dossier)
        if held is not None and not held.is_ours():
            raise LeaseLost(dossier, "another process has taken it over")
