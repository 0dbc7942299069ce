"""One document at a time: rendered as PDF/A, sealed, kept in the spool."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from dossier.archive import DigitisationOrder
from dossier.document import Document
from dossier.page import StoredObject
from flows.reading import reading_key
from flows.wiring import VIETNAM, Workshop
from pipeline.rendition import DocumentAbout, PagePicture, render_document
from pipeline.seal import mark_on, seal
from storage.codec import decode, encode

SEAL_VERSION = "1"
SOFTWARE = "Số Hóa 0.1.0"


def sealed_key(order: DigitisationOrder, document: Document) -> str:
    """Names a sealed document by everything that it is made from."""
    parts = [
        SEAL_VERSION,
        order.dossier,
        order.officer,
        document.kind.code,
        [[reading_key(r.page), r.frame.rotation_degrees, r.frame.angle_degrees] for r in document.pages],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def seal_document(
    workshop: Workshop, order: DigitisationOrder, document: Document, taken_at: datetime
) -> StoredObject:
    """The sealed PDF of a document; one that an earlier run sealed is used again."""
    key = sealed_key(order, document)
    finished = workshop.checkpoints.load("sealed", key)
    if finished is not None:
        return decode(StoredObject, finished)
    pdf = render_document(
        [
            PagePicture(r, workshop.spool.get(r.page.picture), r.page.picture.media_type)
            for r in document.pages
        ],
        DocumentAbout(
            title=document.kind.title or document.kind.code,
            dossier=order.dossier,
            kind=document.kind.code,
            created_at=taken_at,
            software=SOFTWARE,
        ),
    )
    mark = mark_on(document.pages[0], order.officer, taken_at, datetime.now(VIETNAM))
    kept = workshop.spool.put(seal(pdf, workshop.signing_identity(), mark), "application/pdf")
    workshop.checkpoints.save("sealed", key, encode(kept))
    workshop.ledger.append(
        order.officer,
        "sealed",
        order.dossier,
        json.dumps({"document": document.number, "kind": document.kind.code, "sha256": kept.sha256}),
    )
    return kept


def kept_originals(
    documents: Sequence[Document], all_documents: Sequence[Document]
) -> tuple[StoredObject, ...]:
    """What stands for the untouched scans of the kept documents, in the order of their pages.

    A source file goes in whole where every page of it is kept. Where it also holds a paper that is only
    presented, the kept pages' own pictures go in instead, so that the presented paper is not kept.
    """
    kept_pages = {(r.page.source.original.sha256, r.page.number) for d in documents for r in d.pages}
    mixed = {
        r.page.source.original.sha256
        for d in all_documents
        for r in d.pages
        if (r.page.source.original.sha256, r.page.number) not in kept_pages
    }
    chosen: dict[str, StoredObject] = {}
    for document in documents:
        for recognised in document.pages:
            original = recognised.page.source.original
            kept = recognised.page.picture if original.sha256 in mixed else original
            chosen.setdefault(kept.sha256, kept)
    return tuple(chosen.values())
