"""Pages: as scanned, and as read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dossier.blocks import Block
from dossier.geometry import Box, UprightFrame

MOST_PIXELS: Final = 178_000_000
"""Of one page: A4 at 1200 dpi has 139 million; just below where Pillow speaks of a decompression bomb."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A reference to bytes that are kept somewhere, with what proves them."""

    key: str
    """Name under which the spool or the store gives the bytes back."""
    sha256: str
    """SHA-256 of the bytes, lower-case hexadecimal."""
    size_bytes: int
    """Number of bytes."""
    media_type: str
    """IANA media type, for example image/jpeg."""


class Extraction(StrEnum):
    """How a page's picture came out of its source file."""

    AS_SCANNED = "as_scanned"
    """The file is the picture, byte for byte."""
    EMBEDDED = "embedded"
    """The one picture that fills a PDF page or a TIFF frame, taken out without resampling."""
    RENDERED = "rendered"
    """Drawn from a PDF page that is not one picture, or from a picture stored mirrored or squashed."""
    PHOTOGRAPHED = "photographed"
    """A camera or a phone's screen made the file, which is the picture, byte for byte unless mirrored."""
    STRAIGHTENED = "straightened"
    """Made from a photograph: its sheet as seen from the front."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it arrived, kept untouched."""

    name: str
    """File name without folders, as the clerk knows it."""
    original: StoredObject
    """The untouched bytes."""
    signatures: int = 0
    """Digital signatures found in the file, or around the document in it."""
    empty_fields: int = 0
    """Signature fields of a PDF that nobody has signed."""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One side of one sheet, as the scanner delivered it."""

    source: SourceFile
    """The file that it came in."""
    number: int
    """Page number within its source, 1-based, as the clerk counts."""
    picture: StoredObject
    """The page's own picture; the original itself where the file is the picture."""
    extraction: Extraction
    """How the picture came out of the source."""
    width: int
    """Columns of the picture, pixels."""
    height: int
    """Rows of the picture, pixels."""
    dpi: float
    """Dots per inch, from the picture, the PDF page's size or the scanner's profile."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Who read something: enough to read it again the same way."""

    name: str
    """For example "sohoa-vi-tiny", "tesseract-vie", "pp-ocrv6-tiny"."""
    version: str
    """Version of the program or of the weights."""
    weights_sha256: str
    """SHA-256 of the weights file; empty where the engine does not show one."""


class Writing(StrEnum):
    """How something came onto the paper."""

    PRINT = "print"
    """Printed or typed."""
    HAND = "hand"
    """Written by hand, or partly so: a number filled in between print."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it stands on the page, without spaces, NFC."""

    text: str
    box: Box
    """In the upright frame."""
    confidence: float
    """0.0 to 1.0: the share of words at this confidence that are read rightly."""
    least: float | None = None
    """What the reader's net gives its least certain letter; None where the reader does not tell."""
    writing: Writing = Writing.PRINT
    """Whether a pen wrote any of it."""

    @property
    def clarity(self) -> float:
        """How clear its picture is, 0.0 to 1.0, whatever it says: its least certain letter."""
        return self.confidence if self.least is None else self.least


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What another reader made of a doubtful line."""

    text: str
    """NFC; empty where it saw no print."""
    confidence: float
    """0.0 to 1.0; that of its least certain word, on its own scale."""
    agrees: bool
    """Whether both read the same."""
    engine: str
    """Name of the engine that read it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of print, NFC, its words separated by single spaces."""

    text: str
    box: Box
    """In the upright frame."""
    confidence: float
    """0.0 to 1.0; that of its least certain word."""
    words: tuple[Word, ...]
    second: SecondReading | None = None
    """What another reader says; None where the line was not doubtful enough to ask."""


@dataclass(frozen=True, slots=True)
class Code:
    """A bar code or QR code."""

    symbology: str
    """As zxing-cpp names it, for example "QRCode"."""
    text: str
    """Decoded text, NFC."""
    box: Box
    """In the upright frame."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """A run of 9 or 12 digits on the page, read by one engine."""

    digits: str
    box: Box
    """In the upright frame."""
    confidence: float
    """0.0 to 1.0."""
    engine: str
    """Name of the engine that read it."""


@dataclass(frozen=True, slots=True)
class MachineZone:
    """A machine-readable zone (ICAO 9303) on the page, whether its check digits hold or not."""

    lines: tuple[str, ...]
    """Two lines of 44 or three of 30 in the zone's alphabet; as read where they fit neither."""
    as_read: tuple[str, ...]
    """Before anything was put right."""
    box: Box
    """In the upright frame."""
    confidence: float
    """0.0 to 1.0; that of the least certain line."""
    engine: str
    """Name of the engine that read it."""


@dataclass(frozen=True, slots=True)
class Handwriting:
    """What a pen left on the page and no line of text holds: a tick, initials, a number hard to read."""

    box: Box
    """In the upright frame."""
    text: str
    """What may be written there; empty where the strokes are no digits."""
    confidence: float
    """0.0 to 1.0, of the text."""


class Presence(StrEnum):
    """Whether something was seen on a picture."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    CANNOT_TELL = "cannot_tell"
    """The picture does not show it: red and blue on a black-and-white scan."""


@dataclass(frozen=True, slots=True)
class PageMarks:
    """What was put on a page by hand or by stamp, seen on the picture itself."""

    is_colour: bool
    """Whether the scan shows colour; without it a missing seal or signature proves nothing."""
    seals: tuple[Box, ...]
    """Red seals, round or square, in the upright frame."""
    signatures: tuple[Box, ...]
    """Handwriting large enough to be a signature, in the upright frame."""
    seal: Presence
    signature: Presence
    head_digits: tuple[NumberReading, ...] = ()
    """The digits of the head's number and date as the second reader saw them, several cuts of each line."""


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """A page with what was read on it."""

    page: ScannedPage
    frame: UprightFrame
    """The turn that made it upright; every box below lies in this frame."""
    lines: tuple[Line, ...]
    """In reading order."""
    codes: tuple[Code, ...]
    numbers: tuple[NumberReading, ...]
    """Digit runs, each as often as engines read it: two engines that agree give two entries."""
    is_blank: bool
    """No print was found."""
    confidence: float
    """0.0 to 1.0, mean over the words weighted by length; 1.0 on a blank page."""
    engines: tuple[Engine, ...]
    """Everything that read this page."""
    zones: tuple[MachineZone, ...] = ()
    """Machine-readable zones, from top to bottom."""
    marks: PageMarks | None = None
    """Seals, signatures and a second look at the head; None where only the text was read."""
    handwriting: tuple[Handwriting, ...] = ()
    """Handwriting that is not in the lines."""
    blocks: tuple[Block, ...] = ()
    """What the lines form together, in reading order; every line stands in one block."""
    picture_hash: int | None = None
    """64 bits by which the picture is known again (`models.page_prints`); None on blank sides, and where a
    page was read in safe mode or by a release that did not take it."""

    @property
    def text(self) -> str:
        """All lines, one per row."""
        return "\n".join(line.text for line in self.lines)
