"""Papers on their way to the counter: nothing that came is lost, and what is none of ours stops nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

import cv2
import pytest

from dossier.archive import DigitisationOrder, FileNotTaken
from dossier.arrival import Arrival, ArrivalOrder, ArrivalState
from dossier.errors import (
    BatchEditRefused,
    BatchNotFound,
    FeederEmpty,
    PaperJam,
    ScannerBusy,
    ScannerNotFound,
    ServiceBusy,
    SourceEmpty,
    SourceTooLarge,
    SourceUnsupported,
    StorageError,
)
from dossier.quality import QualityVerdict
from dossier.scanning import FedSide, ScannerDevice, ScanProfile
from flows.arrival_sides import safe_name
from flows.arrivals import Arrivals, Papers
from flows.key_rotation import rotate
from flows.quality_desk import QualityDesk
from flows.settings import Settings
from flows.wiring import open_arrivals, open_batches, open_keys
from pipeline.batch_edit import assign
from tests.printed import letter

ORDER = ArrivalOrder("H42-261102-0001", "1.001193", (), date(2026, 11, 2), "mai", "Mai (MẪU)", "Quầy 1")


class Reader:
    """Takes what is handed on, and ends a run when it is told to."""

    def __init__(self) -> None:
        self.orders: list[DigitisationOrder] = []
        self.runs: list[Future[object]] = []
        self.bytes: list[tuple[bytes, ...]] = []
        self.refuses: Exception | None = None

    def __call__(self, order: DigitisationOrder, _asked: ArrivalOrder, papers: Papers) -> Future[object]:
        if self.refuses is not None:
            raise self.refuses
        self.orders.append(order)
        self.bytes.append(tuple(papers[source]() for source in order.sources))
        self.runs.append(Future())
        return self.runs[-1]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sheets on a feeder."""
    folder = tmp_path_factory.mktemp("stack")
    for number in range(1, 4):
        done, encoded = cv2.imencode(".jpg", letter(dpi=150))
        assert done
        (folder / f"{number}.jpg").write_bytes(encoded.tobytes() + bytes(number))
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QualityDesk]:
    made = QualityDesk(tmp_path_factory.mktemp("models"))
    yield made
    made.close()


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def arrivals(tmp_path: Path, stack: Path, reader: Reader, desk: QualityDesk) -> Iterator[Arrivals]:
    made = Arrivals(settings_of(tmp_path, stack), reader, desk)
    yield made
    made.close()


def settings_of(folder: Path, stack: Path) -> Settings:
    scanners = {"Quầy": f"simulated:{stack}", "Kẹt": f"simulated:{stack};fault=jam@3"}
    return Settings.model_validate({"state": folder / "state", "scanners": scanners})


def until(arrivals: Arrivals, name: str, holds: Callable[[Arrival], bool]) -> Arrival:
    deadline = time.monotonic() + 60
    while not holds(arrivals.of(name)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds(arrivals.of(name)), arrivals.of(name)
    return arrivals.of(name)


def drop(arrivals: Arrivals, *files: tuple[str, bytes]) -> Arrival:
    name = arrivals.begin_files(ORDER)
    for file, data in files:
        arrivals.take_file(name, file, data)
    return arrivals.end_files(name)


def test_a_fed_stack_is_judged_side_by_side_and_handed_on(
    arrivals: Arrivals, reader: Reader, stack: Path
) -> None:
    begun = arrivals.scan(ORDER, "Quầy")
    done = until(arrivals, begun.record.id, lambda a: a.state is ArrivalState.HANDED_ON)
    assert done.dossiers == (ORDER.dossier,)
    order = reader.orders[0]
    assert (order.dossier, order.procedure, order.officer) == (ORDER.dossier, "1.001193", "Mai (MẪU)")
    assert reader.bytes[0] == tuple(path.read_bytes() for path in sorted(stack.iterdir()))
    judged = until(arrivals, begun.record.id, lambda a: all(side.verdict for side in a.sides))
    assert [side.number for side in judged.sides] == [1, 2, 3]
    assert {side.verdict for side in judged.sides} <= {
        QualityVerdict.RESCAN_ADVISED,
        QualityVerdict.RESCAN_NEEDED,
    }, "150 dpi is less than what may be kept"
    assert arrivals.picture(begun.record.id, 2) == (stack / "2.jpg").read_bytes()
    with pytest.raises(BatchNotFound):
        arrivals.picture(begun.record.id, 4)


def test_after_a_jam_the_feed_goes_on_at_the_next_side(
    arrivals: Arrivals, reader: Reader, stack: Path
) -> None:
    begun = arrivals.scan(ORDER, "Kẹt")
    stopped = until(arrivals, begun.record.id, lambda a: a.state is ArrivalState.STOPPED)
    assert isinstance(stopped.trouble, PaperJam)
    assert len(stopped.sides) == 2
    assert not reader.orders, "what is not whole is not read"
    arrivals.feed_on(begun.record.id)
    until(arrivals, begun.record.id, lambda a: a.state is ArrivalState.HANDED_ON)
    assert reader.bytes[0] == tuple(path.read_bytes() for path in sorted(stack.iterdir()))


def test_one_device_feeds_one_batch_at_a_time(arrivals: Arrivals) -> None:
    with pytest.raises(ScannerNotFound):
        arrivals.scan(ORDER, "không có máy này")
    begun = arrivals.scan(ORDER, "Quầy")
    if arrivals.of(begun.record.id).state is ArrivalState.FEEDING:
        with pytest.raises(ScannerBusy):
            arrivals.scan(ORDER, "Quầy")
    until(arrivals, begun.record.id, lambda a: a.state is ArrivalState.HANDED_ON)
    arrivals.scan(ORDER, "Quầy")


class SlowScanner:
    """A device that a clerk feeds sheet by sheet."""

    def __init__(self, go_on: Event) -> None:
        self.device = ScannerDevice("Chậm", "simulated:slow", "simulated", "")
        self.go_on = go_on

    def feed(self, _profile: ScanProfile) -> Iterator[FedSide]:
        self.go_on.wait(60)
        raise FeederEmpty("Chậm", "nothing came")
        yield


def test_slow_feeds_at_other_counters_hold_nobody_up(
    arrivals: Arrivals, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()
    with monkeypatch.context() as patch:
        patch.setattr("flows.arrivals.open_scanner", lambda *_: SlowScanner(go_on))
        slow = [arrivals.scan(replace(ORDER, dossier=f"H42-{n}"), f"Quầy {n}").record.id for n in range(4)]
    begun = arrivals.scan(ORDER, "Quầy").record.id
    until(arrivals, begun, lambda a: a.state is ArrivalState.HANDED_ON)
    assert [order.dossier for order in reader.orders] == [ORDER.dossier]
    assert {arrivals.of(name).state for name in slow} == {ArrivalState.FEEDING}
    go_on.set()
    for name in slow:
        assert isinstance(until(arrivals, name, lambda a: a.trouble is not None).trouble, FeederEmpty)


def test_papers_of_no_known_dossier_wait_for_a_person(
    arrivals: Arrivals, reader: Reader, stack: Path
) -> None:
    begun = arrivals.scan(replace(ORDER, dossier=""), "Quầy")
    asked = until(arrivals, begun.record.id, lambda a: a.state is ArrivalState.ASKED)
    assert asked.asked == (1, 2, 3)
    assert asked.questions
    assert not reader.orders
    with pytest.raises(BatchEditRefused):
        arrivals.answer(begun.record.id, "assign 9", lambda plan: assign(plan, [9], "H42-261102-0002"))
    told = arrivals.answer(
        begun.record.id, "assign 1,3", lambda plan: assign(plan, [1, 3], "H42-261102-0002", "1.001193")
    )
    assert told.dossiers == ("H42-261102-0002",)
    assert reader.bytes[0] == tuple((stack / f"{number}.jpg").read_bytes() for number in (1, 3))
    assert arrivals.of(begun.record.id).asked == (2,)


def test_a_side_that_comes_to_a_dossier_while_it_is_read_is_handed_on_after_it(
    arrivals: Arrivals, reader: Reader, stack: Path
) -> None:
    begun = arrivals.scan(replace(ORDER, dossier=""), "Quầy").record.id
    until(arrivals, begun, lambda a: a.state is ArrivalState.ASKED)
    mine = "H42-261102-0002"
    arrivals.answer(begun, "assign 1,3", lambda plan: assign(plan, [1, 3], mine, "1.001193"))
    told = arrivals.answer(begun, "assign 2", lambda plan: assign(plan, [2], mine))
    assert told.refused == ()
    assert len(reader.orders) == 1, "its run has not ended"
    reader.runs[0].set_result(None)
    until(arrivals, begun, lambda _: len(reader.orders) == 2)
    assert reader.orders[1].dossier == mine
    assert reader.bytes[1] == tuple((stack / f"{number}.jpg").read_bytes() for number in (1, 2, 3))
    reader.runs[1].set_result(None)
    with pytest.raises(BatchEditRefused, match="nothing is asked"):
        arrivals.answer(begun, "assign 2", lambda plan: assign(plan, [2], "H42-261102-0003"))
    assert len(reader.orders) == 2


def test_dossiers_of_a_stack_that_were_not_read_yet_are_handed_on_by_a_new_process(
    tmp_path: Path, stack: Path, reader: Reader, desk: QualityDesk
) -> None:
    first = Arrivals(settings_of(tmp_path, stack), reader, desk)
    begun = first.scan(replace(ORDER, dossier=""), "Quầy").record.id
    until(first, begun, lambda a: a.state is ArrivalState.ASKED)
    one, other = "H42-261102-0002", "H42-261102-0003"
    first.answer(begun, "assign 1", lambda plan: assign(plan, [1], one, "1.001193"))
    first.answer(begun, "assign 2,3", lambda plan: assign(plan, [2, 3], other, "1.001193"))
    assert [order.dossier for order in reader.orders] == [one, other]
    assert first.of(begun).state is ArrivalState.HANDED_ON
    reader.runs[0].set_result(None)
    first.close()
    later = Reader()
    second = Arrivals(settings_of(tmp_path, stack), later, desk)
    try:
        second.go_on()
        until(second, begun, lambda a: a.state is ArrivalState.HANDED_ON)
        assert [order.dossier for order in later.orders] == [other]
        later.runs[0].set_result(None)
        third = Arrivals(settings_of(tmp_path, stack), later, desk)
        third.go_on()
        assert third.of_dossier(other) is None, "nothing is left to be handed on"
        third.close()
    finally:
        second.close()


def test_files_are_judged_by_content_and_the_good_ones_go_on(
    arrivals: Arrivals, reader: Reader, stack: Path, tmp_path: Path
) -> None:
    good = (stack / "1.jpg").read_bytes()
    bad = (b"<html><script>alert(1)</script>", b"")
    told = drop(arrivals, ("to-khai.jpg", good), ("gia-danh.pdf", bad[0]), ("rong.png", bad[1]))
    assert {(r.name, type(r.error)) for r in told.refused} == {
        ("gia-danh.pdf", SourceUnsupported),
        ("rong.png", SourceEmpty),
    }
    until(arrivals, told.record.id, lambda a: a.state is ArrivalState.HANDED_ON)
    assert reader.bytes[0][0] == good
    assert reader.bytes[0][1:] == bad, "for quarantine, untouched"
    assert len(arrivals.of(told.record.id).refused) == 2, "each is told once"
    reader.runs[0].set_result(None)
    assert not list((tmp_path / "state" / "arrivals").iterdir()), "the spool has it now"


def test_what_was_dropped_lies_sealed_and_is_sealed_anew_with_the_next_key(
    arrivals: Arrivals, reader: Reader, stack: Path, tmp_path: Path
) -> None:
    data = (stack / "1.jpg").read_bytes()
    told = drop(arrivals, ("to-khai.jpg", data), ("don.jpg", (stack / "2.jpg").read_bytes()))
    until(arrivals, told.record.id, lambda a: a.state is ArrivalState.HANDED_ON)
    settings = settings_of(tmp_path, stack)
    folder = settings.state / "arrivals" / told.record.id
    lying = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in lying} == {"arrival.json", "0001", "0002"}, "names may be people's"
    assert all(path.read_bytes().startswith(b"sohoa-sealed-") for path in lying)
    # 1. What a release that did not seal left is read, and sealed with everything else.
    files = folder / "files"
    (files / "0001").unlink()
    (files / "to-khai.jpg").write_bytes(data)
    rotate(settings, goes_on=False)
    keys = open_keys(settings)
    kept = open_arrivals(settings, keys)
    assert len(list(kept.names())) == 3
    assert all(kept.is_current(name, keys) for name in kept.names())
    assert kept.file(told.record, 1) == data
    assert [record.id for record in kept.records()] == [told.record.id]
    # 2. Bytes in another's place are not taken for it, and a damaged record stops nobody.
    (files / "0002").write_bytes((files / "to-khai.jpg").read_bytes())
    with pytest.raises(StorageError):
        kept.file(told.record, 2)
    (folder / "arrival.json").write_bytes((files / "to-khai.jpg").read_bytes())
    assert kept.records() == ()
    with pytest.raises(StorageError, match="kept already"):
        kept.keep(told.record.id, 2, b"another")


def test_what_is_too_large_is_told_with_the_order_even_by_a_new_process(
    tmp_path: Path, stack: Path, reader: Reader, desk: QualityDesk
) -> None:
    first = Arrivals(settings_of(tmp_path, stack), reader, desk)
    name = first.begin_files(ORDER)
    first.take_file(name, "to-khai.jpg", (stack / "1.jpg").read_bytes())
    first.refuse(name, "../ban-do.tif", SourceTooLarge("ban-do.tif", "more than 100 MB"))
    first.end_files(name)
    until(first, name, lambda a: a.state is ArrivalState.HANDED_ON)
    lacking = (FileNotTaken("ban-do.tif", "SourceTooLarge", "more than 100 MB"),)
    assert reader.orders[0].not_taken == lacking
    first.close()
    later = Reader()
    second = Arrivals(settings_of(tmp_path, stack), later, desk)
    try:
        second.go_on()
        until(second, name, lambda a: a.state is ArrivalState.HANDED_ON)
        assert later.orders[0].not_taken == lacking
    finally:
        second.close()


def test_nothing_usable_is_refused_and_begins_nothing(arrivals: Arrivals, reader: Reader) -> None:
    told = drop(arrivals, ("thu.docx", b"PK\x03\x04 not ours"))
    assert told.state is ArrivalState.REFUSED
    assert not reader.orders


def test_what_could_not_be_handed_on_is_handed_on_again(
    arrivals: Arrivals, reader: Reader, stack: Path
) -> None:
    reader.refuses = ServiceBusy(ORDER.dossier, "another run of it is under way")
    told = drop(arrivals, ("to-khai.jpg", (stack / "1.jpg").read_bytes()))
    stopped = until(arrivals, told.record.id, lambda a: a.state is ArrivalState.STOPPED)
    assert isinstance(stopped.trouble, ServiceBusy)
    reader.refuses = None
    arrivals.again(told.record.id)
    assert arrivals.of(told.record.id).state is ArrivalState.HANDED_ON
    assert len(reader.orders) == 1


def test_a_dossier_of_a_stack_that_could_not_be_handed_on_is_handed_on_again(
    arrivals: Arrivals, reader: Reader
) -> None:
    reader.refuses = ServiceBusy(ORDER.dossier, "another run of it is under way")
    begun = arrivals.scan(ORDER, "Quầy").record.id
    done = until(arrivals, begun, lambda a: a.state is ArrivalState.HANDED_ON)
    assert [(each.name, type(each.error)) for each in done.refused] == [(ORDER.dossier, ServiceBusy)]
    assert [each.record.id for each in arrivals.open_of(ORDER.counter)] == [begun]
    reader.refuses = None
    assert arrivals.again(begun).refused == ()
    assert arrivals.open_of(ORDER.counter) == ()
    assert [order.dossier for order in reader.orders] == [ORDER.dossier]


@pytest.mark.parametrize("device", ["Quầy", ""])
def test_papers_whose_dossier_is_just_being_read_are_handed_on_by_themselves(
    tmp_path: Path,
    stack: Path,
    reader: Reader,
    desk: QualityDesk,
    monkeypatch: pytest.MonkeyPatch,
    device: str,
) -> None:
    monkeypatch.setattr("flows.arrivals._LOOK_AGAIN_SECONDS", 0.05)
    arrivals = Arrivals(settings_of(tmp_path, stack), reader, desk)
    try:
        reader.refuses = ServiceBusy(ORDER.dossier, "another run of it is under way")
        file = ("to-khai.jpg", (stack / "1.jpg").read_bytes())
        name = (arrivals.scan(ORDER, device) if device else drop(arrivals, file)).record.id
        until(arrivals, name, lambda a: a.can_be_read_again)
        time.sleep(0.5)
        assert arrivals.of(name).can_be_read_again, "tried again, refused again"
        reader.refuses = None
        done = until(arrivals, name, lambda a: bool(a.dossiers))
        until(arrivals, name, lambda a: a.state is ArrivalState.HANDED_ON)
        assert (done.refused, arrivals.of(name).trouble) == ((), None)
        reader.refuses = AssertionError("handed on once")
        time.sleep(0.3)
        assert len(reader.orders) == 1
        assert arrivals.open_of(ORDER.counter) == ()
    finally:
        arrivals.close()


def test_a_batch_that_was_erased_with_its_person_leaves_nothing_to_be_read(
    tmp_path: Path, stack: Path, reader: Reader, desk: QualityDesk
) -> None:
    settings = settings_of(tmp_path, stack)
    first = Arrivals(settings, reader, desk)
    begun = first.scan(ORDER, "Quầy").record
    until(first, begun.id, lambda a: a.state is ArrivalState.HANDED_ON)
    open_batches(settings, open_keys(settings)).forget(begun.batch)
    reader.runs[0].set_result(None)
    assert first.of(begun.id).state is ArrivalState.REFUSED
    assert first.open_of(ORDER.counter) == ()
    first.close()
    second = Arrivals(settings, Reader(), desk)
    second.go_on()
    assert second.of_dossier(ORDER.dossier) is None
    second.close()


def test_what_could_not_be_read_stays_and_a_new_process_reads_it(
    tmp_path: Path, stack: Path, reader: Reader, desk: QualityDesk
) -> None:
    first = Arrivals(settings_of(tmp_path, stack), reader, desk)
    told = drop(first, ("to-khai.jpg", (stack / "1.jpg").read_bytes()))
    until(first, told.record.id, lambda a: a.state is ArrivalState.HANDED_ON)
    reader.runs[0].set_exception(StorageError("spool", "gone"))
    assert isinstance(first.of(told.record.id).trouble, StorageError)
    first.again(told.record.id)
    assert reader.bytes[1] == reader.bytes[0]
    reader.runs[1].set_exception(StorageError("spool", "gone"))
    first.close()
    later = Reader()
    second = Arrivals(settings_of(tmp_path, stack), later, desk)
    try:
        second.go_on()
        until(second, told.record.id, lambda a: a.state is ArrivalState.HANDED_ON)
        assert later.bytes == reader.bytes[:1]
    finally:
        second.close()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\MẪU\\Tờ khai.JPG", "Tờ khai.JPG"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("..", "tep"),
        ("x" * 300 + ".jpg", "x" * 80),
    ],
)
def test_names_cannot_leave_their_folder(name: str, kept: str) -> None:
    assert safe_name(name, set()).startswith(kept)
    assert "/" not in safe_name(name, set())
    assert safe_name(kept, {kept.upper()}) != kept
