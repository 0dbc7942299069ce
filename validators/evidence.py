"""Where a finding can be seen."""

from __future__ import annotations

from dossier.document import Document
from dossier.page import RecognisedPage


def place_of(recognised: RecognisedPage) -> str:
    """File name and page as the clerk counts them: "scan1.jpg p.2"."""
    return f"{recognised.page.source.name} p.{recognised.page.number}"


def places_of(document: Document) -> tuple[str, ...]:
    """Every page of a paper."""
    return tuple(place_of(page) for page in document.pages)
