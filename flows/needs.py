"""What this machine must not lose: files that some dossier here needs, whatever is tidied away beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flows.queued_order import in_the_queue
from flows.wiring import Workshop
from storage.deposits import SqlDeposits


@dataclass(frozen=True, slots=True)
class Needed:
    """Files and finished steps that stay."""

    blobs: frozenset[str]
    """SHA-256 of files in the spool."""
    checkpoints: frozenset[tuple[str, str]]


def needed_here(workshop: Workshop, but: Collection[str]) -> Needed:
    """What other dossiers left here, what stands in the queue, and what other systems have uploaded so far.

    Args:
        workshop: of this machine.
        but: dossiers that go.

    Raises StorageError, KeyMissing.
    """
    left = workshop.people.elsewhere(but)
    _, queued = in_the_queue(workshop)
    with _deposits(workshop) as deposits:
        uploaded = deposits.uploaded(but)
    return Needed(frozenset({*left.blobs, *queued, *uploaded}), frozenset(left.checkpoints))


def handed_in(workshop: Workshop, code: str) -> frozenset[str]:
    """SHA-256 of the files that another system uploaded for a dossier. Raises StorageError."""
    with _deposits(workshop) as deposits:
        return frozenset(file.sha256 for file in deposits.files(code))


@contextmanager
def _deposits(workshop: Workshop) -> Iterator[SqlDeposits]:
    deposits = SqlDeposits(workshop.settings.database, workshop.keys)
    try:
        yield deposits
    finally:
        deposits.close()
