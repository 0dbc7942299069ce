"""What the screens of the console work with."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from dossier.archive import ArchivePackage, DigitisationOrder, DossierReport
from dossier.arrival import ArrivalOrder
from dossier.errors import NotOnDesk
from dossier.work import Lane
from flows.accounts import Accounts
from flows.admission import Admissions
from flows.arrivals import Arrivals, Papers
from flows.audits import Audits
from flows.desk import Desk
from flows.dossier_queue import Submits
from flows.integration import Integration, open_integration
from flows.looks import Looks
from flows.progress import Progress
from flows.queued_order import UNKNOWN_MEDIA
from flows.review import Reviews
from flows.service import Run
from flows.settings import Settings
from flows.wiring import VIETNAM, Workshop


class DossierService(Submits, Protocol):
    """The part of the resident process that screens call; `flows.service.Service` is one."""

    @property
    def workshop(self) -> Workshop:
        """What runs work with."""

    @property
    def reviews(self) -> Reviews:
        """Drafts between reading and sealing."""

    def run(self, run_id: str) -> Run | None:
        """A run by its id."""

    def progress(self, run: Run) -> Progress:
        """How far a run is."""

    def package(self, dossier: str) -> ArchivePackage:
        """The newest package of a dossier. Raises NotInArchive."""


@dataclass(frozen=True, slots=True)
class Room:
    """Everything behind the screens. Made by `open_room`: an area that needs more adds a field here and
    makes it there, so that nobody else has to know."""

    settings: Settings
    service: DossierService
    audits: Audits
    accounts: Accounts
    admissions: Admissions
    desk: Desk
    reviews: Reviews
    """Drafts between reading and sealing."""
    arrivals: Arrivals
    """Papers on their way from feeders and files to dossiers."""
    integration: Integration
    """Other systems: their tokens, what they hand in, what they are told."""
    looks: Looks
    """Looks at personal data, in the ledger before anything is shown."""

    @property
    def workshop(self) -> Workshop:
        """Archive, index, ledger, spool, catalogue, keys."""
        return self.service.workshop

    def close(self) -> None:
        """End what works for the screens, and give its connections back; the service's own stay."""
        self.arrivals.close()
        self.integration.close()
        self.accounts.close()
        self.audits.close()


def open_room(service: DossierService, audits: Audits) -> Room:
    """The room over a running service. Raises StorageError, DiskFull."""
    workshop = service.workshop
    accounts = Accounts.open(workshop.settings, workshop.keys)
    return Room(
        settings=workshop.settings,
        service=service,
        audits=audits,
        accounts=accounts,
        admissions=Admissions(accounts),
        desk=workshop.desk,
        reviews=service.reviews,
        arrivals=Arrivals(workshop.settings, partial(_begin, service)),
        integration=open_integration(service),
        looks=Looks(workshop.ledger, workshop.settings, lambda: datetime.now(VIETNAM)),
    )


def _begin(
    service: DossierService, order: DigitisationOrder, asked: ArrivalOrder, papers: Papers
) -> Future[DossierReport]:
    """Read what came at a counter; a clerk looks at it before anything is sealed.

    Raises NotOnDesk for a dossier of another counter, DiskFull, StorageError.
    """
    try:
        known = service.workshop.desk.entry(order.dossier).counter
    except NotOnDesk:
        known = asked.counter
    if known != asked.counter:
        raise NotOnDesk(order.dossier, "another counter has a dossier of this code")
    holds = service.workshop.settings.counter_holds
    spool = service.workshop.spool
    kept = {source: spool.put(give(), UNKNOWN_MEDIA) for source, give in papers.items()}
    return service.submit(replace(order, counter=asked.counter, hold=holds), Lane.COUNTER, kept).future
