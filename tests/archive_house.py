"""A machine over an archive in memory, with a second copy and a clock, for what is kept and what goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast

from dossier.archive import ArchivePackage, DigitisationOrder, PackageFile
from dossier.desk import DeskState
from dossier.page import StoredObject
from flows.settings import Settings
from flows.wiring import Workshop
from storage.clock import VIETNAM
from storage.codec import encode
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.package import put_package
from storage.people import Person, Trace
from storage.second_copy import FolderCopy
from tests.memory_machine import memory_machine

NUMBER, NAME = "001190005678", "Trần Thị Mẫu"
DECISION = "Quyết định 12/QĐ-MẪU ngày 2026-11-20"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=VIETNAM)
LATER = NOW + timedelta(days=60)


@dataclass
class House:
    """The machine, and the time it is there."""

    workshop: Workshop
    archive: MemoryArchive
    copy: Path
    now: datetime = NOW

    def left(self, code: str, more: str = "") -> StoredObject:
        """A dossier that was read and judged."""
        work = self.workshop
        picture = work.spool.put(f"picture of {code} {more}".encode(), "image/jpeg")
        work.checkpoints.save("page", code, encode({"picture": picture}))
        trace = Trace(code, (picture.sha256,), (("page", code),), ("1.jpg",))
        work.people.note(code, [Person(NUMBER, NAME)], trace)
        work.desk.note(self.order(code), DeskState.REVIEW)
        return picture

    def archived(self, code: str, more: str = "") -> ArchivePackage:
        """The same, archived and copied."""
        work, picture = self.workshop, self.left(code, more)
        data = work.spool.get(picture)
        file = PackageFile("originals/1.jpg", "original", picture.sha256, len(data), "image/jpeg")
        prefix = f"dossiers/{code}/a{more}"
        package = put_package(self.archive, work.index, code, prefix, [(file, data)], {}, "{}")
        for each in package.objects:
            path = self.copy / each.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.archive.get(each.key))
        work.desk.note(self.order(code), DeskState.ARCHIVED)
        return package

    def order(self, code: str) -> DigitisationOrder:
        return DigitisationOrder(code, "1.001193", (), date(2026, 11, 16), "officer")

    def copied(self) -> list[str]:
        """Pictures that lie on the second copy."""
        return [path.name for path in self.copy.rglob("*.jpg")]

    def actions(self) -> list[str]:
        return [entry.action for entry in reversed(cast(SqlLedger, self.workshop.ledger).entries(100))]


@contextmanager
def archive_house(folder: Path) -> Iterator[House]:
    """One with an archive that keeps everything for 30 days."""
    copy = folder / "copy"
    copy.mkdir()
    FolderCopy(copy).prepare()
    settings = Settings(state=folder / "state", officer="Cán bộ (MẪU)", second_copy=copy)
    here: list[House] = []

    def clock() -> datetime:
        return here[0].now if here else NOW

    archive = MemoryArchive(30, clock)
    with memory_machine(settings, archive, clock) as workshop:
        here.append(House(workshop, archive, copy))
        yield here[0]
