"""Packages as BagIt: judged by bagit itself, and taken into an empty archive unchanged."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from dossier.archive import ArchivePackage, PackageFile
from dossier.errors import StorageError, StoreConflict
from storage.bag import import_bag, write_bag
from storage.export import FixityOutcome, check_fixity
from storage.index import SqlIndex
from storage.memory import MemoryArchive
from storage.package import MANIFEST, put_package

DOSSIER = "H42-261119-0001"
CONTENTS = {"originals/001.jpg": b"a scan", "pdf/01-tờ khai.pdf": b"%PDF-2b", "pdf/02-trống.pdf": b""}


def index(folder: Path) -> SqlIndex:
    return SqlIndex(f"sqlite:///{folder}/index.sqlite")


def archived(archive: MemoryArchive, folder: Path) -> ArchivePackage:
    files = [
        (PackageFile(path, "original", hashlib.sha256(data).hexdigest(), len(data), "x/y"), data)
        for path, data in CONTENTS.items()
    ]
    return put_package(archive, index(folder), DOSSIER, f"dossiers/{DOSSIER}/p1", files, {"officer": "MẪU"})


@pytest.fixture
def old(tmp_path: Path) -> MemoryArchive:
    return MemoryArchive()


@pytest.fixture
def package(old: MemoryArchive, tmp_path: Path) -> ArchivePackage:
    return archived(old, tmp_path)


@pytest.fixture
def bag(old: MemoryArchive, package: ArchivePackage, tmp_path: Path) -> Path:
    write_bag(old, package, tmp_path / "bag")
    return tmp_path / "bag"


def test_bagit_itself_finds_it_valid(bag: Path) -> None:
    judge = [sys.executable, "-m", "bagit", "--validate", str(bag)]
    assert subprocess.run(judge, capture_output=True, check=False).returncode == 0
    (bag / "data" / "originals" / "001.jpg").write_bytes(b"b scan")
    assert subprocess.run(judge, capture_output=True, check=False).returncode != 0


def test_an_empty_archive_takes_it_over_unchanged(
    bag: Path, old: MemoryArchive, package: ArchivePackage, tmp_path: Path
) -> None:
    new, its_index = MemoryArchive(), index(tmp_path / "..")
    taken = import_bag(new, its_index, bag)
    assert (taken.prefix, taken.manifest_sha256) == (package.prefix, package.manifest_sha256)
    assert new.list("") == old.list("")
    assert all(new.get(key) == old.get(key) for key in old.list(""))
    assert {f.outcome for f in check_fixity(new, taken)} == {FixityOutcome.PASS}
    found = its_index.package(DOSSIER)
    assert found is not None
    assert found.manifest_sha256 == package.manifest_sha256
    assert import_bag(new, its_index, bag) == taken, "a second time changes nothing"


@pytest.mark.parametrize("damage", ["flip", "lost", "more", "manifest", "no bag", "missing"])
def test_a_damaged_bag_is_refused_and_nothing_is_whole(damage: str, bag: Path, tmp_path: Path) -> None:
    payload = bag / "data"
    if damage == "flip":
        (payload / "originals" / "001.jpg").write_bytes(b"A scan")
    elif damage == "lost":
        (payload / "originals" / "001.jpg").unlink()
    elif damage == "more":
        (payload / "more.txt").write_text("x", "utf-8")
    elif damage == "manifest":
        (payload / MANIFEST).write_text("{}", "utf-8")
    elif damage == "no bag":
        (bag / "bagit.txt").unlink()
    else:
        bag = tmp_path / "none"
    archive = MemoryArchive()
    with pytest.raises(StorageError):
        import_bag(archive, index(tmp_path), bag)
    assert archive.list("") == ()


def test_a_bag_of_something_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"sea")
    subprocess.run([sys.executable, "-m", "bagit", "--quiet", "--sha256", str(folder)], check=True)
    with pytest.raises(StorageError, match="no package"):
        import_bag(MemoryArchive(), index(tmp_path), folder)


def test_other_files_under_its_keys_are_not_overwritten(bag: Path, tmp_path: Path) -> None:
    archive = MemoryArchive()
    archive.put(f"dossiers/{DOSSIER}/p1/originals/001.jpg", b"another", "x/y")
    with pytest.raises(StoreConflict):
        import_bag(archive, index(tmp_path), bag)


def test_a_folder_that_holds_something_is_left_alone(
    old: MemoryArchive, package: ArchivePackage, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(StorageError, match="empty"):
        write_bag(old, package, tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]
