"""The measured process of `sohoa bench reading`: one reader, one page after the other.

    python -m console.bench_reading_worker READER WORK PLACE           reads what WORK/pages.json lists
    python -m console.bench_reading_worker --pages WORK SEED COUNT     draws the benchmark's pages
    python -m console.bench_reading_worker --empty WORK                draws the nearly empty picture

Kept light: what is imported here counts as memory of readers that are programs of their own.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dossier.errors import SohoaError

RESULT: Final = "result.json"
PAGES: Final = "pages.json"
_EMPTY: Final = (827, 1169)
"""Pixels of the nearly empty picture: A4 at 100 dpi."""


def measure(name: str, work: Path, place: Path) -> None:
    """Read every page and write the texts with their costs into the reader's own folder."""
    from console.bench_reading_readers import open_named

    reader = open_named(name, place)
    empty = work / "empty.png"
    opened = core_seconds()
    reader.read(empty)
    started = core_seconds() - opened if reader.starts_each_time else core_seconds()
    before = dict(reader.stages)
    pages: dict[str, Any] = {}
    for page in json.loads((work / PAGES).read_text("utf-8")):
        begun = core_seconds()
        text, fault = "", ""
        try:
            text = reader.read(work / page["picture"])
        except Exception as error:  # noqa: BLE001 - a reader that fails on a page has read nothing there
            fault = f"{type(error).__name__}: {error}"
        spent = core_seconds() - begun - (started if reader.starts_each_time else 0.0)
        (place / f"{page['name']}.txt").write_text(text, "utf-8")
        pages[page["name"]] = {"core_seconds": max(0.0, spent), "fault": fault}
    stages = {stage: spent - before.get(stage, 0.0) for stage, spent in reader.stages.items()}
    result = {"start_up_core_seconds": started, "stages": stages, "pages": pages}
    (place / RESULT).write_text(json.dumps(result), "utf-8")


def core_seconds() -> float:
    """What this process and the programs that it waited for have used so far."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def draw_pages(work: Path, seed: int, count: int) -> None:
    """Draw the benchmark's pages, `count` of each strength, and say what stands on them."""
    from scanners.samples.reading_pages import Wear, benchmark_page, save

    listed = []
    for wear in Wear:
        for number in range(count):
            page = benchmark_page(wear, number, seed)
            listed.append(
                {
                    "name": page.name,
                    "group": wear.value,
                    "picture": save(page, work).name,
                    "about": f"{page.paper}, {page.family}",
                    "steps": [f"{kind} {strength}" for kind, strength in page.steps],
                    "orders": page.orders,
                    "extra": "M A U" if any(kind == "stamp" for kind, _ in page.steps) else "",
                    "has_leaders": True,
                }
            )
    (work / PAGES).write_text(json.dumps(listed, ensure_ascii=False), "utf-8")


def draw_empty(work: Path) -> None:
    """The nearly empty picture that tells start-up from reading."""
    from PIL import Image

    Image.new("L", _EMPTY, 250).save(work / "empty.png", dpi=(100, 100))


def main(arguments: Sequence[str]) -> int:
    """Errors of the world end the process with one line and their own exit code."""
    try:
        if arguments[0] == "--pages":
            draw_pages(Path(arguments[1]), int(arguments[2]), int(arguments[3]))
        elif arguments[0] == "--empty":
            draw_empty(Path(arguments[1]))
        else:
            measure(arguments[0], Path(arguments[1]), Path(arguments[2]))
    except SohoaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
