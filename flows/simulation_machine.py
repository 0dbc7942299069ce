"""A machine in simulated time: its cores shared among what runs on it, as the kernel shares them.

Each page that is read, and each call to a process beside (opening files, Prefect, the store), takes one core
at most. Everything in the resident process shares one interpreter, which takes one core at most.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from dossier.work import Lane

_CORE: Final = 1.0
_DONE: Final = 1e-9
"""Core-seconds that are none."""


class Timeline:
    """What happens when, in seconds from the beginning; what is due at the same time, in the order given."""

    def __init__(self) -> None:
        """Nothing is due."""
        self.now = 0.0
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, moment: float, happens: Callable[[], None]) -> None:
        """Let something happen; at once where the moment has passed."""
        heapq.heappush(self._due, (max(moment, self.now), next(self._order), happens))

    def run(self) -> None:
        """Until nothing is due any more."""
        while self._due:
            self.now, _, happens = heapq.heappop(self._due)
            happens()


class Where(Enum):
    """What does a piece of work."""

    READER = "reader"
    """A reading process."""
    INTERPRETER = "interpreter"
    """The resident process."""
    BESIDE = "beside"
    """Another process of the machine."""


@dataclass(slots=True, eq=False)
class _Task:
    left: float
    """Core-seconds."""
    where: Where
    done: Callable[[], None]


class Machine:
    """Some cores and some reading processes, which take the counter's pages first."""

    def __init__(self, time: Timeline, cores: float, readers: int) -> None:
        """Nothing runs.

        Args:
            time: when things happen.
            cores: as many as there are for the product; others' work may leave a part of one.
            readers: pages that are read at the same time.
        """
        self.spent = 0.0
        """Core-seconds so far."""
        self._time, self._cores, self._readers = time, cores, readers
        self._tasks: list[_Task] = []
        self._pages: list[tuple[Lane, int, _Task]] = []
        self._count = itertools.count()
        self._since = 0.0
        self._turn = 0

    def read(self, core_seconds: float, lane: Lane, done: Callable[[], None]) -> None:
        """Read a page once a reading process is free for it: by lane, then first come, first served."""
        self._advance()
        heapq.heappush(self._pages, (lane, next(self._count), _Task(core_seconds, Where.READER, done)))
        self._plan()

    def work(self, core_seconds: float, where: Where, done: Callable[[], None]) -> None:
        """Do something else."""
        self._advance()
        self._tasks.append(_Task(core_seconds, where, done))
        self._plan()

    def _rates(self) -> dict[Where, float]:
        """Cores for each task of a kind."""
        inside = sum(task.where is Where.INTERPRETER for task in self._tasks)
        takers = len(self._tasks) - inside + bool(inside)
        each = min(_CORE, self._cores / takers) if takers else 0.0
        return {Where.READER: each, Where.BESIDE: each, Where.INTERPRETER: each / max(1, inside)}

    def _advance(self) -> None:
        passed, self._since = self._time.now - self._since, self._time.now
        if passed:
            rates = self._rates()
            for task in self._tasks:
                done = passed * rates[task.where]
                task.left -= done
                self.spent += done

    def _plan(self) -> None:
        reading = sum(task.where is Where.READER for task in self._tasks)
        while self._pages and reading < self._readers:
            self._tasks.append(heapq.heappop(self._pages)[2])
            reading += 1
        self._turn += 1
        if self._tasks:
            rates, turn = self._rates(), self._turn
            first = min(self._tasks, key=lambda task: task.left / rates[task.where])
            wait = max(0.0, first.left / rates[first.where])
            self._time.at(self._time.now + wait, lambda: self._end(first, turn))

    def _end(self, first: _Task, turn: int) -> None:
        if turn != self._turn:  # something came or went since; another end is planned
            return
        self._advance()
        over = [task for task in self._tasks if task is first or task.left <= _DONE]
        self._tasks = [task for task in self._tasks if task not in over]
        self._plan()
        for task in over:
            task.done()
