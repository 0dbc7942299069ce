"""The catalogue, and the door for automated checks of what somebody asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from console.api.access import ApiRoom, Caller, caller
from console.api.dossiers import Cursor, Limit
from console.api.problems import ProblemCode, Refused, told_problems
from console.api.shapes import Day, Said
from console.api.shapes_requirements import (
    BatchIn,
    BatchItemOut,
    BatchOut,
    JudgedOut,
    JudgedPaperOut,
    KindOut,
    KindsOut,
    ProcedureOut,
    ProcedurePage,
    RequirementsIn,
    RequirementsOut,
)
from console.api.told import cursor_of, place_of, procedure_head, procedure_out
from console.wording_api import ASKED
from dossier.clients import Scope
from dossier.errors import ProcedureUnknown
from flows.wiring import VIETNAM
from models.titles import title_of, titles
from validators.asked_papers import AskedContext, AskedItem, JudgedItem, JudgedPaper, check_asked, verdicts

_MOST_PAPERS: Final = 2000
"""In one batch."""
router: Final = APIRouter(tags=["requirements"])
_CHECKS = caller(Scope.REQUIREMENTS_CHECK)
ProcedureIn = Annotated[str, Path(pattern=r"^[0-9]\.[0-9]{6}$", description="National code, 1.001193.")]
On = Annotated[Day | None, Query(description="The day whose rules count; today where it is not said.")]


@router.get("/procedures", responses=told_problems(ProblemCode.SCOPE_MISSING))
def list_procedures(
    who: Caller = _CHECKS, on: On = None, cursor: Cursor = "", limit: Limit = 50
) -> ProcedurePage:
    """The procedures that are in force on a day, by code."""
    day = on or _today()
    known = [p for p in who.room.workshop.catalogue.procedures() if p.is_valid_on(day)]
    place = place_of(cursor)
    return ProcedurePage(
        items=[procedure_head(each) for each in known[place : place + limit]],
        next_cursor=cursor_of(place + limit) if place + limit < len(known) else None,
    )


@router.get(
    "/procedures/{procedure}", responses=told_problems(ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND)
)
def read_procedure(procedure: ProcedureIn, who: Caller = _CHECKS, on: On = None) -> ProcedureOut:
    """A procedure with its components, as it was on a day."""
    try:
        return procedure_out(who.room.workshop.catalogue.procedure(procedure, on or _today()))
    except ProcedureUnknown as e:
        raise Refused(ProblemCode.NOT_FOUND) from e


@router.get("/kinds", responses=told_problems(ProblemCode.SCOPE_MISSING))
def list_kinds(who: Caller = _CHECKS) -> KindsOut:  # noqa: ARG001 - whoever may check may read
    """Every kind of paper that is known by its title."""
    return KindsOut(items=[KindOut(code=t.code, title=t.text, group=t.group) for t in titles()])


@router.post(
    "/requirements/check",
    responses=told_problems(
        ProblemCode.SCOPE_MISSING, ProblemCode.PROCEDURE_UNKNOWN, ProblemCode.CASE_UNKNOWN
    ),
)
def check(said: RequirementsIn, who: Caller = _CHECKS) -> RequirementsOut:
    """Which of these papers the procedure may ask for, which not and why, and which cannot be told."""
    return _checked(who.room, said)


@router.post("/requirements/checks", responses=told_problems(ProblemCode.SCOPE_MISSING))
def check_many(said: BatchIn, who: Caller = _CHECKS) -> BatchOut:
    """Many lists at once, for audits of what is published: at most 100 lists and 2,000 papers."""
    if sum(len(each.papers) for each in said.checks) > _MOST_PAPERS:
        raise Refused(ProblemCode.REQUEST_INVALID, f"more than {_MOST_PAPERS} papers")
    return BatchOut(items=[_one_of_many(who.room, each) for each in said.checks])


def _one_of_many(room: ApiRoom, said: RequirementsIn) -> BatchItemOut:
    try:
        return BatchItemOut(procedure=said.procedure, result=_checked(room, said), problem=None)
    except ProcedureUnknown:
        code = ProblemCode.PROCEDURE_UNKNOWN
    except Refused as refused:
        code = refused.code
    return BatchItemOut(procedure=said.procedure, result=None, problem=code.value)


def _checked(room: ApiRoom, said: RequirementsIn) -> RequirementsOut:
    day, catalogue = said.on or _today(), room.workshop.catalogue
    procedure = catalogue.procedure(said.procedure, day)
    if not {case.code for case in procedure.cases}.issuperset(said.cases):
        raise Refused(ProblemCode.CASE_UNKNOWN)
    context = AskedContext(procedure, catalogue.blocked_papers(day), said.cases, said.lookup_failed)
    judged = check_asked([AskedItem(paper.text, paper.kind) for paper in said.papers], context)
    return RequirementsOut(
        procedure=procedure.code,
        on=day,
        citation=procedure.citation,
        components_verified=procedure.components_verified,
        counts={verdict.value: count for verdict, count in verdicts(judged)},
        papers=[_item(each) for each in judged],
    )


def _item(judged: JudgedItem) -> JudgedOut:
    return JudgedOut(
        text=judged.item.text,
        kind=judged.item.kind,
        verdict=judged.verdict,
        papers=[_paper(each) for each in judged.papers],
    )


def _paper(judged: JudgedPaper) -> JudgedPaperOut:
    title, said = title_of(judged.kind), ASKED[judged.reason]
    return JudgedPaperOut(
        kind=judged.kind,
        title=title.text if title is not None else "",
        verdict=judged.verdict,
        reason=judged.reason,
        message=Said(vi=said["vi"], en=said["en"]),
        basis=judged.basis,
        valid_from=judged.valid_from,
        component=judged.component,
        detail=judged.detail,
    )


def _today() -> date:
    return datetime.now(VIETNAM).date()
