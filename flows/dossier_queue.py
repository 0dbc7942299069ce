"""The queue of dossiers: digitised and sealed one after the other, whatever happens to this process.

What is handed in is kept first: its order in the database, its files in the spool. Runs may be begun again at
any point, for all their steps are kept by content.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from threading import Event, Lock, Thread
from typing import Any, Final, Protocol, TypeAlias, cast

from dossier import errors
from dossier.archive import ArchivePackage, DigitisationOrder, DossierReport
from dossier.desk import DeskState
from dossier.errors import LeaseLost, RunGivenUp, ServiceError, SohoaError
from dossier.page import StoredObject
from dossier.review import ReviewState, SealOrder
from dossier.work import Awaited, Job, JobKind, JobState, Lane, NewJob, QueuedOrder
from flows.describing import Finished
from flows.follow_up import follow_register
from flows.progress import Progress
from flows.queued_order import joined_orders, kept_order
from flows.queueing import MOST_LOST, QueuePlan, WorkQueue, is_database_gone
from flows.review import Reviews
from flows.review_asking import Inquiries
from flows.waiting import WaitingWatch, awaited_by, watch_waiting
from flows.wiring import Workshop
from storage.codec import decode, encode
from storage.leases import SqlLeases

log = logging.getLogger(__name__)

_RUNS_REMEMBERED: Final = 50
"""Runs that are over; whoever followed one has asked for its end by then."""
Outcome: TypeAlias = DossierReport | ArchivePackage


@dataclass(frozen=True, slots=True)
class Run:
    """One digitisation under way or done."""

    id: str
    order: DigitisationOrder
    future: Future[DossierReport]
    """Ends when the dossier is done; not while it waits for something."""
    job: int = 0
    """Its number in the queue."""


class Submits(Protocol):
    """Who takes dossiers; `DossierQueue` is one."""

    def submit(
        self,
        order: DigitisationOrder,
        lane: Lane = Lane.COUNTER,
        kept: Mapping[str, StoredObject] | None = None,
    ) -> Run:
        """Begin a dossier; `kept` has the bytes of sources that lie in the spool. Raises SohoaError."""


@dataclass(frozen=True, slots=True)
class DossierFlows:
    """What digitises and what seals, by the reference of an order."""

    digitise: Callable[[str], DossierReport]
    seal: Callable[[str], ArchivePackage]
    carries: Callable[[], bool] = lambda: True
    """Whether one that is begun now would be carried out."""


class DossierQueue:
    """Takes dossiers and works on them until they are done. Safe for threads."""

    def __init__(self, workshop: Workshop, leases: SqlLeases, flows: DossierFlows, plan: QueuePlan) -> None:
        self._workshop, self.leases, self._flows, self._plan = workshop, leases, flows, plan
        self._lock = Lock()
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._queue: WorkQueue[Outcome] = WorkQueue(leases, self, plan, workshop.under_way)
        self._watch = WaitingWatch(workshop, leases, self._queue.delivered, flows.carries)
        self._ended = Event()
        self._thread: Thread | None = None
        self._inquiries = Inquiries()
        self.reviews = Reviews(workshop, self.finish, inquiries=self._inquiries)
        self.reviews.goes_on = self._seals_later

    def recover(self) -> None:
        """Take back what earlier processes of this machine left, and tell the desk the rest is interrupted.

        Raises StorageError.
        """
        machine, _, _ = self._plan.owner.rpartition(".")
        if count := self.leases.release_of(machine, but=self._plan.owner):
            log.info("%d dossiers that were under way go on", count)
        self._workshop.desk.note_interrupted(self.leases.open_dossiers())
        for code in self._workshop.reviews.waiting():
            stand = self._workshop.reviews.stand(code)
            if stand is None or stand.state is not ReviewState.SEALING:
                continue
            if self.leases.find(JobKind.SEAL, code) is None:  # its process ended just after the key
                self.leases.enter(_sealing(code, SealOrder(stand.version, "")), self._plan.owner)

    def start(self) -> None:
        """Work until `stop`."""
        self._queue.start()
        watch = partial(watch_waiting, self._watch, self._ended)
        self._thread = self._workshop.watches.start("waiting", watch, self._ended)

    def stop(self) -> None:
        """End what is under way and begin nothing more; what is left goes on with the next start."""
        self._ended.set()
        self._queue.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._inquiries.close()
        self.leases.close()

    def submit(
        self,
        order: DigitisationOrder,
        lane: Lane = Lane.COUNTER,
        kept: Mapping[str, StoredObject] | None = None,
    ) -> Run:
        """Hand in a dossier. The same dossier from the same files joins the run that is under way.

        Other files of one that waits for something are read together with those that wait.

        Args:
            order: what is asked for.
            lane: in whose turn.
            kept: sources whose bytes lie in the spool already.

        Raises CodeTaken where it is the code of a dossier of another procedure, ServiceBusy where another run
        of it is under way, StorageError, DiskFull.
        """
        self._workshop.desk.refuse_other(order.dossier, order.procedure)
        queued = kept_order(
            self._workshop, replace(order, counter=self._workshop.desk.counter_for(order)), kept
        )
        order = queued.order
        new = _digitising(queued, lane)
        with self._lock:
            known = self.leases.find(JobKind.DIGITISE, order.dossier)
            if known is None or known.state is JobState.WAITING:
                self._workshop.desk.note(order, DeskState.READING)
            ticket = self._queue.submit(new, lambda waiting: _joined(waiting, queued, lane))
            future = cast("Future[DossierReport]", ticket.future)
            for run in self._runs.values():
                if run.future is future:
                    return run
            run = Run(uuid.uuid4().hex, order, future, ticket.number)
            self._runs[run.id] = run
            over = [each.id for each in self._runs.values() if each.future.done()]
            for old in over[: max(0, len(over) - _RUNS_REMEMBERED)]:
                del self._runs[old]
            return run

    def work_off(self, lane: Lane) -> str:
        """Do the next dossier of a lane in this thread; its code, empty where there is none.

        Raises StorageError.
        """
        return self._queue.work_off(lane)

    def run(self, run_id: str) -> Run | None:
        """A run by its id."""
        with self._lock:
            return self._runs.get(run_id)

    def trouble(self, run: Run) -> SohoaError | None:
        """Why a run waits for something; None while it does not."""
        return self._queue.trouble(run.job)

    def progress(self, run: Run) -> Progress:
        """How far a run is."""
        return self._workshop.progress.of(run.order.dossier)

    def finish(self, workshop: Workshop, done: Finished) -> ArchivePackage:
        """Seal and archive what a clerk reviewed; where the store is away it waits and goes on by itself."""
        with self._queue.held(_sealing(done.order.dossier, done.ordered)):
            try:
                with workshop.finishing.entered(done) as reference:
                    return self._flows.seal(reference)
            except Exception as error:
                self._note_trouble(done.order, error)
                raise
            finally:
                workshop.progress.forget(done.order.dossier)

    # What the queue asks of its worker.

    def do(self, job: Job) -> Outcome:
        """Do what a job says."""
        if job.kind is JobKind.SEAL:
            asked = decode(SealOrder, job.content)
            _refuse_given_up(job)
            return self.reviews.seal(job.dossier, asked.version, asked.by, asked.shown)
        queued = decode(QueuedOrder, job.content)
        try:
            _refuse_given_up(job)
            self._workshop.desk.note(queued.order, DeskState.READING)
            with self._workshop.orders.entered(queued) as reference:
                report = self._flows.digitise(reference)
            follow_register(self._workshop, queued.order, report)
            return report
        except Exception as error:
            self._note_trouble(queued.order, error)
            raise
        finally:
            self._workshop.progress.forget(job.dossier)

    def awaited(self, error: BaseException) -> Awaited | None:
        """What has to be back before a run that failed so can go on."""
        return awaited_by(error)

    def written(self, result: Outcome) -> bytes:
        """A result for another process."""
        if isinstance(result, ArchivePackage):
            return json.dumps({"package": json.loads(encode(result))}).encode()
        return json.dumps({"report": json.loads(encode(result))}).encode()

    def written_error(self, error: BaseException) -> bytes:
        """An error for another process; of a bug only its kind."""
        cause = error.cause if isinstance(error, SohoaError) else ""
        subject = error.subject if isinstance(error, SohoaError) else ""
        return json.dumps({"error": [type(error).__name__, subject, cause]}).encode()

    def heard(self, job_number: int, written: bytes) -> Outcome:
        """What another process wrote; its error, raised."""
        said: dict[str, Any] = json.loads(written) if written else {"error": ["ServiceError", "", "no word"]}
        if "report" in said:
            return decode(DossierReport, json.dumps(said["report"]).encode())
        if "package" in said:
            return decode(ArchivePackage, json.dumps(said["package"]).encode())
        kind, subject, cause = said["error"]
        found = getattr(errors, kind, None)
        if not (isinstance(found, type) and issubclass(found, SohoaError)):
            found = ServiceError
        raise found(subject or f"job {job_number}", cause or kind)

    def _seals_later(self, code: str, error: BaseException) -> bool:
        """Whether the order to seal stays in the queue over an error. Raises StorageError."""
        goes_on = awaited_by(error) is not None or is_database_gone(error)
        return goes_on and self.leases.find(JobKind.SEAL, code) is not None

    def _note_trouble(self, order: DigitisationOrder, error: Exception) -> None:
        if isinstance(error, LeaseLost):
            return  # whoever took it over tells the desk
        if awaited_by(error) is not None:
            self._workshop.desk.note_waiting(order)
        else:
            self._workshop.desk.note_failed(order, error)


def _digitising(queued: QueuedOrder, lane: Lane) -> NewJob:
    return NewJob(JobKind.DIGITISE, queued.order.dossier, lane, queued.fingerprint, encode(queued))


def _joined(waiting: bytes, more: QueuedOrder, lane: Lane) -> NewJob:
    return _digitising(joined_orders(decode(QueuedOrder, waiting), more), lane)


def _sealing(code: str, asked: SealOrder) -> NewJob:
    """A seal as it stands in the queue: another version of the draft is other work."""
    return NewJob(JobKind.SEAL, code, Lane.COUNTER, f"seal {asked.version}", encode(asked))


def _refuse_given_up(job: Job) -> None:
    if job.lost >= MOST_LOST:
        raise RunGivenUp(job.dossier, f"its process ended {job.lost} times over it")
