"""What was read on a page, as the viewer draws it over the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from console.web.times import field_words
from dossier.page import Writing
from dossier.review import DraftField, DraftPage, DraftPaper
from flows.report import box_data

DOUBTFUL_BELOW: Final = 0.9
"""Of ten words of this confidence one is read wrongly."""
VERY_DOUBTFUL_BELOW: Final = 0.6


def doubt(confidence: float) -> int:
    """0 where a reading can be relied on, 1 where it is doubtful, 2 where it is very doubtful."""
    return int(confidence < DOUBTFUL_BELOW) + int(confidence < VERY_DOUBTFUL_BELOW)


def page_words(page: DraftPage, paper: DraftPaper | None, label: Callable[[str], str]) -> dict[str, Any]:
    """Words and fields of a page with their boxes, in pixels of its upright frame."""
    frame = page.recognised.frame
    words = [
        {
            "text": word.text,
            "box": box_data(word.box),
            "confidence": round(word.confidence, 3),
            "doubt": doubt(word.confidence),
            "hand": word.writing is Writing.HAND,
        }
        for line in page.recognised.lines
        for word in line.words
    ]
    fields = [_field(field, label) for field in (paper.fields if paper else ()) if field.page == page.id]
    return {"width": frame.width, "height": frame.height, "words": words, "fields": fields}


def _field(field: DraftField, label: Callable[[str], str]) -> dict[str, Any]:
    return {
        "id": field.place,
        "label": label(field.name),
        "value": field_words(field.name, field.value),
        "box": box_data(field.box),
        "doubt": doubt(field.confidence),
    }
