"""The measured process of `sohoa bench soak`: python -m console.bench_soak_worker FOLDER DOSSIERS

A resident process with its own store, Prefect and reading processes takes the dossiers of a folder, a few at
a time. Prints a line of JSON for each fifth of them, and one at the end.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from console.bench_throughput_worker import STORE, order_of, parts, spent
from dossier.archive import DossierReport
from dossier.errors import SohoaError
from flows.service import Service
from flows.settings import settings

_FIFTHS: Final = 5
_AT_ONCE: Final = 4
_REST_SECONDS: Final = 15.0
"""Idle before open files are counted: connections of a pool come and go while there is work."""
_VOLUME: Final = frozenset({".dat", ".idx"})
"""Of a volume of SeaweedFS: 256 MB of objects, and where each lies."""


@dataclass
class Watch:
    """What the processes hold, looked at after each dossier."""

    seen: dict[str, list[float]] = field(default_factory=dict)
    """Megabytes by part."""

    def look(self) -> None:
        """Take down what each part holds now."""
        now: dict[str, float] = {}
        for pid, part in _processes():
            try:
                now[part] = now.get(part, 0.0) + psutil.Process(pid).memory_full_info().pss / 1e6
            except psutil.Error:
                continue
        for part, megabytes in now.items():
            self.seen.setdefault(part, []).append(megabytes)

    def means(self) -> dict[str, float]:
        """Of all looks since the last time."""
        told = {part: round(sum(seen) / len(seen), 1) for part, seen in self.seen.items()}
        self.seen.clear()
        return told


def main(folder: Path, count: int) -> None:
    """Digitise, and print what it took."""
    dossiers = sorted(folder.glob("THU-*"))[:count]
    service = Service(settings())
    service.start()
    otherwise: list[str] = []
    handles: list[int] = []
    volumes: list[int] = []
    try:
        for number, fifth in enumerate(_fifths(dossiers)):
            print(json.dumps(_soaked(service, fifth, otherwise)), flush=True)
            if number in (0, _FIFTHS - 1):
                time.sleep(_REST_SECONDS)
                handles.append(_held()[0])
                volumes.append(_volumes())
    finally:
        service.stop()
    print(json.dumps({"handles": handles, "volumes": volumes, "otherwise": otherwise}), flush=True)


def _fifths(dossiers: Sequence[Path]) -> Iterator[Sequence[Path]]:
    size = len(dossiers) // _FIFTHS
    for number in range(_FIFTHS):
        yield dossiers[number * size : (number + 1) * size]


def _soaked(service: Service, dossiers: Sequence[Path], otherwise: list[str]) -> dict[str, Any]:
    before, started, watch, pages = spent(), time.monotonic(), Watch(), 0
    under_way: deque[tuple[Path, Future[DossierReport]]] = deque()
    coming = deque(dossiers)
    while coming or under_way:
        while coming and len(under_way) < _AT_ONCE:
            dossier = coming.popleft()
            under_way.append((dossier, service.submit(order_of(dossier)).future))
        dossier, future = under_way.popleft()
        expected = json.loads((dossier / "truth.json").read_text("utf-8"))["state"]
        try:
            report = future.result()
        except SohoaError as error:
            otherwise.append(f"{dossier.name} {type(error).__name__}: {error}, not {expected}")
            continue
        if report.state.value != expected:
            otherwise.append(f"{dossier.name} {report.state.value}, not {expected}")
        pages += sum(len(paper.pages) for paper in report.dossier.documents)
        watch.look()
    seconds, after = time.monotonic() - started, spent()
    handles, threads = _held()
    return {
        "dossiers": len(dossiers),
        "pages": pages,
        "seconds": round(seconds, 1),
        "core_seconds": round(sum(after.values()) - sum(before.values()), 2),
        "megabytes": watch.means(),
        "handles": handles,
        "threads": threads,
        "temporary": len(list(Path(tempfile.gettempdir()).rglob("*"))),
    }


def _held() -> tuple[int, int]:
    """Open files and threads of all processes of the product, without the store's volumes."""
    handles, threads = -_volumes(), 0
    for pid, _ in _processes():
        try:
            process = psutil.Process(pid)
            handles, threads = handles + process.num_fds(), threads + process.num_threads()
        except psutil.Error:
            continue
    return handles, threads


def _volumes() -> int:
    """Files that the store holds open because objects lie in them; they grow with what it keeps."""
    count = 0
    for pid, part in _processes():
        try:
            files = psutil.Process(pid).open_files() if part == STORE else []
        except psutil.Error:
            continue
        count += sum(Path(file.path).suffix in _VOLUME for file in files)
    return count


def _processes() -> list[tuple[int, str]]:
    return [(os.getpid(), "flows, seal, archive"), *parts()]


if __name__ == "__main__":  # reading processes are spawned, and import this module
    main(Path(sys.argv[1]), int(sys.argv[2]))
