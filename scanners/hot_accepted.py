"""What was taken out of a hot folder and handed on, and its removal."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from dossier.errors import StorageError
from scanners.folder_files import folders_in

TAKEN: Final = "taken"
"""Folder of the hot folder that everything taken goes to."""
ACCEPTED: Final = ".accepted"
"""Lies beside files that were handed on."""
DOSSIER_CODE: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
"""What the folders of procedures and dossiers are called."""


def accepted_dossiers(folder: Path) -> tuple[str, ...]:
    """Dossiers of which something was taken out of a hot folder and all of it handed on, sorted."""
    found = {dossier.name for procedure in folders_in(folder / TAKEN) for dossier in folders_in(procedure)}
    return tuple(sorted(code for code in found if accepted_files(folder, code)))


def accepted_files(folder: Path, dossier: str) -> tuple[Path, ...]:
    """What was taken out of a hot folder for a dossier and handed on; none where something is still owed."""
    found: list[Path] = []
    for procedure in folders_in(folder / TAKEN):
        for batch in folders_in(procedure / dossier) if DOSSIER_CODE.match(dossier) else ():
            if not (batch / ACCEPTED).exists():
                return ()
            found += (path for path in batch.iterdir() if path.name != ACCEPTED)
    return tuple(found)


def forget_accepted(folder: Path, dossier: str) -> int:
    """Remove what `accepted_files` names, and its folders; how many files that were. Raises StorageError."""
    files = accepted_files(folder, dossier)
    try:
        for batch in {path.parent for path in files}:
            shutil.rmtree(batch)
            with suppress(OSError):  # another batch lies there, or has just come
                batch.parent.rmdir()
                batch.parent.parent.rmdir()
    except OSError as e:
        raise StorageError(dossier, f"its files in the hot folder cannot be removed ({e.strerror})") from e
    return len(files)
