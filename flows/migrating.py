"""The archive moved from one store to another, everything compared before the index speaks of the new one.

The counter goes on while objects are copied, as often as one likes; what is there already is not copied
again. The switch is made with the resident process stopped, and only where every version arrived: byte for
byte, locked as long, held where it was held. Nothing is ever deleted from the old store.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from dossier.audit import ExpectedObject
from dossier.errors import NotInArchive, SettingRefused, StorageError, StoreConflict
from flows.settings import Settings
from flows.store_reach import reached_store
from flows.unfinished import alone, note_store
from storage.holdings import SqlHoldings
from storage.ledger import SqlLedger
from storage.migrating import Carried, S3Stock, checked, difference, same_place
from storage.migrating_notes import MoveNotes
from storage.second_copy import FolderCopy

log = logging.getLogger(__name__)

_STORE: Final = "store_"
_PREFIX: Final = "SOHOA_"


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a move is."""

    target: str
    objects: int
    """Versions that are in the new store as they are in the old one."""
    copied: int
    """Of them, how many this run copied."""
    mended: tuple[str, ...]
    """Keys that the old store could not give, put there from the second copy or an earlier run."""
    troubles: tuple[str, ...]
    """What did not arrive, each with the reason; empty where the new store can take over."""
    switched: bool


def target_settings(settings: Settings, file: Path) -> Settings:
    """The settings of this machine with those of another store, from lines SOHOA_STORE_...=value.

    Raises SettingRefused, naming the line.
    """
    if not file.is_file():
        raise SettingRefused(str(file), "there is no such file")
    said: dict[str, object] = {}
    for line in file.read_text("utf-8").splitlines():
        name, is_said, value = line.strip().removeprefix("export ").partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        field = name.removeprefix(_PREFIX).lower()
        if not is_said or not name.startswith(_PREFIX) or not field.startswith(_STORE):
            raise SettingRefused(name, "is not a setting of a store; only SOHOA_STORE_... may stand there")
        said[field] = value.strip().strip("\"'")
    kept = {name: value for name, value in settings.model_dump().items() if not name.startswith(_STORE)}
    try:
        return Settings.model_validate({**kept, **said})
    except ValidationError as e:
        names = ", ".join(f"{_PREFIX}{each['loc'][0]}".upper() for each in e.errors() if each["loc"])
        raise SettingRefused(names, "cannot be so") from e


def move_store(
    settings: Settings,
    target: Settings,
    *,
    switch: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> Moved:
    """Copy the archive into another store and compare; with `switch` let the index speak of it.

    Args:
        settings: of this machine, with the store in use.
        target: the same with the new store (`target_settings`).
        switch: whether to move over; the resident process must not run then.
        told: hears which part is worked on.

    Raises SettingRefused where both are the same, ServiceBusy, StoreUnfit, StoreUnreachable, StorageError.
    """
    same = (settings.store_endpoint, settings.store_bucket) == (target.store_endpoint, target.store_bucket)
    if same:
        raise SettingRefused("SOHOA_STORE_ENDPOINT", "names the store that is in use")
    with (
        alone(settings) if switch else nullcontext(),
        reached_store(settings) as here,
        reached_store(target) as there,
    ):
        move = _Move(settings, S3Stock(here), S3Stock(there))
        try:
            # 1. What is not there yet.
            told("copying")
            move.target.prepare()
            move.copy()
            # 2. Everything, read from the new store.
            told("comparing")
            move.compare()
            move.compare_index()
            # 3. The index, in one step.
            moved = move.result()
            if switch and not moved.troubles:
                _switch(settings, target, move)
                moved = replace(moved, switched=True)
            return moved
        finally:
            move.notes.close()


class _Move:
    """One run."""

    def __init__(self, settings: Settings, source: S3Stock, target: S3Stock) -> None:
        self.settings = settings
        self.source = source
        self.target = target
        self.notes = MoveNotes(settings.state / "migration" / "moved.sqlite")
        self.copied = self.arrived = 0
        self._troubles: dict[str, str] = {}
        self._mended: dict[str, None] = {}
        self._lost: set[str] = set()

    def result(self) -> Moved:
        troubles = tuple(f"{key}: {why}" for key, why in sorted(self._troubles.items()))
        return Moved(
            self.target.name, self.arrived, self.copied, tuple(self._mended), troubles, switched=False
        )

    def copy(self) -> None:
        """Put every version into the target that it has not; trouble with one never stops the others."""
        for key, versions in self.source.objects():
            try:
                there, _ = self.target.versions_of(key)
                same_place(versions, there)
                for number, each in enumerate(versions[len(there) :], start=len(there)):
                    carried, data = self._given(key, each.version_id)
                    self.target.place(carried, data, is_first=number == 0)
                    self.copied += 1
            except StorageError as error:
                self._fail(key, error)

    def compare(self) -> None:
        """Read every version from the target and compare it with what the source promised."""
        for key, versions in self.source.objects():
            try:
                there, is_hidden = self.target.versions_of(key)
                same_place(versions, there)
                if is_hidden:
                    self._troubles.setdefault(key, "is hidden by a delete marker in the new store")
                for mine, theirs in zip(versions, there, strict=False):
                    wanted = self.source.look(key, mine.version_id)
                    read = self.target.fingerprint(key, theirs.version_id)
                    lack = difference(wanted, self.target.look(key, theirs.version_id), read)
                    if lack:
                        # Held, released or locked for longer since it was copied.
                        self.target.align(wanted, theirs.version_id)
                        lack = difference(wanted, self.target.look(key, theirs.version_id), read)
                    if lack:
                        self._troubles.setdefault(key, lack)
                    else:
                        self.notes.note(key, mine.version_id, read.sha256, theirs.version_id)
                        self.arrived += 1
                if len(there) < len(versions):
                    self._troubles.setdefault(key, "is not in the new store")
            except StorageError as error:
                self._fail(key, error)

    def compare_index(self) -> None:
        """Everything that the index names has arrived, also what the source does not have any more."""
        holdings = SqlHoldings(self.settings.database)
        try:
            for package in holdings.packages():
                for each in package.objects:
                    if self.notes.find(each.key, each.version_id) is None:
                        self._mend(each)
        finally:
            holdings.close()

    def _given(self, key: str, version_id: str) -> tuple[Carried, bytes]:
        """A version as the old store gives it; that it could not is remembered. Raises StorageError."""
        try:
            carried, data = self.source.look(key, version_id), self.source.fetch(key, version_id)
            checked(carried, data)
        except StorageError:
            self._lost.add(key)
            raise
        return carried, data

    def _mend(self, lost: ExpectedObject) -> None:
        """Only what the old store cannot give is looked for elsewhere."""
        if lost.key in self._troubles and lost.key not in self._lost:
            return
        try:
            version = self._arrived_before(lost) or self._from_second_copy(lost)
        except StorageError as error:
            self._fail(lost.key, error)
            return
        if not version:
            self._troubles.setdefault(lost.key, "the old store does not have it, nor does the new one")
            return
        self._troubles.pop(lost.key, None)
        self.notes.note(lost.key, lost.version_id, lost.sha256, version)
        self._mended[lost.key] = None
        self.arrived += 1

    def _arrived_before(self, lost: ExpectedObject) -> str:
        for each in self.target.versions_of(lost.key)[0]:
            if self.target.fingerprint(lost.key, each.version_id).sha256 == lost.sha256:
                return each.version_id
        return ""

    def _from_second_copy(self, lost: ExpectedObject) -> str:
        if self.settings.second_copy is None:
            return ""
        try:
            data = FolderCopy(self.settings.second_copy).fetch(lost.key)
        except NotInArchive:
            return ""
        if hashlib.sha256(data).hexdigest() != lost.sha256 or self.target.versions_of(lost.key)[0]:
            return ""
        mode = self.settings.retention_mode
        until, size = lost.retain_until, lost.size_bytes
        carried = Carried(lost.key, "", lost.sha256, size, lost.media_type, mode, until, is_held=False)
        version = self.target.place(carried, data)
        self.copied += 1
        read, kept = self.target.fingerprint(lost.key, version), self.target.look(lost.key, version)
        return "" if difference(carried, kept, read) else version

    def _fail(self, key: str, error: StorageError) -> None:
        """One object's trouble; a store that is gone altogether ends the run."""
        if error.retryable and not isinstance(error, StoreConflict):
            raise error
        log.warning("not moved: %s", error)
        self._troubles.setdefault(key, error.cause)


def _switch(settings: Settings, target: Settings, move: _Move) -> None:
    """The index speaks of the new store, all of it or not at all; the ledger says so."""
    digest = hashlib.sha256()
    for row in move.notes.all():
        digest.update("\n".join(row).encode())
    holdings, ledger = SqlHoldings(settings.database), SqlLedger(settings.database)
    try:
        count = holdings.note_moved(tuple(move.notes.all()))
        note_store(target)
        said = {"from": move.source.name, "to": move.target.name, "objects": count}
        said["versions_sha256"] = digest.hexdigest()
        ledger.append(settings.officer, "store-changed", target.store_bucket, json.dumps(said))
    finally:
        holdings.close()
        ledger.close()
