"""`sohoa simulate --check N`: what the simulation says of this machine, beside N real dossiers on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from console.bench_throughput import last_words
from console.bench_throughput_made import made_material
from console.output import Output
from console.wording_simulation import CHECKED
from dossier.errors import PartMissing
from dossier.work import Lane
from flows.simulation import Shape, Site
from flows.simulation_arrivals import Arrival
from flows.simulation_costs import MEASURED, Costs, in_bounds

DOES_NOT_HOLD: Final = 11
BOUND: Final = 0.15
"""How far a prediction may be off."""
_LEAST_CALIBRATED: Final = 3
_LONGEST_SECONDS: Final = 4 * 3600


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as it was predicted and as it came."""

    predicted: float
    measured: float

    @property
    def off(self) -> float:
        """Share of what was measured."""
        return self.predicted / self.measured - 1 if self.measured else 0.0

    @property
    def holds(self) -> bool:
        """Whether it is near enough."""
        return abs(self.off) <= BOUND


def check(dossiers: int, seed: int, save: Path | None, output: Output) -> int:
    """Calibrate, predict, run, compare; exit code 11 where a figure is off by more than 15 %.

    Raises SettingRefused, PartMissing.
    """
    in_bounds("--check", dossiers, 1, 10_000)
    calibrated = max(_LEAST_CALIBRATED, dossiers // 10)
    told = _run(dossiers, calibrated, seed)
    costs = costs_of(told)
    if save is not None:
        save.write_text(json.dumps(asdict(costs), indent=1) + "\n", encoding="utf-8")
    run = told["run"]
    compared = compare(costs, run, seed)
    missed = [name for name, each in compared.items() if not each.holds]
    if output.as_json:
        figures = {name: {**asdict(each), "off": each.off} for name, each in compared.items()}
        output.data({"compared": figures, "holds": not missed, "costs": asdict(costs), "measured": told})
        return DOES_NOT_HOLD if missed else 0
    words = {name: forms[output.language] for name, forms in CHECKED.items()}
    output.text(words["head"].format(dossiers=dossiers, pages=sum(run["pages"])))
    for name, each in compared.items():
        line = words["line"].format(predicted=each.predicted, measured=each.measured, off=each.off)
        output.text(f"- {words[name]}: {line}")
    output.text(words["free"].format(cores=run["free_cores"], calibrated=calibrated))
    output.text(words["fails"].format(names=", ".join(map(words.get, missed))) if missed else words["holds"])  # type: ignore[arg-type]
    return DOES_NOT_HOLD if missed else 0


def costs_of(told: Mapping[str, Any]) -> Costs:
    """Costs as the calibrating dossiers had them. Raises SettingRefused where one is absurd."""
    seen = told["calibration"]
    pages, dossiers, stages = sum(seen["pages"]), len(seen["pages"]), seen["stages"]
    peaks, background = seen["peak_megabytes"], max(0.0, told["background_cores"])
    parts = seen["core_seconds"]
    beside = sum(parts.get(part, 0.0) for part in ("Prefect", "store", "other"))
    # What is spent in any case is no dossier's.
    beside = max(0.0, beside - background * seen["seconds"])
    known = sum(stages.values()) + beside + background * seen["seconds"]
    return Costs(
        reading_seconds=stages["reading"] / pages,
        intake_seconds=stages["intake"] / pages,
        sealing_seconds=stages["sealing"] / pages,
        checking_seconds=stages["checking"] / dossiers,
        archiving_seconds=stages["archiving"] / dossiers,
        flow_seconds=max(0.0, sum(parts.values()) - known) / dossiers,
        beside_seconds=beside / dossiers,
        idle_seconds=MEASURED.idle_seconds,
        background_cores=background,
        page_bytes=seen["stored_bytes"] / pages,
        dossier_bytes=0.0,
        resident_bytes=peaks["flows, seal, archive"] * 1e6,
        reader_bytes=peaks["reading"] * 1e6,
        beside_bytes=(peaks.get("Prefect", 0) + peaks.get("store", 0)) * 1e6,
    )


def compare(costs: Costs, run: Mapping[str, Any], seed: int) -> dict[str, Compared]:
    """What was predicted for a run of dossiers that are handed in at once, beside what it took."""
    pages: list[int] = run["pages"]
    readers = _cores()
    coming = [Arrival(f"THU-{n}", 0.0, Lane.COUNTER, count) for n, count in enumerate(pages)]
    with Site(costs, Shape(1, run["free_cores"], readers), seed, desk=False) as site:
        seconds = max(passage.archived for passage in site.run(coming))
        spent = site.spent + costs.background_cores * seconds
    peaks = run["peak_megabytes"]
    resident, reader = peaks["flows, seal, archive"], peaks["reading"]
    peak = (resident + readers * reader + peaks.get("Prefect", 0) + peaks.get("store", 0)) * 1e6
    stored = sum(pages) * costs.page_bytes + len(pages) * costs.dossier_bytes
    memory = costs.resident_bytes + readers * costs.reader_bytes + costs.beside_bytes
    return {
        "core_seconds": Compared(spent, sum(run["core_seconds"].values())),
        "seconds": Compared(seconds, run["seconds"]),
        "stored_bytes": Compared(stored, run["stored_bytes"]),
        "memory_bytes": Compared(memory, peak),
    }


def _run(dossiers: int, calibrated: int, seed: int) -> dict[str, Any]:
    """What the resident process took for made-up dossiers."""
    with TemporaryDirectory(prefix="sohoa-simulate-") as folder:
        work = Path(folder)
        material = made_material(dossiers + calibrated, seed, work)
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("SOHOA_", "PREFECT_"))}
        environment = {
            **kept,
            "SOHOA_STATE": str(work / "state"),
            "SOHOA_REGISTER_CSV": str(material.register),
            "SOHOA_RETENTION_DAYS": "1",
            "SOHOA_RETENTION_MODE": "GOVERNANCE",
            "SOHOA_READING_PROCESSES": str(_cores()),
            "SOHOA_CONSOLE_PORT": "0",
        }
        done = subprocess.run(
            [sys.executable, "-m", "console.simulate_worker", str(material.folder), str(calibrated)],
            env=environment,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise PartMissing("worker", last_words(done.stderr.decode("utf-8", "replace")))
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told


def _cores() -> int:
    return len(os.sched_getaffinity(0))
