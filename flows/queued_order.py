"""An order as it stands in the queue: with its files kept, so that it can be run whatever becomes of them."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dossier.archive import DigitisationOrder
from dossier.page import StoredObject
from flows.settings import Settings
from flows.wiring import Workshop
from scanners.delivery import DEFAULT_LIMITS
from scanners.regular import open_regular
from storage.codec import decode
from storage.files import write_whole
from storage.leases import SqlLeases

_UNKNOWN: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class KeptSource:
    """A file of an order, as it was when the order came."""

    path: str
    changed_ns: int
    """When it was changed last, in nanoseconds since the epoch; 0 where it could not be kept."""
    kept: StoredObject | None
    """Its bytes in the spool; None where it is not there, too large, or no file: intake will say so."""


@dataclass(frozen=True, slots=True)
class QueuedOrder:
    """What is to be digitised."""

    order: DigitisationOrder
    sources: tuple[KeptSource, ...]
    """In the order's own order."""

    @property
    def fingerprint(self) -> str:
        """The same for the same dossier from files of the same names and bytes, wherever they lie.

        Files that were not taken count by their names.
        """
        asked, files = self.order, []
        for source in self.sources:
            files.append([Path(source.path).name, source.kept.sha256 if source.kept else source.path])
        parts = [asked.dossier, asked.procedure, asked.received_on.isoformat(), asked.officer]
        lacking = [file.name for file in asked.not_taken]
        promised = [f"due {asked.due_on}"] if asked.due_on else []
        said = json.dumps([*parts, asked.cases, asked.counter, asked.hold, files, *lacking, *promised])
        return hashlib.sha256(said.encode()).hexdigest()


def kept_order(workshop: Workshop, order: DigitisationOrder) -> QueuedOrder:
    """An order with its files' bytes in the spool. Raises DiskFull, StorageError."""
    return QueuedOrder(order, tuple(_kept(workshop, Path(source)) for source in order.sources))


@contextmanager
def runnable(workshop: Workshop, queued: QueuedOrder) -> Iterator[DigitisationOrder]:
    """The order with files that are there: those it came with, else their copies until the end of the block.

    Raises DiskFull, StorageError.
    """
    folder = queue_folder(workshop.settings) / queued.order.dossier
    try:
        files = (_there(workshop, source, folder / f"{n:03d}") for n, source in enumerate(queued.sources, 1))
        yield replace(queued.order, sources=tuple(map(str, files)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def queue_folder(settings: Settings) -> Path:
    """Where copies of files lie while their dossier is run."""
    return settings.state / "queue"


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


def _kept(workshop: Workshop, path: Path) -> KeptSource:
    try:
        with open_regular(path) as file:
            data = file.read(DEFAULT_LIMITS.size_bytes + 1)
        changed = path.stat().st_mtime_ns
    except (OSError, ValueError):
        return KeptSource(str(path), 0, None)
    if len(data) > DEFAULT_LIMITS.size_bytes:
        return KeptSource(str(path), 0, None)
    return KeptSource(str(path), changed, workshop.spool.put(data, _UNKNOWN))


def _there(workshop: Workshop, source: KeptSource, folder: Path) -> Path:
    path = Path(source.path)
    if source.kept is None or _is_unchanged(path, source):
        return path
    copy = folder / path.name
    write_whole(copy, workshop.spool.get(source.kept))
    return copy


def _is_unchanged(path: Path, source: KeptSource) -> bool:
    try:
        now = path.stat()
    except (OSError, ValueError):
        return False
    return source.kept is not None and (now.st_size, now.st_mtime_ns) == (
        source.kept.size_bytes,
        source.changed_ns,
    )
