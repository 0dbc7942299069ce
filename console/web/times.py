"""Times, days and sizes as people write them here: day/month/year, +07:00."""

from __future__ import annotations

from datetime import date, datetime

from dossier.text import day_of
from flows.review_places import DAYS
from flows.wiring import VIETNAM


def clock_words(at: datetime | date | str | None) -> str:
    """ "22/11/2026 09:30:05", or the day alone; empty for nothing. What is no time stays as it is."""
    if at is None or at == "":
        return ""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at) if len(at) > len("2026-11-22") else date.fromisoformat(at)
        except ValueError:
            return str(at)
    if isinstance(at, datetime):
        shown = at.astimezone(VIETNAM) if at.tzinfo is not None else at
        return shown.strftime("%d/%m/%Y %H:%M:%S")
    return at.strftime("%d/%m/%Y")


def day_said(said: object) -> date | None:
    """The day in a field of a form; None for an empty one. Raises ValueError for what is no day."""
    return day_of(str(said)) if said else None


def field_words(name: str, value: str) -> str:
    """What a field of a paper holds, a day as the paper writes it: "06/01/1981"."""
    return clock_words(value) if name in DAYS and len(value) == len("1981-01-06") else value


def size_words(size_bytes: int) -> str:
    """ "1,2 MB"."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}".replace(".", ",")
        size /= 1000
    return f"{size:.1f} TB".replace(".", ",")
