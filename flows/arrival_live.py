"""An arrival that this process works on, as its threads change it."""

from __future__ import annotations

from dataclasses import dataclass, field

from dossier.arrival import ArrivalRecord, ArrivalState, RefusedFile
from dossier.errors import SohoaError
from dossier.ports import Scanner
from flows.arrival_sides import SideLooks


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
