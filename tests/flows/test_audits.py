"""The resident process keeps the ledger's head once a day and looks at the archive when that is due."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from console.audit_door import add_lots, ledger_data
from console.wording_audit import in_words
from dossier.archive import PackageFile
from dossier.audit import LedgerAudit, LedgerBreak
from dossier.errors import StoreUnreachable
from flows.audits import SETTLE_SECONDS, Audits, AuditWatch
from flows.fixity_room import Pace
from flows.settings import Settings
from flows.wiring import compose
from storage.memory import MemoryArchive
from storage.package import put_package
from storage.s3 import StoreSettings

MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def audits(tmp_path: Path, clock: Clock) -> Audits:
    work = compose(Settings(state=tmp_path), StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False))
    archive = MemoryArchive(retention_days=100, clock=clock)
    work.ledger.append("cán bộ MẪU", "archived", "H56.101-250715-0001", "{}")
    return Audits(replace(work, archive=archive), clock)


def test_a_head_a_day_and_a_run_a_month(audits: Audits, clock: Clock) -> None:
    begun: list[float] = []

    def begin(share: float) -> None:
        begun.append(share)
        audits.check_fixity(Pace(1.0))

    cast(Any, audits).begin_fixity = begin
    watch = AuditWatch(audits, 0.25, began=0.0)
    watch.step(1.0)
    assert (begun, audits.audit_ledger().heads) == ([], 0), "the counter comes first"
    watch.step(SETTLE_SECONDS)
    assert (begun, audits.audit_ledger().heads) == ([0.25], 1)
    watch.step(SETTLE_SECONDS + 3600)
    assert (begun, audits.audit_ledger().heads) == ([0.25], 1), "not twice a day"
    clock.now = MORNING + timedelta(days=1)
    watch.step(SETTLE_SECONDS + 7200)
    judged = audits.audit_ledger()
    assert (len(begun), judged.heads, judged.troubles, judged.broken) == (1, 2, (), None)
    clock.now = MORNING + timedelta(days=31)
    watch.step(SETTLE_SECONDS + 10800)
    assert (len(begun), audits.audit_ledger().heads) == (2, 3)


def test_a_store_that_is_down_costs_nothing_but_the_wait(audits: Audits, clock: Clock) -> None:
    work = audits._workshop

    class Down(MemoryArchive):
        def list(self, prefix: str) -> tuple[str, ...]:
            raise StoreUnreachable("store", "refused")

    audits._workshop = replace(work, archive=Down())
    watch = AuditWatch(audits, 0.2, began=0.0)
    cast(Any, audits).begin_fixity = lambda _share: None
    watch.step(SETTLE_SECONDS)
    audits._workshop = work
    watch.step(SETTLE_SECONDS + 3600)
    assert audits.audit_ledger().heads == 1


def test_what_was_done_today_goes_under_lock_when_the_machine_is_switched_off(audits: Audits) -> None:
    watch = AuditWatch(audits, 0.2, began=0.0)
    watch.close()
    assert (audits.audit_ledger().heads, audits.audit_ledger().locked_to) == (1, 1)
    watch.close()
    assert audits.audit_ledger().heads == 1, "nothing happened since"


def test_a_run_in_the_background_ends_with_its_report(audits: Audits) -> None:
    audits.begin_fixity(1.0)
    thread = audits._thread
    assert thread is not None
    thread.join(60)
    state = audits.fixity_state()
    assert (state["running"], state["run"]) == (False, None)
    assert state["last"]["outcome"] == "pass"
    audits.stop()


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda a: a, "pass"),
        (lambda a: replace(a, broken=LedgerBreak(3, "is missing; 5 comes next")), "fail"),
        (lambda a: replace(a, troubles=("x",)), "fail"),
        (lambda a: replace(a, not_checked=("x",)), "not_checked"),
        (lambda a: replace(a, troubles=("x",), not_checked=("x",)), "fail"),
    ],
)
def test_what_could_not_be_looked_at_is_no_pass(
    change: Callable[[LedgerAudit], LedgerAudit], outcome: str
) -> None:
    audit = LedgerAudit(5, None, 1, 5, 0, None, (), ())
    assert ledger_data(change(audit))["outcome"] == outcome


def test_reasons_have_their_vietnamese() -> None:
    assert in_words("is missing; 5 comes next", "vi") == "bị mất; 5 comes next"
    assert in_words("its bytes do not match their SHA-256", "vi") == "nội dung không khớp SHA-256"
    assert in_words("is missing; 5 comes next", "en") == "is missing; 5 comes next"


def test_a_lot_through_the_door(audits: Audits, tmp_path: Path) -> None:
    """Draw, take the papers out, judge, close; every look is in the ledger."""
    work = audits._workshop
    for number in range(3):
        dossier, data = f"H56.101-261105-{number:04d}", f"%PDF {number}".encode()
        paper = PackageFile(
            "pdf/01-to_khai.pdf", "rendition", hashlib.sha256(data).hexdigest(), len(data), "application/pdf"
        )
        about = {
            "received_on": "2026-11-05",
            "procedure": "1.001193",
            "documents": [{"number": 1, "pages": [{}]}],
        }
        prefix = f"dossiers/{dossier}/{number:016d}"
        put_package(work.archive, work.index, dossier, prefix, [(paper, data)], about)
    app = FastAPI()
    add_lots(app, audits)
    door = TestClient(app)
    asked = {"begin": "2026-11-01", "end": "2026-11-30", "by": "Cán bộ lưu trữ MẪU"}
    lot = door.post("/audit/lots", json=asked).json()
    assert (lot["lot_pages"], lot["plan"]["sample_size"], lot["state"]) == (3, 3, "open")
    code = lot["lot"]
    papers = door.post(f"/audit/lots/{code}/papers", json={"to": str(tmp_path / "sample")}).json()["papers"]
    assert sorted(Path(paper["file"]).read_bytes() for paper in papers) == [b"%PDF 0", b"%PDF 1", b"%PDF 2"]
    assert len(audits.lot_room().ledger.entries(action="viewed")) == 3
    for number in (1, 2, 3):
        said = {"draw": number, "is_good": number > 1, "reason": "mờ"}
        assert door.post(f"/audit/lots/{code}/verdicts", json=said).status_code == 200
    closed = door.post(f"/audit/lots/{code}/closing", json={}).json()
    assert (closed["state"], closed["faulty"], len(closed["rescan"])) == ("sent_back", 1, 3)
    assert [each["state"] for each in door.get("/audit/lots").json()["lots"]] == ["sent_back"]
    assert door.get(f"/audit/lots/{code}").json() == closed
