"""A batch as it is kept on this machine: how it was scanned, what was read, what a clerk changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from dossier.batch import BatchPlan, Expectation, SideReading
from dossier.scanning import ScanProfile


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """What a clerk asks for."""

    device: str
    """Name or address of the scanner; empty where files were given."""
    profile: ScanProfile
    expected: Expectation = field(default_factory=Expectation)
    dossier: str = ""
    """The one dossier that all of it belongs to; empty where cover sheets or receipts tell."""
    is_two_pass: bool = False
    """Whether fronts and backs are fed one after the other."""


@dataclass(frozen=True, slots=True)
class BatchEdit:
    """What a clerk changed."""

    at: str
    """ISO 8601, +07:00."""
    officer: str
    what: str
    """As it was asked for: "assign 4,5 H56-260701-0002"."""


@dataclass(frozen=True, slots=True)
class FiledDossier:
    """A dossier that was handed to digitisation."""

    dossier: str
    sides: tuple[int, ...]
    """Its papers then, by their numbers in the feed."""
    state: str
    """What became of it: "archived", "needs_attention"."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch (mẻ quét)."""

    id: str
    begun_at: str
    """ISO 8601, +07:00."""
    order: BatchOrder
    fronts: int = 0
    """Sides of the first of two passes, once it is over; the others are backs."""
    has_ended: bool = False
    """Whether the last feed ended because the feeder was empty, not because of trouble."""
    readings: tuple[SideReading, ...] = ()
    plan: BatchPlan | None = None
    """None until it has been sorted."""
    edits: tuple[BatchEdit, ...] = ()
    filed: tuple[FiledDossier, ...] = ()
