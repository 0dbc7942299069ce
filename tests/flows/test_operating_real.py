"""A machine backed up while it works, restored, and moved: real stores, real databases."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from dossier.archive import ArchivedObject, ArchivePackage, PackageFile
from dossier.audit import ExpectedObject
from dossier.errors import (
    BackupDamaged,
    KeyMissing,
    MoveUnfinished,
    ServiceBusy,
    SettingRefused,
    StoreUnreachable,
    TargetNotEmpty,
)
from flows.backup import Backed, backup_ring, make_backup, open_room
from flows.backup_check import check_backup
from flows.backup_keys import copy_keys, read_keys_of
from flows.backup_restore import Restored, restore_backup
from flows.ledger_audit import LedgerRoom, audit_ledger, keep_head
from flows.migrating import move_store, target_settings
from flows.settings import Settings
from flows.store_reach import reached_store
from flows.unfinished import refuse_unfinished
from flows.wiring import open_keys
from storage.checkpoints import FolderCheckpoints
from storage.clock import VIETNAM
from storage.export import check_fixity
from storage.holds import SqlHolds
from storage.index import SqlIndex
from storage.keyring import open_key_file
from storage.ledger import SqlLedger
from storage.migrating import Carried, S3Stock
from storage.package import put_package
from storage.people import Person, SqlPeople, Trace
from storage.s3 import S3Archive, StoreSettings
from storage.s3_audit import S3Auditor
from storage.seaweed import EmbeddedStore
from storage.second_copy import FolderCopy
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

    def package(self, code: str) -> ArchivePackage:
        index = SqlIndex(self.settings.database)
        try:
            return index.packages(code)[-1]
        finally:
            index.close()

    def hold_in_store(self, code: str) -> ArchivePackage:
        package = self.package(code)
        for each in package.objects:
            S3Archive(self.store).hold(each.key, each.version_id)
        return package

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
    put, placed = S3Stock.place, []

    def cut(self: S3Stock, carried: Carried, data: bytes, *, is_first: bool = True) -> str:
        if len(placed) == 3:
            raise StoreUnreachable("store", "the line was cut")
        placed.append(put(self, carried, data, is_first=is_first))
        return placed[-1]

    # Stopped among the objects; the same order goes on.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(S3Stock, "place", cut)
        with pytest.raises(StoreUnreachable):
            restore_backup(settings, backups, backed.name, safe)
    with pytest.raises(MoveUnfinished):
        refuse_unfinished(settings)
    return settings, restore_backup(settings, backups, backed.name, safe)


def replace_state(settings: Settings, state: Path) -> Settings:
    return settings.model_copy(update={"state": state})


def test_a_restored_machine_finds_and_opens_the_same_dossiers(
    machine: Machine, restored: tuple[Settings, Restored]
) -> None:
    settings, done = restored
    refuse_unfinished(settings)
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


@pytest.fixture(scope="module")
def elsewhere(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, EmbeddedStore, StoreSettings]]:
    """A second real store; it does not encrypt, so that a test can damage what it keeps."""
    root = tmp_path_factory.mktemp("elsewhere") / "store"
    embedded = EmbeddedStore(root, retention_days=1, encryption="none")
    try:
        yield root, embedded, embedded.start()
    finally:
        embedded.stop(patience_seconds=0.0)


@pytest.fixture
def target(
    machine: Machine, elsewhere: tuple[Path, EmbeddedStore, StoreSettings], tmp_path: Path
) -> Settings:
    """The settings of the second store, as an operator writes them."""
    store = elsewhere[2]
    (tmp_path / "secret").write_text(store.secret_key)
    lines = {
        "ENDPOINT": store.endpoint,
        "ACCESS_KEY": store.access_key,
        "SECRET_KEY_FILE": str(tmp_path / "secret"),
        "SECURE": "false",
        "ENCRYPTION": "none",
    }
    file = tmp_path / "new-store.env"
    file.write_text("# the new store\n" + "".join(f"SOHOA_STORE_{k}={v}\n" for k, v in lines.items()))
    return target_settings(machine.settings, file)


def test_settings_of_another_store_are_of_a_store_alone(machine: Machine, tmp_path: Path) -> None:
    for line in ("SOHOA_OFFICER=x", "SOHOA_STORE_ENDPOINTS=x", "nothing"):
        (tmp_path / "wrong.env").write_text(f"{line}\n")
        with pytest.raises(SettingRefused, match=line.partition("=")[0]):
            target_settings(machine.settings, tmp_path / "wrong.env")
    with pytest.raises(SettingRefused):
        move_store(machine.settings, machine.settings)


def test_an_object_that_the_old_store_lost_stops_the_move_until_a_second_copy_mends_it(
    machine: Machine, target: Settings, tmp_path: Path
) -> None:
    package = machine.archive("MẪU-6", "quyết định")
    lost = ArchivedObject(
        "dossiers/MẪU-7/a/1.txt", "gone", sha256(b"lost").hexdigest(), 4, package.objects[0].retain_until
    )
    index = SqlIndex(machine.settings.database, keys=open_keys(machine.settings))
    index.record(ArchivePackage("MẪU-7", "dossiers/MẪU-7/a", "0" * 64, (lost,)), (), "{}")
    try:
        moved = move_store(machine.settings, target, switch=True)
        assert [trouble.partition(":")[0] for trouble in moved.troubles] == [lost.key]
        assert not moved.switched
        assert index.packages("MẪU-6") == (package,), "the index speaks of the old store"
        copy = tmp_path / "copy"
        copy.mkdir()
        FolderCopy(copy).prepare()
        expected = ExpectedObject(lost.key, "", lost.sha256, 4, "text/plain", lost.retain_until)
        FolderCopy(copy).restore(expected, b"lost")
        again = move_store(machine.settings.model_copy(update={"second_copy": copy}), target)
        assert (again.troubles, again.mended, again.copied) == ((), (lost.key,), 1)
    finally:
        index.forget(["MẪU-7"])
        index.close()


def test_an_object_that_the_new_store_lost_is_named_and_nothing_is_switched(
    machine: Machine, target: Settings, elsewhere: tuple[Path, EmbeddedStore, StoreSettings]
) -> None:
    package = machine.package("MẪU-6")
    text = "quyết định".encode()
    (volume,) = [p for p in (elsewhere[0] / "data").glob("*.dat") if text in p.read_bytes()]
    whole = volume.read_bytes()
    with volume.open("r+b") as file:
        file.seek(whole.index(text))
        file.write(b"M")
    moved = move_store(machine.settings, target, switch=True)
    assert [trouble.partition(":")[0] for trouble in moved.troubles] == [package.objects[0].key]
    assert not moved.switched
    volume.write_bytes(whole)


def test_two_real_stores_have_the_same_and_the_index_moves_over(
    machine: Machine, target: Settings, elsewhere: tuple[Path, EmbeddedStore, StoreSettings]
) -> None:
    machine.lock_ledger()
    held = machine.hold_in_store("MẪU-2")
    with (machine.settings.run_folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ServiceBusy):
            move_store(machine.settings, target, switch=True)
    moved = move_store(machine.settings, target, switch=True)
    assert (moved.troubles, moved.switched) == ((), True)
    there = Machine(target, elsewhere[2])
    there.prove()
    archive = S3Archive(elsewhere[2])
    index = SqlIndex(target.database, keys=open_keys(target))
    package = index.package("MẪU-2")
    index.close()
    assert package is not None
    assert [each.retain_until for each in package.objects] == [each.retain_until for each in held.objects]
    assert all(archive.is_held(each.key, each.version_id) for each in package.objects)
    # It goes on in the new store, and nobody starts over the old one by mistake.
    there.archive("MẪU-9", "đơn mới")
    there.lock_ledger()
    there.prove()
    refuse_unfinished(target)
    with pytest.raises(SettingRefused, match="SOHOA_STORE_ENDPOINT"):
        refuse_unfinished(machine.settings)


def test_a_store_that_holds_something_is_not_restored_into(
    target: Settings, backups: Path, backed: Backed, safe: dict[str, bytes], tmp_path: Path
) -> None:
    with reached_store(target) as store:
        S3Archive(store).put("dossiers/MẪU-0/a/1.txt", b"somebody else's", "text/plain")
    with pytest.raises(TargetNotEmpty, match="dossiers/"):
        restore_backup(replace_state(target, tmp_path / "anew"), backups, backed.name, safe)
    assert [path.name for path in (tmp_path / "anew").iterdir()] == ["run"]
