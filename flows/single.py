"""Reading a single file in this process, without store or resident process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dossier.errors import SourceWithoutPages
from dossier.page import RecognisedPage, ScannedPage, SecondReading, SourceFile, StoredObject
from flows.reading import read_one
from flows.report import box_data
from flows.settings import Settings
from flows.straightening import straight_page
from scanners.files import open_file, read_pages_guarded


def read_file(settings: Settings, file: Path, only: int = 0) -> Iterator[tuple[dict[str, Any], str]]:
    """Each page as data and as text; `only` picks one page, 0 means all.

    Raises SourceError, or SourceWithoutPages when there is no such page.
    """
    found = False
    for recognised, _ in recognised_pages(settings, file, only):
        found = True
        yield page_data(recognised), recognised.text
    if not found:
        raise SourceWithoutPages(file.name, f"there is no page {only}" if only else "no pages")


def recognised_pages(settings: Settings, file: Path, only: int = 0) -> Iterator[tuple[RecognisedPage, bytes]]:
    """Each page of a file, read, beside its picture's bytes; `only` picks one page. Raises SourceError."""
    delivered = open_file(file)
    source = SourceFile(
        file.name, _object(delivered.data, delivered.media_type), delivered.signatures, delivered.empty_fields
    )
    with TemporaryDirectory(prefix="sohoa-") as folder:
        for taken in read_pages_guarded(delivered, Path(folder)):
            if only and taken.number != only:
                continue
            page = straight_page(taken, settings.model_cache)
            scanned = ScannedPage(
                source,
                page.number,
                _object(page.picture, page.media_type),
                page.extraction,
                page.width,
                page.height,
                page.dpi,
            )
            yield read_one(scanned, page.picture, settings.model_cache), page.picture


def page_data(recognised: RecognisedPage) -> dict[str, Any]:
    """A page that was read, as plain data; boxes in pixels of the upright page."""
    return {
        "number": recognised.page.number,
        "rotation_degrees": recognised.frame.rotation_degrees,
        "angle_degrees": round(recognised.frame.angle_degrees, 3),
        "width": recognised.frame.width,
        "height": recognised.frame.height,
        "dpi": round(recognised.page.dpi, 1),
        "confidence": round(recognised.confidence, 4),
        "is_blank": recognised.is_blank,
        "text": recognised.text,
        "lines": [
            {
                "text": line.text,
                "box": box_data(line.box),
                "confidence": round(line.confidence, 4),
                "words": [
                    {
                        "text": w.text,
                        "box": box_data(w.box),
                        "confidence": round(w.confidence, 4),
                        "writing": w.writing.value,
                    }
                    for w in line.words
                ],
                "second": _second_data(line.second),
            }
            for line in recognised.lines
        ],
        "blocks": [
            {
                "kind": block.kind.value,
                "box": box_data(block.box),
                "lines": list(block.lines),
                **({"rows": [[list(cell) for cell in row] for row in block.rows]} if block.rows else {}),
            }
            for block in recognised.blocks
        ],
        "handwriting": [
            {"text": h.text, "box": box_data(h.box), "confidence": round(h.confidence, 4)}
            for h in recognised.handwriting
        ],
        "codes": [
            {"symbology": code.symbology, "text": code.text, "box": box_data(code.box)}
            for code in recognised.codes
        ],
        "numbers": [
            {
                "digits": n.digits,
                "box": box_data(n.box),
                "confidence": round(n.confidence, 4),
                "engine": n.engine,
            }
            for n in recognised.numbers
        ],
        "engines": [
            {"name": e.name, "version": e.version, "weights_sha256": e.weights_sha256}
            for e in recognised.engines
        ],
    }


def _second_data(second: SecondReading | None) -> dict[str, Any] | None:
    """What another reader made of a doubtful line; null where none was asked."""
    if second is None:
        return None
    return {
        "text": second.text,
        "confidence": round(second.confidence, 4),
        "agrees": second.agrees,
        "engine": second.engine,
    }


def _object(data: bytes, media_type: str) -> StoredObject:
    digest = hashlib.sha256(data).hexdigest()
    return StoredObject(digest, digest, len(data), media_type)
