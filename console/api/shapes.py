"""What comes in and goes out: the shapes of requests and answers. Unknown keys are refused."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dossier.clients import DeliveryState
from dossier.desk import DeskState
from dossier.finding import Outcome, Rule, Severity
from dossier.identity import IdentityVerdict
from dossier.procedure import Requirement, Role
from storage.deposit_tables import EVENTS, HELD
from storage.outbox import PING
from validators.asked_papers import AskedReason, AskedVerdict

CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
SHA256: Final = r"^[0-9a-f]{64}$"
_PLAIN: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

DossierCode = Annotated[str, StringConstraints(pattern=CODE)]
ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9]\.[0-9]{6}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,80}$")]
Words = Annotated[str, StringConstraints(pattern=_PLAIN, max_length=2000)]
ShortWords = Annotated[str, StringConstraints(pattern=_PLAIN, max_length=120)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]
EventKind = StrEnum(  # type: ignore[misc]
    "EventKind",
    {kind.replace(".", "_").upper(): kind for kind in (*EVENTS.values(), HELD, PING)},
)


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
    received_on: Day | None = Field(default=None, description="Day of reception; today where it is not said.")
    counter: ShortWords = ""
    cases: list[Name] = Field(default=[], max_length=20)


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


class ArchivedFileOut(Out):
    """A file in the archive."""

    path: str
    role: str = Field(description="original, rendition (the sealed PDF/A), text or description.")
    sha256: str
    size_bytes: int
    media_type: str
    version_id: str
    retain_until: datetime


class ArchiveOut(Out):
    """A dossier's newest package."""

    dossier: str
    package: str
    manifest_sha256: str
    files: list[ArchivedFileOut]


class CheckOut(Out):
    """One check of a seal."""

    name: str
    outcome: str
    detail: str


class SealOut(Out):
    """The judgement over one sealed file."""

    path: str
    passed: bool
    sha256: str
    signer: str
    signed_at: datetime | None
    level: str
    stamped_at: datetime | None
    renew_before: datetime | None
    checks: list[CheckOut]


class FixityOut(Out):
    """The judgement over one object."""

    path: str
    outcome: str
    detail: str


class VerificationOut(Out):
    """The judgement over a package, made now."""

    dossier: str
    passed: bool
    fixity: list[FixityOut]
    files: list[SealOut]
    ledger: str = Field(description="pass or fail: whether the ledger's chain holds.")


class FixityRunOut(Out):
    """The last time that the whole archive was read anew, and what it said of this dossier."""

    begun_at: str
    ended_at: str
    outcome: str
    troubles: list[FixityOut]


class FixityStateOut(Out):
    """When the archive was proven last."""

    is_running: bool
    last: FixityRunOut | None


class ComponentOut(Out):
    """One component of a procedure."""

    code: str
    text: str
    kinds: list[str]
    role: Role
    requirement: Requirement
    originals: int
    copies: int
    replaced_by: str
    cases: list[str]


class CaseOut(Out):
    """A situation of the applicant."""

    code: str
    text: str
    optional: bool


class ProcedureHead(Out):
    """A procedure in a list."""

    code: str
    name: str
    field: str
    valid_from: date
    valid_to: date | None
    components_verified: bool


class ProcedureOut(ProcedureHead):
    """A procedure as the catalogue knows it."""

    citation: str
    snapshot: str
    components: list[ComponentOut]
    cases: list[CaseOut]
    one_of: list[list[str]] = Field(description="Components of which one is enough.")


class ProcedurePage(Out):
    """A page of the catalogue."""

    items: list[ProcedureHead]
    next_cursor: str | None


class KindOut(Out):
    """A kind of paper."""

    code: str
    title: str
    group: str


class KindsOut(Out):
    """Every kind of paper that is known."""

    items: list[KindOut]


class PaperIn(In):
    """A paper that somebody asks for."""

    text: Words = ""
    kind: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{0,80}$")] = ""


class RequirementsIn(In):
    """A procedure and what is asked for."""

    procedure: ProcedureCode
    on: Day | None = Field(default=None, description="The day whose rules count; today where it is not said.")
    cases: list[Name] = Field(default=[], max_length=20)
    lookup_failed: bool = Field(
        default=False, description="Whether a look-up of residence was tried, failed and was logged."
    )
    papers: list[PaperIn] = Field(min_length=1, max_length=100)


class BatchIn(In):
    """Many lists at once."""

    checks: list[RequirementsIn] = Field(min_length=1, max_length=100)


class JudgedPaperOut(Out):
    """The judgement over one kind of paper."""

    kind: str
    title: str
    verdict: AskedVerdict
    reason: AskedReason
    message: Said
    basis: str
    valid_from: date | None = Field(description="Since when the rule cited counts, as the catalogue knows.")
    component: str
    detail: str


class JudgedOut(Out):
    """The judgement over one entry of the list."""

    text: str
    kind: str
    verdict: AskedVerdict
    papers: list[JudgedPaperOut]


class RequirementsOut(Out):
    """The judgement over a list."""

    procedure: str
    on: date
    citation: str
    components_verified: bool
    counts: dict[str, int]
    papers: list[JudgedOut]


class BatchItemOut(Out):
    """One of many: a judgement, or why there is none."""

    procedure: str
    result: RequirementsOut | None
    problem: str | None = Field(description="Code of the problem; null where there is a result.")


class BatchOut(Out):
    """The judgements, in the order of the lists."""

    items: list[BatchItemOut]


class WebhookIn(In):
    """Where to tell what."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    kinds: list[EventKind] = Field(default=[], max_length=20, description="Empty for every kind.")


class WebhookOut(Out):
    """A subscription."""

    id: str
    url: str
    kinds: list[str]
    created_at: str


class WebhooksOut(Out):
    """A client's subscriptions."""

    items: list[WebhookOut]


class NewWebhookOut(WebhookOut):
    """A new subscription with its secret, which is told this once."""

    secret: str


class SecretOut(Out):
    """A new secret; the one before it signs beside it until then."""

    secret: str
    former_until: datetime


class PingOut(Out):
    """An event that will be told."""

    event: str


class DeliveryOut(Out):
    """How the telling of an event stands."""

    event: str
    kind: str
    dossier: str
    at: str
    state: DeliveryState
    attempts: int
    trouble: str


class DeliveriesOut(Out):
    """The newest of them."""

    items: list[DeliveryOut]
