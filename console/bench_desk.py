"""`sohoa bench desk`: what operations of queue and index cost over very many dossiers on PostgreSQL.

A server of its own is started, or one that is named by its URL is filled. The operations are those of the
product, one after the other; their times hold everything from the call to the values that come back, but
for standing in line behind other programs of the machine, which is told beside them.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from console import bench_desk_made as made_rows
from console.bench_desk_asked import Asked
from console.bench_desk_made import Made
from console.output import Output
from flows.wiring import VIETNAM
from storage.keyring import DataKey, Keyring
from storage.mass_copy import MassCopy
from storage.postgres_server import PostgresServer
from validators.catalogue_loader import YamlCatalogue

TARGET_MS: Final = 50.0
_SERVER: Final = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "8GB",
    "wal_level": "minimal",  # what is filled in one transaction is written once
    "max_wal_senders": "0",
    "max_parallel_maintenance_workers": "1",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
}
_ARCHIVE: Final = ("packages", "package_objects", "package_files")
_DESK: Final = ("desk_entries", "desk_kinds", "desk_words")


@dataclass(frozen=True, slots=True)
class Trial:
    """What is measured."""

    dossiers: int
    counters: int
    searched: int
    """Of the newest dossiers, how many are found by name."""
    times: int
    """How often each operation is done."""
    seed: int


def desk(trial: Trial, url: str, folder: Path | None, output: Output) -> int:
    """Fill, ask, tell; 0 where every operation keeps the target, 10 where one does not.

    Args:
        trial: what is measured.
        url: an empty PostgreSQL database; empty where a server of its own is started.
        folder: where that server keeps its data; None for one that is thrown away.
    """
    procedures = tuple(sorted(procedure.code for procedure in YamlCatalogue(None).procedures()))
    today = datetime.now(VIETNAM).date()
    made = Made(trial.dossiers, trial.counters, trial.searched, trial.seed, today, procedures)
    with _database(url, folder) as (place, is_new):
        if is_new:
            fill(made, place, output)
        size = MassCopy(place, looks=False).size_bytes()
        asked = Asked(made, place, keys_of(made))
        try:
            stopwatch = Stopwatch(asked.server_process())
            figures = {name: _measured(trial, ask, stopwatch) for name, ask in asked.operations().items()}
        finally:
            asked.close()
    slow = sorted(name for name, each in figures.items() if each["p95_ms"] >= TARGET_MS)
    told = {
        "operations": figures,
        "target_p95_ms": TARGET_MS,
        "beyond_target": slow,
        "dossiers": trial.dossiers,
        "found_by_name": trial.searched,
        "counters": trial.counters,
        "times": trial.times,
        "seed": trial.seed,
        "database_mb": round(size / 1e6),
        "load_average": round(os.getloadavg()[0], 1),
    }
    _tell(told, output)
    return 10 if slow else 0


def keys_of(made: Made) -> Keyring:
    """The key that everything invented is sealed with: it has to be the same in every process."""
    return Keyring([DataKey(made.seed.to_bytes(32, "big"))])


def fill(made: Made, url: str, output: Output) -> None:
    """Put every row into an empty database. Raises DatabaseUnfit, StorageError."""
    copy = MassCopy(url)
    with (
        copy.without_indexes(*_ARCHIVE, *_DESK),
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as both,
    ):
        for done in [both.submit(_fill, table, made, url) for table in (*_DESK[:1], *_ARCHIVE, *_DESK[1:])]:
            output.aside(f"{done.result()} …")
    counted = "SELECT counter, state, count(*), 1 FROM desk_entries GROUP BY counter, state"
    copy.run(f"INSERT INTO desk_tallies {counted}")
    for table in ("packages", "desk_entries"):
        copy.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {made.dossiers})")
    copy.run("CHECKPOINT")


def _fill(table: str, made: Made, url: str) -> str:
    copy, keys = MassCopy(url, looks=False), keys_of(made)
    if table == "desk_entries":
        copy.rows(table, made_rows.ENTRY_COLUMNS, made_rows.entries(made, keys))
    elif table == "desk_kinds":
        copy.rows(table, ("kind", "received_day", "entry"), made_rows.kinds(made))
    elif table == "desk_words":
        copy.words(made_rows.words(made, keys))
    elif table == "packages":
        copy.rows(table, made_rows.PACKAGE_COLUMNS, made_rows.packages(made))
    elif table == "package_objects":
        copy.rows(table, made_rows.OBJECT_COLUMNS, made_rows.objects(made))
    else:
        copy.rows(table, made_rows.FILE_COLUMNS, made_rows.files(made))
    return table


@contextmanager
def _database(url: str, folder: Path | None) -> Iterator[tuple[str, bool]]:
    """Where the rows are, and whether they have still to be put there."""
    if url:
        yield url, True
        return
    with TemporaryDirectory(prefix="sohoa-bench-desk-") as thrown_away:
        server = PostgresServer(folder or Path(thrown_away), _SERVER)
        server.start()
        try:
            is_new = not server.has("sohoa")
            yield server.database("sohoa") if is_new else server.url("sohoa"), is_new
        finally:
            server.stop()


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Times what is done in this thread and in one process of the server.

    The kernel tells how long each of them stood in line for a core; on a busy machine that is most of the
    time, and tells nothing about the product. It is told apart.
    """

    server: int
    """Process id of the server's process that answers; 0 where it runs elsewhere."""

    def read(self) -> tuple[float, float, float]:
        """Milliseconds: the clock, both in line for a core, both on a core."""
        mine = _schedule("thread-self")
        its = _schedule(str(self.server)) if self.server else (0, 0)
        return 1000 * time.perf_counter(), (mine[1] + its[1]) / 1e6, (mine[0] + its[0]) / 1e6


def _schedule(process: str) -> tuple[int, int]:
    """Nanoseconds on a core, and in line for one (Linux, schedstats)."""
    on, waited, _ = Path(f"/proc/{process}/schedstat").read_text("ascii").split()
    return int(on), int(waited)


def _measured(trial: Trial, ask: Callable[[int, Random], object], stopwatch: Stopwatch) -> dict[str, Any]:
    random = Random(trial.seed)  # noqa: S311 - which dossier is asked for, not a secret
    for number in range(5):
        ask(-1 - number, random)
    by_clock, in_line_not, on_core = [], [], []
    for number in range(trial.times):
        before = stopwatch.read()
        ask(number, random)
        passed, waited, worked = (now - then for now, then in zip(stopwatch.read(), before, strict=True))
        by_clock.append(passed)
        in_line_not.append(passed - waited)
        on_core.append(worked)
    return {
        "p50_ms": round(statistics.median(in_line_not), 2),
        "p95_ms": round(_p95(in_line_not), 2),
        "core_ms": round(statistics.mean(on_core), 2),
        "p95_by_clock_ms": round(_p95(by_clock), 2),
    }


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]


def _tell(told: dict[str, Any], output: Output) -> None:
    if output.as_json:
        output.data(told)
        return
    for name, figures in told["operations"].items():
        output.text(f"{name:28s} " + "  ".join(f"{kind} {value}" for kind, value in figures.items()))
    for name, value in told.items():
        if name != "operations":
            output.text(f"{name:28s} {value}")
