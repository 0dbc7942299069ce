"""Codes and machine-readable zones that cannot be taken at their word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dossier.document import Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.page import RecognisedPage
from models.card import card_code_trouble, is_like_a_card
from models.mrz import is_well_formed, zone_checks
from models.titles import CARD_KINDS
from validators.evidence import place_of

_PARTIAL = "encoding "
"""Trouble that leaves the number good."""


def about_codes(documents: Sequence[Document]) -> Iterator[Finding]:
    """What a person has to know about the codes and zones of a dossier's cards, page by page."""
    for document in documents:
        for page in document.pages:
            yield from _about_page(page, is_card=document.kind.code in CARD_KINDS)


def _about_page(page: RecognisedPage, *, is_card: bool) -> Iterator[Finding]:
    squares = [code for code in page.codes if code.symbology == "QRCode"]
    troubles = {
        trouble
        for code in squares
        if (is_card or is_like_a_card(code.text)) and (trouble := card_code_trouble(code.text))
    }
    for trouble in sorted(troubles):
        severity = Severity.INFO if trouble.startswith(_PARTIAL) else Severity.WARNING
        yield _finding(Rule.CARD_CODE_DOUBTFUL, severity, page, trouble)
    for zone in page.zones:
        failing = [name for name, holds in zone_checks(zone.lines).items() if not holds]
        if not zone_checks(zone.lines):
            failing = ["length"]
        elif not is_well_formed(zone.lines):
            failing.append("sex")
        if failing:
            yield _finding(Rule.ZONE_DOUBTFUL, Severity.WARNING, page, ", ".join(failing))


def _finding(rule: Rule, severity: Severity, page: RecognisedPage, detail: str) -> Finding:
    place = place_of(page)
    return Finding(rule, severity, Outcome.NOT_CHECKED, place, (place,), "", detail)
