"""How far a fixity run is, kept so that it goes on after any interruption, and its report in the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from dossier.audit import FixityState, FixityTrouble
from dossier.errors import StorageError
from storage.files import translated, write_whole

PACKAGES, STRAYS, DONE = "packages", "strays", "done"
"""Phases of a run."""
_RUN: Final = "run.json"
_LAST: Final = "last.json"
_MOST: Final = 10_000
"""Troubles that a report names; beyond, they are counted."""


@dataclass(slots=True)
class FixityRun:
    """One run over the whole archive. It grows while the run goes on and is written away as it grows."""

    run: str
    """When it began, as a name: 20261122T093000."""
    begun_at: str
    """ISO 8601, +07:00."""
    phase: str = PACKAGES
    position: str = ""
    """Key prefix of the last package that was looked at whole."""
    ended_at: str = ""
    packages: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FixityState, 0))
    """Objects by state."""
    read_bytes: int = 0
    busy_seconds: float = 0.0
    """How long it really worked."""
    rested_seconds: float = 0.0
    """How long it left the store to others."""
    interruptions: int = 0
    troubles: list[dict[str, str]] = field(default_factory=list)
    expiring: list[dict[str, str]] = field(default_factory=list)
    """Dossiers whose signatures cannot be proven for long any more: dossier, until."""
    repaired: list[dict[str, str]] = field(default_factory=list)
    """Objects put back from the second copy: key, before, version_id."""
    second_copy: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("intact", "copied", "repaired"), 0)
    )
    """Objects of the second copy."""
    notes: list[str] = field(default_factory=list)
    """What else a reader has to know: a second copy that was not there."""

    def count(self, state: FixityState) -> None:
        """One more object was looked at."""
        self.counts[state] += 1

    def tell(self, trouble: FixityTrouble) -> None:
        """One more object is not as it should be."""
        if len(self.troubles) < _MOST:
            self.troubles.append({**asdict(trouble), "state": trouble.state.value})

    @property
    def outcome(self) -> str:
        """ "fail" as soon as one object is not as it should be, "not_checked" where some were not seen."""
        wrong = sum(
            self.counts[s] for s in (FixityState.CHANGED, FixityState.MISSING, FixityState.UNEXPECTED)
        )
        if wrong or any(told["state"] != FixityState.NOT_CHECKED for told in self.troubles):
            return "fail"
        return "not_checked" if self.counts[FixityState.NOT_CHECKED] or self.phase != DONE else "pass"

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "outcome": self.outcome}


def load_run(folder: Path) -> FixityRun | None:
    """The run that was interrupted, or None."""
    said = _read(folder / _RUN)
    return None if said is None else FixityRun(**{k: v for k, v in said.items() if k != "outcome"})


def save_run(folder: Path, run: FixityRun) -> None:
    """Keep how far a run is, whole or not at all. Raises StorageError, DiskFull."""
    write_whole(folder / _RUN, written(run))


def end_run(folder: Path, run: FixityRun) -> None:
    """The run is over; its report is the newest one. Raises StorageError, DiskFull."""
    write_whole(folder / _LAST, written(run))
    with translated(folder):
        (folder / _RUN).unlink(missing_ok=True)


def last_report(folder: Path) -> Mapping[str, Any] | None:
    """The report of the last run that came to its end, or None."""
    return _read(folder / _LAST)


def written(run: FixityRun) -> bytes:
    """A run as JSON."""
    return json.dumps(run.data(), ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def _read(path: Path) -> dict[str, Any] | None:
    """What was kept; a damaged file is as good as none, for the run then begins anew."""
    try:
        with translated(path):
            said: dict[str, Any] = json.loads(path.read_bytes())
    except (StorageError, ValueError):
        return None
    return said
