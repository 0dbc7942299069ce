"""Whose owner fell silent, in the eyes of one process that looks at the queue again and again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dossier.work import Job


@dataclass(frozen=True, slots=True)
class _Seen:
    """When another's job was seen with a new beat."""

    job: Job
    at: float
    """On this process's steady clock."""


class Silences:
    """What others work on, and since when each has not beaten. Not safe for threads.

    Silence counts over looks that succeeded. While the database is away nobody can beat: who did not look
    for more than two beats knows nothing about the others, and begins to count anew.
    """

    def __init__(self, silent_seconds: float, beat_seconds: float) -> None:
        """Nothing was seen yet."""
        self._silent, self._longest_gap = silent_seconds, 2 * beat_seconds
        self._seen: dict[int, _Seen] = {}
        self._looked_at = float("-inf")

    @property
    def numbers(self) -> frozenset[int]:
        """Jobs that others worked on at the last look."""
        return frozenset(self._seen)

    def silent(self, running: Collection[Job], now: float) -> Iterator[Job]:
        """Jobs as others work on them now: those whose owner has not beaten for too long."""
        was_away = now - self._looked_at > self._longest_gap
        self._looked_at, before = now, self._seen
        self._seen = {}
        for job in running:
            seen = before.get(job.number)
            if was_away or seen is None or (seen.job.owner, seen.job.beat) != (job.owner, job.beat):
                seen = _Seen(job, now)
            self._seen[job.number] = seen
        return (seen.job for seen in tuple(self._seen.values()) if now - seen.at >= self._silent)
