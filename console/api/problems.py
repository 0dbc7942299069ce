"""Errors as other systems read them: RFC 9457 problem details with codes that stay."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from console.wording_api import PROBLEMS
from console.wording_language import Language
from dossier import errors
from dossier.errors import DepositRefused, SohoaError

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


class ProblemCode(StrEnum):
    """What went wrong; the only thing that a caller should branch on beside the status."""

    TOKEN_MISSING = "token_missing"  # noqa: S105 - a code
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a code
    SCOPE_MISSING = "scope_missing"
    PURPOSE_MISSING = "purpose_missing"
    COUNTER_REFUSED = "counter_refused"
    NOT_FOUND = "not_found"
    METHOD_REFUSED = "method_refused"
    REQUEST_INVALID = "request_invalid"
    TOO_LARGE = "too_large"
    MEDIA_TYPE_REFUSED = "media_type_refused"
    FILE_REFUSED = "file_refused"
    DIGEST_DIFFERS = "digest_differs"
    RANGE_REFUSED = "range_refused"
    TOO_MANY_CALLS = "too_many_calls"
    DOSSIER_TAKEN = "dossier_taken"
    DOSSIER_DIFFERS = "dossier_differs"
    KEY_REUSED = "idempotency_key_reused"
    WRONG_STATE = "wrong_state"
    NO_FILES = "no_files"
    TOO_MANY_FILES = "too_many_files"
    NO_VERDICT = "no_verdict"
    PROCEDURE_UNKNOWN = "procedure_unknown"
    CASE_UNKNOWN = "case_unknown"
    ADDRESS_REFUSED = "address_refused"
    BUSY = "busy"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


STATUS: Final[dict[ProblemCode, int]] = {
    ProblemCode.TOKEN_MISSING: 401,
    ProblemCode.TOKEN_REFUSED: 401,
    ProblemCode.SCOPE_MISSING: 403,
    ProblemCode.PURPOSE_MISSING: 403,
    ProblemCode.COUNTER_REFUSED: 403,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.METHOD_REFUSED: 405,
    ProblemCode.REQUEST_INVALID: 422,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.MEDIA_TYPE_REFUSED: 415,
    ProblemCode.FILE_REFUSED: 422,
    ProblemCode.DIGEST_DIFFERS: 422,
    ProblemCode.RANGE_REFUSED: 416,
    ProblemCode.TOO_MANY_CALLS: 429,
    ProblemCode.DOSSIER_TAKEN: 409,
    ProblemCode.DOSSIER_DIFFERS: 409,
    ProblemCode.KEY_REUSED: 422,
    ProblemCode.WRONG_STATE: 409,
    ProblemCode.NO_FILES: 409,
    ProblemCode.TOO_MANY_FILES: 409,
    ProblemCode.NO_VERDICT: 409,
    ProblemCode.PROCEDURE_UNKNOWN: 422,
    ProblemCode.CASE_UNKNOWN: 422,
    ProblemCode.ADDRESS_REFUSED: 422,
    ProblemCode.BUSY: 409,
    ProblemCode.CONFLICT: 409,
    ProblemCode.UNAVAILABLE: 503,
    ProblemCode.INTERNAL: 500,
}

_REFUSALS: Final = {
    "taken": ProblemCode.DOSSIER_TAKEN,
    "differs": ProblemCode.DOSSIER_DIFFERS,
    "key_reused": ProblemCode.KEY_REUSED,
    "wrong_state": ProblemCode.WRONG_STATE,
    "no_files": ProblemCode.NO_FILES,
    "too_many_files": ProblemCode.TOO_MANY_FILES,
}
_ERRORS: Final[tuple[tuple[type[SohoaError], ProblemCode], ...]] = (
    (errors.ProcedureUnknown, ProblemCode.PROCEDURE_UNKNOWN),
    (errors.SourceTooLarge, ProblemCode.TOO_LARGE),
    (errors.SourceUnsupported, ProblemCode.MEDIA_TYPE_REFUSED),
    (errors.SourceError, ProblemCode.FILE_REFUSED),
    (errors.DepositNotFound, ProblemCode.NOT_FOUND),
    (errors.NotOnDesk, ProblemCode.NOT_FOUND),
    (errors.NotInArchive, ProblemCode.NOT_FOUND),
    (errors.ClientRefused, ProblemCode.NOT_FOUND),
    (errors.WebhookRefused, ProblemCode.ADDRESS_REFUSED),
    (errors.ServiceBusy, ProblemCode.BUSY),
    (errors.CodeTaken, ProblemCode.DOSSIER_TAKEN),
    (errors.ChangedMeanwhile, ProblemCode.CONFLICT),
    (errors.StoreConflict, ProblemCode.CONFLICT),
)
_HTTP: Final = {
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_REFUSED,
    413: ProblemCode.TOO_LARGE,
    415: ProblemCode.MEDIA_TYPE_REFUSED,
}

_ALWAYS: Final = (
    ProblemCode.TOKEN_MISSING,
    ProblemCode.TOKEN_REFUSED,
    ProblemCode.SCOPE_MISSING,
    ProblemCode.NOT_FOUND,
    ProblemCode.TOO_LARGE,
    ProblemCode.REQUEST_INVALID,
    ProblemCode.TOO_MANY_CALLS,
    ProblemCode.UNAVAILABLE,
)
"""What any route may answer."""


class InvalidPart(BaseModel):
    """One thing that is wrong with a request."""

    place: list[str | int] = Field(description="Where it is, from the outside in.")
    said: str = Field(description="What is wrong with it; never the value itself.")


class Problem(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="urn:sohoa:problem:CODE")
    title: str = Field(description="In the language of Accept-Language, vi or en.")
    status: int
    code: ProblemCode
    detail: str = Field(default="", description="What exactly; empty where the title says it all.")
    instance: str = Field(description="urn:sohoa:request:ID, as in the header X-Request-Id.")
    errors: list[InvalidPart] = []


class Refused(Exception):
    """A request that cannot be answered with what it asks for."""

    def __init__(
        self,
        code: ProblemCode,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        parts: Sequence[InvalidPart] = (),
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.headers, self.parts = code, detail, dict(headers or {}), list(parts)


def problem(request: Request, refused: Refused) -> JSONResponse:
    """The answer that tells a problem."""
    code = refused.code
    said = Problem(
        type=f"urn:sohoa:problem:{code}",
        title=PROBLEMS[code][language_of(request)],
        status=STATUS[code],
        code=code,
        detail=refused.detail,
        instance=f"urn:sohoa:request:{request_id(request)}",
        errors=refused.parts,
    )
    return JSONResponse(
        said.model_dump(mode="json"), STATUS[code], headers=refused.headers, media_type=MEDIA_TYPE
    )


def language_of(request: Request) -> Language:
    """The language that the caller asks for; Vietnamese where it asks for none."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "vi"


def request_id(request: Request) -> str:
    """The name of this call, as given or made."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def add_problems(app: FastAPI) -> None:
    """Tell every error as a problem."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return problem(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        parts = [_part(each["loc"], str(each["msg"])) for each in error.errors()[:50]]
        return problem(request, Refused(ProblemCode.REQUEST_INVALID, parts=parts))

    @app.exception_handler(StarletteHTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code = _HTTP.get(error.status_code)
        if code is None:
            code = ProblemCode.REQUEST_INVALID if error.status_code < 500 else ProblemCode.INTERNAL
        return problem(request, Refused(code, headers=error.headers))

    @app.exception_handler(SohoaError)
    async def ours(request: Request, error: SohoaError) -> JSONResponse:
        code, detail = _code_of(error)
        if code is not ProblemCode.UNAVAILABLE:
            return problem(request, Refused(code, detail))
        log.error("a call of another system failed: %s", error)
        return problem(request, Refused(code, detail, headers={"retry-after": "60"}))

    @app.exception_handler(Exception)
    async def bug(request: Request, _error: Exception) -> JSONResponse:
        return problem(request, Refused(ProblemCode.INTERNAL))


def _code_of(error: SohoaError) -> tuple[ProblemCode, str]:
    if isinstance(error, DepositRefused):
        return _REFUSALS[error.cause], ""
    for kind, code in _ERRORS:
        if isinstance(error, kind):
            return code, type(error).__name__ if code is ProblemCode.FILE_REFUSED else ""
    if isinstance(error, errors.StorageError | errors.ServiceError | errors.RegisterError):
        return ProblemCode.UNAVAILABLE, type(error).__name__
    return ProblemCode.REQUEST_INVALID, type(error).__name__


def _part(place: Sequence[str | int], said: str) -> InvalidPart:
    """Keys come from the caller too, and may hold what is no text."""
    return InvalidPart(
        place=[each if isinstance(each, int) else _printable(each)[:100] for each in place],
        said=_printable(said)[:300],
    )


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def told_problems(*codes: ProblemCode) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says about the problems of a route; those that any route may tell are added."""
    asked = {*codes, *_ALWAYS}
    said: dict[int | str, dict[str, Any]] = {}
    for status in sorted({STATUS[code] for code in asked}):
        named = sorted(code.value for code in asked if STATUS[code] == status)
        said[status] = {
            "description": ", ".join(named),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return said
