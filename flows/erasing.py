"""Erasing what dossiers left: their packages in the archive and in the second copy, and everything here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from dossier.page import StoredObject
from dossier.ports import Eraser
from flows.needs import handed_in, needed_here
from flows.refused import forget_refused
from flows.scanner_traces import erase_scans
from flows.wiring import Workshop
from storage.people import Trace
from storage.second_copy import FolderCopy

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def erase_packages(workshop: Workshop, eraser: Eraser, prefixes: Iterable[str]) -> int:
    """Erase packages in the store, which has the last word on locks and holds, and in the second copy.

    Returns how many versions that were in the store. Raises RetentionStands, StoreUnreachable where the store
    or the disk of the second copy is away, StorageError.
    """
    count = 0
    for prefix in prefixes:
        count += eraser.erase(prefix)
        if workshop.settings.second_copy is not None:
            FolderCopy(workshop.settings.second_copy).erase(prefix)
    return count


def erase_here(workshop: Workshop, codes: list[str]) -> int:
    """Erase what dossiers left here, but for what other dossiers need; how many files that were.

    Files first, then what names them; the index and whom they are about come last and at once, for by these a
    run that was stopped finds them again.
    """
    if not codes:
        return 0
    needed = needed_here(workshop, codes)
    count = 0
    for code in codes:
        count += forget_refused(workshop, code, needed.blobs)
        trace = workshop.people.trace(code) or Trace(code, (), (), ())
        steps = [step for step in trace.checkpoints if step not in needed.checkpoints]
        blobs = {*trace.blobs, *(blob for step in steps for blob in named_in(workshop, *step))}
        blobs |= handed_in(workshop, code)
        count += sum(workshop.spool.erase(blob) for blob in blobs - needed.blobs)
        count += sum(workshop.checkpoints.erase(*step) for step in steps)
    count += erase_scans(workshop, codes)
    workshop.desk.forget(codes)
    workshop.reviews.forget(codes)
    workshop.typed.forget(codes)
    for code in codes:
        workshop.judgements.forget(code)
        workshop.waits.forget(code)
    workshop.index.forget(codes)
    workshop.people.tidy()
    return count


def named_in(workshop: Workshop, step: str, key: str) -> Iterator[str]:
    """SHA-256 of everything in the spool that a finished step refers to."""
    kept = workshop.checkpoints.load(step, key)
    if kept is not None:
        yield from _digests(json.loads(kept))


def _digests(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if set(data) == set(StoredObject.__dataclass_fields__) and _DIGEST.fullmatch(str(data["sha256"])):
            yield data["sha256"]
        for value in data.values():
            yield from _digests(value)
    elif isinstance(data, list):
        for value in data:
            yield from _digests(value)
