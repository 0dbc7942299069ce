"""Fixity over a real store: every change in every kind of object is found, none falsely, nothing silently."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dossier.archive import ArchivedObject, ArchivePackage, PackageFile
from dossier.audit import FixityState
from dossier.errors import StoreUnreachable
from flows.fixity import check_archive
from flows.fixity_repair import REPAIRED
from flows.fixity_report import FixityRun, last_report, load_run
from flows.fixity_room import FixityRoom, Pace
from storage.holdings import SqlHoldings
from storage.index import SqlIndex
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.package import put_package
from storage.plain_audit import PlainAuditor
from storage.s3 import S3Archive, StoreSettings, open_client
from storage.s3_audit import S3Auditor
from storage.seaweed import EmbeddedStore
from storage.second_copy import ASIDE, FolderCopy

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KINDS = ("originals/001.jpg", "pdf/01-to_khai.pdf", "manifest.json")
BUCKETS = iter(range(1000))


@pytest.fixture(scope="module")
def volumes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def store(volumes: Path) -> Iterator[StoreSettings]:
    running = EmbeddedStore(volumes, retention_days=1)
    yield running.start()
    running.stop(patience_seconds=0.0)


@pytest.fixture
def bucket(volumes: Path, store: StoreSettings) -> StoreSettings:
    """A bucket of its own, with the administrator's keys, so that no test sees another's objects."""
    (keys,) = json.loads((volumes / "identities.json").read_text("utf-8"))["identities"][0]["credentials"]
    mine = replace(
        store,
        bucket=f"archive-{next(BUCKETS)}",
        access_key=keys["accessKey"],
        secret_key=keys["secretKey"],
        retention_mode="GOVERNANCE",
        encryption="none",
    )
    S3Archive(mine).probe()
    return mine


@dataclass(frozen=True)
class House:
    """An archive with its index and ledger."""

    room: FixityRoom
    index: SqlIndex
    store: StoreSettings
    volumes: Path

    def package(self, number: int) -> ArchivePackage:
        dossier = f"H56.101-250715-{number:04d}"
        draw = random.Random(number)
        files = []
        for path, kind in zip(KINDS[:2], ("image/jpeg", "application/pdf"), strict=True):
            data = draw.randbytes(3000)
            digest = hashlib.sha256(data).hexdigest()
            files.append((PackageFile(path, "original", digest, len(data), kind), data))
        prefix = f"dossiers/{dossier}/{number:016d}"
        return put_package(self.room.archive, self.index, dossier, prefix, files, {"number": number})

    def run(self, **changes: Any) -> FixityRun:
        return check_archive(replace(self.room, **changes), Pace(1.0), lambda: NOW)

    def flip(self, key: str) -> None:
        """Change one byte of an object where the store keeps it."""
        data = self.room.auditor.fetch(key)
        flip_in(self.volumes, data, random.Random(key).randrange(len(data)))

    def lose(self, kept: ArchivedObject) -> None:
        """Take an object away as only the store's administrator can, past its lock."""
        client = open_client(self.store)
        headers = {"x-amz-bypass-governance-retention": "true"}
        wanted = {"versionId": kept.version_id}
        client._execute("DELETE", self.store.bucket, kept.key, headers=headers, query_params=wanted)


def flip_in(volumes: Path, data: bytes, place: int) -> None:
    for volume in (volumes / "data").glob("*.dat"):
        content = volume.read_bytes()
        start = content.find(data)
        if start >= 0:
            with volume.open("r+b") as file:
                file.seek(start + place)
                file.write(bytes([data[place] ^ 1]))
            return
    raise AssertionError("the object lies in no volume")


@pytest.fixture
def house(tmp_path: Path, bucket: StoreSettings, volumes: Path) -> House:
    url = f"sqlite:///{tmp_path / 'sohoa.sqlite'}"
    index = SqlIndex(url)
    room = FixityRoom(
        archive=S3Archive(bucket),
        auditor=S3Auditor(bucket),
        holdings=SqlHoldings(url),
        ledger=SqlLedger(url),
        folder=tmp_path / "fixity",
    )
    return House(room, index, bucket, volumes)


def told(run: FixityRun) -> dict[str, str]:
    return {trouble["key"]: trouble["state"] for trouble in run.troubles}


def test_an_intact_archive_passes_and_the_report_is_kept(house: House) -> None:
    packages = [house.package(number) for number in range(3)]
    run = house.run()
    assert (run.outcome, run.troubles, run.packages) == ("pass", [], 3)
    assert run.counts == {**dict.fromkeys(FixityState, 0), "intact": 10}, "nine objects and the probe"
    assert run.read_bytes >= 3 * 6000
    report = last_report(house.room.folder)
    assert report is not None
    assert (report["outcome"], report["packages"]) == ("pass", 3)
    (entry,) = house.room.ledger.entries(action="fixity-checked")
    said = json.loads(entry.detail)
    kept = house.room.archive.describe(said["report"])
    assert kept.sha256 == said["sha256"]
    assert kept.retain_until > datetime.now(UTC)
    # A second run finds the first one's report where it belongs, and an older package beside a newer one.
    newer = f"{packages[0].prefix}f"
    data = b"a newer package"
    file = PackageFile("x", "original", hashlib.sha256(data).hexdigest(), len(data), "text/plain")
    put_package(house.room.archive, house.index, packages[0].dossier, newer, [(file, data)], {})
    again = check_archive(house.room, Pace(1.0), lambda: NOW + timedelta(days=30))
    assert (again.outcome, again.packages, again.counts["intact"]) == ("pass", 4, 13)


def test_one_flipped_byte_in_the_real_store_is_found(house: House) -> None:
    """The store itself tries for 13 seconds before it says that it cannot give the object; so one only."""
    packages = [house.package(number) for number in range(100, 103)]
    key = f"{packages[1].prefix}/originals/001.jpg"
    house.flip(key)
    run = house.run()
    assert told(run) == {key: FixityState.CHANGED}
    assert (run.outcome, run.counts["changed"], run.counts["intact"]) == ("fail", 1, 9)


OWN = (
    "ledger/heads/0000000003.json",
    "ledger/heads/0000000003.tst",
    "audit/lots/a.json",
    "audit/fixity/b.json",
)


@pytest.mark.parametrize("path", [*KINDS, *OWN])
def test_one_flipped_byte_in_every_kind_of_object_is_found(house: House, path: str) -> None:
    archive = MemoryArchive()
    training = replace(house, room=replace(house.room, archive=archive, auditor=PlainAuditor(archive)))
    package = training.package(7)
    for own in OWN:
        archive.put(own, b"what the product put beside the packages", "application/json")
    assert training.run().outcome == "pass"
    key = f"{package.prefix}/{path}" if path in KINDS else path
    kept, data = archive._kept[key]
    place = random.Random(path).randrange(len(data))
    archive._kept[key] = kept, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    run = check_archive(training.room, Pace(1.0), lambda: NOW + timedelta(days=1))
    assert told(run) == {key: FixityState.CHANGED}
    assert run.outcome == "fail"
    del archive._kept[key]
    if path in KINDS:
        last = check_archive(training.room, Pace(1.0), lambda: NOW + timedelta(days=2))
        assert told(last) == {key: FixityState.MISSING}


def test_what_is_lost_hidden_added_or_put_over_is_found(house: House) -> None:
    client, bucket = open_client(house.store), house.store.bucket
    lost, hidden, over, added = (house.package(number) for number in range(4))
    first = lost.objects[0]
    house.lose(first)
    client.remove_object(bucket, hidden.objects[0].key)
    client._put_object(bucket, over.objects[1].key, b"something else", {"Content-Type": "text/plain"})
    client._put_object(bucket, f"{added.prefix}/pdf/02.pdf", b"one more", {"Content-Type": "text/plain"})
    client._put_object(bucket, "elsewhere/x", b"a stranger", {"Content-Type": "text/plain"})
    run = house.run()
    assert told(run) == {
        first.key: "missing",
        hidden.objects[0].key: "unexpected",
        over.objects[1].key: "unexpected",
        f"{added.prefix}/pdf/02.pdf": "unexpected",
        "elsewhere/x": "unexpected",
    }
    assert run.counts["missing"] == 1
    assert run.counts["unexpected"] == 4
    assert run.counts["intact"] == 12, "the locked versions are whole: eleven objects and the probe"


def test_an_index_that_says_something_else_than_the_manifest_is_found(house: House, tmp_path: Path) -> None:
    package = house.package(1)
    good = next(iter(house.room.holdings.packages()))
    other = house.package(2)

    class Lying(SqlHoldings):
        def packages(self, after: str = "") -> Iterator[Any]:
            swapped = replace(good.objects[0], key=good.objects[1].key)
            yield replace(good, objects=(swapped, *good.objects[1:]))

    run = house.run(holdings=Lying(f"sqlite:///{tmp_path / 'sohoa.sqlite'}"))
    assert run.outcome == "fail"
    assert any("manifest differ" in trouble["detail"] for trouble in run.troubles)
    assert other.prefix != package.prefix


def test_a_lost_or_damaged_object_comes_back_from_the_second_copy(house: House, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    copy = FolderCopy(disk)
    copy.prepare()
    packages = [house.package(number) for number in range(200, 203)]
    filled = house.run(second=copy)
    assert filled.outcome == "pass"
    assert filled.second_copy == {"intact": 0, "copied": 9, "repaired": 0}
    # The copy is readable without the product.
    kept = packages[0].objects[0]
    assert hashlib.sha256((disk / kept.key).read_bytes()).hexdigest() == kept.sha256
    # One object lost in the store, one damaged in the copy, one lost there and damaged here.
    store_only, copy_only, both = (package.objects[0] for package in packages)
    house.lose(store_only)
    house.lose(both)
    for each in (copy_only, both):
        (disk / each.key).write_bytes(b"damaged")
    run = check_archive(replace(house.room, second=copy), Pace(1.0), lambda: NOW + timedelta(days=1))
    assert told(run) == {store_only.key: "missing", both.key: "missing"}
    assert run.outcome == "fail"
    details = {trouble["key"]: trouble["detail"] for trouble in run.troubles}
    assert details[store_only.key].endswith("repaired from the second copy")
    assert details[both.key].endswith("the second copy is damaged too")
    assert run.second_copy == {"intact": 6, "copied": 0, "repaired": 1}
    assert (disk / copy_only.key).read_bytes() != b"damaged"
    assert [path.read_bytes() for path in (disk / ASIDE).rglob("*.jpg")] == [b"damaged"]
    # Never silently: ledger, index and store all know.
    (entry,) = house.room.ledger.entries(action=REPAIRED)
    said = json.loads(entry.detail)
    assert (said["key"], said["before"]) == (store_only.key, store_only.version_id)
    indexed = house.index.package(packages[0].dossier)
    assert indexed is not None
    assert indexed.objects[0].version_id == said["version_id"] != store_only.version_id
    assert indexed.objects[0].retain_until >= store_only.retain_until
    assert house.room.archive.get(store_only.key) == copy.fetch(store_only.key)
    # What the archive no longer has stays in the copy, and is told.
    (disk / "dossiers/H42-gone/1").mkdir(parents=True)
    (disk / "dossiers/H42-gone/1/a.jpg").write_bytes(b"of a person who was erased")
    # The next run has nothing to say about it but what could not be repaired.
    last = check_archive(replace(house.room, second=copy), Pace(1.0), lambda: NOW + timedelta(days=2))
    assert told(last) == {both.key: "missing"}
    (note,) = last.notes
    assert note.endswith("1 files of packages that the index does not know: dossiers/H42-gone/1/a.jpg")


def test_a_second_copy_that_is_not_there_is_told_and_nothing_else_suffers(
    house: House, tmp_path: Path
) -> None:
    house.package(1)
    run = house.run(second=FolderCopy(tmp_path / "not plugged in"))
    assert (run.outcome, run.counts["intact"]) == ("pass", 4)
    assert "is left out" in run.notes[0]


def test_an_interrupted_run_goes_on_where_it_stopped(house: House) -> None:
    packages = [house.package(number) for number in range(5)]
    ended = Event()
    looked: list[str] = []

    class Interrupting(S3Auditor):
        def versions(self, prefix: str) -> Iterator[Any]:
            looked.append(prefix)
            if len(looked) == 3:
                ended.set()
            return super().versions(prefix)

    room = replace(house.room, auditor=Interrupting(house.store))
    run = check_archive(room, Pace(1.0, ended=ended), lambda: NOW)
    assert (run.phase, run.packages, run.position) == ("packages", 3, packages[2].prefix)
    assert last_report(room.folder) is None
    standing = load_run(room.folder)
    assert standing is not None
    assert standing.counts == run.counts
    run = check_archive(room, Pace(1.0), lambda: NOW + timedelta(hours=1))
    assert (run.outcome, run.packages, run.counts["intact"], run.interruptions) == ("pass", 5, 16, 1)
    assert looked == [*(f"{package.prefix}/" for package in packages), ""]
    assert load_run(room.folder) is None
    # A file that was half-written is as good as none: the run begins anew.
    (room.folder / "run.json").write_bytes(b'{"run": "2026')
    assert check_archive(room, Pace(1.0), lambda: NOW + timedelta(days=1)).outcome == "pass"


def test_a_store_that_is_down_is_not_checked(house: House) -> None:
    house.package(1)
    away = replace(house.store, endpoint="127.0.0.1:9")
    run = house.run(auditor=S3Auditor(away), archive=S3Archive(away))
    assert (run.outcome, run.counts["not_checked"], run.counts["changed"]) == ("not_checked", 4, 0)
    assert last_report(house.room.folder) is not None, "the report stays on this machine"


def test_it_takes_no_more_than_its_share(house: House) -> None:
    for number in range(3):
        house.package(number)
    moments = iter(range(10_000))
    rests: list[float] = []

    class Watched(Event):
        def wait(self, timeout: float | None = None) -> bool:
            rests.append(timeout or 0.0)
            return False

    pace = Pace(0.25, clock=lambda: float(next(moments)), ended=Watched())
    run = check_archive(house.room, pace, lambda: NOW)
    assert run.outcome == "pass"
    assert sum(rests) == pytest.approx(3 * run.busy_seconds)
    assert run.rested_seconds == pytest.approx(sum(rests))


def test_signatures_that_cannot_be_proven_for_long_are_told(house: House) -> None:
    soon, late = house.package(1), house.package(2)
    until = {soon.prefix: NOW + timedelta(days=90), late.prefix: NOW + timedelta(days=400)}
    run = house.run(provable_until=until.get)
    (one,) = run.expiring
    assert (one["dossier"], one["until"][:10]) == (soon.dossier, "2027-02-20")
    assert run.outcome == "pass"


def test_a_missing_disk_proves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="not there"):
        FolderCopy(tmp_path / "none").fingerprint("a")
    with pytest.raises(StoreUnreachable, match="not there"):
        FolderCopy(tmp_path / "none").prepare()
