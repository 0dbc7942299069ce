"""Working through the queue: turns, leases that live with their owner, outcomes for whoever asked."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Never

import pytest

from dossier.errors import LeaseLost, SohoaError, StorageError, StoreUnreachable
from dossier.work import Awaited, Job, JobKind, JobState, Lane, NewJob
from flows.queueing import MOST_LOST, QueuePlan, WorkQueue
from flows.under_way import UnderWay
from flows.waiting import awaited_by
from storage.checkpoints import FolderCheckpoints
from storage.leases import SqlLeases

PATIENCE = 120


@dataclass
class Worker:
    """Does what its test says with a dossier; nothing is the answer "done"."""

    does: dict[str, Callable[[], str]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def do(self, job: Job) -> str:
        self.done.append(job.dossier)
        return self.does.get(job.dossier, lambda: f"{job.dossier} done")()

    def awaited(self, error: BaseException) -> Awaited | None:
        return awaited_by(error)

    def written(self, result: str) -> bytes:
        return result.encode()

    def written_error(self, error: BaseException) -> bytes:
        return b"error"

    def heard(self, job_number: int, written: bytes) -> str:
        if written == b"error":
            raise SohoaError("over there")
        return written.decode()


class Clock:
    """A steady clock that goes on when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Machine:
    """One process over the database, its turns taken by hand."""

    queue: WorkQueue[str]
    worker: Worker
    clock: Clock
    leases: SqlLeases

    def turn(self, seconds: float = 0.0) -> int:
        self.clock.now += seconds
        return self.queue.step()


Make = Callable[[str], Machine]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Make]:
    made: list[Machine] = []

    def make(name: str) -> Machine:
        leases, worker, clock = SqlLeases(f"sqlite:///{tmp_path / 'work.sqlite'}"), Worker(), Clock()
        plan = QueuePlan(f"{name}.1", at_once=2, for_counter=1)
        made.append(Machine(WorkQueue(leases, worker, plan, UnderWay(), clock), worker, clock, leases))
        return made[-1]

    yield make
    for each in made:
        each.queue.stop()
        each.leases.close()


def job(dossier: str, lane: Lane = Lane.COUNTER) -> NewJob:
    return NewJob(JobKind.DIGITISE, dossier, lane, "f", b"{}")


def test_a_place_is_free_for_the_counter_while_the_night_is_worked_through(machine: Make) -> None:
    here, go_on = machine("a"), Event()
    for dossier in ("N1", "N2", "N3"):
        here.worker.does[dossier] = lambda: str(go_on.wait(PATIENCE))
        here.queue.submit(job(dossier, Lane.BACKLOG))
    assert here.turn() == 1, "the night may not have both places"
    ticket = here.queue.submit(job("Q1"))
    assert here.turn() == 1
    assert ticket.future.result(PATIENCE) == "Q1 done"
    go_on.set()


def test_the_same_dossier_twice_is_done_once_and_both_hear_of_it(machine: Make) -> None:
    here = machine("a")
    first, second = here.queue.submit(job("A")), here.queue.submit(job("A"))
    here.turn()
    assert first.future is second.future
    assert first.future.result(PATIENCE) == "A done"
    assert here.worker.done == ["A"]


def test_a_dossier_whose_store_is_away_waits_and_whoever_asked_hears_when_it_is_done(machine: Make) -> None:
    here, away = machine("a"), [True]

    def archive() -> str:
        if away[0]:
            raise StoreUnreachable("store", "no answer")
        return "archived"

    here.worker.does["A"] = archive
    ticket = here.queue.submit(job("A"))
    here.turn()
    until(lambda: here.leases.waiting() != ())
    assert isinstance(here.queue.trouble(ticket.number), StoreUnreachable)
    assert not ticket.future.done()
    assert here.turn() == 0, "nobody tries again before the store is back"
    away[0] = False
    here.leases.deliver(ticket.number)
    here.turn()
    assert ticket.future.result(PATIENCE) == "archived"
    assert here.queue.trouble(ticket.number) is None


def test_what_a_silent_process_left_is_taken_over_in_less_than_half_a_minute(machine: Make) -> None:
    dead, here = machine("a"), machine("b")
    dead.leases.enter(job("A"), "a.1")
    left = dead.leases.claim("a.1")  # and from here on it does nothing any more
    assert left is not None
    waited = 0.0
    while not here.turn():
        waited += 1.0
        here.clock.now += 1.0
        assert waited < 30
    until(lambda: here.worker.done == ["A"])
    assert waited <= 16
    assert not dead.leases.end(left), "its late word counts for nothing"


def test_a_process_that_beats_keeps_its_work_however_long_it_takes(machine: Make) -> None:
    slow, here, go_on = machine("a"), machine("b"), Event()
    slow.worker.does["A"] = lambda: str(go_on.wait(PATIENCE))
    ticket = slow.queue.submit(job("A"))
    slow.turn()
    for _ in range(40):
        slow.turn(3.0)
        assert here.turn(3.0) == 0
    go_on.set()
    assert ticket.future.result(PATIENCE) == "True"
    assert here.worker.done == []


@pytest.mark.parametrize("away", [4.0, 15.0, 600.0])
def test_a_database_that_was_away_takes_no_dossier_from_a_process_that_lives(
    machine: Make, monkeypatch: pytest.MonkeyPatch, away: float
) -> None:
    slow, here, go_on = machine("a"), machine("b"), Event()
    slow.worker.does["A"] = lambda: str(go_on.wait(PATIENCE))
    ticket = slow.queue.submit(job("A"))
    slow.turn()
    here.turn()

    def gone(*_: object) -> Never:
        raise StorageError("database", "connection refused")

    with monkeypatch.context() as outage:
        for each in (slow, here):
            for name in ("beat", "running", "claim", "look"):
                outage.setattr(each.leases, name, gone)
        for each in (slow, here) * 2:
            each.clock.now += away / 2
            with pytest.raises(StorageError):
                each.turn()
    # Who looks first cannot know of the other's beat yet; a process that died meanwhile is missed later.
    for _ in range(3):
        assert here.turn(3.0) == 0
    for _ in range(8):
        slow.turn(3.0)
        assert here.turn(3.0) == 0
    assert [(each.owner, each.lost) for each in here.leases.running()] == [("a.1", 0)]
    waited = 0
    while not here.turn(3.0):
        waited += 3
        assert waited < 30, "and silence is still noticed"
    go_on.set()
    until(lambda: here.worker.done == ["A"])
    until(lambda: not slow.queue._mine_now())
    slow.turn(30.0)
    assert ticket.future.result(PATIENCE) == "A done"


def test_a_process_whose_job_came_back_to_it_does_not_run_it_beside_itself(machine: Make) -> None:
    here, go_on = machine("a"), Event()
    here.worker.does["A"] = lambda: str(go_on.wait(PATIENCE))
    ticket = here.queue.submit(job("A"))
    here.turn()
    until(lambda: here.worker.done == ["A"])
    (mine,) = here.queue._mine.values()
    (seen,) = here.leases.running()
    assert here.leases.take_over(seen)  # by another process, which ended before it began
    assert here.turn(3.0) == 0, "the thread is still at it"
    assert not here.queue.is_held(mine), "and may archive nothing"
    go_on.set()
    until(lambda: not here.queue._mine_now())
    assert not ticket.future.done(), "its late word counts for nothing"
    assert here.turn(3.0) == 1
    assert ticket.future.result(PATIENCE) == "True"
    assert here.worker.done == ["A", "A"]


def test_who_asked_here_hears_what_another_process_made_of_it(machine: Make) -> None:
    other, here = machine("a"), machine("b")
    ticket = here.queue.submit(job("A"))
    other.turn()
    until(lambda: here.leases.counts() == {})
    here.turn(30.0)
    assert ticket.future.result(PATIENCE) == "A done"
    assert here.worker.done == []
    ticket = here.queue.submit(job("B"))
    other.worker.does["B"] = lambda: pytest.fail("over")
    other.turn()
    until(lambda: here.leases.counts() == {})
    here.turn(30.0)
    with pytest.raises(SohoaError, match="over there"):
        ticket.future.result(PATIENCE)


def test_what_a_process_lost_while_it_worked_is_the_others_to_tell(machine: Make) -> None:
    slow, here, go_on = machine("a"), machine("b"), Event()

    def archive() -> str:
        go_on.wait(PATIENCE)
        raise LeaseLost("A")

    slow.worker.does["A"] = archive
    ticket = slow.queue.submit(job("A"))
    slow.turn()
    for _ in range(8):
        here.turn(3.0)
    until(lambda: here.worker.done == ["A"])
    until(lambda: here.leases.counts() == {})
    go_on.set()
    until(lambda: not slow.queue._mine_now())
    slow.turn(30.0)
    assert ticket.future.result(PATIENCE) == "A done"


def test_what_is_begun_again_while_it_is_given_back_stays_this_process_s_own(
    machine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, times, go_on = machine("a"), [0], Event()
    given_back = here.leases.give_back

    def flaky() -> str:
        times[0] += 1
        if times[0] == 1:
            raise StorageError("database", "server closed the connection")
        go_on.wait(PATIENCE)
        return "archived"

    def give_back_and_begin_again(work: Job) -> None:
        given_back(work)
        here.queue.step()

    monkeypatch.setattr(here.leases, "give_back", give_back_and_begin_again)
    here.worker.does["A"] = flaky
    ticket = here.queue.submit(job("A"))
    here.turn()
    until(lambda: times[0] == 2)
    # The end of the first turn is not the end of the second: its beat goes on.
    time.sleep(0.5)
    assert here.queue._mine_now() == (ticket.number,)
    assert here.turn(30.0) == 0
    assert not ticket.future.done()
    go_on.set()
    assert ticket.future.result(PATIENCE) == "archived"


def test_a_database_that_was_away_costs_a_second_run_and_no_verdict(machine: Make) -> None:
    here, times = machine("a"), [0]

    def flaky() -> str:
        times[0] += 1
        if times[0] == 1:
            raise StorageError("database", "server closed the connection")
        return "archived"

    here.worker.does["A"] = flaky
    ticket = here.queue.submit(job("A"))
    here.turn()
    # Where it came back at once, the same turn has begun it again.
    until(lambda: times[0] >= 1 and not here.queue._mine_now())
    here.turn()
    assert ticket.future.result(PATIENCE) == "archived"
    here.worker.does["B"] = lambda: (_ for _ in ()).throw(StorageError("database", "malformed"))
    bad = here.queue.submit(job("B"))
    # A turn may find the last run not quite over, and begins none then.
    for _ in range(10 * (MOST_LOST + 1)):
        here.turn()
        until(lambda: not here.queue._mine_now())
        if bad.future.done():
            break
    with pytest.raises(StorageError):
        bad.future.result(PATIENCE)


def test_what_was_not_begun_when_the_process_ended_is_there_for_the_next(machine: Make) -> None:
    here = machine("a")
    ticket = here.queue.submit(job("A"))
    here.queue.stop()
    assert ticket.future.cancelled()
    again = machine("a")
    assert [each.state for each in again.leases.queued()] == [JobState.QUEUED]
    again.turn()
    until(lambda: again.worker.done == ["A"])


def test_work_held_here_and_now_is_nobody_elses(machine: Make) -> None:
    here, other = machine("a"), machine("b")
    seal = NewJob(JobKind.SEAL, "A", Lane.COUNTER, "seal", b"{}")
    with here.queue.held(seal):
        assert other.turn() == 0
        with here.queue.held(seal):  # the queue's own call comes through the same door
            pass
    assert here.leases.counts() == {}
    with pytest.raises(StoreUnreachable), here.queue.held(seal):
        raise StoreUnreachable("store", "no answer")
    assert [each.awaits for each in here.leases.waiting()] == [Awaited.STORE]


def test_a_dossier_of_a_killed_process_is_taken_over_and_no_finished_page_is_read_twice(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'work.sqlite'}"
    leases = SqlLeases(url)
    leases.enter(job("KILL-1"), "test.1")
    pages = FolderCheckpoints(tmp_path / "pages")
    first = _process(tmp_path, "first")
    try:
        until(lambda: len(_begun(tmp_path, "first")) == 4)
        second = _process(tmp_path, "second")
        first.kill()  # SIGKILL, in the middle of its fourth page
        first.wait()
        until(lambda: leases.counts() == {})
        assert second.wait() == 0
    finally:
        first.kill()
        first.wait()
        leases.close()
    assert _begun(tmp_path, "first") == ["0", "1", "2", "3"]
    assert _begun(tmp_path, "second") == ["3", "4", "5", "6", "7"], "what was finished is not read again"
    assert all(pages.load("page", str(number)) for number in range(8))


def _process(folder: Path, name: str) -> subprocess.Popen[bytes]:
    program = "import sys; from tests.flows.test_queueing import work; work(*sys.argv[1:])"
    command = [sys.executable, "-c", program, str(folder), name]
    return subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2])


def _begun(folder: Path, name: str) -> list[str]:
    file = folder / name
    return file.read_text("utf-8").split() if file.exists() else []


def work(folder: str, name: str) -> None:
    """A process that works on the queue until a dossier is done; the first one stops at its fourth page."""
    here, done = Path(folder), Event()
    pages = FolderCheckpoints(here / "pages")

    def read_all() -> str:
        for number in map(str, range(8)):
            if pages.load("page", number) is not None:
                continue
            with (here / name).open("a") as begun:
                begun.write(f"{number}\n")
            if (name, number) == ("first", "3"):
                Event().wait(10 * PATIENCE)
            pages.save("page", number, b"read")
        done.set()
        return "read"

    leases = SqlLeases(f"sqlite:///{here / 'work.sqlite'}")
    plan = QueuePlan(f"{name}.1", beat_seconds=0.5, silent_seconds=3.0, look_seconds=0.1)
    queue = WorkQueue(leases, Worker({"KILL-1": read_all}), plan, UnderWay())
    queue.start()
    done.wait()
    queue.stop()
    leases.close()


def until(reached: Callable[[], bool]) -> None:
    """Wait for another thread; how long that takes says nothing."""
    pause = Event()
    for _ in range(PATIENCE * 100):
        if reached():
            return
        pause.wait(0.01)
    pytest.fail("it did not come")
