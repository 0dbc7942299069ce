"""What files and pages that could not be read left here; it goes with everything else of their dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from dossier.page import ScannedPage, StoredObject
from flows.intake import RefusedFile, intake_key
from flows.wiring import Workshop, open_quarantine
from storage.codec import decode, encode
from storage.quarantine import entry_of

_STEP: Final = "refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """Of one dossier, of all its runs."""

    kept: tuple[StoredObject, ...] = ()
    """In the spool."""
    quarantined: tuple[str, ...] = ()
    """Entries of the quarantine."""
    taken: tuple[str, ...] = ()
    """Keys of the intake of files that have pages which could not be read."""


def note_refused(
    workshop: Workshop, code: str, files: Iterable[RefusedFile], pages: Iterable[ScannedPage]
) -> None:
    """Write down what these left, beside what earlier runs did. Raises DiskFull, StorageError."""
    files, sources = list(files), [page.source for page in pages]
    if not files and not sources:
        return
    known = refused_of(workshop, code)
    originals = [source.original for source in sources]
    kept = [*known.kept, *(file.kept for file in files if file.kept is not None), *originals]
    quarantined = [file.quarantined for file in files if file.quarantined]
    quarantined += [entry_of(original.sha256) for original in originals]
    taken = [intake_key(source.original.sha256, source.name) for source in sources]
    both = Refused(
        tuple(dict.fromkeys(kept)),
        tuple(dict.fromkeys([*known.quarantined, *quarantined])),
        tuple(dict.fromkeys([*known.taken, *taken])),
    )
    if both != known:
        workshop.checkpoints.save(_STEP, code, encode(both))


def refused_of(workshop: Workshop, code: str) -> Refused:
    """What is written down of a dossier. Raises StorageError, KeyMissing."""
    kept = workshop.checkpoints.load(_STEP, code)
    return decode(Refused, kept) if kept is not None else Refused()


def forget_refused(workshop: Workshop, code: str, needed: Collection[str]) -> int:
    """Erase what the quarantine has of a dossier, but for what others need; how many files that were.

    Args:
        workshop: of this machine.
        code: the dossier's.
        needed: SHA-256 of what other dossiers need.

    Raises StorageError, KeyMissing.
    """
    aside = open_quarantine(workshop.settings, workshop.keys)
    stays = {entry_of(sha256) for sha256 in needed}
    gone = sum(aside.forget(entry) for entry in refused_of(workshop, code).quarantined if entry not in stays)
    return gone + workshop.checkpoints.erase(_STEP, code)
