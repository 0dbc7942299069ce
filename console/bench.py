"""Benchmarks: whole processes on one core, side by side with a named peer in the same run."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from console.output import Output
from dossier.errors import PartMissing, SohoaError

_PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost, by the kernel's accounting of it and its children."""

    core_seconds: float
    seconds: float
    peak_bytes: int


def throughput(pages: int, folder: Path | None, output: Output) -> int:
    """Scan to sealed PDF/A, on one core, against OCRmyPDF with the same turning, straightening and PDF/A."""
    with TemporaryDirectory(prefix="sohoa-bench-") as work:
        files = _pictures(pages, folder, Path(work))
        ours = _cost([sys.executable, "-m", "console.bench_worker", *map(str, files)], Path(work))
        peer = _ocrmypdf(files, Path(work))
    result = {
        "pages": len(files),
        "core_seconds_per_page": round(ours.core_seconds / len(files), 3),
        "seconds_per_page": round(ours.seconds / len(files), 3),
        "pages_per_core_second": round(len(files) / ours.core_seconds, 4),
        "peak_memory_mb": round(ours.peak_bytes / 1e6),
        "ocrmypdf_core_seconds_per_page": round(peer.core_seconds / len(files), 3) if peer else None,
        "ratio_to_ocrmypdf": round(peer.core_seconds / ours.core_seconds, 2) if peer else None,
    }
    if output.as_json:
        output.data(result)
    else:
        for name, value in result.items():
            output.text(f"{name:32s} {value}")
    if peer is None:
        output.aside("ocrmypdf: scripts/setup")
    return 0


def _pictures(pages: int, folder: Path | None, work: Path) -> list[Path]:
    if folder is None:
        from scanners.samples import make_samples

        folder = work / "samples"
        make_samples(folder, 1)
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _PICTURES)
    if not found:
        raise SohoaError(str(folder), "holds no JPEG or PNG pictures")
    return [
        Path(shutil.copy(picture, work / f"{number:04d}{picture.suffix}"))
        for number, picture in zip(range(pages), itertools.cycle(found), strict=False)
    ]


def _ocrmypdf(files: Sequence[Path], work: Path) -> Cost | None:
    program = Path(sys.executable).with_name("ocrmypdf")
    if not program.exists():
        return None
    together = work / "together.pdf"
    subprocess.run(
        [sys.executable, "-m", "img2pdf", "--rotation", "ifvalid", "-o", str(together), *map(str, files)],
        check=True,
        timeout=600,
    )
    options = ["-l", "vie", "--deskew", "--rotate-pages", "--output-type", "pdfa-2", "--jobs", "1", "--quiet"]
    # Both need no Ghostscript and are the cheaper way of OCRmyPDF 17.
    options += ["--pdfa-backend", "internal", "--rasterizer", "pypdfium"]
    return _cost([str(program), *options, str(together), str(work / "peer.pdf")], work)


def _cost(command: list[str], work: Path) -> Cost:
    started = time.monotonic()
    with (work / "errors.log").open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, preexec_fn=_one_core())
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        last = (work / "errors.log").read_text("utf-8", "replace").strip().splitlines()[-1:]
        raise PartMissing(Path(command[0]).name, " ".join(last) or f"exit code {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss * 1024)


def _one_core() -> Callable[[], None]:
    core = min(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {core})
