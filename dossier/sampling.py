"""Sampling inspection of a lot of pages (ISO 2859-1:1999), as archive staff know it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Inspection(StrEnum):
    """How strictly a lot is inspected (ISO 2859-1:1999, clause 9)."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    REDUCED = "reduced"


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """How many pages are looked at, and how many faulty ones a lot may have."""

    level: str
    """Inspection level: "I", "II", "III" or "S-1" to "S-4"."""
    aql: str
    """Acceptance quality limit in percent of faulty pages, as the table writes it: "1.0"."""
    inspection: Inspection
    letter: str
    """Sample size code letter of the plan, after the arrows of the table."""
    sample_size: int
    """Pages to look at; all of them where the table asks for as many as the lot has."""
    acceptance: int
    """Ac: with so many faulty pages the lot is still accepted."""

    @property
    def rejection(self) -> int:
        """Re: with so many faulty pages the lot is not accepted."""
        return self.acceptance + 1


@dataclass(frozen=True, slots=True)
class SampledPage:
    """One page of a lot."""

    dossier: str
    document: int
    """Number of the paper within the dossier, 1-based."""
    page: int
    """Page within the paper, 1-based."""

    @property
    def name(self) -> str:
        """DOSSIER/PAPER/PAGE, by which it is drawn."""
        return f"{self.dossier}/{self.document}/{self.page}"


@dataclass(frozen=True, slots=True)
class LotVerdict:
    """What became of a lot, as the switching rules need it."""

    inspection: Inspection
    is_accepted: bool
    acceptance: int
    """Ac of the plan."""
    faulty: int
    """Faulty pages in the sample."""
    is_resubmitted: bool = False
    """Inspected again after it had been sent back; such lots do not count for switching."""
    is_resumed: bool = False
    """The first one after inspection had been discontinued and the work got better (clause 9.4)."""
    tighter_acceptance: int | None = None
    """Ac with the limit one step tighter and the same sample size; None where there is no such plan."""


@dataclass(frozen=True, slots=True)
class Switching:
    """How the next lot of a series is inspected."""

    inspection: Inspection
    score: int
    """Switching score under normal inspection; from 30 on reduced inspection may be agreed on."""
    is_discontinued: bool
    """Five lots were not accepted under tightened inspection: the work has to get better first."""
