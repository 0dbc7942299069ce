"""Whether a dossier waits for a clerk, and its draft while it does."""

from __future__ import annotations

import json

from dossier.archive import DigitisationOrder
from dossier.review import ReviewState
from flows.review_base import Prepared, extended
from flows.wiring import Workshop
from storage.codec import decode, encode


def is_held(workshop: Workshop, order: DigitisationOrder) -> bool:
    """Whether it asks for a review, or a clerk has begun one: nothing typed is passed by."""
    if order.hold:
        return True
    stand = workshop.reviews.stand(order.dossier)
    if stand is None:
        return False
    return stand.state is ReviewState.SEALING or (stand.state is ReviewState.OPEN and stand.version > 0)


def keep_draft(workshop: Workshop, prepared: Prepared) -> None:
    """Keep what was read as the dossier's draft; one that is open keeps its pages and corrections."""
    code = prepared.order.dossier
    known = workshop.reviews.find(code)
    if known is not None and known.state is ReviewState.SEALING:
        return  # what is sealed is settled
    if known is not None and known.state is ReviewState.OPEN:
        prepared = extended(decode(Prepared, known.content), prepared)
    workshop.reviews.save(code, encode(prepared))
    detail = json.dumps({"pages": len(prepared.pages)})
    workshop.ledger.append_once(prepared.order.officer, "draft-kept", code, detail)
