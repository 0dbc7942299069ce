"""The measured process of `sohoa simulate --check`: python -m console.simulate_worker FOLDER CALIBRATED

A resident process with its own store, Prefect and reading processes digitises the dossiers of a folder: the
first one warms it up, the next ones calibrate, the others are the run that was predicted. Prints JSON.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from console.bench_throughput_worker import order_of, peaks, spent
from dossier.archive import DigitisationOrder, DossierState
from flows.service import Service
from flows.settings import settings
from scanners.guard import spent_seconds

_STAGE: Final = re.compile(r'^sohoa_core_seconds_total\{stage="(\w+)"\} (\S+)$', re.MULTILINE)
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_IDLE_SECONDS: Final = 10.0


def main(folder: Path, calibrated: int) -> None:
    """Digitise, and print what it took."""
    first, *orders = [order_of(dossier) for dossier in sorted(folder.iterdir()) if dossier.is_dir()]
    service = Service(settings())
    service.start()
    try:
        service.workshop.meters.follow("reading", lambda: service.workshop.reading.spent_seconds)
        service.workshop.meters.follow("intake", spent_seconds)
        _measured(service, [first])
        told = {
            "background_cores": _background(),
            "calibration": _measured(service, orders[:calibrated]),
            "run": _measured(service, orders[calibrated:]),
        }
    finally:
        service.stop()
    print(json.dumps(told), flush=True)


def _measured(service: Service, orders: Sequence[DigitisationOrder]) -> dict[str, Any]:
    """What some dossiers took that were handed in at once."""
    stages, before, busy, started = _stages(service), spent(), _busy(), time.monotonic()
    pages, stored = [], 0
    for run in [service.submit(order) for order in orders]:
        report = run.future.result()
        if report.state is not DossierState.ARCHIVED or report.package is None:
            raise SystemExit(f"{run.order.dossier}: {report.state}, {[str(f.rule) for f in report.findings]}")
        pages.append(sum(len(paper.pages) for paper in report.dossier.documents))
        stored += sum(kept.size_bytes for kept in report.package.objects)
    seconds, after, all_busy = time.monotonic() - started, spent(), _busy() - busy
    parts = {part: after[part] - before.get(part, 0.0) for part in after}
    cores = os.cpu_count() or 1
    return {
        "pages": pages,
        "seconds": seconds,
        "core_seconds": parts,
        "stages": {stage: value - stages.get(stage, 0.0) for stage, value in _stages(service).items()},
        "free_cores": cores - max(0.0, all_busy - sum(parts.values())) / seconds,
        "stored_bytes": stored,
        "peak_megabytes": peaks(),
    }


def _background() -> float:
    """Cores that are busy while nothing is to be done."""
    before, started = spent(), time.monotonic()
    time.sleep(_IDLE_SECONDS)
    return (sum(spent().values()) - sum(before.values())) / (time.monotonic() - started)


def _stages(service: Service) -> dict[str, float]:
    text = service.workshop.meters.text().decode()
    return {stage: float(value) for stage, value in _STAGE.findall(text)}


def _busy() -> float:
    """Core-seconds of the whole machine so far: proc(5), /proc/stat, all but idle and waiting for disk."""
    fields = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]
    ticks = [int(field) for field in fields]
    return (sum(ticks) - ticks[3] - ticks[4]) / _TICKS


if __name__ == "__main__":  # reading processes are spawned, and import this module
    main(Path(sys.argv[1]), int(sys.argv[2]))
