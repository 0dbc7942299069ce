"""Dossiers: opened, begun, held, read."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Response

from console.api.access import Caller, caller
from console.api.problems import InvalidPart, ProblemCode, Refused, told_problems
from console.api.shapes import CODE, BeginIn, DossierOut, DossierPage, NewDossierIn, OpenIn, VerdictOut
from console.api.told import cursor_of, dossier_out, place_of, verdict_out
from dossier.clients import DepositOrder, Scope
from dossier.desk import DeskState
from dossier.errors import DepositNotFound
from flows.wiring import VIETNAM

Code = Annotated[str, Path(pattern=CODE, description="Dossier code (mã hồ sơ).")]
Cursor = Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9_-]*$", description="`next_cursor`.")]
Limit = Annotated[int, Query(ge=1, le=200)]
Key = Annotated[
    str,
    Header(
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="The same key and request again open nothing new.",
    ),
]
router: Final = APIRouter(tags=["dossiers"])
_WRITES, _READS = caller(Scope.DOSSIERS_WRITE), caller(Scope.DOSSIERS_READ)
_OPENING = (
    ProblemCode.SCOPE_MISSING,
    ProblemCode.DOSSIER_TAKEN,
    ProblemCode.PROCEDURE_UNKNOWN,
    ProblemCode.KEY_REUSED,
)
_CHANGING = (ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND, ProblemCode.WRONG_STATE)


@router.post(
    "/dossiers",
    status_code=201,
    responses={200: {"model": DossierOut, "description": "It was open already."}, **told_problems(*_OPENING)},
)
def open_dossier(
    said: NewDossierIn, response: Response, who: Caller = _WRITES, idempotency_key: Key = ""
) -> DossierOut:
    """Open a dossier; one without a code gets one. Send an Idempotency-Key to be safe against repeats."""
    code = said.code or f"API-{datetime.now(VIETNAM):%y%m%d}-{secrets.token_hex(5).upper()}"
    return _opened(who, code, said, response, idempotency_key)


@router.put(
    "/dossiers/{code}",
    status_code=201,
    responses={200: {"model": DossierOut, "description": "It was open already."}, **told_problems(*_OPENING)},
)
def open_dossier_as(
    code: Code, said: OpenIn, response: Response, who: Caller = _WRITES, idempotency_key: Key = ""
) -> DossierOut:
    """Open a dossier under the code that the one-stop system gave it; the same again changes nothing."""
    return _opened(who, code, said, response, idempotency_key)


def _opened(who: Caller, code: str, said: OpenIn, response: Response, key: str) -> DossierOut:
    counter = said.counter or (who.client.counters[0] if len(who.client.counters) == 1 else "")
    if not who.client.sees(counter):
        raise Refused(ProblemCode.COUNTER_REFUSED)
    today = datetime.now(VIETNAM).date()
    day = said.received_on or _kept_day(who, code) or today
    if day > today:
        early = InvalidPart(place=["body", "received_on"], said="is after today")
        raise Refused(ProblemCode.REQUEST_INVALID, parts=[early])
    if said.due_on is not None and said.due_on < day:
        late = InvalidPart(place=["body", "due_on"], said="is before the day of reception")
        raise Refused(ProblemCode.REQUEST_INVALID, parts=[late])
    order = DepositOrder(code, said.procedure, counter, day, tuple(said.cases), said.due_on)
    known = {case.code for case in who.room.workshop.catalogue.procedure(said.procedure, day).cases}
    if not known.issuperset(said.cases):
        raise Refused(ProblemCode.CASE_UNKNOWN)
    fingerprint = hashlib.sha256(f"{type(said).__name__} {said.model_dump_json()}".encode()).hexdigest()
    deposits = who.room.integration.deposits
    deposit, is_new = deposits.open(who.client, order, key, fingerprint)
    response.status_code = 201 if is_new else 200
    response.headers["location"] = f"/api/v1/dossiers/{deposit.order.dossier}"
    return dossier_out(deposits, deposit)


def _kept_day(who: Caller, code: str) -> date | None:
    """The day of reception of a dossier that the caller opened before; None for any other."""
    try:
        return who.deposit(code).order.received_on
    except DepositNotFound:
        return None


@router.get("/dossiers", responses=told_problems(ProblemCode.SCOPE_MISSING))
def list_dossiers(
    who: Caller = _READS,
    state: Annotated[list[DeskState] | None, Query(max_length=8)] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> DossierPage:
    """The caller's dossiers, the oldest first."""
    deposits = who.room.integration.deposits
    rows = deposits.kept.of_client(who.client, place_of(cursor), limit + 1, tuple(state or ()))
    shown = rows[:limit]
    return DossierPage(
        items=[dossier_out(deposits, deposit) for _, deposit in shown],
        next_cursor=cursor_of(shown[-1][0]) if len(rows) > limit else None,
    )


@router.get("/dossiers/{code}", responses=told_problems(ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND))
def read_dossier(code: Code, who: Caller = _READS) -> DossierOut:
    """Where a dossier stands, and how far its reading is."""
    return dossier_out(who.room.integration.deposits, who.deposit(code))


@router.post(
    "/dossiers/{code}/begin",
    status_code=202,
    responses=told_problems(*_CHANGING, ProblemCode.NO_FILES, ProblemCode.BUSY),
)
def begin(code: Code, said: BeginIn, who: Caller = _WRITES) -> DossierOut:
    """Digitise what was uploaded; again, where a person settled something or trouble has passed."""
    deposits = who.room.integration.deposits
    deposit = deposits.begin(who.client, who.deposit(code), review=said.review)
    return dossier_out(deposits, deposit)


@router.put("/dossiers/{code}/hold", responses=told_problems(*_CHANGING))
def hold(code: Code, who: Caller = _WRITES) -> DossierOut:
    """Mark that the dossier waits for its client; `begin` ends that."""
    return _held(code, who, is_held=True)


@router.delete("/dossiers/{code}/hold", responses=told_problems(*_CHANGING))
def release(code: Code, who: Caller = _WRITES) -> DossierOut:
    """End a hold without beginning."""
    return _held(code, who, is_held=False)


def _held(code: str, who: Caller, *, is_held: bool) -> DossierOut:
    deposits = who.room.integration.deposits
    who.deposit(code)
    return dossier_out(deposits, deposits.kept.hold(code, is_held=is_held))


@router.delete("/dossiers/{code}", status_code=204, responses=told_problems(*_CHANGING))
def withdraw(code: Code, who: Caller = _WRITES) -> None:
    """Forget a dossier that was not begun, with its files."""
    who.room.integration.deposits.withdraw(who.client, who.deposit(code))


@router.get(
    "/dossiers/{code}/verdict",
    responses=told_problems(
        ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND, ProblemCode.NO_VERDICT, ProblemCode.PURPOSE_MISSING
    ),
)
def verdict(code: Code, who: Caller = _READS) -> VerdictOut:
    """What was found, in both languages, with its citation. Numbers and names need persons:read."""
    deposit = who.deposit(code)
    report = who.room.integration.deposits.report(deposit)
    if report is None:
        raise Refused(ProblemCode.NO_VERDICT)
    masked = not who.client.may(Scope.PERSONS_READ)
    who.look("masked report" if masked else "report", code)
    return verdict_out(deposit, report, masked=masked)
