"""What one reading process does: open the readers once, then read page after page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from dossier.page import RecognisedPage, ScannedPage
from flows.allocation import keep_little
from models.page_prints import picture_hash
from pipeline.marks import page_marks
from pipeline.picture import decode
from pipeline.reading import Readers, open_readers, read_page

READING_VERSION = "16"
"""Raised when the same page would be read differently, so that old checkpoints are not used."""


@cache
def open_reader(cache_folder: Path) -> Readers:
    """The readers of this process."""
    keep_little()
    return open_readers(cache_folder)


def read_one(page: ScannedPage, picture: bytes, cache_folder: Path) -> RecognisedPage:
    """Decode a picture, read it, look at it for seals and signatures, and take what it is known again by."""
    pixels, readers = decode(picture), open_reader(cache_folder)
    read = read_page(page, pixels, readers)
    if read.is_blank:
        return read
    marks = page_marks(read, pixels, readers.digits)
    return replace(read, marks=marks, picture_hash=picture_hash(pixels, read.frame))


def reading_key(page: ScannedPage) -> str:
    """Names the reading of a page by everything that it depends on."""
    parts = [READING_VERSION, page.source.original.sha256, page.number, page.picture.sha256, page.dpi]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
