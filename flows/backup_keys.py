"""The keys of this machine: a copy for a safe, apart from every backup, and back from it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dossier.errors import BackupDamaged, BackupNewer, KeyMissing, OperatingError, StorageError
from flows.backup import KEY_FILES
from flows.backup_noted import BACKED_UP, KEYS_COPIED, last_made, note_made
from flows.settings import Settings
from storage.backup_keys import check_passphrase, read_key_copy, write_key_copy
from storage.files import translated, write_whole
from storage.keyring import Keyring, keys_in, open_key_file
from storage.ledger import SqlLedger

_DATA, _BACKUP, _STORE, _PERSON = "data-keys", "backup-key", "store-key", "person-key"
_DEMO: Final = "demo-identity"
_GONE: Final = "the file of keys is gone; put its copy back"


@dataclass(frozen=True, slots=True)
class KeysCopied:
    """A copy of the keys of this machine."""

    names: tuple[str, ...]
    before: Path | None
    """Where the file lies now that stood under the same name and holds what the new one does not; None
    where nothing had to be kept."""


def copy_keys(settings: Settings, file: Path, passphrase: str) -> KeysCopied:
    """Write every key of this machine into one sealed file.

    Raises OperatingError where the file would lie beside a backup, SohoaError for a short passphrase,
    KeyMissing where a key of this machine is gone, DiskFull, StorageError.
    """
    # 1. Whoever finds a backup shall not find its key beside it.
    if any(
        (folder / "backups").is_dir() and (folder / "pieces").is_dir() for folder in file.resolve().parents
    ):
        raise OperatingError(str(file), "lies beside a backup; keep the keys apart from it")
    check_passphrase(passphrase)
    # 2. Everything that something of this machine is sealed with. A key that is gone is not made anew: the
    #    copy that is there may be the last one.
    ledger = SqlLedger(settings.database)
    try:
        open_key_file(settings.state / _BACKUP, may_create=_is_first(ledger, settings))
        found = _found(settings)
        _refuse_lost(ledger, settings, frozenset(found))
        # 3. One file; what stood there stays beside it, unless the new one says all of it.
        before = _kept_beside(file, found, passphrase)
        write_key_copy(file, found, passphrase)
        names = tuple(sorted(found))
        try:
            note_made(ledger, settings, KEYS_COPIED, {"names": list(names)})
        except StorageError as e:
            raise StorageError("ledger", f"the copy is made, but not noted: {e.cause}") from e
    finally:
        ledger.close()
    return KeysCopied(names, before)


def read_keys_of(file: Path, passphrase: str) -> dict[str, bytes]:
    """The keys of a copy by their names. Raises SourceNotFound, BackupNewer, BackupDamaged, KeyMissing."""
    return read_key_copy(file, passphrase)


def ring_of(keys: dict[str, bytes], name: str) -> Keyring:
    """The keys of one file of a copy. Raises KeyMissing where the copy has none, StorageError."""
    written = keys.get(name, b"")
    if not written:
        raise KeyMissing(name, "is not in the copy of keys")
    return Keyring(keys_in(written.decode("utf-8", "replace"), name))


def put_keys(settings: Settings, keys: dict[str, bytes]) -> None:
    """Put every key where this machine looks for it. Raises DiskFull, StorageError."""
    places = _places(settings, names=tuple(keys))
    for name, data in keys.items():
        if data:
            write_whole(places[name], data)


def _places(settings: Settings, names: tuple[str, ...] = ()) -> dict[str, Path]:
    """Where each key lies, by the name that it has in a copy."""
    demo = settings.state / _DEMO
    inside = [f"{_DEMO}/{path.name}" for path in demo.glob("*") if path.is_file()]
    inside += [name for name in names if name.startswith(f"{_DEMO}/") and name.count("/") == 1]
    return {
        _DATA: settings.key_file,
        **{name: settings.state / name for name in KEY_FILES if name != _DATA},
        **{name: settings.state / name for name in inside if not name.endswith((".", "/"))},
    }


def _found(settings: Settings) -> dict[str, bytes]:
    """The keys that are there. Raises KeyMissing without those of personal data, StorageError."""
    found = {name: _read(path) for name, path in _places(settings).items() if path.is_file()}
    if settings.data_keys.get_secret_value():
        found[_DATA] = b""  # whoever gives the keys to the process keeps them
    elif _DATA not in found:
        raise KeyMissing(str(settings.key_file), _GONE)
    return found


def _is_first(ledger: SqlLedger, settings: Settings) -> bool:
    """Whether no backup and no copy of keys was ever made of this machine, as far as can be told."""
    if any(last_made(ledger, settings, action) for action in (BACKED_UP, KEYS_COPIED)):
        return False
    # Entries of before they named their machine: of which of several machines, nobody can tell.
    return not ledger.entries(1, subject="keys", action=KEYS_COPIED)


def _refuse_lost(ledger: SqlLedger, settings: Settings, found: frozenset[str]) -> None:
    """Raises KeyMissing where a key that was copied before, or that the store is sealed with, is gone."""
    store = settings.state / "store"
    last = last_made(ledger, settings, KEYS_COPIED)
    wanted = set(json.loads(last.detail)["names"]) if last else set()
    # A demo identity seals nothing that is kept with it; the person key went into the data keys.
    wanted = {name for name in wanted if not name.startswith(f"{_DEMO}/") and name != _PERSON}
    wanted = wanted | {_STORE} if store.is_dir() else wanted - {_STORE}
    lost = sorted(wanted - found)
    if lost:
        raise KeyMissing(str(settings.state / lost[0]), _GONE)


def _kept_beside(file: Path, found: Mapping[str, bytes], passphrase: str) -> Path | None:
    """Keep what stands under the name of the new copy, where that holds fewer or other keys."""
    if not file.is_file():
        return None
    try:
        if all(_says(found.get(name, b""), data) for name, data in read_key_copy(file, passphrase).items()):
            return None
    except (KeyMissing, BackupDamaged, BackupNewer):
        pass  # of another passphrase, or no copy of keys: what it holds cannot be told
    before = file.with_name(f"{file.name}.before")
    for number in itertools.count(2):
        if not before.exists():
            break
        before = file.with_name(f"{file.name}.before-{number}")
    write_whole(before, _read(file))
    return before


def _says(new: bytes, old: bytes) -> bool:
    """Whether every line of a file of keys stands in the new one too."""
    return new == old or set(old.split(b"\n")) <= set(new.split(b"\n"))


def _read(path: Path) -> bytes:
    with translated(path):
        return path.read_bytes()
