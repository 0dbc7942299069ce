"""An order as it stands in the queue: with its files kept, so that it can be run whatever becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Final

from dossier.archive import DigitisationOrder
from dossier.errors import SourceError
from dossier.page import StoredObject
from dossier.work import KeptSource, QueuedOrder
from flows.wiring import Workshop
from scanners.files import read_whole
from scanners.folder_files import written_path
from storage.codec import decode
from storage.leases import SqlLeases

UNKNOWN_MEDIA: Final = "application/octet-stream"
"""Media type of bytes that nobody has looked into yet."""


def kept_order(
    workshop: Workshop, order: DigitisationOrder, kept: Mapping[str, StoredObject] | None = None
) -> QueuedOrder:
    """An order with its files' bytes in the spool, under names that text can hold.

    Args:
        workshop: of this machine.
        order: what is asked for.
        kept: sources whose bytes lie there already; they need not be files.

    Raises DiskFull, StorageError.
    """
    known = kept or {}
    sources = (
        KeptSource(written_path(source), known[source]) if source in known else _kept(workshop, Path(source))
        for source in order.sources
    )
    written = tuple(written_path(source) for source in order.sources)
    return QueuedOrder(replace(order, sources=written), tuple(sources))


def joined_orders(waiting: QueuedOrder, more: QueuedOrder) -> QueuedOrder:
    """What waits with what came for the same dossier meanwhile: every file, the same bytes once.

    Beyond its files the later word counts where it says something; a review that somebody asked for stays.
    One that is part of what waits already adds nothing.
    """
    deliveries = waiting.deliveries or (waiting.fingerprint,)
    if more.fingerprint in deliveries:
        return waiting
    known = {_bytes_of(source) for source in waiting.sources}
    sources = (*waiting.sources, *(source for source in more.sources if _bytes_of(source) not in known))
    named = {PurePath(source.path).name for source in more.sources}
    before, now = waiting.order, more.order
    lacking = (*(file for file in before.not_taken if file.name not in named), *now.not_taken)
    order = replace(
        now,
        sources=tuple(source.path for source in sources),
        hold=before.hold or now.hold,
        cases=now.cases or before.cases,
        due_on=now.due_on or before.due_on,
        not_taken=tuple(dict.fromkeys(lacking)),
    )
    return QueuedOrder(order, sources, (*deliveries, more.fingerprint))


def needed_blobs(leases: SqlLeases) -> frozenset[str]:
    """What the spool must not lose, for the queue needs it: SHA-256 of files. Raises StorageError."""
    orders = (decode(QueuedOrder, content) for content in leases.contents())
    return frozenset(source.kept.sha256 for each in orders for source in each.sources if source.kept)


def in_the_queue(workshop: Workshop) -> tuple[frozenset[str], frozenset[str]]:
    """Dossiers that stand in the queue, and the blobs that they need. Raises KeyMissing, StorageError."""
    leases = SqlLeases(workshop.settings.database, workshop.keys)
    try:
        return leases.open_dossiers(), needed_blobs(leases)
    finally:
        leases.close()


def _bytes_of(source: KeptSource) -> str:
    """What tells two files apart: their bytes, and where nothing was kept, where they lie."""
    return source.kept.sha256 if source.kept else source.path


def _kept(workshop: Workshop, path: Path) -> KeptSource:
    try:
        data = read_whole(path)
    except SourceError:
        return KeptSource(written_path(str(path)), None)
    return KeptSource(written_path(str(path)), workshop.spool.put(data, UNKNOWN_MEDIA))
