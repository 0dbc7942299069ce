"""Trouble with the world during a dossier: told in one line, nothing lost, nothing half-archived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.archive import ORIGINALS
from dossier.errors import InputRefused
from dossier.page import StoredObject
from flows.settings import Settings
from flows.wiring import open_keys
from storage.spool import FolderSpool
from tests.conftest import Counter


@pytest.fixture(scope="module")
def storeless(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[Counter]:
    """A counter whose store does not answer."""
    here = Counter(
        tmp_path_factory.mktemp("storeless"),
        samples,
        (("SOHOA_STORE_ENDPOINT", "127.0.0.1:9"), ("SOHOA_STORE_SECURE", "false")),
    )
    here.answered_before(SOHOA_STORE_ENDPOINT="127.0.0.1:9")
    yield here
    here.kill()


def test_a_store_that_is_down_is_named_and_the_pages_are_safe(storeless: Counter) -> None:
    answer = storeless.digitise("khai-sinh-day-du")
    assert answer.exit_code == 61
    lines = [line for line in answer.stderr.splitlines() if line and "khởi động" not in line]
    assert len(lines) == 1
    settings = Settings(state=storeless.state)
    spool = FolderSpool(settings.spool_folder, open_keys(settings))
    for scan in (storeless.samples / "khai-sinh-day-du" / "scans").iterdir():
        data = scan.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        assert spool.get(StoredObject(digest, digest, len(data), "")) == data


def test_a_verdict_that_needs_no_store_is_given_without_one(storeless: Counter) -> None:
    answer = storeless.digitise("khai-tu-thieu-giay-bao-tu")
    assert answer.exit_code == 10
    assert "missing_component" in {f["rule"] for f in answer.data["findings"]}


def test_a_signed_pdf_is_kept_byte_for_byte_and_reported(counter: Counter, tmp_path: Path) -> None:
    archived = counter.digitise("ket-hon-trang-nguoc").data
    assert counter.sohoa("export", archived["dossier"], "--to", tmp_path / "out").exit_code == 0
    signed = next((tmp_path / "out").rglob("*.pdf"))
    order = (
        "--procedure",
        "1.000894",
        "--dossier",
        "H42-261119-9005",
        "--received-on",
        "2026-11-19",
        "--json",
    )
    answer = counter.sohoa("digitise", signed, *order)
    assert answer.exit_code == 0, answer.stderr
    (finding,) = [f for f in answer.data["findings"] if f["rule"] == "signed_original"]
    assert finding["severity"] == "info"
    assert "intact" in finding["evidence"][0]
    assert counter.sohoa("export", "H42-261119-9005", "--to", tmp_path / "again").exit_code == 0
    wanted = hashlib.sha256(signed.read_bytes()).hexdigest()
    originals = (tmp_path / "again" / "data" / ORIGINALS).iterdir()
    assert wanted in {hashlib.sha256(p.read_bytes()).hexdigest() for p in originals}
    assert counter.sohoa("verify", "--dossier", "H42-261119-9005").exit_code == 0


def test_a_dossier_code_that_cannot_be_a_key_is_refused(counter: Counter, samples: Path) -> None:
    scans = samples / "khai-sinh-day-du" / "scans"
    answer = counter.sohoa("digitise", scans, "--procedure", "1.001193", "--dossier", "../x")
    assert answer.exit_code == InputRefused.exit_code
    assert "../x" in answer.stderr


def test_a_procedure_that_no_catalogue_has_is_named_in_one_line_before_anything_is_read(
    counter: Counter, samples: Path
) -> None:
    scans = samples / "khai-sinh-day-du" / "scans"
    answer = counter.sohoa("digitise", scans, "--procedure", "9.999999", "--dossier", "H42-261119-9006")
    assert answer.exit_code == 31
    lines = [line for line in answer.stderr.splitlines() if line and "khởi động" not in line]
    assert len(lines) == 1
    assert "9.999999" in lines[0]
