"""What is counted is counted once, costs what it costs, and says nothing about anybody."""

from __future__ import annotations

import io
import time
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from dossier.archive import Dossier, DossierReport, DossierState
from dossier.errors import NotInArchive
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import RegisterOutcome, RegisterQuery
from flows.metrics import Meters
from scanners.delivery import DEFAULT_LIMITS, DeliveredFile
from scanners.guard import read_pages, spent_seconds
from storage.memory import MemoryArchive
from storage.metered import MeteredArchive, MeteredRegister
from storage.register import UnavailableRegister


def sample(meters: Meters, name: str, **labels: str) -> float | None:
    for family in text_string_to_metric_families(meters.text().decode()):
        for each in family.samples:
            if each.name == name and labels.items() <= each.labels.items():
                return each.value
    return None


def test_every_stage_and_outcome_stands_there_from_the_start() -> None:
    meters = Meters()
    assert sample(meters, "sohoa_pages_total", outcome="read") == 0
    assert sample(meters, "sohoa_core_seconds_total", stage="sealing") == 0
    assert sample(meters, "sohoa_store_failures_total", error="StoreUnreachable") == 0
    assert sample(meters, "sohoa_store_seconds_count", operation="put") == 0
    assert b"_created" not in meters.text()


def test_pages_reports_and_their_findings_are_counted() -> None:
    meters = Meters()
    meters.page("read")
    meters.page("remembered")
    about = ("NGUYỄN THỊ MẪU", ("the ledger of 001099000000",), "NĐ 61/2018")
    finding = Finding(Rule.REGISTER_NOT_CHECKED, Severity.BLOCKING, Outcome.FAIL, *about)
    dossier = Dossier("H42-261119-0001", "1.001193", (), ())
    for _ in range(2):
        meters.report(DossierReport(dossier, DossierState.NEEDS_ATTENTION, (finding,), None, ()))
    assert sample(meters, "sohoa_pages_total", outcome="read") == 1
    assert sample(meters, "sohoa_dossiers_run_total", state="needs_attention") == 2
    asked = {"rule": "register_not_checked", "severity": "blocking"}
    assert sample(meters, "sohoa_findings_total", **asked) == 2
    assert not any(word in meters.text().decode() for word in ("MẪU", "001099", "H42", "1.001193"))


def test_a_stage_costs_what_its_thread_spends_also_where_it_fails() -> None:
    meters = Meters()
    with meters.stage("checking"):
        time.sleep(0.05)
    idle = sample(meters, "sohoa_core_seconds_total", stage="checking") or 0.0
    with pytest.raises(ZeroDivisionError), meters.stage("sealing"):
        sum(1 / (299_999 - number) for number in range(300_000))
    busy = sample(meters, "sohoa_core_seconds_total", stage="sealing") or 0.0
    assert busy > idle, "sleeping is free, counting is not"


def test_what_a_guarded_reader_spent_is_known_after_its_end(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("L", (600, 800), 240).save(out, "JPEG")
    before = spent_seconds()
    file = DeliveredFile("giay.jpg", out.getvalue(), "image/jpeg", 0)
    assert len(list(read_pages(file, tmp_path, DEFAULT_LIMITS, 60.0))) == 1
    assert spent_seconds() > before


def test_the_store_behind_a_meter_is_the_same_store() -> None:
    meters = Meters()
    archive = MeteredArchive(MemoryArchive(), meters.store_called)
    kept = archive.put("a/1", b"MAU", "text/plain")
    assert (archive.get("a/1"), archive.list("a/")) == (b"MAU", ("a/1",))
    assert archive.describe("a/1") == kept
    with pytest.raises(NotInArchive):
        archive.get("a/2")
    assert sample(meters, "sohoa_store_seconds_count", operation="put") == 1
    assert sample(meters, "sohoa_store_seconds_count", operation="get") == 2
    assert sample(meters, "sohoa_store_failures_total", error="NotInArchive") == 1


def test_the_registers_outcome_is_counted_and_never_about_whom() -> None:
    meters = Meters()
    register = MeteredRegister(UnavailableRegister("none is set up"), meters.register_asked)
    query = RegisterQuery("001099000000", "NGUYỄN THỊ MẪU", date(1999, 1, 2), "CB-MAU", "MAU")
    assert register.ask(query).outcome is RegisterOutcome.NOT_CHECKED
    assert not register.is_answering()
    assert sample(meters, "sohoa_register_answers_total", outcome="not_checked") == 1
    assert b"001099" not in meters.text()
