"""The measured process of `sohoa bench throughput`: python -m console.bench_throughput_worker FOLDER

A resident process with its own store, Prefect and reading processes takes the dossiers of a folder, all at
once, and archives them; the first one warms it up and does not count.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from dossier.archive import DigitisationOrder, DossierState
from flows.service import Service, new_order
from flows.settings import settings

STORE: Final = "store"
"""The part that is the embedded store's processes."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def main(folder: Path) -> None:
    """Digitise, and print what it took as JSON."""
    first, *orders = [order_of(dossier) for dossier in sorted(folder.iterdir()) if dossier.is_dir()]
    service = Service(settings())
    service.start()
    try:
        _archived(service, [first])
        before, started = spent(), time.monotonic()
        _archived(service, orders)
        seconds, after = time.monotonic() - started, spent()
        told = {
            "seconds": seconds,
            "core_seconds": {part: after[part] - before.get(part, 0.0) for part in after},
            "peak_megabytes": peaks(),
        }
    finally:
        service.stop()
    print(json.dumps(told), flush=True)


def order_of(dossier: Path) -> DigitisationOrder:
    """A sample dossier as the counter would order it."""
    truth: dict[str, Any] = json.loads((dossier / "truth.json").read_text("utf-8"))
    received = date.fromisoformat(truth["received_on"])
    return new_order([str(dossier / "scans")], truth["procedure"], dossier.name, received, settings().officer)


def _archived(service: Service, orders: Sequence[DigitisationOrder]) -> None:
    for run in [service.submit(order) for order in orders]:
        report = run.future.result()
        if report.state is not DossierState.ARCHIVED:
            raise SystemExit(f"{run.order.dossier}: {report.state}, {[str(f.rule) for f in report.findings]}")


def spent() -> dict[str, float]:
    """Core-seconds so far by part: this process, processes that have ended, and those that live."""
    own = os.times()
    found = {
        "flows, seal, archive": own.user + own.system,
        "opening files": own.children_user + own.children_system,
    }
    for pid, part in parts():
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        found[part] = found.get(part, 0.0) + sum(map(int, fields[11:15])) / _TICKS
    return found


def peaks() -> dict[str, int]:
    """Most memory by part, megabytes; of several processes of a part, the largest."""
    found: dict[str, int] = {}
    for pid, part in [(os.getpid(), "flows, seal, archive"), *parts()]:
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM"):
                found[part] = max(found.get(part, 0), int(line.split()[1]) // 1000)
    return found


def parts() -> list[tuple[int, str]]:
    """Living processes below this one, each with the part that it is."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
        except OSError:
            continue
    below = {os.getpid()}
    while grown := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= grown
    return [(pid, _part(pid)) for pid in sorted(below - {os.getpid()})]


def _part(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    if "prefect" in command:
        return "Prefect"
    if "spawn_main" in command:
        return "reading"
    return STORE if "weed" in command else "other"


if __name__ == "__main__":  # reading processes are spawned, and import this module
    main(Path(sys.argv[1]))
