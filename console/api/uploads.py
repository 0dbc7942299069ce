"""Pages: uploaded, judged by their content, and not sent twice.

The body is read only after the caller is known to be allowed to send it, and goes to a file of this machine
that is gone when the call ends; what is kept is sealed in the spool.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from console.api.access import Caller, caller
from console.api.dossiers import Code
from console.api.problems import ProblemCode, Refused, told_problems
from console.api.shapes import SHA256, FileOut, FilesOut
from console.api.told import file_out
from dossier.clients import Deposit, DepositFile, Scope
from flows.deposits import MOST_FILES

Digest = Annotated[str, Path(pattern=SHA256, description="SHA-256 of the file, lower-case hexadecimal.")]
router: Final = APIRouter(tags=["files"])
_WRITES, _READS = caller(Scope.DOSSIERS_WRITE), caller(Scope.DOSSIERS_READ)
_PIECE: Final = 1 << 20
_UPLOADING = (
    ProblemCode.SCOPE_MISSING,
    ProblemCode.NOT_FOUND,
    ProblemCode.WRONG_STATE,
    ProblemCode.TOO_LARGE,
    ProblemCode.MEDIA_TYPE_REFUSED,
    ProblemCode.FILE_REFUSED,
    ProblemCode.TOO_MANY_FILES,
)


def _body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


_FORM = _body(
    "multipart/form-data",
    {
        "type": "object",
        "required": ["files"],
        "properties": {
            "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
        },
    },
)
_BYTES = _body("application/octet-stream", {"type": "string", "format": "binary"})


@router.post(
    "/dossiers/{code}/files",
    status_code=201,
    openapi_extra=_FORM,
    responses=told_problems(*_UPLOADING),
)
async def upload(code: Code, request: Request, who: Caller = _WRITES) -> FilesOut:
    """Upload pages in the order in which they lie: JPEG, PNG, TIFF, PDF, and signatures around or beside one.

    What a file is called counts for nothing and is not kept. Files before one that is refused stay.
    """
    deposit = await run_in_threadpool(who.deposit, code)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(ProblemCode.MEDIA_TYPE_REFUSED, "multipart/form-data")
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=10)
    except (MultiPartException, ValueError, KeyError, UnicodeError) as e:
        raise Refused(ProblemCode.REQUEST_INVALID, "multipart") from e
    try:
        files = [value for name, value in form.multi_items() if name == "files"]
        sent = [file for file in files if isinstance(file, UploadFile)]
        if not sent or len(sent) != len(form.multi_items()):
            raise Refused(ProblemCode.REQUEST_INVALID, "files")
        items = []
        for file in sent:
            async with _kept(_pieces(file)) as (path, _):
                items.append(await run_in_threadpool(_take, who, deposit, path))
    finally:
        await form.close()
    return FilesOut(items=items)


@router.put(
    "/dossiers/{code}/files/{sha256}",
    openapi_extra=_BYTES,
    responses=told_problems(*_UPLOADING, ProblemCode.DIGEST_DIFFERS),
)
async def upload_as(code: Code, sha256: Digest, request: Request, who: Caller = _WRITES) -> FileOut:
    """Upload one file under its SHA-256. One that is there already is answered without reading it again."""
    deposit = await run_in_threadpool(who.deposit, code)
    there = await run_in_threadpool(_find, who, code, sha256)
    if there is not None:
        return file_out(there)
    async with _kept(request.stream()) as (path, digest):
        if digest != sha256:
            raise Refused(ProblemCode.DIGEST_DIFFERS)
        return await run_in_threadpool(_take, who, deposit, path)


@router.get(
    "/dossiers/{code}/files", responses=told_problems(ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND)
)
def list_files(code: Code, who: Caller = _READS) -> FilesOut:
    """What is there, by SHA-256: after a line that broke, send what is not."""
    who.deposit(code)
    return FilesOut(items=[file_out(file) for file in who.room.integration.deposits.kept.files(code)])


@router.delete(
    "/dossiers/{code}/files/{sha256}",
    status_code=204,
    responses=told_problems(ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND, ProblemCode.WRONG_STATE),
)
def drop_file(code: Code, sha256: Digest, who: Caller = _WRITES) -> None:
    """Take a file out again."""
    who.room.integration.deposits.drop(who.client, who.deposit(code), sha256)


def _find(who: Caller, code: str, sha256: str) -> DepositFile | None:
    files = who.room.integration.deposits.kept.files(code)
    return next((file for file in files if file.sha256 == sha256), None)


def _take(who: Caller, deposit: Deposit, path: FilePath) -> FileOut:
    file, is_new = who.room.integration.deposits.take(who.client, deposit, path)
    return file_out(file, is_new=is_new)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece


@asynccontextmanager
async def _kept(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[FilePath, str]]:
    """The pieces in a file until the end of the block, and their SHA-256."""
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="sohoa-") as folder:
        path = FilePath(folder) / "upload"
        with path.open("wb") as written:
            async for piece in pieces:
                digest.update(piece)
                written.write(piece)
        yield path, digest.hexdigest()
