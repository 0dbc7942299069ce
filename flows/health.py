"""How the parts of this machine are: asked now, each within a few seconds, told and never raised."""

from __future__ import annotations

import shutil
import socket
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

import httpx
import psutil

from dossier.clients import DeliveryState
from dossier.desk import SETTLED, DeskState
from dossier.errors import SohoaError
from dossier.work import JobState, Lane
from flows.audits import Audits
from flows.ledger_audit import KEPT
from flows.settings import Settings
from flows.wiring import VIETNAM, Workshop
from storage.queue_ages import SqlQueueAges

_SECONDS: Final = 4.0
"""How long a part may take to answer before it counts as not working."""
_TOLD_APART: Final = ("store", "register", "stamps", "prefect")
"""Parts of which people have to know what follows when they do not work."""
_LOW: Final = 0.1
_LOW_BYTES: Final = 5 << 30
_NO_ROOM_BYTES: Final = 256 << 20
"""Free space below which nothing more is taken."""
_LATE_MINUTES: Final = 10
"""How long the counter's work may stand in the queue before somebody looks."""
_KINDS: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_PROCESSES: Final = (("weed", "store"), ("prefect", "prefect"), ("spawn_main", "readers"))
"""What stands in a child's command line, and what it is."""


class Health(StrEnum):
    """How a part is."""

    GOOD = "good"
    WARN = "warn"
    """It works, and somebody has to look at it."""
    BAD = "bad"
    """It does not work."""
    OFF = "off"
    """The centre does not use it."""


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part."""

    name: str
    health: Health
    said: str
    """Name of the sentence about it; the console has the words."""
    values: dict[str, str | int] = field(default_factory=dict)
    """What the sentence names."""


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """Room on a disk, in bytes."""

    total: int
    free: int


def system_health(workshop: Workshop, audits: Audits) -> tuple[PartHealth, ...]:
    """Every part, asked side by side."""
    asked: tuple[tuple[str, Callable[[], PartHealth]], ...] = (
        ("store", lambda: _store(workshop)),
        ("register", lambda: _register(workshop)),
        ("stamps", lambda: _stamps(workshop)),
        ("disk", lambda: _disk(workshop)),
        ("database", lambda: _database(workshop)),
        ("prefect", _prefect),
        ("queue", lambda: _queue(workshop)),
        ("work", lambda: _work(workshop)),
        ("watches", lambda: _watches(workshop)),
        ("events", lambda: _events(workshop)),
        ("memory", _memory),
        ("scanners", lambda: _scanners(workshop)),
        ("fixity", lambda: _fixity(audits)),
        ("ledger", lambda: _ledger(audits)),
    )
    pool = ThreadPoolExecutor(max_workers=len(asked), thread_name_prefix="health")
    try:
        under_way = [(name, pool.submit(look)) for name, look in asked]
        told = tuple(_answered(name, future) for name, future in under_way)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return (*told, PartHealth("software", Health.GOOD, "software_said", {"version": version("sohoa")}))


def readiness(workshop: Workshop) -> tuple[PartHealth, ...]:
    """What this process cannot take a dossier without: its database, room on its disk, its own watches.

    Store, register and time stamping service do not count: while they are away work goes on and waits.
    """
    told = []
    for name, look in (("database", _database), ("disk", _room), ("watches", _watches)):
        try:
            told.append(look(workshop))
        except (SohoaError, OSError):
            told.append(PartHealth(name, Health.BAD, "no_answer"))
    return tuple(told)


def worker_readiness(workshop: Workshop) -> tuple[PartHealth, ...]:
    """As `readiness`, and the Prefect server, which hands out what a worker does."""
    try:
        prefect = _prefect()
    except (OSError, httpx.HTTPError):
        prefect = PartHealth("prefect", Health.BAD, "prefect_bad")
    return (*readiness(workshop), prefect)


def is_ready(parts: tuple[PartHealth, ...]) -> bool:
    """Whether dossiers can be taken."""
    return all(part.health is not Health.BAD for part in parts)


def memory_by_part() -> Mapping[str, int]:
    """Resident memory of this process and of its children, in bytes, by what they are."""
    own = psutil.Process()
    sizes: Counter[str] = Counter({"resident": own.memory_info().rss})
    for child in own.children(recursive=True):
        try:
            command = " ".join(child.cmdline())
            part = next((part for word, part in _PROCESSES if word in command), "other")
            sizes[part] += child.memory_info().rss
        except psutil.Error:  # it has ended meanwhile
            continue
    return sizes


def is_well(parts: tuple[PartHealth, ...]) -> bool:
    """Whether nobody has to look at anything."""
    return all(part.health in (Health.GOOD, Health.OFF) for part in parts)


def _answered(name: str, future: Future[PartHealth]) -> PartHealth:
    """A part that is not heard of in time does not work, as far as anybody can tell."""
    try:
        return future.result(timeout=_SECONDS)
    except (TookTooLong, SohoaError, OSError, httpx.HTTPError):
        return PartHealth(name, Health.BAD, f"{name}_bad" if name in _TOLD_APART else "no_answer")


def _store(workshop: Workshop) -> PartHealth:
    workshop.archive.probe()
    return PartHealth("store", Health.GOOD, "store_good")


def _register(workshop: Workshop) -> PartHealth:
    if not workshop.settings.has_register:
        return PartHealth("register", Health.OFF, "register_off")
    if workshop.register.is_answering():
        return PartHealth("register", Health.GOOD, "register_good")
    return PartHealth("register", Health.BAD, "register_bad")


def _stamps(workshop: Workshop) -> PartHealth:
    """Whether something listens there; a stamp is not asked for, for it may cost money."""
    address = urlsplit(workshop.settings.timestamp_url)
    if not address.hostname:
        return PartHealth("stamps", Health.OFF, "stamps_off")
    port = address.port or (443 if address.scheme == "https" else 80)
    with socket.create_connection((address.hostname, port), timeout=_SECONDS - 1):
        return PartHealth("stamps", Health.GOOD, "stamps_good")


def disk_usage(settings: Settings) -> DiskUsage:
    """Of the disk that holds the state folder. Raises OSError."""
    used = shutil.disk_usage(settings.state)
    return DiskUsage(used.total, used.free)


def _disk(workshop: Workshop) -> PartHealth:
    used = disk_usage(workshop.settings)
    is_low = used.free < _LOW_BYTES or used.free < _LOW * used.total
    values: dict[str, str | int] = {"free": used.free, "total": used.total}
    return PartHealth("disk", Health.WARN if is_low else Health.GOOD, "disk_said", values)


def _queue(workshop: Workshop) -> PartHealth:
    counted = workshop.desk.totals().by_state
    open_now = sum(number for state, number in counted.items() if state not in SETTLED)
    failed = counted.get(DeskState.FAILED, 0)
    values: dict[str, str | int] = {"open": open_now, "failed": failed, "waiting": len(workshop.waits.open())}
    return PartHealth("queue", Health.WARN if failed else Health.GOOD, "queue_said", values)


def _database(workshop: Workshop) -> PartHealth:
    workshop.desk.totals()
    kind = urlsplit(workshop.settings.database).scheme.partition("+")[0]
    return PartHealth("database", Health.GOOD, "database_said", {"kind": _KINDS.get(kind, kind)})


def _prefect() -> PartHealth:
    """Whether the Prefect server that this process works with answers; without one nobody is asked."""
    if "prefect" not in sys.modules:
        return PartHealth("prefect", Health.OFF, "prefect_off")
    from prefect.settings import PREFECT_API_URL

    address = PREFECT_API_URL.value()
    if not address:
        return PartHealth("prefect", Health.OFF, "prefect_off")
    answer = httpx.get(f"{address.rstrip('/')}/health", timeout=_SECONDS - 1, trust_env=False)
    # A server that asks who calls is there.
    is_there = answer.is_success or answer.status_code in (401, 403)
    health, said = (Health.GOOD, "prefect_good") if is_there else (Health.BAD, "prefect_bad")
    return PartHealth("prefect", health, said)


def _room(workshop: Workshop) -> PartHealth:
    """Whether anything more can be kept at all; `_disk` warns long before."""
    used = disk_usage(workshop.settings)
    values: dict[str, str | int] = {"free": used.free, "total": used.total}
    return PartHealth("disk", Health.BAD if used.free < _NO_ROOM_BYTES else Health.GOOD, "disk_said", values)


def _work(workshop: Workshop) -> PartHealth:
    """Jobs in the queue. Somebody has to look where work waits, or where the counter's has not begun."""
    with closing(SqlQueueAges(workshop.settings.database)) as ages:
        piles = ages.work()
    counts = {state: sum(pile.number for pile in piles if pile.sort[0] == state) for state in JobState}
    at_counter = (JobState.QUEUED.value, str(int(Lane.COUNTER)))
    since = min((pile.since for pile in piles if pile.sort[:2] == at_counter), default="")
    minutes = _minutes_since(workshop, since)
    is_late = counts[JobState.WAITING] or minutes >= _LATE_MINUTES
    values: dict[str, str | int] = {str(state): number for state, number in counts.items()}
    return PartHealth(
        "work", Health.WARN if is_late else Health.GOOD, "work_said", values | {"minutes": minutes}
    )


def _watches(workshop: Workshop) -> PartHealth:
    """The threads in the background; one that ended takes the hot folder, say, with it."""
    watches = workshop.watches
    if dead := watches.dead():
        return PartHealth("watches", Health.BAD, "watches_bad", {"names": ", ".join(dead)})
    if faulty := watches.faulty():
        return PartHealth("watches", Health.WARN, "watches_faulty", {"names": ", ".join(faulty)})
    if held := watches.held():
        return PartHealth("watches", Health.WARN, "watches_held", {"number": held})
    return PartHealth("watches", Health.GOOD, "watches_good")


def _events(workshop: Workshop) -> PartHealth:
    """Events for other systems; one that was given up holds back those behind it."""
    with closing(SqlQueueAges(workshop.settings.database)) as ages:
        counts = {pile.sort[0]: pile.number for pile in ages.events()}
    due, dead = counts.get(DeliveryState.DUE, 0), counts.get(DeliveryState.DEAD, 0)
    values: dict[str, str | int] = {"due": due, "dead": dead}
    return PartHealth("events", Health.WARN if dead else Health.GOOD, "events_said", values)


def _memory() -> PartHealth:
    sizes, machine = memory_by_part(), psutil.virtual_memory()
    is_low = machine.available < _LOW * machine.total
    values: dict[str, str | int] = {"used": sum(sizes.values()), "available": machine.available}
    return PartHealth("memory", Health.WARN if is_low else Health.GOOD, "memory_said", values)


def _minutes_since(workshop: Workshop, moment: str) -> int:
    if not moment:
        return 0
    return max(0, int((workshop.clock() - datetime.fromisoformat(moment)).total_seconds() // 60))


def _scanners(workshop: Workshop) -> PartHealth:
    names = sorted(workshop.settings.scanners)
    if not names:
        return PartHealth("scanners", Health.OFF, "scanners_off")
    return PartHealth("scanners", Health.GOOD, "scanners_said", {"names": ", ".join(names)})


def _fixity(audits: Audits) -> PartHealth:
    last = audits.fixity_state()["last"]
    if last is None:
        return PartHealth("fixity", Health.WARN, "fixity_never")
    health = {"pass": Health.GOOD, "fail": Health.BAD}.get(str(last["outcome"]), Health.WARN)
    return PartHealth(
        "fixity", health, "fixity_said", {"at": str(last["ended_at"]), "packages": int(last["packages"])}
    )


def _ledger(audits: Audits) -> PartHealth:
    """By the ledger's own word; that the head lies in the store is for `flows.ledger_audit`."""
    kept = audits.lot_room().ledger.entries(1, action=KEPT)
    at = kept[0].at if kept else ""
    if not at or datetime.fromisoformat(at).date() < datetime.now(VIETNAM).date():
        return PartHealth("ledger", Health.WARN, "ledger_owed")
    return PartHealth("ledger", Health.GOOD, "ledger_said", {"at": at})
