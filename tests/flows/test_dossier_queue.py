"""Dossiers in the queue: handed in twice, without a store, over restarts."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event

import pytest

from console.client import path_of, sent_path
from dossier.archive import ArchivedObject, ArchivePackage, DigitisationOrder, DossierReport, FileNotTaken
from dossier.desk import DeskState
from dossier.errors import (
    BeingSealed,
    CodeTaken,
    DiskFull,
    PrefectAway,
    ServiceBusy,
    StoreUnreachable,
)
from dossier.finding import Rule
from dossier.review import ReviewState, SealOrder
from dossier.work import QueuedOrder
from flows.dossier_queue import DossierFlows, DossierQueue, _sealing
from flows.pruning import prune
from flows.queued_order import joined_orders, kept_order, needed_blobs
from flows.queueing import QueuePlan
from flows.review_sealing import finish_here
from flows.waiting import WaitingDossier, what_waits
from storage.codec import decode, encode
from storage.leases import SqlLeases
from storage.memory import MemoryArchive
from tests.api_house import BIRTH, BORN, FORM, RESIDENCE, Digitiser, picture
from tests.drafts import workshop_in

PATIENCE = 300


class LeavingArchive(MemoryArchive):
    """An archive that may be away."""

    is_away = False

    def probe(self) -> None:
        if self.is_away:
            raise StoreUnreachable("store", "no answer")

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        self.probe()
        return super().put(key, data, media_type, retention_days)


@dataclass
class House:
    """One resident process without Prefect and reading processes, ended and begun again as a test likes."""

    folder: Path
    archive: LeavingArchive
    carries: bool = True

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.workshop = replace(workshop_in(self.folder), archive=self.archive, lock=self.archive)
        self.digitiser = Digitiser(self.workshop)
        leases = SqlLeases(self.workshop.settings.database, self.workshop.keys)
        flows = DossierFlows(self.digitise, self.seal, lambda: self.carries)
        plan = QueuePlan(f"here.{time.monotonic_ns()}", look_seconds=0.05)
        self.queue = DossierQueue(self.workshop, leases, flows, plan)
        self.queue.recover()
        self.queue.start()

    def digitise(self, reference: str) -> DossierReport:
        if not self.carries:
            raise PrefectAway("Prefect", "PrefectHTTPStatusError: Server error '500 Internal Server Error'")
        queued = self.workshop.orders.order(reference)
        self.digitiser.orders.append(queued.order)
        self.digitiser.gate.wait(PATIENCE)
        if self.digitiser.troubles:
            raise self.digitiser.troubles.pop(0)
        return self.digitiser._report(queued.order, queued.sources)

    def seal(self, reference: str) -> ArchivePackage:
        return finish_here(self.workshop, self.workshop.finishing.order(reference))

    def end(self) -> None:
        self.digitiser.gate.set()
        self.queue.stop()
        self.queue.leases.close()
        self.digitiser.workers.shutdown()

    def one_more(self, order: DigitisationOrder, text: Sequence[str] = RESIDENCE) -> DigitisationOrder:
        """One more paper of a dossier, in a file that is called as its first one is."""
        file = self.folder / "scans" / "later" / order.dossier / Path(order.sources[0]).name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture(90))
        self.digitiser.texts[_sha256(file)] = text
        return replace(order, sources=(str(file),))

    def waiting(self) -> tuple[WaitingDossier, ...]:
        return what_waits(self.workshop, self.queue.leases)

    def papers(self, code: str) -> list[str]:
        """Kinds of the papers of a draft."""
        return [paper.document.kind.code for paper in self.queue.reviews.open(code).papers]

    def order(self, code: str, *, hold: bool = False) -> DigitisationOrder:
        scans = []
        for number, text in enumerate((FORM, BORN)):
            file = self.folder / "scans" / code / f"{number}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                file.write_bytes(picture(number + 2 * int(code[-1])))
            self.digitiser.texts[_sha256(file)] = text
            scans.append(str(file))
        day = date(2026, 11, 20)
        return DigitisationOrder(code, BIRTH, tuple(scans), day, "Cán bộ (MẪU)", hold=hold)

    def state(self, code: str) -> DeskState:
        return self.workshop.desk.entry(code).state

    def archived(self) -> list[str]:
        """Codes of dossiers by the ledger, in the order in which they were archived."""
        entries = self.workshop.ledger.entries(1000, action="archived")  # type: ignore[attr-defined]
        return [entry.subject for entry in reversed(entries)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, LeavingArchive())
    yield made
    made.end()


def test_while_prefect_fails_a_dossier_waits_and_goes_on_by_itself(house: House) -> None:
    house.carries = False
    run = house.queue.submit(house.order("CARRY-1"))
    until(lambda: len(house.queue.leases.waiting()) == 1)
    assert [each.awaits for each in what_waits(house.workshop, house.queue.leases)] == ["prefect"]
    assert house.state("CARRY-1") is DeskState.WAITING
    house.carries = True
    assert run.future.result(PATIENCE).package is not None
    assert house.archived() == ["CARRY-1"]


def test_strangers_papers_are_not_taken_under_a_code_in_use(house: House) -> None:
    run = house.queue.submit(house.order("TAKEN-1"))
    assert run.future.result(PATIENCE).package is not None
    with pytest.raises(CodeTaken):
        house.queue.submit(replace(house.order("TAKEN-1"), procedure="2.000635"))
    entry = house.workshop.desk.entry("TAKEN-1")
    assert (entry.procedure, entry.state) == (BIRTH, DeskState.ARCHIVED)
    assert house.archived() == ["TAKEN-1"]


def test_without_a_store_dossiers_wait_over_a_restart_and_are_archived_in_order(house: House) -> None:
    house.archive.is_away = True
    codes = [f"WAIT-{number}" for number in range(4)]
    runs = []
    for code in codes:
        runs.append(house.queue.submit(house.order(code)))
        until(lambda: len(house.queue.leases.waiting()) == len(runs))
    assert [each.dossier for each in what_waits(house.workshop, house.queue.leases)] == codes
    assert isinstance(house.queue.trouble(runs[0]), StoreUnreachable)
    assert not runs[0].future.done()
    for code in codes:  # what was scanned is gone from where it lay
        for scan in (house.folder / "scans" / code).iterdir():
            scan.unlink()
    assert len(needed_blobs(house.queue.leases)) == 8
    texts = dict(house.digitiser.texts)
    house.end()
    house.begin()
    house.digitiser.texts.update(texts)
    assert [house.state(code) for code in codes] == [DeskState.WAITING] * 4, "nobody calls them failed"
    house.archive.is_away = False
    until(lambda: sorted(house.archived()) == codes)
    until(lambda: house.queue.leases.counts() == {})
    assert house.archived() == codes
    assert {house.state(code) for code in codes} == {DeskState.ARCHIVED}


def test_files_that_go_when_the_run_has_begun_are_in_the_dossier(house: House) -> None:
    """A scanned stack lies as files only until it is handed in; the run may have looked at them by then."""
    house.digitiser.gate.clear()
    run = house.queue.submit(house.order("GONE-1"))
    until(lambda: len(house.digitiser.orders) == 1)
    for scan in (house.folder / "scans" / "GONE-1").iterdir():
        scan.unlink()
    house.digitiser.gate.set()
    report = run.future.result(PATIENCE)
    assert report.package is not None
    assert [finding.rule for finding in report.findings if finding.rule is Rule.FILE_UNREADABLE] == []


def test_files_whose_names_are_no_text_are_taken_under_names_that_are(house: House) -> None:
    order = house.order("NAMES-1")
    good, named = (Path(source) for source in order.sources)
    odd = named.rename(named.with_name(os.fsdecode(b"t\xf4 khai.jpg")))
    gone = odd.with_name(os.fsdecode(b"\xff.jpg"))
    asked = replace(order, sources=(str(good), str(odd), str(gone)))
    run = house.queue.submit(asked)
    report = run.future.result(PATIENCE)
    assert [Path(source).name for source in run.order.sources] == ["0.jpg", "t%F4 khai.jpg", "%FF.jpg"]
    (handed,) = house.digitiser.orders
    assert handed.sources == run.order.sources
    taken = {p.page.source.name for d in report.dossier.documents for p in d.pages}
    assert taken == {"0.jpg", "t%F4 khai.jpg"}
    assert [f.subject for f in report.findings if f.rule is Rule.FILE_UNREADABLE] == ["%FF.jpg"]
    assert path_of(sent_path(odd)) == str(odd) == path_of(str(odd))
    assert sent_path(odd).encode()
    assert path_of(sent_path(good)) == sent_path(good) == str(good)


def test_a_dossier_that_two_threads_hand_in_at_once_is_one(house: House) -> None:
    order = house.order("TWICE-1")
    house.digitiser.gate.clear()
    with ThreadPoolExecutor(8) as clerks:
        runs = list(clerks.map(house.queue.submit, [order] * 8))
    assert len({run.id for run in runs}) == 1
    other = replace(order, cases=("another",))
    with pytest.raises(ServiceBusy):
        house.queue.submit(other)
    house.digitiser.gate.set()
    report = runs[0].future.result(PATIENCE)
    assert report.package is not None
    assert house.archived() == ["TWICE-1"]
    assert len(house.digitiser.orders) == 1


def test_the_same_files_from_another_folder_join_the_run(house: House) -> None:
    order = house.order("FOLDER-1")
    house.digitiser.gate.clear()
    first = house.queue.submit(order)
    copies = []
    for source in map(Path, order.sources):
        copy = house.folder / "copies" / source.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(source.read_bytes())
        copies.append(str(copy))
    assert house.queue.submit(replace(order, sources=tuple(copies))).id == first.id
    Path(copies[0]).write_bytes(picture(9))
    with pytest.raises(ServiceBusy):
        house.queue.submit(replace(order, sources=tuple(copies)))
    house.digitiser.gate.set()
    first.future.result(PATIENCE)


def test_what_was_not_taken_goes_through_the_queue_with_its_order(house: House) -> None:
    order = house.order("LACKS-1")
    lacking = replace(order, not_taken=(FileNotTaken("ban-do.tif", "SourceTooLarge", "more than 100 MB"),))
    house.digitiser.gate.clear()
    run = house.queue.submit(lacking)
    assert house.queue.submit(lacking).id == run.id
    with pytest.raises(ServiceBusy):
        house.queue.submit(order)
    house.digitiser.gate.set()
    run.future.result(PATIENCE)
    assert house.digitiser.orders[0].not_taken == lacking.not_taken


def test_a_second_delivery_joins_the_first_that_waits_and_none_is_lost(house: House) -> None:
    house.carries = False
    order = house.order("TWO-1", hold=True)
    first = house.queue.submit(order)
    until(lambda: len(house.queue.leases.waiting()) == 1)
    more = replace(house.one_more(order), hold=False)
    second = house.queue.submit(more)
    needed = needed_blobs(house.queue.leases)
    assert {_sha256(Path(scan)) for scan in (*order.sources, *more.sources)} == needed
    house.digitiser.gate.clear()
    house.carries = True
    until(lambda: len(house.digitiser.orders) == 1)
    for again in (order, more):  # a second key of either is no other work
        assert house.queue.submit(again).future is first.future
    with pytest.raises(ServiceBusy):
        house.queue.submit(house.order("TWO-1"))
    house.digitiser.gate.set()
    assert first.future.result(PATIENCE) == second.future.result(PATIENCE)
    assert [len(each.sources) for each in house.digitiser.orders] == [3]
    kinds = [paper.kind.code for paper in first.future.result().dossier.documents]
    assert kinds == ["tk_khai_sinh", "giay_chung_sinh", "ct07"]
    assert house.papers("TWO-1") == kinds


def test_orders_joined_have_every_file_once_and_what_either_says(house: House) -> None:
    order = replace(house.order("TWO-2", hold=True), due_on=date(2026, 11, 30))
    large = FileNotTaken("ban-do.tif", "SourceTooLarge", "more than 100 MB")
    small = FileNotTaken("0.jpg", "SourceTooLarge", "more than 100 MB")
    waiting = kept_order(house.workshop, replace(order, not_taken=(large, small)))
    later = house.one_more(replace(order, hold=False, due_on=None, cases=("home_birth",), not_taken=()))
    gone = str(house.folder / "gone.jpg")
    more = kept_order(house.workshop, replace(later, sources=(order.sources[1], *later.sources, gone)))
    both = joined_orders(waiting, more)
    assert both.order.sources == (*order.sources, *later.sources, gone)
    assert [source.path for source in both.sources] == list(both.order.sources)
    assert (both.order.hold, both.order.cases, both.order.due_on) == (True, ("home_birth",), order.due_on)
    assert both.order.not_taken == (large,), "what was too large has come"
    assert joined_orders(both, more) == joined_orders(both, waiting) == both
    assert decode(QueuedOrder, encode(both)) == both


def test_tidying_away_leaves_what_a_dossier_in_the_queue_needs(house: House) -> None:
    order = house.order("OLD-1")
    house.queue.submit(order).future.result(PATIENCE)
    until(lambda: house.queue.leases.counts() == {})
    house.archive.is_away = True
    house.queue.submit(replace(order, dossier="NEW-1"))
    until(lambda: len(house.queue.leases.waiting()) == 1)
    needed = needed_blobs(house.queue.leases)
    house.archive.is_away = False  # the queue is not told for a few seconds
    pruned = prune(house.workshop, house.workshop.clock() + timedelta(days=2), 1)
    assert pruned.dossiers == 1
    assert needed <= set(house.workshop.spool.names())  # type: ignore[attr-defined]
    until(lambda: house.archived() == ["OLD-1", "NEW-1"])


def test_a_full_disk_is_waited_for_and_a_verdict_follows_when_there_is_room(house: House) -> None:
    house.digitiser.troubles.append(DiskFull("spool", "no space left"))
    run = house.queue.submit(house.order("FULL-1"))
    assert run.future.result(PATIENCE).package is not None, "this disk has room: it is tried again by itself"
    assert house.state("FULL-1") is DeskState.ARCHIVED


def test_what_a_clerk_sealed_without_a_store_is_archived_when_it_is_back(house: House) -> None:
    house.queue.submit(house.order("SEAL-1", hold=True)).future.result(PATIENCE)
    draft = house.queue.reviews.open("SEAL-1")
    house.archive.is_away = True
    with pytest.raises(StoreUnreachable):
        house.queue.reviews.seal("SEAL-1", draft.version, "Lan (MẪU)")
    assert house.state("SEAL-1") is DeskState.WAITING
    house.end()
    house.begin()
    house.archive.is_away = False
    until(lambda: house.archived() == ["SEAL-1"])
    until(lambda: house.state("SEAL-1") is DeskState.ARCHIVED)


def test_papers_that_come_while_a_dossier_is_sealed_wait_for_that_and_are_a_draft_of_their_own(
    house: House,
) -> None:
    order, other = house.order("SEAL-3", hold=True), house.order("SEAL-4", hold=True)
    for each in (order, other):
        house.queue.submit(each).future.result(PATIENCE)
    house.archive.is_away = True
    with pytest.raises(StoreUnreachable):
        house.queue.reviews.seal("SEAL-3", 0, "Lan (MẪU)")
    runs = [house.queue.submit(house.one_more(each)) for each in (order, other)]
    assert runs[1].future.result(PATIENCE).package is None, "a dossier that nobody seals takes its papers"
    assert len(house.papers("SEAL-4")) == 3
    until(lambda: isinstance(house.queue.trouble(runs[0]), BeingSealed))
    until(lambda: [each.awaits for each in house.waiting()] == ["store", "seal"])
    assert house.state("SEAL-3") is DeskState.WAITING
    more = Path(runs[0].order.sources[0])
    assert _sha256(more) in needed_blobs(house.queue.leases)
    house.archive.is_away = False
    assert runs[0].future.result(PATIENCE).package is None
    assert house.archived() == ["SEAL-3"]
    package = house.workshop.index.package("SEAL-3")
    assert package is not None
    assert _sha256(more) not in house.archive.get(f"{package.prefix}/manifest.json").decode()
    stand = house.workshop.reviews.stand("SEAL-3")
    assert stand is not None
    assert (stand.round, stand.state) == (2, ReviewState.OPEN)
    assert house.papers("SEAL-3") == ["ct07"]
    assert house.state("SEAL-3") is DeskState.REVIEW


def test_a_seal_that_a_killed_process_had_begun_is_ended_by_the_next(house: House) -> None:
    house.queue.submit(house.order("SEAL-2", hold=True)).future.result(PATIENCE)
    draft = house.queue.reviews.open("SEAL-2")

    begun = _sealing("SEAL-2", SealOrder(draft.version, "Lan (MẪU)"))
    house.workshop.reviews.move("SEAL-2", 1, ReviewState.SEALING, version=draft.version)
    house.queue.leases.begin(begun, "here.killed")
    house.end()
    house.begin()
    until(lambda: house.archived() == ["SEAL-2"])


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def until(reached: Callable[[], bool]) -> None:
    """Wait for other threads; how long that takes says nothing."""
    pause = Event()
    for _ in range(PATIENCE * 20):
        if reached():
            return
        pause.wait(0.05)
    pytest.fail("it did not come")


def test_an_order_that_an_earlier_release_put_into_the_queue_is_understood(house: House) -> None:
    written = json.loads(encode(kept_order(house.workshop, house.order("OLD-1"))))
    for source in written["sources"]:
        source["changed_ns"] = 1_700_000_000_000_000_000
    assert all(source.kept for source in decode(QueuedOrder, json.dumps(written).encode()).sources)
