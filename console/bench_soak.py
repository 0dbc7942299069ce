"""`sohoa bench soak`: many dossiers through one resident process, and whether anything grows or is left.

The dossiers are made first, the register of their people with them, and kept where --folder says, so that a
run can be repeated. Memory is what all processes of the product hold (proportional set size), its mean over
each fifth of the dossiers; the last fifth is held against the first, and so are core-seconds a page. Open
files are counted at rest, after the first fifth, when all that is opened once is open, and after the last.
The volumes in which the store keeps its objects are counted apart: it holds two files for every 256 MB open,
which grow with what is kept and not with what was done.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from console.bench_throughput import last_words
from console.chaos import DOES_NOT_HOLD
from console.output import Output
from dossier.errors import PartMissing
from storage.files import write_whole

BOUND: Final = 0.05
"""So much, of the first fifth, may the last differ."""
_REGISTER: Final = "register.csv"
_ROW: Final = "{:>8} {:>6} {:>14} {:>12} {:>10} {:>11} {:>8} {:>6}"


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a soak showed."""

    fifths: tuple[dict[str, Any], ...]
    """Of each: dossiers, pages, core_seconds, seconds, megabytes by part, temporary files."""
    handles: tuple[int, int]
    """Open files at rest, after the first fifth and after the last, without the store's volumes."""
    volumes: tuple[int, int]
    """Files of the store's volumes, at the same moments."""
    left: tuple[str, ...]
    """Temporary files that outlived the process."""
    otherwise: tuple[str, ...]
    """Dossiers that did not end as they should."""

    @property
    def memory_grew(self) -> float:
        """Of the first fifth, below zero where it shrank."""
        return _grown([sum(fifth["megabytes"].values()) for fifth in self.fifths])

    @property
    def cost_grew(self) -> float:
        """Core-seconds a page, of the first fifth."""
        return _grown([fifth["core_seconds"] / fifth["pages"] for fifth in self.fifths])

    @property
    def faults(self) -> list[str]:
        """What does not hold."""
        wrong = {
            f"memory {self.memory_grew:+.1%}": abs(self.memory_grew) > BOUND,
            f"core-seconds a page {self.cost_grew:+.1%}": abs(self.cost_grew) > BOUND,
            f"open files {self.handles[0]} -> {self.handles[1]}": _grown(self.handles) > BOUND,
            f"temporary files left: {len(self.left)}": bool(self.left),
            f"ended otherwise: {', '.join(self.otherwise[:5])}": bool(self.otherwise),
        }
        return [words for words, is_so in wrong.items() if is_so]


def soak(dossiers: int, seed: int, folder: Path | None, output: Output) -> int:
    """Make what is lacking, run, tell; exit code 11 where something grew or was left. Raises PartMissing."""
    with TemporaryDirectory(prefix="sohoa-soak-") as work:
        material = folder or Path(work) / "material"
        make_material(material, dossiers, seed)
        soaked = _run(material, dossiers, Path(work), output)
    if output.as_json:
        output.data(
            {
                "fifths": soaked.fifths,
                "handles": soaked.handles,
                "volumes": soaked.volumes,
                "left": soaked.left,
                "ended_otherwise": soaked.otherwise,
                "faults": soaked.faults,
            }
        )
    else:
        for line in _end(soaked):
            output.text(line)
    return DOES_NOT_HOLD if soaked.faults else 0


def make_material(folder: Path, dossiers: int, seed: int) -> None:
    """Dossiers of every kind that the samples have, right ones and wrong ones; those that are there stay.

    Each seed makes the same dossiers again, so that a broken run goes on where it was.
    """
    from scanners.samples import make_samples

    folder.mkdir(parents=True, exist_ok=True)
    while (number := len(list(folder.glob("THU-*")))) < dossiers:
        with TemporaryDirectory(prefix="sohoa-soak-", dir=folder.parent) as made:
            samples = Path(made) / "samples"
            make_samples(samples, seed + number)
            people = (samples / _REGISTER).read_text("utf-8").splitlines(keepends=True)
            known = folder / _REGISTER
            before = known.read_text("utf-8") if known.exists() else people[0]
            write_whole(known, (before + "".join(people[1:])).encode())
            for each in sorted(samples.glob("*/"))[: dossiers - number]:
                shutil.move(each, folder / f"THU-{number:05d}")
                number += 1


def _run(material: Path, dossiers: int, work: Path, output: Output) -> Soaked:
    """The whole soak; each fifth is told when it is done, it takes long enough."""
    temporary = work / "temporary"
    temporary.mkdir()
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("SOHOA_", "PREFECT_"))}
    environment = {
        **kept,
        "TMPDIR": str(temporary),
        "SOHOA_STATE": str(work / "state"),
        "SOHOA_REGISTER_CSV": str(material / _REGISTER),
        "SOHOA_RETENTION_DAYS": "1",
        "SOHOA_RETENTION_MODE": "GOVERNANCE",
        "SOHOA_CONSOLE_PORT": "0",
    }
    with (work / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "console.bench_soak_worker", str(material), str(dossiers)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        told = []
        for line in process.stdout or ():
            told.append(json.loads(line))
            if not output.as_json and "pages" in told[-1]:
                output.text(_row(told[-1], with_head=len(told) == 1))
    if process.wait() != 0 or len(told) < 2:
        raise PartMissing("worker", last_words((work / "said").read_text("utf-8", "replace")))
    *fifths, end = told
    left = tuple(sorted(str(path.relative_to(temporary)) for path in temporary.rglob("*")))
    handles, volumes = ((end[name][0], end[name][-1]) for name in ("handles", "volumes"))
    return Soaked(tuple(fifths), handles, volumes, left, tuple(end["otherwise"]))


def _grown(values: Sequence[float]) -> float:
    return values[-1] / values[0] - 1


def _row(fifth: Mapping[str, Any], *, with_head: bool) -> str:
    heads = (
        "dossiers",
        "pages",
        "core-s a page",
        "pages a min",
        "memory MB",
        "open files",
        "threads",
        "temp",
    )
    row = _ROW.format(
        fifth["dossiers"],
        fifth["pages"],
        f"{fifth['core_seconds'] / fifth['pages']:.3f}",
        f"{60 * fifth['pages'] / fifth['seconds']:.1f}",
        f"{sum(fifth['megabytes'].values()):.0f}",
        fifth["handles"],
        fifth["threads"],
        fifth["temporary"],
    )
    return f"{_ROW.format(*heads)}\n{row}" if with_head else row


def _end(soaked: Soaked) -> list[str]:
    lines = [f"first fifth: {_parts(soaked.fifths[0])}", f"last fifth: {_parts(soaked.fifths[-1])}"]
    for name, (first, last) in (("open files", soaked.handles), ("of the store's volumes", soaked.volumes)):
        lines.append(f"{name} at rest: {first} after the first fifth, {last} at the end")
    lines += [f"left: {name}" for name in soaked.left[:20]]
    lines.append("; ".join(soaked.faults) if soaked.faults else "flat, nothing left")
    return lines


def _parts(fifth: Mapping[str, Any]) -> str:
    return ", ".join(f"{part} {megabytes:.0f} MB" for part, megabytes in sorted(fifth["megabytes"].items()))
