"""What is kept: dossiers, orders, packages, the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from dossier.document import Document
from dossier.finding import Finding, Severity
from dossier.identity import Identity, RegisterAnswer
from dossier.page import StoredObject


class DossierState(StrEnum):
    """Where a dossier stands after a run."""

    ARCHIVED = "archived"
    NEEDS_ATTENTION = "needs_attention"
    HELD = "held"
    """Read and judged; it waits for a clerk to look at it and seal it."""


class SealLevel(IntEnum):
    """How long a seal can be proven (ETSI EN 319 142-1); each level holds what the ones before it hold."""

    B_B = 0
    """Who signed what; when is the signer's own word. Provable while the certificate is valid."""
    B_T = 1
    """A time stamping service has seen the signature."""
    B_LT = 2
    """Everything that is needed to judge the certificates lies in the file."""
    B_LTA = 3
    """A time stamp over all of it, which can be renewed for as long as the file is kept."""

    @property
    def label(self) -> str:
        """As the standard writes it: "B-LTA"."""
        return self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class FileNotTaken:
    """A file that came with a dossier and of which nothing is kept."""

    name: str
    """As it came."""
    error: str
    """Name of the error's class: "SourceTooLarge"."""
    cause: str


@dataclass(frozen=True, slots=True)
class DigitisationOrder:
    """What a clerk asks for: these files, as this dossier, for this procedure."""

    dossier: str
    """Dossier code (mã hồ sơ)."""
    procedure: str
    """National code of the procedure."""
    sources: tuple[str, ...]
    """Absolute paths of the files, in the clerk's order."""
    received_on: date
    """Day of reception, which decides the rules that apply."""
    officer: str
    """Who digitises."""
    cases: tuple[str, ...] = ()
    """Cases of the procedure that the clerk chose; papers may prove others."""
    counter: str = ""
    """Counter (quầy) that received it; empty where nobody said."""
    hold: bool = False
    """Whether it is held for a clerk's review instead of being sealed when nothing blocks."""
    not_taken: tuple[FileNotTaken, ...] = ()
    """What came with the sources and was too large or too much to be kept."""
    due_on: date | None = None
    """Day promised to the applicant (ngày hẹn trả); None where nobody said it."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier (hồ sơ): its papers and its people."""

    code: str
    procedure: str
    documents: tuple[Document, ...]
    identities: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package, before it is put into the store."""

    path: str
    """Path within the package, for example "representations/rep1/data/01-to_khai.pdf"."""
    role: str
    """"original", "rendition", "text", "documentation" or "description"."""
    sha256: str
    size_bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A document as PDF/A with its seal, as it was made."""

    file: StoredObject
    """Where it is kept until it is archived."""
    signer: str
    """Name of the identity that signed."""
    certificate: str
    """Serial number of its certificate, hexadecimal."""
    level: SealLevel
    """What the services allowed when it was made."""
    sealed_at: datetime
    """Aware."""


ORIGINALS = "representations/original/data"
"""Folder of a package's untouched scans."""
RENDITIONS = "representations/rep1/data"
"""Folder of a package's sealed PDF/A files (TT 05/2025/TT-BNV)."""
TEXTS = "representations/text/data"
"""Folder of a package's recognised text."""


@dataclass(frozen=True, slots=True)
class ArchivedObject:
    """One file of a package, in the store."""

    key: str
    version_id: str
    sha256: str
    size_bytes: int
    retain_until: datetime
    """Until when the store refuses to delete it."""


@dataclass(frozen=True, slots=True)
class ArchivePackage:
    """A dossier in the archive."""

    dossier: str
    prefix: str
    """Key prefix of the package within the bucket."""
    manifest_sha256: str
    objects: tuple[ArchivedObject, ...]
    """In the order in which they were put; the manifest comes last and makes the package whole."""

    @property
    def renditions(self) -> tuple[ArchivedObject, ...]:
        """The sealed PDF/A files; in pdf/ where the package is of the first form."""
        folders = (f"{self.prefix}/{RENDITIONS}/", f"{self.prefix}/pdf/")
        return tuple(kept for kept in self.objects if kept.key.startswith(folders))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became known about a package after it was made."""

    dossier: str
    prefix: str
    """Key prefix of the package."""
    at: str
    """ISO 8601, +07:00."""
    kind: str
    """For example "register-answered"."""
    detail: str
    """JSON, without personal data."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the append-only ledger, chained to the one before it."""

    number: int
    at: str
    """ISO 8601, +07:00."""
    actor: str
    action: str
    """For example "page-read", "sealed", "archived", "register-asked"."""
    subject: str
    """What it was done to; personal numbers masked."""
    detail: str
    """JSON, without personal data."""
    previous_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DossierReport:
    """The verdict over a dossier."""

    dossier: Dossier
    state: DossierState
    findings: tuple[Finding, ...]
    package: ArchivePackage | None
    """None while the dossier waits for a person."""
    timings_seconds: tuple[tuple[str, float], ...]
    """Stage and wall-clock seconds."""
    register: tuple[RegisterAnswer, ...] = ()
    """What the residence register answered in this run, one entry for each person it was asked about."""


def state_of(findings: tuple[Finding, ...]) -> DossierState:
    """A dossier waits as soon as one finding is blocking."""
    if any(f.severity is Severity.BLOCKING for f in findings):
        return DossierState.NEEDS_ATTENTION
    return DossierState.ARCHIVED
