"""`sohoa bench reading`: how truly and at what cost readers read the same pages, on one core, in one run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from console.bench_reading_score import Counts, Truth, score
from console.bench_reading_worker import PAGES, RESULT
from console.output import Output
from dossier.errors import PartMissing, SohoaError
from scanners.samples.typefaces import families

PEERS: Final = ("ours", "tesseract-page", "tesseract-line", "ocrmypdf")
_MOST_NAMED: Final = 8
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_HEAD: Final = (
    "pages",
    "reader",
    "cer",
    "cer, no marks",
    "recall",
    "precision",
    "cer in order",
    "numbers right",
    "wrong",
    "missed",
    "core-s a page",
    "start-up",
    "MB",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What to measure."""

    pages: int
    """Pages of each strength."""
    seed: int
    folder: Path | None
    """Pictures beside their NAME.gt.txt, instead of generated pages."""
    readers: tuple[str, ...] = PEERS


@dataclass(frozen=True, slots=True)
class Page:
    """One page to read."""

    name: str
    group: str
    """Its strength, or the folder's name."""
    truth: Truth
    steps: tuple[str, ...] = ()
    """What happened to it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One reader on all pages."""

    reader: str
    counts: dict[str, Counts]
    """By page."""
    core_seconds: dict[str, float]
    """By page, start-up not counted."""
    faults: dict[str, str]
    """By page: why nothing was read there."""
    start_up: float
    """Core-seconds before the first page; for a program that every page starts anew, of each start."""
    stages: dict[str, float]
    """Core-seconds over all pages by part, where the reader tells."""
    peak_bytes: int
    """Resident memory of the reader's largest process."""


def reading(order: Order, output: Output, *, markdown: bool) -> int:
    """Measure every reader and print one table; a reader that is not installed is named and left out."""
    results = []
    with TemporaryDirectory(prefix="sohoa-bench-") as place:
        work = Path(place)
        pages = _pages(order, work)
        _worker(["--empty", str(work)], work)
        for number, reader in enumerate(order.readers):
            output.aside(f"{reader}: {len(pages)} pages")
            own = work / f"reader{number}"
            own.mkdir()
            try:
                results.append(_measured(reader, pages, work, own))
            except SohoaError as error:
                output.aside(str(error))
    if output.as_json:
        output.data(_data(order, pages, results))
    else:
        output.text(table(pages, results))
        if markdown:
            output.text("\n" + table_of_steps(pages, results))
        for line in _asides(order, pages, results):
            output.aside(line)
    return 0


def _pages(order: Order, work: Path) -> list[Page]:
    if order.folder is None:
        _worker(["--pages", str(work), str(order.seed), str(order.pages)], work)
    else:
        listed = [_listed(truth) for truth in sorted(order.folder.glob("*.gt.txt"))]
        if not listed:
            raise SohoaError(str(order.folder), "holds no pictures beside their NAME.gt.txt")
        (work / PAGES).write_text(json.dumps(listed, ensure_ascii=False), "utf-8")
    return [
        Page(
            entry["name"],
            entry["group"],
            Truth(tuple(map(tuple, entry["orders"])), entry["extra"], entry["has_leaders"]),
            tuple(entry["steps"]),
        )
        for entry in json.loads((work / PAGES).read_text("utf-8"))
    ]


def _listed(truth: Path) -> dict[str, Any]:
    name = truth.name.removesuffix(".gt.txt")
    pictures = [p for suffix in _PICTURES if (p := truth.with_name(name + suffix)).exists()]
    if not pictures:
        raise SohoaError(str(truth), "has no picture beside it")
    extra = truth.with_name(f"{name}.extra.txt")
    return {
        "name": name,
        "group": truth.absolute().parent.name,
        "picture": str(pictures[0].absolute()),
        "steps": [],
        "orders": [truth.read_text("utf-8").splitlines()],
        "extra": extra.read_text("utf-8") if extra.exists() else "",
        "has_leaders": False,
    }


def _measured(reader: str, pages: Sequence[Page], work: Path, own: Path) -> Result:
    peak = _worker([reader, str(work), str(own)], own)
    told = json.loads((own / RESULT).read_text("utf-8"))
    texts = {page.name: (own / f"{page.name}.txt").read_text("utf-8") for page in pages}
    return Result(
        reader=reader,
        counts={page.name: score(page.truth, texts[page.name]) for page in pages},
        core_seconds={name: cost["core_seconds"] for name, cost in told["pages"].items()},
        faults={name: cost["fault"] for name, cost in told["pages"].items() if cost["fault"]},
        start_up=told["start_up_core_seconds"],
        stages=told["stages"],
        peak_bytes=peak,
    )


def _worker(arguments: Sequence[str], place: Path) -> int:
    """Run the worker on one core and return the peak memory of its largest process, bytes.

    Raises:
        PartMissing: the reader is not installed.
        SohoaError: the worker ended otherwise.
    """
    core = min(os.sched_getaffinity(0))
    environment = os.environ | {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}
    command = ["taskset", "--cpu-list", str(core), sys.executable, "-m", "console.bench_reading_worker"]
    errors = place / "errors.log"
    with errors.open("wb") as file:
        process = subprocess.Popen([*command, *arguments], stdout=file, stderr=file, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        last = " ".join(errors.read_text("utf-8", "replace").strip().splitlines()[-1:])
        kind = PartMissing if process.returncode == PartMissing.exit_code else SohoaError
        raise kind(arguments[0], last or f"exit code {process.returncode}")
    return usage.ru_maxrss * 1024


def table(pages: Sequence[Page], results: Sequence[Result]) -> str:
    """One row for each group of pages and reader, as Markdown."""
    groups = dict.fromkeys(page.group for page in pages)
    rows = [
        _row(f"{group} ({len(names)})", result, names)
        for group in groups
        for names in [[page.name for page in pages if page.group == group]]
        for result in results
    ]
    return _markdown(_HEAD, rows, words=2)


def table_of_steps(pages: Sequence[Page], results: Sequence[Result]) -> str:
    """Character errors by what happened to the page, one column for each reader."""
    rows = [
        (page.name, ", ".join(page.steps), *(f"{result.counts[page.name].cer:.2f}" for result in results))
        for page in pages
        if page.steps
    ]
    return _markdown(("page", "what happened to it", *(result.reader for result in results)), rows, words=2)


def _row(group: str, result: Result, names: Sequence[str]) -> tuple[str, ...]:
    figures = list(_figures(result, names).values())[1:]
    return (group, *(f"{value:.2f}" if isinstance(value, float) else str(value) for value in figures))


def _figures(result: Result, names: Sequence[str]) -> dict[str, Any]:
    """What stands in a row; shares in percent, costs in core-seconds, memory in megabytes."""
    counts = sum((result.counts[name] for name in names), Counts())
    return {
        "pages": counts.pages,
        "reader": result.reader,
        "cer": round(counts.cer, 3),
        "cer_without_marks": round(counts.cer_bare, 3),
        "recall": round(counts.recall, 3),
        "precision": round(counts.precision, 3),
        "cer_in_order": round(counts.cer_in_order, 3),
        "numbers_right": counts.numbers_right,
        "numbers_wrong": counts.numbers_wrong,
        "numbers_missed": counts.numbers - counts.numbers_right,
        "core_seconds_a_page": round(sum(result.core_seconds[name] for name in names) / len(names), 3),
        "start_up_core_seconds": round(result.start_up, 3),
        "peak_memory_mb": round(result.peak_bytes / 1e6),
    }


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]], words: int) -> str:
    marks = ["---"] * words + ["--:"] * (len(head) - words)
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, marks, *rows))


def _asides(order: Order, pages: Sequence[Page], results: Sequence[Result]) -> list[str]:
    said = [f"{len(pages)} pages, seed {order.seed}"]
    if order.folder is None:
        known = families()
        names = ", ".join(family.name for family in known[:_MOST_NAMED])
        said.append(
            f"set in {len(known)} families of type: {names}{', ...' if len(known) > _MOST_NAMED else ''}"
        )
    for result in results:
        said += [f"{result.reader}, {name}: {fault}" for name, fault in result.faults.items()]
        parts = [f"{stage} {spent / len(pages):.2f}" for stage, spent in result.stages.items()]
        if parts:
            said.append(f"{result.reader}, core-seconds a page: {', '.join(parts)}")
    return said


def _data(order: Order, pages: Sequence[Page], results: Sequence[Result]) -> dict[str, Any]:
    groups = dict.fromkeys(page.group for page in pages)
    return {
        "seed": order.seed,
        "table": [
            {"group": group} | _figures(result, names)
            for group in groups
            for names in [[page.name for page in pages if page.group == group]]
            for result in results
        ],
        "pages": [
            {
                "name": page.name,
                "group": page.group,
                "steps": page.steps,
                "readers": {
                    result.reader: {
                        "cer": round(result.counts[page.name].cer, 3),
                        "numbers_wrong": result.counts[page.name].numbers_wrong,
                        "core_seconds": round(result.core_seconds[page.name], 3),
                        "fault": result.faults.get(page.name, ""),
                    }
                    for result in results
                },
            }
            for page in pages
        ],
        "stages": {result.reader: result.stages for result in results},
    }
