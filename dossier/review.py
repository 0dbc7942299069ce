"""What a clerk looks at and corrects between reading and sealing.

A draft is what was recognised of a dossier, with every correction applied that is in force. Nothing in it is
sealed or archived. Pages and papers have numbers of their own that never change, whatever is moved:

- a page's `id` is its place in the order in which the pages came, 1-based over the whole dossier;
- a paper's `id` is given once; a paper that a split makes gets the next free one;
- a field's `place` is "page id.field name.ordinal", for example "3.personal_number.1": all readings of one
  spot on the page share it. Ordinal 0 asks for a new place: a value that no reader saw.

`Document.number` is the paper's position now, as it will be sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from dossier.document import Document
from dossier.finding import Finding, Severity
from dossier.geometry import Box
from dossier.identity import Identity, RegisterAnswer
from dossier.page import RecognisedPage


class ReviewState(StrEnum):
    """How far a draft is."""

    OPEN = "open"
    """It can be looked at, corrected and sealed."""
    SEALING = "sealing"
    """The clerk's key was pressed; what is sealed is settled, and the same key again goes on with it."""
    SEALED = "sealed"
    """It is in the archive and takes no corrections."""


@dataclass(frozen=True, slots=True)
class SealOrder:
    """What a clerk ordered to be sealed, with the key pressed over a draft."""

    version: int
    """Of the draft that was on the screen."""
    by: str
    shown: tuple[str, ...] = ()
    """What else was on it: findings by their keys, how many pages. Empty says that nobody saw anything."""


@dataclass(frozen=True, slots=True)
class SetKind:
    """A paper is of this kind."""

    paper: int
    kind: str
    """Code of the table of titles."""


@dataclass(frozen=True, slots=True)
class TypeField:
    """What stands at a place, as a person reads it: one more witness, beside those of the readers."""

    place: str
    """"page id.name.ordinal"; ordinal 0 for a value that no reader saw."""
    value: str
    """NFC; digits only for numbers, ISO 8601 for dates."""
    box: Box | None = None
    """Where it stands, in the page's upright frame; None for the place's own box."""
    person: int = 0
    """`Field.person` that it belongs to; 0 for that of the place, or nobody."""


@dataclass(frozen=True, slots=True)
class OrderPages:
    """The pages of a paper lie in this order."""

    paper: int
    pages: tuple[int, ...]
    """Every page of the paper, once."""


@dataclass(frozen=True, slots=True)
class OrderPapers:
    """The papers lie in this order."""

    papers: tuple[int, ...]
    """Every paper, once."""


@dataclass(frozen=True, slots=True)
class SplitPaper:
    """A paper is two: this page begins the second, which follows it."""

    paper: int
    page: int
    """Not the paper's first."""
    kind: str = ""
    """Kind of the second; empty for what its first page reads like."""


@dataclass(frozen=True, slots=True)
class MergePapers:
    """A paper is the end of another."""

    paper: int
    """It ceases to be one."""
    into: int
    """Its pages come after this one's."""


@dataclass(frozen=True, slots=True)
class MovePage:
    """A page belongs to another paper; one that was set aside is taken back by it."""

    page: int
    paper: int
    """0 for a paper of its own, after all others."""
    before: int = 0
    """Page of that paper which it comes before; 0 for the end."""


@dataclass(frozen=True, slots=True)
class TurnPage:
    """A page has to be turned to stand upright."""

    page: int
    degrees: int
    """Clockwise, from how it stands now: 90, 180 or 270."""


@dataclass(frozen=True, slots=True)
class MarkBlank:
    """Whether a side bears anything."""

    page: int
    is_blank: bool


@dataclass(frozen=True, slots=True)
class SetAside:
    """A page does not belong to the dossier. It is kept on this machine, and not archived with it."""

    page: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DismissFinding:
    """A finding does not hold, or is answered for."""

    finding: str
    """`DraftFinding.key`."""
    reason: str
    """At least five letters; kept with the dossier."""


@dataclass(frozen=True, slots=True)
class ChooseCases:
    """The applicant's cases of the procedure (trường hợp)."""

    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetDue:
    """The day promised to the applicant (ngày hẹn trả)."""

    due_on: date | None
    """None: nobody said it; the receipt among the papers counts, or what the settings know."""


Change: TypeAlias = (
    SetKind
    | TypeField
    | OrderPages
    | OrderPapers
    | SplitPaper
    | MergePapers
    | MovePage
    | TurnPage
    | MarkBlank
    | SetAside
    | DismissFinding
    | ChooseCases
    | SetDue
)
"""One thing that a clerk sets right."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A change, with who made it, and what it was before."""

    number: int
    """The version that it made."""
    change: Change
    by: str
    """Name of the account."""
    at: datetime
    before: str
    """What was read or stood there; empty where nothing did. May hold personal data."""
    after: str
    """What stands there now."""
    engine: str = ""
    """Who read what was there: "sohoa-vi-tiny 3"; empty where nobody did."""
    page: str = ""
    """SHA-256 of the picture that it is about; empty where it is about none."""


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A page as it stands in the draft."""

    id: int
    recognised: RecognisedPage
    """With the clerk's turn and blank side applied: `page.picture` is the untouched picture's reference,
    `frame` leads from it to the upright page, whose size is `frame.width` and `frame.height`; the boxes of
    `lines` and their `words`, with confidence, lie in it."""
    turned_degrees: int = 0
    """How far the clerk turned it beyond what was recognised, clockwise."""


@dataclass(frozen=True, slots=True)
class DraftField:
    """A spot on a page with a value: what the readers saw, and what counts."""

    place: str
    name: str
    """As `dossier.document.Field.name`; of heads also document_type, issuing_body, abstract, title."""
    value: str
    """What counts: the clerk's value where one was typed, else the surest reader's."""
    paper: int
    """Id of the paper."""
    page: int
    """Id of the page."""
    box: Box | None
    """In the page's upright frame."""
    confidence: float
    """0.0 to 1.0; 1.0 where a clerk typed it."""
    person: int
    """Fields of one person within the paper share a number from 1; 0 for nobody's."""
    readings: tuple[tuple[str, str, float], ...]
    """Witness ("print:engine", "qr:engine", "mrz:engine", "clerk:account"), value, confidence."""
    typed_by: str = ""
    """Account; empty where nobody typed it."""


@dataclass(frozen=True, slots=True)
class DraftPaper:
    """A paper as it stands in the draft."""

    id: int
    document: Document
    """Kind, title and confidence; its pages are those of `pages`."""
    pages: tuple[DraftPage, ...]
    fields: tuple[DraftField, ...]
    """In the order of pages and of places on them."""


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """A finding that stands, with the name by which it is dismissed."""

    key: str
    finding: Finding
    pages: tuple[int, ...]
    """Ids of the pages on which it can be seen."""
    can_be_dismissed: bool
    """Papers that may not be taken are handed back: their pages are set aside."""


@dataclass(frozen=True, slots=True)
class DismissedFinding:
    """A finding that a clerk answers for."""

    finding: Finding
    reason: str
    by: str
    at: datetime


class PartState(StrEnum):
    """What there is of a component."""

    PRESENT = "present"
    MISSING = "missing"
    DOUBTFUL = "doubtful"
    """A paper of unknown kind may be it, it was read badly, or its case is open."""
    NOT_DUE = "not_due"
    """Nothing is there, and nothing need be: conditional, another case, replaced by data, or only shown."""
    EXTRA = "extra"
    """A paper that no component asks for."""


@dataclass(frozen=True, slots=True)
class ChecklistPart:
    """One line of the procedure's checklist."""

    code: str
    """Code of the component or group of components; empty for an extra paper."""
    text: str
    """The wording of the record; of an extra paper its title as read."""
    state: PartState
    papers: tuple[int, ...]
    """Ids of the papers that are it, or may be."""
    pages: tuple[int, ...]
    """Ids of their pages."""
    findings: tuple[str, ...] = ()
    """Keys of the findings that are about it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A dossier between reading and sealing."""

    code: str
    procedure: str
    """National code."""
    procedure_name: str
    received_on: date
    officer: str
    """Who asked for it."""
    cases: tuple[str, ...]
    """Cases that were chosen."""
    due_on: date | None
    """Day promised to the applicant, as somebody said it."""
    state: ReviewState
    version: int
    """How many corrections, undoings and redoings there were; every one makes a new version."""
    papers: tuple[DraftPaper, ...]
    """In the order in which they will be sealed."""
    set_aside: tuple[DraftPage, ...]
    identities: tuple[Identity, ...]
    """The people; `Witness.document` counts `papers` from 1, `Witness.page` the pages of that paper."""
    register: tuple[RegisterAnswer | None, ...]
    """What the residence register said of each of the people, in their order; None where it was not asked."""
    findings: tuple[DraftFinding, ...]
    """Those that stand, blocking ones first."""
    dismissed: tuple[DismissedFinding, ...]
    checklist: tuple[ChecklistPart, ...]
    corrections: tuple[Correction, ...]
    """Those in force, the oldest first; the last is what `undo` takes back."""
    can_redo: bool
    """Whether `redo` has something to bring back."""

    @property
    def can_be_sealed(self) -> bool:
        """Whether nothing blocking is open."""
        return not any(each.finding.severity is Severity.BLOCKING for each in self.findings)


@dataclass(frozen=True, slots=True)
class TypedText:
    """Something typed and not yet sent."""

    account: str
    dossier: str
    place: str
    """Name of the field on the screen."""
    text: str
    at: datetime
