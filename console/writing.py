"""Files that a command writes where somebody told it to: what cannot be written is told, and is no bug."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from dossier.errors import WriteRefused
from storage.files import translated


def written_to(path: Path) -> AbstractContextManager[None]:
    """Turn the system's refusals into WriteRefused and DiskFull."""
    return translated(path, WriteRefused)
