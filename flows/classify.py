"""Telling what papers a file holds, in this process, without store or resident process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dossier.head import DocumentHead, HeadPart
from dossier.page import PageMarks, RecognisedPage
from flows.report import box_data
from flows.settings import Settings
from flows.single import recognised_pages
from models.copies import copy_of
from models.head import head_of
from models.kinds import kind_of

PARTS = (
    "title",
    "document_type",
    "document_number",
    "issued_on",
    "issuing_body",
    "abstract",
    "form_number",
)
"""Components of a head, in the order in which they are told."""


def classify_file(settings: Settings, file: Path, only: int = 0) -> Iterator[dict[str, Any]]:
    """What each page of a file says about itself; `only` picks one page. Raises SourceError."""
    for page, _ in recognised_pages(settings, file, only):
        yield page_class(page)


def page_class(page: RecognisedPage) -> dict[str, Any]:
    """Kind, head, seal, signature and form of copy of one page, as plain data."""
    kind, head = kind_of(page), head_of(page)
    title = head.title.value if head.title else kind.title
    return {
        "source": page.page.source.name,
        "number": page.page.number,
        "rotation_degrees": page.frame.rotation_degrees,
        "kind": kind.code,
        "kind_confidence": round(kind.confidence, 4),
        "title": title,
        **{name: _value(getattr(head, name)) for name in PARTS if name != "title"},
        "copy": copy_of([page]).value,
        **_marks(page.marks),
        "boxes": {name: box_data(part.box) for name, part in _parts(head)},
        "confidence": {name: round(part.confidence, 4) for name, part in _parts(head)},
        "as_read": {name: part.as_read for name, part in _parts(head) if part.as_read != part.value},
    }


def _parts(head: DocumentHead) -> list[tuple[str, HeadPart]]:
    return [(name, part) for name in PARTS if (part := getattr(head, name)) is not None]


def _value(part: HeadPart | None) -> str | None:
    return part.value if part is not None else None


def _marks(marks: PageMarks | None) -> dict[str, Any]:
    if marks is None:
        return {"seal": "cannot_tell", "signature": "cannot_tell", "seal_boxes": [], "signature_boxes": []}
    return {
        "seal": marks.seal.value,
        "signature": marks.signature.value,
        "seal_boxes": [box_data(box) for box in marks.seals],
        "signature_boxes": [box_data(box) for box in marks.signatures],
    }
