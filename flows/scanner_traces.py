"""What dossiers left where it arrived, counter, batches and hot folder, taken away with all else of them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from dossier.batch_record import Batch
from flows.wiring import Workshop, open_arrivals, open_batches
from scanners.hot_accepted import forget_accepted


def erase_scans(workshop: Workshop, codes: Collection[str]) -> int:
    """Forget what was scanned or dropped for these dossiers; how many files that were.

    A batch that no other dossier has a side in goes whole, unless sides of it wait for a clerk's answer.
    Raises KeyMissing, StorageError.
    """
    return _erase_sides(workshop, codes) + forget_dropped(workshop, codes) + _forget_arrivals(workshop, codes)


def forget_dropped(workshop: Workshop, codes: Collection[str]) -> int:
    """Forget what was handed on from the hot folder; how many files that were. Raises StorageError."""
    return sum(forget_accepted(workshop.settings.drop_folder, code) for code in codes)


def _erase_sides(workshop: Workshop, codes: Collection[str]) -> int:
    batches, gone, count = open_batches(workshop.settings, workshop.keys), {*codes}, 0
    for batch_id in batches.ids():
        batch = batches.load(batch_id)
        sides = batch.plan.sides if batch.plan is not None else ()
        theirs = {side.number for side in sides if side.dossier in gone}
        asked = {*batch.plan.asked} if batch.plan is not None else set()
        others = {side.number for side in sides if side.dossier and side.dossier not in gone}
        others |= asked - theirs
        if theirs and not others & batches.sides(batch_id).keys():
            count += batches.forget(batch_id)
        elif theirs:
            count += batches.erase(batch_id, theirs)
    return count


def _forget_arrivals(workshop: Workshop, codes: Collection[str]) -> int:
    arrivals, count = open_arrivals(workshop.settings, workshop.keys), 0
    for record in arrivals.records():
        if record.order.dossier in codes:
            arrivals.forget(record.id)
            count += len(record.files)
    return count


def settled_batches(workshop: Workshop, is_safe: Callable[[str], bool]) -> tuple[str, ...]:
    """Batches whose papers all went, as they lie there now, into dossiers that are safe.

    Args:
        workshop: of this machine.
        is_safe: whether the archive has a dossier whole, by its code.

    Raises KeyMissing, StorageError.
    """
    batches = open_batches(workshop.settings, workshop.keys)
    return tuple(each for each in batches.ids() if _has_gone(batches.load(each), is_safe))


def _has_gone(batch: Batch, is_safe: Callable[[str], bool]) -> bool:
    plan = batch.plan
    if plan is None or plan.asked or plan.open_questions or not plan.dossiers:
        return False
    filed = {each.dossier: each.sides for each in batch.filed}
    went = all(filed.get(code) == tuple(side.number for side in plan.of(code)) for code in plan.dossiers)
    return went and all(is_safe(code) for code in plan.dossiers)
