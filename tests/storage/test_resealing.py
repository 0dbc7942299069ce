"""Keys change while the counter works: old keys read, everything is sealed anew, a stop costs nothing."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from dossier.archive import ArchivePackage, DigitisationOrder
from dossier.errors import DiskFull, KeyMissing
from dossier.page import StoredObject
from dossier.page_print import PagePrint
from dossier.waiting import RegisterWait
from storage.checkpoints import FolderCheckpoints
from storage.index import SqlIndex
from storage.judgements import KeptPaper, SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.people import Person, SqlPeople, Trace
from storage.resealing import Resealer, SealedFiles
from storage.spool import FolderSpool
from storage.waiting import SqlRegisterWaits

OLD, NEW = DataKey(b"o" * 32), DataKey(b"n" * 32)
NUMBER, NAME, SCAN = "001190005678", "Trần Thị Mẫu", "Trần Thị Mẫu.jpg"
PRINT = PagePrint("sha", 5, (1, 2**40), "numbers", ("person",))
SUMMARY = json.dumps(
    {"dossier": "MẪU-1", "identities": [{"personal_number": NUMBER, "full_name": NAME, "sources": []}]},
    ensure_ascii=False,
)


@dataclass
class Machine:
    """What lies on one machine, seen with some keys."""

    root: Path
    keys: Keyring | None

    def __post_init__(self) -> None:
        url = self.url
        self.index = SqlIndex(url, keys=self.keys)
        self.judgements = SqlJudgements(url)
        self.waits = SqlRegisterWaits(url, self.keys)
        self.spool = FolderSpool(self.root / "spool", self.keys)
        self.checkpoints = FolderCheckpoints(self.root / "checkpoints", self.keys)
        if self.keys is not None:
            self.people = SqlPeople(url, self.keys)
            folders = {"spool": self.spool, "checkpoints": self.checkpoints}
            self.resealer = Resealer(url, self.keys, cast(dict[str, SealedFiles], folders))

    @property
    def url(self) -> str:
        return f"sqlite:///{self.root / 'sohoa.sqlite'}"

    def fill(self, number: int) -> StoredObject:
        code = f"MẪU-{number}"
        self.index.record(ArchivePackage(code, f"dossiers/{code}/a", "0" * 64, ()), (), SUMMARY)
        person = (self.keys.newest if self.keys else OLD).person(NUMBER)
        self.judgements.keep_papers(code, [KeptPaper(person, "giay_khai_sinh", code)])
        if self.keys is not None:
            self.judgements.keep_pages(code, self.keys, [replace(PRINT, picture_sha256=f"sha {number}")])
        kept = self.spool.put(f"{NUMBER} picture {number}".encode(), "image/jpeg")
        order = DigitisationOrder(code, "1.001193", (SCAN,), date(2026, 11, 16), "officer")
        self.waits.note(RegisterWait(order, ((SCAN, kept),), (), "2026-11-16T08:00:00+07:00"))
        self.checkpoints.save("page", code, NAME.encode())
        if self.keys is not None:
            trace = Trace(code, (kept.sha256,), (("page", code),), (SCAN,))
            self.people.note(code, [Person(NUMBER, NAME)], trace)
        return kept

    def check(self, number: int, kept: StoredObject) -> None:
        """Everything of a dossier is read, and its person is found."""
        code = f"MẪU-{number}"
        assert self.keys is not None
        assert self.index.summary(code) == SUMMARY
        wait = self.waits.find(code)
        assert wait is not None
        assert wait.originals[0][0] == SCAN
        assert self.spool.get(kept) == f"{NUMBER} picture {number}".encode()
        assert self.checkpoints.load("page", code) == NAME.encode()
        assert code in self.people.dossiers_of(NUMBER)
        assert self.people.people_of(code) == (Person(NUMBER, NAME),)
        assert code in {p.dossier for p in self.judgements.papers_of(self.keys.person_names(NUMBER))}
        scanned_again, same_bytes = PRINT, replace(PRINT, picture_sha256=f"sha {number}", people=())
        assert code in {p.dossier for p in self.judgements.pages_like("", self.keys, [scanned_again])}
        (found,) = self.judgements.pages_like("", self.keys, [same_bytes])
        assert found.dossier == code

    def close(self) -> None:
        for part in ("index", "judgements", "waits", "people", "resealer"):
            if hasattr(self, part):
                getattr(self, part).close()


@pytest.fixture
def opened() -> Iterator[list[Machine]]:
    machines: list[Machine] = []
    yield machines
    for machine in machines:
        machine.close()


def machine(opened: list[Machine], root: Path, *keys: DataKey) -> Machine:
    opened.append(Machine(root, Keyring(keys) if keys else None))
    return opened[-1]


def raw(root: Path) -> bytes:
    """Every byte on the disk, database logs included."""
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def shows_a_person(root: Path) -> list[str]:
    data = raw(root)
    return [word for word in (NUMBER, NAME, "Mẫu.jpg", json.dumps(NAME)[1:-1]) if word.encode() in data]


def test_no_number_and_no_name_stands_on_the_disk(opened: list[Machine], tmp_path: Path) -> None:
    here = machine(opened, tmp_path, OLD)
    kept = here.fill(1)
    here.check(1, kept)
    assert shows_a_person(tmp_path) == []


def test_what_stood_in_the_clear_is_sealed_and_overwritten(opened: list[Machine], tmp_path: Path) -> None:
    before = machine(opened, tmp_path)
    kept = [before.fill(number) for number in range(12)]
    assert set(shows_a_person(tmp_path)) >= {NUMBER, NAME}
    before.close()
    here = machine(opened, tmp_path, OLD, NEW)
    outcomes = {step.outcome for step in here.resealer.steps()}
    assert outcomes == {"sealed"}
    for number, blob in enumerate(kept):
        code = f"MẪU-{number}"
        assert here.index.summary(code) == SUMMARY
        assert here.spool.get(blob)
        assert here.people.people_of(code) == (Person(NUMBER, NAME),)
        assert here.judgements.papers_of([NEW.person(NUMBER)])
    assert here.judgements.papers_of([OLD.person(NUMBER)]) == ()
    assert shows_a_person(tmp_path) == []


def test_a_rotation_that_stops_anywhere_goes_on_and_everything_is_read_all_the_time(
    opened: list[Machine], tmp_path: Path
) -> None:
    old = machine(opened, tmp_path, OLD)
    kept = [old.fill(number) for number in range(3)]
    here = machine(opened, tmp_path, OLD, NEW)
    left = sum(here.resealer.due().values())
    while left:
        sealing = (step for step in here.resealer.steps() if step.outcome == "sealed")
        assert list(itertools.islice(sealing, 4)), "something is due and nothing is done"
        for number, blob in enumerate(kept):
            here.check(number, blob)
        before, left = left, sum(here.resealer.due().values())
        assert left < before
    only_new = machine(opened, tmp_path, NEW)
    for number, blob in enumerate(kept):
        only_new.check(number, blob)
    assert OLD.name.encode() not in raw(tmp_path)
    assert OLD.person(NUMBER).encode() not in raw(tmp_path)
    assert OLD.page("picture sha 1").encode() not in raw(tmp_path)


def test_the_counter_writes_while_keys_change(opened: list[Machine], tmp_path: Path) -> None:
    both = machine(opened, tmp_path, OLD, NEW)
    late = machine(opened, tmp_path, OLD)
    kept = [late.fill(number) for number in range(2)]
    for number, _ in enumerate(both.resealer.steps(), start=2):
        if number == 4:
            kept.append(late.fill(2))
    list(both.resealer.steps())
    assert sum(both.resealer.due().values()) == 0
    only_new = machine(opened, tmp_path, NEW)
    for number, blob in enumerate(kept):
        only_new.check(number, blob)


def test_a_half_rotated_database_without_its_old_key_says_what_it_lacks(
    opened: list[Machine], tmp_path: Path
) -> None:
    old = machine(opened, tmp_path, OLD)
    old.fill(1)
    new = machine(opened, tmp_path, NEW)
    blob = new.fill(2)
    steps = list(new.resealer.steps())
    failed = [step for step in steps if step.outcome == "failed"]
    assert {step.place for step in failed} == {
        *("packages", "register_waits", "dossier_traces", "dossier_people", "kept_pages", "spool"),
        "checkpoints",
    }
    assert all(OLD.name in step.trouble for step in failed)
    new.check(2, blob)
    with pytest.raises(KeyMissing):
        new.index.summary("MẪU-1")
    back = machine(opened, tmp_path, OLD, NEW)
    assert not [step for step in back.resealer.steps() if step.outcome == "failed"]
    assert sum(back.resealer.due().values()) == 0


def test_a_damaged_row_and_blob_are_told_and_the_rest_is_done(opened: list[Machine], tmp_path: Path) -> None:
    old = machine(opened, tmp_path, OLD)
    kept = [old.fill(number) for number in range(2)]
    blob = tmp_path / "spool" / kept[0].sha256[:2] / kept[0].sha256
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    with closing(sqlite3.connect(tmp_path / "sohoa.sqlite")) as connection, connection:
        connection.execute("UPDATE packages SET summary = substr(summary, 1, 60) || 'AAAA' WHERE id = 1")
    both = machine(opened, tmp_path, OLD, NEW)
    failed = [step for step in both.resealer.steps() if step.outcome == "failed"]
    assert sorted(step.place for step in failed) == ["packages", "spool"]
    both.check(1, kept[1])


class FullSpool(FolderSpool):
    """A spool on a disk that has room for so many more files."""

    room = 1

    def reseal(self, name: str, keys: Keyring) -> None:
        if self.room <= 0:
            raise DiskFull("spool", "no space left on device")
        self.room -= 1
        super().reseal(name, keys)


def test_a_full_disk_stops_the_rotation_and_loses_nothing(opened: list[Machine], tmp_path: Path) -> None:
    old = machine(opened, tmp_path, OLD)
    kept = [old.fill(number) for number in range(3)]
    both = machine(opened, tmp_path, OLD, NEW)
    assert both.keys is not None
    full = FullSpool(tmp_path / "spool", both.keys)
    resealer = Resealer(both.url, both.keys, {"spool": full})
    with pytest.raises(DiskFull):
        list(resealer.steps())
    assert resealer.due()["spool"] == 2
    for number, blob in enumerate(kept):
        both.check(number, blob)
    full.room = 100
    assert {step.outcome for step in resealer.steps()} == {"sealed", "current"}
    assert sum(resealer.due().values()) == 0
    resealer.close()
