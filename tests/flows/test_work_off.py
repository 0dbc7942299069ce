"""A process that begins nothing by itself: it works off what its tickets say, and tells of what waits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dossier.errors import ServiceUnreachable, StoreUnreachable
from dossier.work import Awaited, Job, JobKind, JobState, Lane, NewJob
from flows.queueing import QueuePlan, WorkQueue
from flows.ticket_office import TicketOffice
from flows.tickets import Tickets
from flows.under_way import UnderWay
from flows.waiting import WaitingWatch, awaited_by
from storage.leases import SqlLeases


class Hand:
    """Does work by noting it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def do(self, job: Job) -> str:
        self.done.append(job.dossier)
        if job.dossier == "BAD":
            raise ValueError("no such paper")
        return job.dossier

    def awaited(self, error: BaseException) -> Awaited | None:
        return None

    def written(self, result: str) -> bytes:
        return result.encode()

    def heard(self, job_number: int, written: bytes) -> str:
        return written.decode()

    def written_error(self, error: BaseException) -> bytes:
        return b"error"


class Clock:
    """Steady seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'work.sqlite'}"


@pytest.fixture
def offered() -> list[Lane]:
    return []


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def leases(url: str) -> Iterator[SqlLeases]:
    kept = SqlLeases(url)
    yield kept
    kept.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(leases: SqlLeases, hand: Hand, offered: list[Lane], clock: Clock) -> Iterator[WorkQueue[str]]:
    plan = QueuePlan("may-1.aaaa", at_once=0, offered=offered.append)
    made = WorkQueue(leases, hand, plan, UnderWay(), clock)
    yield made
    made.stop()


def job(dossier: str, lane: Lane = Lane.COUNTER) -> NewJob:
    return NewJob(JobKind.DIGITISE, dossier, lane, "f", b"{}")


def test_what_is_handed_in_is_told_of_and_not_begun(
    queue: WorkQueue[str], hand: Hand, offered: list[Lane]
) -> None:
    queue.submit(job("A"))
    queue.submit(job("N", Lane.BACKLOG))
    assert queue.step() == 0
    assert hand.done == []
    assert offered == [Lane.COUNTER, Lane.BACKLOG]


def test_a_ticket_works_off_the_next_of_its_own_lane(queue: WorkQueue[str], hand: Hand) -> None:
    night = queue.submit(job("N", Lane.BACKLOG)).future
    first, second = queue.submit(job("A")).future, queue.submit(job("B")).future
    assert queue.work_off(Lane.COUNTER) == "A"
    assert queue.work_off(Lane.BACKLOG) == "N"
    assert queue.work_off(Lane.COUNTER) == "B"
    assert [future.result(0) for future in (first, second, night)] == ["A", "B", "N"]


def test_a_ticket_too_many_finds_nothing(queue: WorkQueue[str], hand: Hand) -> None:
    queue.submit(job("N", Lane.BACKLOG))
    assert queue.work_off(Lane.COUNTER) == ""
    assert hand.done == []


def test_a_dossier_that_fails_ends_its_own_run_and_not_the_ticket(queue: WorkQueue[str]) -> None:
    future: Future[str] = queue.submit(job("BAD")).future
    assert queue.work_off(Lane.COUNTER) == "BAD"
    with pytest.raises(ValueError, match="no such paper"):
        future.result(0)


def test_what_a_silent_machine_left_gets_a_ticket_and_is_not_begun_without(
    queue: WorkQueue[str], leases: SqlLeases, offered: list[Lane], clock: Clock, hand: Hand
) -> None:
    leases.begin(job("A", Lane.BACKLOG), "may-2.bbbb")
    for clock.now in (0.0, 5.0, 11.0):
        queue.step()
    assert offered == []
    clock.now = 15.0
    queue.step()
    assert offered == [Lane.BACKLOG]
    assert [each.dossier for each in leases.queued()] == ["A"]
    assert queue.work_off(Lane.BACKLOG) == "A"


def test_what_another_machine_did_is_heard_with_the_next_beat(
    queue: WorkQueue[str], leases: SqlLeases, clock: Clock
) -> None:
    future = queue.submit(job("A")).future
    queue.step()
    taken = leases.claim("may-2.bbbb")
    assert taken is not None
    leases.end(taken, lambda: b"A")
    clock.now = 3.5
    queue.step()
    assert future.result(0) == "A"


class CountedTickets(Tickets):
    """Tickets on paper: so many are open, and what is issued is noted."""

    def __init__(self, open_now: int = 0, *, is_away: bool = False) -> None:
        self.open_now, self.is_away = open_now, is_away
        self.issued: list[tuple[Lane, int]] = []
        self.said = Event()

    def issue(self, lane: Lane, count: int = 1) -> None:
        self.said.set()
        if self.is_away:
            raise ServiceUnreachable("Prefect", "takes no tickets")
        self.issued.append((lane, count))

    def _open(self, lane: Lane) -> int:
        return self.open_now


def test_dossiers_without_a_ticket_get_theirs_and_no_more() -> None:
    counts = {(JobState.QUEUED, Lane.BACKLOG): 7, (JobState.RUNNING, Lane.COUNTER): 3}
    few, enough = CountedTickets(5), CountedTickets(7)
    assert few.match(counts) == 2
    assert few.issued == [(Lane.BACKLOG, 2)]
    assert enough.match(counts) == 0
    assert CountedTickets().match({}) == 0


def test_who_hands_in_a_dossier_never_waits_for_the_ticket() -> None:
    away, there = CountedTickets(is_away=True), CountedTickets()
    for tickets in (away, there):
        office = TicketOffice(tickets)
        office.offer(Lane.COUNTER)
        assert tickets.said.wait(30)
        office.offer(Lane.BACKLOG)
        office.close()
    assert there.issued == [(Lane.COUNTER, 1), (Lane.BACKLOG, 1)]


def test_what_waited_goes_on_with_a_ticket_of_its_lane_each_as_soon_as_the_one_before_is_done(
    leases: SqlLeases, offered: list[Lane], clock: Clock
) -> None:
    """Where every process draws tickets, nobody else would tell of it before the next minute."""
    away = [True]

    class Storing(Hand):
        def do(self, job: Job) -> str:
            if away[0]:
                raise StoreUnreachable("store", "no answer")
            return super().do(job)

        def awaited(self, error: BaseException) -> Awaited | None:
            return awaited_by(error)

    hand = Storing()
    queue = WorkQueue(leases, hand, QueuePlan("may-1.aaaa", 0, offered=offered.append), UnderWay(), clock)
    archive = SimpleNamespace(probe=lambda: None)
    watch = WaitingWatch(cast(Any, SimpleNamespace(archive=archive)), leases, queue.delivered, lambda: True)
    for dossier, lane in (("N", Lane.BACKLOG), ("A", Lane.COUNTER), ("B", Lane.COUNTER)):
        queue.submit(job(dossier, lane))
        assert queue.work_off(offered.pop()) == dossier
    assert (len(leases.waiting()), offered) == (3, [])
    away[0] = False
    for second, dossier in enumerate(("A", "B", "N")):
        assert watch.step(float(second)) == 1
        assert offered == [Lane.BACKLOG if dossier == "N" else Lane.COUNTER]
        assert watch.step(second + 0.5) == 0, "one after the other"
        assert queue.work_off(offered.pop()) == dossier
    assert hand.done == ["A", "B", "N"]
    queue.stop()
