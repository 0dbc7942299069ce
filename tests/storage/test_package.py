"""A package is whole or it is not there; a run killed anywhere is run again and ends in the same archive."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dossier.archive import ArchivedObject, ArchivePackage, PackageFile
from dossier.errors import NotInArchive, StorageError, StoreConflict
from dossier.ports import Archive, Index
from storage.index import SqlIndex
from storage.memory import MemoryArchive
from storage.package import (
    find_package,
    put_package,
    read_manifest,
    read_package,
    restore_index,
    write_manifest,
)

CONTENTS = {"originals/1.jpg": b"a scan", "originals/2.jpg": b"another scan", "pdf/01-ct01.pdf": b"%PDF-2b"}
MOMENT = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
ABOUT = {"procedure": "1.001193", "findings": [], "officer": "CB-MẪU"}


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Dying:
    """An archive whose process is killed before or after its n-th put."""

    archive: Archive
    puts_left: int
    dies_before: bool

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        self.puts_left -= 1
        if self.puts_left == 0 and self.dies_before:
            raise Killed
        kept = self.archive.put(key, data, media_type, retention_days)
        if self.puts_left == 0:
            raise Killed
        return kept

    def __getattr__(self, name: str) -> object:
        return getattr(self.archive, name)


def files(contents: dict[str, bytes] = CONTENTS) -> list[tuple[PackageFile, bytes | Callable[[], bytes]]]:
    return [
        (described(path, data), data if at % 2 else lambda data=data: data)  # type: ignore[misc]
        for at, (path, data) in enumerate(contents.items())
    ]


def described(path: str, data: bytes) -> PackageFile:
    role = "rendition" if path.endswith(".pdf") else "original"
    return PackageFile(path, role, hashlib.sha256(data).hexdigest(), len(data), "image/jpeg")


def put(archive: Archive, index: Index, dossier: str, **changed: object) -> ArchivePackage:
    given = {"files": files(), "about": ABOUT, "summary": '{"state": "archived"}', "package": "p1"} | changed
    prefix = f"dossiers/{dossier}/{given.pop('package')}"
    return put_package(archive, index, dossier, prefix, **given)  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path) -> SqlIndex:
    return SqlIndex(f"sqlite:///{tmp_path}/sohoa.sqlite")


def test_each_file_is_locked_as_long_as_the_manifest_says(
    archive: Archive, index: SqlIndex, dossier: str
) -> None:
    short, *_ = CONTENTS
    said = {"days": 7300, "files": {short: 400, "no/such.pdf": 9}}
    package = put(archive, index, dossier, about=ABOUT | {"retention": said})
    now = datetime.now(UTC)
    days = {
        kept.key.removeprefix(f"{package.prefix}/"): (kept.retain_until - now).days
        for kept in package.objects
    }
    assert days.pop(short) in (399, 400)
    assert set(days.values()) <= {7299, 7300}
    assert "manifest.json" in days


@pytest.mark.parametrize("said", [{"days": "for ever"}, {"files": []}, "long", {"days": None}])
def test_a_manifest_that_does_not_say_how_long_is_refused(index: SqlIndex, said: object) -> None:
    with pytest.raises(StorageError, match="how long"):
        put(MemoryArchive(), index, "MẪU-1", about=ABOUT | {"retention": said})


def test_no_manifest_locks_for_longer_than_for_ever(index: SqlIndex) -> None:
    about = ABOUT | {"retention": {"days": 10**9}}
    package = put(MemoryArchive(), index, "MẪU-1", about=about)
    assert max(o.retain_until for o in package.objects) < datetime.now(UTC) + timedelta(days=36_526)


def test_a_package_is_kept_and_found(archive: Archive, index: SqlIndex, dossier: str) -> None:
    package = put(archive, index, dossier)
    prefix = f"dossiers/{dossier}/p1"
    assert [kept.key for kept in package.objects] == [
        f"{prefix}/{name}" for name in (*CONTENTS, "manifest.json")
    ]
    assert [archive.get(kept.key, kept.version_id) for kept in package.objects[:-1]] == [*CONTENTS.values()]
    manifest = archive.get(f"{prefix}/manifest.json")
    assert hashlib.sha256(manifest).hexdigest() == package.manifest_sha256 == package.objects[-1].sha256
    said = json.loads(manifest)
    assert said["about"] == ABOUT
    assert [file["sha256"] for file in said["files"]] == [kept.sha256 for kept in package.objects[:-1]]
    assert index.package(dossier) == package == find_package(archive, dossier)
    assert index.summary(dossier) == '{"state": "archived"}'
    assert [file.path for file in index.files(dossier)] == sorted(CONTENTS)


def test_nobody_gets_a_package_that_is_not_there(archive: Archive, dossier: str) -> None:
    assert find_package(archive, dossier) is None
    with pytest.raises(NotInArchive):
        read_package(archive, f"dossiers/{dossier}/p1")


@pytest.mark.parametrize("dies_before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_killed_anywhere_and_run_again_ends_in_the_same_archive(
    archive: Archive, index: SqlIndex, dossier: str, at: int, dies_before: bool
) -> None:
    with pytest.raises(Killed):
        put(Dying(archive, at, dies_before), index, dossier)  # type: ignore[arg-type]
    assert index.package(dossier) is None
    is_whole = at == 4 and not dies_before
    assert (find_package(archive, dossier) is not None) == is_whole
    package = put(archive, index, dossier)
    assert package == index.package(dossier) == find_package(archive, dossier) == put(archive, index, dossier)
    assert len(archive.list(f"dossiers/{dossier}/")) == 4


def test_killed_between_manifest_and_index_the_first_manifest_stands(
    archive: Archive, index: SqlIndex, dossier: str
) -> None:
    with pytest.raises(Killed):
        put(Dying(archive, 4, dies_before=False), index, dossier)  # type: ignore[arg-type]
    package = put(archive, index, dossier, about={"officer": "another"}, summary="{}")
    assert read_package(archive, package.prefix)[1].about == ABOUT
    assert index.summary(dossier) == '{"state": "archived"}'


def test_two_runs_at_once_end_in_one_package(archive: Archive, index: SqlIndex, dossier: str) -> None:
    begin = threading.Barrier(2)

    def run(number: int) -> ArchivePackage:
        begin.wait()
        return put(archive, index, dossier, about={"run": number})

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(run, range(2))
    assert one == other == index.package(dossier) == find_package(archive, dossier)


def test_a_lost_index_is_made_anew_from_the_store(
    archive: Archive, index: SqlIndex, dossier: str, tmp_path: Path
) -> None:
    put(archive, index, dossier, clock=lambda: MOMENT)
    later = MOMENT + timedelta(milliseconds=1)
    newest = put(
        archive,
        index,
        dossier,
        package="p0",
        clock=lambda: later,
        files=files({"originals/1.jpg": b"rescanned"}),
    )
    anew = SqlIndex(f"sqlite:///{tmp_path}/anew.sqlite")
    assert restore_index(archive, anew, dossier) == 2
    assert anew.package(dossier) == newest == find_package(archive, dossier)
    assert anew.summary(dossier) == index.summary(dossier)
    assert anew.files(dossier) == index.files(dossier)


def test_other_files_under_the_same_prefix_are_refused(
    archive: Archive, index: SqlIndex, dossier: str
) -> None:
    package = put(archive, index, dossier)
    for changed in ({"originals/1.jpg": b"other"}, CONTENTS | {"originals/3.jpg": b"more"}):
        with pytest.raises(StoreConflict):
            put(archive, index, dossier, files=files(changed))
    assert index.package(dossier) == package == find_package(archive, dossier)


def test_bytes_that_are_not_what_they_are_called_are_refused(index: SqlIndex, dossier: str) -> None:
    archive = MemoryArchive()
    wrong = [(described("originals/1.jpg", b"a scan"), b"a scaN")]
    with pytest.raises(StorageError, match=r"originals/1\.jpg: its bytes"):
        put(archive, index, dossier, files=wrong)
    assert archive.list("") == ()


@pytest.mark.parametrize(
    "path",
    ["../up", "a/../../up", "/root", "a//b", "", ".", "a\\b", "a\nb", "manifest.json", "originals/1.jpg"],
)
def test_names_that_climb_or_collide_are_refused(index: SqlIndex, dossier: str, path: str) -> None:
    archive = MemoryArchive()
    pair = [(described(name, b"x"), b"x") for name in ("originals/1.jpg", path)]
    with pytest.raises(StorageError):
        put(archive, index, dossier, files=pair)
    assert archive.list("") == ()


@pytest.mark.parametrize("code", ["", "a/b", "..", "."])
def test_codes_that_a_key_cannot_carry_are_refused(index: SqlIndex, code: str) -> None:
    with pytest.raises(StorageError):
        put(MemoryArchive(), index, code)


def test_the_same_manifest_is_the_same_bytes(index: SqlIndex, dossier: str) -> None:
    one, other = MemoryArchive(), MemoryArchive()
    put(one, index, dossier, clock=lambda: MOMENT)
    put(other, index, dossier, clock=lambda: MOMENT, about=dict(reversed(ABOUT.items())))
    key = f"dossiers/{dossier}/p1/manifest.json"
    assert one.get(key) == other.get(key) == write_manifest(read_manifest(one.get(key)))


@pytest.mark.parametrize("written", [b"", b"[]", b"{}", b'{"format": "else"}', b"\xff"])
def test_what_is_no_manifest_is_refused(written: bytes) -> None:
    with pytest.raises(StorageError, match=r"manifest\.json"):
        read_manifest(written)
