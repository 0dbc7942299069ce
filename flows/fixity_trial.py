"""A trial of fixity: packages made, bytes flipped, what is found and at what cost beside `sha256sum`."""

from __future__ import annotations

import hashlib
import mmap
import random
import resource
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dossier.archive import PackageFile
from dossier.audit import ExpectedObject, ExpectedPackage, FixityState
from dossier.audit_ports import ArchiveAuditor
from dossier.errors import StorageError
from dossier.ports import Archive
from flows.fixity import check_archive
from flows.fixity_report import FixityRun
from flows.fixity_room import FixityRoom, Pace
from flows.wiring import VIETNAM
from storage.holdings import SqlHoldings
from storage.index import SqlIndex
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.package import put_package
from storage.s3 import S3Archive
from storage.s3_audit import S3Auditor
from storage.seaweed import EmbeddedStore
from storage.second_copy import FolderCopy

SMALL: Final = (("originals/001.jpg", 6_000), ("pdf/01.pdf", 8_000), ("metadata/METS.xml", 2_000))
"""A package of few bytes, for finding."""
ORDINARY: Final = (
    ("originals/001.jpg", 900_000),
    ("originals/002.jpg", 900_000),
    ("pdf/01.pdf", 1_900_000),
    ("alto/001.xml", 40_000),
    ("alto/002.xml", 40_000),
    ("metadata/METS.xml", 12_000),
    ("metadata/PREMIS.xml", 12_000),
    ("metadata/EAD.xml", 4_000),
)
"""A paper of two pages as the product keeps it, for speed."""


@dataclass(frozen=True, slots=True)
class Found:
    """What fixity found of what was done to an archive."""

    medium: str
    packages: int
    objects: int
    flipped: int
    found: int
    """Flipped objects that were told as changed."""
    falsely: int
    """Objects told as not intact that nobody touched, in the run before the flips and in the one after."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Fixity beside sha256sum over the same bytes, in core-seconds of user and system."""

    medium: str
    megabytes: float
    objects: int
    ours_seconds: float
    sha256sum_seconds: float
    store_seconds: float
    """What the store itself used meanwhile."""

    @property
    def ratio(self) -> float:
        """Our speed over that of sha256sum."""
        return self.sha256sum_seconds / self.ours_seconds if self.ours_seconds else 0.0


class _Unversioned(SqlHoldings):
    """The index of packages that lie in a folder, which keeps no versions."""

    def packages(self, after: str = "") -> Iterator[ExpectedPackage]:
        for package in super().packages(after):
            objects = tuple(replace(each, version_id="") for each in package.objects)
            yield replace(package, objects=objects)


class Medium:
    """An archive made for the trial: in a folder, or in a real store of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        """Start it; `name` is "raw" or "store". Raises PartMissing, StoreUnreachable."""
        self.name, self._folder = name, folder
        folder.mkdir(parents=True)
        url = f"sqlite:///{folder / 'index.sqlite'}"
        self._index, self._store = SqlIndex(url), None
        self.archive: Archive = MemoryArchive()
        self.files = folder / "raw"
        self.files.mkdir()
        raw = FolderCopy(self.files)
        raw.prepare()
        auditor: ArchiveAuditor = raw
        holdings: SqlHoldings = _Unversioned(url)
        if name == "store":
            self._store = EmbeddedStore(folder / "store", retention_days=1, encryption="none")
            settings = self._store.start()
            self.archive, auditor, holdings = S3Archive(settings), S3Auditor(settings), SqlHoldings(url)
        self.room = FixityRoom(self.archive, auditor, holdings, SqlLedger(url), folder / "run")

    @property
    def pid(self) -> int | None:
        """Process of the store, where there is one."""
        return self._store.pid if self._store is not None else None

    def fill(self, shape: tuple[tuple[str, int], ...], packages: int, seed: int) -> None:
        """Make packages of random bytes, which no store can compress; the same ones for the same seed."""
        for number in range(packages):
            draw = random.Random(f"{seed}:{number}")  # noqa: S311 - not a secret
            dossier = f"MAU-{number:06d}"
            files = []
            for path, size in shape:
                data = draw.randbytes(size)
                kind = "image/jpeg" if path.endswith("jpg") else "application/octet-stream"
                digest = hashlib.sha256(data).hexdigest()
                files.append((PackageFile(path, "original", digest, size, kind), data))
            # In memory for one package only: what a raw medium keeps, it keeps in its folder.
            archive = self.archive if self._store is not None else MemoryArchive()
            package = put_package(archive, self._index, dossier, f"dossiers/{dossier}/{seed:016d}", files, {})
            for kept in package.objects:
                raw = self.files / kept.key
                raw.parent.mkdir(parents=True, exist_ok=True)
                raw.write_bytes(archive.get(kept.key, kept.version_id))

    def flip(self, kept: ExpectedObject, place: int) -> None:
        """Change one byte of an object where the medium keeps it. Raises StorageError where it is not."""
        data = (self.files / kept.key).read_bytes()
        if self._store is None:
            _flip(self.files / kept.key, place, data[place])
            return
        for volume in sorted((self._folder / "store" / "data").glob("*.dat")):
            start = _find(volume, data)
            if start >= 0:
                _flip(volume, start + place, data[place])
                return
        raise StorageError(kept.key, "lies in no volume of the store")

    def run(self) -> FixityRun:
        """One run over all of it, as fast as it goes."""
        return check_archive(self.room, Pace(1.0), lambda: datetime.now(VIETNAM))

    def close(self) -> None:
        """End what was started; nobody waits for a clean exit."""
        if self._store is not None:
            self._store.stop(patience_seconds=0.0)


def try_finding(medium: Medium, packages: int, flips: int, seed: int) -> Found:
    """Make small packages, look at them, flip one byte in some objects of every kind, look again."""
    medium.fill(SMALL, packages, seed)
    clean = medium.run()
    draw = random.Random(seed)  # noqa: S311 - not a secret
    objects = [each for package in medium.room.holdings.packages() for each in package.objects]
    chosen = draw.sample(objects, min(flips, len(objects)))
    for each in chosen:
        medium.flip(each, draw.randrange(each.size_bytes))
    told = {t["key"] for t in medium.run().troubles if t["state"] == FixityState.CHANGED}
    touched = {each.key for each in chosen}
    falsely = len(told - touched) + len(clean.troubles)
    found = len(told & touched)
    return Found(medium.name, packages, len(objects), len(chosen), found, falsely)


def try_speed(medium: Medium, packages: int, seed: int, store_seconds: Callable[[], float]) -> Speed:
    """Read ordinary packages with fixity and with sha256sum, both from warm caches.

    Raises StorageError where fixity finds anything wrong.
    """
    medium.fill(ORDINARY, packages, seed)
    files = [str(path) for path in sorted(medium.files.rglob("*")) if path.is_file()]
    subprocess.run(["sha256sum", *files], stdout=subprocess.DEVNULL, check=True)
    theirs = _children_seconds()
    subprocess.run(["sha256sum", *files], stdout=subprocess.DEVNULL, check=True)
    theirs = _children_seconds() - theirs
    before, ours = store_seconds(), _own_seconds()
    run = medium.run()
    ours = _own_seconds() - ours
    if run.outcome != "pass":
        raise StorageError(medium.name, f"the trial's archive is not intact: {run.troubles[:1]}")
    count = sum(run.counts.values())
    used = store_seconds() - before
    return Speed(medium.name, run.read_bytes / 1e6, count, ours, theirs, used)


def as_data(result: Found | Speed) -> dict[str, Any]:
    """A result as plain data."""
    said: dict[str, Any] = {name: getattr(result, name) for name in result.__slots__}
    if isinstance(result, Speed):
        said |= {"ratio": result.ratio, "mb_per_core_second": result.megabytes / result.ours_seconds}
    return said


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _flip(file: Path, place: int, was: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(bytes([was ^ 1]))


def _find(volume: Path, data: bytes) -> int:
    if volume.stat().st_size == 0:
        return -1
    with volume.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(data)
