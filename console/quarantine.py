"""What `sohoa quarantine` does and tells, beside the resident process or without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from console.output import Output
from console.wording import ERRORS
from console.wording_operating import WORDS
from console.wording_times import time_words
from flows.quarantine import forget_entries, take_out
from flows.settings import settings
from flows.wiring import VIETNAM, open_keys, open_quarantine


def show(output: Output) -> int:
    """Tell what lies in quarantine, the oldest first."""
    entries = open_quarantine(settings(), open_keys(settings())).entries()
    if output.as_json:
        output.data([asdict(each) for each in entries])
        return 0
    for each in entries:
        lost = WORDS["quarantine_lost"][output.language]
        why = ERRORS[each.error][output.language] if each.error in ERRORS else each.cause
        about = f"{each.name}: {why}" if each.error else lost
        at = time_words(each.at, output.language)[:16].replace("T", " ")
        output.text(f"{each.id}  {at}  {each.size_bytes:>10}  {about}")
    if not entries:
        output.text(WORDS["quarantine_empty"][output.language])
    return 0


def take(entry: str, to: Path, output: Output, why: str) -> int:
    """Copy a file out; that somebody looked, and why, goes into the ledger first."""
    kept = take_out(settings(), entry, to, why)
    if output.as_json:
        output.data(asdict(kept) | {"to": str(to)})
    else:
        output.text(WORDS["quarantine_taken"][output.language].format(name=kept.name or kept.id, to=to))
    return 0


def forget(entries: Sequence[str], days: int, output: Output) -> int:
    """Forget entries by their ids, and all that are older than so many days; 0 days are none."""
    before = datetime.now(VIETNAM) - timedelta(days=days) if days else None
    gone = forget_entries(settings(), entries, before)
    if output.as_json:
        output.data({"forgotten": [each.id for each in gone]})
    else:
        output.text(WORDS["quarantine_forgotten"][output.language].format(count=len(gone)))
    return 0
