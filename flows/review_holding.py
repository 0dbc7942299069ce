"""Whether a dossier waits for a clerk, and its draft while it does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from dossier.archive import ArchivePackage, DigitisationOrder
from dossier.errors import BeingSealed, ServiceBusy
from dossier.review import ReviewState
from flows.intake import TakenFile
from flows.review_base import Prepared, digest_of, extended
from flows.wiring import Workshop
from storage.codec import decode, encode
from storage.review import Stand

_TRIES: Final = 20


def is_held(workshop: Workshop, order: DigitisationOrder, taken: Sequence[TakenFile]) -> bool:
    """Whether it asks for a review, or a draft waits for a clerk that is more than what is handed in now.

    Whoever hands it in again: nothing is sealed that a clerk was to see first, nothing typed is passed by,
    and no paper is left behind in a draft.
    """
    if order.hold:
        return True
    stand = workshop.reviews.stand(order.dossier)
    if stand is None or stand.state is ReviewState.SEALED:
        return False
    return stand.state is ReviewState.SEALING or not _is_all_of(workshop, order.dossier, stand, taken)


def settle_draft(workshop: Workshop, taken: Sequence[TakenFile], package: ArchivePackage) -> None:
    """A draft of papers that a run archived without a clerk waits for nobody any more.

    Raises StorageError.
    """
    code = package.dossier
    stand = workshop.reviews.stand(code)
    if stand is None or stand.state is not ReviewState.OPEN or not _is_all_of(workshop, code, stand, taken):
        return
    workshop.reviews.move(code, stand.round, ReviewState.SEALED, prefix=package.prefix, version=stand.version)


def _is_all_of(workshop: Workshop, code: str, stand: Stand, taken: Sequence[TakenFile]) -> bool:
    """Whether these files are all that stands in a draft, which nobody has touched or asked to see."""
    kept = workshop.reviews.find(code)
    if stand.version or kept is None:
        return False
    draft = decode(Prepared, kept.content)
    return not draft.order.hold and {*map(digest_of, draft.taken)} <= {*map(digest_of, taken)}


def keep_draft(workshop: Workshop, prepared: Prepared) -> None:
    """Keep what was read as the dossier's draft; one that is open keeps its pages and corrections.

    Raises BeingSealed where a clerk has sealed it and it is not archived yet: what comes then is not part of
    it; ServiceBusy where it was written by others all the time.
    """
    code = prepared.order.dossier
    for _ in range(_TRIES):
        stand = workshop.reviews.stand(code)
        if stand is not None and stand.state is ReviewState.SEALING:
            raise BeingSealed(code, "these papers came while it is being sealed")
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
