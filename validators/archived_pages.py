"""Sheets that the archive keeps already, in another dossier: the very same ones, not others of their kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.archive import Dossier
from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page import RecognisedPage
from dossier.page_print import Likeness, PagePrint
from models.page_prints import page_print
from validators.duplicates import compare
from validators.evidence import place_of
from validators.reuse import REUSE_BASIS, is_lasting

_NAMED: Final = 3
"""Dossiers that a finding names: the newest; further ones are counted."""


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A page that the archive keeps."""

    dossier: str
    """Code of the dossier that it is kept in."""
    print: PagePrint


def prints_of(documents: Sequence[Document], keyed: Callable[[str], str]) -> tuple[PagePrint, ...]:
    """The print of every page that bears something; sides that bear nothing look like each other."""
    return tuple(page_print(page, keyed) for document in documents for page in _written(document))


def check_archived_pages(
    dossier: Dossier, kept: Sequence[ArchivedPage], keyed: Callable[[str], str]
) -> tuple[Finding, ...]:
    """One finding for each paper of which a sheet is kept in other dossiers, naming the newest of them.

    A page that is only alike says nothing: it is last year's application of the same person.

    Args:
        dossier: its papers, in any order.
        kept: what may show the same sheets, the newest first; the dossier's own pages do not count.
        keyed: what the prints in `kept` were made with.
    """
    others = [page for page in kept if page.dossier != dossier.code]
    found = []
    for document in dossier.documents:
        told: dict[str, None] = {}
        places = []
        for page in _written(document) if others else ():
            mine = page_print(page, keyed)
            same = [each.dossier for each in others if compare(mine, each.print) is Likeness.SAME]
            told.update(dict.fromkeys(same))
            places += [place_of(page)] if same else []
        if told:
            found.append(_finding(document, places, list(told)))
    return tuple(found)


def _written(document: Document) -> list[RecognisedPage]:
    return [page for page in document.pages if not page.is_blank]


def _finding(document: Document, places: Sequence[str], dossiers: Sequence[str]) -> Finding:
    more = f" +{len(dossiers) - _NAMED}" if len(dossiers) > _NAMED else ""
    return Finding(
        Rule.PAGE_IN_ARCHIVE,
        Severity.INFO,
        Outcome.NOTE,
        document.kind.code,
        tuple(places),
        REUSE_BASIS if is_lasting(document.kind.code) else "",
        ", ".join(dossiers[:_NAMED]) + more,
    )
