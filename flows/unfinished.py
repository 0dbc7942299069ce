"""What was begun on this machine and has to be finished before it is worked with."""

from __future__ import annotations

from typing import Final

from dossier.errors import MoveUnfinished
from flows.settings import Settings

UNDER_WAY: Final = "restore-under-way"
"""File in the state folder that says which backup is being restored, and how far."""


def refuse_unfinished(settings: Settings) -> None:
    """Raises MoveUnfinished where a restore into this machine was stopped."""
    if (settings.state / UNDER_WAY).exists():
        raise MoveUnfinished(str(settings.state), "a restore was stopped here; run it again to its end")
