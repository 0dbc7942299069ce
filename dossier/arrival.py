"""Arrivals: papers on their way from the feeder, or from files, to a dossier on the counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dossier.archive import FileNotTaken
from dossier.batch import BatchQuestion
from dossier.errors import SohoaError
from dossier.quality import QualityFinding, QualityVerdict


class ArrivalState(StrEnum):
    """How far the papers are."""

    FEEDING = "feeding"
    """Sides come out of the scanner, or files are looked into."""
    STOPPED = "stopped"
    """The scanner is in trouble; what came out is kept, and the feed goes on at the next side."""
    SORTING = "sorting"
    """Cover sheets are looked for."""
    ASKED = "asked"
    """Something of the batch has to be told by a person; what is certain has been handed on."""
    HANDED_ON = "handed_on"
    """The resident process reads it."""
    REFUSED = "refused"
    """Nothing of it can be read."""


@dataclass(frozen=True, slots=True)
class ArrivalOrder:
    """What a clerk asks for."""

    dossier: str
    """Dossier code; empty where cover sheets tell."""
    procedure: str
    cases: tuple[str, ...]
    received_on: date
    by: str
    """Name of the account."""
    officer: str
    """Name of the person who digitises."""
    counter: str
    due_on: date | None = None
    """Day promised to the applicant; None where nobody said it, or cover sheets tell the dossiers."""


@dataclass(frozen=True, slots=True)
class ArrivalRecord:
    """An arrival as it is written down, so that a process that was killed goes on with it."""

    id: str
    order: ArrivalOrder
    device: str
    """Scanner; empty for files."""
    batch: str
    """Batch that the scanner's sides are kept in; empty for files."""
    files: tuple[str, ...]
    """Names of files that were taken, in order; empty for a scanner."""
    begun_at: datetime
    is_whole: bool = False
    """Whether everything has come and it can be read."""
    not_taken: tuple[FileNotTaken, ...] = ()
    """What came with the files and was too large or too much to be kept."""


@dataclass(frozen=True, slots=True)
class ArrivedSide:
    """One side as it came."""

    number: int
    """1-based in the order of arrival."""
    name: str
    """The file that it came in, or its name in the batch."""
    verdict: QualityVerdict | None
    """None while nobody has looked at it yet."""
    flaws: tuple[QualityFinding, ...] = ()
    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that cannot be read or is not taken; the others go on."""

    name: str
    error: SohoaError


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an arrival stands now."""

    record: ArrivalRecord
    state: ArrivalState
    sides: tuple[ArrivedSide, ...]
    refused: tuple[RefusedFile, ...]
    trouble: SohoaError | None
    """What stopped it; None where nothing did."""
    dossiers: tuple[str, ...]
    """Codes of the dossiers that were handed on."""
    questions: tuple[BatchQuestion, ...] = ()
    """What only a person can say about a batch of many dossiers."""
    asked: tuple[int, ...] = ()
    """Sides that wait for the answers."""

    @property
    def can_be_read_again(self) -> bool:
        """Whether everything came, and something of it could not be handed on or read."""
        is_over = self.state in (ArrivalState.STOPPED, ArrivalState.HANDED_ON)
        has_failed = self.trouble is not None or bool(self.record.batch and self.refused)
        return is_over and self.record.is_whole and has_failed
