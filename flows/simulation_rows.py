"""One PC, a province and the country: what they need, and how long people wait there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from dossier.work import Lane
from flows.simulation import Passage, Shape, Site
from flows.simulation_arrivals import CURVE, PEAK, Province, arrivals
from flows.simulation_costs import Costs

PROVINCES: Final = 34
FULL: Final = 0.8
"""Share of its cores that a site that is sized here uses in the peak."""
MONTHS: Final = 12
_SAMPLED: Final = 5
"""Of the centres, how many stand for all: the middles of so many equal groups by size."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long dossiers took to get somewhere, seconds; nobody's where none came."""

    p50: float
    p95: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Row:
    """One site."""

    name: str
    """`pc_mean`, `pc_largest`, `province_pcs`, `province_cluster` or `country`."""
    centres: int
    dossiers_per_month: float
    machines: int
    cores: int
    cores_needed: float
    """So that 80 % of them are busy in the peak."""
    peak_load: float
    """Share of its cores that are busy for the counter between 8 and 10; beyond 1 they cannot keep up."""
    memory_bytes: float
    store_bytes_month: float
    simulated: int
    """Dossiers that went through the simulation; 0 where it is another row's."""
    waits: Mapping[str, Waits]
    """`begun`, `verdict`, `archived` of the counter's dossiers; `stack` until the hot folder's are done."""


def rows(province: Province, costs: Costs) -> Iterator[Row]:
    """Every site, one after the other, as it is simulated. The same seed gives the same figures."""
    shares = province.shares()
    yield _pc("pc_mean", province, costs, 1.0 / province.centres)
    yield _pc("pc_largest", province, costs, shares[0])
    yield _pcs(province, costs, shares)
    cluster = _cluster(province, costs)
    yield cluster
    yield replace(
        cluster,
        name="country",
        centres=PROVINCES * cluster.centres,
        dossiers_per_month=PROVINCES * cluster.dossiers_per_month,
        machines=PROVINCES * cluster.machines,
        cores=PROVINCES * cluster.cores,
        cores_needed=PROVINCES * cluster.cores_needed,
        memory_bytes=PROVINCES * cluster.memory_bytes,
        store_bytes_month=PROVINCES * cluster.store_bytes_month,
        simulated=0,
    )


def peak_core_seconds(province: Province, costs: Costs, share: float) -> float:
    """Core-seconds a second that the counter's dossiers ask for between 8 and 10, in the mean."""
    hours = range(int(PEAK[0] / 3600), int(PEAK[1] / 3600))
    in_peak = sum(CURVE.get(hour, 0.0) for hour in hours)
    counter = province.daily * share * (1 - province.backlog)
    return counter * in_peak * costs.of_dossier(province.pages) / (PEAK[1] - PEAK[0])


def machines_needed(province: Province, costs: Costs) -> int:
    """Machines of a cluster that are at most 80 % busy in the peak, cores and interpreters."""
    load = peak_core_seconds(province, costs, 1.0)
    inside = load * costs.in_interpreter(province.pages) / costs.of_dossier(province.pages)
    return max(
        1, math.ceil(load / (FULL * province.cores - costs.background_cores)), math.ceil(inside / FULL)
    )


def waits_of(passed: Sequence[Passage]) -> dict[str, Waits]:
    """How long it took, by what was waited for."""
    counter = [passage for passage in passed if passage.lane is Lane.COUNTER]
    stack = [passage for passage in passed if passage.lane is not Lane.COUNTER]
    told = {
        "begun": _waits(passage.begun for passage in counter),
        "verdict": _waits(passage.verdict for passage in counter),
        "archived": _waits(passage.archived for passage in counter),
        "stack": _waits(passage.archived for passage in stack),
    }
    return {name: waits for name, waits in told.items() if waits is not None}


def _pc(name: str, province: Province, costs: Costs, share: float) -> Row:
    with Site(costs, Shape(1, province.cores, province.cores), province.seed) as site:
        passed = site.run(arrivals(province, share, _chance(province, name)))
    return _row(name, (province, costs, share), 1, passed)


def _pcs(province: Province, costs: Costs, shares: Sequence[float]) -> Row:
    """A PC in each centre; a few of them, of all sizes, are simulated and stand for the others."""
    step = len(shares) / min(_SAMPLED, len(shares))
    chosen = [shares[int((place + 0.5) * step)] for place in range(min(_SAMPLED, len(shares)))]
    passed: list[Passage] = []
    for place, share in enumerate(chosen):
        with Site(costs, Shape(1, province.cores, province.cores), province.seed + place, desk=False) as site:
            passed += site.run(arrivals(province, share, _chance(province, f"pcs {place}")))
    return _row("province_pcs", (province, costs, 1.0), province.centres, passed)


def _cluster(province: Province, costs: Costs) -> Row:
    """One queue for the province, one day of it, for it is as many dossiers as a centre has in months."""
    machines = machines_needed(province, costs)
    day = replace(province, days=1)
    with Site(costs, Shape(machines, province.cores, province.cores), province.seed, desk=False) as site:
        passed = site.run(arrivals(day, 1.0, _chance(province, "cluster")))
    row = _row("province_cluster", (province, costs, 1.0), machines, passed)
    # Prefect and the store run once, on the servers.
    return replace(row, memory_bytes=row.memory_bytes - (machines - 1) * costs.beside_bytes)


def _row(name: str, of: tuple[Province, Costs, float], machines: int, passed: Sequence[Passage]) -> Row:
    province, costs, share = of
    cores = machines * province.cores
    busy = peak_core_seconds(province, costs, share) + machines * costs.background_cores
    monthly = province.dossiers_per_month * share
    machine = costs.resident_bytes + province.cores * costs.reader_bytes + costs.beside_bytes
    return Row(
        name=name,
        centres=1 if name.startswith("pc_") else province.centres,
        dossiers_per_month=monthly,
        machines=machines,
        cores=cores,
        cores_needed=busy / FULL,
        peak_load=busy / cores,
        memory_bytes=machines * machine,
        store_bytes_month=monthly * (costs.dossier_bytes + province.pages * costs.page_bytes),
        simulated=len(passed),
        waits=waits_of(passed),
    )


def _waits(seconds: Iterable[float]) -> Waits | None:
    """Nearest-rank percentiles: each is a wait that somebody had."""
    found = sorted(seconds)
    if not found:
        return None
    p50, p95, p99 = (found[max(0, math.ceil(part * len(found)) - 1)] for part in (0.5, 0.95, 0.99))
    return Waits(p50, p95, p99, found[-1])


def _chance(province: Province, name: str) -> Random:
    return Random(f"{province.seed} {name}")  # noqa: S311 - a simulation, no secret
