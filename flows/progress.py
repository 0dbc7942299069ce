"""How far each dossier is, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a dossier is."""

    stage: str
    """queued, taking_in, reading, checking, sealing, archiving."""
    pages_total: int = 0
    pages_read: int = 0
    pages_remembered: int = 0
    """Pages whose reading was already finished in an earlier run."""


class ProgressBoard:
    """The progress of every dossier under way; safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._board: dict[str, Progress] = {}

    def stage(self, dossier: str, stage: str) -> None:
        """The dossier enters a stage."""
        with self._lock:
            self._board[dossier] = replace(self._board.get(dossier, Progress(stage)), stage=stage)

    def expect(self, dossier: str, pages: int) -> None:
        """The dossier has this many pages."""
        with self._lock:
            self._board[dossier] = Progress("reading", pages_total=pages)

    def page_read(self, dossier: str, *, remembered: bool) -> None:
        """One more page is read."""
        with self._lock:
            old = self._board.get(dossier, Progress("reading"))
            self._board[dossier] = replace(
                old,
                pages_read=old.pages_read + 1,
                pages_remembered=old.pages_remembered + int(remembered),
            )

    def of(self, dossier: str) -> Progress:
        """Where the dossier is."""
        with self._lock:
            return self._board.get(dossier, Progress("queued"))

    def forget(self, dossier: str) -> None:
        """The dossier is done."""
        with self._lock:
            self._board.pop(dossier, None)
