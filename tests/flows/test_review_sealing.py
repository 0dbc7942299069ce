"""What a clerk corrected, in what is sealed: the PDF's text, the papers, the package, PREMIS, the ledger."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dossier.archive import ArchivePackage, LedgerEntry
from dossier.errors import (
    DiskFull,
    ReviewClosed,
    ReviewConflict,
    SealRefused,
    SignerUnavailable,
    StoreUnreachable,
)
from dossier.finding import Rule
from dossier.review import (
    Change,
    DismissFinding,
    MarkBlank,
    MergePapers,
    MovePage,
    OrderPages,
    OrderPapers,
    ReviewState,
    SetAside,
    SetKind,
    SplitPaper,
    TurnPage,
    TypeField,
)
from flows.describing import Finished
from flows.packing import find_archived
from flows.review import Reviews
from flows.wiring import Workshop
from pipeline.text_witness import raw_text_by_page
from storage.memory import MemoryArchive
from storage.mets import PREMIS_PATH
from storage.package import MANIFEST
from tests.drafts import (
    CODE,
    MISREAD,
    NOW,
    NUMBER,
    ORDER,
    birth_paper,
    form,
    id_card,
    prepare,
    second_side,
    usual,
    workshop_in,
)
from tests.schemas import faults

LAN, HUNG = "lan", "hung"


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    return workshop_in(tmp_path)


def sealed(work: Workshop, reviews: Reviews, *changes: Change) -> dict[str, bytes]:
    """The package's files by path, after these corrections."""
    draft = reviews.open(CODE)
    for change in changes:
        draft = reviews.correct(CODE, draft.version, change, LAN)
    package = reviews.seal(CODE, draft.version, LAN)
    return {
        kept.key.removeprefix(f"{package.prefix}/"): work.archive.get(kept.key) for kept in package.objects
    }


def texts(pdf: bytes) -> list[str]:
    """What another library reads out of each page."""
    return [" ".join(text.split()) for text in raw_text_by_page(pdf)]


def renditions(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path.rsplit("/", 1)[1]: data for path, data in files.items() if path.endswith(".pdf")}


def events(files: dict[str, bytes], kind: str) -> list[Any]:
    premis = etree.fromstring(files[PREMIS_PATH])
    return [each for each in premis.iter("{*}event") if each.findtext("{*}eventType") == kind]


def test_everything_that_was_corrected_reaches_the_package(work: Workshop) -> None:
    prepare(work, [form(MISREAD), birth_paper(), second_side(), id_card(), birth_paper("05-la.png")])
    reviews = Reviews(work, clock=lambda: NOW)
    files = sealed(
        work,
        reviews,
        TypeField("1.personal_number.1", NUMBER),
        TypeField("2.full_name.1", "Trần Thị Mẫn"),
        OrderPages(2, (3, 2)),
        OrderPapers((2, 1, 3, 4)),
        MarkBlank(3, is_blank=True),
        TurnPage(1, 180),
        SetAside(5, "giấy chứng sinh của người khác"),
    )
    # 1. Kinds and order, as the clerk left them; the card is only presented.
    papers = renditions(files)
    assert list(papers) == ["01-giay_chung_sinh.pdf", "02-tk_khai_sinh.pdf"]
    # 2. The text layer says what was typed; the misread number is gone from it, and from ALTO.
    blank, birth = texts(papers["01-giay_chung_sinh.pdf"])
    assert (blank, "Trần Thị Mẫn" in birth, "Trần Thị Mẫu" in birth) == ("", True, False)
    (application,) = texts(papers["02-tk_khai_sinh.pdf"])
    assert NUMBER in application
    assert MISREAD not in application
    alto = b"".join(data for path, data in files.items() if path.startswith("representations/text"))
    assert (MISREAD.encode() in alto, NUMBER.encode() in alto) == (False, True)
    # 3. The manifest keeps what was read beside what is right, and what was set aside; not its scan.
    manifest = json.loads(files[MANIFEST])["about"]
    first = manifest["corrections"][0]
    assert (first["type"], first["before"], first["after"], first["by"]) == (
        "TypeField",
        MISREAD,
        NUMBER,
        LAN,
    )
    assert first["engine"] == "sohoa-vi-tiny 1"
    turned = [page["rotation_degrees"] for page in manifest["documents"][1]["pages"]]
    assert turned == [180]
    (aside,) = manifest["set_aside"]
    assert not any(aside["picture_sha256"][:8] in path for path in files)
    # 4. PREMIS has an event for each, with the officer; no number, no name that was typed.
    corrections = events(files, "correction by a person")
    assert len(corrections) == 7
    agents = {each.findtext(".//{*}agentIdentifierValue") for each in corrections} - {None}
    assert b">lan<" in files[PREMIS_PATH], agents
    for secret in (NUMBER, MISREAD, "Mẫn"):
        assert secret.encode() not in files[PREMIS_PATH]
    records = [path for path in files if path.endswith(".xml")]
    assert {path: faults(files[path]) for path in records} == {path: [] for path in records}
    # 5. The ledger knows who did what, masked; the draft takes no corrections any more.
    entries = [e for e in work.ledger.entries(100) if e.subject == CODE]  # type: ignore[attr-defined]
    assert [e.actor for e in entries if e.action == "corrected"] == [LAN] * 7
    assert not any(NUMBER in e.detail or "Mẫn" in e.detail for e in entries)
    assert {"seal-ordered", "sealed", "archived"} <= {e.action for e in entries}
    with pytest.raises(ReviewClosed):
        reviews.correct(CODE, reviews.open(CODE).version, SetKind(1, "ct07"), LAN)
    assert reviews.open(CODE).state is ReviewState.SEALED


def test_a_run_of_the_same_files_finds_what_was_reviewed(work: Workshop) -> None:
    prepared = usual(work)
    reviews = Reviews(work)
    files = sealed(
        work,
        reviews,
        SplitPaper(2, 3, "cam_doan_viec_sinh"),
        SetKind(2, "nguoi_lam_chung_sinh"),
        MovePage(3, 1),
        SplitPaper(1, 3, "cam_doan_viec_sinh"),
        MergePapers(10_004, 2),
    )
    counts = {name: len(texts(pdf)) for name, pdf in renditions(files).items()}
    assert counts == {"01-tk_khai_sinh.pdf": 1, "02-nguoi_lam_chung_sinh.pdf": 2}
    package = reviews.seal(CODE, 0, LAN)
    assert find_archived(work, ORDER, prepared.taken, ask_store=True) == package


def test_what_blocks_refuses_the_seal_and_a_reason_lets_it_pass(work: Workshop) -> None:
    prepare(work, [form(), id_card()])
    reviews = Reviews(work)
    with pytest.raises(SealRefused, match="missing_component"):
        reviews.seal(CODE, 0, LAN)
    assert work.archive.list("") == ()
    assert reviews.open(CODE).state is ReviewState.OPEN
    key = next(f.key for f in reviews.open(CODE).findings if f.finding.rule is Rule.MISSING_COMPONENT)
    files = sealed(work, reviews, DismissFinding(key, "Dữ liệu khai sinh điện tử đã có"))
    (dismissed,) = json.loads(files[MANIFEST])["about"]["dismissed"]
    assert (dismissed["rule"], dismissed["dismissed"]["by"]) == ("missing_component", LAN)
    assert dismissed["dismissed"]["reason"] == "Dữ liệu khai sinh điện tử đã có"


def test_two_tabs_make_one_package(work: Workshop) -> None:
    prepared = usual(work)
    reviews = Reviews(work)
    with ThreadPoolExecutor(3) as tabs:
        made = [tab.result() for tab in [tabs.submit(reviews.seal, CODE, 0, LAN) for _ in range(3)]]
    assert made[0] == made[1] == made[2] == Reviews(work).seal(CODE, 0, HUNG)
    assert sum(key.endswith(MANIFEST) for key in work.archive.list("")) == 1
    assert "corrections" not in json.loads(work.archive.get(f"{made[0].prefix}/{MANIFEST}"))["about"]
    known = find_archived(work, ORDER, prepared.taken, ask_store=False)
    assert known == made[0], "uncorrected, it is what a run would have made"


def test_nobody_seals_what_was_not_seen(work: Workshop) -> None:
    usual(work)
    reviews = Reviews(work)
    reviews.correct(CODE, 0, TurnPage(1, 90), HUNG)
    with pytest.raises(ReviewConflict):
        reviews.seal(CODE, 0, LAN)
    assert reviews.open(CODE).state is ReviewState.OPEN


class FullLedger:
    """A ledger that cannot be written."""

    def append(self, actor: str, action: str, subject: str, detail: str) -> LedgerEntry:
        raise DiskFull("ledger", "no space left on device")

    append_once = append

    def verify(self) -> int:
        return 0


class ShakyStore(MemoryArchive):
    """A store that goes away after so many objects."""

    room = 3

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> Any:
        if self.room <= 0:
            raise StoreUnreachable(key, "gone")
        self.room -= 1
        return super().put(key, data, media_type, retention_days)


def test_a_crash_between_seal_and_archive_goes_on_with_the_same(work: Workshop, tmp_path: Path) -> None:
    usual(work)
    store = ShakyStore()
    shaky = replace(work, archive=store)
    with pytest.raises(DiskFull):
        Reviews(replace(work, ledger=FullLedger())).correct(CODE, 0, TurnPage(1, 90), LAN)
    assert Reviews(shaky).open(CODE).version == 1, "the process ended before the ledger knew"
    with pytest.raises(StoreUnreachable):
        Reviews(shaky).seal(CODE, 1, LAN)
    # What is sealed is settled: no correction passes it by, and a new process goes on with the same bytes.
    assert Reviews(shaky).open(CODE).state is ReviewState.SEALING
    with pytest.raises(ReviewClosed):
        Reviews(shaky).correct(CODE, 1, SetKind(2, "ct07"), LAN)
    before = {key: store.get(key) for key in store.list("")}
    store.room = 100
    package = Reviews(replace(workshop_in(tmp_path), archive=store)).seal(CODE, 1, LAN)
    assert all(store.get(key) == data for key, data in before.items())
    assert {kept.key for kept in package.objects} == set(store.list("")), "nothing lies beside the package"
    entries = work.ledger.entries(100, CODE, "corrected")  # type: ignore[attr-defined]
    assert [entry.actor for entry in entries] == [LAN], "said once, and not lost"


def test_a_signer_that_is_gone_leaves_the_draft_open(work: Workshop) -> None:
    usual(work)

    def gone(_: Workshop, done: Finished) -> ArchivePackage:
        raise SignerUnavailable(done.order.dossier, "no token")

    with pytest.raises(SignerUnavailable):
        Reviews(work, gone).seal(CODE, 0, LAN)
    assert Reviews(work).correct(CODE, 0, TurnPage(1, 90), LAN).version == 1
    assert Reviews(work).open(CODE).can_be_sealed
