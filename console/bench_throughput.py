"""`sohoa bench throughput`: from scan to sealed, archived PDF/A, on one core and on two, beside OCRmyPDF.

Ours is the resident process with all that belongs to it, warm: intake, reading, verdict, seal, store,
Prefect. Theirs is one call over the same pages in one PDF, with the same turning, straightening and PDF/A;
they neither sign nor archive nor check. Both are kept to the same cores; core-seconds are the kernel's, of
all processes. Below both stands the floor of `bench_throughput_floor`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from console.bench_reading_score import Counts, Truth, score
from console.bench_throughput_floor import floor
from console.bench_throughput_made import Material, made_material
from console.output import Output
from dossier.errors import PartMissing
from dossier.page import RecognisedPage

_LONGEST_SECONDS: Final = 7200


@dataclass(frozen=True, slots=True)
class Trial:
    """What is measured."""

    dossiers: int
    seed: int
    runs: int
    """How often on each number of cores; medians are told."""
    peer: bool
    text_pages: int = 0
    """Full pages of print that the first paper of each dossier goes on for."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run."""

    cores: int
    seconds: float
    core_seconds: dict[str, float]
    """By part."""
    peak_megabytes: dict[str, int]

    @property
    def total(self) -> float:
        return sum(self.core_seconds.values())


def throughput(trial: Trial, output: Output) -> int:
    """Measure and print."""
    with TemporaryDirectory(prefix="sohoa-bench-") as folder:
        work = Path(folder)
        material = made_material(trial.dossiers, trial.seed, work, trial.text_pages)
        count = len(material.pages)
        ours = {n: [_ours(material, n, work) for _ in range(trial.runs)] for n in _core_counts()}
        theirs = {n: [_ocrmypdf(material, n, work) for _ in range(trial.runs)] for n in ours if trial.peer}
        again = _read_again(material)
        read = {"ours": [page.text for page, _ in again]}
        least = floor(again, work)
        if trial.peer:
            read["ocrmypdf"] = (work / "peer.txt").read_text("utf-8").split("\f")
        errors = {name: _errors(material, texts) for name, texts in read.items()}
    told = _told(count, ours, theirs, errors)
    told["floor, core-seconds a page"] = round(sum(least.values()) / count, 3)
    told["of which, floor"] = {part: round(seconds / count, 3) for part, seconds in least.items()}
    if output.as_json:
        output.data(told)
        return 0
    for name, value in told.items():
        if isinstance(value, dict):
            for part, figure in value.items():
                output.text(f"{name + ', ' + part:58s} {figure}")
        else:
            output.text(f"{name:58s} {value}")
    return 0


def _core_counts() -> tuple[int, ...]:
    return (1, 2) if len(os.sched_getaffinity(0)) > 1 else (1,)


def _ours(material: Material, cores: int, work: Path) -> Ran:
    state = work / "state"
    shutil.rmtree(state, ignore_errors=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SOHOA_", "PREFECT_"))},
        "SOHOA_STATE": str(state),
        "SOHOA_REGISTER_CSV": str(material.register),
        "SOHOA_RETENTION_DAYS": "1",
        "SOHOA_RETENTION_MODE": "GOVERNANCE",
        "SOHOA_READING_PROCESSES": str(cores),
        "SOHOA_CONSOLE_PORT": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "console.bench_throughput_worker", str(material.folder)],
        env=environment,
        capture_output=True,
        timeout=_LONGEST_SECONDS,
        check=False,
        preexec_fn=_only(cores),
    )
    if done.returncode != 0:
        raise PartMissing("worker", last_words(done.stderr.decode("utf-8", "replace")))
    told = json.loads(done.stdout.splitlines()[-1])
    return Ran(cores, told["seconds"], told["core_seconds"], told["peak_megabytes"])


def _ocrmypdf(material: Material, cores: int, work: Path) -> Ran:
    program = Path(sys.executable).with_name("ocrmypdf")
    if not program.exists():
        raise PartMissing("ocrmypdf", "not installed in this environment: scripts/setup --dev")
    together = work / "together.pdf"
    if not together.exists():
        files = [*map(str, material.files)]
        joining = [sys.executable, "-m", "img2pdf", "--rotation", "ifvalid", "-o", str(together), *files]
        subprocess.run(joining, check=True, timeout=600)
    options = ["-l", "vie", "--deskew", "--rotate-pages", "--output-type", "pdfa-2", "--quiet"]
    # Both need no Ghostscript and are the cheaper way of OCRmyPDF 17.
    options += ["--pdfa-backend", "internal", "--rasterizer", "pypdfium", "--jobs", str(cores)]
    options += ["--sidecar", str(work / "peer.txt"), str(together), str(work / "peer.pdf")]
    before, started = os.times(), time.monotonic()
    subprocess.run(
        [str(program), *options],
        check=True,
        capture_output=True,
        timeout=_LONGEST_SECONDS,
        preexec_fn=_only(cores),
    )
    seconds, after = time.monotonic() - started, os.times()
    user, system = (
        after.children_user - before.children_user,
        after.children_system - before.children_system,
    )
    return Ran(cores, seconds, {"all": user + system}, {})


def _only(cores: int) -> Callable[[], None]:
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    return lambda: os.sched_setaffinity(0, allowed)


def _read_again(material: Material) -> list[tuple[RecognisedPage, bytes]]:
    """Each page read once more in this process, unmeasured, beside its picture's bytes."""
    from flows.settings import settings
    from flows.single import recognised_pages

    return [read for file in material.files for read in recognised_pages(settings(), file)]


def _errors(material: Material, texts: Sequence[str]) -> float:
    """Character errors, percent."""
    pages = zip(material.pages, texts, strict=False)
    counts = sum((score(Truth((tuple(page["text"]),)), text) for page, text in pages), Counts())
    return round(counts.cer, 2)


def _told(
    pages: int, ours: dict[int, list[Ran]], theirs: dict[int, list[Ran]], errors: dict[str, float]
) -> dict[str, Any]:
    told: dict[str, Any] = {"pages": pages}
    for cores, runs in ours.items():
        name = f"{cores} core" + ("s" if cores > 1 else "")
        middle = sorted(runs, key=lambda run: run.total)[len(runs) // 2]
        told[f"core-seconds a page, {name}"] = round(middle.total / pages, 3)
        told[f"of which, {name}"] = {p: round(s / pages, 3) for p, s in sorted(middle.core_seconds.items())}
        told[f"pages a second, {name}"] = round(pages / median(run.seconds for run in runs), 3)
        told[f"peak MB, {name}"] = middle.peak_megabytes
        if peers := theirs.get(cores):
            told[f"OCRmyPDF's core-seconds a page, {name}"] = round(
                median(run.total for run in peers) / pages, 3
            )
            told[f"OCRmyPDF's pages a second, {name}"] = round(
                pages / median(run.seconds for run in peers), 3
            )
            told[f"ratio of pages a second, {name}"] = round(
                median(run.seconds for run in peers) / median(run.seconds for run in runs), 2
            )
    if len(ours) > 1:
        one, two = (median(run.seconds for run in runs) for runs in (ours[1], ours[2]))
        told["scaling from one core to two"] = round(one / two, 3)
    told["character errors, percent"] = errors
    return told


def last_words(said: str) -> str:
    """The end of what a worker said of its trouble, without what a library says of its own leaks after it."""
    return said.partition("nanobind: leaked")[0].strip()[-1000:]
