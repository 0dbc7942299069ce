"""`sohoa bench console`: many clerks at once over many dossiers, and what each page costs.

The tables are filled with invented dossiers. The console runs in a process of its own and is asked over HTTP
by clerks who think between two pages, while dossiers go on changing and open queues ask whether anything is
new.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, cast

import httpx
import psutil

from console.bench_console_clerks import KINDS, Clerk, Day, Seen, path_of, work_through
from console.bench_console_made import Order, counter_name, keep_drafts, made_dossiers
from console.bench_console_server import idle_workshop
from console.output import Output
from dossier.accounts import Account, Role, Session
from dossier.desk import DeskState
from flows.accounts import Accounts
from flows.admission import session_name
from flows.settings import Settings
from flows.wiring import VIETNAM, Workshop
from storage.desk_loading import load_desk

TARGET_MS: Final = 200
TARGET_MB: Final = 600
_DRAFTS: Final = 200
_ALONE: Final = 100
"""Requests of each kind, one after the other, for what one costs."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is measured."""

    dossiers: int
    clerks: int
    minutes: float
    counters: int = 10
    seed: int = 1


def console(trial: Trial, output: Output) -> int:
    """Fill, serve, ask; 0 where every target is met, 10 where one is not."""
    with TemporaryDirectory(prefix="sohoa-bench-console-") as folder:
        workshop = idle_workshop(Settings(state=Path(folder)))
        begun = time.process_time()
        words, clerks = _fill(trial, workshop)
        filled = time.process_time() - begun
        database = sum(file.stat().st_size for file in Path(folder).glob("sohoa.sqlite*"))
        with _serving(Path(folder)) as (process, url):
            alone = _alone(process, url, clerks, trial)
            seen, core_seconds = _together(trial, workshop, (process, url), clerks)
    requests = sum(len(times) for times in seen.milliseconds.values())
    figures = _figures(seen) | {
        "core_ms_alone": alone,
        "core_ms_per_request": round(1000 * core_seconds / max(1, requests), 2),
        "requests": requests,
        "errors": len(seen.errors),
        "first_errors": seen.errors[:5],
        "peak_memory_mb": round(seen.peak_mb),
        "dossiers": trial.dossiers,
        "clerks": trial.clerks,
        "minutes": trial.minutes,
        "index_rows": words,
        "database_mb": round(database / 1e6),
        "filled_core_seconds": round(filled, 1),
    }
    _tell(figures, output)
    slow = [kind for kind in KINDS if figures["pages"].get(kind, {}).get("p95_ms", 0) >= TARGET_MS]
    return 10 if slow or seen.errors or seen.peak_mb >= TARGET_MB else 0


def _fill(trial: Trial, workshop: Workshop) -> tuple[int, list[Clerk]]:
    today = datetime.now(VIETNAM).date()
    procedures = [procedure.code for procedure in workshop.catalogue.procedures()]
    order = Order(trial.dossiers, trial.counters, trial.seed, today)
    here = workshop.settings
    to_look_at: dict[str, list[str]] = defaultdict(list)

    def noted() -> Iterator[Any]:
        for entry, content in made_dossiers(order, procedures):
            if entry.state is DeskState.REVIEW:
                to_look_at[entry.counter].append(entry.code)
            yield entry, content

    words = load_desk(here.database, workshop.keys, noted())
    share = max(1, _DRAFTS // trial.counters)
    drafts = {counter: tuple(codes[-share:]) for counter, codes in to_look_at.items()}
    keep_drafts(workshop, [(code, c) for c, codes in drafts.items() for code in codes], today)
    accounts = Accounts.open(here, workshop.keys)
    clerks = []
    for number in range(trial.clerks):
        counter = counter_name(number % trial.counters)
        account = Account(f"clerk{number}", f"Cán bộ {number} (MẪU)", Role.CLERK, counter)
        accounts.add(account, "bench")
        accounts.parts.rows.change(account.name, password_ends_at=None)
        token, now = secrets.token_urlsafe(32), datetime.now(VIETNAM)
        accounts.parts.rows.begin_session(
            Session(session_name(token), account.name, now, now, False, True, "127.0.0.1")
        )
        clerks.append(Clerk(account, token, drafts.get(counter, ())))
    return words, clerks


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[psutil.Process, str]]:
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "console.bench_console_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "SOHOA_STATE": str(folder), "SOHOA_CONSOLE_PORT": "0"},
        )
        try:
            line = cast(IO[bytes], server.stdout).readline()
            if not line:
                raise RuntimeError((folder / "server.log").read_text("utf-8", "replace")[-2000:])
            yield psutil.Process(server.pid), json.loads(line)["url"]
        finally:
            cast(IO[bytes], server.stdin).close()
            server.wait(timeout=60)
            sys.stderr.write((folder / "server.log").read_text("utf-8", "replace")[-4000:])


def _alone(process: psutil.Process, url: str, clerks: Sequence[Clerk], trial: Trial) -> dict[str, float]:
    """Milliseconds of a core that a request of each kind takes while nobody else asks."""
    random, found = Random(trial.seed), {}  # noqa: S311 - a schedule, not a secret
    with httpx.Client(base_url=url, timeout=60) as client:
        for kind in (*KINDS, "unchanged"):
            etag = ""
            begun = 0.0
            for number in range(_ALONE + 5):
                clerk = clerks[number % len(clerks)] if kind != "unchanged" else clerks[0]
                headers = clerk.headers | ({"If-None-Match": etag} if etag else {})
                if number == 5:
                    begun = _core_seconds(process)
                answer = client.get(
                    path_of("queue" if kind == "unchanged" else kind, clerk, random), headers=headers
                )
                if kind == "unchanged":
                    etag = answer.headers.get("etag", "")
            found[kind] = round(1000 * (_core_seconds(process) - begun) / _ALONE, 2)
    return found


def _together(
    trial: Trial, workshop: Workshop, server: tuple[psutil.Process, str], clerks: Sequence[Clerk]
) -> tuple[Seen, float]:
    process, url = server
    begun = _core_seconds(process)
    seen = asyncio.run(work_through(Day(workshop, process, url, 60 * trial.minutes, trial.seed), clerks))
    return seen, _core_seconds(process) - begun


def _core_seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def _figures(seen: Seen) -> dict[str, Any]:
    pages = {}
    for kind, times in sorted(seen.milliseconds.items()):
        ordered = sorted(times)
        pages[kind] = {
            "requests": len(ordered),
            "p50_ms": round(statistics.median(ordered), 1),
            "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
            "worst_ms": round(ordered[-1], 1),
        }
    return {"pages": pages}


def _tell(figures: dict[str, Any], output: Output) -> None:
    if output.as_json:
        output.data(figures)
        return
    for kind, measured in figures["pages"].items():
        output.text(f"{kind:20s} " + "  ".join(f"{name} {value}" for name, value in measured.items()))
    for name, value in figures.items():
        if name != "pages":
            output.text(f"{name:24s} {value}")
