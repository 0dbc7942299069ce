"""A package out of the archive through the console: as a zip of its bag, or into a folder of this machine.

The bag is written and checked before the first byte is sent, so nobody gets half a package that looks whole.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from dossier.archive import ArchivePackage
from dossier.errors import SohoaError
from flows.service import DOSSIER_CODE
from flows.wiring import VIETNAM, Workshop
from storage.bag import write_bag
from storage.files import private_folder, translated

_CHUNK: Final = 1 << 18


class ZipPieces:
    """A file that cannot be gone back in: what was written is taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""
        self._pieces.append(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """How much was written."""
        return self._at

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def export_zip(workshop: Workshop, package: ArchivePackage, officer: str) -> Iterator[bytes]:
    """The package as a BagIt bag in a zip file, in pieces; the bag is whole before this returns.

    Raises StorageError where a file is damaged, NotInArchive, StoreUnreachable, DiskFull.
    """
    folder = workshop.settings.run_folder / "exports"
    with translated(folder):
        private_folder(folder)
        mine = Path(tempfile.mkdtemp(prefix="bag-", dir=folder))
    try:
        write_bag(workshop.archive, package, mine / package.dossier)
        _note(workshop, package, officer, "zip")
    except BaseException:
        shutil.rmtree(mine, ignore_errors=True)
        raise
    return _zipped(mine)


def export_folder(workshop: Workshop, package: ArchivePackage, officer: str) -> Path:
    """The package as a bag in a new folder below exports/ of the state folder; where it lies.

    Raises as `export_zip`; SohoaError for a code that cannot name a folder.
    """
    if not DOSSIER_CODE.fullmatch(package.dossier):
        raise SohoaError(package.dossier, "cannot be the name of a folder")
    at = datetime.now(VIETNAM).strftime("%Y%m%dT%H%M%S")
    to = workshop.settings.state / "exports" / f"{package.dossier}-{at}"
    write_bag(workshop.archive, package, to)
    _note(workshop, package, officer, "folder")
    return to


def _note(workshop: Workshop, package: ArchivePackage, officer: str, form: str) -> None:
    said = {"prefix": package.prefix, "form": form}
    workshop.ledger.append(officer, "exported", package.dossier, json.dumps(said))


def _zipped(folder: Path) -> Iterator[bytes]:
    """Scans and PDF/A are compressed already; they are stored as they are."""
    pieces = ZipPieces()
    try:
        with zipfile.ZipFile(pieces, "w") as packed:
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                with file.open("rb") as opened, packed.open(str(file.relative_to(folder)), "w") as entry:
                    while data := opened.read(_CHUNK):
                        entry.write(data)
                        yield pieces.taken()
        yield pieces.taken()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
