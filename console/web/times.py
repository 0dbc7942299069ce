"""Times, days and sizes as people write them here: day/month/year, +07:00."""

from __future__ import annotations

from datetime import date

from console.wording_times import clock_words
from dossier.text import day_of
from flows.review_places import DAYS

__all__ = ["clock_words", "day_said", "field_words", "size_words"]


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
