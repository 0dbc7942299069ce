"""Times as people write them here: day/month/year, +07:00."""

from __future__ import annotations

from datetime import date, datetime

from console.wording_language import Language
from storage.clock import VIETNAM


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


def time_words(at: str | None, language: Language) -> str:
    """A kept time for the command line: "22/11/2026 09:30:05" in Vietnamese, as it is kept in English."""
    return at or "" if language == "en" else clock_words(at)
