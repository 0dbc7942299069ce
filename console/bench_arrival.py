"""How long a page waits for its quality verdict once it has left the feeder, while others are being read."""

from __future__ import annotations

import hashlib
import io
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import numpy as np
from PIL import Image

from console.output import Output
from dossier.page import Extraction, ScannedPage, SourceFile, StoredObject
from flows.processes import ReadingPool
from flows.quality_desk import QualityDesk
from flows.reading import read_one
from flows.settings import settings
from scanners.samples.askew import AskewPage, askew_page

_QUALITY: Final = 92
_EVERY_SECONDS: Final = 1.0
"""A feeder of 60 sides a minute."""
_PAGE_SECONDS: Final = 600.0


def arrival(pages: int, dossier: int, seed: int, output: Output) -> int:
    """Let pages arrive one a second while a dossier is read by the reading processes of the settings."""
    chosen = settings()
    files = [_file(askew_page(3 * number, seed)) for number in range(min(pages, 6))]
    reading = ReadingPool(chosen.reading_processes, chosen.pages_per_process, chosen.model_cache)
    desk = QualityDesk(chosen.model_cache)
    desk.wait_ready()
    reading.warm()
    with ThreadPoolExecutor(chosen.reading_processes) as clerks:
        busy = [clerks.submit(_read, reading, *files[n % len(files)]) for n in range(dossier)]
        waits, costs, is_read = _arrivals(desk, files, pages, busy)
        for page in busy:
            page.cancel()
    desk.close()
    reading.close()
    result = {
        "pages": pages,
        "while_reading": is_read,
        "p50_seconds": round(float(np.percentile(waits, 50)), 3),
        "p95_seconds": round(float(np.percentile(waits, 95)), 3),
        "core_seconds_a_page": round(float(np.mean(costs)), 3),
        "worst_core_seconds": round(max(costs), 3),
    }
    if output.as_json:
        output.data(result)
    else:
        output.text(", ".join(f"{key} {value}" for key, value in result.items()))
    return 0


def _read(reading: ReadingPool, page: ScannedPage, picture: bytes) -> None:
    reading.run(read_one, _PAGE_SECONDS, page, picture, settings().model_cache)


def _arrivals(
    desk: QualityDesk, files: list[tuple[ScannedPage, bytes]], pages: int, busy: list[Future[None]]
) -> tuple[list[float], list[float], int]:
    """Waits by the clock, core-seconds, and how many pages arrived while the dossier was still being read."""
    waits, costs, is_read = [], [], 0
    for number in range(pages):
        is_read += any(not page.done() for page in busy)
        started = time.monotonic()
        look = desk.arrive(*files[number % len(files)]).result()
        waits.append(time.monotonic() - started)
        costs.append(look.core_seconds)
        time.sleep(max(0.0, _EVERY_SECONDS - waits[-1]))
    return waits, costs, is_read


def _file(page: AskewPage) -> tuple[ScannedPage, bytes]:
    out = io.BytesIO()
    Image.fromarray(page.picture).save(out, "JPEG", quality=_QUALITY, dpi=(page.dpi, page.dpi))
    data = out.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    kept = StoredObject(digest, digest, len(data), "image/jpeg")
    height, width = page.picture.shape[:2]
    source = SourceFile(f"{page.name}.jpg", kept)
    return ScannedPage(source, 1, kept, Extraction.AS_SCANNED, width, height, page.dpi), data
