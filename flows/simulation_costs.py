"""What a dossier costs, as it was measured, and what a simulation takes from outside: refused by name."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from dossier.errors import SettingRefused

_MOST: Final[dict[str, float]] = {
    "reading_seconds": 600.0,
    "intake_seconds": 120.0,
    "sealing_seconds": 120.0,
    "checking_seconds": 300.0,
    "archiving_seconds": 300.0,
    "flow_seconds": 300.0,
    "beside_seconds": 300.0,
    "idle_seconds": 600.0,
    "background_cores": 0.5,
    "page_bytes": 200e6,
    "dossier_bytes": 1e9,
    "resident_bytes": 64e9,
    "reader_bytes": 16e9,
    "beside_bytes": 64e9,
}
"""Beyond this a figure is a slip, not a measurement: a page is stopped after 10 minutes."""
_NEEDED: Final = ("reading_seconds", "page_bytes", "resident_bytes", "reader_bytes")
"""What costs nothing was not measured."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Core-seconds, bytes and waits of one dossier or page, on one core of the machine that was measured."""

    reading_seconds: float
    """Core-seconds of a reading process a page."""
    intake_seconds: float
    """Core-seconds beside the resident process a page: opening files."""
    sealing_seconds: float
    """Core-seconds of the resident process a page."""
    checking_seconds: float
    """Core-seconds of the resident process a dossier."""
    archiving_seconds: float
    """Core-seconds of the resident process a dossier."""
    flow_seconds: float
    """Core-seconds of the resident process a dossier beside its stages: flow, queue, desk, ledger."""
    beside_seconds: float
    """Core-seconds a dossier of the other processes: Prefect, store."""
    idle_seconds: float
    """Seconds in which a dossier waits for disk and replies and no core works."""
    background_cores: float
    """What Prefect, the store and the resident process take of a core while nothing is to be done."""
    page_bytes: float
    """What a page takes in the store: original, PDF/A, records."""
    dossier_bytes: float
    """What a dossier takes in the store beside its pages."""
    resident_bytes: float
    """Memory of the resident process."""
    reader_bytes: float
    """Memory of one reading process."""
    beside_bytes: float
    """Memory of Prefect and the embedded store."""

    def __post_init__(self) -> None:
        """Raises SettingRefused with the figure's name."""
        for name, value in asdict(self).items():
            low = "more than 0" if name in _NEEDED else "0"
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            if not number or value < 0 or (name in _NEEDED and value == 0) or value > _MOST[name]:
                raise SettingRefused(name, f"is {value!r}; {low} to {_MOST[name]:g} can be")

    def of_dossier(self, pages: float) -> float:
        """Core-seconds of a whole dossier."""
        per_page = self.intake_seconds + self.reading_seconds + self.sealing_seconds
        return pages * per_page + self.in_interpreter(0) + self.beside_seconds

    def in_interpreter(self, pages: float) -> float:
        """Core-seconds of the resident process for a dossier, which no second core makes faster."""
        per_dossier = self.checking_seconds + self.archiving_seconds + self.flow_seconds
        return pages * self.sealing_seconds + per_dossier


MEASURED: Final = Costs(
    reading_seconds=1.0,
    intake_seconds=0.06,
    sealing_seconds=0.11,
    checking_seconds=0.02,
    archiving_seconds=0.11,
    flow_seconds=0.7,
    beside_seconds=0.04,
    idle_seconds=0.5,
    background_cores=0.15,
    page_bytes=800e3,
    dossier_bytes=0.0,
    resident_bytes=680e6,
    reader_bytes=565e6,
    beside_bytes=367e6,
)
"""Three sample dossiers through the resident process on an office PC of two cores, as `sohoa simulate
--check 3` had them; three others cost 17 % more. The idle seconds are assumed."""


def read_costs(file: Path) -> Costs:
    """Measured costs from a JSON file; what it does not name is as shipped.

    Raises SettingRefused with the name of a figure that cannot be, or is not known.
    """
    try:
        said: Any = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as e:
        raise SettingRefused("--costs", f"cannot be read as JSON: {e}") from e
    if not isinstance(said, dict):
        raise SettingRefused("--costs", "is no object of figures")
    known = {field.name for field in fields(Costs)}
    for name in said:
        if name not in known:
            raise SettingRefused(str(name)[:60], f"is no cost; known are {', '.join(sorted(known))}")
    return replace(MEASURED, **said)


def in_bounds(name: str, value: float, low: float, high: float) -> None:
    """Raises SettingRefused with the name of a value beyond its bounds."""
    if not low <= value <= high:  # not a number is beyond all bounds
        raise SettingRefused(name, f"is {value:g}; {low:g} to {high:g} can be")
