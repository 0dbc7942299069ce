"""What is asked of the desk, and what it answers: a part of the queue, a search, a page of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dossier.desk import DeskEntry, DeskState, FindingCounts

SEARCHED_LETTERS: Final = 4000
"""Of a dossier's text, from its beginning, how much is searched at most, and shown in snippets."""


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What a run made known about a dossier."""

    code: str
    procedure: str
    received_on: date
    state: DeskState
    counter: str | None = None
    """None where the run does not know it: what the desk knew stays."""
    due_on: date | None = None
    """None where no paper says it: what the desk knew stays."""
    content: DeskContent | None = None
    """None while nothing is read: what the desk knew stays."""
    trouble: str = ""
    """Class of the error that the run ended with; empty for none."""


@dataclass(frozen=True, slots=True)
class DeskContent:
    """What was read of a dossier: counted, shown, and found again."""

    applicant: str = ""
    title: str = ""
    names: tuple[str, ...] = ()
    """Names of everybody whom it is about; their numbers are entered elsewhere, as keyed hashes."""
    kinds: tuple[str, ...] = ()
    """Kinds of paper, each once, sorted."""
    text: str = ""
    """What the kept papers of an archived dossier say, from the beginning, as much as is searched."""
    papers: int = 0
    digitised: int = 0
    pages: int = 0
    findings: FindingCounts = field(default_factory=FindingCounts)


@dataclass(frozen=True, slots=True)
class QueueView:
    """The part of the queue that somebody looks at."""

    counter: str | None = None
    """None for every counter."""
    state: DeskState | None = None
    """None for all that are not settled, or for all where a day is given."""
    received_on: date | None = None
    procedure: str = ""
    """Empty for every procedure."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody searches for; everything that is not empty has to fit."""

    counter: str | None = None
    """None for every counter."""
    name: str = ""
    """A person's name, or words of it; the last word may be its beginning."""
    number: str = ""
    """A whole personal number."""
    code: str = ""
    """The beginning of a dossier code."""
    text: str = ""
    """Words that the papers contain."""
    kind: str = ""
    procedure: str = ""
    begin: date | None = None
    """First day of reception."""
    end: date | None = None
    """Last day of reception."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == Question(counter=self.counter)


@dataclass(frozen=True, slots=True)
class Hit:
    """A dossier that was found."""

    entry: DeskEntry
    person: str = ""
    """The name that fits what was searched for; empty where no name was searched for."""
    is_exact: bool = True
    """Whether the name has the very marks that were typed."""
    snippet: tuple[str, ...] = ()
    """The papers' text around the words; every second piece, from the second on, is a word found."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue."""

    entries: tuple[DeskEntry, ...]
    after: str = ""
    """Where the next page begins; empty where there is none."""


@dataclass(frozen=True, slots=True)
class HitPage:
    """A page of what was found, the best fit first, then the newest."""

    hits: tuple[Hit, ...]
    after: str = ""
    """Where the next page begins; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many dossiers somebody may see, by state."""

    by_state: Mapping[DeskState, int]
    mark: int
    """Rises with every change among them."""
