"""The queue of work in the database, and who works on what: leases that live as long as their owner beats.

A job is one row from the moment it is handed in until it is done; a dossier has one of each kind at most, so
that the same dossier handed in twice, by threads or by processes, is one. Whoever works on it raises `beat`
every few seconds. Another process that sees the same beat for long enough, by its own steady clock, takes the
job over; wall clocks play no part, so neither a clock that jumps nor two that differ lose or double anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dossier.errors import ServiceBusy, StorageError
from dossier.work import Awaited, Job, JobKind, JobState, Lane, NewJob
from storage.clock import Clock, vietnam_now
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Sealer
from storage.lease_tables import job_of, result_place, work, work_place, work_results

T = TypeVar("T")
Joined: TypeAlias = Callable[[bytes], NewJob] | None

RESULTS_KEPT_SECONDS: Final = 3600.0
"""How long the outcome lies there for a process that asked for it."""
_TRIES: Final = 3
_OTHERWISE: Final = ("", Awaited.SEAL.value)
_TOLD: Final = [column for column in work.columns if column is not work.c.content]


class SqlLeases:
    """Jobs and their owners. Safe for threads and processes."""

    def __init__(
        self,
        url: str,
        sealer: Sealer | None = None,
        clock: Clock = vietnam_now,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull.

        Args:
            url: SQLAlchemy URL.
            sealer: what the content of jobs is sealed with, for files bear people's names.
            clock: what day and time it is, for people to read.
            seconds: since the epoch, for the outcomes that are forgotten after a while.
        """
        self._engine = open_database(url)
        self._sealer = sealer or InTheClear()
        self._clock, self._seconds = clock, seconds

    def enter(self, new: NewJob, asked_by: str, joined: Joined = None) -> tuple[Job, bool]:
        """Hand in work; the job that stands for it, and whether it is new or says something new.

        The same again joins what is there, in the better of the two lanes, and one that waits is tried at
        once. Something else for a dossier that waits is done together with what was asked for, at its place.

        Args:
            new: what is asked for.
            asked_by: the process that wants to know what comes of it.
            joined: from the content of what stands there, the work that is both; without it there is none.

        Raises ServiceBusy where something else is under way or cannot be joined, KeyMissing, StorageError,
        DiskFull.
        """
        return self._once_more(
            lambda connection: self._entered(connection, new, asked_by, joined), new.dossier
        )

    def claim(
        self, owner: str, lanes: Collection[Lane] = tuple(Lane), but: Collection[int] = ()
    ) -> Job | None:
        """The next job of some lanes, from now on this owner's; None where there is none.

        Args:
            owner: who works on it.
            lanes: of which it is taken.
            but: numbers of jobs that are left to others.

        Raises StorageError, DiskFull.
        """
        queued = work.c.state == JobState.QUEUED.value
        queued &= work.c.lane.in_([int(lane) for lane in lanes]) & work.c.number.not_in(sorted(but))
        wanted = (
            select(work)
            .where(queued)
            .order_by(work.c.lane, work.c.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with reading(self._engine) as connection:  # nothing is locked for a look
            if connection.execute(select(work.c.number).where(queued).limit(1)).first() is None:
                return None
        with writing(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
            return None if row is None else self._taken(connection, row, owner)

    def begin(self, new: NewJob, owner: str) -> Job:
        """Hand in work and take it at once; it counts instead of what waits.

        Raises ServiceBusy where it is under way, StorageError.
        """

        def taken(connection: Connection) -> Job:
            job, _ = self._entered(connection, new, owner, lambda _: new)
            row = self._row(connection, job.number)
            if row is None or row["state"] == JobState.RUNNING.value:
                raise ServiceBusy(new.dossier, "somebody is at it")
            return self._taken(connection, row, owner)

        return self._once_more(taken, new.dossier)

    def beat(self, owner: str, numbers: Collection[int]) -> frozenset[int]:
        """Say that this owner lives; which of these jobs are still its own. Raises StorageError."""
        if not numbers:
            return frozenset()
        mine = (work.c.owner == owner) & (work.c.state == JobState.RUNNING.value)
        mine &= work.c.number.in_(sorted(numbers))
        with writing(self._engine) as connection:
            connection.execute(update(work).where(mine).values(beat=work.c.beat + 1))
            return frozenset(connection.execute(select(work.c.number).where(mine)).scalars())

    def is_held(self, job: Job) -> bool:
        """Whether a job is still its owner's by the same claim. Raises StorageError."""
        with reading(self._engine) as connection:
            return connection.execute(select(work.c.number).where(_own(job))).first() is not None

    def find(self, kind: JobKind, dossier: str) -> Job | None:
        """The open job of a dossier, without content; None where there is none. Raises StorageError."""
        wanted = select(work).where(work.c.kind == kind.value, work.c.dossier == dossier)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else job_of(row)

    def contents(self) -> tuple[bytes, ...]:
        """What every dossier that is to be digitised needs. Raises KeyMissing, StorageError."""
        wanted = select(work.c.dossier, work.c.content).where(work.c.kind == JobKind.DIGITISE.value)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(self._sealer.open_text(sealed, work_place(code)).encode() for code, sealed in rows)

    def running(self) -> tuple[Job, ...]:
        """What is being worked on anywhere, without content. Raises StorageError."""
        return self._jobs(JobState.RUNNING)

    def waiting(self) -> tuple[Job, ...]:
        """What waits, in the order in which it will be delivered, without content. Raises StorageError."""
        return self._jobs(JobState.WAITING)

    def queued(self) -> tuple[Job, ...]:
        """What nobody has begun, the next first, without content. Raises StorageError."""
        return self._jobs(JobState.QUEUED)

    def open_dossiers(self) -> frozenset[str]:
        """Dossiers that have work in the queue. Raises StorageError."""
        with reading(self._engine) as connection:
            return frozenset(connection.execute(select(work.c.dossier)).scalars())

    def take_over(self, seen: Job) -> bool:
        """Put a job back into the queue whose owner has not beaten since it was seen. Raises StorageError."""
        same = (work.c.number == seen.number) & (work.c.owner == seen.owner) & (work.c.beat == seen.beat)
        return self._put_back(same) == 1

    def release_of(self, machine: str, but: str = "") -> int:
        """Put back what earlier processes of a machine left, which has one process at a time; how much."""
        earlier = work.c.owner.startswith(f"{machine}.", autoescape=True) & (work.c.owner != but)
        return self._put_back(earlier)

    def wait(self, job: Job, awaits: Awaited, trouble: str) -> bool:
        """The owner cannot go on before something is back; False where it is not the owner any more."""
        values = {
            "state": JobState.WAITING.value,
            "owner": "",
            "awaits": awaits.value,
            "trouble": trouble[:300],
        }
        with writing(self._engine) as connection:
            return connection.execute(update(work).where(_own(job)).values(values)).rowcount == 1

    def give_back(self, job: Job) -> bool:
        """The owner lost what it works with, and whoever is next goes on. Raises StorageError."""
        values = {"state": JobState.QUEUED.value, "owner": "", "lost": work.c.lost + 1}
        with writing(self._engine) as connection:
            return connection.execute(update(work).where(_own(job)).values(values)).rowcount == 1

    def due(self) -> dict[Awaited, int]:
        """Of those that wait for the same, the one whose turn is next, by its number; none while one that
        waited for it is under way. Those of `sealing` are not among them. Raises StorageError."""
        columns = (work.c.awaits, work.c.state, work.c.number)
        wanted = select(*columns).where(work.c.awaits.not_in(_OTHERWISE)).order_by(work.c.lane, work.c.number)
        first: dict[Awaited, int] = {}
        busy = set()
        with reading(self._engine) as connection:
            for awaits, state, number in connection.execute(wanted):
                if state == JobState.WAITING.value:
                    first.setdefault(Awaited(awaits), int(number))
                else:
                    busy.add(Awaited(awaits))
        return {awaited: number for awaited, number in first.items() if awaited not in busy}

    def sealing(self) -> tuple[tuple[int, str], ...]:
        """Numbers and dossiers of what waits for its own dossier's seal. Raises StorageError."""
        waiting = (work.c.state == JobState.WAITING.value) & (work.c.awaits == Awaited.SEAL.value)
        with reading(self._engine) as connection:
            rows = connection.execute(select(work.c.number, work.c.dossier).where(waiting))
            return tuple((int(number), str(dossier)) for number, dossier in rows)

    def deliver(self, number: int) -> bool:
        """One that waits goes on, at its old place; False where it does not wait. Raises StorageError."""
        mine = (work.c.state == JobState.WAITING.value) & (work.c.number == number)
        values = {"state": JobState.QUEUED.value, "trouble": ""}
        with writing(self._engine) as connection:
            return connection.execute(update(work).where(mine).values(values)).rowcount == 1

    def end(self, job: Job, outcome: Callable[[], bytes] | None = None) -> bool:
        """The job is done; False where it is not the owner's any more, whose word then counts for nothing.

        `outcome` is asked for only where another process wants to know. Raises StorageError, DiskFull.
        """
        with writing(self._engine) as connection:
            row = self._row(connection, job.number)
            if row is None or (row["owner"], row["lost"]) != (job.owner, job.lost):
                return False
            elsewhere = bool(row["is_watched"]) or row["asked_by"] != job.owner
            connection.execute(delete(work).where(work.c.number == job.number))
            connection.execute(
                delete(work_results).where(work_results.c.at < self._seconds() - RESULTS_KEPT_SECONDS)
            )
            if outcome is not None and elsewhere:
                sealed = self._sealer.seal_text(outcome().decode(), result_place(job.number))
                row_ = {"number": job.number, "at": self._seconds(), "content": sealed}
                connection.execute(insert(work_results).values(row_))
        return True

    def look(self, numbers: Iterable[int]) -> dict[int, tuple[Job | None, bytes]]:
        """How jobs stand that this process did not do itself: the job while it is open, then its outcome.

        A job that is over and left nothing has neither. Raises KeyMissing, StorageError.
        """
        wanted = sorted(numbers)
        if not wanted:
            return {}
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_TOLD).where(work.c.number.in_(wanted))).mappings().all()
            done = connection.execute(
                select(work_results.c.number, work_results.c.content).where(work_results.c.number.in_(wanted))
            ).all()
        found: dict[int, tuple[Job | None, bytes]] = dict.fromkeys(wanted, (None, b""))
        found |= {row["number"]: (job_of(row), b"") for row in rows}
        found |= {
            number: (None, self._sealer.open_text(content, result_place(number)).encode())
            for number, content in done
        }
        return found

    def counts(self) -> dict[tuple[JobState, Lane], int]:
        """How much there is, by state and lane. Raises StorageError."""
        columns = (work.c.state, work.c.lane)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns, func.count()).group_by(*columns)).all()
        return {(JobState(state), Lane(lane)): int(number) for state, lane, number in rows}

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _once_more(self, change: Callable[[Connection], T], dossier: str) -> T:
        """A transaction that is tried again where another process entered the same dossier meanwhile."""
        for _ in range(_TRIES):
            try:
                with writing(self._engine) as connection:
                    return change(connection)
            except IntegrityError:
                continue
        raise StorageError(dossier, "cannot be entered into the queue")

    def _entered(
        self, connection: Connection, new: NewJob, asked_by: str, joined: Joined
    ) -> tuple[Job, bool]:
        same = (work.c.kind == new.kind.value) & (work.c.dossier == new.dossier)
        row = connection.execute(select(work).where(same).with_for_update()).mappings().first()
        if row is None:
            values = {
                "kind": new.kind.value,
                "dossier": new.dossier,
                "lane": int(new.lane),
                "state": JobState.QUEUED.value,
                "since": self._clock().isoformat(timespec="seconds"),
                "owner": "",
                "beat": 0,
                "lost": 0,
                "awaits": "",
                "trouble": "",
                "fingerprint": new.fingerprint,
                "asked_by": asked_by,
                "is_watched": False,
                "content": self._sealer.seal_text(new.content.decode(), work_place(new.dossier)),
            }
            (number,) = connection.execute(insert(work).values(values)).inserted_primary_key or (0,)
            return job_of({**values, "number": number}), True
        state = JobState(row["state"])
        if row["fingerprint"] != new.fingerprint and joined is not None:
            new = joined(self._sealer.open_text(row["content"], work_place(new.dossier)).encode())
        is_same = row["fingerprint"] == new.fingerprint
        if not is_same and (state is not JobState.WAITING or joined is None):
            raise ServiceBusy(new.dossier, "another run of this dossier is under way")
        changed: dict[str, Any] = {"lane": min(int(new.lane), row["lane"])}
        if row["asked_by"] != asked_by:
            changed["is_watched"] = True
        if state is JobState.WAITING:
            changed |= {"state": JobState.QUEUED.value, "awaits": "", "trouble": ""}
        if not is_same:
            sealed = self._sealer.seal_text(new.content.decode(), work_place(new.dossier))
            changed |= {"fingerprint": new.fingerprint, "content": sealed}
        mine = work.c.number == row["number"]
        connection.execute(update(work).where(mine).values(changed))
        return job_of({**row, **changed}), not is_same

    def _taken(self, connection: Connection, row: RowMapping, owner: str) -> Job:
        changed = {
            "state": JobState.RUNNING.value,
            "owner": owner,
            "beat": row["beat"] + 1,
            "trouble": "",
        }
        connection.execute(update(work).where(work.c.number == row["number"]).values(changed))
        content = self._sealer.open_text(row["content"], work_place(row["dossier"])).encode()
        return job_of({**row, **changed}, content)

    def _put_back(self, which: Any) -> int:
        values = {"state": JobState.QUEUED.value, "owner": "", "lost": work.c.lost + 1}
        running = work.c.state == JobState.RUNNING.value
        with writing(self._engine) as connection:
            return int(connection.execute(update(work).where(running & which).values(values)).rowcount)

    def _jobs(self, state: JobState) -> tuple[Job, ...]:
        wanted = select(*_TOLD).where(work.c.state == state.value).order_by(work.c.lane, work.c.number)
        with reading(self._engine) as connection:
            return tuple(job_of(row) for row in connection.execute(wanted).mappings())

    def _row(self, connection: Connection, number: int) -> RowMapping | None:
        wanted = select(work).where(work.c.number == number).with_for_update()
        return connection.execute(wanted).mappings().first()


def _own(job: Job) -> Any:
    """One claim: the same owner may have lost the job and claimed it again."""
    running = work.c.state == JobState.RUNNING.value
    claim = (work.c.number == job.number) & (work.c.owner == job.owner) & (work.c.lost == job.lost)
    return running & claim
