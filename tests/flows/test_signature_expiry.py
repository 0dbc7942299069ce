"""Until when a package's signatures can be proven: found out once, noted, only for the newest package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dossier.archive import PackageFile, SealLevel
from flows.settings import Settings
from flows.signature_expiry import provable_until
from flows.wiring import Workshop, compose
from pipeline.rendition import render_document
from pipeline.seal import mark_on, seal
from pipeline.seal_raise import SealServices, raise_seal
from storage.memory import MemoryArchive
from storage.package import put_package
from storage.s3 import StoreSettings
from tests.authority import Authority, authority
from tests.sheets import ABOUT, HEADING, OFFICER, lines_of, sheet

DOSSIER = "H42-261119-0002"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        (running.folder / "roots.pem").write_bytes(running.certificate("root").public_bytes(Encoding.PEM))
        yield running


def put(work: Workshop, number: int, data: bytes, path: str = "pdf/01-to_khai.pdf") -> str:
    file = PackageFile(path, "rendition", hashlib.sha256(data).hexdigest(), len(data), "application/pdf")
    prefix = f"dossiers/{DOSSIER}/{number:016d}"
    put_package(work.archive, work.index, DOSSIER, prefix, [(file, data)], {})
    return prefix


def test_it_is_the_signers_certificate_and_then_the_stamps(tmp_path: Path, office: Authority) -> None:
    settings = Settings(state=tmp_path, trust_roots_file=office.folder / "roots.pem")
    work = compose(settings, StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False))
    work, now = replace(work, archive=MemoryArchive()), datetime.now(UTC)
    page = sheet(lines_of(HEADING))
    plain = seal(
        render_document([page], ABOUT), office.identity(), mark_on(page.recognised, OFFICER, now, now)
    )
    first = put(work, 1, plain)
    assert provable_until(work, first, now) == office.certificate("officer").not_valid_after_utc
    assert [note.kind for note in work.index.follow_ups(DOSSIER)] == ["provable-until"]
    assert provable_until(work, first, now) == office.certificate("officer").not_valid_after_utc
    assert len(work.index.follow_ups(DOSSIER)) == 1, "found out once"
    stamped = raise_seal(
        plain, SealLevel.B_LTA, SealServices(office.timestamp_url, (office.certificate("root"),))
    )
    second = put(work, 2, stamped)
    assert provable_until(work, second, now) == office.certificate("stamps").not_valid_after_utc
    assert provable_until(work, first, now) is None, "a newer package stands in its place"
    third = put(work, 3, b"no signature", "originals/001.jpg")
    assert provable_until(work, third, now) is None
