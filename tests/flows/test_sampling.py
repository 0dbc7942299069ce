"""A lot is drawn once, judged page by page, and accepted or sent back by the numbers of its plan."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from dossier.archive import PackageFile
from dossier.errors import InputRefused, NotInArchive, SohoaError, StorageError
from dossier.sampling import Inspection, SampledPage
from flows.sampling import (
    LotOrder,
    LotRoom,
    PageVerdict,
    close_lot,
    draw_lot,
    drawn,
    judge_page,
    lot_state,
    lots,
)
from storage.index import SqlIndex
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.package import put_package

NOVEMBER = LotOrder(date(2026, 11, 1), date(2026, 11, 30), aql="4.0", seed="seed")
BY = "Cán bộ lưu trữ MẪU"


@pytest.fixture
def room(tmp_path: Path) -> LotRoom:
    url = f"sqlite:///{tmp_path / 'sohoa.sqlite'}"
    return LotRoom(MemoryArchive(), SqlIndex(url), SqlLedger(url))


def archive(room: LotRoom, number: int, day: str, papers: tuple[int, ...] = (2, 1)) -> None:
    """A dossier received on a day, with papers of so many pages."""
    dossier = f"H56.101-2611{day[-2:]}-{number:04d}"
    data = f"scan {number}".encode()
    file = PackageFile(
        "originals/001.jpg", "original", hashlib.sha256(data).hexdigest(), len(data), "image/jpeg"
    )
    about = {
        "procedure": "1.001193",
        "received_on": day,
        "documents": [{"number": n, "pages": [{}] * pages} for n, pages in enumerate(papers, 1)],
    }
    put_package(room.archive, room.index, dossier, f"dossiers/{dossier}/{number:016d}", [(file, data)], about)


def judge_all(room: LotRoom, code: str, faulty: int) -> dict[str, Any]:
    size = len(lot_state(room, code)["pages"])
    for number in range(1, size + 1):
        judge_page(room, code, PageVerdict(number, number > faulty, "" if number > faulty else "mờ"), BY)
    return close_lot(room, code, BY)


def test_a_lot_from_the_draw_to_the_verdict(room: LotRoom) -> None:
    for number in range(12):
        archive(room, number, f"2026-11-{number + 1:02d}")
    archive(room, 99, "2026-12-01")
    lot = draw_lot(room, NOVEMBER, BY)
    assert (lot["lot"], lot["lot_pages"], lot["state"]) == ("20261101-20261130_II-4.0", 36, "open")
    plan = lot["plan"]
    # 36 pages are letter D, whose cell points down to E (tables 1 and 2-A).
    numbers = [plan[name] for name in ("letter", "sample_size", "acceptance", "rejection")]
    assert numbers == ["E", 13, 1, 2]
    assert len(lot["pages"]) == plan["sample_size"]
    # It lies under lock, and a second draw is the first one, whatever seed is asked for.
    assert draw_lot(room, replace(NOVEMBER, seed="another"), BY) == lot
    assert len(room.ledger.entries(action="sample-drawn")) == 1
    (key,) = room.archive.list("audit/lots/")
    assert json.loads(room.archive.get(key))["seed"] == "seed"
    # One faulty page too few to send it back: the lot is accepted, the page still has to be scanned again.
    judged = judge_all(room, lot["lot"], plan["acceptance"])
    assert (judged["state"], judged["faulty"], len(judged["rescan"])) == (
        "accepted",
        plan["acceptance"],
        len({p["dossier"] for p in judged["pages"] if p["is_good"] is False}),
    )
    actions = [entry.action for entry in room.ledger.entries()][::-1]
    assert actions == ["sample-drawn", *["sample-judged"] * plan["sample_size"], "sample-closed"]
    assert {entry.actor for entry in room.ledger.entries()} == {BY}
    assert [each["lot"] for each in lots(room)] == [lot["lot"]]


def test_a_faulty_page_needs_a_reason_whoever_says_it(room: LotRoom) -> None:
    archive(room, 1, "2026-11-05")
    lot = draw_lot(room, NOVEMBER, BY)
    for reason in ("", "  "):
        with pytest.raises(InputRefused, match="needs a reason"):
            judge_page(room, lot["lot"], PageVerdict(1, False, reason), BY)
    assert room.ledger.entries(10, action="sample-judged") == ()


def test_a_lot_with_too_many_faulty_pages_is_sent_back_whole(room: LotRoom) -> None:
    for number in range(12):
        archive(room, number, "2026-11-03")
    lot = draw_lot(room, NOVEMBER, BY)
    judged = judge_all(room, lot["lot"], lot["plan"]["rejection"])
    assert (judged["state"], len(judged["rescan"])) == ("sent_back", 12)
    with pytest.raises(SohoaError, match="is closed"):
        judge_page(room, lot["lot"], PageVerdict(1, True), BY)
    assert close_lot(room, lot["lot"], BY) == judged
    # Inspected again, it is a lot of its own that does not count for switching.
    again = draw_lot(room, replace(NOVEMBER, resubmits=lot["lot"], seed="new"), BY)
    assert (again["lot"], again["lot_pages"]) == (f"{lot['lot']}_again", 36)
    assert [p["draw"] for p in again["pages"]] == list(range(1, len(again["pages"]) + 1))
    assert judge_all(room, again["lot"], 9)["state"] == "sent_back"
    next_one = draw_lot(room, replace(NOVEMBER, begin=date(2026, 11, 2)), BY)
    assert next_one["plan"]["inspection"] == Inspection.NORMAL


def test_strictness_follows_the_lots_before(room: LotRoom) -> None:
    for number in range(12):
        archive(room, number, "2026-11-28")

    def one(day: int, faulty: int, **more: Any) -> dict[str, Any]:
        lot = draw_lot(room, replace(NOVEMBER, begin=date(2026, 11, day), **more), BY)
        judge_all(room, lot["lot"], faulty)
        return lot

    assert one(1, 3)["plan"]["inspection"] == Inspection.NORMAL
    assert one(2, 3)["plan"]["inspection"] == Inspection.NORMAL
    for day in range(3, 8):
        assert one(day, 9)["plan"]["inspection"] == Inspection.TIGHTENED
    with pytest.raises(SohoaError, match="the work comes first"):
        one(8, 0)
    assert one(8, 0, resumed=True)["plan"]["inspection"] == Inspection.TIGHTENED
    # Another limit is another series.
    assert one(8, 0, aql="6.5")["plan"]["inspection"] == Inspection.NORMAL


def test_the_draw_can_be_repeated_by_hand() -> None:
    pages = [SampledPage(f"H42-{number}", 1, 1) for number in range(200)]
    sample = drawn(pages, "a seed", 10)
    assert drawn(pages[::-1], "a seed", 10) == sample
    assert drawn(pages, "another", 10) != sample
    first = subprocess.run(
        ["sha256sum"], input=f"a seed:{sample[0].name}", capture_output=True, text=True, check=True
    )
    lowest = min(hashlib.sha256(f"a seed:{page.name}".encode()).hexdigest() for page in pages)
    assert first.stdout.split()[0] == lowest
    # Over many seeds every page has its turn.
    turns = [page.name for seed in range(400) for page in drawn(pages, str(seed), 10)]
    assert min(turns.count(page.name) for page in pages) >= 4


def test_bad_input_is_named(room: LotRoom) -> None:
    with pytest.raises(SohoaError, match="no pages of these days"):
        draw_lot(room, NOVEMBER, BY)
    with pytest.raises(SohoaError, match="later than the last day"):
        draw_lot(room, replace(NOVEMBER, end=date(2026, 10, 1)), BY)
    with pytest.raises(NotInArchive):
        lot_state(room, "none")
    archive(room, 1, "2026-11-05")
    with pytest.raises(SohoaError, match="acceptance quality limit"):
        draw_lot(room, replace(NOVEMBER, aql="3"), BY)
    lot = draw_lot(room, NOVEMBER, BY)
    with pytest.raises(SohoaError, match="no verdict yet: 1, 2"):
        close_lot(room, lot["lot"], BY)
    for number in (0, len(lot["pages"]) + 1):
        with pytest.raises(SohoaError, match="is not one of the"):
            judge_page(room, lot["lot"], PageVerdict(number, True), BY)
    # A verdict that was wrong is corrected by a later one; both stand in the ledger.
    judge_page(room, lot["lot"], PageVerdict(1, False, "thiếu góc"), BY)
    assert judge_page(room, lot["lot"], PageVerdict(1, True), BY)["faulty"] == 0
    assert len(room.ledger.entries(action="sample-judged")) == 2


def test_a_lot_that_was_changed_in_the_store_is_found(room: LotRoom) -> None:
    archive(room, 1, "2026-11-05")
    lot = draw_lot(room, NOVEMBER, BY)
    store = cast(MemoryArchive, room.archive)
    kept, data = store._kept[f"audit/lots/{lot['lot']}.json"]
    store._kept[kept.key] = kept, data.replace(b'"seed": "seed"', b'"seed": "SEED"')
    with pytest.raises(StorageError, match="is not the lot"):
        lot_state(room, lot["lot"])
