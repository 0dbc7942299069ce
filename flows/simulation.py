"""Dossiers through the real queue in simulated time.

Who is next comes from the product itself: the table of work (`storage.leases`), the plan of places
(`flows.queueing.QueuePlan`) and the desk, over a database in memory.
Only what the dossiers cost is simulated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from types import TracebackType
from typing import Final, Self

from dossier.archive import DigitisationOrder
from dossier.desk import DeskState
from dossier.work import Job, JobKind, Lane, NewJob
from flows.desk import Desk
from flows.queueing import QueuePlan
from flows.simulation_arrivals import Arrival
from flows.simulation_costs import Costs
from flows.simulation_machine import Machine, Timeline, Where
from storage.desk import SqlDesk
from storage.keyring import Keyring, new_key
from storage.leases import SqlLeases

PAGES_AT_ONCE: Final = 4
"""Pages of one dossier that wait for a reading process at the same time: the task runner of the flow."""
CLERK_SECONDS: Final = 900.0
"""Mean time until a clerk has looked at a dossier that is held."""
_LEAST_CORES: Final = 0.05
"""What is left of a machine at least."""
_IN_MEMORY: Final = "sqlite://"
_ON: Final = date(2026, 1, 5)
_PROCEDURE: Final = "1.001193"


@dataclass(frozen=True, slots=True)
class Shape:
    """What works on one queue."""

    machines: int
    cores: float
    """Of each machine."""
    readers: int
    """Reading processes of each machine."""
    plan: QueuePlan = field(default_factory=lambda: QueuePlan(""))
    """Places of each machine."""


@dataclass(frozen=True, slots=True)
class Passage:
    """How a dossier went through. Seconds from its arrival, without the time that a clerk took."""

    code: str
    lane: Lane
    begun: float
    """Until somebody began it."""
    verdict: float
    """Until its verdict was there: complete, missing, wrong."""
    archived: float
    """Until it was sealed and in the archive."""


@dataclass(slots=True)
class _Run:
    """A dossier under way."""

    arrival: Arrival
    owner: int
    """Place of the machine that has it."""
    begun: float
    verdict: float = 0.0
    review: float = 0.0
    """Seconds that the clerk took."""


class Site:
    """Machines that share one queue; one machine for an office PC."""

    def __init__(
        self, costs: Costs, shape: Shape, seed: int, *, spread: float = 0.5, desk: bool = True
    ) -> None:
        """Nothing has come yet.

        Args:
            costs: what a dossier costs.
            shape: what there is to do it with.
            seed: of chance: how long pages take, how long clerks take.
            spread: standard deviation of a page's cost beside its mean; 0 for pages that all cost the same.
            desk: tell the desk each step as the product does, which takes long and delays nothing.
        """
        self.time = Timeline()
        self.passed: list[Passage] = []
        self.begun: list[str] = []
        """Codes in the order in which they were begun."""
        self._costs, self._shape = costs, shape
        self._random = Random(seed)  # noqa: S311 - a simulation, no secret
        self._spread = math.sqrt(math.log(1 + spread * spread))
        cores = max(_LEAST_CORES, shape.cores - costs.background_cores)
        self._machines = [Machine(self.time, cores, shape.readers) for _ in range(shape.machines)]
        self._running: list[dict[int, Lane]] = [{} for _ in self._machines]
        self._arrived: dict[str, Arrival] = {}
        self._leases = SqlLeases(_IN_MEMORY)
        self._kept = SqlDesk(_IN_MEMORY, Keyring([new_key()])) if desk else None
        self._desk = Desk(self._kept) if self._kept else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._leases.close()
        if self._kept is not None:
            self._kept.close()

    @property
    def spent(self) -> float:
        """Core-seconds of all machines."""
        return sum(machine.spent for machine in self._machines)

    def run(self, arrivals: Iterable[Arrival]) -> tuple[Passage, ...]:
        """Take everything that comes, to its end. Raises RuntimeError where one is lost or done twice."""
        for arrival in arrivals:
            self.time.at(arrival.moment, lambda arrival=arrival: self._enter(arrival))  # type: ignore[misc]
        self.time.run()
        self._prove()
        return tuple(self.passed)

    def _enter(self, arrival: Arrival) -> None:
        if arrival.code in self._arrived:
            raise RuntimeError(f"{arrival.code} came twice")
        self._arrived[arrival.code] = arrival
        self._note(arrival.code, DeskState.READING)
        self._leases.enter(_job(JobKind.DIGITISE, arrival.code, arrival.lane), "counter")
        self._look()

    def _look(self) -> None:
        """Whoever has a free place begins what is next, the machine with the least to do first."""
        for place in sorted(range(len(self._machines)), key=lambda place: len(self._running[place])):
            while lanes := self._shape.plan.lanes_free(self._running[place].values()):
                job = self._leases.claim(str(place), lanes)
                if job is None:
                    break
                self._running[place][job.number] = job.lane
                self.begun.append(job.dossier)
                self._digitise(job, _Run(self._arrived[job.dossier], place, self.time.now))

    def _digitise(self, job: Job, run: _Run) -> None:
        """The steps of `flows.digitise.digitise_dossier`; what runs beside is half before the verdict."""
        costs, pages = self._costs, run.arrival.pages
        self._chain(
            run.owner,
            [
                (Where.INTERPRETER, costs.flow_seconds / 2),
                (Where.BESIDE, costs.beside_seconds / 2 + costs.intake_seconds * pages),
                (None, costs.idle_seconds / 2),
            ],
            lambda: self._read(run, lambda: self._check(job, run)),
        )

    def _read(self, run: _Run, then: Callable[[], None]) -> None:
        """All pages of a dossier, a few of them in the line for a reader at a time."""
        left = [self._page() for _ in range(run.arrival.pages)]
        unread = len(left)
        machine = self._machines[run.owner]

        def read() -> None:
            nonlocal unread
            unread -= 1
            if left:
                machine.read(left.pop(), run.arrival.lane, read)
            if not unread:
                then()

        for _ in range(min(PAGES_AT_ONCE, unread)):
            machine.read(left.pop(), run.arrival.lane, read)

    def _check(self, job: Job, run: _Run) -> None:
        def verdict() -> None:
            run.verdict = self.time.now
            if run.arrival.is_held:
                self._hold(job, run)
            else:
                self._note(run.arrival.code, DeskState.SEALING)
                self._finish(job, run)

        self._chain(run.owner, [(Where.INTERPRETER, self._costs.checking_seconds)], verdict)

    def _hold(self, job: Job, run: _Run) -> None:
        """A clerk looks, and orders the seal, which is begun at once beside what runs."""
        self._note(run.arrival.code, DeskState.REVIEW)
        self._over(job, run)
        run.review = self._random.expovariate(1 / CLERK_SECONDS)

        def seal() -> None:
            sealing = self._leases.begin(_job(JobKind.SEAL, run.arrival.code, Lane.COUNTER), str(run.owner))
            self._running[run.owner][sealing.number] = sealing.lane
            self._note(run.arrival.code, DeskState.SEALING)
            self._finish(sealing, run)

        self.time.at(self.time.now + run.review, seal)

    def _finish(self, job: Job, run: _Run) -> None:
        """The steps of sealing and archiving."""
        costs = self._costs
        inside = costs.sealing_seconds * run.arrival.pages + costs.archiving_seconds + costs.flow_seconds / 2

        def archived() -> None:
            self._note(run.arrival.code, DeskState.ARCHIVED)
            came, now = run.arrival.moment, self.time.now - run.review
            self.passed.append(
                Passage(run.arrival.code, run.arrival.lane, run.begun - came, run.verdict - came, now - came)
            )
            self._over(job, run)

        self._chain(
            run.owner,
            [
                (Where.INTERPRETER, inside),
                (Where.BESIDE, costs.beside_seconds / 2),
                (None, costs.idle_seconds / 2),
            ],
            archived,
        )

    def _over(self, job: Job, run: _Run) -> None:
        if not self._leases.end(job):
            raise RuntimeError(f"{run.arrival.code} was somebody else's")
        del self._running[run.owner][job.number]
        self._look()

    def _chain(
        self, place: int, steps: Sequence[tuple[Where | None, float]], then: Callable[[], None]
    ) -> None:
        """One step after the other, then what follows; where no core works, time passes."""
        if not steps:
            then()
            return
        (where, seconds), rest = steps[0], steps[1:]

        def go_on() -> None:
            self._chain(place, rest, then)

        if not seconds:
            go_on()
        elif where is None:
            self.time.at(self.time.now + seconds, go_on)
        else:
            self._machines[place].work(seconds, where, go_on)

    def _page(self) -> float:
        """Core-seconds that a page takes: some take much longer than most (log-normal)."""
        chance = math.exp(self._random.gauss(-(self._spread**2) / 2, self._spread))
        return self._costs.reading_seconds * chance

    def _note(self, code: str, state: DeskState) -> None:
        if self._desk is not None:
            order = DigitisationOrder(code, _PROCEDURE, (), _ON, "simulation", counter="Quầy MẪU")
            self._desk.note(order, state)

    def _prove(self) -> None:
        """Every dossier that came was done once, by the queue's, the desk's and our own count."""
        done = [passage.code for passage in self.passed]
        archived = self._desk.totals().by_state[DeskState.ARCHIVED] if self._desk else len(done)
        is_whole = sorted(done) == sorted(self._arrived) and archived == len(done)
        if not is_whole or self._leases.open_dossiers():
            raise RuntimeError(
                f"{len(self._arrived)} came, {len(done)} were done, {archived} are on the desk"
            )


def _job(kind: JobKind, code: str, lane: Lane) -> NewJob:
    return NewJob(kind, code, lane, "simulated", b"{}")
