"""The index finds what is in the archive again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from dossier.archive import ArchivedObject, ArchivePackage, PackageFile
from dossier.errors import StoreConflict
from storage.clock import VIETNAM
from storage.index import FoundFile, SqlIndex

UNTIL = datetime(2036, 11, 19, 6, 44, 51, tzinfo=VIETNAM)
SCAN = PackageFile("originals/1.jpg", "original", "aa" * 32, 3_000_000_000, "image/jpeg")
PDF = PackageFile("pdf/1.pdf", "rendition", "bb" * 32, 20, "application/pdf")


def package(dossier: str, name: str, manifest: str = "cc" * 32) -> ArchivePackage:
    prefix = f"dossiers/{dossier}/{name}"
    return ArchivePackage(
        dossier,
        prefix,
        manifest,
        tuple(
            ArchivedObject(f"{prefix}/{file.path}", f"v{at}", file.sha256, file.size_bytes, UNTIL)
            for at, file in enumerate((SCAN, PDF))
        ),
    )


@pytest.fixture
def index(database_url: str) -> Iterator[SqlIndex]:
    kept = SqlIndex(database_url)
    yield kept
    kept.close()


def test_summaries_are_those_of_the_newest_packages(index: SqlIndex) -> None:
    assert index.summaries() == ()
    index.record(package("B-1", "1"), [SCAN, PDF], '{"n": 1}')
    index.record(package("A-1", "1"), [SCAN, PDF], '{"n": 2}')
    index.record(package("B-1", "2"), [SCAN, PDF], '{"n": 3}')
    assert index.summaries() == ('{"n": 2}', '{"n": 3}')


def test_the_newest_package_of_a_dossier_is_found(index: SqlIndex) -> None:
    assert index.package("A-1") is None
    assert index.summary("A-1") is None
    assert index.files("A-1") == ()
    index.record(package("A-1", "z"), (SCAN, PDF), '{"run": 1}')
    index.record(package("A-1", "a"), (PDF,), '{"run": 2}')
    index.record(package("A-2", "b"), (), "{}")
    assert index.package("A-1") == package("A-1", "a")
    assert index.summary("A-1") == '{"run": 2}'
    assert index.files("A-1") == (PDF,)


def test_recording_again_changes_nothing(index: SqlIndex) -> None:
    index.record(package("A-1", "a"), (SCAN, PDF), "first")
    index.record(package("A-1", "b"), (SCAN, PDF), "second")
    index.record(package("A-1", "a"), (SCAN, PDF), "third")
    assert index.package("A-1") == package("A-1", "b")
    assert index.summary("A-1") == "second"
    assert len(index.find(SCAN.sha256)) == 2


def test_another_manifest_under_the_same_prefix_is_refused(index: SqlIndex) -> None:
    index.record(package("A-1", "a"), (SCAN,), "first")
    with pytest.raises(StoreConflict, match="another manifest"):
        index.record(package("A-1", "a", manifest="dd" * 32), (PDF,), "second")
    assert index.files("A-1") == (SCAN,)


def test_bytes_are_found_by_their_fingerprint(index: SqlIndex) -> None:
    index.record(package("A-1", "a"), (SCAN, PDF), "{}")
    index.record(package("A-2", "a"), (SCAN,), "{}")
    assert index.find(SCAN.sha256) == (
        FoundFile("A-1", "dossiers/A-1/a", "originals/1.jpg", "original"),
        FoundFile("A-2", "dossiers/A-2/a", "originals/1.jpg", "original"),
    )
    assert index.find("ee" * 32) == ()


def test_many_may_record_the_same_package_at_once(index: SqlIndex) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: index.record(package("A-1", "a"), (SCAN, PDF), "{}"), range(12)))
    assert len(index.find(SCAN.sha256)) == 1


def test_it_is_there_after_being_opened_again(index: SqlIndex, database_url: str) -> None:
    index.record(package("A-1", "a"), (SCAN, PDF), "{}")
    index.close()
    again = SqlIndex(database_url)
    assert again.package("A-1") == package("A-1", "a")
    again.close()
