"""The commands as a clerk types them: cover sheets, a batch over eSCL into the archive, what is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageFilter

from console.output import Output
from console.scan import ScanAsked, scan
from console.wording_batch import DOUBTS, WORDS, question_message
from dossier.batch import BatchQuestion, Doubt, Expectation
from dossier.errors import BatchNotFound, ProcedureUnknown, ScannerNotFound, ScannerRefused
from flows.quality_desk import QualityDesk
from scanners.simulated import read_faults
from scanners.standin_escl import Mechanics, StandInScanner, sides_of
from tests.conftest import Counter

DPI = 200
CODE = "000.00.17.H42-261116-0901"
OTHER = "000.00.17.H42-261116-0902"


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[Counter]:
    """A counter of its own: what it archives would be offered for reuse to the dossiers of other tests."""
    here = Counter(tmp_path_factory.mktemp("scanning"), samples)
    yield here
    here.kill()


@pytest.fixture(scope="module")
def stack(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete registration of birth below its cover sheet, a paper below one that was scribbled over."""
    folder = tmp_path_factory.mktemp("stack")
    pdf = tmp_path_factory.mktemp("covers") / "to-bia.pdf"
    covers = [f"{CODE}=3", f"{OTHER}:2.000635"]
    told = counter.sohoa(
        "cover", *covers, "--procedure", "1.001193", "--counter", "Quầy 3", "--out", pdf, "--json"
    )
    assert told.data["covers"][1]["procedure"] == "2.000635"
    first, second = (
        page.render(scale=DPI / 72).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(pdf)
    )
    second.paste((20, 20, 20), (150, 200, second.width - 150, second.height - 150))
    birth = sorted((counter.samples / "khai-sinh-day-du" / "scans").iterdir())
    extract = counter.samples / "trich-luc-sai-so-dinh-danh" / "scans" / "01-to-khai.jpg"
    for number, side in enumerate((first, *birth, second, extract), start=1):
        target = folder / f"{number}.jpg"
        if isinstance(side, Path):
            target.write_bytes(side.read_bytes())
        else:
            side.save(target, dpi=(DPI, DPI), quality=90)
    return folder


def test_a_batch_goes_from_the_scanner_into_the_archive(counter: Counter, stack: Path) -> None:
    with StandInScanner(Mechanics(sides_of(stack), read_faults("jam@3"))) as server:
        device = f"escl:{server.url}"
        stuck = counter.sohoa("scan", "--device", device, "--dpi", DPI, "--json")
        assert stuck.exit_code == 93
        assert stuck.data["error"]["kind"] == "PaperJam"
        assert stuck.data["sides"] == 2
        assert [page["feed_number"] for page in stuck.data["pages"]] == [1, 2]
        done = counter.sohoa("scan", "--continue", stuck.data["batch"], "--json")
    assert done.exit_code == 10
    batch = done.data
    verdicts = {page["feed_number"]: page["verdict"] for page in batch["pages"]}
    assert list(verdicts) == [1, 2, 3, 4, 5, 6]
    assert "rescan_needed" not in [verdicts[paper] for paper in (2, 3, 4, 6)]
    assert [(d["dossier"], d["state"], d["sheets_found"], d["sides"]) for d in batch["dossiers"]] == [
        (CODE, "archived", 3, [2, 3, 4])
    ]
    assert (batch["dossiers_found"], batch["dossiers_expected"]) == (1, 2)
    assert (batch["unassigned"], batch["asked"]) == ([6], [6])
    assert [q["doubt"] for q in batch["questions"]] == ["sheet_damaged"]
    answered = counter.sohoa(
        "batch", "assign", batch["batch"], "6", OTHER, "--procedure", "2.000635", "--json"
    )
    assert answered.exit_code == 0
    assert answered.data["asked"] == []
    assert [(d["dossier"], d["asked"]) for d in answered.data["dossiers"]] == [(CODE, []), (OTHER, [])]
    archived = counter.sohoa("export", CODE, "--to", stack.parent / "exported", "--json")
    as_scanned = hashlib.sha256((stack / "2.jpg").read_bytes()).hexdigest()
    assert any(as_scanned[:8] in name for name in archived.data["files"]), "not a byte was changed on the way"


def test_a_side_that_has_to_be_scanned_again_is_told_with_the_sheet_that_came_twice(
    stack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    with Image.open(stack / "2.jpg") as sharp:
        sharp.filter(ImageFilter.GaussianBlur(7)).save(sheets / "1.jpg", dpi=(DPI, DPI), quality=90)
    for number in (2, 3):
        (sheets / f"{number}.jpg").write_bytes((stack / "3.jpg").read_bytes())
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path / "state"))
    fed = ScanAsked(files=tuple(sorted(sheets.iterdir())), files_dossiers=False)
    assert scan(fed, Output("vi", as_json=True)) == 10
    told = json.loads(capsys.readouterr().out)["pages"]
    assert [page["verdict"] for page in told] == ["rescan_needed", "fine", "fine"]
    assert {finding["flaw"] for finding in told[0]["quality"]} >= {"blur"}
    assert [len(page["duplicates"]) for page in told] == [0, 0, 1]
    assert scan(replace(fed, files=fed.files[:1]), Output("vi")) == 10
    words = capsys.readouterr().out
    assert "PHẢI QUÉT LẠI" in words
    assert "Ảnh mờ" in words


def test_a_first_look_that_dies_does_not_stop_the_feed(
    stack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def dead(*_: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr(QualityDesk, "arrive", dead)
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path / "state"))
    fed = ScanAsked(files=(stack / "2.jpg", stack / "3.jpg"), files_dossiers=False)
    assert scan(fed, Output("vi", as_json=True)) == 10, "no cover sheet: asked"
    told = json.loads(capsys.readouterr().out)
    assert (told["sides"], told["pages"]) == (2, [])


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (ScanAsked(), ScannerNotFound),
        (ScanAsked(device="Quầy 9", profile="a4"), ScannerNotFound),
        (ScanAsked(device="simulated:/x", profile="a4"), ScannerRefused),
        (ScanAsked(device="simulated:/x", profile="card", dpi=200), ScannerRefused),
        (ScanAsked(device="simulated:/x", dpi=100), ScannerRefused),
        (ScanAsked(device="simulated:/x", colour="red"), ScannerRefused),
        (ScanAsked(device="simulated:/x", expected=Expectation(procedure="9.999999")), ProcedureUnknown),
        (ScanAsked(continued="../x"), BatchNotFound),
    ],
)
def test_what_cannot_be_is_refused_before_a_sheet_moves(asked: ScanAsked, error: type[Exception]) -> None:
    with pytest.raises(error):
        scan(asked, Output("vi"))


@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_has_its_question_in_both_languages(doubt: Doubt) -> None:
    question = BatchQuestion(doubt, "H56", (1,), 2, 3)
    for language in ("vi", "en"):
        told = question_message(question, language)  # type: ignore[arg-type]
        assert told
        assert "{" not in told
    assert set(DOUBTS) == set(Doubt)


def test_every_word_stands_in_both_languages() -> None:
    assert all(set(word) == {"vi", "en"} and all(word.values()) for word in WORDS.values())
