"""Batches: many dossiers in one feed, and where each page belongs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dossier.batch_sheet import CoverSheet, SeparatorSheet


@dataclass(frozen=True, slots=True)
class SideReading:
    """What was read on one side as far as sorting a batch needs it."""

    number: int
    """The side's number in the feed, 1-based; it never changes."""
    sheet: int
    """The sheet that it is a side of, 1-based, in the order of the stack."""
    sign: CoverSheet | SeparatorSheet | None = None
    """What a cover or separator sheet says; None on any other side, or where its codes cannot be read."""
    is_marked: bool = False
    """Whether it bears the border that only cover and separator sheets have."""
    receipts: tuple[str, ...] = ()
    """Dossier codes in bar and QR codes of other papers: receipts (giấy tiếp nhận hồ sơ) above all."""
    has_ink: bool = True
    """Whether there is more on it than paper."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the clerk says the batch holds; 0 where nobody counted."""

    dossiers: int = 0
    sheets: int = 0
    """Sheets of paper without cover and separator sheets."""
    procedure: str = ""
    """National code of the procedure where no cover sheet names one."""


class SideRole(StrEnum):
    """What a side is for."""

    PAPER = "paper"
    COVER = "cover"
    """A cover or separator sheet, either side of it; kept with the batch, in no dossier."""
    ASIDE = "aside"
    """A clerk said that it belongs to no dossier; kept with the batch."""


@dataclass(frozen=True, slots=True)
class PlacedSide:
    """A side and the dossier that it belongs to, as far as that is known."""

    number: int
    """The side's number in the feed: its identity through every split, merge and reorder."""
    role: SideRole
    dossier: str
    """Where it belongs, or most likely belongs; empty where nothing tells."""
    is_settled: bool
    """Whether that is certain; a side that is not waits for a clerk."""
    came_under: str = ""
    """What the feed itself said, whatever was changed later: the dossier of the sheet that it lay under."""


class Doubt(StrEnum):
    """Why a clerk is asked."""

    SHEET_DAMAGED = "sheet_damaged"
    """A cover or separator sheet whose codes cannot be read, or contradict each other."""
    SHEET_MISSING = "sheet_missing"
    """A cover sheet that was printed with the others did not come."""
    SHEET_DOUBLED = "sheet_doubled"
    """The same dossier's cover sheet twice, papers below both."""
    DOSSIER_EMPTY = "dossier_empty"
    """A cover sheet without papers below it."""
    SHEETS_DIFFER = "sheets_differ"
    """Other than as many sheets as were counted when the cover sheet was printed."""
    DOSSIERS_DIFFER = "dossiers_differ"
    """Other than as many dossiers, or sheets in all, as the clerk says."""
    NOT_COUNTED = "not_counted"
    """Nothing says how many dossiers there should be, so that one without its sheet would not be noticed."""
    NO_SHEET_ABOVE = "no_sheet_above"
    """Papers before the first cover sheet, or below a separator without a receipt."""
    OTHER_RECEIPT = "other_receipt"
    """A receipt of another dossier among the papers."""
    BACK_WITH_INK = "back_with_ink"
    """Something stands on the back of a cover sheet."""
    PROCEDURE_UNKNOWN = "procedure_unknown"
    """Neither the cover sheet nor the clerk names the procedure."""


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """Something that only a person can say."""

    doubt: Doubt
    about: str
    """Dossier code, or the place of a sheet in its print run, or empty."""
    sides: tuple[int, ...]
    """Sides that wait for the answer, by their numbers in the feed."""
    found: int = 0
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found of one dossier."""

    dossier: str
    procedure: str
    sheets_found: int
    sheets_expected: int
    """0 where nobody counted."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """Where every side of a batch belongs, and what has to be asked."""

    sides: tuple[PlacedSide, ...]
    """Every side of the feed once, in the order of the stack; a clerk may reorder them."""
    questions: tuple[BatchQuestion, ...]
    tallies: tuple[Tally, ...]
    dossiers_expected: int
    """By print runs or the clerk; 0 where nothing tells."""

    def of(self, dossier: str) -> tuple[PlacedSide, ...]:
        """The papers of a dossier, settled or not, in order."""
        return tuple(s for s in self.sides if s.role is SideRole.PAPER and s.dossier == dossier)

    @property
    def dossiers(self) -> tuple[str, ...]:
        """Every dossier with papers, in order of appearance."""
        return tuple(dict.fromkeys(s.dossier for s in self.sides if s.role is SideRole.PAPER and s.dossier))

    @property
    def asked(self) -> tuple[int, ...]:
        """Sides that wait for a clerk, by their numbers in the feed."""
        return tuple(s.number for s in self.sides if not s.is_settled)

    @property
    def ready(self) -> tuple[str, ...]:
        """Dossiers all of whose papers are settled."""
        waiting = {s.dossier for s in self.sides if not s.is_settled}
        return tuple(code for code in self.dossiers if code not in waiting)

    @property
    def open_questions(self) -> tuple[BatchQuestion, ...]:
        """Questions of which some sides still wait, and those that concern no side."""
        waiting = set(self.asked)
        return tuple(q for q in self.questions if not q.sides or waiting & set(q.sides))
