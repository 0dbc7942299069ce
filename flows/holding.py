"""Legal holds: placed on every version of a dossier's packages, on later ones too, released by order.

The ledger has an entry for each order before the store is asked, and one more when all is held. A run that is
killed in between, a store that was down, and packages that came meanwhile are made good by `hold_again`.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Final

from dossier.archive import ArchivePackage
from dossier.errors import EntryUnknown, InputRefused, NotInArchive, SohoaError
from flows.wiring import Workshop
from storage.holds import Hold

log = logging.getLogger(__name__)

SHORTEST_REASON: Final = 5
"""Letters: a hold without a reason helps nobody who has to release it."""


@dataclass(frozen=True, slots=True)
class HeldDossier:
    """What an order did."""

    hold: Hold
    objects: int
    """How many versions it concerns."""


def hold_dossier(workshop: Workshop, dossier: str, reason: str) -> HeldDossier:
    """Hold everything that is archived of a dossier; a second time makes good what is missing.

    Raises NotInArchive, SohoaError without a reason, StoreUnfit where the store knows no holds,
    StoreUnreachable.
    """
    _check_reason(dossier, reason)
    packages = _packages(workshop, dossier)
    officer = workshop.settings.officer
    workshop.ledger.append(
        officer, "hold-ordered", dossier, json.dumps({"reason": reason}, ensure_ascii=False)
    )
    hold = workshop.holds.place(dossier, reason, officer)
    objects = sum(_hold(workshop, package) for package in packages)
    workshop.ledger.append(officer, "held", dossier, json.dumps({"objects": objects}))
    return HeldDossier(hold, objects)


def release_dossier(workshop: Workshop, dossier: str, reason: str) -> HeldDossier:
    """End the hold on a dossier; its retention stays.

    The order goes first and the store after it, so that nobody holds anew what is being released; where that
    was stopped, the same call releases what is still held. Raises as `hold_dossier`; EntryUnknown where
    nothing is held.
    """
    _check_reason(dossier, reason)
    hold, officer = workshop.holds.find(dossier), workshop.settings.officer
    objects = [kept for package in _packages(workshop, dossier) for kept in package.objects]
    if hold is None:
        objects = [kept for kept in objects if workshop.lock.is_held(kept.key, kept.version_id)]
        if not objects:
            raise EntryUnknown(dossier, "no legal hold stands on it")
    workshop.ledger.append(
        officer, "release-ordered", dossier, json.dumps({"reason": reason}, ensure_ascii=False)
    )
    workshop.holds.release(dossier)
    for kept in objects:
        workshop.lock.release(kept.key, kept.version_id)
    workshop.ledger.append(officer, "released", dossier, json.dumps({"objects": len(objects)}))
    return HeldDossier(hold or Hold(dossier, "", officer, reason), len(objects))


def hold_again(workshop: Workshop, dossier: str) -> int:
    """Hold what of a held dossier is not: a package that came later, a hold that the store lost.

    How many versions that were. Raises StoreUnfit, StoreUnreachable, StorageError.
    """
    if workshop.holds.find(dossier) is None:
        return 0
    missing = [
        kept
        for package in workshop.index.packages(dossier)
        for kept in package.objects
        if not workshop.lock.is_held(kept.key, kept.version_id)
    ]
    for kept in missing:
        workshop.lock.hold(kept.key, kept.version_id)
    if missing and workshop.holds.find(dossier) is None:  # released meanwhile
        for kept in missing:
            workshop.lock.release(kept.key, kept.version_id)
        return 0
    if missing:
        detail = {"objects": len(missing), "keys": [kept.key for kept in missing[:20]]}
        workshop.ledger.append("sohoa", "held-again", dossier, json.dumps(detail))
        log.warning("%d objects of the held dossier %s were not held and are now", len(missing), dossier)
    return len(missing)


def keep_holds(workshop: Workshop) -> int:
    """Look after every hold that stands; how many versions were not held. A store that is down waits."""
    count = 0
    for hold in workshop.holds.standing():
        try:
            count += hold_again(workshop, hold.dossier)
        except SohoaError as error:
            log.warning("the hold on dossier %s could not be looked after: %s", hold.dossier, error)
    return count


def _hold(workshop: Workshop, package: ArchivePackage) -> int:
    for kept in package.objects:
        workshop.lock.hold(kept.key, kept.version_id)
    return len(package.objects)


def _packages(workshop: Workshop, dossier: str) -> tuple[ArchivePackage, ...]:
    packages = workshop.index.packages(dossier)
    if not packages:
        raise NotInArchive(dossier, "the archive has no package of this dossier")
    return packages


def _check_reason(dossier: str, reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InputRefused(dossier, "an order needs a reason: the decision's number and day")
