"""How things stand at the moment of asking, for Prometheus: what waits and since when, disk, memory, parts.

Each group is asked alone: one that cannot answer is told as such (`sohoa_unanswered`), the others are there.
Parts that somebody else runs are probed once in half a minute at most, however often somebody asks.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import Lock
from typing import Final

import psutil
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dossier.clients import DeliveryState
from dossier.desk import DeskState
from dossier.errors import SohoaError
from dossier.work import Awaited, JobState, Lane
from flows.audits import Audits
from flows.backup_noted import BACKED_UP, last_made
from flows.health import Health, PartHealth, disk_usage, memory_by_part, system_health
from flows.ledger_audit import KEPT
from flows.wiring import Workshop
from scanners.guard import spent_seconds
from storage.queue_ages import Pile, SqlQueueAges

PROBED_SECONDS: Final = 30.0
"""How long what parts answered counts."""


class Standing(Collector):
    """What `Meters.text` adds about the present."""

    def __init__(
        self, workshop: Workshop, audits: Audits, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is asked yet."""
        self._workshop, self._audits, self._seconds = workshop, audits, seconds
        self._ages = workshop.held(SqlQueueAges(workshop.settings.database))
        self._lock = Lock()
        self._probed: tuple[float, tuple[PartHealth, ...]] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked in order to be entered."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Every group, and which of them did not answer."""
        groups = {
            "work": self._work,
            "desk": self._desk,
            "register_waits": self._register_waits,
            "events": self._events,
            "machine": self._machine,
            "parts": self._parts,
            "audits": self._proofs,
        }
        unanswered = _family("sohoa_unanswered", "Groups of figures that could not be told.", "group")
        for name, group in groups.items():
            try:
                # Whole or not at all: half a group would look like a smaller one.
                told = list(group())
            except (SohoaError, OSError, psutil.Error):
                unanswered.add_metric([name], 1)
            else:
                unanswered.add_metric([name], 0)
                yield from told
        yield unanswered

    def parts(self) -> tuple[PartHealth, ...]:
        """How the parts are, probed half a minute ago at most."""
        with self._lock:
            now = self._seconds()
            if self._probed is None or now - self._probed[0] > PROBED_SECONDS:
                self._probed = now, system_health(self._workshop, self._audits)
            return self._probed[1]

    def _work(self) -> Iterator[Metric]:
        jobs = _family("sohoa_work", "Jobs of dossiers.", "state", "lane", "awaits")
        oldest = _family(
            "sohoa_work_oldest_seconds", "Age of the oldest of these jobs.", "state", "lane", "awaits"
        )
        empty = [
            (s.value, str(int(lane)), "") for s in JobState if s is not JobState.WAITING for lane in Lane
        ]
        empty += [(JobState.WAITING.value, str(int(lane)), a.value) for lane in Lane for a in Awaited]
        piles = dict.fromkeys(empty, (0, 0.0)) | self._sorted(self._ages.work())
        for (state, lane, awaits), (number, age) in piles.items():
            labels = [state, Lane(int(lane)).name.lower(), awaits]
            jobs.add_metric(labels, number)
            oldest.add_metric(labels, age)
        yield from (jobs, oldest)

    def _desk(self) -> Iterator[Metric]:
        told = _family("sohoa_dossiers", "Dossiers that the desk knows, by state.", "state")
        for state, number in {**dict.fromkeys(DeskState, 0), **self._workshop.desk.totals().by_state}.items():
            told.add_metric([state.value], number)
        yield told

    def _register_waits(self) -> Iterator[Metric]:
        pile = self._ages.register_waits()
        yield _gauge("sohoa_register_waiting", "Dossiers that wait for the register.", pile.number)
        yield _gauge("sohoa_register_waiting_oldest_seconds", "Age of the oldest of them.", self._age(pile))

    def _events(self) -> Iterator[Metric]:
        number = _family("sohoa_events", "Events for other systems that are due or given up.", "state")
        oldest = _family("sohoa_events_oldest_seconds", "Age of the oldest of these events.", "state")
        empty = {(state.value,): (0, 0.0) for state in (DeliveryState.DUE, DeliveryState.DEAD)}
        for (state,), (count, age) in (empty | self._sorted(self._ages.events())).items():
            number.add_metric([state], count)
            oldest.add_metric([state], age)
        yield from (number, oldest)

    def _machine(self) -> Iterator[Metric]:
        used = disk_usage(self._workshop.settings)
        yield _gauge("sohoa_disk_free_bytes", "Room on the disk of the state folder.", used.free)
        yield _gauge("sohoa_disk_total_bytes", "Size of the disk of the state folder.", used.total)
        memory = _family("sohoa_memory_bytes", "Resident memory by part of the product.", "part")
        for part, size in memory_by_part().items():
            memory.add_metric([part], size)
        yield memory
        yield _gauge("sohoa_open_files", "Open files of this process.", psutil.Process().num_fds())
        under_way = self._workshop.under_way.count
        yield _gauge("sohoa_under_way", "Dossiers that this process works on.", under_way)

    def _parts(self) -> Iterator[Metric]:
        up = _family("sohoa_part_up", "1 where a part works, 0 where it does not.", "part")
        for part in self.parts():
            if part.health is not Health.OFF:
                up.add_metric([part.name], 0 if part.health is Health.BAD else 1)
        yield up

    def _proofs(self) -> Iterator[Metric]:
        last = self._audits.fixity_state()["last"]
        if last is not None:
            ended = datetime.fromisoformat(str(last["ended_at"]))
            yield _gauge("sohoa_fixity_age_seconds", "Since the last fixity run ended.", self._since(ended))
            failed = 1 if last["outcome"] == "fail" else 0
            yield _gauge("sohoa_fixity_failed", "1 where the last fixity run found damage.", failed)
        kept = self._audits.lot_room().ledger.entries(1, action=KEPT)
        if kept:
            age = self._since(datetime.fromisoformat(kept[0].at))
            yield _gauge(
                "sohoa_ledger_head_age_seconds", "Since the ledger's head was last put under lock.", age
            )
        backed = last_made(self._audits.lot_room().ledger, self._workshop.settings, BACKED_UP)
        # A machine of which there is no backup at all is the one to be told about.
        age = self._since(datetime.fromisoformat(backed.at)) if backed else math.inf
        yield _gauge("sohoa_backup_age_seconds", "Since the last backup was made.", age)

    def _sorted(self, piles: Iterable[Pile]) -> dict[tuple[str, ...], tuple[int, float]]:
        return {pile.sort: (pile.number, self._age(pile)) for pile in piles}

    def _age(self, pile: Pile) -> float:
        return self._since(datetime.fromisoformat(pile.since)) if pile.since else 0.0

    def _since(self, moment: datetime) -> float:
        return max(0.0, (self._workshop.clock() - moment).total_seconds())


def expose(workshop: Workshop, audits: Audits) -> None:
    """Let the workshop's meters tell the present too, and what readers and intake's children spent."""
    if workshop.meters.add(Standing(workshop, audits)):
        workshop.meters.follow("reading", lambda: workshop.reading.spent_seconds)
        workshop.meters.follow("intake", spent_seconds)


def _family(name: str, told: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, labels=labels)


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=value)
