"""What intake delivers: a file as it arrived, and the pages in it."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.page import MOST_PIXELS, Extraction


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """What a file may ask of this machine before it is refused."""

    size_bytes: int = 512 * 1024 * 1024
    """Largest file that is read at all."""
    pixels: int = MOST_PIXELS
    """Most pixels in one picture; the reader takes as many."""
    side: int = 20_000
    """A picture with a side of this many pixels or more is refused before it is decoded."""
    pages: int = 500
    """Most pages in one file."""
    drawn_dpi: float = 300.0
    """Resolution at which a PDF page that is not one picture is drawn."""
    drawn_pixels: int = 40_000_000
    """Most pixels of a drawn page; larger ones get a lower resolution (A2 at 300 dpi has 35 million)."""
    memory_bytes: int = 2 * 1024**3
    """Address space of the process that opens a PDF, a TIFF or a huge picture."""
    file_seconds: float = 900.0
    """Longest time for all pages of one file together; the time for one page is set by the caller."""


DEFAULT_LIMITS = IntakeLimits()


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """A file as it arrived, every byte of it."""

    name: str
    """File name without folders, as the clerk knows it."""
    data: bytes
    """The untouched bytes."""
    media_type: str
    """Told by content: image/jpeg, image/png, image/tiff, application/pdf, or a signature around one."""
    signatures: int
    """Signatures in a PDF or around a document; 0 for pictures."""
    empty_fields: int = 0
    """Signature fields of a PDF that nobody has signed."""


@dataclass(frozen=True, slots=True)
class DeliveredPage:
    """One page of a file, its picture proven to decode from the first row to the last."""

    number: int
    """Page number within the file, 1-based."""
    picture: bytes
    """The encoded picture; the file's own bytes where the file is the picture."""
    media_type: str
    """image/jpeg, image/png or image/tiff."""
    extraction: Extraction
    """How the picture came out of the file."""
    width: int
    """Columns as stored, before any orientation tag."""
    height: int
    """Rows as stored, before any orientation tag."""
    dpi: float
    """Dots per inch along the rows."""
