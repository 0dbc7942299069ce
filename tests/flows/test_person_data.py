"""A person's data is listed on request, and erased where neither hold nor retention stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from dossier.archive import ArchivePackage, DigitisationOrder, PackageFile
from dossier.clients import DepositOrder
from dossier.errors import DepositNotFound, NotInArchive, RetentionStands, SohoaError, StorageError
from dossier.page import StoredObject
from dossier.page_print import PagePrint
from dossier.waiting import RegisterWait
from flows.holding import hold_again, hold_dossier, keep_holds, release_dossier
from flows.intake import RefusedFile, take_in_file
from flows.person_data import ErasureRequest, Standing, erase_person, list_person, subject_of
from flows.refused import Refused, note_refused, refused_of
from flows.settings import Settings
from flows.wiring import Workshop, open_quarantine
from storage.clock import VIETNAM
from storage.codec import encode
from storage.deposits import SqlDeposits
from storage.judgements import KeptPaper
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.package import put_package
from storage.people import Person, Trace
from tests.memory_machine import memory_machine

NUMBER, OTHER = "001190005678", "040090001234"
NAME, OTHER_NAME = "Trần Thị Mẫu", "Lê Văn Mẫu"
PRINT = PagePrint("a" * 64, 5, (1, 2), "numbers", ("person",))
REQUEST = ErasureRequest(NUMBER, "Đơn số 12/MẪU ngày 2026-11-20")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=VIETNAM)
LATER = NOW + timedelta(days=2)


@dataclass
class Desk:
    """A machine over an archive in memory."""

    root: Path
    workshop: Workshop
    archive: MemoryArchive

    def leave(self, code: str, *people: Person) -> StoredObject:
        """What a dossier that was judged leaves behind."""
        picture = self.workshop.spool.put(f"picture of {code}".encode(), "image/jpeg")
        sealed = self.workshop.spool.put(f"sealed {code}".encode(), "application/pdf")
        self.workshop.checkpoints.save("page", code, encode({"text": NAME}))
        self.workshop.checkpoints.save("sealed", code, encode(sealed))
        steps = (("page", code), ("sealed", code))
        trace = Trace(code, (picture.sha256,), steps, (f"{NAME}.jpg",))
        self.workshop.people.note(code, people, trace)
        order = DigitisationOrder(code, "1.001193", (), date(2026, 11, 16), "officer")
        self.workshop.waits.note(RegisterWait(order, (), (), "2026-11-16T08:00:00+07:00"))
        self.workshop.judgements.judged(code, "{}")
        return picture

    def archived(self, code: str, *people: Person) -> ArchivePackage:
        """The same, and its package."""
        picture = self.leave(code, *people)
        data = self.workshop.spool.get(picture)
        file = PackageFile("originals/1.jpg", "original", picture.sha256, len(data), "image/jpeg")
        package = put_package(
            self.archive, self.workshop.index, code, f"dossiers/{code}/a", [(file, data)], {}, "{}"
        )
        name = self.workshop.keys.person(NUMBER)
        self.workshop.judgements.keep_papers(code, [KeptPaper(name, "giay_khai_sinh", code)])
        self.workshop.judgements.keep_pages(code, self.workshop.keys, [PRINT])
        return package

    def actions(self) -> list[str]:
        entries = cast(SqlLedger, self.workshop.ledger).entries(100)
        return [entry.action for entry in reversed(entries)]

    def raw(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.root.rglob("*") if path.is_file())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(state=tmp_path, officer="Cán bộ (MẪU)")
    archive = MemoryArchive(1, lambda: NOW)
    with memory_machine(settings, archive, lambda: NOW) as workshop:
        yield Desk(tmp_path, workshop, archive)


def test_everything_kept_about_a_person_is_listed_and_the_ledger_says_so(desk: Desk) -> None:
    desk.archived("MẪU-1", Person(NUMBER, NAME), Person(OTHER, OTHER_NAME))
    desk.leave("MẪU-2", Person(NUMBER, NAME))
    desk.leave("MẪU-3", Person(OTHER, OTHER_NAME))
    first, second = list_person(desk.workshop, "0011 9000 5678")
    assert (first.code, first.objects, first.kinds, first.others) == ("MẪU-1", 2, ("giay_khai_sinh",), 1)
    assert first.retain_until is not None
    assert first.names == (NAME,)
    assert (second.code, second.prefixes, second.blobs, second.files) == ("MẪU-2", (), 1, (f"{NAME}.jpg",))
    assert list_person(desk.workshop, "012345678901") == ()
    (entry, _) = reversed(cast(SqlLedger, desk.workshop.ledger).entries())
    assert (entry.action, entry.subject) == ("person-listed", subject_of(desk.workshop, NUMBER))
    assert NUMBER not in entry.subject


def test_what_never_got_into_the_archive_is_erased_whole(desk: Desk) -> None:
    mine = desk.leave("MẪU-2", Person(NUMBER, NAME))
    theirs = desk.leave("MẪU-3", Person(OTHER, OTHER_NAME))
    done = erase_person(desk.workshop, None, REQUEST, NOW)
    assert (done.erased, done.stays, done.blobs) == (("MẪU-2",), (), 4)
    assert list_person(desk.workshop, NUMBER) == ()
    assert desk.workshop.waits.find("MẪU-2") is None
    assert desk.workshop.checkpoints.load("page", "MẪU-2") is None
    with pytest.raises(StorageError):
        desk.workshop.spool.get(mine)
    assert desk.workshop.spool.get(theirs)
    assert desk.workshop.checkpoints.load("page", "MẪU-3") is not None
    assert desk.workshop.keys.person(NUMBER).encode() not in desk.raw()
    assert desk.actions()[:2] == ["person-erasure-ordered", "person-erased"]
    entry = cast(SqlLedger, desk.workshop.ledger).entries()[1]
    assert (json.loads(entry.detail)["erased"], entry.subject) == (
        ["MẪU-2"],
        subject_of(desk.workshop, NUMBER),
    )
    assert erase_person(desk.workshop, None, REQUEST, NOW).erased == (), "a second time finds nothing"


def test_what_another_dossier_needs_stays(desk: Desk) -> None:
    mine = desk.leave("MẪU-2", Person(NUMBER, NAME))
    shared = Trace("MẪU-4", (mine.sha256,), (("page", "MẪU-2"),), ())
    desk.workshop.people.note("MẪU-4", [Person(OTHER, OTHER_NAME)], shared)
    erase_person(desk.workshop, None, REQUEST, NOW)
    assert desk.workshop.spool.get(mine)
    assert desk.workshop.checkpoints.load("page", "MẪU-2") is not None


def test_retention_stands_with_its_day_and_citation(desk: Desk) -> None:
    package = desk.archived("MẪU-1", Person(NUMBER, NAME))
    done = erase_person(desk.workshop, desk.archive, REQUEST, NOW)
    (stays,) = done.stays
    assert (done.erased, stays.why, stays.until) == ((), Standing.RETENTION, NOW + timedelta(days=1))
    assert "33/2024/QH15" in stays.basis
    assert desk.workshop.index.package("MẪU-1") == package
    assert desk.archive.list("dossiers/MẪU-1/")
    assert desk.workshop.checkpoints.load("page", "MẪU-1") is not None
    assert desk.actions() == ["person-erasure-ordered", "person-erasure-refused"]


def test_after_its_retention_a_package_is_erased_by_who_may(desk: Desk) -> None:
    desk.archived("MẪU-1", Person(NUMBER, NAME))
    nobody = erase_person(desk.workshop, None, REQUEST, LATER)
    assert [stays.why for stays in nobody.stays] == [Standing.NO_ERASER]
    desk.archive._clock = lambda: LATER
    done = erase_person(desk.workshop, desk.archive, REQUEST, LATER)
    assert (done.erased, done.objects, done.stays) == (("MẪU-1",), 2, ())
    assert desk.archive.list("dossiers/") == ()
    assert desk.workshop.index.package("MẪU-1") is None
    assert desk.workshop.judgements.papers_of([desk.workshop.keys.person(NUMBER)]) == ()
    assert desk.workshop.judgements.pages_like("", desk.workshop.keys, [PRINT]) == ()


def test_the_stores_word_counts_more_than_the_index(desk: Desk) -> None:
    desk.archived("MẪU-1", Person(NUMBER, NAME))
    desk.leave("MẪU-2", Person(NUMBER, NAME))
    done = erase_person(desk.workshop, desk.archive, REQUEST, LATER)
    assert done.erased == ("MẪU-2",)
    assert [(stays.dossier, stays.why) for stays in done.stays] == [("MẪU-1", Standing.RETENTION)]
    assert desk.archive.list("dossiers/MẪU-1/")


def test_other_peoples_archived_data_is_not_erased_with_ones_own(desk: Desk) -> None:
    desk.archived("MẪU-1", Person(NUMBER, NAME), Person(OTHER, OTHER_NAME))
    done = erase_person(desk.workshop, desk.archive, REQUEST, LATER)
    assert [stays.why for stays in done.stays] == [Standing.OTHERS]


def test_a_hold_stands_beyond_the_retention_until_it_is_released(desk: Desk) -> None:
    package = desk.archived("MẪU-1", Person(NUMBER, NAME))
    desk.archive._clock = lambda: LATER
    held = hold_dossier(desk.workshop, "MẪU-1", "Công văn 5/TAND-MẪU ngày 2026-11-20")
    assert held.objects == len(package.objects) == 2
    assert all(desk.archive.is_held(kept.key, kept.version_id) for kept in package.objects)
    done = erase_person(desk.workshop, desk.archive, REQUEST, LATER)
    assert [stays.why for stays in done.stays] == [Standing.HOLD]
    with pytest.raises(RetentionStands):
        desk.archive.erase(package.prefix)
    (hold,) = desk.workshop.holds.standing()
    assert hold.reason.startswith("Công văn 5")
    release_dossier(desk.workshop, "MẪU-1", "Công văn 9/TAND-MẪU ngày 2026-11-21")
    assert erase_person(desk.workshop, desk.archive, REQUEST, LATER).erased == ("MẪU-1",)
    assert desk.actions()[:2] == ["hold-ordered", "held"]
    assert {"release-ordered", "released"} <= set(desk.actions())


@pytest.mark.parametrize("is_stopped", [True, False])
def test_a_release_ends_for_good_whoever_looks_after_holds_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, is_stopped: bool
) -> None:
    package = desk.archived("MẪU-1", Person(NUMBER, NAME))
    hold_dossier(desk.workshop, "MẪU-1", "Công văn 5/TAND-MẪU")
    release, calls = desk.archive.release, []

    def interrupted(key: str, version: str) -> None:
        keep_holds(desk.workshop)  # the hourly look, half-way
        calls.append(key)
        if is_stopped and len(calls) == 2:
            raise StorageError("store", "does not answer")
        release(key, version)

    with monkeypatch.context() as patched:
        patched.setattr(desk.archive, "release", interrupted)
        if is_stopped:
            with pytest.raises(StorageError):
                release_dossier(desk.workshop, "MẪU-1", "Công văn 9/TAND-MẪU")
        else:
            release_dossier(desk.workshop, "MẪU-1", "Công văn 9/TAND-MẪU")
    if is_stopped:
        assert release_dossier(desk.workshop, "MẪU-1", "Công văn 9/TAND-MẪU").objects == 1
    keep_holds(desk.workshop)
    assert not any(desk.archive.is_held(kept.key, kept.version_id) for kept in package.objects)
    with pytest.raises(NotInArchive):
        release_dossier(desk.workshop, "MẪU-1", "Công văn 9/TAND-MẪU")


def test_a_package_that_comes_later_is_held_too(desk: Desk) -> None:
    desk.archived("MẪU-1", Person(NUMBER, NAME))
    hold_dossier(desk.workshop, "MẪU-1", "Công văn 5")
    data = b"raised"
    file = PackageFile("pdf/1.pdf", "rendition", hashlib.sha256(data).hexdigest(), 6, "a/b")
    later = put_package(
        desk.archive, desk.workshop.index, "MẪU-1", "dossiers/MẪU-1/b", [(file, data)], {}, "{}"
    )
    assert hold_again(desk.workshop, "MẪU-1") == 2
    assert all(desk.archive.is_held(kept.key, kept.version_id) for kept in later.objects)
    assert keep_holds(desk.workshop) == 0
    desk.archive.release(later.objects[0].key, later.objects[0].version_id)
    assert keep_holds(desk.workshop) == 1, "a hold that the store lost is put back, and told"
    assert desk.actions().count("held-again") == 2


def test_orders_that_cannot_be_are_refused_in_one_line(desk: Desk) -> None:
    desk.archived("MẪU-1", Person(NUMBER, NAME))
    for attempt in (
        lambda: hold_dossier(desk.workshop, "MẪU-1", " "),
        lambda: erase_person(desk.workshop, None, ErasureRequest(NUMBER, "")),
        lambda: list_person(desk.workshop, "12345"),
        lambda: list_person(desk.workshop, NAME),
    ):
        with pytest.raises(SohoaError):
            attempt()
    with pytest.raises(NotInArchive):
        hold_dossier(desk.workshop, "MẪU-9", "Công văn 5")
    with pytest.raises(NotInArchive):
        release_dossier(desk.workshop, "MẪU-1", "Công văn 5")
    assert desk.workshop.holds.standing() == ()
    assert desk.actions() == []


def test_the_verdict_that_another_system_may_fetch_goes_too(desk: Desk) -> None:
    deposits = SqlDeposits(desk.workshop.settings.database, desk.workshop.keys)
    for code, number in (("MẪU-6", NUMBER), ("MẪU-7", OTHER)):
        deposits.open("mot-cua", DepositOrder(code, "1.001193", "", date(2026, 11, 16)), "", "x")
        desk.leave(code, Person(number, NAME))
        deposits.keep_report(code, json.dumps({"identities": [{"personal_number": number}]}))
    erase_person(desk.workshop, None, REQUEST, NOW)
    with pytest.raises(DepositNotFound):
        deposits.report("MẪU-6")
    assert OTHER in (deposits.report("MẪU-7") or "")
    deposits.close()


def test_what_could_not_be_read_of_a_dossier_goes_with_it(desk: Desk, tmp_path: Path) -> None:
    workshop = desk.workshop
    aside = open_quarantine(workshop.settings, workshop.keys)
    for code, people in (("MẪU-4", Person(NUMBER, NAME)), ("MẪU-5", Person(OTHER, OTHER_NAME))):
        files = []
        for name, data in (
            ("hong.jpg", f"\xff\xd8\xff damaged, of {code}"),
            ("chung.jpg", "\xff\xd8\xff of both"),
        ):
            path = tmp_path / code / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data.encode("latin-1", "replace"))
            refused = take_in_file(workshop, path)
            assert isinstance(refused, RefusedFile)
            files.append(refused)
        note_refused(workshop, code, files, ())
        note_refused(workshop, code, files, ())
        refused_here = refused_of(workshop, code)
        assert (len(refused_here.kept), len(refused_here.quarantined)) == (2, 2), "a second run adds nothing"
        blobs = tuple(kept.sha256 for kept in refused_here.kept)
        workshop.people.note(code, [people], Trace(code, blobs, (), ()))
    mine, both = refused_of(workshop, "MẪU-4").kept
    erase_person(workshop, None, REQUEST, NOW)
    with pytest.raises(StorageError):
        workshop.spool.get(mine)
    assert workshop.spool.get(both), "another dossier has the same file"
    left = {each.sha256 for each in aside.entries()}
    assert mine.sha256 not in left
    assert {kept.sha256 for kept in refused_of(workshop, "MẪU-5").kept} == left
    assert refused_of(workshop, "MẪU-4") == Refused()
