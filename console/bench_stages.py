"""What a page costs, stage by stage, beside Tesseract on the same prepared page in the same run.

    python -m console.bench_stages [PICTURE...]      without pictures: clean pages of the reading benchmark

Core-seconds of this process with everything opened and warm, by other pages than the measured ones where they
are drawn; Tesseract's are those of its own process, less what it costs to start on an empty picture. Peak
memory is the kernel's, of a process that does only this.
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from dossier.geometry import UprightFrame
from dossier.page import Extraction, RecognisedPage, ScannedPage, SourceFile, StoredObject
from flows.reading import open_reader
from flows.settings import settings
from pipeline.contrast import with_dark_ink
from pipeline.picture import decode
from pipeline.prepare import prepare, turn
from pipeline.reading import Readers, read_page
from pipeline.stages import measured, stage

if TYPE_CHECKING:
    from dossier.ports import Colour, Grey

_READING: Final = ("prepare", "find", "read")
"""The stages that turn pixels into text; codes, red print, numbers and second looks come on top. Tesseract
gets its pages without compression, so that it has as little to decode."""
_PAGES: Final = 4
_WARMING: Final = 2
"""Pages read before: nets are opened at first use, and not every page needs each."""
_SEED: Final = 1
_DPI: Final = 300.0


def main(arguments: list[str]) -> int:
    """Measure and print."""
    with TemporaryDirectory(prefix="sohoa-bench-") as work:
        given = [Path(name) for name in arguments]
        drawn = [] if given else _drawn(Path(work))
        pictures, warming = given or drawn[_WARMING:], given or drawn[:_WARMING]
        readers = open_reader(settings().model_cache)
        for picture in warming:
            _read(picture.read_bytes(), readers)
        spent: dict[str, float] = {}
        lines = 0
        for picture in pictures:
            with measured() as page_spent:
                page = _read(picture.read_bytes(), readers)
            lines += len(page.lines)
            for name, cost in page_spent.items():
                spent[name] = spent.get(name, 0.0) + cost
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        theirs = _tesseract(pictures, Path(work))
    count = len(pictures)
    for name, cost in spent.items():
        print(f"{name:12s} {cost / count:7.3f} core-seconds a page")
    ours = sum(spent.get(name, 0.0) for name in _READING)
    print(f"{'text':12s} {ours / count:7.3f} core-seconds a page, {lines / count:.0f} lines a page")
    print(f"{'Tesseract':12s} {theirs / count:7.3f} core-seconds a page, already prepared")
    print(f"{'ratio':12s} {theirs / ours:7.2f}")
    print(f"{'peak memory':12s} {peak:7.0f} MB")
    return 0


def _read(data: bytes, readers: Readers) -> RecognisedPage:
    with stage("decode"):
        pixels = decode(data)
    return read_page(_scanned(pixels), pixels, readers)


def _scanned(pixels: Colour) -> ScannedPage:
    kept = StoredObject("page", hashlib.sha256(b"page").hexdigest(), 0, "image/jpeg")
    height, width = pixels.shape[:2]
    return ScannedPage(SourceFile("page", kept), 1, kept, Extraction.AS_SCANNED, width, height, _DPI)


def _tesseract(pictures: list[Path], work: Path) -> float:
    """Core-seconds of Tesseract's whole-page reading of our prepared, upright, straightened pages."""
    empty = _prepared_file(np.full((1169, 827, 3), 255, np.uint8), work / "empty.pgm")
    start = _cost(empty)
    total = 0.0
    for number, picture in enumerate(pictures):
        total += max(0.0, _cost(_prepared_file(decode(picture.read_bytes()), work / f"{number}.pgm")) - start)
    return total


def _prepared_file(pixels: Colour, path: Path) -> Path:
    prepared = prepare(with_dark_ink(pixels))
    paper = cv2.resize(prepared.paper, (prepared.width, prepared.height))
    page: Grey = np.asarray(cv2.divide(prepared.levels[0], paper, scale=245), np.uint8)
    cv2.imwrite(str(path), turn(page, UprightFrame(prepared.width, prepared.height, 0, 0.0)))
    return path


def _cost(picture: Path) -> float:
    before = os.times()
    subprocess.run(
        ["tesseract", str(picture), "stdout", "-l", "vie", "--dpi", "300"],
        check=True,
        capture_output=True,
        timeout=600,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def _drawn(work: Path) -> list[Path]:
    """Clean pages of the benchmark, drawn by another process: its memory is not the reader's."""
    drawn = _WARMING + _PAGES
    subprocess.run(
        [sys.executable, "-m", "console.bench_reading_worker", "--pages", str(work), str(_SEED), str(drawn)],
        check=True,
        timeout=600,
    )
    return sorted(work.glob("clean-*.jpg"))[:drawn]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
