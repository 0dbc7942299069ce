"""What `sohoa backup`, `restore` and `migrate` do and tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.output import Output
from console.wording_operating import WORDS
from dossier.errors import BackupDamaged, InputRefused, MoveUnfinished, SohoaError
from flows.settings import settings
from flows.wiring import VIETNAM

if TYPE_CHECKING:
    from storage.backup_set import SetFolder

_FIRST = 3
"""Names that are told of many."""


def make(folder: Path, output: Output) -> int:
    """Back this machine up; exit code 141 where the store could not give everything."""
    from flows.backup import make_backup

    done = make_backup(settings(), folder, datetime.now(VIETNAM), progress(output))
    if output.as_json:
        output.data(asdict(done))
    else:
        _say(output, "backed", **{**asdict(done), "mb": megabytes(done.new_bytes)})
        if done.damaged:
            _say(output, "backed_damaged", count=len(done.damaged), first=", ".join(done.damaged[:_FIRST]))
    return BackupDamaged.exit_code if done.damaged else 0


def check(folder: Path, name: str, output: Output) -> int:
    """Read a backup, or all of them, to the end; exit code 141 where one is damaged.

    Raises BackupNotFound where there is none: no word is no proof.
    """
    from flows.backup import found_room
    from flows.backup_check import CheckedBackup, check_backup

    room = found_room(settings(), folder)
    found = []
    for one in (name,) if name else room.sets.names():
        try:
            found.append(check_backup(room, one, progress(output)))
        except BackupDamaged as error:
            found.append(CheckedBackup(one, 0, (str(error),)))
    if output.as_json:
        output.data({"backups": [asdict(each) for each in found]})
    for each in () if output.as_json else found:
        _say(output, "torn" if each.troubles else "whole", name=each.name, pieces=each.pieces)
        for trouble in each.troubles:
            output.text(f"  {trouble}")
    return BackupDamaged.exit_code if any(each.troubles for each in found) else 0


def show(folder: Path, output: Output) -> int:
    """The backups of a folder."""
    from flows.backup import found_room, has_backups

    told = _listed(found_room(settings(), folder).sets) if has_backups(folder) else []
    if output.as_json:
        output.data({"backups": told})
    for each in () if output.as_json else told:
        output.text("  ".join(str(value) for value in each.values()))
    if not told and not output.as_json:
        _say(output, "no_backups")
    return 0


def _listed(sets: SetFolder) -> list[dict[str, Any]]:
    """What each backup says of itself; of one that cannot be read, why not."""
    told: list[dict[str, Any]] = []
    for name in sets.names():
        try:
            read = sets.read(name)
            said = {
                "ledger_entries": read.ledger_entries,
                "files": read.file_count,
                "objects": read.object_count,
            }
            told.append({"name": name, "made_at": read.made_at, "product": read.product, **said})
        except SohoaError as error:
            told.append({"name": name, "trouble": str(error)})
    return told


def forget(folder: Path, keep: int, output: Output) -> int:
    """Forget older backups, and what only they need."""
    from flows.backup_forget import forget_backups

    done = forget_backups(settings(), folder, keep)
    if output.as_json:
        output.data(asdict(done))
    else:
        _say(output, "forgotten", sets=len(done.forgotten), mb=megabytes(done.freed_bytes))
    return 0


def copy_keys(file: Path, passphrase_file: Path | None, output: Output) -> int:
    """Copy the keys into one sealed file."""
    from flows.backup_keys import copy_keys as copy

    done = copy(settings(), file, _passphrase(passphrase_file, output, twice=True))
    if output.as_json:
        before = {"before": str(done.before)} if done.before else {}
        output.data({"file": str(file), "names": list(done.names), **before})
    else:
        _say(output, "keys_copied", names=", ".join(done.names), file=file)
        if done.before:
            _say(output, "keys_before", before=done.before)
    return 0


def restore(folder: Path, name: str, keys: Path, passphrase_file: Path | None, output: Output) -> int:
    """Make this machine from a backup; exit code 141 where the store lacks something of it."""
    from flows.backup_keys import read_keys_of
    from flows.backup_restore import restore_backup

    opened = read_keys_of(keys, _passphrase(passphrase_file, output, twice=False))
    done = restore_backup(settings(), folder, name, opened, progress(output))
    if output.as_json:
        output.data(asdict(done))
    else:
        _say(output, "restored", **asdict(done))
        if done.found_in_store:
            _say(output, "restored_found", codes=", ".join(done.found_in_store))
        if done.missing:
            _say(output, "restored_missing", count=len(done.missing), first=", ".join(done.missing[:_FIRST]))
    return BackupDamaged.exit_code if done.missing else 0


def migrate(file: Path, output: Output, *, switch: bool) -> int:
    """Copy the archive into another store; exit code 144 where something did not arrive."""
    from flows.migrating import move_store, target_settings

    target = target_settings(settings(), file)
    moved = move_store(settings(), target, switch=switch, told=progress(output))
    if output.as_json:
        output.data(asdict(moved))
    elif moved.troubles:
        _say(output, "moved_not", count=len(moved.troubles))
        for trouble in moved.troubles:
            output.text(f"  {trouble}")
    else:
        _say(output, "moved", **asdict(moved))
        _say(output, "switched" if moved.switched else "not_switched", target=moved.target)
    return MoveUnfinished.exit_code if moved.troubles else 0


def progress(output: Output) -> Callable[[str], None]:
    """Says on a terminal which part is worked on."""

    def told(part: str) -> None:
        if output.is_terminal:
            output.aside(WORDS[part][output.language])

    return told


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1e6:.1f}"


def _passphrase(file: Path | None, output: Output, *, twice: bool) -> str:
    if file is not None:
        if not file.is_file() or file.stat().st_mode & 0o077:
            raise InputRefused(str(file), "is not there, or can be read by others; chmod 600")
        return file.read_text("utf-8").strip()
    import typer

    asked = WORDS["passphrase"][output.language]
    return str(typer.prompt(asked, hide_input=True, confirmation_prompt=twice))


def _say(output: Output, sentence: str, **values: object) -> None:
    output.text(WORDS[sentence][output.language].format_map(values))
