"""Older backups forgotten, and the pieces that only they need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.backup import BackupRoom, backups_alone, found_room, page_rows
from flows.settings import Settings
from storage.backup_set import BackupSet, pieces_of


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is no longer there."""

    forgotten: tuple[str, ...]
    freed_bytes: int


def forget_backups(settings: Settings, folder: Path, keep: int) -> Forgotten:
    """Keep the newest backups of a folder and forget the others.

    What a backup that stays needs is read from it first: one that cannot be read stops everything, and
    nothing is forgotten. Raises BackupNotFound, OperatingError where a backup is being made, BackupDamaged,
    BackupNewer, KeyMissing, StorageError.
    """
    with backups_alone(settings):
        return _forgotten(found_room(settings, folder), keep)


def _forgotten(room: BackupRoom, keep: int) -> Forgotten:
    names = room.sets.names()
    staying, going = names[-keep:], names[:-keep]
    needed = {piece for name in staying for piece in _needed(room, room.sets.read(name))}
    for name in going:
        room.sets.erase(name)
    freed = sum(room.blobs.erase(piece) for piece in list(room.blobs.names()) if piece not in needed)
    return Forgotten(going, freed)


def _needed(room: BackupRoom, backup: BackupSet) -> Iterator[str]:
    for pieces in pieces_of(backup):
        yield from pieces
    for pages in (backup.files, backup.objects):
        for row in page_rows(room, pages):
            yield from row[-1]
