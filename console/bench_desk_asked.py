"""The operations that `sohoa bench desk` times: those of the product's own adapters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from console.bench_desk_made import Made, fingerprint, pool
from dossier.archive import ArchivedObject, ArchivePackage, PackageFile
from dossier.desk import DeskState
from dossier.desk_asked import DeskContent, DeskFacts, Question, QueueView
from dossier.work import JobKind, Lane, NewJob
from flows.desk import PAGE
from flows.wiring import VIETNAM
from storage.desk import SqlDesk
from storage.index import SqlIndex
from storage.keyring import Keyring
from storage.leases import SqlLeases
from storage.ledger import SqlLedger
from storage.mass_copy import server_process

Operation = Callable[[int, Random], object]
"""Does it once, given a number that counts up, negative ones first, and chance."""
_BACKLOG = 2_000
"""Dossiers that wait in the queue of work while it is measured."""


class Asked:
    """Desk, index, work and ledger over one database."""

    def __init__(self, made: Made, url: str, keys: Keyring) -> None:
        """Open them, and let dossiers wait in the queue of work. Raises StorageError."""
        self._url, self._made, self._names = url, made, pool(made)
        self._desk, self._index = SqlDesk(url, keys), SqlIndex(url)
        self._work, self._ledger = SqlLeases(url), SqlLedger(url)
        for number in range(_BACKLOG):
            self._work.enter(self._job(f"BACKLOG-{number}", Lane.BACKLOG), "bench")

    def close(self) -> None:
        """Give the connections back."""
        for each in (self._desk, self._index, self._work, self._ledger):
            each.close()

    def server_process(self) -> int:
        """The server's process behind the one connection that everything here uses, on this machine."""
        return server_process(self._url)

    def operations(self) -> dict[str, Operation]:
        """What is timed, by name."""
        desk, index = self._desk, self._index
        view = self._view
        return {
            "queue_of_counter": lambda _, r: desk.queue(view(r), "", PAGE),
            "queue_next_page": self._next_page,
            "queue_archived_deep": self._deep_page,
            "queue_of_day": lambda _, r: desk.queue(view(r, on=self._made.received(self._any(r))), "", PAGE),
            "queue_of_procedure": lambda _, r: desk.queue(
                view(r, procedure=r.choice(self._made.procedures)), "", PAGE
            ),
            "queue_of_centre": lambda *_: desk.queue(QueueView(), "", PAGE),
            "tally_of_counter": lambda _, r: desk.tally(self._counter(r)),
            "tally_of_centre": lambda *_: desk.tally(None),
            "counter_of": lambda _, r: desk.counter_of(self._code(r)),
            "entry": lambda _, r: desk.entry(self._code(r)),
            "search_code": lambda _, r: desk.search(Question(code=self._code(r)[:-1]), "", PAGE),
            "search_name_at_counter": lambda _, r: desk.search(
                Question(counter=self._counter(r), name=self._name(r)), "", PAGE
            ),
            "search_name": lambda _, r: desk.search(Question(name=self._name(r)), "", PAGE),
            "enter_dossier": self._enter,
            "change_dossier": self._change,
            "index_package": lambda _, r: index.package(self._code(r)),
            "index_files": lambda _, r: index.files(self._code(r)),
            "index_summary": lambda _, r: index.summary(self._code(r)),
            "index_find_bytes": lambda _, r: index.find(fingerprint(self._any(r), "pdf")),
            "index_record": self._record,
            "work_enter": lambda n, _: self._work.enter(self._job(f"NEW-{n}", Lane.COUNTER), "bench"),
            "work_claim_and_end": self._claim,
            "ledger_append": lambda n, r: self._ledger.append(
                "MẪU", "viewed", self._code(r), f'{{"n": {n}}}'
            ),
        }

    def _any(self, random: Random) -> int:
        return random.randint(1, self._made.dossiers)

    def _code(self, random: Random) -> str:
        return self._made.code(self._any(random))

    def _counter(self, random: Random) -> str:
        return self._made.counter(self._any(random))

    def _name(self, random: Random) -> str:
        """Two or three words of somebody's name, as a clerk types them."""
        return " ".join(random.choice(self._names).split()[:-1])

    def _view(self, random: Random, on: object = None, procedure: str = "") -> QueueView:
        return QueueView(counter=self._counter(random), received_on=on, procedure=procedure)  # type: ignore[arg-type]

    def _next_page(self, _: int, random: Random) -> object:
        number = self._any(random)
        after = f"{self._made.received(number).toordinal()}.{number}"
        return self._desk.queue(self._view(random), after, PAGE)

    def _deep_page(self, _: int, random: Random) -> object:
        number = self._any(random)
        after = f"{self._made.received(number).toordinal()}.{number}"
        view = QueueView(counter=self._made.counter(number), state=DeskState.ARCHIVED)
        return self._desk.queue(view, after, PAGE)

    def _enter(self, number: int, random: Random) -> object:
        name = random.choice(self._names)
        content = DeskContent(name, "TỜ KHAI (MẪU)", (name,), ("to_khai",), "", 2, 0, 3)
        facts = DeskFacts(
            code=f"NEW-{number}",
            procedure=self._made.procedures[0],
            received_on=self._made.today,
            state=DeskState.REVIEW,
            counter=self._counter(random),
            content=content,
        )
        return self._desk.note(facts)

    def _change(self, _: int, random: Random) -> object:
        entry = self._desk.entry(self._code(random))
        return self._desk.change(entry.code, entry.version, assignee=f"MẪU {random.random():.9f}")

    def _record(self, number: int, random: Random) -> object:
        code = self._code(random)
        prefix, until = f"dossiers/{code}/new{number}", datetime(2036, 11, 22, tzinfo=VIETNAM)
        objects = tuple(
            ArchivedObject(f"{prefix}/{at}", f"{number}", fingerprint(number, f"new {at}"), 1000, until)
            for at in range(8)
        )
        files = [PackageFile(o.key, "rendition", o.sha256, o.size_bytes, "application/pdf") for o in objects]
        package = ArchivePackage(code, prefix, fingerprint(number, "new"), objects)
        self._index.record(package, files, '{"mark": "MẪU"}')
        return package

    def _claim(self, *_: object) -> object:
        job = self._work.claim("bench")
        return job is not None and self._work.end(job)

    def _job(self, dossier: str, lane: Lane) -> NewJob:
        return NewJob(JobKind.DIGITISE, dossier, lane, "MẪU", b"{}")
