"""The simulation: nothing lost, the product's own order, and what queueing theory says of waiting."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import mean
from threading import Event

import pytest

from dossier.errors import SettingRefused
from dossier.work import Awaited, Job, JobKind, Lane, NewJob
from flows.queueing import QueuePlan, WorkQueue
from flows.simulation import Shape, Site
from flows.simulation_arrivals import CURVE, DAY, PEAK, Arrival, Province, arrivals
from flows.simulation_costs import MEASURED, Costs, read_costs
from flows.simulation_machine import Machine, Timeline, Where
from flows.under_way import UnderWay
from storage.leases import SqlLeases

NOTHING = Costs(1.0, *[0.0] * 8, 1.0, 0.0, 1.0, 1.0, 0.0)
"""One core-second a page, and nothing else."""
PLAN = QueuePlan("a.1")


def reading(lane: Lane, count: int, at: float = 0.0) -> list[Arrival]:
    return [Arrival(f"{lane.name}-{n}", at, lane, 1) for n in range(count)]


# The machine.


def waits(rate: float, readers: int, services: Random | None, count: int = 12_000) -> float:
    """Mean wait of pages that come by chance, each a core-second long in the mean."""
    time, random, begun = Timeline(), Random(7), list[float]()
    machine = Machine(time, float(readers), readers)

    def come(left: int) -> None:
        came, takes = time.now, services.expovariate(1.0) if services else 1.0
        machine.read(takes, Lane.COUNTER, lambda: begun.append(time.now - came - takes))
        if left:
            time.at(time.now + random.expovariate(rate), lambda: come(left - 1))

    time.at(0, lambda: come(count))
    time.run()
    assert len(begun) == count + 1
    return mean(begun)


def test_pages_that_all_take_the_same_wait_as_long_as_pollaczek_and_khinchine_say() -> None:
    load = 0.6
    assert waits(load, 1, None) == pytest.approx(load / (2 * (1 - load)), rel=0.05)


def test_pages_of_chance_before_two_readers_wait_as_long_as_erlang_says() -> None:
    load = 0.6  # of each of two readers: Erlang's C is 2 load² / (1 + load), the wait C / (2 (1 - load))
    erlang = 2 * load**2 / (1 + load)
    assert waits(2 * load, 2, Random(8)) == pytest.approx(erlang / (2 * (1 - load)), rel=0.05)


def test_cores_are_shared_and_no_work_is_lost() -> None:
    time, ends = Timeline(), dict[str, float]()
    machine = Machine(time, 2.0, 2)
    for number in range(4):
        machine.read(1.0, Lane.COUNTER, lambda number=number: ends.update({f"page {number}": time.now}))
    machine.work(1.0, Where.INTERPRETER, lambda: ends.update(inside=time.now))
    machine.work(1.0, Where.INTERPRETER, lambda: ends.update(inside_too=time.now))
    time.run()
    # Three takers of two cores: pages at 2/3, both others together at 2/3.
    assert ends["page 0"] == ends["page 1"] == pytest.approx(1.5)
    assert ends["inside"] == ends["inside_too"] == pytest.approx(3.0)
    assert ends["page 3"] == pytest.approx(3.0)
    assert machine.spent == pytest.approx(6.0)


def test_a_page_of_the_counter_is_read_before_those_of_the_night() -> None:
    time, order = Timeline(), list[str]()
    machine = Machine(time, 1.0, 1)
    for name, lane in (("n1", Lane.BACKLOG), ("n2", Lane.BACKLOG), ("c1", Lane.COUNTER)):
        machine.read(1.0, lane, lambda name=name: order.append(name))
    time.run()
    assert order == ["n1", "c1", "n2"]


# The queue.


def test_every_dossier_that_comes_is_done_once() -> None:
    province = Province(1, 550, days=2, held=0.3)
    coming = list(arrivals(province, 1.0, Random(3)))
    with Site(MEASURED, Shape(1, 2.0, 2), 3) as site:
        passed = site.run(coming)
    assert sorted(p.code for p in passed) == sorted(a.code for a in coming)
    assert {a.is_held for a in coming} == {True, False}
    assert all(0 <= p.begun < p.verdict < p.archived for p in passed)
    assert site.spent == pytest.approx(sum(MEASURED.of_dossier(a.pages) for a in coming), rel=0.12)


def test_a_dossier_that_comes_twice_is_noticed() -> None:
    with Site(NOTHING, Shape(1, 1.0, 1), 1) as site, pytest.raises(RuntimeError, match="came twice"):
        site.run(reading(Lane.COUNTER, 1) + reading(Lane.COUNTER, 1, at=9.0))


def test_one_place_waits_as_lindley_says() -> None:
    random, moment, coming = Random(4), 0.0, list[Arrival]()
    for number in range(50):
        moment += random.expovariate(0.7)
        coming.append(Arrival(f"D{number}", moment, Lane.COUNTER, 1))
    with Site(
        NOTHING, Shape(1, 1.0, 1, QueuePlan("", at_once=1, for_counter=0)), 1, spread=0.0, desk=False
    ) as site:
        passed = {p.code: p.begun for p in site.run(coming)}
    free = 0.0
    for arrival in coming:
        begins = max(free, arrival.moment)
        assert passed[arrival.code] == pytest.approx(begins - arrival.moment, abs=1e-6)
        free = begins + 1.0


class Slow:
    """Does each dossier when it is told to."""

    def __init__(self) -> None:
        self.gates: dict[str, Event] = {}
        self.ended: dict[str, Event] = {}

    def do(self, job: Job) -> str:
        assert self.gates[job.dossier].wait(60)
        return job.dossier

    def awaited(self, error: BaseException) -> Awaited | None:
        return None

    def written(self, result: str) -> bytes:
        return b""

    def heard(self, job_number: int, written: bytes) -> str:
        return ""

    def written_error(self, error: BaseException) -> bytes:
        return b""


def test_dossiers_begin_in_the_order_of_the_products_own_queue(tmp_path: Path) -> None:
    coming = reading(Lane.BACKLOG, 5) + reading(Lane.COUNTER, 4)
    with Site(NOTHING, Shape(1, 3.0, 3, PLAN), 1, spread=0.0) as site:
        # All are there before anybody looks, as after a start.
        for arrival in coming:
            site._arrived[arrival.code] = arrival
            site._leases.enter(NewJob(JobKind.DIGITISE, arrival.code, arrival.lane, "f", b"{}"), "x")
        site._look()
        site.time.run()
        simulated = site.begun

    leases, worker = SqlLeases(f"sqlite:///{tmp_path / 'work.sqlite'}"), Slow()
    worker.gates = {arrival.code: Event() for arrival in coming}
    queue = WorkQueue[str](leases, worker, PLAN, UnderWay())
    futures = {}
    for arrival in coming:
        new = NewJob(JobKind.DIGITISE, arrival.code, arrival.lane, "f", b"{}")
        futures[arrival.code] = queue.submit(new).future
    real, at_work = list[str](), list[str]()
    while len(real) < len(coming):
        queue.step()
        new_ones = [j.dossier for j in leases.running() if j.dossier not in at_work]
        real += new_ones
        at_work += new_ones
        first = at_work.pop(0)
        worker.gates[first].set()
        futures[first].result(60)
        while any(job.dossier == first for job in queue._mine.values()):
            with queue._news:
                queue._news.wait(0.05)
    for gate in worker.gates.values():
        gate.set()
    queue.stop()
    leases.close()
    assert simulated == real
    assert real[:4] == [f"COUNTER-{number}" for number in range(4)], "the counter goes first"
    assert len(real) == len(coming)


def test_the_counter_hardly_waits_for_a_stack_of_the_night() -> None:
    stack, counter = reading(Lane.BACKLOG, 30), reading(Lane.COUNTER, 3, at=5.0)
    with Site(NOTHING, Shape(1, 2.0, 2), 1, spread=0.0, desk=False) as site:
        passed = site.run(stack + counter)
    assert max(p.verdict for p in passed if p.lane is Lane.COUNTER) <= 4.0
    assert max(p.verdict for p in passed if p.lane is Lane.BACKLOG) >= 14.0


def test_two_machines_share_a_queue_and_none_is_idle_while_something_waits() -> None:
    with Site(NOTHING, Shape(2, 1.0, 1), 1, spread=0.0, desk=False) as site:
        passed = site.run(reading(Lane.COUNTER, 20))
    assert max(p.archived for p in passed) == pytest.approx(10.0)


def test_the_same_seed_gives_the_same_figures_and_another_others() -> None:
    def once(seed: int) -> object:
        coming = arrivals(Province(1, 330, days=1), 1.0, Random(seed))
        with Site(MEASURED, Shape(1, 2.0, 2), seed, desk=False) as site:
            return site.run(coming)

    assert once(5) == once(5) != once(6)


# What comes.


def test_dossiers_come_as_the_curve_says() -> None:
    province = Province(104, 201_034, days=5)
    coming = list(arrivals(province, 0.2, Random(1)))
    assert len(coming) == pytest.approx(province.daily, rel=0.05)
    assert mean(a.pages for a in coming) == pytest.approx(5.0, rel=0.05)
    counter = [a for a in coming if a.lane is Lane.COUNTER]
    peak = sum(PEAK[0] <= a.moment % DAY < PEAK[1] for a in counter)
    assert peak / len(counter) == pytest.approx(0.44, abs=0.02)
    assert sum(CURVE.values()) == pytest.approx(1.0)
    assert [a.moment for a in coming] == sorted(a.moment for a in coming)


@pytest.mark.parametrize("centres", [1, 2, 3, 104])
def test_centres_shares_are_all_there_is(centres: int) -> None:
    shares = Province(centres, 10_000).shares()
    assert sum(shares) == pytest.approx(1.0)
    assert min(shares) > 0
    if centres == 104:
        assert shares[0] * centres == pytest.approx(2.5)


# What is refused.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("centres", 0),
        ("centres", -104),
        ("dossiers_per_month", -1),
        ("dossiers_per_month", 0),
        ("pages", float("nan")),
        ("held", 1.5),
        ("backlog", -0.1),
        ("days", 0),
        ("cores", 0),
    ],
)
def test_a_province_that_cannot_be_is_refused_by_the_options_name(name: str, value: float) -> None:
    with pytest.raises(SettingRefused) as refused:
        Province(**{"centres": 1, "dossiers_per_month": 100, name: value})  # type: ignore[arg-type]
    assert refused.value.subject == "--" + name.replace("_", "-")


@pytest.mark.parametrize("value", [-1.0, 0.0, 1e9, float("inf"), float("nan"), True, "2", None])
def test_a_cost_that_cannot_be_is_refused_by_its_name(value: float) -> None:
    with pytest.raises(SettingRefused) as refused:
        replace(MEASURED, reading_seconds=value)
    assert refused.value.subject == "reading_seconds"


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("{", "--costs"),
        ("[" * 100_000, "--costs"),
        ("[1]", "--costs"),
        ('{"reading_secs": 2}', "reading_secs"),
        ('{"idle_seconds": -2}', "idle_seconds"),
        ('{"page_bytes": 1e400}', "page_bytes"),
    ],
)
def test_a_file_of_costs_is_refused_by_what_is_wrong(written: str, subject: str, tmp_path: Path) -> None:
    file = tmp_path / "costs.json"
    file.write_text(written)
    with pytest.raises(SettingRefused) as refused:
        read_costs(file)
    assert refused.value.subject == subject


def test_a_file_may_name_some_costs(tmp_path: Path) -> None:
    file = tmp_path / "costs.json"
    file.write_text(json.dumps({"reading_seconds": 0.7}))
    assert read_costs(file) == replace(MEASURED, reading_seconds=0.7)
