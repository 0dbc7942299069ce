"""The doors between what the product does and what it is built on.

Adapters do not inherit these; mypy checks the fit where they are composed, in `flows/wiring.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeAlias

from dossier.archive import ArchivedObject, ArchivePackage, FollowUp, LedgerEntry, PackageFile
from dossier.geometry import Box
from dossier.identity import RegisterAnswer, RegisterQuery
from dossier.page import Code, Engine, StoredObject, Writing
from dossier.procedure import BlockedPaper, Procedure
from dossier.scanning import FedSide, ScannerDevice, ScanProfile
from dossier.waiting import RegisterWait

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Grey: TypeAlias = npt.NDArray[np.uint8]
    """Grey picture of shape (height, width)."""
    Colour: TypeAlias = npt.NDArray[np.uint8]
    """Colour picture of shape (height, width, 3), blue-green-red as OpenCV keeps it."""


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word read from the picture of one line."""

    text: str
    left: float
    """Where it begins, as a share of the line's width, 0.0 to 1.0."""
    right: float
    """Where it ends, as a share of the line's width."""
    confidence: float
    """0.0 to 1.0."""
    least: float | None = None
    """What the reader's net gives its least certain letter; None where the reader does not tell."""
    writing: Writing = Writing.PRINT
    """Whether a pen wrote any of it."""

    @property
    def clarity(self) -> float:
        """How clear its picture is, 0.0 to 1.0, whatever it says: its least certain letter."""
        return self.confidence if self.least is None else self.least


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What a reader saw in the picture of one line; no words where it saw no text."""

    words: tuple[ReadWord, ...]
    strokes: tuple[tuple[float, float], ...] = ()
    """Where pen strokes that are no letters begin and end, as shares of the line's width."""

    @property
    def text(self) -> str:
        """The words, separated by single spaces."""
        return " ".join(word.text for word in self.words)


class LineFinder(Protocol):
    """Finds where lines of print are."""

    @property
    def engine(self) -> Engine:
        """Who finds."""

    def find(self, picture: Grey) -> tuple[Box, ...]:
        """Boxes of text lines in a prepared, upright page, in no order."""


class LineReader(Protocol):
    """Reads pictures of single lines."""

    @property
    def engine(self) -> Engine:
        """Who reads."""

    @property
    def alphabet(self) -> str:
        """Every character that the reader can return."""

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """One result for each picture, in the same order."""


class CodeReader(Protocol):
    """Reads bar codes and QR codes."""

    def read(self, picture: Grey) -> tuple[Code, ...]:
        """Codes on the page, boxes in the frame of the picture."""


class Scanner(Protocol):
    """A scanner, whoever built it."""

    @property
    def device(self) -> ScannerDevice:
        """Which one."""

    def feed(self, profile: ScanProfile) -> Iterator[FedSide]:
        """Sides as they come out, the front of a sheet before its back, until the feeder is empty.

        A side is handed on once all of it has arrived. Raises FeederEmpty where nothing lay there at all,
        PaperJam, CoverOpen, ScannerBusy, ScannerLost, ScannerRefused, ScannerNotFound; the sides handed on
        before stay good, and a new feed continues with what lies in the feeder then.
        """


class Spool(Protocol):
    """Bytes kept on this machine, by content, until they are in the archive."""

    def put(self, data: bytes, media_type: str) -> StoredObject:
        """Keep these bytes; the same bytes twice are one object. Raises DiskFull."""

    def get(self, kept: StoredObject) -> bytes:
        """The bytes, checked against their SHA-256. Raises StorageError."""

    def erase(self, name: str) -> bool:
        """Forget bytes by their SHA-256; whether they were there."""


class Checkpoints(Protocol):
    """Results of finished steps, so that a second run continues where the first stopped."""

    def save(self, step: str, key: str, result: bytes) -> None:
        """Keep the result of a step, whole or not at all."""

    def load(self, step: str, key: str) -> bytes | None:
        """The result, or None where the step has not finished."""

    def erase(self, step: str, key: str) -> bool:
        """Forget a finished step; whether it was there."""


class Archive(Protocol):
    """The store that keeps packages: versioned, locked, never overwritten."""

    def probe(self) -> None:
        """Raise StoreUnfit, by name of what is missing, or StoreUnreachable."""

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        """Put under a new key, locked for so many days at least.

        The same bytes again are no error; other bytes raise StoreConflict.
        """

    def get(self, key: str, version_id: str = "") -> bytes:
        """The bytes of one version, of the newest without one. Raises NotInArchive, StoreUnreachable."""

    def describe(self, key: str, version_id: str = "") -> ArchivedObject:
        """What is kept under a key, without fetching it. Raises NotInArchive, StoreUnreachable."""

    def list(self, prefix: str) -> tuple[str, ...]:
        """Keys that begin with this prefix, sorted. Raises StoreUnreachable."""


class LegalHolds(Protocol):
    """A store in which single versions can be held beyond their retention."""

    def hold(self, key: str, version_id: str) -> None:
        """Put a legal hold on a version. Raises NotInArchive, StoreUnfit, StoreUnreachable."""

    def release(self, key: str, version_id: str) -> None:
        """End a legal hold; the retention stays."""

    def is_held(self, key: str, version_id: str) -> bool:
        """Whether a legal hold stands."""


class Eraser(Protocol):
    """Whoever may delete what nothing keeps any more; never the credentials that packages are put with."""

    def erase(self, prefix: str) -> int:
        """Delete every version under a prefix; how many there were.

        Raises RetentionStands, before anything is deleted, where the store still locks or holds one.
        """


class Index(Protocol):
    """What is in the archive, for finding it again."""

    def record(self, package: ArchivePackage, files: Sequence[PackageFile], summary: str) -> None:
        """Remember a whole package, with its report as JSON; recording it again changes nothing."""

    def package(self, dossier: str) -> ArchivePackage | None:
        """The newest package of a dossier, or None."""

    def packages(self, dossier: str) -> tuple[ArchivePackage, ...]:
        """Every package of a dossier, the oldest first."""

    def forget(self, dossiers: Collection[str]) -> None:
        """Take everything about dossiers' packages out, and about the people in them."""

    def dossiers(self) -> tuple[str, ...]:
        """Every dossier that has a package, sorted."""

    def summary(self, dossier: str) -> str | None:
        """The report recorded with the newest package, JSON, or None."""

    def follow_up(self, package: ArchivePackage, kind: str, detail: str) -> None:
        """Note what became known after a package was made; the package itself stays as it is."""

    def follow_ups(self, dossier: str) -> tuple[FollowUp, ...]:
        """What became known about a dossier's packages, the oldest first."""


class Ledger(Protocol):
    """What was done, by whom, when; append-only, each entry chained to the one before."""

    def append(self, actor: str, action: str, subject: str, detail: str) -> LedgerEntry:
        """Write one entry."""

    def append_once(self, actor: str, action: str, subject: str, detail: str) -> LedgerEntry:
        """Write one entry unless the same action with the same detail stands there for the subject."""

    def verify(self) -> int:
        """Number of entries whose chain holds. Raises LedgerBroken at the first that does not."""


class ResidenceRegister(Protocol):
    """The residence register (CSDLQG về dân cư), or what stands for it."""

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        """Compare a person with the register. An unreachable register answers NOT_CHECKED, never a match."""

    def is_answering(self) -> bool:
        """Whether the register can be reached now, found out without asking about anybody."""


class RegisterWaits(Protocol):
    """Dossiers whose question to the register stayed unanswered."""

    def note(self, wait: RegisterWait) -> None:
        """Remember a dossier; what was known about it is replaced."""

    def find(self, dossier: str) -> RegisterWait | None:
        """What is known about a dossier, answered meanwhile or not; None where it never waited."""

    def open(self) -> tuple[RegisterWait, ...]:
        """Dossiers that still wait, the oldest first."""

    def forget(self, dossier: str) -> None:
        """Take a dossier off the list."""


class Catalogue(Protocol):
    """The published procedures."""

    def procedure(self, code: str, on: date) -> Procedure:
        """The procedure in force on that day. Raises ProcedureUnknown."""

    def procedures(self) -> tuple[Procedure, ...]:
        """All of them, by code."""

    def blocked_papers(self, on: date) -> tuple[BlockedPaper, ...]:
        """Papers that may not be asked on that day."""
