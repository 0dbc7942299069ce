"""What lies on this machine of dossiers that are safe in the archive, tidied away.

Scans, readings and sealed papers stay in spool and checkpoints after archiving, so that a second run costs
nothing. Some weeks later nobody runs a dossier again: then they go, once the store has been asked for every
object of the dossier and says the digest that the index knows. So does what the hot folder keeps of it, and a
batch when all its dossiers have gone.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from dossier.archive import ArchivePackage
from dossier.desk import DeskState
from dossier.errors import NotInArchive, NotOnDesk, StorageError
from flows.erasing import named_in
from flows.needs import needed_here
from flows.queued_order import in_the_queue
from flows.scanner_traces import forget_dropped, settled_batches
from flows.wiring import Workshop, open_batches
from scanners.hot_accepted import accepted_dossiers, accepted_files

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was tidied away, or would be."""

    dossiers: int
    files: int
    """Scans, readings, sealed papers, and what batches and the hot folder keep."""
    kept: tuple[str, ...]
    """Archived dossiers that stay, for the store could not prove all of them."""


def prune(workshop: Workshop, now: datetime, days: int, *, only_tell: bool = False) -> Pruned:
    """Tidy away what dossiers left here that were archived more than so many days ago.

    Raises StoreUnreachable, StorageError, KeyMissing.
    """
    # 1. Dossiers that are done, and proven to be in the archive.
    proven: list[str] = []
    kept: list[str] = []
    queued, _ = in_the_queue(workshop)
    open_ones = {wait.order.dossier for wait in workshop.waits.open()} | set(workshop.reviews.waiting())
    open_ones |= queued
    for code in workshop.index.dossiers():
        if workshop.people.trace(code) is None or not _is_settled(workshop, code, open_ones, now, days):
            continue
        packages = workshop.index.packages(code)
        (proven if all(_is_proven(workshop, package) for package in packages) else kept).append(code)

    def is_safe(code: str) -> bool:
        """Whether it is one of them, or was at an earlier run, which left no trace of it."""
        was = workshop.people.trace(code) is None and bool(workshop.index.packages(code))
        return code in proven or (was and _is_settled(workshop, code, open_ones, now, days))

    # 2. What they left, but for what any other dossier needs.
    needed = needed_here(workshop, proven)
    blobs: set[str] = set()
    steps: set[tuple[str, str]] = set()
    for code in proven:
        trace = workshop.people.trace(code)
        if trace is not None:
            mine = [step for step in trace.checkpoints if step not in needed.checkpoints]
            steps.update(mine)
            blobs.update(trace.blobs, *(named_in(workshop, *step) for step in mine))
    blobs -= needed.blobs
    batches = open_batches(workshop.settings, workshop.keys)
    fed = settled_batches(workshop, is_safe)
    dropped = [code for code in accepted_dossiers(workshop.settings.drop_folder) if is_safe(code)]
    if only_tell or not (proven or fed or dropped):
        count = len(blobs) + len(steps) + sum(batches.file_count(each) for each in fed)
        count += sum(len(accepted_files(workshop.settings.drop_folder, code)) for code in dropped)
        return Pruned(len(proven), count, tuple(kept))
    # 3. Files first, what names them last: a run that was stopped is run again.
    files = sum(workshop.spool.erase(blob) for blob in blobs)
    files += sum(workshop.checkpoints.erase(*step) for step in steps)
    files += sum(batches.forget(each) for each in fed) + forget_dropped(workshop, dropped)
    done = Pruned(len(proven), files, tuple(kept))
    workshop.people.forget_traces(proven)
    detail = {"dossiers": done.dossiers, "files": done.files, "older_than_days": days}
    workshop.ledger.append(workshop.settings.officer, "pruned", "machine", json.dumps(detail))
    return done


def _is_settled(workshop: Workshop, code: str, open_ones: set[str], now: datetime, days: int) -> bool:
    if code in open_ones or workshop.holds.find(code) is not None:
        return False
    try:
        entry = workshop.desk.entry(code)
    except NotOnDesk:
        return False
    return entry.state is DeskState.ARCHIVED and entry.changed_at <= now - timedelta(days=days)


def _is_proven(workshop: Workshop, package: ArchivePackage) -> bool:
    """Whether the store has every object, by its digest. A store that does not answer ends the run."""
    for each in package.objects:
        try:
            found = workshop.archive.describe(each.key, each.version_id)
        except NotInArchive:
            return False
        except StorageError as error:
            if error.retryable:
                raise
            log.warning("dossier %s stays on this machine: %s", package.dossier, error)
            return False
        if (found.sha256, found.size_bytes) != (each.sha256, each.size_bytes):
            return False
    return True
