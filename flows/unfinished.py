"""What was begun on this machine and has to be finished before it is worked with, and who works with it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dossier.errors import AlreadyRunning, MoveUnfinished, SettingRefused
from flows.settings import Settings
from storage.files import private_folder, translated, write_whole

UNDER_WAY: Final = "restore-under-way"
"""File in the state folder that says which backup is being restored, and how far."""
STORE_IN_USE: Final = "store-in-use"
"""File in the state folder that says which store the index speaks of since a move."""


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """No resident process works over the folder meanwhile. Raises ServiceBusy where one does."""
    with translated(settings.run_folder):
        private_folder(settings.run_folder)
        lock = (settings.run_folder / "lock").open("ab")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            raise AlreadyRunning(str(settings.state), "the resident process runs; `sohoa stop` first") from e
        yield


def refuse_unfinished(settings: Settings) -> None:
    """Refuse to work over what is not whole.

    Raises MoveUnfinished where a restore was stopped, SettingRefused where another store is set than the one
    that the archive was moved to.
    """
    if (settings.state / UNDER_WAY).exists():
        raise MoveUnfinished(str(settings.state), "a restore was stopped here; run it again to its end")
    try:
        said = json.loads((settings.state / STORE_IN_USE).read_text("utf-8"))
    except FileNotFoundError:
        return
    for name, value in _store_of(settings).items():
        if said.get(name) != value:
            raise SettingRefused(f"SOHOA_STORE_{name.upper()}", f"the archive was moved to {said.get(name)}")


def note_store(settings: Settings) -> None:
    """From now on the index speaks of the store of these settings. Raises StorageError, DiskFull."""
    write_whole(settings.state / STORE_IN_USE, json.dumps(_store_of(settings)).encode())


def _store_of(settings: Settings) -> dict[str, str]:
    return {"endpoint": settings.store_endpoint, "bucket": settings.store_bucket}
