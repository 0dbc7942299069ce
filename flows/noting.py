"""What the ledger says of a finished step, said after its result is kept.

Where a process is killed in between, the next run says it; the same words are never said twice, and the entry
that stands tells when it happened.
"""

from __future__ import annotations

import json

from dossier.archive import DigitisationOrder, LedgerEntry, SealedFile
from dossier.document import Document
from dossier.page import ScannedPage
from flows.wiring import Workshop


def note_read(workshop: Workshop, order: DigitisationOrder, page: ScannedPage) -> LedgerEntry:
    """A page was read."""
    detail = json.dumps({"picture": page.picture.sha256, "number": page.number})
    return workshop.ledger.append_once(order.officer, "page-read", order.dossier, detail)


def note_sealed(
    workshop: Workshop, order: DigitisationOrder, document: Document, sealed: SealedFile
) -> LedgerEntry:
    """A document was sealed."""
    said = {"document": document.number, "kind": document.kind.code, "sha256": sealed.file.sha256}
    return workshop.ledger.append_once(order.officer, "sealed", order.dossier, json.dumps(said))
