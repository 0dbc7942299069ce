"""Packages out of the archive and back into one, as BagIt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dossier.archive import ArchivePackage
from flows.desk_rebuild import enter_known
from flows.wiring import Workshop
from storage.bag import import_bag, write_bag


def export_dossier(workshop: Workshop, package: ArchivePackage, to: Path) -> dict[str, Any]:
    """Write a package as a bag into a new folder, every file checked against the manifest."""
    written = write_bag(workshop.archive, package, to)
    workshop.ledger.append(workshop.settings.officer, "exported", package.dossier, "{}")
    return {"dossier": package.dossier, "to": str(to), "files": [str(path) for path in written]}


def import_package(workshop: Workshop, folder: Path) -> dict[str, Any]:
    """Take the package of a bag into the archive, byte for byte as it was. Raises StorageError."""
    package = import_bag(workshop.archive, workshop.index, folder)
    detail = json.dumps({"prefix": package.prefix, "manifest_sha256": package.manifest_sha256})
    workshop.ledger.append_once(workshop.settings.officer, "imported", package.dossier, detail)
    enter_known(workshop, package.dossier)
    return {"dossier": package.dossier, "prefix": package.prefix, "files": len(package.objects)}
