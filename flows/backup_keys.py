"""The keys of this machine: a copy for a safe, apart from every backup, and back from it."""

from __future__ import annotations

import json
from pathlib import Path

from dossier.errors import KeyMissing, OperatingError, StorageError
from flows.backup import KEY_FILES
from flows.settings import Settings
from storage.backup_keys import read_key_copy, write_key_copy
from storage.files import translated, write_whole
from storage.keyring import Keyring, keys_in, open_key_file
from storage.ledger import SqlLedger

_DATA, _BACKUP, _DEMO = "data-keys", "backup-key", "demo-identity"


def copy_keys(settings: Settings, file: Path, passphrase: str) -> tuple[str, ...]:
    """Write every key of this machine into one sealed file; their names.

    Raises OperatingError where the file would lie beside a backup, SohoaError for a short passphrase,
    KeyMissing, DiskFull, StorageError.
    """
    # 1. Whoever finds a backup shall not find its key beside it.
    if any(
        (folder / "backups").is_dir() and (folder / "pieces").is_dir() for folder in file.resolve().parents
    ):
        raise OperatingError(str(file), "lies beside a backup; keep the keys apart from it")
    # 2. Everything that something of this machine is sealed with.
    open_key_file(settings.state / _BACKUP, may_create=True)
    found = {name: _read(path) for name, path in _places(settings).items() if path.is_file()}
    if settings.data_keys.get_secret_value():
        found[_DATA] = b""  # whoever gives the keys to the process keeps them
    elif _DATA not in found:
        raise KeyMissing(str(settings.key_file), "the file of keys is gone; put its copy back")
    # 3. One file.
    write_key_copy(file, found, passphrase)
    names = tuple(sorted(found))
    _note(settings, names)
    return names


def read_keys_of(file: Path, passphrase: str) -> dict[str, bytes]:
    """The keys of a copy by their names. Raises NotInArchive, BackupNewer, BackupDamaged, KeyMissing."""
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


def _read(path: Path) -> bytes:
    with translated(path):
        return path.read_bytes()


def _note(settings: Settings, names: tuple[str, ...]) -> None:
    ledger = SqlLedger(settings.database)
    try:
        ledger.append(settings.officer, "keys-copied", "keys", json.dumps({"names": list(names)}))
    except StorageError as e:
        raise StorageError("ledger", f"the copy is made, but not noted: {e.cause}") from e
    finally:
        ledger.close()
