"""One document at a time: rendered as PDF/A, sealed, kept in the spool."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, overload

from dossier.archive import DigitisationOrder, SealedFile, SealLevel
from dossier.document import Document
from dossier.errors import ClockWrong, RevocationUnknown, TimestampUnavailable
from dossier.page import RecognisedPage, StoredObject
from flows.noting import note_sealed
from flows.reading import reading_key
from flows.review_pages import CLERK
from flows.wiring import Workshop
from pipeline.rendition import DocumentAbout, PagePicture, render_document
from pipeline.seal import mark_on, seal
from pipeline.seal_raise import raise_seal, stamp_time
from storage.codec import decode, encode
from validators.completeness import kept_documents

if TYPE_CHECKING:
    from flows.describing import Finished

log = logging.getLogger(__name__)

SEAL_VERSION = "3"
SOFTWARE = "Số Hóa 0.1.0"
_CLOCKS_DIFFER = timedelta(minutes=10)
"""By how much two honest clocks may differ."""
_SOON = timedelta(days=30)
"""How long before a certificate expires somebody has to see to a new one."""


def sealed_key(order: DigitisationOrder, document: Document) -> str:
    """Names a sealed document by everything that it is made from."""
    parts = [
        SEAL_VERSION,
        order.dossier,
        order.officer,
        document.kind.code,
        [
            [reading_key(r.page), r.frame.rotation_degrees, r.frame.angle_degrees, *_by_a_clerk(r)]
            for r in document.pages
        ],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def papers_to_seal(workshop: Workshop, done: Finished) -> list[tuple[Document, datetime]]:
    """The papers that are kept, each with the time at which its first page was taken in."""
    order = done.order
    procedure = workshop.catalogue.procedure(order.procedure, order.received_on)
    taken_at = {page.source.original.sha256: file.taken_at for file in done.taken for page in file.pages}
    return [
        (document, taken_at[document.pages[0].page.source.original.sha256])
        for document in kept_documents(done.judgement.dossier, procedure)
    ]


def _by_a_clerk(page: RecognisedPage) -> list[str]:
    """What names a page whose text a clerk set right; nothing for one as it was read."""
    if not any(engine.name == CLERK for engine in page.engines):
        return []
    return [hashlib.sha256(encode([page.lines, page.is_blank])).hexdigest()]


def seal_document(
    workshop: Workshop, order: DigitisationOrder, document: Document, taken_at: datetime
) -> SealedFile:
    """The sealed PDF of a document; one that an earlier run sealed is used again."""
    key = sealed_key(order, document)
    finished = workshop.checkpoints.load("sealed", key)
    if finished is not None:
        sealed = decode(SealedFile, finished)
    else:
        sealed = _render_and_seal(workshop, order, document, taken_at)
        workshop.checkpoints.save("sealed", key, encode(sealed))
    note_sealed(workshop, order, document, sealed)
    return sealed


def _render_and_seal(
    workshop: Workshop, order: DigitisationOrder, document: Document, taken_at: datetime
) -> SealedFile:
    about = DocumentAbout(
        title=document.kind.title or document.kind.code,
        dossier=order.dossier,
        kind=document.kind.code,
        created_at=taken_at,
        software=SOFTWARE,
    )
    pdf = render_document(_SpooledPictures(workshop, document.pages), about)
    now, identity = workshop.clock(), workshop.signing_identity()
    mark = mark_on(document.pages[0], order.officer, taken_at, now)
    left = identity.certificate.not_valid_after_utc - now
    workshop.meters.certificate(identity.certificate.not_valid_after_utc)
    if left < _SOON:
        log.warning("the certificate that seals expires in %d days", left.days)
    data, level = raised_as_wanted(workshop, order, seal(pdf, identity, mark), now)
    kept = workshop.spool.put(data, "application/pdf")
    return SealedFile(kept, identity.name, f"{identity.certificate.serial_number:x}", level, now)


def raised_as_wanted(
    workshop: Workshop, order: DigitisationOrder, sealed: bytes, now: datetime
) -> tuple[bytes, SealLevel]:
    """The document at the level that the settings want, or as high as the services allow now, and that level.

    A service that is down costs the level and never the document; the ledger says what is owed.
    Raises ClockWrong where the service's clock says that `now` is not now: mark and signature would bear a
    wrong time for ever.
    """
    wanted, reached = workshop.wanted_level(), SealLevel.B_B
    for level in SealLevel:
        if not SealLevel.B_B < level <= wanted:
            continue
        try:
            sealed, reached = raise_seal(sealed, level, workshop.seal_services()), level
        except (TimestampUnavailable, RevocationUnknown) as error:
            log.warning("sealed %s where %s is wanted: %s", reached.label, wanted.label, error.cause)
            detail = {"reached": reached.label, "wanted": wanted.label, "cause": type(error).__name__}
            workshop.ledger.append(order.officer, "seal-level-owed", order.dossier, json.dumps(detail))
            break
        if level is SealLevel.B_T and abs(stamp_time(sealed) - now) > _CLOCKS_DIFFER:
            raise ClockWrong(
                "clock", f"{now.isoformat()} here, {stamp_time(sealed).isoformat()} at the service"
            )
    return sealed, reached


class _SpooledPictures(Sequence[PagePicture]):
    """The pictures of a document, each fetched when it is its turn, so that none wait in memory."""

    def __init__(self, workshop: Workshop, pages: Sequence[RecognisedPage]) -> None:
        self._workshop = workshop
        self._pages = pages

    def __len__(self) -> int:
        return len(self._pages)

    @overload
    def __getitem__(self, place: int) -> PagePicture: ...
    @overload
    def __getitem__(self, place: slice) -> _SpooledPictures: ...
    def __getitem__(self, place: int | slice) -> PagePicture | _SpooledPictures:
        if isinstance(place, slice):
            return _SpooledPictures(self._workshop, self._pages[place])
        recognised = self._pages[place]
        picture = recognised.page.picture
        return PagePicture(recognised, self._workshop.spool.get(picture), picture.media_type)


def kept_originals(
    documents: Sequence[Document],
    all_documents: Sequence[Document],
    set_aside: Sequence[RecognisedPage] = (),
) -> tuple[StoredObject, ...]:
    """What stands for the untouched scans of the kept documents, in the order of their pages.

    A source file goes in whole where every page of it is kept. Where it also holds a paper that is only
    presented, or a page that is not the dossier's own, the kept pages' own pictures go in instead, so that
    the other is not kept.
    """
    kept_pages = {(r.page.source.original.sha256, r.page.number) for d in documents for r in d.pages}
    every = [*(r for d in all_documents for r in d.pages), *set_aside]
    mixed = {
        r.page.source.original.sha256
        for r in every
        if (r.page.source.original.sha256, r.page.number) not in kept_pages
    }
    chosen: dict[str, StoredObject] = {}
    for document in documents:
        for recognised in document.pages:
            original = recognised.page.source.original
            kept = recognised.page.picture if original.sha256 in mixed else original
            chosen.setdefault(kept.sha256, kept)
    return tuple(chosen.values())
