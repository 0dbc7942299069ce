"""A machine backed up while it works, restored, and moved: real stores, real databases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from dossier.archive import ArchivePackage, PackageFile
from dossier.errors import BackupDamaged, KeyMissing, TargetNotEmpty
from flows.backup import Backed, backup_ring, make_backup, open_room
from flows.backup_check import check_backup
from flows.backup_keys import copy_keys, read_keys_of
from flows.backup_restore import Restored, restore_backup
from flows.ledger_audit import LedgerRoom, audit_ledger, keep_head
from flows.settings import Settings
from flows.wiring import open_keys
from storage.checkpoints import FolderCheckpoints
from storage.clock import VIETNAM
from storage.export import check_fixity
from storage.holds import SqlHolds
from storage.index import SqlIndex
from storage.keyring import open_key_file
from storage.ledger import SqlLedger
from storage.package import put_package
from storage.people import Person, SqlPeople, Trace
from storage.s3 import S3Archive, StoreSettings
from storage.s3_audit import S3Auditor
from storage.seaweed import EmbeddedStore
from storage.spool import FolderSpool

NUMBER, NAME = "001190005678", "Trần Thị Mẫu"
PASSPHRASE = "bốn chữ nằm trong két"


@dataclass
class Machine:
    """A machine of a centre, with the parts that keep something."""

    settings: Settings
    store: StoreSettings

    def archive(self, code: str, text: str) -> ArchivePackage:
        keys = open_keys(self.settings)
        index = SqlIndex(self.settings.database, keys=keys)
        ledger = SqlLedger(self.settings.database)
        people = SqlPeople(self.settings.database, keys)
        file = PackageFile(
            "representations/original/data/1.txt",
            "original",
            sha256(text.encode()).hexdigest(),
            len(text.encode()),
            "text/plain",
        )
        try:
            archive = S3Archive(self.store)
            package = put_package(
                archive, index, code, f"dossiers/{code}/a", [(file, text.encode())], {}, '{"said": 1}'
            )
            people.note(code, [Person(NUMBER, NAME)], Trace(code, (), (), ("1.jpg",)))
            ledger.append("Cán bộ (MẪU)", "archived", code, json.dumps({"prefix": package.prefix}))
            return package
        finally:
            for part in (index, ledger, people):
                part.close()

    def lock_ledger(self) -> None:
        ledger = SqlLedger(self.settings.database)
        try:
            room = LedgerRoom(ledger, S3Archive(self.store), S3Auditor(self.store), None)
            keep_head(room, datetime.now(VIETNAM))
        finally:
            ledger.close()

    def prove(self) -> None:
        """Ledger, index and archive say the same, to the last byte."""
        ledger, index = SqlLedger(self.settings.database), SqlIndex(self.settings.database)
        try:
            room = LedgerRoom(ledger, S3Archive(self.store), S3Auditor(self.store), None)
            audit = audit_ledger(room, datetime.now(VIETNAM))
            assert (audit.broken, audit.troubles, audit.not_checked) == (None, (), ())
            assert audit.heads >= 1
            for code in index.dossiers():
                for package in index.packages(code):
                    found = check_fixity(S3Archive(self.store), package)
                    assert {each.outcome for each in found} == {"pass"}, found
        finally:
            ledger.close()
            index.close()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    settings = Settings(state=tmp_path_factory.mktemp("machine"), officer="Cán bộ (MẪU)", retention_days=1)
    embedded = EmbeddedStore(settings.state / "store", retention_days=1)
    try:
        here = Machine(settings, embedded.start())
        here.archive("MẪU-1", "tờ khai")
        here.archive("MẪU-2", "giấy khai sinh")
        keys = open_keys(settings)
        FolderSpool(settings.spool_folder, keys).put(b"a scan that waits", "image/jpeg")
        FolderCheckpoints(settings.checkpoint_folder, keys).save("page", "MẪU-3", b"read")
        holds = SqlHolds(settings.database, keys)
        holds.place("MẪU-2", "Công văn 5/TAND-MẪU", "Cán bộ (MẪU)")
        holds.close()
        here.lock_ledger()
        yield here
    finally:
        embedded.stop(patience_seconds=0.0)


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory, machine: Machine, backed: Backed) -> dict[str, bytes]:
    """The copy of keys, out of its safe."""
    file = tmp_path_factory.mktemp("safe") / "keys"
    copy_keys(machine.settings, file, PASSPHRASE)
    return read_keys_of(file, PASSPHRASE)


@pytest.fixture(scope="module")
def backed(machine: Machine, backups: Path) -> Backed:
    """A backup made while the store runs and somebody else archives."""
    return make_backup(machine.settings, backups, datetime.now(VIETNAM))


@pytest.fixture(scope="module")
def restored(
    tmp_path_factory: pytest.TempPathFactory,
    machine: Machine,
    backups: Path,
    backed: Backed,
    safe: dict[str, bytes],
) -> tuple[Settings, Restored]:
    settings = replace_state(machine.settings, tmp_path_factory.mktemp("anew"))
    return settings, restore_backup(settings, backups, backed.name, safe)


def replace_state(settings: Settings, state: Path) -> Settings:
    return settings.model_copy(update={"state": state})


def test_a_restored_machine_finds_and_opens_the_same_dossiers(
    machine: Machine, restored: tuple[Settings, Restored]
) -> None:
    settings, done = restored
    assert (done.missing, done.found_in_store) == ((), ())
    assert done.ledger_entries >= 3
    embedded = EmbeddedStore(settings.state / "store", retention_days=1)
    try:
        store = embedded.start()
        anew = Machine(settings, store)
        anew.prove()
        keys = open_keys(settings)
        mine = SqlIndex(machine.settings.database, keys=open_keys(machine.settings))
        index = SqlIndex(settings.database, keys=keys)
        people = SqlPeople(settings.database, keys)
        assert index.dossiers() == mine.dossiers() == ("MẪU-1", "MẪU-2")
        for code in index.dossiers():
            here, there = index.package(code), mine.package(code)
            assert here is not None
            assert there is not None
            assert [(o.key, o.sha256, o.retain_until) for o in here.objects] == [
                (o.key, o.sha256, o.retain_until) for o in there.objects
            ]
            assert index.summary(code) == mine.summary(code)
        assert people.dossiers_of(NUMBER) == ("MẪU-1", "MẪU-2")
        held = index.package("MẪU-2")
        assert held is not None
        archive = S3Archive(store)
        assert all(archive.is_held(o.key, o.version_id) for o in held.objects)
        (blob,) = FolderSpool(settings.spool_folder, keys).names()
        assert blob == sha256(b"a scan that waits").hexdigest()
        assert FolderCheckpoints(settings.checkpoint_folder, keys).load("page", "MẪU-3") == b"read"
        # It goes on where it was.
        anew.archive("MẪU-4", "đơn")
        anew.lock_ledger()
        anew.prove()
        for part in (mine, index, people):
            part.close()
    finally:
        embedded.stop(patience_seconds=0.0)


def test_a_second_backup_writes_only_what_is_new(machine: Machine, backups: Path, backed: Backed) -> None:
    room = open_room(backups, backup_ring(machine.settings, backups))
    first = check_backup(room, backed.name)
    assert (first.troubles, backed.damaged) == ((), ())
    machine.archive("MẪU-5", "biên nhận")
    again = make_backup(machine.settings, backups, datetime.now(VIETNAM) + timedelta(seconds=2))
    assert again.objects == backed.objects + 2
    assert again.new_bytes < backed.new_bytes
    assert check_backup(room, again.name).troubles == ()
    assert b"bi\xc3\xaan nh\xe1\xba\xadn" not in b"".join(
        p.read_bytes() for p in backups.rglob("*") if p.is_file()
    )


def test_nothing_is_restored_over_something_with_another_key_or_from_a_torn_backup(
    machine: Machine, backups: Path, backed: Backed, safe: dict[str, bytes], tmp_path: Path
) -> None:
    # 1. Over something.
    with pytest.raises(TargetNotEmpty):
        restore_backup(replace_state(machine.settings, machine.settings.state), backups, backed.name, safe)
    # 2. With another backup key, and without the keys of personal data.
    open_key_file(tmp_path / "other", may_create=True)
    other = {**safe, "backup-key": (tmp_path / "other").read_bytes()}
    for keys in (other, {**safe, "data-keys": other["backup-key"]}, {"data-keys": safe["data-keys"]}):
        with pytest.raises(KeyMissing):
            restore_backup(replace_state(machine.settings, tmp_path / "anew"), backups, backed.name, keys)
        assert [path.name for path in (tmp_path / "anew").iterdir()] == ["run"], "nothing was written"
    # 3. Torn.
    torn = tmp_path / "torn"
    shutil.copytree(backups, torn)
    room = open_room(torn, backup_ring(machine.settings, torn))
    piece = next(t.pieces[0][0] for t in room.sets.read(backed.name).tables if t.name == "ledger")
    (torn / "pieces" / piece[:2] / piece).unlink()
    with pytest.raises(BackupDamaged):
        restore_backup(replace_state(machine.settings, tmp_path / "anew"), torn, backed.name, safe)
    assert [path.name for path in (tmp_path / "anew").iterdir()] == ["run"]
    assert any("piece" in trouble for trouble in check_backup(room, backed.name).troubles)
