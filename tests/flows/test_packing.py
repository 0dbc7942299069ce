"""A package from its papers to a bag: what describes it, what it keeps, what a killed run leaves."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from dossier.archive import (
    ORIGINALS,
    RENDITIONS,
    TEXTS,
    ArchivePackage,
    DigitisationOrder,
    Dossier,
    SealLevel,
)
from dossier.document import Document, Kind
from dossier.errors import DiskFull, SignerUnavailable
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.identity import Identity, IdentityVerdict, RegisterAnswer, RegisterOutcome
from dossier.page import RecognisedPage, StoredObject
from flows.describing import Finished
from flows.intake import TakenFile
from flows.judging import Judgement
from flows.packing import archive_package, package_prefix
from flows.sealing import seal_document
from flows.settings import Settings
from flows.wiring import Workshop, compose
from storage.bag import import_bag, write_bag
from storage.export import FixityOutcome, check_fixity
from storage.index import SqlIndex
from storage.memory import MemoryArchive
from storage.mets import EAD_PATH, METS_PATH, PREMIS_PATH
from storage.package import MANIFEST, find_package
from storage.s3 import StoreSettings
from tests.schemas import faults
from tests.sheets import HEADING, NOW, OFFICER, Shape, lines_of, sheet

ORDER = DigitisationOrder("H42-261119-0001", "1.001193", (), date(2026, 11, 19), OFFICER)
NUMBER = "001234567890"
NO_STORE = StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False)


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    settings = Settings(state=tmp_path / "state", agency="UBND xã Mẫu (MẪU)")
    return replace(compose(settings, NO_STORE), archive=MemoryArchive())


def taken(work: Workshop, name: str, top: float) -> tuple[TakenFile, RecognisedPage]:
    picture = sheet(lines_of(HEADING, top=top), Shape(width=900, height=1200))
    kept = work.spool.put(picture.picture, "image/jpeg")
    source = replace(picture.recognised.page.source, name=name, original=kept)
    page = replace(picture.recognised.page, source=source, picture=kept)
    return TakenFile((page,), NOW), replace(picture.recognised, page=page)


def finished(work: Workshop, order: DigitisationOrder = ORDER) -> Finished:
    """Two papers that are kept, one that is only presented."""
    scans = [taken(work, f"{number:02d}.jpg", 100.0 + 90 * number) for number in (1, 2, 3)]
    kinds = (Kind("to_khai", "TỜ KHAI", 0.9), Kind("giay_chung_sinh", "", 0.8), Kind("can_cuoc", "", 0.9))
    documents = tuple(
        Document(number, kind, (page,), ())
        for number, (kind, (_, page)) in enumerate(zip(kinds, scans, strict=True), 1)
    )
    person = Identity(NUMBER, "LÊ VĂN MẪU", IdentityVerdict.CONFIRMED, (), None)
    signed = Finding(
        Rule.SIGNED_ORIGINAL, Severity.WARNING, Outcome.FAIL, "01.jpg", (f"CCCD:{NUMBER}, broken",), ""
    )
    asked = RegisterAnswer(RegisterOutcome.NOT_CHECKED, (), "down", NOW.isoformat())
    dossier = Dossier(order.dossier, order.procedure, documents, (person,))
    judgement = Judgement(dossier, (signed,), NOW, (asked,))
    sealed = tuple((d, seal_document(work, order, d, NOW)) for d in documents[:2])
    return Finished(order, tuple(file for file, _ in scans), judgement, sealed)


def contents(work: Workshop, package: ArchivePackage) -> dict[str, bytes]:
    return {k.key.removeprefix(f"{package.prefix}/"): work.archive.get(k.key) for k in package.objects}


def test_a_package_describes_itself_and_travels(work: Workshop, tmp_path: Path) -> None:
    done = finished(work)
    package = archive_package(work, done)
    files = contents(work, package)
    # 1. What it keeps: scans, PDF/A and text of the kept papers, nothing of the presented one.
    folders = [path.rsplit("/", 1)[0] for path in files]
    assert [folders.count(folder) for folder in (ORIGINALS, RENDITIONS, TEXTS)] == [2, 2, 2]
    presented = done.taken[2].pages[0].source.original
    assert work.spool.get(presented) not in files.values()
    # 2. The official schemas accept every description.
    records = [path for path in files if path.endswith(".xml")]
    assert {METS_PATH, EAD_PATH, PREMIS_PATH} < set(records)
    assert {path: faults(files[path]) for path in records} == {path: [] for path in records}
    # 3. PREMIS says who did what, how it went, and no number.
    premis = etree.fromstring(files[PREMIS_PATH])
    events = {
        each.findtext("{*}eventType"): each.findtext(".//{*}eventOutcome") for each in premis.iter("{*}event")
    }
    assert events == {
        "capture": "success",
        "text recognition": "success",
        "digital signature validation": "failure",
        "completeness check": "warning",
        "residence register look-up": "not_checked",
        "creation": "success",
        "validation": "success",
        "digital signature generation": "success",
        "ingestion": "success",
    }
    assert len(list(premis.iter("{*}event"))) == 14
    programs = {each.findtext("{*}agentName") for each in premis.iter("{*}agent")}
    assert programs >= {OFFICER, "Số Hóa", "pikepdf", "pyhanko", "pypdfium2"}
    assert not any(NUMBER.encode() in files[path] for path in (PREMIS_PATH, EAD_PATH, METS_PATH))
    # 4. bagit accepts the bag, and an empty archive takes it over, identical.
    write_bag(work.archive, package, tmp_path / "bag")
    judge = [sys.executable, "-m", "bagit", "--validate", str(tmp_path / "bag")]
    assert subprocess.run(judge, capture_output=True, check=False).returncode == 0
    empty = MemoryArchive()
    there = import_bag(empty, SqlIndex(f"sqlite:///{tmp_path}/other.sqlite"), tmp_path / "bag")
    assert {key: empty.get(key) for key in empty.list("")} == {
        f"{package.prefix}/{path}": data for path, data in files.items()
    }
    assert {f.outcome for f in check_fixity(empty, there)} == {FixityOutcome.PASS}


class FullStore(MemoryArchive):
    """A store whose disk is full after so many objects."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> object:  # type: ignore[override]
        if self.room <= 0:
            raise DiskFull(key, "no space left on device")
        self.room -= 1
        return super().put(key, data, media_type, retention_days)


def test_a_full_disk_in_the_middle_leaves_no_half_package_and_loses_nothing(
    work: Workshop, tmp_path: Path
) -> None:
    done = finished(work)
    whole = contents(work, archive_package(work, done))
    for room in (0, 1, len(whole) // 2, len(whole) - 1):
        store = FullStore(room)
        shaky = replace(work, archive=store, index=SqlIndex(f"sqlite:///{tmp_path}/{room}.sqlite"))
        with pytest.raises(DiskFull):
            archive_package(shaky, done)
        assert find_package(store, ORDER.dossier) is None, "without its manifest there is no package"
        assert not any(key.endswith(MANIFEST) for key in store.list(""))
        store.room = 100
        again = archive_package(shaky, done)
        ours = contents(shaky, again)
        assert {path: data for path, data in ours.items() if path != MANIFEST} == {
            path: data for path, data in whole.items() if path != MANIFEST
        }


class FullSpool:
    """A machine whose disk is full when the next file is to be kept."""

    def put(self, data: bytes, media_type: str) -> StoredObject:
        raise DiskFull("spool", "no space left on device")


def test_a_full_machine_shows_no_sealed_file(work: Workshop) -> None:
    _, page = taken(work, "01.jpg", 190.0)
    document = Document(1, Kind("to_khai", "TỜ KHAI", 0.9), (page,), ())

    class Full(FullSpool):
        get = staticmethod(work.spool.get)

    with pytest.raises(DiskFull):
        seal_document(replace(work, spool=Full()), ORDER, document, NOW)
    assert work.ledger.verify() == 0, "nothing is said of what did not happen"
    assert seal_document(work, ORDER, document, NOW).file.size_bytes > 0, "and it goes on where there is room"


def test_a_token_that_is_gone_leaves_nothing_half_sealed(work: Workshop, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.touch(mode=0o600)
    gone = Settings(
        state=tmp_path / "state", token_library=tmp_path / "none.so", token_label="MAU", token_pin_file=pin
    )
    _, page = taken(work, "01.jpg", 190.0)
    document = Document(1, Kind("to_khai", "TỜ KHAI", 0.9), (page,), ())
    kept = {p for p in (tmp_path / "state" / "spool").rglob("*") if p.is_file()}
    with pytest.raises(SignerUnavailable):
        seal_document(replace(work, settings=gone), ORDER, document, NOW)
    assert {p for p in (tmp_path / "state" / "spool").rglob("*") if p.is_file()} == kept
    assert work.ledger.verify() == 0
    assert seal_document(work, ORDER, document, NOW).level is SealLevel.B_B


def test_a_second_run_puts_the_same_bytes(work: Workshop) -> None:
    done = finished(work)
    first = archive_package(work, done)
    assert archive_package(work, done) == first
    assert package_prefix(ORDER, done.taken) == first.prefix
