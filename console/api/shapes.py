"""What comes in and goes out: the shapes of requests and answers. Unknown keys are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dossier.desk import DeskState
from dossier.finding import Outcome, Rule, Severity
from dossier.identity import IdentityVerdict

CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
SHA256: Final = r"^[0-9a-f]{64}$"
_PLAIN: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

DossierCode = Annotated[str, StringConstraints(pattern=CODE)]
ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9]\.[0-9]{6}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,80}$")]
Words = Annotated[str, StringConstraints(pattern=_PLAIN, max_length=2000)]
ShortWords = Annotated[str, StringConstraints(pattern=_PLAIN, max_length=120)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]


class In(BaseModel):
    """Something that comes in."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """Something that goes out."""

    model_config = ConfigDict(extra="forbid")


class Said(Out):
    """A sentence in both languages."""

    vi: str
    en: str


class OpenIn(In):
    """A dossier to open under a code."""

    procedure: ProcedureCode
    received_on: Day | None = Field(
        default=None, description="Day of reception, not after today; today where it is not said."
    )
    counter: ShortWords = ""
    cases: list[Name] = Field(default=[], max_length=20)
    due_on: Day | None = Field(
        default=None, description="Day promised to the applicant; not before the day of reception."
    )


class NewDossierIn(OpenIn):
    """A dossier to open; without a code it gets one."""

    code: DossierCode | None = None


class BeginIn(In):
    """How a dossier is digitised."""

    review: bool = Field(default=False, description="Whether a clerk looks at it before it is sealed.")


class ProgressOut(Out):
    """How far a run is."""

    stage: str
    pages_total: int
    pages_read: int


class DossierOut(Out):
    """A dossier that another system handed in."""

    code: str
    procedure: str
    counter: str
    received_on: date
    due_on: date | None
    cases: list[str]
    state: DeskState
    is_held: bool
    trouble: str = Field(description="Class of the error that it met; empty for none.")
    version: int = Field(description="Rises with every change of state; events say it too.")
    opened_at: datetime
    changed_at: datetime
    files: int
    progress: ProgressOut | None


class DossierPage(Out):
    """A page of a list."""

    items: list[DossierOut]
    next_cursor: str | None


class FileOut(Out):
    """An uploaded file."""

    name: str = Field(description="By which evidence cites it.")
    sha256: str
    size_bytes: int
    media_type: str
    is_new: bool = Field(default=False, description="False where it was there already.")


class FilesOut(Out):
    """Uploaded files."""

    items: list[FileOut]


class FindingOut(Out):
    """Something that a person has to know."""

    rule: Rule
    severity: Severity
    outcome: Outcome
    subject: str
    message: Said
    evidence: list[str]
    basis: str = Field(description="Citation; empty where it is a matter of quality, not of law.")
    detail: str


class PaperOut(Out):
    """A paper of the dossier."""

    number: int
    kind: str
    title: str
    pages: int
    confidence: float


class PersonOut(Out):
    """Somebody whom the papers are about."""

    personal_number: str
    full_name: str
    verdict: IdentityVerdict
    witnesses: int


class VerdictOut(Out):
    """What was found."""

    dossier: str
    procedure: str
    state: DeskState
    is_masked: bool = Field(description="Whether numbers and names are hidden: they need persons:read.")
    findings: list[FindingOut]
    papers: list[PaperOut]
    people: list[PersonOut]
