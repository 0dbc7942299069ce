"""Fixity finds what changed; export writes what was archived, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from dossier.archive import ArchivePackage, PackageFile
from dossier.errors import StorageError, StoreUnreachable
from dossier.ports import Archive
from storage.export import FixityOutcome, check_fixity, export_package
from storage.index import SqlIndex
from storage.memory import MemoryArchive
from storage.package import put_package

CONTENTS = {"originals/1.jpg": b"a scan", "pdf/01-tờ khai.pdf": b"%PDF-2b"}


@dataclass
class Tampered:
    """An archive that gives other bytes for one key, as a store with a rotten disk would."""

    archive: Archive
    key: str
    bytes_instead: bytes

    def get(self, key: str, version_id: str = "") -> bytes:
        return self.bytes_instead if key.endswith(self.key) else self.archive.get(key, version_id)

    def __getattr__(self, name: str) -> object:
        return getattr(self.archive, name)


class Down:
    """An archive whose store does not answer."""

    def get(self, key: str, version_id: str = "") -> bytes:
        raise StoreUnreachable("store", "connection refused")

    describe = get


@pytest.fixture
def package(archive: Archive, dossier: str, tmp_path: Path) -> ArchivePackage:
    files = [
        (PackageFile(path, "original", hashlib.sha256(data).hexdigest(), len(data), "x/y"), data)
        for path, data in CONTENTS.items()
    ]
    index = SqlIndex(f"sqlite:///{tmp_path}/sohoa.sqlite")
    return put_package(archive, index, dossier, f"dossiers/{dossier}/p1", files, {})


def test_an_untouched_package_passes(archive: Archive, package: ArchivePackage) -> None:
    judgements = check_fixity(archive, package)
    assert [j.key for j in judgements] == [kept.key for kept in package.objects]
    assert {j.outcome for j in judgements} == {FixityOutcome.PASS}


@pytest.mark.parametrize("name", [*CONTENTS, "manifest.json"])
def test_one_flipped_byte_fails(archive: Archive, package: ArchivePackage, name: str) -> None:
    key = f"{package.prefix}/{name}"
    data = bytearray(archive.get(key))
    data[-1] ^= 1
    judgements = check_fixity(Tampered(archive, name, bytes(data)), package)  # type: ignore[arg-type]
    assert [j.key for j in judgements if j.outcome is FixityOutcome.FAIL] == [key]


def test_a_lost_object_fails(archive: Archive, package: ArchivePackage) -> None:
    lost = replace(package.objects[0], version_id="0" * 32)
    judgements = check_fixity(archive, replace(package, objects=(lost, *package.objects[1:])))
    assert [j.outcome for j in judgements] == [FixityOutcome.FAIL, FixityOutcome.PASS, FixityOutcome.PASS]


def test_what_the_manifest_names_must_be_there(archive: Archive, package: ArchivePackage) -> None:
    judgements = check_fixity(archive, replace(package, objects=package.objects[1:]))
    assert [(j.key, j.outcome) for j in judgements if j.detail] == [
        (package.objects[0].key, FixityOutcome.FAIL)
    ]


def test_what_the_manifest_does_not_name_fails(archive: Archive, package: ArchivePackage) -> None:
    stray = archive.put(f"{package.prefix}/stray", b"stray", "x/y")
    judgements = check_fixity(archive, replace(package, objects=(stray, *package.objects)))
    assert judgements[0].outcome is FixityOutcome.FAIL


def test_a_retention_that_was_shortened_fails(archive: Archive, package: ArchivePackage) -> None:
    first = package.objects[0]
    promised = replace(first, retain_until=first.retain_until.replace(year=first.retain_until.year + 1))
    judgements = check_fixity(archive, replace(package, objects=(promised, *package.objects[1:])))
    assert [j.detail for j in judgements] == ["its retention was shortened", "", ""]


def test_a_store_that_is_down_proves_nothing(package: ArchivePackage) -> None:
    judgements = check_fixity(Down(), package)  # type: ignore[arg-type]
    assert {j.outcome for j in judgements} == {FixityOutcome.NOT_CHECKED}


def test_export_writes_every_file(archive: Archive, package: ArchivePackage, tmp_path: Path) -> None:
    to = tmp_path / "out" / "dossier"
    paths = export_package(archive, package, to)
    assert {p.relative_to(to).as_posix() for p in paths} == {*CONTENTS, "manifest.json"}
    assert {str(p.relative_to(to)): p.read_bytes() for p in paths[:-1]} == CONTENTS
    assert hashlib.sha256(paths[-1].read_bytes()).hexdigest() == package.manifest_sha256
    assert sorted(p for p in to.rglob("*") if p.is_file()) == sorted(paths)


def test_export_refuses_a_folder_that_holds_something(
    archive: Archive, package: ArchivePackage, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(StorageError, match="not an empty folder"):
        export_package(archive, package, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]
    with pytest.raises(StorageError, match="not an empty folder"):
        export_package(archive, package, tmp_path / "out" / "mine.txt")


@pytest.mark.parametrize("name", [*CONTENTS, "manifest.json"])
def test_export_never_writes_damaged_files(
    package: ArchivePackage, archive: Archive, name: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageError):
        export_package(Tampered(archive, name, b"rotten"), package, tmp_path / "out")  # type: ignore[arg-type]
    assert b"rotten" not in [p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()]


def test_memory_keeps_nothing_for_another(dossier: str) -> None:
    MemoryArchive().put(f"dossiers/{dossier}/a", b"a", "x/y")
    assert MemoryArchive().list("dossiers/") == ()
