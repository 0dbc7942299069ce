"""What was archived: listed, fetched, verified."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Response

from console.api.access import Caller, caller
from console.api.dossiers import Code
from console.api.problems import ProblemCode, Refused, told_problems
from console.api.shapes_archive import (
    ArchivedFileOut,
    ArchiveOut,
    CheckOut,
    FixityOut,
    FixityRunOut,
    FixityStateOut,
    SealOut,
    VerificationOut,
)
from console.api.uploads import Digest
from dossier.archive import ORIGINALS, RENDITIONS, TEXTS, ArchivedObject, ArchivePackage
from dossier.clients import Scope
from dossier.errors import NotInArchive, StorageError
from flows.verifying import verify_dossier

router: Final = APIRouter(tags=["archive"])
_FILES, _READS = caller(Scope.FILES_READ), caller(Scope.DOSSIERS_READ)
_KNOWN = (ProblemCode.SCOPE_MISSING, ProblemCode.NOT_FOUND)
_ROLES: Final = {ORIGINALS: "original", RENDITIONS: "rendition", "pdf": "rendition", TEXTS: "text"}
_RANGE: Final = re.compile(r"bytes=(?P<first>[0-9]{0,15})-(?P<last>[0-9]{0,15})")
_BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get("/dossiers/{code}/archive", responses=told_problems(*_KNOWN))
def list_archive(code: Code, who: Caller = _FILES) -> ArchiveOut:
    """The files of the newest package, with SHA-256, version, and until when the store keeps them."""
    package = _package(who, code)
    return ArchiveOut(
        dossier=code,
        package=package.prefix,
        manifest_sha256=package.manifest_sha256,
        files=[_file(package, kept) for kept in package.objects],
    )


@router.get(
    "/dossiers/{code}/archive/{sha256}",
    response_class=Response,
    responses={
        200: {"content": _BINARY, "description": "The file."},
        206: {"content": _BINARY, "description": "The range that was asked for."},
        304: {"description": "The caller has it."},
        **told_problems(*_KNOWN, ProblemCode.RANGE_REFUSED, ProblemCode.PURPOSE_MISSING),
    },
)
def fetch(
    code: Code,
    sha256: Digest,
    who: Caller = _FILES,
    range_: Annotated[str, Header(alias="range", max_length=200)] = "",
    if_none_match: Annotated[str, Header(max_length=2000)] = "",
    if_range: Annotated[str, Header(max_length=200)] = "",
) -> Response:
    """One archived file, whole or a range of it. Every fetch is in the ledger."""
    package = _package(who, code)
    kept = next((each for each in package.objects if each.sha256 == sha256), None)
    if kept is None:
        raise NotInArchive(sha256)
    tag = f'"{sha256}"'
    if tag in if_none_match or if_none_match.strip() == "*":
        return Response(status_code=304, headers={"etag": tag})
    who.look("archived file", code)
    data = who.room.workshop.archive.get(kept.key, kept.version_id)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise StorageError(kept.key, "damaged: the bytes do not match their SHA-256")
    headers = {
        "etag": tag,
        "accept-ranges": "bytes",
        "x-content-sha256": sha256,
        "repr-digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:",
        "content-disposition": f'attachment; filename="{sha256[:16]}{_suffix(kept.key)}"',
    }
    media_type = mimetypes.guess_type(kept.key)[0] or "application/octet-stream"
    part = _range(range_, len(data)) if if_range in ("", tag) else None
    if part is None:
        return Response(data, headers=headers, media_type=media_type)
    first, last = part
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, headers=headers, media_type=media_type)


@router.get("/dossiers/{code}/verification", responses=told_problems(*_KNOWN, ProblemCode.PURPOSE_MISSING))
def verify(code: Code, who: Caller = _FILES) -> VerificationOut:
    """Read the package again now: fixity, seals, PDF/A, the ledger's chain."""
    package = _package(who, code)
    who.look("signatures", code)
    judged = verify_dossier(who.room.workshop, package)
    return VerificationOut(
        dossier=code,
        passed=judged["passed"],
        fixity=[
            FixityOut(path=_path(package, f["key"]), outcome=str(f["outcome"]), detail=f["detail"])
            for f in judged["fixity"]
        ],
        files=[_seal(package, file) for file in judged["files"]],
        ledger=judged["ledger"]["outcome"],
    )


@router.get("/dossiers/{code}/fixity", responses=told_problems(*_KNOWN))
def fixity(code: Code, who: Caller = _READS) -> FixityStateOut:
    """When the whole archive was read anew last, and whether anything of this dossier was wrong then."""
    package = _package(who, code)
    state = who.room.audits.fixity_state()
    last = state["last"]
    return FixityStateOut(
        is_running=state["running"],
        last=last
        and FixityRunOut(
            begun_at=last["begun_at"],
            ended_at=last["ended_at"],
            outcome=last["outcome"],
            troubles=[
                FixityOut(path=_path(package, told["key"]), outcome=told["state"], detail=told["detail"])
                for told in last["troubles"]
                if told["key"].startswith(f"{package.prefix}/")
            ],
        ),
    )


def _package(who: Caller, code: str) -> ArchivePackage:
    who.deposit(code)
    package = who.room.workshop.index.package(code)
    if package is None:
        raise NotInArchive(code)
    return package


def _file(package: ArchivePackage, kept: ArchivedObject) -> ArchivedFileOut:
    path = _path(package, kept.key)
    return ArchivedFileOut(
        path=path,
        role=_ROLES.get(path.rpartition("/")[0], "description"),
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        media_type=mimetypes.guess_type(path)[0] or "application/octet-stream",
        version_id=kept.version_id,
        retain_until=kept.retain_until,
    )


def _seal(package: ArchivePackage, file: dict[str, Any]) -> SealOut:
    return SealOut(
        path=_path(package, file["key"]),
        passed=file["passed"],
        sha256=file["sha256"],
        signer=file["signer"],
        signed_at=_moment(file["signed_at"]),
        level=file["level"],
        stamped_at=_moment(file["stamped_at"]),
        renew_before=_moment(file["renew_before"]),
        checks=[CheckOut(**check) for check in file["checks"]],
    )


def _path(package: ArchivePackage, key: str) -> str:
    return key.removeprefix(f"{package.prefix}/")


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _suffix(key: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{1,5}$", key)
    return found[0] if found else ""


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte; None for the whole file, also where several ranges or unknown ones are asked.

    Raises Refused where the range lies outside the file.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:
        first, last = max(0, size - int(found["last"])), size - 1
    else:
        first, last = int(found["first"]), min(int(found["last"] or size), size - 1)
        if found["last"] and int(found["last"]) < first:
            return None
    if first >= size or first > last:
        raise Refused(ProblemCode.RANGE_REFUSED, headers={"content-range": f"bytes */{size}"})
    return first, last
