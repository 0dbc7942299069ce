"""From the feeder to dossiers: what came out is kept, an interrupted feed goes on, sheets are whole."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from dossier.batch import Doubt, Expectation
from dossier.batch_record import Batch, BatchOrder
from dossier.batch_sheet import CoverSheet
from dossier.errors import (
    BatchEditRefused,
    BatchNotFound,
    PaperJam,
    PassesDiffer,
    ScannerLost,
    SourceError,
    StorageError,
)
from dossier.scanning import PROFILES
from flows.batch_forgetting import BATCH_FORGOTTEN, forget_batch
from flows.key_rotation import rotate
from flows.scanning import ScanRoom
from flows.settings import Settings
from flows.wiring import open_batches, open_keys
from pipeline.batch_edit import assign, merge, set_aside
from pipeline.cover_sheet import SheetText, print_sheets
from scanners.simulated import SimulatedScanner, read_faults
from storage.ledger import SqlLedger

A, B = "H56-260701-0001", "H56-260701-0002"
DPI = 100
PROFILE = replace(PROFILES[0], resolution_dpi=DPI)
TOLD = Expectation(procedure="1.001193")


@pytest.fixture
def room(tmp_path: Path) -> ScanRoom:
    return ScanRoom(Settings(state=tmp_path / "state"))


@pytest.fixture(scope="module")
def covers() -> dict[str, Image.Image]:
    """Two cover sheets printed together, each counting two sheets."""
    text = SheetText("TỜ BÌA HỒ SƠ", "MẪU", ("MẪU",), "MẪU")
    sheets = [CoverSheet("RUN", n, 2, code, "1.001193", "", 2) for n, code in enumerate((A, B), start=1)]
    pages = pypdfium2.PdfDocument(print_sheets([(sheet, text) for sheet in sheets]))
    return {
        sheet.dossier: page.render(scale=DPI / 72).to_pil().convert("RGB")
        for sheet, page in zip(sheets, pages, strict=True)
    }


def paper(number: int) -> Image.Image:
    page = Image.new("RGB", (827, 1169), "white")
    ImageDraw.Draw(page).rectangle((200, 300, 300 + 20 * number, 340), fill="black")
    return page


def stack(folder: Path, *sides: Image.Image) -> Path:
    folder.mkdir(parents=True)
    for number, side in enumerate(sides, start=1):
        side.save(folder / f"{number}.jpg", dpi=(DPI, DPI))
    return folder


def order(**changes: object) -> BatchOrder:
    return replace(BatchOrder("Quầy 1", PROFILE, TOLD), **changes)  # type: ignore[arg-type]


def sides(batch: Batch, dossier: str) -> list[int]:
    assert batch.plan is not None
    return [side.number for side in batch.plan.of(dossier)]


@pytest.fixture
def laid(tmp_path: Path, covers: dict[str, Image.Image]) -> Path:
    """Two dossiers of two sheets each."""
    return stack(tmp_path / "stack", covers[A], paper(1), paper(2), covers[B], paper(3), paper(4))


def test_a_batch_is_kept_and_sorted(room: ScanRoom, laid: Path) -> None:
    seen: list[int] = []
    batch = room.feed(room.begin(order()), SimulatedScanner("Quầy 1", laid), seen.append)
    batch = room.sort(batch)
    assert seen == [1, 2, 3, 4, 5, 6]
    assert (sides(batch, A), sides(batch, B)) == ([2, 3], [5, 6])
    assert room.load(batch.id) == batch
    due = room.due(batch)
    assert [(code, procedure) for code, procedure, _ in due] == [(A, "1.001193"), (B, "1.001193")]
    with room.laid_out(batch, due[0][2]) as files:
        assert [path.name for path in files] == [f"{batch.id}-0002.jpg", f"{batch.id}-0003.jpg"]
        assert files[0].read_bytes() == (laid / "2.jpg").read_bytes()
    assert not files[0].exists()


def test_sides_and_record_lie_sealed_and_are_sealed_anew_with_the_next_key(
    room: ScanRoom, laid: Path, tmp_path: Path
) -> None:
    batch = room.sort(room.feed(room.begin(order()), SimulatedScanner("Quầy 1", laid), lambda _: None))
    settings = Settings(state=tmp_path / "state")
    lying = sorted((settings.state / "batches" / batch.id).iterdir())
    assert len(lying) == 7
    assert all(path.read_bytes().startswith(b"sohoa-sealed-") for path in lying)
    # 1. A batch of a release that did not seal is read, and sealed with everything else.
    lying[0].write_bytes((laid / "1.jpg").read_bytes())
    assert room.side(batch.id, 1)[1] == (laid / "1.jpg").read_bytes()
    # 2. Every file moves to the new key, and a copy of one under another number is not taken for it.
    rotate(settings, goes_on=False)
    keys = open_keys(settings)
    assert len(keys.names) == 2
    batches = open_batches(settings, keys)
    assert all(batches.is_current(name, keys) for name in batches.names())
    assert len(list(batches.names())) == 7
    assert ScanRoom(settings).load(batch.id) == batch
    assert [batches.picture(batch.id, n) for n in (1, 2)] == [
        (laid / f"{n}.jpg").read_bytes() for n in (1, 2)
    ]
    lying[1].write_bytes(lying[2].read_bytes())
    with pytest.raises(StorageError):
        batches.picture(batch.id, 2)


@pytest.mark.parametrize(("fault", "error"), [("jam@3", PaperJam), ("unplug@5", ScannerLost)])
def test_an_interrupted_feed_goes_on_at_the_next_side(
    room: ScanRoom, laid: Path, fault: str, error: type[Exception]
) -> None:
    scanner = SimulatedScanner("Quầy 1", laid, read_faults(fault))
    begun = room.begin(order())
    with pytest.raises(error):
        room.feed(begun, scanner, lambda _: None)
    kept = room.load(begun.id)
    assert not kept.has_ended
    assert room.count(kept) == int(fault[-1]) - 1
    batch = room.sort(room.feed(kept, scanner, lambda _: None))
    assert (sides(batch, A), sides(batch, B)) == ([2, 3], [5, 6])


def test_a_duplex_sheet_that_was_torn_apart_is_fed_again_whole(
    room: ScanRoom, tmp_path: Path, covers: dict[str, Image.Image]
) -> None:
    blank = Image.new("RGB", (827, 1169), "white")
    whole = (covers[A], blank, paper(1), paper(2), paper(3), blank)
    folder = stack(tmp_path / "duplex", *whole)
    begun = room.begin(order(profile=replace(PROFILE, duplex=True)))
    with pytest.raises(PaperJam):
        room.feed(begun, SimulatedScanner("Quầy 1", folder, read_faults("jam@4")), lambda _: None)
    assert room.count(begun) == 2
    again = SimulatedScanner("Quầy 1", folder, first=3)
    batch = room.sort(room.feed(room.load(begun.id), again, lambda _: None))
    assert sides(batch, A) == [3, 4, 5, 6]
    assert [reading.sheet for reading in batch.readings] == [1, 1, 2, 2, 3, 3]
    assert batch.plan is not None
    assert batch.plan.asked == (), "two sheets were counted, and two are there"
    assert [q.doubt for q in batch.plan.open_questions] == [Doubt.SHEET_MISSING]
    assert len(list((tmp_path / "state").rglob("*half*"))) == 1


def test_two_passes_are_laid_face_to_face(
    room: ScanRoom, tmp_path: Path, covers: dict[str, Image.Image]
) -> None:
    fronts = stack(tmp_path / "fronts", covers[A], paper(1), paper(2))
    blank = Image.new("RGB", (827, 1169), "white")
    backs = stack(tmp_path / "backs", paper(12), paper(11), blank)
    batch = room.begin(order(is_two_pass=True))
    batch = room.feed(batch, SimulatedScanner("Quầy 1", fronts), lambda _: None)
    batch = room.feed(batch, SimulatedScanner("Quầy 1", backs), lambda _: None, backs=True)
    assert sides(room.sort(batch), A) == [2, 5, 3, 4]


def test_backs_that_are_too_few_are_never_laid_against_fronts(
    room: ScanRoom, tmp_path: Path, laid: Path
) -> None:
    batch = room.begin(order(is_two_pass=True))
    batch = room.feed(batch, SimulatedScanner("Quầy 1", laid), lambda _: None)
    backs = stack(tmp_path / "backs", paper(1), paper(2))
    batch = room.feed(batch, SimulatedScanner("Quầy 1", backs), lambda _: None, backs=True)
    with pytest.raises(PassesDiffer):
        room.sort(batch)
    assert room.count(batch) == 8


def test_backs_are_fed_again_whole_where_they_were_too_few(
    room: ScanRoom, tmp_path: Path, covers: dict[str, Image.Image]
) -> None:
    fronts = SimulatedScanner("Quầy 1", stack(tmp_path / "fronts", covers[A], paper(1), paper(2)))
    blank = Image.new("RGB", (827, 1169), "white")
    few = SimulatedScanner("Quầy 1", stack(tmp_path / "few", paper(12), blank))
    backs = SimulatedScanner("Quầy 1", stack(tmp_path / "backs", paper(12), paper(11), blank))
    batch = room.feed(room.begin(order(is_two_pass=True)), fronts, lambda _: None)
    batch = room.feed(batch, few, lambda _: None, backs=True)
    with pytest.raises(PassesDiffer):
        room.sort(batch)
    batch = room.feed(room.load(batch.id), backs, lambda _: None, backs=True)
    assert len(list((tmp_path / "state").rglob("*half*"))) == 2, "what was fed first is kept beside the batch"
    with pytest.raises(BatchEditRefused):
        room.feed(batch, backs, lambda _: None, backs=True)
    batch = room.sort(batch)
    assert sides(batch, A) == [2, 5, 3, 4]
    # A third pass would take the plan, and everything a clerk changed in it, away.
    with pytest.raises(BatchEditRefused):
        room.feed(room.load(batch.id), backs, lambda _: None, backs=True)
    assert room.load(batch.id).plan == batch.plan


def test_backs_wait_for_fronts_that_were_interrupted(room: ScanRoom, laid: Path) -> None:
    begun = room.begin(order(is_two_pass=True))
    with pytest.raises(PaperJam):
        room.feed(begun, SimulatedScanner("Quầy 1", laid, read_faults("jam@3")), lambda _: None)
    with pytest.raises(BatchEditRefused):
        room.feed(room.load(begun.id), SimulatedScanner("Quầy 1", laid), lambda _: None, backs=True)


def test_a_named_dossier_takes_everything_unless_a_sign_denies_it(
    room: ScanRoom, tmp_path: Path, laid: Path
) -> None:
    papers = stack(tmp_path / "papers", paper(1), paper(2))
    batch = room.feed(room.begin(order(dossier=A)), SimulatedScanner("Quầy 1", papers), lambda _: None)
    batch = room.sort(batch)
    assert (sides(batch, A), batch.plan.asked if batch.plan else None) == ([1, 2], ())
    mixed = room.feed(room.begin(order(dossier=A)), SimulatedScanner("Quầy 1", laid), lambda _: None)
    mixed = room.sort(mixed)
    assert mixed.plan is not None
    assert [(q.doubt, q.about) for q in mixed.plan.questions] == [(Doubt.OTHER_RECEIPT, B)]
    assert mixed.plan.asked == (2, 3, 5, 6)
    assert room.due(mixed) == ()


def test_files_of_a_device_are_a_batch_too(room: ScanRoom, laid: Path) -> None:
    batch = room.begin(replace(order(), device=""))
    batch = room.sort(room.take_in(batch, sorted(laid.iterdir()), lambda _: None))
    assert (sides(batch, A), sides(batch, B)) == ([2, 3], [5, 6])


def test_files_are_taken_in_all_or_none(room: ScanRoom, laid: Path, tmp_path: Path) -> None:
    """They are still where they were, and the command is run again over all of them."""
    torn = tmp_path / "torn.jpg"
    torn.write_bytes((laid / "1.jpg").read_bytes()[:900])
    begun = room.begin(order(device=""))
    with pytest.raises(SourceError):
        room.take_in(begun, [laid / "1.jpg", torn], lambda _: None)
    assert room.count(begun) == 0
    batch = room.sort(room.take_in(begun, [laid / "1.jpg", laid / "2.jpg"], lambda _: None))
    with pytest.raises(BatchEditRefused):
        room.take_in(batch, [laid / "3.jpg"], lambda _: None)
    assert room.load(begun.id).plan == batch.plan
    assert room.count(batch) == 2


def test_a_batch_is_forgotten_by_a_clerk_who_names_it(room: ScanRoom, laid: Path, tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "state")
    batch = room.sort(room.feed(room.begin(order()), SimulatedScanner("Quầy 1", laid), lambda _: None))
    with pytest.raises(BatchEditRefused, match=A):
        forget_batch(settings, batch.id)
    assert room.count(batch) == 6, "what is settled and not digitised is not thrown away"
    room.edit(batch.id, "aside 2,3,5,6", lambda plan: set_aside(plan, [2, 3, 5, 6]))
    assert forget_batch(settings, batch.id) == 6
    assert room.ids() == ()
    ledger = SqlLedger(settings.database)
    (said,) = ledger.entries(5, action=BATCH_FORGOTTEN)
    ledger.close()
    assert (said.subject, json.loads(said.detail)["sides"]) == (f"batch:{batch.id}", 6)
    with pytest.raises(BatchNotFound):
        forget_batch(settings, batch.id)


def test_what_a_clerk_changes_is_kept_with_who_did_it(room: ScanRoom, laid: Path) -> None:
    batch = room.sort(room.feed(room.begin(order()), SimulatedScanner("Quầy 1", laid), lambda _: None))
    batch = room.note_filed(batch.id, A, (2, 3), "archived")
    assert [code for code, _, _ in room.due(batch)] == [B]
    batch = room.edit(batch.id, "merge", lambda plan: merge(plan, B, A))
    assert [(code, len(due)) for code, _, due in room.due(batch)] == [(A, 4)]
    batch = room.edit(batch.id, "assign", lambda plan: assign(plan, [6], B))
    kept = room.load(batch.id)
    assert [edit.what for edit in kept.edits] == ["merge", "assign"]
    assert kept.plan is not None
    assert {s.number: s.came_under for s in kept.plan.sides} == {1: A, 2: A, 3: A, 4: B, 5: B, 6: B}


def test_what_several_do_to_a_batch_at_once_is_all_kept(room: ScanRoom, laid: Path) -> None:
    batch = room.sort(room.feed(room.begin(order()), SimulatedScanner("Quầy 1", laid), lambda _: None))
    codes = [f"H42-261119-{number:04d}" for number in range(40)]

    def both(code: str) -> None:
        room.note_filed(batch.id, code, (2, 3), "review")
        room.edit(batch.id, code, lambda plan: plan)

    with ThreadPoolExecutor(8) as clerks:
        list(clerks.map(both, codes))
    kept = room.load(batch.id)
    assert sorted(each.dossier for each in kept.filed) == codes
    assert sorted(edit.what for edit in kept.edits) == codes


def test_an_interrupted_feed_is_sorted_only_when_somebody_says_that_it_is_over(
    room: ScanRoom, laid: Path
) -> None:
    begun = room.begin(order())
    with pytest.raises(PaperJam):
        room.feed(begun, SimulatedScanner("Quầy 1", laid, read_faults("jam@6")), lambda _: None)
    with pytest.raises(BatchEditRefused):
        room.sort(room.load(begun.id))
    batch = room.sort(room.declare_ended(room.load(begun.id)))
    assert batch.plan is not None
    assert (batch.plan.ready, batch.plan.asked) == ((A,), (5,))


def test_a_dossier_without_a_procedure_is_never_settled(room: ScanRoom, tmp_path: Path) -> None:
    papers = stack(tmp_path / "papers", paper(1), paper(2))
    nameless = order(dossier=A, expected=Expectation())
    batch = room.feed(room.begin(nameless), SimulatedScanner("Quầy 1", papers), lambda _: None)
    batch = room.sort(batch)
    assert batch.plan is not None
    assert [q.doubt for q in batch.plan.questions] == [Doubt.PROCEDURE_UNKNOWN]
    with pytest.raises(BatchEditRefused):
        room.edit(batch.id, "assign", lambda plan: assign(plan, [1, 2], A))
    batch = room.edit(batch.id, "assign", lambda plan: assign(plan, [1, 2], A, "1.001193"))
    assert [code for code, _, _ in room.due(batch)] == [A]


def test_a_sorted_batch_is_not_fed_again_and_an_unknown_one_not_found(room: ScanRoom, laid: Path) -> None:
    batch = room.sort(room.feed(room.begin(order()), SimulatedScanner("Quầy 1", laid), lambda _: None))
    with pytest.raises(BatchEditRefused):
        room.feed(batch, SimulatedScanner("Quầy 1", laid), lambda _: None)
    for unknown in ("M260101-000000-AAAA", "../batches", ""):
        with pytest.raises(BatchNotFound):
            room.load(unknown)


def test_a_record_of_a_separator_is_read_back_as_one(room: ScanRoom, tmp_path: Path) -> None:
    from dossier.batch_sheet import SeparatorSheet

    text = SheetText("TỜ NGĂN", "", (), "MẪU")
    page = pypdfium2.PdfDocument(print_sheets([(SeparatorSheet("RUN"), text)]))[0]
    picture = page.render(scale=DPI / 72).to_pil().convert("RGB")
    folder = stack(tmp_path / "separated", picture, paper(1))
    batch = room.sort(room.feed(room.begin(order()), SimulatedScanner("Quầy 1", folder), lambda _: None))
    assert room.load(batch.id).readings[0].sign == SeparatorSheet("RUN")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOHOA_SCANNERS", raising=False)
