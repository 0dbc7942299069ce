"""The door for other systems over real adapters: intake, judgement, sealing, index, ledger and desk are the
product's own; the archive is in memory, and the reader returns what each test laid on its pages."""

from __future__ import annotations

import hashlib
import ssl
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from console.api.app import PREFIX, make_api
from dossier.archive import (
    ArchivePackage,
    DigitisationOrder,
    DossierReport,
    DossierState,
    state_of,
)
from dossier.clients import Scope
from dossier.desk import DeskState
from dossier.errors import NotInArchive
from dossier.page import RecognisedPage, StoredObject
from dossier.work import KeptSource, Lane, QueuedOrder
from flows.audits import Audits
from flows.describing import Finished
from flows.intake import TakenFile, take_in_file
from flows.integration import Integration, open_integration
from flows.judging import judge, refusal
from flows.packing import archive_package
from flows.progress import Progress
from flows.queued_order import kept_order
from flows.reading import reading_key
from flows.remembering import remember
from flows.review import Reviews
from flows.review_base import prepared_of
from flows.review_holding import keep_draft
from flows.sealing import seal_document
from flows.service import Run
from flows.settings import Settings
from flows.wiring import Workshop, compose
from storage.clients import ClientOrder
from storage.codec import encode
from storage.ledger import SqlLedger
from storage.memory import MemoryArchive
from storage.s3 import StoreSettings
from tests.pages import page
from tests.sheets import Shape, lines_of, sheet
from validators.completeness import kept_documents

NO_STORE = StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False)
BIRTH = "1.001193"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loopback needs none, and the system's certificates take long to load for each client."""
NUMBER, PERSON = "001190005678", "TRẦN THỊ MẪU"
FORM = (
    "^CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "^Độc lập - Tự do - Hạnh phúc",
    "",
    "^TỜ KHAI ĐĂNG KÝ KHAI SINH",
)
BORN = (*FORM[:3], "^GIẤY CHỨNG SINH")
RESIDENCE = (*FORM[:3], "^XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ")


def picture(seed: float) -> bytes:
    """A JPEG with print on it; another one for each seed."""
    return sheet(
        lines_of(("MỘT HAI BA", "BỐN NĂM"), top=100.0 + 40 * seed), Shape(width=700, height=900)
    ).picture


@dataclass
class Digitiser:
    """A resident process without Prefect and reading processes: one dossier after the other, in a thread."""

    workshop: Workshop
    texts: dict[str, Sequence[str]] = field(default_factory=dict)
    """What each picture says, by SHA-256."""
    troubles: list[Exception] = field(default_factory=list)
    """Raised by the next runs, one each."""
    gate: Event = field(default_factory=Event)
    """Runs wait here before they read."""
    orders: list[DigitisationOrder] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()
        self.workers = ThreadPoolExecutor(1)
        self.runs: dict[str, Run] = {}

    @property
    def reviews(self) -> Reviews:
        return Reviews(self.workshop)

    def submit(
        self,
        order: DigitisationOrder,
        lane: Lane = Lane.COUNTER,
        kept: Mapping[str, StoredObject] | None = None,
    ) -> Run:
        self.workshop.desk.note(order, DeskState.READING)
        self.orders.append(order)
        queued = kept_order(self.workshop, order, kept)
        run = Run(uuid.uuid4().hex, order, self.workers.submit(self._digitise, queued))
        self.runs[run.id] = run
        return run

    def run(self, run_id: str) -> Run | None:
        return self.runs.get(run_id)

    def progress(self, run: Run) -> Progress:
        return self.workshop.progress.of(run.order.dossier)

    def package(self, dossier: str) -> ArchivePackage:
        found = self.workshop.index.package(dossier)
        if found is None:
            raise NotInArchive(dossier)
        return found

    def _digitise(self, queued: QueuedOrder) -> DossierReport:
        try:
            self.gate.wait(30)
            if self.troubles:
                raise self.troubles.pop(0)
            return self._report(queued.order, queued.sources)
        except Exception as error:
            self.workshop.desk.note_failed(queued.order, error)
            raise

    def _report(self, order: DigitisationOrder, sources: Sequence[KeptSource]) -> DossierReport:
        work = self.workshop
        results = [take_in_file(work, Path(source.path), source.kept) for source in sources]
        taken = [each for each in results if isinstance(each, TakenFile)]
        refused = [refusal(each) for each in results if not isinstance(each, TakenFile)]
        pages = [self._read(p) for each in taken for p in each.pages]
        for each in pages:
            work.checkpoints.save("page", reading_key(each.page), encode(each))
        judged = judge(work, order, pages, refused)
        waits = order.hold or state_of(judged.findings) is DossierState.NEEDS_ATTENTION
        package = None
        if waits:
            keep_draft(work, prepared_of(order, taken, pages, judged))
        else:
            procedure = work.catalogue.procedure(order.procedure, order.received_on)
            documents = kept_documents(judged.dossier, procedure)
            at = taken[0].taken_at
            sealed = tuple((d, seal_document(work, order, d, at)) for d in documents)
            package = archive_package(work, Finished(order, tuple(taken), judged, sealed))
        state = DossierState.NEEDS_ATTENTION if waits else DossierState.ARCHIVED
        report = DossierReport(judged.dossier, state, judged.findings, package, ())
        remember(work, order, report)
        return report

    def _read(self, scanned: Any) -> RecognisedPage:
        texts = self.texts.get(scanned.source.original.sha256, ())
        laid = page(*texts, source=scanned.source.name)
        drawn = sheet(lines_of(("MỘT HAI BA",)), Shape(width=scanned.width, height=scanned.height))
        return replace(laid, page=scanned, frame=drawn.recognised.frame)


@dataclass
class House:
    """The door, what is behind it, and who may call."""

    workshop: Workshop
    digitiser: Digitiser
    audits: Audits
    integration: Integration
    tokens: dict[str, str] = field(default_factory=dict)
    url: str = ""

    @property
    def settings(self) -> Settings:
        return self.workshop.settings

    def token(self, name: str, scopes: Sequence[Scope] = tuple(Scope), **more: Any) -> str:
        if name not in self.tokens:
            order = ClientOrder(name, tuple(scopes), **more)
            self.tokens[name] = self.integration.clients.add(order)
        return self.tokens[name]

    def caller(
        self, name: str = "province", scopes: Sequence[Scope] = tuple(Scope), **more: Any
    ) -> httpx.Client:
        token = self.token(name, scopes, **more)
        return httpx.Client(
            base_url=self.url + PREFIX,
            headers={"authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
            verify=NO_TLS,
        )

    def says(self, data: bytes, *texts: str) -> bytes:
        """What the reader will see on a picture."""
        self.digitiser.texts[hashlib.sha256(data).hexdigest()] = texts
        return data

    def wait(self) -> None:
        """Until every run is over, with what follows from it."""
        for run in list(self.digitiser.runs.values()):
            run.future.exception(60)
        self.digitiser.workers.submit(lambda: None).result(60)

    def viewed(self) -> list[tuple[str, str, str]]:
        """Who saw what, from the ledger, the oldest first."""
        ledger = SqlLedger(self.settings.database)
        entries = ledger.entries(1000, action="viewed")
        ledger.close()
        return [(entry.actor, entry.subject, entry.detail) for entry in reversed(entries)]


def make_house(state: Path, **settings: Any) -> House:
    """A house without a door."""
    made = Settings.model_validate(
        {"state": state, "webhook_networks": ("127.0.0.0/8",), "api_calls_per_minute": 100_000, **settings}
    )
    archive = MemoryArchive()
    workshop = replace(compose(made, NO_STORE), archive=archive, lock=archive)
    digitiser = Digitiser(workshop)
    return House(workshop, digitiser, Audits(workshop), open_integration(digitiser))


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a free port; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def open_house(state: Path, **settings: Any) -> Iterator[House]:
    """A house whose door answers below /api/v1, as the console mounts it."""
    house = make_house(state, **settings)
    outer = FastAPI()
    outer.mount(PREFIX, make_api(house))
    with served(outer) as url:
        house.url = url
        yield house
    house.digitiser.gate.set()
    house.digitiser.workers.shutdown()
    house.integration.close()


def opened(client: httpx.Client, code: str, **more: Any) -> Mapping[str, Any]:
    """A dossier that was opened."""
    reply = client.put(f"/dossiers/{code}", json={"procedure": BIRTH, "received_on": "2026-11-20", **more})
    assert reply.status_code == 201, reply.text
    found: Mapping[str, Any] = reply.json()
    return found


def uploaded(client: httpx.Client, code: str, *pages: bytes) -> httpx.Response:
    """Pages sent as a form."""
    files = [("files", (f"Nguyễn Văn {n}.jpg", data, "image/jpeg")) for n, data in enumerate(pages)]
    return client.post(f"/dossiers/{code}/files", files=files)
