"""Who is it: files read and judged in this process, without store, register or resident process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dossier.document import Document
from dossier.errors import SourceError
from dossier.finding import Finding, Rule
from dossier.identity import Identity, IdentityVerdict
from dossier.page import RecognisedPage
from flows.intake import RefusedFile
from flows.judging import refusal
from flows.report import box_data, finding_data, told_identity
from flows.settings import Settings
from flows.single import recognised_pages
from models.card import card_code_trouble, parse_card_qr
from models.kinds import group_pages
from models.mrz import card_zone, zone_checks
from validators.identity import identities_of
from validators.identity_findings import check_identities


def identify_files(settings: Settings, files: Sequence[Path]) -> dict[str, Any]:
    """Persons, their witnesses, every code and zone, verdicts and findings of the papers in these files.

    A file that cannot be taken in is a finding, unless it is the only one; the register is not asked.

    Raises:
        SourceError: none of the files gave a page.
    """
    started = time.monotonic()
    pages, refused = _read(settings, files)
    read = time.monotonic()
    documents = group_pages(pages)
    identities = identities_of(documents)
    findings = [*refused, *_findings(identities, documents)]
    return {
        "files": [file.name for file in files],
        "register": "not_asked",
        "is_settled": bool(identities) and all(i.verdict is IdentityVerdict.CONFIRMED for i in identities),
        "identities": [told_identity(identity, documents) for identity in identities],
        "codes": [code for page in pages for code in _codes(page)],
        "zones": [zone for page in pages for zone in _zones(page)],
        "findings": [finding_data(finding) for finding in findings],
        "timings_seconds": {
            "reading": round(read - started, 3),
            "judging": round(time.monotonic() - read, 3),
        },
    }


def _read(settings: Settings, files: Sequence[Path]) -> tuple[list[RecognisedPage], list[Finding]]:
    pages: list[RecognisedPage] = []
    refused: list[RefusedFile] = []
    for file in files:
        try:
            pages += [recognised for recognised, _ in recognised_pages(settings, file)]
        except SourceError as error:
            refused.append(RefusedFile(file.name, error))
    if refused and not pages:
        raise refused[0].error
    return pages, [refusal(file) for file in refused]


def _findings(identities: Sequence[Identity], documents: Sequence[Document]) -> list[Finding]:
    """All but that the register was not asked, which the data say once."""
    found = check_identities([(identity, None) for identity in identities], documents)
    return [finding for finding in found if finding.rule is not Rule.REGISTER_NOT_CHECKED]


def _codes(page: RecognisedPage) -> list[dict[str, Any]]:
    return [
        _place(page)
        | {
            "symbology": code.symbology,
            "text": code.text,
            "box": box_data(code.box),
            "is_card": parse_card_qr(code.text) is not None,
            "trouble": card_code_trouble(code.text),
        }
        for code in page.codes
    ]


def _zones(page: RecognisedPage) -> list[dict[str, Any]]:
    return [
        _place(page)
        | {
            "lines": list(zone.lines),
            "as_read": list(zone.as_read),
            "box": box_data(zone.box),
            "check_digits": zone_checks(zone.lines),
            "is_vietnamese": card_zone(zone.lines) is not None,
            "engine": zone.engine,
            "confidence": round(zone.confidence, 4),
        }
        for zone in page.zones
    ]


def _place(page: RecognisedPage) -> dict[str, Any]:
    return {"file": page.page.source.name, "page": page.page.number}
