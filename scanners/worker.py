"""The guarded process: opens one file, hands over one page at a time when asked, and ends.

Started by scanners/guard.py. What it is asked and what it answers are lines on its standard streams:
asked "next", it answers a JSON object with a page (whose picture lies in a file), an error, or the end.
"""

from __future__ import annotations

import errno
import json
import resource
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

from dossier.errors import DiskFull, SohoaError, SourceTooLarge
from scanners.delivery import DeliveredFile, DeliveredPage, IntakeLimits

_TOO_MUCH: Final = "it needs more memory than a file may take"


def main(arguments: list[str]) -> None:
    """Serve one file: `task`, folder with the file in it, and the order as JSON."""
    order = json.loads(arguments[0])
    folder = Path(order["folder"])
    limits = IntakeLimits(**order["limits"])
    _fence(limits, order["cpu_seconds"])
    warnings.simplefilter("ignore")
    tempfile.tempdir = str(folder)
    answers = sys.stdout
    sys.stdout = sys.stderr
    try:
        steps = _steps(order["task"], _source(folder, order), limits, folder)
        for _ in sys.stdin:
            answer = next(steps, {"end": True})
            print(json.dumps(answer), file=answers, flush=True)
    except SohoaError as e:
        _refuse(type(e), e.cause, answers)
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            _refuse(DiskFull, "no room to work on it", answers)
        elif e.errno in (errno.ENOMEM, errno.EFBIG):
            _refuse(SourceTooLarge, _TOO_MUCH, answers)
        else:
            raise
    except MemoryError:
        _refuse(SourceTooLarge, _TOO_MUCH, answers)


def _refuse(kind: type[SohoaError], cause: str, answers: TextIO) -> None:
    print(json.dumps({"error": kind.__name__, "cause": cause}), file=answers, flush=True)


def _fence(limits: IntakeLimits, cpu_seconds: int) -> None:
    """Bounds that the kernel keeps; programs started from here inherit them."""
    bounds = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.memory_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        _, hardest = resource.getrlimit(kind)
        allowed = bound if hardest == resource.RLIM_INFINITY else min(bound, hardest)
        resource.setrlimit(kind, (allowed, allowed))


def _source(folder: Path, order: dict[str, Any]) -> DeliveredFile:
    data = (folder / "source").read_bytes()
    return DeliveredFile(order["name"], data, order["media_type"], 0)


def _steps(task: str, file: DeliveredFile, limits: IntakeLimits, folder: Path) -> Iterator[dict[str, Any]]:
    """The answers to give; libraries are loaded here, inside the fence."""
    if task == "pages":
        return _pages(file, limits, folder)
    return _proof(file, limits) if task == "proof" else _signatures(file, limits)


def _pages(file: DeliveredFile, limits: IntakeLimits, folder: Path) -> Iterator[dict[str, Any]]:
    from scanners.files import read_pages

    for page in read_pages(file, limits):
        yield _handed_over(page, folder)


def _handed_over(page: DeliveredPage, folder: Path) -> dict[str, Any]:
    picture = folder / f"page-{page.number}"
    picture.write_bytes(page.picture)
    return {
        "number": page.number,
        "picture": picture.name,
        "media_type": page.media_type,
        "extraction": page.extraction.value,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
    }


def _proof(file: DeliveredFile, limits: IntakeLimits) -> Iterator[dict[str, Any]]:
    from scanners.files import PDF, read_pages
    from scanners.pdf import read_pdf

    for _ in read_pdf(file, limits, draw=False) if file.media_type == PDF else read_pages(file, limits):
        pass
    yield {"whole": True}


def _signatures(file: DeliveredFile, limits: IntakeLimits) -> Iterator[dict[str, Any]]:
    from scanners.pdf import count_signatures

    signed, empty = count_signatures(file, limits)
    yield {"signed": signed, "empty": empty}
