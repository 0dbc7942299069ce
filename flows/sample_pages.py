"""The papers of a sample, written out for whoever looks at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dossier.errors import NotInArchive
from flows.audits import Audits
from flows.sampling import LotRoom, lot_state
from flows.viewing import Onlooker, View, note_in
from storage.files import write_whole


def write_sample(audits: Audits, code: str, to: Path, onlooker: Onlooker) -> dict[str, Any]:
    """Write the paper of every drawn page as DRAW.pdf into a folder; each is a view in the ledger.

    Raises NotInArchive, StorageError, DiskFull; SohoaError in production where no purpose is said.
    """
    room, written = audits.lot_room(), []
    for page in lot_state(room, code)["pages"]:
        key, version = _paper(room, page["dossier"], page["document"])
        view = View("sample", page["dossier"], onlooker.why or f"lot {code}")
        note_in(room.ledger, audits.settings, view, onlooker.officer)
        file = to / f"{page['draw']:03d}.pdf"
        write_whole(file, room.archive.get(key, version))
        written.append({"draw": page["draw"], "page": page["page"], "file": str(file)})
    return {"lot": code, "papers": written}


def _paper(room: LotRoom, dossier: str, document: int) -> tuple[str, str]:
    """Key and version of a paper: its file begins with its number."""
    package = room.index.package(dossier)
    for kept in package.renditions if package is not None else ():
        if kept.key.rsplit("/", 1)[1].startswith(f"{document:02d}-"):
            return kept.key, kept.version_id
    raise NotInArchive(f"{dossier} {document}", "the newest package has no such paper")
