"""What a fixity run works with, and at which pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Final, TypeAlias

from dossier.audit_ports import ArchiveAuditor, AuditedLedger, Holdings
from dossier.ports import Archive

ACTOR: Final = "sohoa"
"""Who writes into the ledger what no person did."""
_REST_SECONDS: Final = 0.05

ProvableUntil: TypeAlias = Callable[[str], datetime | None]
"""Until when the signatures of a package, by its prefix, can be proven; None where that is nobody's concern:
it holds none, or a newer package of the dossier stands in its place."""


@dataclass(slots=True)
class Pace:
    """How much of the store's time a run may take; it may be changed while the run goes on."""

    share: float
    """Above 0.0 and up to 1.0: of ten seconds, a share of 0.2 works two."""
    clock: Callable[[], float] = time.monotonic
    ended: Event = field(default_factory=Event)
    rested_seconds: float = 0.0
    _owed: float = 0.0

    def work_was(self, seconds: float) -> None:
        """Rest for what was worked; short rests are saved up."""
        self._owed += seconds * (1.0 - self.share) / self.share
        if self._owed >= _REST_SECONDS and not self.ended.is_set():
            self.ended.wait(self._owed)
            self.rested_seconds += self._owed
            self._owed = 0.0


@dataclass(frozen=True, slots=True)
class FixityRoom:
    """What a fixity run works with."""

    archive: Archive
    auditor: ArchiveAuditor
    holdings: Holdings
    ledger: AuditedLedger
    folder: Path
    """Where it is kept how far a run is."""
    second: ArchiveAuditor | None = None
    """A second copy, for repair; it is filled up on the way."""
    provable_until: ProvableUntil = lambda _prefix: None
