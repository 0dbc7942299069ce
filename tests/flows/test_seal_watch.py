"""Archived seals are raised and renewed, beside what was archived, never over it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dossier.archive import ORIGINALS, RENDITIONS, ArchivePackage, PackageFile, SealLevel
from dossier.description import PackageDescription
from flows.describing import software
from flows.seal_watch import RENEW_AHEAD, SealWatch, raise_package, seal_state
from flows.settings import Settings
from flows.wiring import Workshop, compose
from pipeline.level_check import judge_level
from pipeline.rendition import render_document
from pipeline.seal import mark_on, seal
from storage.codec import encode
from storage.memory import MemoryArchive
from storage.mets import EAD_PATH, METS_PATH, PREMIS_PATH
from storage.package import put_package, read_package
from storage.s3 import StoreSettings
from tests.authority import Authority, authority
from tests.schemas import faults
from tests.sheets import ABOUT, HEADING, OFFICER, lines_of, sheet

DOSSIER = "H42-261119-0001"
AT = "2026-11-19T08:00:05.000+07:00"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        (running.folder / "roots.pem").write_bytes(running.certificate("root").public_bytes(Encoding.PEM))
        yield running


@pytest.fixture(scope="module")
def plain(office: Authority) -> bytes:
    page, now = sheet(lines_of(HEADING)), datetime.now(UTC)
    mark = mark_on(page.recognised, OFFICER, now, now)
    return seal(render_document([page], ABOUT), office.identity(), mark)


def workshop(state: Path, office: Authority, url: str) -> Workshop:
    settings = Settings(state=state, timestamp_url=url, trust_roots_file=office.folder / "roots.pem")
    work = compose(settings, StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False))
    return replace(work, archive=MemoryArchive())


def archived(work: Workshop, pdf: bytes) -> ArchivePackage:
    files = []
    for path, role, data, kind in (
        (f"{ORIGINALS}/001.jpg", "original", b"the scan", "image/jpeg"),
        (f"{RENDITIONS}/01-to_khai.pdf", "rendition", pdf, "application/pdf"),
    ):
        files.append((PackageFile(path, role, hashlib.sha256(data).hexdigest(), len(data), kind), data))
    prefix = f"dossiers/{DOSSIER}/0123456789abcdef"
    told = PackageDescription(
        DOSSIER, "1.001193", "", "MẪU", OFFICER, date(2026, 11, 19), AT, software(), (), (), ()
    )
    about = {"officer": OFFICER, "description": json.loads(encode(told))}
    return put_package(work.archive, work.index, DOSSIER, prefix, files, about)


def test_what_is_owed_is_raised_into_a_new_package(tmp_path: Path, office: Authority, plain: bytes) -> None:
    work = workshop(tmp_path, office, office.timestamp_url)
    old = archived(work, plain)
    assert SealWatch(work).step(0.0) == 1
    new = work.index.package(DOSSIER)
    assert new is not None
    assert new.prefix != old.prefix
    kept = work.archive.get(f"{old.prefix}/{RENDITIONS}/01-to_khai.pdf")
    assert kept == plain, "the old package stays as it was"
    data = work.archive.get(f"{new.prefix}/{RENDITIONS}/01-to_khai.pdf")
    assert judge_level(data, (office.certificate("root"),), datetime.now(UTC)).level == SealLevel.B_LTA
    assert work.archive.get(f"{new.prefix}/{ORIGINALS}/001.jpg") == b"the scan"
    _, manifest = read_package(work.archive, new.prefix)
    assert manifest.about["seals_raised_from"] == old.prefix
    # What describes the package says what was done, and has the new digests.
    premis = work.archive.get(f"{new.prefix}/{PREMIS_PATH}")
    assert b"digital signature time-stamping" in premis
    assert hashlib.sha256(data).hexdigest().encode() in premis
    assert hashlib.sha256(data).hexdigest().encode() in work.archive.get(f"{new.prefix}/{METS_PATH}")
    assert [faults(work.archive.get(f"{new.prefix}/{p}")) for p in (METS_PATH, PREMIS_PATH, EAD_PATH)] == [
        []
    ] * 3
    (entry,) = work.ledger.entries()
    assert (entry.action, json.loads(entry.detail)["level"]) == ("seals-raised", "B-LTA")
    # Nothing is owed any more.
    assert SealWatch(work).step(0.0) == 0
    assert work.index.package(DOSSIER) == new


def test_a_stamp_is_renewed_before_it_expires(tmp_path: Path, office: Authority, plain: bytes) -> None:
    work = workshop(tmp_path, office, office.timestamp_url)
    first = raise_package(work, archived(work, plain), datetime.now(UTC))
    state = seal_state(work, first, datetime.now(UTC))
    assert state.renew_before is not None
    soon = state.renew_before - RENEW_AHEAD + timedelta(days=1)
    assert SealWatch(work).step(0.0) == 0
    assert SealWatch(work, lambda: soon).step(0.0) == 1
    renewed = work.index.package(DOSSIER)
    assert renewed is not None
    before = work.archive.get(f"{first.prefix}/{RENDITIONS}/01-to_khai.pdf")
    after = work.archive.get(f"{renewed.prefix}/{RENDITIONS}/01-to_khai.pdf")
    assert after.startswith(before)
    assert len(after) > len(before)


def test_a_service_that_is_down_leaves_everything_as_it_is(
    tmp_path: Path, office: Authority, plain: bytes
) -> None:
    work = workshop(tmp_path, office, "http://127.0.0.1:9/tsa")
    old = archived(work, plain)
    watch = SealWatch(work)
    assert watch.step(0.0) == 0
    assert work.index.package(DOSSIER) == old
    assert watch.step(10.0) == 0, "it is not asked again at once"
