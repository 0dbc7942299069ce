"""Shapes of the catalogue, and of judgements over papers that are asked for."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from console.api.shapes import Day, In, Name, Out, ProcedureCode, Said, Words
from dossier.procedure import Requirement, Role
from validators.asked_papers import AskedReason, AskedVerdict


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
