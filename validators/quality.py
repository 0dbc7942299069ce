"""Whether the scans are good enough to stand for the paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page import Extraction, RecognisedPage

LEAST_DPI = 200.0
"""NĐ 30/2020/NĐ-CP Phụ lục I: at least 200 dots per inch."""
DOUBTFUL_BELOW = 0.75
"""Mean word confidence under which a person should look at the page."""


def check_pages(documents: Sequence[Document]) -> tuple[Finding, ...]:
    """Photographs, resolution and legibility."""
    pages = [page for document in documents for page in document.pages]
    return (*_photographed(pages), *_low_resolution(pages), *_doubtful(pages))


def _photographed(pages: Sequence[RecognisedPage]) -> Iterator[Finding]:
    for recognised in pages:
        if recognised.page.extraction in (Extraction.PHOTOGRAPHED, Extraction.STRAIGHTENED):
            place = _place(recognised)
            yield Finding(Rule.PHOTOGRAPHED, Severity.WARNING, Outcome.NOTE, place, (place,), "")


def _low_resolution(pages: Sequence[RecognisedPage]) -> Iterator[Finding]:
    for recognised in pages:
        dpi = recognised.page.dpi
        if round(dpi) < LEAST_DPI:
            yield Finding(
                Rule.LOW_RESOLUTION,
                Severity.WARNING,
                Outcome.FAIL,
                _place(recognised),
                (_place(recognised),),
                "NĐ 30/2020/NĐ-CP Phụ lục I",
                f"{dpi:.0f} dpi",
            )


def _doubtful(pages: Sequence[RecognisedPage]) -> Iterator[Finding]:
    for recognised in pages:
        if not recognised.is_blank and recognised.confidence < DOUBTFUL_BELOW:
            yield Finding(
                Rule.PAGE_DOUBTFUL,
                Severity.WARNING,
                Outcome.NOT_CHECKED,
                _place(recognised),
                (_place(recognised),),
                "",
                f"{recognised.confidence:.2f}",
            )


def _place(recognised: RecognisedPage) -> str:
    return f"{recognised.page.source.name} p.{recognised.page.number}"
