"""Writing a package out of the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dossier.archive import ArchivePackage
from flows.wiring import Workshop
from storage.export import export_package


def export_dossier(workshop: Workshop, package: ArchivePackage, to: Path) -> dict[str, Any]:
    """Write every file of a package into a new folder, each checked against the manifest."""
    written = export_package(workshop.archive, package, to)
    workshop.ledger.append(workshop.settings.officer, "exported", package.dossier, "{}")
    return {"dossier": package.dossier, "to": str(to), "files": [str(path) for path in written]}
