"""How many dossiers come, when, and how thick they are: the assumptions of a simulation, each named."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from dossier.work import Lane
from flows.simulation_costs import in_bounds

DAY: Final = 86_400.0
HOUR: Final = 3_600.0
WORKING_DAYS: Final = 22
"""Of a month."""
CURVE: Final[dict[int, float]] = {
    7: 0.04, 8: 0.22, 9: 0.22, 10: 0.14, 11: 0.05, 13: 0.07, 14: 0.11, 15: 0.09, 16: 0.06,
}  # fmt: skip
"""Share of a day's dossiers by the hour in which they come; noon is a break."""
PEAK: Final = (8 * HOUR, 10 * HOUR)
"""Seconds of the day between which 44 % of them come."""
STACK_AT: Final = 8 * HOUR
"""When the stack of the day lies in the hot folder: the worst moment, at the beginning of the peak."""
LARGEST: Final = 2.5
"""How many times the mean the largest centre has: 4,800 a month beside a mean of 1,933."""
MOST_PAGES: Final = 60


@dataclass(frozen=True, slots=True)
class Province:
    """What comes in, and how much of it."""

    centres: int
    dossiers_per_month: int
    pages: float = 5.0
    """Mean pages of a dossier."""
    held: float = 0.2
    """Share of dossiers that a clerk looks at before they are sealed."""
    backlog: float = 0.1
    """Share of dossiers that come as a stack into the hot folder, where nobody waits."""
    days: int = 3
    """Working days that are simulated."""
    cores: int = 2
    """Cores of one machine, and its reading processes."""
    seed: int = 1

    def __post_init__(self) -> None:
        """Raises SettingRefused with the option's name."""
        in_bounds("--centres", self.centres, 1, 20_000)
        in_bounds("--dossiers-per-month", self.dossiers_per_month, 1, 10_000_000)
        in_bounds("--pages", self.pages, 1, MOST_PAGES / 2)
        in_bounds("--held", self.held, 0, 1)
        in_bounds("--backlog", self.backlog, 0, 1)
        in_bounds("--days", self.days, 1, 260)
        in_bounds("--cores", self.cores, 1, 256)

    @property
    def daily(self) -> float:
        """Dossiers of a working day."""
        return self.dossiers_per_month / WORKING_DAYS

    def shares(self) -> tuple[float, ...]:
        """What part of the province's dossiers each centre has, the largest first; together 1.

        Sizes fall off as quantiles of an exponential distribution do, and the largest has 2.5 times the mean.
        """
        count = self.centres
        quantiles = [-math.log((place + 0.5) / count) for place in range(count)]
        mean, most, least = sum(quantiles) / count, quantiles[0], quantiles[-1]
        if most == least:
            return (1.0 / count,) * count
        # Of very few centres the smallest would have less than nothing.
        stretch = min((LARGEST - 1) / (most - mean), 0.8 / (mean - least))
        return tuple((1 + (quantile - mean) * stretch) / count for quantile in quantiles)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A dossier that comes."""

    code: str
    moment: float
    """Seconds from midnight of the first day."""
    lane: Lane
    pages: int
    is_held: bool = False


def arrivals(province: Province, share: float, random: Random, name: str = "M") -> Iterator[Arrival]:
    """Dossiers of a part of the province on every simulated day, in order of time.

    Those of the counter come one by one, as Poisson's process does, by the hour of the curve; those of
    the hot folder's stack at once.
    """
    expected, number = province.daily * share, 0
    for day in range(province.days):
        moments = [
            (moment, Lane.COUNTER)
            for hour, part in CURVE.items()
            for moment in _poisson(expected * (1 - province.backlog) * part, hour, random)
        ]
        stack = sum(1 for _ in _poisson(expected * province.backlog, 0, random))
        moments += [(STACK_AT, Lane.BACKLOG)] * stack
        for moment, lane in sorted(moments):
            number += 1
            is_held = random.random() < province.held
            yield Arrival(
                f"{name}-{number:07d}", day * DAY + moment, lane, _pages(province.pages, random), is_held
            )


def _poisson(expected: float, hour: int, random: Random) -> Iterator[float]:
    """Moments within an hour of the day, as many as chance has it."""
    if expected <= 0:
        return
    moment = random.expovariate(expected)
    while moment < 1:
        yield (hour + moment) * HOUR
        moment += random.expovariate(expected)


def _pages(mean: float, random: Random) -> int:
    """At least one; most dossiers are thinner than the mean, a few much thicker (geometric)."""
    if mean <= 1:
        return 1
    more = math.log(1 - random.random()) / math.log(1 - 1 / mean)
    return min(MOST_PAGES, 1 + int(more))
