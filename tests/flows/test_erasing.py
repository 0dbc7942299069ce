"""An erasure reaches everything, also what is stopped in its middle, and takes nothing that others need."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import pytest

from dossier.arrival import ArrivalOrder, ArrivalRecord
from dossier.batch import BatchPlan, BatchQuestion, Doubt, Expectation, PlacedSide, SideRole
from dossier.batch_record import Batch, BatchOrder
from dossier.clients import DepositFile, DepositOrder
from dossier.errors import StorageError, StoreUnreachable
from dossier.scanning import PROFILES
from dossier.work import JobKind, Lane, NewJob, QueuedOrder
from flows.disposal import dispose, draw_list
from flows.person_data import ErasureRequest, Standing, erase_person, list_person
from flows.pruning import prune
from flows.wiring import open_arrivals, open_batches
from storage.codec import encode
from storage.deposits import SqlDeposits
from storage.leases import SqlLeases
from tests.archive_house import DECISION, LATER, NAME, NOW, NUMBER, House, archive_house

REQUEST = ErasureRequest(NUMBER, "Đơn số 12/MẪU ngày 2026-11-20")
BATCH = "M261122-090000-AAAA"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with archive_house(tmp_path) as made:
        yield made


class Stopped:
    """The database is away at this very call."""

    def __call__(self, _codes: Collection[str]) -> None:
        raise StorageError("database", "database is locked")


STEPS = ["desk", "reviews", "typed", "index"]


@pytest.mark.parametrize("step", STEPS)
def test_a_disposal_that_was_stopped_is_ended_by_the_same_list(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    for code in ("MẪU-1", "MẪU-2"):
        house.archived(code)
    house.now = LATER
    drawn = draw_list(house.workshop, LATER)
    with monkeypatch.context() as stopped:
        stopped.setattr(getattr(house.workshop, step), "forget", Stopped())
        with pytest.raises(StorageError):
            dispose(house.workshop, house.archive, drawn, DECISION, LATER)
    again = dispose(house.workshop, house.archive, drawn, DECISION, LATER)
    assert (again.disposed, again.stays) == (("MẪU-1", "MẪU-2"), ())
    assert house.actions().count("disposed") == 2
    assert house.workshop.people.dossiers_of(NUMBER) == ()
    assert (house.workshop.desk.codes(), house.workshop.index.dossiers(), house.copied()) == ((), (), [])


@pytest.mark.parametrize("step", STEPS)
def test_an_erasure_that_was_stopped_is_ended_by_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    house.archived("MẪU-1")
    house.left("MẪU-2")
    house.now = LATER
    with monkeypatch.context() as stopped:
        stopped.setattr(getattr(house.workshop, step), "forget", Stopped())
        with pytest.raises(StorageError):
            erase_person(house.workshop, house.archive, REQUEST, LATER)
    again = erase_person(house.workshop, house.archive, REQUEST, LATER)
    assert (again.erased, again.stays) == (("MẪU-1", "MẪU-2"), ())
    assert list_person(house.workshop, NUMBER) == ()
    assert (house.workshop.desk.codes(), house.workshop.index.dossiers(), house.copied()) == ((), (), [])


def test_the_second_copy_forgets_too_and_one_that_is_away_is_told(house: House) -> None:
    house.archived("MẪU-1")
    house.now = LATER
    away = house.copy.with_name("in the safe")
    house.copy.rename(away)
    with pytest.raises(StoreUnreachable):
        erase_person(house.workshop, house.archive, REQUEST, LATER)
    assert [each.code for each in list_person(house.workshop, NUMBER)] == ["MẪU-1"]
    away.rename(house.copy)
    assert house.copied() == ["1.jpg"]
    assert erase_person(house.workshop, house.archive, REQUEST, LATER).erased == ("MẪU-1",)
    assert house.copied() == []


def test_what_is_under_way_is_told_and_stays_until_it_has_ended(house: House) -> None:
    picture = house.left("MẪU-2")
    leases = SqlLeases(house.workshop.settings.database, house.workshop.keys)
    queued = QueuedOrder(house.order("MẪU-2"), ())
    job = NewJob(JobKind.DIGITISE, "MẪU-2", Lane.COUNTER, queued.fingerprint, encode(queued))
    leases.enter(job, "here.1")
    done = erase_person(house.workshop, None, REQUEST, NOW)
    assert (done.erased, [(each.dossier, each.why) for each in done.stays]) == (
        (),
        [("MẪU-2", Standing.UNDER_WAY)],
    )
    assert house.workshop.spool.get(picture)
    leases.close()


def test_a_dossier_under_way_is_not_disposed_of(house: House) -> None:
    house.archived("MẪU-1")
    house.now = LATER
    leases = SqlLeases(house.workshop.settings.database, house.workshop.keys)
    queued = QueuedOrder(house.order("MẪU-1"), ())
    leases.enter(NewJob(JobKind.DIGITISE, "MẪU-1", Lane.BACKLOG, "same", encode(queued)), "here.1")
    assert draw_list(house.workshop, LATER).dossiers == ()
    leases.close()


def test_what_was_dropped_at_the_counter_goes_too(house: House) -> None:
    house.left("MẪU-2")
    arrivals = open_arrivals(house.workshop.settings, house.workshop.keys)
    for arrival, code in (("A261122-090000-AAAA", "MẪU-2"), ("A261122-090000-BBBB", "MẪU-3")):
        order = ArrivalOrder(code, "1.001193", (), date(2026, 11, 22), "lan", "officer", "")
        arrivals.save(ArrivalRecord(arrival, order, "", "", (f"{NAME}.jpg",), NOW))
        arrivals.keep(arrival, 1, b"picture")
    erase_person(house.workshop, None, REQUEST, NOW)
    assert [each.order.dossier for each in arrivals.records()] == ["MẪU-3"]


def test_sides_that_wait_for_an_answer_are_nobodys_to_erase(house: House) -> None:
    house.left("MẪU-2")
    asked = tuple(PlacedSide(number, SideRole.PAPER, "", is_settled=False) for number in (1, 2))
    mine = (PlacedSide(3, SideRole.PAPER, "MẪU-2", is_settled=True),)
    question = BatchQuestion(Doubt.NO_SHEET_ABOVE, "", (1, 2))
    batches = open_batches(house.workshop.settings, house.workshop.keys)
    order = BatchOrder("", PROFILES[0], Expectation())
    batches.save(Batch(BATCH, NOW.isoformat(), order, plan=BatchPlan((*asked, *mine), (question,), (), 0)))
    for number in (1, 2, 3):
        batches.keep(BATCH, number, b"side %d" % number, "image/jpeg")
    erase_person(house.workshop, None, REQUEST, NOW)
    assert sorted(batches.sides(BATCH)) == [1, 2]


@pytest.mark.parametrize("tidied", [prune, erase_person])
def test_a_file_that_another_system_uploaded_and_did_not_begin_stays(house: House, tidied: object) -> None:
    house.archived("MẪU-1")
    kept = house.workshop.spool.put("picture of MẪU-1 ".encode(), "image/jpeg")
    deposits = SqlDeposits(house.workshop.settings.database, house.workshop.keys)
    deposits.open("mot-cua", DepositOrder("MẪU-9", "1.001193", "", date(2026, 11, 22)), "", "x")
    deposits.add_file("MẪU-9", DepositFile(0, kept.sha256, kept.size_bytes, "image/jpeg", ".jpg"), 500)
    house.now = LATER
    if tidied is prune:
        assert prune(house.workshop, LATER, 30).dossiers == 1
    else:
        assert erase_person(house.workshop, house.archive, REQUEST, LATER).erased == ("MẪU-1",)
    assert house.workshop.spool.get(kept)
    deposits.close()


def test_files_that_another_system_handed_in_go_with_their_dossier(house: House) -> None:
    house.left("MẪU-2")
    kept = house.workshop.spool.put(b"one more, never begun", "image/jpeg")
    deposits = SqlDeposits(house.workshop.settings.database, house.workshop.keys)
    deposits.open("mot-cua", DepositOrder("MẪU-2", "1.001193", "", date(2026, 11, 22)), "", "x")
    deposits.add_file("MẪU-2", DepositFile(0, kept.sha256, kept.size_bytes, "image/jpeg", ".jpg"), 500)
    erase_person(house.workshop, None, REQUEST, NOW)
    with pytest.raises(StorageError):
        house.workshop.spool.get(kept)
    deposits.close()
