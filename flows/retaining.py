"""How long a package is locked: each paper by its kind, everything about it as long as the longest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dossier.archive import DigitisationOrder
from flows.wiring import Workshop
from validators.retention import load_schedule


def retention_data(workshop: Workshop, order: DigitisationOrder, kinds: Mapping[str, str]) -> dict[str, Any]:
    """What the manifest says about retention, in the form of `storage.package.put_package`.

    A trial's locks shall end soon: there the schedule does not count, and SOHOA_RETENTION_DAYS alone does.

    Args:
        workshop: of this machine.
        order: whose procedure names the field.
        kinds: kind of paper by path within the package; everything else is kept as long as the longest.

    Raises CatalogueInvalid, ProcedureUnknown.
    """
    settings = workshop.settings
    if settings.profile != "production":
        return {}
    schedule = load_schedule(settings.retention_schedule)
    procedure = workshop.catalogue.procedure(order.procedure, order.received_on)
    longest = schedule.longest(kinds.values(), procedure)
    if longest is None:
        return {}
    periods = {path: schedule.period_of(kind, procedure) for path, kind in kinds.items()}
    return {
        "days": longest.days,
        "files": {path: period.days for path, period in periods.items() if period is not None},
        "basis": longest.citation,
        "verified": longest.is_verified,
    }
