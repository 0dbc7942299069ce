"""Arrivals that this process works on, as its threads change them."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from dossier.arrival import ArrivalRecord, ArrivalState, RefusedFile
from dossier.errors import BatchNotFound, ServiceBusy, SohoaError
from dossier.ports import Scanner
from flows.arrival_sides import SideLooks

_REMEMBERED: Final = 200


@dataclass(slots=True)
class LiveArrival:
    """An arrival of this process."""

    record: ArrivalRecord
    state: ArrivalState
    sides: SideLooks = field(default_factory=SideLooks)
    refused: list[RefusedFile] = field(default_factory=list)
    trouble: SohoaError | None = None
    dossiers: list[str] = field(default_factory=list)
    under_way: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Dossiers that are being read, with the sides of a batch that were handed on for each."""
    scanner: Scanner | None = None

    @property
    def has_failed(self) -> bool:
        """Whether something of a stack could not be handed on or read; of files their dossier says so."""
        return bool(self.record.batch and (self.refused or self.trouble is not None))

    @property
    def waits_for_a_run(self) -> bool:
        """Whether papers were not handed on because another run of their dossier was under way."""
        if not self.record.is_whole:
            return False
        return any(
            isinstance(error, ServiceBusy) for error in (self.trouble, *(r.error for r in self.refused))
        )


class LiveArrivals:
    """The arrivals of this process, in the order in which they began. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._live: dict[str, LiveArrival] = {}

    def add(self, live: LiveArrival) -> LiveArrival:
        """Remember one more; the oldest that were handed on go where there are too many."""
        with self._lock:
            self._live[live.record.id] = live
            settled = [k for k, v in self._live.items() if v.state is ArrivalState.HANDED_ON]
            for old in settled[: max(0, len(self._live) - _REMEMBERED)]:
                del self._live[old]
        return live

    def of(self, arrival: str) -> LiveArrival:
        """One by its id. Raises BatchNotFound."""
        with self._lock:
            found = self._live.get(arrival)
        if found is None:
            raise BatchNotFound(arrival, "there is no such arrival")
        return found

    def of_dossier(self, dossier: str) -> LiveArrival | None:
        """The newest of a dossier; None where there is none."""
        with self._lock:
            found = [
                live
                for live in self._live.values()
                if live.record.order.dossier == dossier or dossier in live.dossiers
            ]
        return found[-1] if found else None

    def of_counter(self, counter: str) -> tuple[LiveArrival, ...]:
        """Those of a counter."""
        with self._lock:
            return tuple(each for each in self._live.values() if each.record.order.counter == counter)
