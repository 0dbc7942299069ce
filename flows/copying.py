"""Copies that the agency issues, and papers converted into data messages: a scan in, a sealed PDF/A out.

Who signs and what the mark says depends on the artefact (NĐ 30/2020/NĐ-CP Phụ lục I; Luật 20/2023/QH15
Đ12). One signature seals the whole document, however many pages it has.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from dossier.archive import SealLevel
from dossier.errors import RevocationUnknown, SourceWithoutPages, TimestampUnavailable
from flows.officer_identity import open_signing_identity, trust_anchors
from flows.sealing import SOFTWARE
from flows.settings import Settings
from flows.single import recognised_pages
from flows.wiring import VIETNAM
from models.kinds import group_pages
from pipeline.mark_profiles import CopyWords, MarkWords, conversion_words, copy_words
from pipeline.rendition import DocumentAbout, PagePicture, render_document
from pipeline.seal import mark_with, seal
from pipeline.seal_raise import SealServices, raise_seal
from storage.ledger import SqlLedger

log = logging.getLogger(__name__)


class CopyForm(StrEnum):
    """What the result is."""

    SAO_Y = "sao-y"
    SAO_LUC = "sao-luc"
    TRICH_SAO = "trich-sao"
    CONVERTED = "chuyen-doi"
    """A paper converted into a data message."""


_WORDS = {
    CopyForm.SAO_Y: CopyWords.SAO_Y,
    CopyForm.SAO_LUC: CopyWords.SAO_LUC,
    CopyForm.TRICH_SAO: CopyWords.TRICH_SAO,
}


@dataclass(frozen=True, slots=True)
class IssuedCopy:
    """What came out."""

    pdf: bytes
    pages: int
    signer: str
    level: SealLevel


def issue_copy(settings: Settings, files: Sequence[Path], form: CopyForm) -> IssuedCopy:
    """Read the scans, render them as one document, and seal it; the ledger has a line.

    Raises SourceError, SignerUnavailable, SealError.
    """
    pages = [
        PagePicture(recognised, picture, recognised.page.picture.media_type)
        for file in files
        for recognised, picture in recognised_pages(settings, file)
    ]
    if not pages:
        raise SourceWithoutPages(files[0].name if files else "", "there is nothing to copy")
    made = seal_copy(settings, pages, form, datetime.now(VIETNAM))
    settings.state.mkdir(parents=True, exist_ok=True)
    detail = {
        "form": form.value,
        "sha256": hashlib.sha256(made.pdf).hexdigest(),
        "scans": [page.recognised.page.source.original.sha256 for page in pages],
        "level": made.level.label,
    }
    ledger = SqlLedger(settings.database)
    ledger.append(settings.officer, "copy-issued", detail["sha256"], json.dumps(detail))  # type: ignore[arg-type]
    ledger.close()
    return made


def seal_copy(settings: Settings, pages: Sequence[PagePicture], form: CopyForm, now: datetime) -> IssuedCopy:
    """The copy of pages that were read, marked and sealed at that moment (aware)."""
    first = group_pages([page.recognised for page in pages])[0]
    title = first.kind.title or first.kind.code
    pdf = render_document(pages, DocumentAbout(title, "", first.kind.code, now, SOFTWARE))
    issuer = settings if form is CopyForm.CONVERTED else settings.of_agency()
    identity = open_signing_identity(issuer)
    data = seal(pdf, identity, mark_with(pages[0].recognised, _words(settings, form, now), now))
    data, level = _raised(settings, data)
    return IssuedCopy(data, len(pages), identity.name, level)


def _words(settings: Settings, form: CopyForm, now: datetime) -> MarkWords:
    if form is CopyForm.CONVERTED:
        return conversion_words(settings.officer, now)
    return copy_words(_WORDS[form], settings.agency, now)


def _raised(settings: Settings, data: bytes) -> tuple[bytes, SealLevel]:
    """As high as the services allow now; a service that is down costs the level and never the copy."""
    if not settings.timestamp_url:
        return data, SealLevel.B_B
    services, reached = SealServices(settings.timestamp_url, trust_anchors(settings)), SealLevel.B_B
    for level in (SealLevel.B_T, SealLevel.B_LT, SealLevel.B_LTA):
        try:
            data, reached = raise_seal(data, level, services), level
        except (TimestampUnavailable, RevocationUnknown) as error:
            log.warning("the copy is sealed %s: %s", reached.label, error.cause)
            break
    return data, reached
