"""The desk: every dossier that a centre knows of, archived or not, as its queue and its search show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DeskState(StrEnum):
    """Where a dossier is."""

    EXPECTED = "expected"
    """Opened at the counter or by another system; nothing of it is scanned yet."""
    READING = "reading"
    REVIEW = "review"
    """Read and checked; a person looks at it, or has to settle something."""
    SEALING = "sealing"
    """Being sealed and put into the archive."""
    WAITING = "waiting"
    """Something has to be back first, such as the store; it goes on by itself then."""
    ARCHIVED = "archived"
    FAILED = "failed"
    """The run ended with an error; its pages are kept, and it can be run again."""
    RETURNED = "returned"
    """Given back to the applicant: to be supplemented, refused or withdrawn."""


SETTLED = frozenset({DeskState.ARCHIVED, DeskState.RETURNED})
"""States in which nobody at the counter has anything left to do."""


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """How many findings there are, by severity."""

    blocking: int = 0
    warning: int = 0
    info: int = 0


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A dossier as the desk knows it."""

    code: str
    """Dossier code (mã hồ sơ)."""
    procedure: str
    """National code of the procedure."""
    counter: str
    """Counter (quầy) that received it; empty where the centre has only one."""
    state: DeskState
    received_on: date
    due_on: date | None
    """The day by which the result is due; None where nobody told and no paper says it."""
    changed_at: datetime
    """Aware; when anything of it changed last."""
    applicant: str
    """Name of the applicant (người nộp), sealed at rest; empty while nobody was read."""
    title: str
    """Short title of its first paper, sealed at rest; empty while none was read."""
    assignee: str
    """Name of the account that works on it; empty for nobody."""
    papers: int
    digitised: int
    """Of the papers, how many are in the archive as sealed files."""
    pages: int
    findings: FindingCounts
    version: int
    """Rises by one with each change; who changes it says which version was seen."""

    @property
    def share_digitised(self) -> float:
        """Of its papers, 0.0 to 1.0; 0.0 where there are none yet."""
        return self.digitised / self.papers if self.papers else 0.0

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do at the counter."""
        return self.state in SETTLED
