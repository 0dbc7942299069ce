"""Every sample dossier gets exactly the verdict of its truth, through the real flow and the real store."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from lxml import etree
from PIL import Image

from flows.settings import Settings
from flows.wiring import open_keys
from scanners.samples.photographed import photographed
from storage.bag import import_bag
from storage.index import SqlIndex
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.mets import EAD_PATH, METS_PATH, PREMIS_PATH
from storage.people import SqlPeople
from tests.conftest import Counter
from tests.schemas import faults

NAMES = (
    "khai-sinh-day-du",
    "khai-tu-thieu-giay-bao-tu",
    "tinh-trang-hon-nhan-co-ct07",
    "trich-luc-sai-so-dinh-danh",
    "ket-hon-trang-nguoc",
    "ho-kinh-doanh-uy-quyen",
)


def papers(report: Any) -> list[tuple[str, list[tuple[str, int, int]]]]:
    return [
        (d["kind"], [(p["source"], p["number"], p["rotation_degrees"]) for p in d["pages"]])
        for d in report["documents"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_verdict_is_the_truth(counter: Counter, name: str) -> None:
    truth = counter.truth(name)
    answer = counter.digitise(name)
    report = answer.data
    assert report["state"] == truth["state"]
    assert answer.exit_code == (0 if truth["state"] == "archived" else 10)
    assert sorted(papers(report)) == sorted(papers(truth))
    found = sorted((f["rule"], f["severity"], f["subject"]) for f in report["findings"])
    assert found == sorted((f["rule"], f["severity"], f["subject"]) for f in truth["findings"])
    people = sorted((i["personal_number"], i["verdict"]) for i in report["identities"])
    assert people == sorted((i["personal_number"], i["verdict"]) for i in truth["identities"])
    assert all(f["message"] for f in report["findings"])
    assert bool(report["archive"]) == (truth["state"] == "archived")


def test_the_same_scans_under_other_names_are_told_by_those(counter: Counter, tmp_path: Path) -> None:
    """A reading is kept under the bytes it was made of; whose page it is, this dossier says."""
    name = "trich-luc-sai-so-dinh-danh"
    truth = counter.truth(name)
    counter.digitise(name)
    for number, scan in enumerate(sorted((counter.samples / name / "scans").iterdir()), start=1):
        (tmp_path / f"quet-lai-{number}{scan.suffix}").write_bytes(scan.read_bytes())
    order = ["digitise", tmp_path, "--procedure", truth["procedure"], "--received-on", truth["received_on"]]
    report = counter.sohoa(*order, "--dossier", "H42-261116-7301", "--json").data
    told = {page["source"] for document in report["documents"] for page in document["pages"]}
    assert told == {path.name for path in tmp_path.iterdir()}
    assert "01-to-khai.jpg" not in json.dumps(report, ensure_ascii=False), "findings name their proof"


def test_archived_files_are_sealed_and_originals_untouched(counter: Counter, tmp_path: Path) -> None:
    name = "ket-hon-trang-nguoc"
    report = counter.digitise(name).data
    verified = counter.sohoa("verify", "--dossier", report["dossier"], "--json")
    assert verified.exit_code == 0, verified.stdout
    written = counter.sohoa("export", report["dossier"], "--to", tmp_path / "out", "--json")
    assert written.exit_code == 0, written.stderr
    kept = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    form = (counter.samples / name / "scans" / "01-to-khai.jpg").read_bytes()
    card = (counter.samples / name / "scans" / "02-can-cuoc-ben-nu.jpg").read_bytes()
    assert hashlib.sha256(form).hexdigest() in kept
    assert hashlib.sha256(card).hexdigest() not in kept, "a paper that is only presented is not kept"
    sealed = next((tmp_path / "out").rglob("*.pdf"))
    with pikepdf.open(sealed) as pdf:
        pictures = [bytes(i.read_raw_bytes()) for page in pdf.pages for i in page.get_images().values()]
    assert form in pictures, "the scan's JPEG stream stays that stream"
    assert counter.sohoa("verify", sealed, "--json").exit_code == 0
    damaged = bytearray(sealed.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    (tmp_path / "damaged.pdf").write_bytes(damaged)
    assert counter.sohoa("verify", tmp_path / "damaged.pdf", "--json").exit_code == 11


def test_an_exported_package_is_judged_by_others(counter: Counter, tmp_path: Path) -> None:
    """The official schemas, bagit, and an empty archive that takes it over."""
    report = counter.digitise("ket-hon-trang-nguoc").data
    bag = tmp_path / "bag"
    assert counter.sohoa("export", report["dossier"], "--to", bag).exit_code == 0
    payload = {
        str(p.relative_to(bag / "data")): p.read_bytes() for p in bag.rglob("data/**/*") if p.is_file()
    }
    records = {path for path in payload if path.endswith(".xml")}
    assert {METS_PATH, EAD_PATH, PREMIS_PATH} < records
    assert {path: faults(payload[path]) for path in records} == {path: [] for path in records}
    events = etree.fromstring(payload[PREMIS_PATH]).findall(".//{*}eventType")
    assert {event.text for event in events} >= {
        *("capture", "text recognition", "completeness check", "creation", "validation"),
        *("digital signature generation", "ingestion"),
    }
    judge = [sys.executable, "-m", "bagit", "--validate", str(bag)]
    assert subprocess.run(judge, capture_output=True, check=False).returncode == 0
    empty = MemoryArchive()
    taken = import_bag(empty, SqlIndex(f"sqlite:///{tmp_path}/index.sqlite"), bag)
    assert {key.removeprefix(f"{taken.prefix}/"): empty.get(key) for key in empty.list("")} == payload


def test_second_run_archives_nothing_new_and_reads_nothing_again(counter: Counter) -> None:
    first = counter.digitise("khai-sinh-day-du").data
    second = counter.digitise("khai-sinh-day-du").data
    assert [k["version_id"] for k in second["archive"]] == [k["version_id"] for k in first["archive"]]
    assert second["documents"] == first["documents"]


def test_unreadable_file_is_set_aside_and_the_others_go_on(counter: Counter, tmp_path: Path) -> None:
    tray = tmp_path / "tray"
    tray.mkdir()
    for scan in (counter.samples / "khai-sinh-day-du" / "scans").iterdir():
        (tray / scan.name).write_bytes(scan.read_bytes())
    broken = (tray / "01-to-khai.jpg").read_bytes()[:2000]
    (tray / "99-hong.jpg").write_bytes(broken)
    order = (
        "--procedure",
        "1.001193",
        "--dossier",
        "H42-261116-9001",
        "--received-on",
        "2026-11-16",
        "--json",
    )
    answer = counter.sohoa("digitise", tray, *order, "--json")
    assert answer.exit_code == 10
    assert ("file_unreadable", "99-hong.jpg") in {(f["rule"], f["subject"]) for f in answer.data["findings"]}
    assert {d["kind"] for d in answer.data["documents"]} >= {"tk_khai_sinh", "giay_chung_sinh"}
    people = SqlPeople(f"sqlite:///{counter.state}/sohoa.sqlite", open_keys(Settings(state=counter.state)))
    traced = people.trace("H42-261116-9001").blobs
    assert hashlib.sha256(broken).hexdigest() in traced, "it goes with its dossier"
    # Its original lies untouched in quarantine, sealed; whoever takes it out is written down.
    lying = counter.sohoa("quarantine", "list", "--json").data
    entry = next(each["id"] for each in lying if each["name"] == "99-hong.jpg")
    assert not any(broken in p.read_bytes() for p in (counter.state / "quarantine").iterdir())
    assert counter.sohoa("quarantine", "take", entry, tmp_path / "a.jpg", "--why", "thử lại").exit_code == 0
    assert (tmp_path / "a.jpg").read_bytes() == broken
    assert counter.sohoa("quarantine", "forget", entry, "--json").data == {"forgotten": [entry]}
    assert not list((counter.state / "quarantine").glob(f"{entry}*"))
    looked = SqlLedger(f"sqlite:///{counter.state}/sohoa.sqlite").entries(20)
    assert {"viewed", "quarantine-forgotten"} <= {each.action for each in looked}


@pytest.mark.parametrize(
    ("content", "exit_code"),
    [(b"", 22), (b"\xff\xd8\xff\xe0 not a picture", 23), (b"hello", 27), (None, 21)],
)
def test_a_dossier_of_one_bad_file_has_its_own_exit_code(
    counter: Counter, tmp_path: Path, content: bytes | None, exit_code: int
) -> None:
    scan = tmp_path / "scan.jpg"
    if content is not None:
        scan.write_bytes(content)
    answer = counter.sohoa("digitise", scan, "--procedure", "1.001193", "--json")
    assert answer.exit_code == exit_code
    lines = [line for line in answer.stderr.splitlines() if line]
    assert len(lines) == 1, "one clear line"
    assert "scan.jpg" in lines[0]
    assert "Traceback" not in answer.stderr


def test_unknown_procedure_is_refused_before_anything_starts(counter: Counter, samples: Path) -> None:
    answer = counter.sohoa("digitise", samples / "khai-sinh-day-du" / "scans", "--procedure", "9.999999")
    assert answer.exit_code == 31
    assert "9.999999" in answer.stderr


def test_a_procedure_whose_papers_are_only_presented_keeps_a_record_and_no_paper(
    counter: Counter, tmp_path: Path
) -> None:
    """2.000815: the original is shown, certified and handed back."""
    scans = counter.samples / "khai-sinh-day-du" / "scans" / "02-giay-chung-sinh.jpg"
    order = ("--procedure", "2.000815", "--dossier", "H42-261116-9815", "--received-on", "2026-11-16")
    answer = counter.sohoa("digitise", scans, *order, "--json")
    assert answer.exit_code == 0, answer.stderr
    assert {f["rule"] for f in answer.data["findings"]} >= {"presented_only"}
    names = [Path(kept["key"]).name for kept in answer.data["archive"]]
    assert names == ["huong-dan-kiem-tra.txt", "EAD.xml", "PREMIS.xml", "METS.xml", "manifest.json"]
    assert counter.sohoa("verify", "--dossier", "H42-261116-9815").exit_code == 0


def test_what_a_scanner_drops_is_digitised(counter: Counter) -> None:
    """Files that appear in the hot folder become an archived dossier without anybody typing."""
    counter.digitise("khai-sinh-day-du")  # the resident process runs
    dossier = "H42-261116-9700"
    tray = counter.state / "hot" / "1.001193" / dossier
    tray.mkdir(parents=True)
    for scan in (counter.samples / "khai-sinh-day-du" / "scans").iterdir():
        (tray / scan.name).write_bytes(scan.read_bytes())
    deadline = time.monotonic() + 120
    while counter.sohoa("verify", "--dossier", dossier).exit_code != 0:
        assert time.monotonic() < deadline, "the hot folder's dossier never reached the archive"
        time.sleep(1)
    assert not list(tray.glob("*.jpg")), "taken files leave the folder"


def test_a_photograph_of_a_paper_is_sealed_from_the_front_and_kept_as_it_came(
    counter: Counter, tmp_path: Path
) -> None:
    name = "ket-hon-trang-nguoc"
    truth, scans = counter.truth(name), tmp_path / "scans"
    scans.mkdir()
    for scan in sorted((counter.samples / name / "scans").iterdir()):
        (scans / scan.name).write_bytes(scan.read_bytes())
    # 1. The form comes from a phone: on a table, from an angle, with what a camera writes.
    with Image.open(scans / "01-to-khai.jpg") as form:
        flat = np.asarray(form.convert("RGB"))
    seen, _ = photographed(flat, Random(3), (2250, 3000))
    tags = Image.Exif()
    tags.get_ifd(0x8769)[0x829A] = 0.02
    Image.fromarray(seen).save(scans / "01-to-khai.jpg", exif=tags, quality=92)
    photograph = (scans / "01-to-khai.jpg").read_bytes()
    # 2. The dossier has the verdict that its scans have.
    order = ["digitise", scans, "--procedure", truth["procedure"], "--received-on", truth["received_on"]]
    answer = counter.sohoa(*order, "--dossier", "H42-261116-7402", "--json")
    assert answer.data["state"] == truth["state"] == "archived", answer.data["findings"]
    people = sorted((i["personal_number"], i["verdict"]) for i in answer.data["identities"])
    assert people == sorted((i["personal_number"], i["verdict"]) for i in truth["identities"])
    # 3. The photograph is kept byte for byte; the sealed page is its sheet, upright, with its words.
    out = tmp_path / "out"
    assert counter.sohoa("export", answer.data["dossier"], "--to", out).exit_code == 0
    assert photograph in [path.read_bytes() for path in out.rglob("*.jpg")]
    sealed = next(path for path in out.rglob("*.pdf") if "khai" in words_of(path).lower())
    assert counter.sohoa("verify", sealed, "--json").exit_code == 0
    page = pypdfium2.PdfDocument(sealed)[0]
    assert page.get_height() / page.get_width() == pytest.approx(297 / 210, rel=0.02)
    assert "TỜ KHAI" in words_of(sealed)


def words_of(pdf: Path) -> str:
    """The text layer, normalised."""
    pages = pypdfium2.PdfDocument(pdf)
    return unicodedata.normalize("NFC", " ".join(page.get_textpage().get_text_range() for page in pages))
