"""Whether a dossier waits for a clerk, and its draft while it does."""

from __future__ import annotations

import json
from typing import Final

from dossier.archive import DigitisationOrder
from dossier.errors import ServiceBusy
from dossier.review import ReviewState
from flows.review_base import Prepared, extended
from flows.wiring import Workshop
from storage.codec import decode, encode
from storage.review import Stand

_TRIES: Final = 20


def is_held(workshop: Workshop, order: DigitisationOrder) -> bool:
    """Whether it asks for a review, or a clerk has begun one: nothing typed is passed by."""
    if order.hold:
        return True
    stand = workshop.reviews.stand(order.dossier)
    if stand is None:
        return False
    return stand.state is ReviewState.SEALING or (stand.state is ReviewState.OPEN and stand.version > 0)


def keep_draft(workshop: Workshop, prepared: Prepared) -> None:
    """Keep what was read as the dossier's draft; one that is open keeps its pages and corrections.

    Raises ServiceBusy where it was written by others all the time.
    """
    code = prepared.order.dossier
    for _ in range(_TRIES):
        stand = workshop.reviews.stand(code)
        if stand is not None and stand.state is ReviewState.SEALING:
            return  # what is sealed is settled
        if _is_kept(workshop, prepared, stand):
            detail = json.dumps({"pages": len(prepared.pages)})
            workshop.ledger.append_once(prepared.order.officer, "draft-kept", code, detail)
            return
    raise ServiceBusy(code, "others are writing its draft")


def _is_kept(workshop: Workshop, prepared: Prepared, over: Stand | None) -> bool:
    """Whether it was kept: nobody else wrote the draft meanwhile, so that nothing of it is lost."""
    code = prepared.order.dossier
    if over is None or over.state is ReviewState.SEALED:
        workshop.reviews.save(code, encode(prepared))
        return True
    known = workshop.reviews.find(code)
    if known is None:
        return False
    return workshop.reviews.replace(code, over, encode(extended(decode(Prepared, known.content), prepared)))
