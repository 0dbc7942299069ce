"""The desk as runs fill it and people see it: whose dossiers, which state, made anew, given up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from console.desk_door import add_desk
from dossier.accounts import Account, Role
from dossier.archive import (
    RENDITIONS,
    TEXTS,
    ArchivePackage,
    DigitisationOrder,
    Dossier,
    DossierReport,
    DossierState,
    PackageFile,
)
from dossier.desk import DeskState, FindingCounts
from dossier.desk_asked import DeskContent, Question, QueueView
from dossier.document import Document, Kind
from dossier.errors import ChangedMeanwhile, CodeTaken, NotOnDesk
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, IdentityVerdict, Witness, WitnessSource
from flows.desk import Desk
from flows.desk_rebuild import enter_known, rebuild_desk
from flows.desk_views import DeskViews, ShownList
from flows.remembering import remember
from flows.report import document_data, finding_data, identity_data
from flows.settings import Settings
from flows.wiring import Workshop
from storage.alto import write_alto
from storage.checkpoints import FolderCheckpoints
from storage.clock import vietnam_now
from storage.desk import SqlDesk
from storage.index import SqlIndex
from storage.judgements import SqlJudgements
from storage.keyring import DataKey, Keyring
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.package import put_package
from storage.people import SqlPeople
from tests.pages import page
from validators.catalogue_loader import YamlCatalogue

HERE, THERE = "Quầy 1 (MẪU)", "Quầy 2 (MẪU)"
DAY = date(2026, 11, 16)
MOTHER, CHILD = "Trần Thị Hoà (MẪU)", "Lê Văn Bình (MẪU)"
WARNING = Finding(Rule.SUPPLEMENT_LATE, Severity.WARNING, Outcome.FAIL, "phieu", (), "")
BLOCKED = Finding(Rule.RESIDENCE_PAPER, Severity.BLOCKING, Outcome.FAIL, "ct07", (), "")


def order(code: str, counter: str = HERE) -> DigitisationOrder:
    return DigitisationOrder(code, "1.001193", (), DAY, "Cán bộ (MẪU)", counter=counter)


def account(role: Role = Role.CLERK, counter: str = HERE) -> Account:
    return Account(str(role), f"{role} (MẪU)", role, counter if role is Role.CLERK else "")


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workshop]:
    """A workshop without service, store and readers."""
    settings = Settings(state=tmp_path, counter="Máy (MẪU)", due_working_days={"1.001193": 1})
    url, keys = settings.database, Keyring([DataKey(b"k" * 32)])
    kept = SqlDesk(url, keys)
    parts = SimpleNamespace(
        settings=settings,
        keys=keys,
        archive=MemoryArchive(),
        checkpoints=FolderCheckpoints(settings.checkpoint_folder, keys),
        index=SqlIndex(url, keys=keys),
        people=SqlPeople(url, keys),
        judgements=SqlJudgements(url),
        ledger=SqlLedger(url),
        catalogue=YamlCatalogue(None),
        desk=Desk(kept, settings.counter),
        kept=kept,
    )
    yield cast(Workshop, parts)
    for part in (parts.index, parts.people, parts.judgements, parts.ledger, kept):
        part.close()


def judged(work: Workshop, code: str, *findings: Finding, archived: bool = False) -> DigitisationOrder:
    """What a run leaves of a dossier of two kept papers and a card that is only shown."""
    told = order(code)
    texts = (("to_khai", "Tờ khai đăng ký khai sinh"), ("giay_chung_sinh", "Trạm y tế xã Đông"))
    documents = [
        Document(n, Kind(kind, kind, 0.9), (page(text, source=f"{kind}.jpg"),), ())
        for n, (kind, text) in enumerate(texts, 1)
    ]
    documents.append(
        Document(3, Kind("can_cuoc", "", 0.9), (page("Đặc điểm nhận dạng", source="c.jpg"),), ())
    )
    people = (person("040090001234", CHILD, 2), person("001190005678", MOTHER, 1))
    dossier = Dossier(code, told.procedure, tuple(documents), people)
    package = put(work, dossier, documents[:2], findings) if archived else None
    state = DossierState.ARCHIVED if archived else DossierState.NEEDS_ATTENTION
    remember(work, told, DossierReport(dossier, state, findings, package, (), ()))
    return told


def person(number: str, name: str, document: int) -> Identity:
    witness = Witness(WitnessSource.PRINT, "print", number, name, document, 1, None, 0.99)
    return Identity(number, name, IdentityVerdict.CONFIRMED, (witness,), None)


def put(
    work: Workshop, dossier: Dossier, kept: list[Document], findings: tuple[Finding, ...]
) -> ArchivePackage:
    files = []
    for document in kept:
        stem = f"{document.number:02d}-{document.kind.code}"
        files.append((f"{RENDITIONS}/{stem}.pdf", "rendition", stem.encode()))
        text = write_alto(document.pages[0], 1, "2026-11-16T09:00:00+07:00")
        files.append((f"{TEXTS}/{stem}-001.xml", "text", text))
    described = [
        (PackageFile(path, role, hashlib.sha256(data).hexdigest(), len(data), "application/xml"), data)
        for path, role, data in files
    ]
    about = {
        "dossier": dossier.code,
        "procedure": dossier.procedure,
        "received_on": DAY.isoformat(),
        "counter": HERE,
        "documents": [document_data(document) for document in kept],
        "identities": [identity_data(identity) for identity in dossier.identities],
        "findings": [finding_data(finding) for finding in findings],
    }
    return put_package(work.archive, work.index, dossier.code, f"dossiers/{dossier.code}/a", described, about)


def test_a_run_tells_where_a_dossier_is(work: Workshop) -> None:
    desk = work.desk
    desk.note(order("MẪU-1"), DeskState.READING)
    assert desk.entry("MẪU-1").state is DeskState.READING
    judged(work, "MẪU-1", WARNING, BLOCKED)
    waiting = desk.entry("MẪU-1")
    assert (waiting.state, waiting.findings) == (DeskState.REVIEW, FindingCounts(1, 1, 0))
    assert (waiting.applicant, waiting.papers, waiting.digitised, waiting.pages) == (MOTHER, 3, 0, 3)
    assert waiting.due_on == date(2026, 11, 17), "one working day, by the setting"
    judged(work, "MẪU-1", archived=True)
    done = desk.entry("MẪU-1")
    assert (done.state, done.digitised, round(done.share_digitised, 2)) == (DeskState.ARCHIVED, 2, 0.67)
    desk.note_failed(order("MẪU-2"), ValueError("a bug"))
    assert desk.entry("MẪU-2").state is DeskState.FAILED


def test_only_kept_papers_are_searched_by_their_words(work: Workshop) -> None:
    judged(work, "MẪU-1", BLOCKED)
    archivist = account(Role.ARCHIVIST)
    assert not work.desk.search(archivist, Question(text="khai sinh")).hits, "nothing is archived yet"
    judged(work, "MẪU-1", archived=True)
    assert len(work.desk.search(archivist, Question(text="tram y te")).hits) == 1
    assert not work.desk.search(archivist, Question(text="nhận dạng")).hits, "a card is only shown"
    (hit,) = work.desk.search(archivist, Question(name="binh")).hits
    assert (hit.person, hit.entry.applicant) == (CHILD, MOTHER)


def test_a_centre_that_wants_no_text_searched_keeps_none(work: Workshop) -> None:
    without = work.settings.model_copy(update={"search_letters": 0})
    cast(SimpleNamespace, work).settings = without
    judged(work, "MẪU-1", archived=True)
    assert work.desk.content("MẪU-1").text == ""
    rebuild_desk(work)
    assert not work.desk.search(account(), Question(text="tram y te")).hits
    assert len(work.desk.search(account(), Question(name="binh")).hits) == 1


def test_what_was_under_way_when_the_process_ended_can_be_run_again(work: Workshop) -> None:
    for code, state in (("A", DeskState.READING), ("B", DeskState.SEALING), ("C", DeskState.REVIEW)):
        work.desk.note(order(code), state)
    work.desk.note_interrupted()
    assert [work.desk.entry(code).state for code in "ABC"] == ["failed", "failed", "review"]


def test_a_dossier_keeps_its_counter_and_one_without_gets_that_of_the_machine(work: Workshop) -> None:
    work.desk.expect(account(counter=THERE), "MẪU-1", "1.001193", DAY)
    work.desk.note(order("MẪU-1", counter=""), DeskState.READING)
    work.desk.note(order("MẪU-2", counter=""), DeskState.READING)
    assert work.desk.entry("MẪU-1").counter == THERE
    assert work.desk.entry("MẪU-2").counter == work.settings.counter


def test_another_counters_dossier_answers_like_one_that_is_not_there(work: Workshop) -> None:
    work.desk.note(order("MẪU-1", THERE), DeskState.REVIEW)
    clerk, other = account(), account(counter=THERE)
    assert not work.desk.may_see(clerk, "MẪU-1")
    with pytest.raises(NotOnDesk) as hidden:
        work.desk.seen(clerk, "MẪU-1")
    with pytest.raises(NotOnDesk) as missing:
        work.desk.seen(clerk, "MẪU-9")
    assert str(hidden.value).replace("MẪU-1", "") == str(missing.value).replace("MẪU-9", "")
    for refused in (
        lambda: work.desk.assign(clerk, "MẪU-1", 1, "x"),
        lambda: work.desk.give_back(clerk, "MẪU-1", 1),
        lambda: work.desk.expect(clerk, "MẪU-1", "1.001193", DAY),
    ):
        with pytest.raises(NotOnDesk):
            refused()
    assert work.desk.seen(other, "MẪU-1").counter == THERE
    assert work.desk.assign(other, "MẪU-1", 1, "an").assignee == "an"
    with pytest.raises(ChangedMeanwhile):
        work.desk.give_back(other, "MẪU-1", 1)
    assert work.desk.give_back(other, "MẪU-1", 2).state is DeskState.RETURNED


def test_a_code_of_another_procedure_is_refused_once_something_was_read_under_it(work: Workshop) -> None:
    clerk, other = account(), "2.000635"
    work.desk.expect(clerk, "MẪU-1", "1.001193", DAY)
    assert work.desk.expect(clerk, "MẪU-1", other, DAY).state is DeskState.EXPECTED
    for state in (DeskState.READING, DeskState.REVIEW, DeskState.FAILED, DeskState.ARCHIVED):
        work.desk.note(order("MẪU-1"), state)
        for refused in (
            lambda: work.desk.refuse_other("MẪU-1", other),
            lambda: work.desk.expect(clerk, "MẪU-1", other, DAY),
        ):
            with pytest.raises(CodeTaken) as told:
                refused()
        assert told.value.cause == "1.001193"
        work.desk.refuse_other("MẪU-1", "1.001193")
    work.desk.note(order("MẪU-1"), DeskState.REVIEW)
    work.desk.give_back(clerk, "MẪU-1", work.desk.entry("MẪU-1").version)
    work.desk.refuse_other("MẪU-1", other)
    # Whose it is comes first: another counter's dossier answers like one that is not there.
    with pytest.raises(NotOnDesk):
        work.desk.expect(account(counter=THERE), "MẪU-1", other, DAY)


@pytest.mark.parametrize(
    ("role", "counts"), [("clerk", (1, 1)), ("archivist", (2, 2)), ("administrator", (0, 0))]
)
def test_everybody_sees_what_the_role_may_see(work: Workshop, role: str, counts: tuple[int, int]) -> None:
    who = account(Role(role))
    for code, counter in (("A", HERE), ("B", THERE)):
        content = DeskContent("Trần Mẫu", names=("Trần Mẫu",), kinds=("ct07",))
        work.desk.note(order(code, counter), DeskState.REVIEW, content)
    asked = work.desk.search(who, Question(name="tran mau"))
    assert (len(work.desk.queue(who, QueueView()).entries), len(asked.hits)) == counts
    assert work.desk.tally(who).by_state[DeskState.REVIEW] == counts[0]
    forced = work.desk.queue(who, QueueView(counter=THERE)).entries
    assert all(entry.counter == THERE for entry in forced)
    assert len(forced) == (1 if role == "archivist" else 0)
    assert not work.desk.search(who, Question()).hits, "an empty question finds nothing"


def test_a_desk_made_anew_is_the_one_that_filled_itself(work: Workshop) -> None:
    judged(work, "MẪU-1", WARNING, archived=True)
    judged(work, "MẪU-2", WARNING, BLOCKED)
    work.desk.expect(account(), "MẪU-3", "1.001193", DAY)
    work.desk.assign(account(), "MẪU-2", work.desk.entry("MẪU-2").version, "an")
    codes = ("MẪU-1", "MẪU-2", "MẪU-3")
    live = [(work.desk.entry(code), work.desk.content(code)) for code in codes]
    # 1. Over what stands there nothing changes but the marks that make open queues refresh.
    done = rebuild_desk(work)
    assert (done.entered, done.kept, done.dropped, done.failed) == (2, 1, (), ())
    assert [(work.desk.entry(code), work.desk.content(code)) for code in codes] == live
    assert len(work.desk.search(account(), Question(text="tram y te")).hits) == 1
    # 2. From nothing all comes back that others know: what only the desk knew is gone.
    work.desk.forget(codes)
    rebuild_desk(work)
    assert work.desk.codes() == ("MẪU-1", "MẪU-2")
    for (entry, content), code in zip(live[:1], codes, strict=False):
        again = work.desk.entry(code)
        assert replace(again, version=0, changed_at=entry.changed_at) == replace(entry, version=0)
        assert work.desk.content(code) == content
    waiting = work.desk.entry("MẪU-2")
    assert (waiting.state, waiting.counter, waiting.pages) == (DeskState.REVIEW, HERE, 3)
    assert len(work.desk.search(account(), Question(name="hoa")).hits) == 2
    assert work.desk.tally(account()).by_state[DeskState.ARCHIVED] == 1


def test_the_resident_process_makes_the_desk_anew_beside_its_work(work: Workshop) -> None:
    judged(work, "MẪU-1", archived=True)
    door = FastAPI()
    add_desk(door, cast(Any, SimpleNamespace(workshop=work)))
    with TestClient(door) as client:
        told = client.post("/desk/rebuild").json()
        for _ in range(2000):
            if told["rebuilt"] is not None:
                break
            Event().wait(0.01)
            told = client.get("/desk/rebuild").json()
    assert told["rebuilt"] == {"entered": 1, "kept": 0, "dropped": [], "failed": []}
    assert told["looked_at"] == 1
    assert work.desk.index_is_whole()


def test_a_package_that_comes_from_elsewhere_is_on_the_desk(work: Workshop) -> None:
    judged(work, "MẪU-1", archived=True)
    work.desk.forget(["MẪU-1"])
    work.judgements.forget("MẪU-1")
    enter_known(work, "MẪU-1")
    entry = work.desk.entry("MẪU-1")
    assert (entry.state, entry.counter, entry.applicant) == (DeskState.ARCHIVED, HERE, MOTHER)
    assert len(work.desk.search(account(), Question(text="tram y te", name="binh")).hits) == 1


def test_a_dossier_of_which_nothing_is_kept_any_more_leaves_the_desk(work: Workshop) -> None:
    judged(work, "MẪU-1", archived=True)
    work.index.forget(["MẪU-1"])
    work.judgements.forget("MẪU-1")
    assert rebuild_desk(work).dropped == ("MẪU-1",)
    assert work.desk.codes() == ()


def test_lists_are_in_the_ledger_with_their_dossiers_and_without_what_was_typed(work: Workshop) -> None:
    views = DeskViews(work.ledger, work.settings, vietnam_now)
    shown = ShownList("queue", "queue", ("A", "B"))
    views.note_queue(account(), shown)
    views.note_queue(account(), shown)
    views.note_queue(account(), ShownList("queue", "queue", ("B", "C")))
    views.note(account(), ShownList("search", "reuse", ("A",), ("name",)))
    told = [json.loads(entry.detail) for entry in reversed(cast(SqlLedger, work.ledger).entries())]
    assert [each["dossiers"] for each in told] == [["A", "B"], ["C"], ["A"]]
    assert told[2] == {"what": "search", "why": "reuse", "dossiers": ["A"], "asked_by": ["name"]}
