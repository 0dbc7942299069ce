"""Shapes of what is told about the archive."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from console.api.shapes import Out


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
