"""Dossiers that wait for the register: noted, run again when it is back, and what then stands where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest

from dossier.archive import ArchivePackage, DigitisationOrder, DossierReport, DossierState, state_of
from dossier.errors import ServiceBusy
from dossier.finding import Outcome, Rule, Severity
from dossier.page import RecognisedPage, SourceFile, StoredObject
from dossier.work import Lane
from flows.desk import Desk
from flows.duties import Duties
from flows.follow_up import follow_register
from flows.judging import judge
from flows.register_watch import GIVEN_UP_AFTER, RegisterWatch
from flows.report import finding_data
from flows.service import Run
from flows.settings import Settings
from flows.wiring import Workshop, open_register
from storage.checkpoints import FolderCheckpoints
from storage.desk import SqlDesk
from storage.holds import SqlHolds
from storage.index import SqlIndex
from storage.judgements import SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.people import SqlPeople
from storage.review import SqlReviews
from storage.review_typed import SqlTyped
from storage.spool import FolderSpool
from storage.standin_register import Fault, StandInRegister
from storage.waiting import SqlRegisterWaits
from tests.pages import NATIONAL, card, page
from validators.catalogue_loader import YamlCatalogue

NUMBER, NAME = "001090000017", "NGUYỄN VĂN MẪU"
PEOPLE = (
    "personal_number,full_name,date_of_birth,sex,residence\n"
    f'{NUMBER},{NAME},1990-02-01,Nam,"Thôn Mẫu, Xã Mẫu, Ninh Bình"\n'
    "001090000018,TRẦN VĂN KHÁC MẪU,1990-02-01,Nam,\n"
)
ORDER = DigitisationOrder("H42-261119-0001", "1.000894", (), date(2026, 11, 19), "Cán bộ MẪU")
START = datetime(2026, 11, 19, 8, 0, tzinfo=UTC).timestamp()


@dataclass
class Counter:
    """A workshop over real keeping, and a service that judges at once instead of reading pictures."""

    workshop: Workshop
    stand_in: StandInRegister
    folder: Path
    pages: list[RecognisedPage]
    orders: list[DigitisationOrder]
    busy: bool = False
    archived: ArchivePackage | None = None
    kept: Mapping[str, StoredObject] = field(default_factory=dict)

    def submit(
        self,
        order: DigitisationOrder,
        lane: Lane = Lane.COUNTER,
        kept: Mapping[str, StoredObject] | None = None,
    ) -> Run:
        if self.busy:
            raise ServiceBusy(order.dossier, "another run of this dossier is under way")
        self.orders.append(order)
        self.kept = kept or {}
        future: Future[DossierReport] = Future()
        future.set_result(self.digitise(order))
        return Run("run", order, future)

    def digitise(self, order: DigitisationOrder) -> DossierReport:
        judgement = judge(self.workshop, order, self.pages, ())
        report = DossierReport(
            *(judgement.dossier, state_of(judgement.findings), judgement.findings, self.archived, ()),
            judgement.register,
        )
        if self.archived is not None:
            report = replace(report, state=DossierState.ARCHIVED)
        follow_register(self.workshop, order, report)
        return report

    def archive(self, report: DossierReport) -> None:
        self.archived = ArchivePackage(ORDER.dossier, "dossiers/x/1", "0" * 64, ())
        summary = json.dumps({"findings": [finding_data(f) for f in report.findings]})
        self.workshop.index.record(self.archived, (), summary)

    def ledger(self, action: str) -> list[Any]:
        entries = cast(SqlLedger, self.workshop.ledger).entries(1000)
        return [json.loads(e.detail) for e in reversed(entries) if e.action == action]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    stand_in = StandInRegister(tmp_path / "people.csv")
    stand_in.start()
    settings = Settings(
        state=tmp_path / "state",
        register_url=f"{stand_in.url}/soap",
        register_service="MAU-DVC",
        register_integration="037",
        register_attempts=1,
        register_rest_seconds=0,
        register_retry_seconds=60,
    )
    keys = Keyring([DataKey(b"k" * 32)])
    spool = FolderSpool(settings.spool_folder)
    workshop = Workshop(
        settings=settings,
        spool=spool,
        checkpoints=FolderCheckpoints(settings.state / "checkpoints"),
        archive=MemoryArchive(),
        index=SqlIndex(settings.database),
        ledger=SqlLedger(settings.database),
        register=open_register(settings),
        catalogue=YamlCatalogue(None),
        reading=cast(Any, None),
        progress=cast(Any, None),
        waits=SqlRegisterWaits(settings.database),
        judgements=SqlJudgements(settings.database),
        keys=keys,
        people=SqlPeople(settings.database, keys),
        holds=SqlHolds(settings.database, keys),
        lock=MemoryArchive(),
        desk=Desk(SqlDesk(settings.database, keys)),
        reviews=SqlReviews(settings.database, keys),
        typed=SqlTyped(settings.database, keys),
    )
    kept = spool.put(b"the untouched scan", "image/jpeg")
    front = card(NUMBER, NAME)
    source = SourceFile("card.jpg", kept)
    pages = [replace(front, page=replace(front.page, source=source))]
    yield Counter(workshop, stand_in, tmp_path, pages, [])
    stand_in.stop()
    for kept_in in (workshop.index, workshop.ledger, workshop.waits, workshop.judgements, workshop.people):
        cast(SqlIndex, kept_in).close()


def order_of(counter: Counter) -> DigitisationOrder:
    return replace(ORDER, sources=(str(counter.folder / "scans" / "card.jpg"),))


def register_rules(report: DossierReport) -> list[Rule]:
    return [f.rule for f in report.findings if f.rule.startswith("register")]


def test_an_answered_dossier_never_waits(counter: Counter) -> None:
    report = counter.digitise(order_of(counter))
    assert register_rules(report) == []
    assert counter.workshop.waits.find(ORDER.dossier) is None
    RegisterWatch(counter, counter.workshop).step(START)
    assert counter.orders == []


def test_a_dossier_is_run_again_when_the_register_is_back(counter: Counter) -> None:
    counter.stand_in.stop()
    report = counter.digitise(order_of(counter))
    assert register_rules(report) == [Rule.REGISTER_NOT_CHECKED]
    watch = RegisterWatch(counter, counter.workshop)
    # 1. While the register is down, nothing is run.
    watch.step(START)
    watch.step(START + 60)
    assert counter.orders == []
    # 2. Before the next look nothing happens, then the dossier runs from the bytes that were kept.
    counter.stand_in.start()
    watch.step(START + 119)
    assert counter.orders == []
    watch.step(START + 120)
    (order,) = counter.orders
    assert order == order_of(counter)
    assert not Path(order.sources[0]).exists()
    assert counter.workshop.spool.get(counter.kept[order.sources[0]]) == b"the untouched scan"
    # 3. It waits no longer, over a restart too.
    watch.step(START + 121)
    RegisterWatch(counter, counter.workshop).step(START + 500)
    assert len(counter.orders) == 1
    assert counter.workshop.waits.open() == ()
    (answered,) = counter.ledger("register-answered")
    assert answered["outcomes"] == ["matches"]
    assert counter.workshop.index.follow_ups(ORDER.dossier) == ()
    assert register_rules(counter.digitise(order_of(counter))) == []


def test_an_answer_after_archiving_is_a_follow_up_and_no_new_package(counter: Counter) -> None:
    counter.stand_in.fault = Fault.GARBAGE
    counter.archive(counter.digitise(order_of(counter)))
    before = counter.workshop.index.package(ORDER.dossier)
    counter.stand_in.fault = Fault.WRONG
    RegisterWatch(counter, counter.workshop).step(START)
    (followed,) = counter.workshop.index.follow_ups(ORDER.dossier)
    detail = json.loads(followed.detail)
    assert (followed.prefix, followed.kind) == ("dossiers/x/1", "register-answered")
    assert (detail["outcomes"], detail["state"]) == (["no_match_or_name_differs"], "archived")
    assert "register_no_match" in detail["rules"]
    assert counter.workshop.index.package(ORDER.dossier) == before
    # Asking again later adds nothing.
    counter.digitise(order_of(counter))
    assert len(counter.workshop.index.follow_ups(ORDER.dossier)) == 1


def test_a_register_that_is_there_and_does_not_answer_is_asked_less_and_less(counter: Counter) -> None:
    counter.stand_in.fault = Fault.GARBAGE
    counter.digitise(order_of(counter))
    watch = RegisterWatch(counter, counter.workshop)
    ran_at = []
    for second in range(0, 1200, 10):
        before = len(counter.orders)
        watch.step(START + second)
        if len(counter.orders) > before:
            ran_at.append(second)
    pauses = [later - earlier for earlier, later in pairwise(ran_at)]
    assert len(ran_at) >= 4
    assert all(later >= 1.5 * earlier for earlier, later in pairwise(pauses))
    (wait,) = counter.workshop.waits.open()
    assert wait.order == order_of(counter)
    assert len(wait.failed) == 1


def test_a_look_of_a_worker_hands_on_one_dossier_after_the_other_until_none_is_due(counter: Counter) -> None:
    counter.stand_in.fault = Fault.GARBAGE
    codes = [f"H42-261119-000{number}" for number in range(4)]
    for code in codes:
        counter.digitise(replace(order_of(counter), dossier=code))
    counter.stand_in.fault = Fault.NONE
    duties = Duties(cast(Any, counter), Event())
    duties.look_for_register()
    assert [order.dossier for order in counter.orders] == codes
    assert counter.workshop.waits.open() == ()
    duties.look_for_register()
    assert len(counter.orders) == 4


def test_a_look_of_a_worker_ends_though_a_dossier_is_never_done(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.duties._REGISTER_LOOK_SECONDS", 0.5)
    counter.stand_in.fault = Fault.GARBAGE
    counter.digitise(order_of(counter))
    counter.stand_in.fault = Fault.NONE
    run = Run("run", order_of(counter), Future())
    monkeypatch.setattr(counter, "submit", lambda *_: run)
    duties = Duties(cast(Any, counter), Event())
    duties.look_for_register()
    assert len(counter.workshop.waits.open()) == 1
    run.future.cancel()  # its process ended
    duties.look_for_register()
    assert len(counter.workshop.waits.open()) == 1


def test_a_busy_service_is_asked_again_later(counter: Counter) -> None:
    counter.stand_in.fault = Fault.GARBAGE
    counter.digitise(order_of(counter))
    counter.stand_in.fault = Fault.NONE
    watch = RegisterWatch(counter, counter.workshop)
    counter.busy = True
    watch.step(START)
    counter.busy = False
    watch.step(START + 60)
    assert len(counter.orders) == 1


def test_a_file_that_gave_no_pages_is_not_forgotten_by_the_second_run(counter: Counter) -> None:
    """Otherwise a dossier would be archived without the paper that could not be read."""
    scans = counter.folder / "scans"
    scans.mkdir()
    both = replace(ORDER, sources=(str(scans / "card.jpg"), str(scans / "damaged.jpg")))
    counter.stand_in.fault = Fault.GARBAGE
    counter.digitise(both)
    counter.stand_in.fault = Fault.NONE
    for source in both.sources:
        Path(source).write_bytes(b"x")
    watch = RegisterWatch(counter, counter.workshop)
    watch.step(START)
    assert counter.orders == [both]
    counter.stand_in.fault = Fault.GARBAGE
    counter.digitise(both)
    counter.stand_in.fault = Fault.NONE
    (scans / "damaged.jpg").unlink()
    RegisterWatch(counter, counter.workshop).step(START)
    assert counter.orders == [both]
    assert "gone" in counter.ledger("register-wait-ended")[0]["reason"]
    assert counter.workshop.waits.open() == ()


def test_nobody_is_asked_about_for_a_dossier_of_last_month(counter: Counter) -> None:
    counter.stand_in.fault = Fault.GARBAGE
    counter.digitise(order_of(counter))
    (wait,) = counter.workshop.waits.open()
    counter.stand_in.fault = Fault.NONE
    late = datetime.fromisoformat(wait.since) + GIVEN_UP_AFTER + timedelta(seconds=1)
    for day, ends in ((0.0, False), (0.9, False), (1.0, True)):  # each look after a restart
        told_by(counter, late + timedelta(days=day)).step(START)
        assert counter.orders == []
        assert (counter.workshop.waits.open() == ()) is ends
    assert "30 days" in counter.ledger("register-wait-ended")[0]["reason"]


def test_a_clock_that_is_wrong_for_a_moment_ends_no_waiting_and_stops_no_look(counter: Counter) -> None:
    counter.stand_in.fault = Fault.GARBAGE
    counter.digitise(order_of(counter))
    (wait,) = counter.workshop.waits.open()
    right = datetime.fromisoformat(wait.since) + timedelta(hours=1)
    watch = told_by(counter, right + timedelta(days=3650))
    watch.step(START)
    told_by(counter, right).step(START)  # set right, and in the evening wrong once more
    told_by(counter, right + timedelta(days=3652)).step(START)
    assert len(counter.workshop.waits.open()) == 1
    watch._workshop = replace(counter.workshop, clock=lambda: right)
    counter.stand_in.fault = Fault.NONE
    before = len(counter.orders)
    watch.step(START + 60)
    assert len(counter.orders) == before + 1, "pauses are counted by a steady clock"
    watch.step(START + 61)
    assert counter.workshop.waits.open() == ()
    assert counter.ledger("register-wait-ended") == []


def told_by(counter: Counter, moment: datetime) -> RegisterWatch:
    """A watch whose clock on the wall says so."""
    return RegisterWatch(counter, replace(counter.workshop, clock=lambda: moment))


def test_a_residence_paper_taken_after_a_failed_lookup_stays_acceptable(counter: Counter) -> None:
    confirmation = page(*NATIONAL, "^XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ", source="ct07.jpg")
    without = list(counter.pages)
    # 1. The look-up works: the paper may not be asked for.
    counter.pages = [*without, confirmation]
    order = order_of(counter)
    assert severities(counter.digitise(order)) == [Severity.BLOCKING]
    # 2. It fails, and that is logged: the paper is acceptable, now and when the register is back.
    counter.stand_in.fault = Fault.GARBAGE
    assert severities(counter.digitise(order)) == [Severity.INFO]
    counter.stand_in.fault = Fault.NONE
    assert severities(counter.digitise(order)) == [Severity.INFO]
    # 3. Other papers were not there when it failed.
    counter.pages = [*counter.pages, page(*NATIONAL, "^ĐƠN MẪU", source="more.jpg")]
    assert severities(counter.digitise(order)) == [Severity.BLOCKING]


def severities(report: DossierReport) -> list[Severity]:
    return [f.severity for f in report.findings if f.rule is Rule.RESIDENCE_PAPER]


def test_the_ledger_tells_who_asked_for_what_and_not_about_whom(counter: Counter) -> None:
    counter.digitise(order_of(counter))
    counter.stand_in.fault = Fault.REFUSED
    report = counter.digitise(order_of(counter))
    (entry,) = [f for f in report.findings if f.rule is Rule.REGISTER_NOT_CHECKED]
    assert entry.outcome is Outcome.NOT_CHECKED
    asked = cast(SqlLedger, counter.workshop.ledger).entries(10, ORDER.dossier)
    assert [e.actor for e in asked] == [ORDER.officer] * 2
    for each in asked:
        detail = json.loads(each.detail)
        assert detail["purpose"] == f"{ORDER.dossier} {ORDER.procedure}"
        assert detail["seconds"] >= 0
        assert detail["requests"]
        for personal in (NUMBER, NUMBER[:9], NAME, NAME.title(), "Thôn", "1990"):
            assert personal not in each.detail


def test_where_no_register_is_set_up_nothing_waits(counter: Counter) -> None:
    settings = counter.workshop.settings.model_copy(update={"register_url": ""})
    counter.workshop = replace(counter.workshop, settings=settings, register=open_register(settings))
    report = counter.digitise(order_of(counter))
    assert register_rules(report) == [Rule.REGISTER_NOT_CHECKED]
    assert counter.workshop.waits.open() == ()
