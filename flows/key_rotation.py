"""New keys for personal data, while everybody goes on working.

A new key is put at the end of the file; every process of this machine sees it there and writes with it from
then on. What older keys sealed is sealed anew, a little at a time. An old key goes when nothing needs it.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dossier.errors import KeyMissing, StorageError
from flows.settings import Settings
from flows.wiring import (
    open_arrivals,
    open_batches,
    open_checkpoints,
    open_keys,
    open_quarantine,
    open_register,
    open_spool,
)
from storage.key_notes import SqlKeyNotes
from storage.keyring import Keyring, add_key, remove_key
from storage.ledger import SqlLedger
from storage.resealing import Resealer, SealedFiles, Step

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a run did."""

    key: str
    """Name of the key that everything is sealed with now."""
    sealed: int
    """How much was sealed anew."""
    failed: tuple[Step, ...]
    """What could not be, and why."""


@dataclass(frozen=True, slots=True)
class KeyState:
    """The keys of this machine, and what is not under the newest."""

    names: tuple[str, ...]
    """The oldest first."""
    due: dict[str, int]
    """How much is not sealed with the newest key, by table and folder."""


def key_state(settings: Settings) -> KeyState:
    """Which keys there are, and how much a rotation still has to do. Raises KeyMissing, StorageError."""
    keys = open_keys(settings)
    with resealer(settings, keys) as anew:
        return KeyState(keys.names, anew.due())


def rotate(settings: Settings, *, goes_on: bool, told: Callable[[Step], None] = lambda _: None) -> Rotation:
    """Seal everything with a new key; `goes_on` makes none, for a rotation that was stopped.

    Keys that the environment gives are made by whoever gives them: put the new one last, and go on.
    Raises KeyMissing, DiskFull, StorageError; what is done by then stays done.
    """
    keys = open_keys(settings)
    if not goes_on:
        if keys.file is None:
            raise StorageError(
                "SOHOA_DATA_KEYS", "put the new key last in it, then `sohoa keys rotate --continue`"
            )
        _note(settings, add_key(keys.file).name, "key-made")
    notes = SqlKeyNotes(settings.database)
    notes.note(keys.newest.name)
    notes.close()
    count: Counter[str] = Counter()
    failed = []
    with resealer(settings, keys) as anew:
        for step in anew.steps():
            count[step.outcome] += 1
            if step.outcome == "failed":
                failed.append(step)
            told(step)
    open_register(settings, keys)
    if count["sealed"]:
        _note(settings, keys.newest.name, "sealed-anew", sealed=count["sealed"], failed=len(failed))
    return Rotation(keys.newest.name, count["sealed"], tuple(failed))


def retire(settings: Settings, name: str, *, is_lost: bool = False) -> None:
    """Take an old key away, once nothing is sealed with it any more.

    Args:
        settings: of this machine.
        name: of the key.
        is_lost: the key is gone for good and what it sealed is given up; it stays unreadable.

    Raises StorageError while something is still sealed with an older key, KeyMissing.
    """
    notes = SqlKeyNotes(settings.database)
    try:
        if is_lost:
            if name not in notes.names():
                raise KeyMissing(name, "was never in use here")
            notes.forget(name)
            _note(settings, name, "key-given-up")
            return
        keys = open_keys(settings)
        with resealer(settings, keys) as anew:
            due = sum(anew.due().values())
        if due:
            raise StorageError(name, f"is needed: {due} things are not sealed with the newest key yet")
        if keys.file is None:
            raise StorageError("SOHOA_DATA_KEYS", "nothing needs the key; take it out of the environment")
        remove_key(keys.file, name)
        notes.forget(name)
        _note(settings, name, "key-retired")
    finally:
        notes.close()


@contextmanager
def resealer(settings: Settings, keys: Keyring) -> Iterator[Resealer]:
    """Everything of this machine that is sealed."""
    folders: dict[str, SealedFiles] = {
        "spool": open_spool(settings, keys),
        "checkpoints": open_checkpoints(settings, keys),
        "batches": open_batches(settings, keys),
        "arrivals": open_arrivals(settings, keys),
        "quarantine": open_quarantine(settings, keys),
    }
    anew = Resealer(settings.database, keys, folders)
    try:
        yield anew
    finally:
        anew.close()


def _note(settings: Settings, name: str, action: str, **detail: int) -> None:
    ledger = SqlLedger(settings.database)
    try:
        ledger.append(settings.officer, action, f"data key {name}", json.dumps(detail))
    finally:
        ledger.close()
