"""The measured process of `sohoa bench console`: python -m console.bench_console_server

The web console over the tables of a state folder, without store, Prefect and readers. Its address stands on
the first line that it prints; it ends with its standard input.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import Any

from console.web.room import open_room
from console.web.serving import open_console
from dossier.archive import ArchivePackage, DigitisationOrder
from dossier.errors import NotInArchive, ServiceUnreachable
from flows.audits import Audits
from flows.progress import Progress
from flows.review import Reviews
from flows.service import Run
from flows.settings import Settings, settings
from flows.wiring import Workshop, compose
from storage.memory import MemoryArchive
from storage.s3 import StoreSettings


@dataclass(frozen=True)
class IdleService:
    """A service that digitises nothing: what is in the tables is shown."""

    workshop: Workshop
    reviews: Reviews

    def submit(self, order: DigitisationOrder, *_rest: Any, **_named: Any) -> Run:
        """Raises ServiceUnreachable."""
        raise ServiceUnreachable(order.dossier, "nothing is digitised while the console is measured")

    def run(self, run_id: str) -> Run | None:  # noqa: ARG002 - the port's signature
        """There is none."""
        return None

    def progress(self, run: Run) -> Progress:
        """How far a run is."""
        return self.workshop.progress.of(run.order.dossier)

    def package(self, dossier: str) -> ArchivePackage:
        """Raises NotInArchive."""
        raise NotInArchive(dossier, "there is no archive")


def idle_workshop(here: Settings) -> Workshop:
    """A workshop over an archive in memory."""
    nowhere = StoreSettings("127.0.0.1:9", "", "", "none", secure=False)
    archive = MemoryArchive()
    return replace(compose(here, nowhere), archive=archive, lock=archive)


def main() -> None:
    """Serve until standard input ends."""
    workshop = idle_workshop(settings())
    room = open_room(IdleService(workshop, Reviews(workshop)), Audits(workshop))
    console = open_console(room)
    print(json.dumps({"url": console.url}), flush=True)
    sys.stdin.read()
    console.close()


if __name__ == "__main__":
    main()
