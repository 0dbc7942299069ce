"""What becomes of odd, damaged and hostile files: pages, or quarantine with a reason for the clerk."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from console.output import Output
from console.wording import error_message
from dossier.errors import SohoaError, SourceNotFound
from scanners.files import open_file, read_pages_guarded
from scanners.regular import open_regular
from storage.quarantine import FolderQuarantine

_VIETNAM: Final = timezone(timedelta(hours=7))
_PAGE_SECONDS: Final = 60.0
_NO_SOURCE: Final = (".tsv", ".txt", ".md")


@dataclass(frozen=True, slots=True)
class Ending:
    """How the intake of one file ended."""

    name: str
    outcome: str
    """"pages", the class of the error that put it into quarantine, or "CRASH"."""
    pages: int
    reason: str
    """What a clerk is told."""
    seconds: float


def intake(folder: Path, output: Output) -> int:
    """Take in every file below a folder; 0 where each ended as pages or in quarantine, else 1."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix not in _NO_SOURCE)
    if not files:
        raise SourceNotFound(str(folder), "the folder holds no files")
    endings: list[Ending] = []
    with TemporaryDirectory(prefix="sohoa-") as work:
        for ending in _endings(files, folder, Path(work), output):
            endings.append(ending)
            if not output.as_json:
                output.text(f"{ending.name}: {ending.outcome} {ending.pages or ''} {ending.reason}".strip())
        kept = len(FolderQuarantine(Path(work) / "quarantine").entries())
    result = _table(endings, kept)
    if output.as_json:
        output.data(result)
    else:
        output.text(", ".join(f"{key} {value}" for key, value in result.items()))
    return 1 if result["crashes"] or result["refused_without_a_reason"] else 0


def _endings(files: list[Path], root: Path, work: Path, output: Output) -> Iterator[Ending]:
    aside = FolderQuarantine(work / "quarantine")
    for file in files:
        name = str(file.relative_to(root))
        started = time.monotonic()
        pages, outcome, reason = 0, "pages", ""
        try:
            delivered = open_file(file)
            for _ in read_pages_guarded(delivered, work, timeout_seconds=_PAGE_SECONDS):
                pages += 1
        except SohoaError as error:
            outcome, reason = type(error).__name__, error_message(error, output.language)
            aside.keep(partial(open_regular, file), error, file.name, datetime.now(_VIETNAM))
        except Exception as fault:  # noqa: BLE001 - a crash is what is counted here
            outcome, reason = "CRASH", repr(fault)
        yield Ending(name, outcome, pages, reason, time.monotonic() - started)


def _table(endings: list[Ending], kept: int) -> dict[str, Any]:
    outcomes = Counter(ending.outcome for ending in endings)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    refused = [ending for ending in endings if ending.outcome not in ("pages", "CRASH")]
    return {
        "files": len(endings),
        "with_pages": outcomes["pages"],
        "pages": sum(ending.pages for ending in endings),
        "refused": {
            kind: count for kind, count in sorted(outcomes.items()) if kind not in ("pages", "CRASH")
        },
        "refused_without_a_reason": sum(not ending.reason for ending in refused),
        "in_quarantine": kept,
        "crashes": [ending.name for ending in endings if ending.outcome == "CRASH"],
        "longest_seconds": round(max(ending.seconds for ending in endings), 1),
        "core_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_megabytes_of_a_child": used.ru_maxrss // 1024,
        "peak_megabytes_here": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
