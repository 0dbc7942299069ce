"""Documents: the papers that a dossier consists of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dossier.geometry import Box
from dossier.page import RecognisedPage

UNKNOWN_KIND = "unknown"
"""The kind of a paper whose title no table knows."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something read out of a document, with where it stands."""

    name: str
    """For example personal_number, full_name, date_of_birth, document_number, issued_on."""
    value: str
    """NFC; dates as ISO 8601."""
    page: int
    """1-based position of the page within the document."""
    box: Box | None
    """In that page's upright frame; None where it came from several places."""
    confidence: float
    """0.0 to 1.0."""
    witness: str
    """What it was read from: "print", "qr" or "mrz", followed by ":" and the engine."""
    person: int = 0
    """Fields of one person within the document share a number from 1; 0 where it is tied to nobody."""
    raw: str = ""
    """What the witness itself says where the value is only a part of it: a code's payload, a zone's lines."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of paper a page begins with."""

    code: str
    """Identifier in the table of titles, for example "ct07"; UNKNOWN_KIND where none fits."""
    title: str
    """The title as it was read, lines joined by spaces; empty where none was found."""
    confidence: float
    """0.0 to 1.0."""


class CopyForm(StrEnum):
    """Whether a paper is the original, as far as the paper itself tells."""

    ORIGINAL = "original"
    """A red seal and no words of copying."""
    CERTIFIED_COPY = "certified_copy"
    """Certified against the original (chứng thực bản sao đúng với bản chính, NĐ 23/2015/NĐ-CP)."""
    ISSUED_COPY = "issued_copy"
    """Copied by who holds the original or the register: bản sao, sao y, sao lục, trích sao."""
    PLAIN_COPY = "plain_copy"
    """Says itself that it is a photocopy."""
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Document:
    """A paper (giấy tờ): the pages that belong together, and what they say."""

    number: int
    """Position within the dossier, 1-based."""
    kind: Kind
    pages: tuple[RecognisedPage, ...]
    fields: tuple[Field, ...]
    copy: CopyForm = CopyForm.CANNOT_TELL

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of the fields with this name, in reading order."""
        return tuple(field.value for field in self.fields if field.name == name)
