"""Dossiers whose retention has ended go as decided; what is safe in the archive is tidied away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from dossier.batch import BatchPlan, Expectation, PlacedSide, SideRole
from dossier.batch_record import Batch, BatchOrder, FiledDossier
from dossier.errors import DisposalRefused, StoreUnreachable
from dossier.scanning import PROFILES
from dossier.waiting import RegisterWait
from flows.disposal import dispose, draw_list, read_list, write_list
from flows.holding import hold_dossier
from flows.pruning import prune
from flows.wiring import open_batches
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.people import Trace
from storage.second_copy import FolderCopy
from tests.archive_house import DECISION, LATER, NOW, NUMBER, House, archive_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with archive_house(tmp_path) as made:
        yield made


def test_only_what_nothing_keeps_is_listed(house: House) -> None:
    for code in ("MẪU-1", "MẪU-2", "MẪU-3"):
        house.archived(code)
    assert draw_list(house.workshop, NOW).dossiers == (), "retention stands"
    house.now = LATER
    house.archived("MẪU-4")
    hold_dossier(house.workshop, "MẪU-2", "Công văn 5/TAND-MẪU")
    house.workshop.waits.note(RegisterWait(house.order("MẪU-3"), (), (), NOW.isoformat()))
    drawn = draw_list(house.workshop, LATER)
    assert [each.code for each in drawn.dossiers] == ["MẪU-1"]
    assert read_list(write_list(drawn)) == drawn
    assert NUMBER not in write_list(drawn)
    for changed in (write_list(drawn).replace("MẪU-1", "MẪU-2"), "{}", "no list"):
        with pytest.raises(DisposalRefused):
            read_list(changed)


def test_what_was_decided_on_goes_everywhere_and_the_ledger_keeps_the_record(house: House) -> None:
    package = house.archived("MẪU-1")
    house.archived("MẪU-9")
    house.now = LATER
    drawn = draw_list(house.workshop, LATER)
    with pytest.raises(DisposalRefused):
        dispose(house.workshop, house.archive, drawn, " ", LATER)
    with pytest.raises(DisposalRefused):
        dispose(house.workshop, None, drawn, DECISION, LATER)
    done = dispose(house.workshop, house.archive, drawn, DECISION, LATER)
    assert (done.disposed, done.stays, done.objects, done.blobs) == (("MẪU-1", "MẪU-9"), (), 4, 4)
    assert house.archive.list("dossiers/") == ()
    assert house.workshop.index.dossiers() == ()
    assert list(FolderCopy(house.copy).versions("dossiers/")) == []
    assert house.workshop.people.dossiers_of(NUMBER) == ()
    assert house.actions() == ["disposal-ordered", "disposed", "disposed", "disposal-ended"]
    (entry,) = cast(SqlLedger, house.workshop.ledger).entries(subject="MẪU-1")
    record = json.loads(entry.detail)
    assert record["decision"] == DECISION
    assert record["list_sha256"] == drawn.sha256
    assert record["packages"][0]["manifest_sha256"] == package.manifest_sha256
    again = dispose(house.workshop, house.archive, drawn, DECISION, LATER)
    assert again.disposed == ()
    assert dict(again.stays) == {"MẪU-1": "unknown", "MẪU-9": "unknown"}


def test_what_is_no_longer_as_decided_stays(house: House) -> None:
    for code in ("MẪU-1", "MẪU-2", "MẪU-3", "MẪU-4"):
        house.archived(code)
    house.now = LATER
    drawn = draw_list(house.workshop, LATER)
    hold_dossier(house.workshop, "MẪU-1", "Công văn 5/TAND-MẪU")
    house.archived("MẪU-2", "b")
    house.workshop.waits.note(RegisterWait(house.order("MẪU-3"), (), (), NOW.isoformat()))
    done = dispose(house.workshop, house.archive, drawn, DECISION, LATER)
    assert done.disposed == ("MẪU-4",)
    assert dict(done.stays) == {"MẪU-1": "hold", "MẪU-2": "changed", "MẪU-3": "waits"}
    assert len(house.archive.list("dossiers/")) == 8


def test_the_stores_own_word_on_locks_counts_more(house: House) -> None:
    house.archived("MẪU-1")
    drawn = draw_list(house.workshop, LATER)
    done = dispose(house.workshop, house.archive, drawn, DECISION, LATER)
    assert dict(done.stays) == {"MẪU-1": "retention"}, "by the store's clock it is still locked"
    assert house.archive.list("dossiers/MẪU-1/")


def test_a_disposal_that_was_stopped_is_finished_by_the_same_list(house: House) -> None:
    package = house.archived("MẪU-1")
    house.now = LATER
    drawn = draw_list(house.workshop, LATER)
    house.archive.erase(package.prefix)
    done = dispose(house.workshop, house.archive, drawn, DECISION, LATER)
    assert (done.disposed, done.objects) == (("MẪU-1",), 0)
    assert house.workshop.index.package("MẪU-1") is None


def test_scans_of_archived_dossiers_are_tidied_away_once_the_store_proves_them(house: House) -> None:
    house.archived("MẪU-1")
    lost = house.archived("MẪU-2")
    house.archived("MẪU-3")
    house.workshop.waits.note(RegisterWait(house.order("MẪU-3"), (), (), NOW.isoformat()))
    waiting = house.workshop.spool.put(b"a scan of a dossier that is not judged yet", "image/jpeg")
    house.now = LATER
    house.archived("MẪU-4")
    house.archive.erase(lost.prefix)
    told = prune(house.workshop, LATER, 30, only_tell=True)
    assert (told.dossiers, told.files, told.kept) == (1, 2, ("MẪU-2",))
    assert len(list(house.workshop.spool.names())) == 5  # type: ignore[attr-defined]
    done = prune(house.workshop, LATER, 30)
    assert (done.dossiers, done.files, done.kept) == (1, 2, ("MẪU-2",))
    left = set(house.workshop.spool.names())  # type: ignore[attr-defined]
    gone = hashlib.sha256("picture of MẪU-1 ".encode()).hexdigest()
    assert len(left) == 4
    assert gone not in left
    assert waiting.sha256 in left
    assert house.workshop.people.dossiers_of(NUMBER) == ("MẪU-1", "MẪU-2", "MẪU-3", "MẪU-4")
    assert house.actions() == ["pruned"]
    assert prune(house.workshop, LATER, 30).dossiers == 0, "a second time finds nothing"


def test_nothing_is_tidied_away_while_the_store_does_not_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.archived("MẪU-1")

    class Gone(MemoryArchive):
        def describe(self, key: str, version_id: str = "") -> None:  # type: ignore[override]
            raise StoreUnreachable("store", "does not answer")

    monkeypatch.setattr(house.workshop, "archive", Gone())
    with pytest.raises(StoreUnreachable):
        prune(house.workshop, LATER, 30)
    assert len(list(house.workshop.spool.names())) == 1  # type: ignore[attr-defined]


def test_what_another_dossier_needs_is_not_tidied_away(house: House) -> None:
    house.archived("MẪU-1")
    shared = hashlib.sha256("picture of MẪU-1 ".encode()).hexdigest()
    house.workshop.people.note("MẪU-5", [], Trace("MẪU-5", (shared,), (("page", "MẪU-1"),), ()))
    done = prune(house.workshop, LATER, 30)
    assert (done.dossiers, done.files) == (1, 0)
    assert shared in set(house.workshop.spool.names())  # type: ignore[attr-defined]


def fed(house: House, *, is_open: bool = False, **dossiers: tuple[int, ...]) -> str:
    """A batch of these sides, filed as they lie there, and one that was set aside."""
    batches = open_batches(house.workshop.settings, house.workshop.keys)
    last = max(number for numbers in dossiers.values() for number in numbers) + 1
    whose = {number: code for code, numbers in dossiers.items() for number in numbers}
    sides = tuple(
        PlacedSide(n, SideRole.PAPER if n in whose else SideRole.ASIDE, whose.get(n, ""), not is_open)
        for n in range(1, last + 1)
    )
    filed = tuple(FiledDossier(code, numbers, "archived") for code, numbers in dossiers.items())
    known = len(batches.ids())
    batch = Batch(
        f"M261122-09000{known}-AAAA",
        NOW.isoformat(),
        BatchOrder("", PROFILES[0], Expectation()),
        plan=BatchPlan(sides, (), (), 0),
        filed=filed,
    )
    batches.save(batch)
    for number in range(1, last + 1):
        batches.keep(batch.id, number, b"side %d" % number, "image/jpeg")
    return batch.id


def test_a_batch_is_tidied_away_when_all_its_dossiers_are_in_the_archive(house: House) -> None:
    batches = open_batches(house.workshop.settings, house.workshop.keys)
    house.archived("A1")
    whole = fed(house, A1=(1, 2))
    half = fed(house, A1=(3,), A2=(4, 5))
    asked = fed(house, is_open=True, A1=(1,))
    changed = fed(house, A1=(1, 2))
    batch = batches.load(changed)
    batches.save(replace(batch, filed=(replace(batch.filed[0], sides=(1,)),)))
    house.now = LATER
    told = prune(house.workshop, LATER, 30, only_tell=True)
    assert (told.dossiers, told.files) == (1, 2 + 4)
    assert batches.ids() == (whole, half, asked, changed)
    assert prune(house.workshop, LATER, 30).files == 2 + 4
    assert batches.ids() == (half, asked, changed)
    # A dossier that an earlier run has tidied away is as safe as one of this run.
    house.archived("A2")
    prune(house.workshop, LATER + timedelta(days=31), 30)
    assert batches.ids() == (asked, changed)


def test_what_a_batch_holds_of_a_dossier_goes_with_it(house: House) -> None:
    batches = open_batches(house.workshop.settings, house.workshop.keys)
    house.archived("A1")
    alone, shared = fed(house, A1=(1, 2)), fed(house, A1=(1, 2), A2=(3,))
    house.now = LATER
    done = dispose(house.workshop, house.archive, draw_list(house.workshop, LATER), DECISION, LATER)
    assert done.disposed == ("A1",)
    assert batches.ids() == (shared,)
    assert list(batches.sides(shared)) == [3, 4], "another dossier's side stays"
    assert alone not in batches.ids()


def dropped(house: House, code: str, *, is_accepted: bool = True) -> Path:
    """What the hot folder keeps of a dossier."""
    batch = house.workshop.settings.drop_folder / "taken" / "1.001193" / code / "0001"
    batch.mkdir(parents=True)
    (batch / "1.jpg").write_bytes(b"a scan")
    if is_accepted:
        (batch / ".accepted").touch()
    return batch


def test_what_the_hot_folder_keeps_goes_when_its_dossier_is_in_the_archive(house: House) -> None:
    house.archived("A1")
    house.archived("A3")
    archived, unknown = dropped(house, "A1"), dropped(house, "A2")
    owed = dropped(house, "A3", is_accepted=False)
    house.now = LATER
    told = prune(house.workshop, LATER, 30, only_tell=True)
    assert told.files == 2 + 2 + 1
    assert archived.exists()
    assert prune(house.workshop, LATER, 30).files == told.files
    assert not archived.parent.exists(), "the dossier's folder goes too"
    assert (unknown / "1.jpg").exists()
    assert (owed / "1.jpg").exists()
    # A person who is erased, and what is disposed of, leaves nothing there either; whatever it waited for.
    (owed / ".accepted").touch()
    dispose(house.workshop, house.archive, draw_list(house.workshop, LATER), DECISION, LATER)
    assert not owed.exists()
    assert (unknown / "1.jpg").exists()
