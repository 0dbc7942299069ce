"""Packages as BagIt (RFC 8493): a form that any archive reads, checks and takes over without this product.

Written and validated by the Library of Congress's own bagit. What comes back in is validated first, and put
under the same keys with the same bytes, the manifest last: an empty archive that took it over holds what the
old one held.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from dossier.archive import ArchivePackage
from dossier.errors import StorageError
from dossier.ports import Archive, Index
from storage.export import export_package
from storage.package import MANIFEST, read_manifest, restore_package

_PAYLOAD: Final = "data"
_SECONDS: Final = 600


def write_bag(archive: Archive, package: ArchivePackage, to: Path) -> tuple[Path, ...]:
    """Write a package as a bag into a folder that is new or empty; the paths of its files, manifest last.

    Raises StorageError where the folder holds something or a file is damaged, NotInArchive, DiskFull.
    """
    written = export_package(archive, package, to)
    about = ["--external-identifier", package.prefix, "--internal-sender-identifier", package.dossier]
    # In a process of its own: bagit changes the working folder while it works.
    command = [sys.executable, "-m", "bagit", "--quiet", "--sha256", *about, str(to)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS, cwd="/")
    if done.returncode != 0:
        raise StorageError(str(to), f"could not be made a bag: {done.stderr.strip()[-200:]}")
    return tuple(to / _PAYLOAD / path.relative_to(to) for path in written)


def import_bag(archive: Archive, index: Index, folder: Path) -> ArchivePackage:
    """Put the package of a bag into the archive and the index, byte for byte as it was.

    Raises StorageError where the folder is no valid bag or its package is not whole, StoreConflict where
    other files stand under its keys already.
    """
    # 1. The bag is whole by its own word.
    _validate(folder)
    payload = folder / _PAYLOAD
    if not (payload / MANIFEST).is_file():
        raise StorageError(str(folder), "is a bag, but holds no package of this product")
    written = (payload / MANIFEST).read_bytes()
    manifest = read_manifest(written, str(payload / MANIFEST))
    # 2. It holds what the package's own manifest promises, and nothing else.
    found = {str(path.relative_to(payload)) for path in payload.rglob("*") if path.is_file()}
    promised = {file.path for file in manifest.files} | {MANIFEST}
    if found != promised:
        raise StorageError(
            str(folder), f"differs from its manifest: {', '.join(sorted(found ^ promised)[:3])}"
        )
    # 3. Data first, manifest last.
    return restore_package(archive, index, written, lambda path: (payload / path).read_bytes())


def _validate(folder: Path) -> None:
    import bagit

    try:
        bag: Any = bagit.Bag(str(folder))
        bag.validate(processes=1)
    except (bagit.BagError, OSError, ValueError) as e:
        raise StorageError(str(folder), f"is not a valid bag: {e}") from e
