"""Working through the queue: a few dossiers at once, one place kept free for the counter.

What is handed in stands in the database before anybody works on it. A process that ends loses nothing: the
next one over the same state folder has its work back at once, and any other takes it over when its owner has
not beaten for `silent_seconds`, measured by its own steady clock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Condition, Event, RLock, Thread
from typing import Final, Generic, Protocol, TypeVar

from dossier.errors import DiskFull, LeaseLost, SohoaError, StorageError
from dossier.work import Awaited, Job, JobState, Lane, NewJob
from flows.allocation import give_back
from flows.silence import Silences
from flows.under_way import UnderWay
from storage.leases import Joined, SqlLeases

log = logging.getLogger(__name__)

MOST_LOST: Final = 5
"""A dossier that its process died over so often is not begun again by itself: it may be what kills it."""
_LOOK_AT_ALL_SECONDS: Final = 20.0
T = TypeVar("T")


def _nobody(_lane: Lane) -> None:
    """Nobody need be told: this process begins by itself what it finds."""


class Worker(Protocol[T]):
    """What is done with jobs."""

    def do(self, job: Job) -> T:
        """Do it; again where somebody began before."""

    def awaited(self, error: BaseException) -> Awaited | None:
        """What has to be back before it can go on; None where it is over."""

    def written(self, result: T) -> bytes:
        """A result for the process that asked for it."""

    def heard(self, job_number: int, written: bytes) -> T:
        """The result that another process wrote, or the error that it wrote, raised."""

    def written_error(self, error: BaseException) -> bytes:
        """An error for the process that asked."""


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """Who works on the queue, and how."""

    owner: str
    """This process: the machine's name, a dot, something of its own."""
    at_once: int = 3
    """Dossiers at the same time that this process begins by itself; 0 for none."""
    for_counter: int = 1
    """Of them, how many only the counter's may be."""
    beat_seconds: float = 3.0
    silent_seconds: float = 12.0
    """How long an owner may be silent before its work is taken over."""
    look_seconds: float = 0.5
    """How often it is looked for work that other processes handed in."""
    offered: Callable[[Lane], None] = _nobody
    """Told, without waiting, of each job that was handed in here, taken over from others, or goes on."""

    def lanes_free(self, running: Collection[Lane]) -> tuple[Lane, ...]:
        """Of which lanes one more may begin beside what runs; none where every place is taken."""
        if len(running) >= self.at_once:
            return ()
        backlog = sum(lane is not Lane.COUNTER for lane in running)
        return tuple(Lane) if backlog < self.at_once - self.for_counter else (Lane.COUNTER,)


@dataclass(frozen=True, slots=True)
class Ticket(Generic[T]):
    """Somebody's interest in a job."""

    number: int
    future: Future[T]
    """Ends when the job ends, wherever that is; not while it waits for something."""


class WorkQueue(Generic[T]):
    """The queue as one process works on it. Safe for threads."""

    def __init__(
        self,
        leases: SqlLeases,
        worker: Worker[T],
        plan: QueuePlan,
        under_way: UnderWay,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._leases, self._worker, self._plan, self._under_way = leases, worker, plan, under_way
        self._clock = clock
        self._lock = RLock()
        self._news = Condition(self._lock)
        self._mine: dict[int, Job] = {}
        self._futures: dict[int, Future[T]] = {}
        self._troubles: dict[int, SohoaError] = {}
        self._at_work: set[int] = set()
        self._silences = Silences(plan.silent_seconds, plan.beat_seconds)
        self._unsaid: list[Callable[[], None]] = []
        self._beat_at = self._look_at = self._ask_at = float("-inf")
        self._pool = ThreadPoolExecutor(max(1, plan.at_once), thread_name_prefix="dossier")
        self._ended = Event()
        self._thread: Thread | None = None

    # What others call.

    def start(self) -> None:
        """Work until `stop`."""
        self._thread = Thread(target=self._turn, daemon=True, name="queue")
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more and end what is under way; what is left waits for the next start."""
        self._ended.set()
        with self._news:
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join()
        while len(self._mine_now()) > len(self._unsaid):
            self._guarded(self._beat)
            self._ended_or_later(0.2)
        self._pool.shutdown(wait=True)
        self._guarded(self._say)
        for future in list(self._futures.values()):
            future.cancel()

    def delivered(self, numbers: Iterable[int]) -> None:
        """These waited and go on: whoever works on the queue is told. Raises StorageError."""
        with self._news:
            self._news.notify_all()
        for job, _ in self._leases.look(numbers).values():
            if job is not None and job.state is JobState.QUEUED:
                self._plan.offered(job.lane)

    def submit(self, new: NewJob, joined: Joined = None) -> Ticket[T]:
        """Hand in work; the same again joins, and `joined` tells what it is together with what waits.

        Raises ServiceBusy, StorageError, DiskFull.
        """
        with self._news:
            job, _ = self._leases.enter(new, self._plan.owner, joined)
            self._troubles.pop(job.number, None)
            ticket = Ticket(job.number, self._futures.setdefault(job.number, Future()))
            self._news.notify_all()
        self._plan.offered(job.lane)
        return ticket

    def work_off(self, lane: Lane) -> str:
        """Do the next job of a lane in this thread, to its end; its dossier, empty where there is none.

        For a process that begins nothing by itself. How it ended is told to whoever asked for it.
        Raises StorageError where the queue cannot be looked at.
        """
        with self._lock:
            job = None if self._ended.is_set() else self._claimed((lane,))
        if job is None:
            return ""
        self._run(job)
        return job.dossier

    def trouble(self, number: int) -> SohoaError | None:
        """Why a job of this process waits; None while it does not."""
        with self._lock:
            return self._troubles.get(number)

    @contextmanager
    def held(self, new: NewJob) -> Iterator[None]:
        """Do work here and now, as this process's own until the end of the block.

        Where it cannot go on before something is back, it waits in the queue and the error passes.
        Raises ServiceBusy where somebody else is at it.
        """
        with self._lock:
            if any((job.kind, job.dossier) == (new.kind, new.dossier) for job in self._mine.values()):
                job = None  # the queue itself does it, in this call's own thread
            else:
                job = self._leases.begin(new, self._plan.owner)
                self._mine[job.number] = job
                self._at_work.add(job.number)
        if job is None:
            yield
            return
        try:
            with self._under_way.entered(job.dossier, job.lane, lambda: self.is_held(job)):
                yield
        except BaseException as error:
            self._over(job, error)
            raise
        else:
            self._over(job, None)

    def is_held(self, job: Job) -> bool:
        """Whether nobody has taken a job over. Raises StorageError."""
        return self._leases.is_held(job)

    # One turn.

    def step(self) -> int:
        """Beat, take over, begin what there is room for, hear of others; how many jobs were begun."""
        now = self._clock()
        self._say()
        if now - self._beat_at >= self._plan.beat_seconds:
            self._beat_at = now
            self._beat()
            self._watch_others(now)
        begun = 0
        while (job := self._next()) is not None:
            begun += 1
            self._pool.submit(self._run, job)
        if now - self._ask_at >= self._plan.beat_seconds:
            self._ask_at = now
            self._hear(now)
        return begun

    def _turn(self) -> None:
        while not self._ended.is_set():
            self._guarded(self.step)
            with self._news:
                if not self._ended.is_set():
                    self._news.wait(self._plan.look_seconds)

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except SohoaError as error:
            log.warning("the queue cannot be looked after now: %s", error)
        except Exception:  # a queue that stops is a counter that stops
            log.exception("the queue met an unexpected fault and goes on")

    def _next(self) -> Job | None:
        with self._lock:
            lanes = self._plan.lanes_free([job.lane for job in self._mine.values()])
            if not lanes or self._ended.is_set():
                return None
            return self._claimed(lanes)

    def _claimed(self, lanes: Collection[Lane]) -> Job | None:
        """The next job, but none that a thread here is still at: it was taken from it and came back."""
        job = self._leases.claim(self._plan.owner, lanes, self._at_work)
        if job is not None:
            self._mine[job.number] = job
            self._at_work.add(job.number)
        return job

    def _run(self, job: Job) -> None:
        try:
            with self._under_way.entered(job.dossier, job.lane, lambda: self.is_held(job)):
                result = self._worker.do(job)
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to whoever asked
            self._over(job, error)
        else:
            self._over(job, None, result)

    def _over(self, job: Job, error: BaseException | None, result: T | None = None) -> None:
        """Say how it ended, in the database first; where that is gone, as soon as it is back."""
        with self._lock:
            self._at_work.discard(job.number)
        try:
            self._settle(job, error, result)
        except SohoaError as trouble:
            log.warning("what came of dossier %s is noted later: %s", job.dossier, trouble)
            with self._lock:
                self._unsaid.append(lambda: self._settle(job, error, result))

    def _say(self) -> None:
        with self._lock:
            unsaid, self._unsaid = self._unsaid, []
        while unsaid:
            try:
                unsaid[0]()
            except SohoaError:
                with self._lock:
                    self._unsaid = unsaid + self._unsaid
                raise
            unsaid.pop(0)

    def _settle(self, job: Job, error: BaseException | None, result: T | None) -> None:
        awaited = self._worker.awaited(error) if error is not None else None
        if isinstance(error, LeaseLost):
            log.warning("dossier %s was taken over by another process", job.dossier)
        elif awaited is not None:
            said = f"{type(error).__name__}: {error}"
            with self._lock:
                if isinstance(error, SohoaError):
                    self._troubles[job.number] = error
            self._leases.wait(job, awaited, said)
        elif error is not None and is_database_gone(error) and job.lost < MOST_LOST:
            self._leases.give_back(job)
        else:
            is_ours = self._leases.end(job, lambda: self._outcome(error, result))
            with self._lock:
                future = self._futures.pop(job.number, None) if is_ours else None
                self._troubles.pop(job.number, None)
            if future is not None:
                _set(future, error, result)
        with self._news:
            # Given back, it may have been begun again by now: that turn is not this one's to end.
            if self._mine.get(job.number) is job:
                del self._mine[job.number]
            self._news.notify_all()
        give_back()

    def _outcome(self, error: BaseException | None, result: T | None) -> bytes:
        if error is not None or result is None:
            return self._worker.written_error(error or LeaseLost("queue"))
        return self._worker.written(result)

    def _mine_now(self) -> tuple[int, ...]:
        with self._lock:
            return tuple(self._mine)

    def _ended_or_later(self, seconds: float) -> None:
        with self._news:
            if self._mine:
                self._news.wait(seconds)

    def _beat(self) -> None:
        numbers = self._mine_now()
        held = self._leases.beat(self._plan.owner, numbers)
        for number in set(numbers) - held:
            with self._lock:
                job = self._mine.get(number)
            if job is not None and not self._leases.is_held(job):
                log.warning("the lease on dossier %s is lost", job.dossier)

    def _watch_others(self, now: float) -> None:
        """Take over what has not beaten for too long since this process saw it first."""
        theirs = [job for job in self._leases.running() if job.owner != self._plan.owner]
        for job in self._silences.silent(theirs, now):
            if self._leases.take_over(job):
                log.warning("dossier %s is taken over from a process that fell silent", job.dossier)
                self._plan.offered(job.lane)

    def _hear(self, now: float) -> None:
        """Of jobs that somebody here asked for and another process does."""
        with self._lock:
            asked = set(self._futures) - set(self._mine)
        # Where others do all the work, their word is what everybody here waits for.
        if not self._plan.at_once or now - self._look_at >= _LOOK_AT_ALL_SECONDS:
            self._look_at = now
        else:
            asked &= self._silences.numbers
        for number, (job, written) in self._leases.look(asked).items():
            if job is not None and job.state is not JobState.WAITING:
                with self._lock:
                    self._troubles.pop(number, None)
            if job is None:
                self._heard(number, written)

    def _heard(self, number: int, written: bytes) -> None:
        with self._lock:
            if number in self._mine:
                return
            future = self._futures.pop(number, None)
        if future is None:
            return
        try:
            result = self._worker.heard(number, written)
        except Exception as error:  # noqa: BLE001 - the other process's error is whoever asked's
            _set(future, error, None)
        else:
            _set(future, None, result)


def _set(future: Future[T], error: BaseException | None, result: T | None) -> None:
    with suppress(InvalidStateError):
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]


def is_database_gone(error: BaseException) -> bool:
    """Whether it is the database that failed, so that nothing can be noted now either."""
    is_full = isinstance(error, DiskFull)
    return isinstance(error, StorageError) and not is_full and error.subject == "database"
