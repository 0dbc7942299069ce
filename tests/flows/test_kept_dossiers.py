"""What an archivist sees of a dossier is what the archive keeps: three sides of a page, files, a bag."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from dossier.archive import ArchivePackage
from dossier.errors import NotInArchive, SohoaError, SourceUnreadable, StorageError
from dossier.sampling import SampledPage
from flows.exporting_zip import export_folder, export_zip
from flows.kept_package import kept_dossier, kept_findings, pages_of
from flows.looks import STAY, Looks
from flows.paper_sides import Side, place_page, side_picture, side_text
from flows.viewing import Onlooker, View
from flows.wiring import Workshop
from pipeline.preview import preview
from storage.alto_text import read_alto
from storage.ledger_search import LedgerQuestion, SqlLedgerSearch
from tests.kept_dossiers import LATE, archived, workshop
from tests.sheets import NOW, OFFICER

CODE = "H56.101-261105-0001"


@dataclass(frozen=True)
class Kept:
    work: Workshop
    package: ArchivePackage
    state: Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    state = tmp_path_factory.mktemp("kept")
    work = workshop(state)
    return Kept(work, archived(work, CODE, date(2026, 11, 5), LATE), state)


def test_a_page_has_three_sides(kept: Kept) -> None:
    work, page = kept.work, SampledPage(CODE, 2, 1)
    placed = place_page(work.archive, work.index, page)
    assert (placed.kind, placed.pages, placed.scan_page) == ("giay_chung_sinh", 1, 1)
    # 1. The scan as it was taken: the second original, not turned, not cleaned.
    scan = Image.open(io.BytesIO(side_picture(work.archive, work.index, page, (Side.SCAN, 400))))
    assert scan.size == (400, 533)
    assert placed.scan.endswith(".jpg")
    # 2. The page of the sealed file, drawn.
    drawn = Image.open(io.BytesIO(side_picture(work.archive, work.index, page, (Side.RENDITION, 700))))
    assert drawn.width == 800
    assert drawn.convert("L").getextrema()[0] < 100, "the print is there"
    # 3. What was read.
    text = side_text(work.archive, work.index, page)
    assert text is not None
    said = [" ".join(word.text for word in line) for block in text.blocks for line in block]
    assert said[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]


@pytest.mark.parametrize(
    "page", [SampledPage("H56-0", 1, 1), SampledPage(CODE, 3, 1), SampledPage(CODE, 1, 2)]
)
def test_a_page_that_is_not_kept_has_no_side(kept: Kept, page: SampledPage) -> None:
    with pytest.raises(NotInArchive):
        side_picture(kept.work.archive, kept.work.index, page, (Side.SCAN, 400))
    with pytest.raises(NotInArchive):
        side_text(kept.work.archive, kept.work.index, page)


@pytest.mark.parametrize("media_type", ["image/jpeg", "application/pdf", "image/tiff"])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 broken", b"\xff\xd8\xff\xe0 not a picture"])
def test_what_cannot_be_drawn_says_so(media_type: str, data: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        preview(data, media_type, 1, 400)


def test_a_frame_of_a_tiff_is_the_one_that_was_asked_for() -> None:
    frames = [Image.new("1", (600, 800), colour) for colour in (0, 1)]
    written = io.BytesIO()
    frames[0].save(written, "TIFF", save_all=True, append_images=frames[1:])
    shades = [
        Image.open(io.BytesIO(preview(written.getvalue(), "image/tiff", n, 400))).getpixel((9, 9))
        for n in (1, 2)
    ]
    assert [shade if isinstance(shade, int) else max(shade or (0,)) for shade in shades] == [0, 255]
    with pytest.raises(SourceUnreadable):
        preview(written.getvalue(), "image/tiff", 3, 400)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<alto",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ],
)
def test_what_is_no_alto_is_refused(data: bytes) -> None:
    with pytest.raises(StorageError):
        read_alto(data)


def test_the_page_of_a_dossier_says_what_is_kept_and_what_was_done(kept: Kept) -> None:
    told = kept_dossier(kept.work, CODE)
    assert (told.procedure, told.received_on, told.hold) == ("1.001193", "2026-11-05", None)
    assert [file.role for file in told.files].count("rendition") == 2
    assert told.files[-1].role == "manifest"
    assert {file.kept.key for file in told.files} == {each.key for each in kept.package.objects}
    assert [paper.kind for paper in told.papers] == ["to_khai", "giay_chung_sinh"]
    assert {action.kind for action in told.actions} >= {"taken_in", "read", "sealed", "archived"}
    (finding,) = kept_findings(kept.work, CODE)
    assert pages_of(kept.work, CODE)[finding.evidence[0]] == (1, 1), "a finding leads to its page"
    with pytest.raises(NotInArchive):
        kept_dossier(kept.work, "H56-0")


def test_a_package_leaves_as_a_bag_in_a_zip_and_nothing_of_it_stays(kept: Kept, tmp_path: Path) -> None:
    packed = b"".join(export_zip(kept.work, kept.package, OFFICER))
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    judge = [sys.executable, "-m", "bagit", "--validate", str(tmp_path / CODE)]
    assert subprocess.run(judge, capture_output=True, check=False).returncode == 0
    assert list((kept.state / "run" / "exports").iterdir()) == []
    search = SqlLedgerSearch(kept.work.settings.database)
    (entry,) = search.find(LedgerQuestion(action="exported"), 10)
    assert (entry.actor, entry.subject) == (OFFICER, CODE)
    search.close()


def test_a_browser_that_goes_away_leaves_no_bag_behind(kept: Kept) -> None:
    pieces = export_zip(kept.work, kept.package, OFFICER)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert list((kept.state / "run" / "exports").iterdir()) == []


def test_a_package_leaves_into_a_folder_of_this_machine(kept: Kept) -> None:
    to = export_folder(kept.work, kept.package, OFFICER)
    assert to.parent == kept.state / "exports"
    assert (to / "bag-info.txt").is_file()


class Hour:
    """A clock that is set by hand."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_a_stay_before_a_page_is_one_look_in_the_ledger(tmp_path: Path) -> None:
    work, clock = workshop(tmp_path), Hour()
    search = SqlLedgerSearch(work.settings.database)
    looks = Looks(work.ledger, work.settings, clock)
    one, other = Onlooker("An (an)", "lot 1"), Onlooker("Bình (binh)", "lot 1")
    for who in (one, one, other):
        looks.note(View("page", f"{CODE}/1/1", who.why), who)
    assert [e.actor for e in search.find(LedgerQuestion(action="viewed"), 9)] == [other.officer, one.officer]
    clock.now = NOW + STAY
    looks.note(View("page", f"{CODE}/1/1", one.why), one)
    assert len(search.find(LedgerQuestion(action="viewed"), 9)) == 3
    search.close()


def test_in_production_nothing_is_shown_without_a_purpose(tmp_path: Path) -> None:
    work, clock = workshop(tmp_path), Hour()
    looks = Looks(work.ledger, work.settings.model_copy(update={"profile": "production"}), clock)
    assert looks.needs_purpose("An (an)", CODE)
    with pytest.raises(SohoaError):
        looks.note(View("package", CODE, ""), Onlooker("An (an)", ""))
    looks.say("An (an)", CODE, " Đơn số 12 ")
    assert looks.purpose("An (an)", CODE) == "Đơn số 12"
    assert not looks.needs_purpose("An (an)", CODE)
    assert looks.needs_purpose("Bình (binh)", CODE), "a purpose is one person's"
    clock.now = NOW + STAY + timedelta(seconds=1)
    assert looks.needs_purpose("An (an)", CODE), "and does not hold for ever"
