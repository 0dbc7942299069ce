"""Reading processes: one that hangs, eats memory or dies takes nobody with it, and the counter goes first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest

from dossier.errors import PageTimedOut, PageTooHungry, PartMissing, ReaderError, ServiceUnreachable
from dossier.work import Lane
from flows.processes import ReadingPool, in_turn_of
from flows.reading_process import own_memory

PATIENCE = 300.0
MEGABYTE = 1 << 20


def no_reader(_cache: str) -> None:
    """These processes read nothing."""


def broken_reader(_cache: str) -> None:
    raise PartMissing("weights", "are not there")


class QuickPool(ReadingPool):
    _opener = staticmethod(no_reader)


def say(word: str) -> tuple[str, int]:
    return word, os.getpid()


def hang() -> None:
    time.sleep(10 * PATIENCE)


def eat(megabytes: int) -> int:
    """Take memory as pages do: in pieces, and touch it."""
    kept = [bytes(bytearray(b"x") * MEGABYTE) for _ in range(megabytes)]
    return len(kept)


def eat_at_once(megabytes: int) -> int:
    return len(bytearray(megabytes * MEGABYTE))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stumble() -> None:
    raise ZeroDivisionError("of a page")


def work_when_nobody_else_does(seconds: float) -> float:
    """Work so long on the last processor, which is for others first; how long that took."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    begun, used = time.monotonic(), time.thread_time()
    while time.thread_time() - used < seconds:
        pass
    return time.monotonic() - begun


BUSY = """
import os, time
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
print("busy", flush=True)
end = time.monotonic() + 4
while time.monotonic() < end:
    pass
"""


def wait_for(file: str) -> int:
    while not Path(file).exists():
        time.sleep(0.01)
    return os.getpid()


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingPool]:
    made = QuickPool(2, 500, tmp_path_factory.mktemp("models"), 200 * MEGABYTE)
    yield made
    made.close()


def test_a_page_is_not_at_fault_for_a_busy_machine(tmp_path: Path) -> None:
    pool = QuickPool(1, 500, tmp_path)
    pool.run(say, PATIENCE, "ready")
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as busy:
        assert busy.stdout is not None
        assert busy.stdout.readline()
        took = pool.run(work_when_nobody_else_does, 1.5, 0.3)
    pool.close()
    assert took > 1.5, "others had the processor for longer than a page may take"


def test_a_page_that_hangs_is_stopped_alone(pool: ReadingPool, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as other:
        neighbour = other.submit(pool.run, wait_for, PATIENCE, str(tmp_path / "go"))
        with pytest.raises(PageTimedOut):
            pool.run(hang, 0.3)
        (tmp_path / "go").touch()
        assert isinstance(neighbour.result(PATIENCE), int), "its neighbour was not disturbed"
    assert pool.run(say, PATIENCE, "next")[0] == "next"


@pytest.mark.parametrize("greedy", [eat, eat_at_once])
def test_a_page_that_eats_memory_is_stopped_alone(pool: ReadingPool, tmp_path: Path, greedy: object) -> None:
    with ThreadPoolExecutor(1) as other:
        neighbour = other.submit(pool.run, wait_for, PATIENCE, str(tmp_path / "go"))
        with pytest.raises(PageTooHungry):
            pool.run(greedy, PATIENCE, 600)  # type: ignore[arg-type]
        (tmp_path / "go").touch()
        assert isinstance(neighbour.result(PATIENCE), int)
    assert pool.run(eat, PATIENCE, 20) == 20, "what it may have it gets"


def test_a_page_that_kills_its_process_is_told_after_a_second_try(pool: ReadingPool) -> None:
    with pytest.raises(ReaderError, match="twice"):
        pool.run(die, PATIENCE)
    assert pool.run(say, PATIENCE, "next")[0] == "next"


def test_what_goes_wrong_over_a_page_is_the_pages_and_the_process_reads_on(pool: ReadingPool) -> None:
    with pytest.raises(ReaderError, match="ZeroDivisionError"):
        pool.run(stumble, PATIENCE)
    assert pool.run(say, PATIENCE, "next")[0] == "next"


def test_reading_steps_back_for_whoever_stands_at_the_counter(pool: ReadingPool) -> None:
    assert pool.run(os.nice, PATIENCE, 0) > os.nice(0)


def test_readers_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    class Broken(ReadingPool):
        _opener = staticmethod(broken_reader)

    pool = Broken(1, 500, tmp_path)
    try:
        with pytest.raises(PartMissing):
            pool.run(say, PATIENCE, "never")
    finally:
        pool.close()


def test_the_counters_pages_go_before_the_nights(tmp_path: Path) -> None:
    pool, said = QuickPool(1, 500, tmp_path), tmp_path / "said"
    begun: list[str] = []

    def read(name: str, lane: Lane) -> None:
        with in_turn_of(lane):
            pool.run(append, PATIENCE, str(said), name)

    try:
        first = Thread(target=lambda: pool.run(wait_for, PATIENCE, str(tmp_path / "go")))
        first.start()
        until(lambda: not pool._free)
        asked = (("N1", Lane.BACKLOG), ("N2", Lane.BACKLOG), ("Q1", Lane.COUNTER), ("Q2", Lane.COUNTER))
        others = []
        for number, (name, lane) in enumerate(asked, 1):
            others.append(Thread(target=read, args=(name, lane)))
            others[-1].start()
            until(lambda number=number: len(pool._queue) == number)  # type: ignore[misc]
        (tmp_path / "go").touch()
        for thread in (first, *others):
            thread.join(PATIENCE)
        begun = said.read_text("utf-8").split()
    finally:
        pool.close()
    assert begun == ["Q1", "Q2", "N1", "N2"]


def test_a_process_is_replaced_after_its_pages_and_when_it_keeps_too_much(tmp_path: Path) -> None:
    pool = QuickPool(1, 2, tmp_path)
    try:
        readers = [pool.run(say, PATIENCE, "page")[1] for _ in range(4)]
    finally:
        pool.close()
    assert readers[0] == readers[1] != readers[2] == readers[3]
    assert own_memory(readers[0]) == 0, "the process before it is gone"


def test_after_its_end_the_pool_takes_no_page(tmp_path: Path) -> None:
    pool = QuickPool(1, 500, tmp_path)
    _, reader = pool.run(say, PATIENCE, "page")
    assert own_memory(reader) > 0
    pool.close()
    assert own_memory(reader) == 0
    assert pool.spent_seconds > 0
    with pytest.raises(ServiceUnreachable):
        pool.run(say, PATIENCE, "late")


def append(file: str, name: str) -> None:
    with Path(file).open("a") as said:
        said.write(f"{name}\n")


def until(reached: object) -> None:
    """Wait for another thread; how long that takes says nothing."""
    pause = Event()
    for _ in range(int(PATIENCE) * 100):
        if reached():  # type: ignore[operator]
            return
        pause.wait(0.01)
    pytest.fail("it did not come")
