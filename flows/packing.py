"""The package of a dossier: what goes in, under which names, and what its manifest says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from dossier.archive import ArchivePackage, DigitisationOrder, PackageFile
from dossier.document import Document
from dossier.errors import NotInArchive
from dossier.page import StoredObject
from flows.intake import TakenFile
from flows.judging import Judgement
from flows.report import document_data, finding_data, identity_data
from flows.sealing import SOFTWARE, kept_originals
from flows.wiring import Workshop
from storage.codec import decode, encode
from storage.package import put_package, read_package, restore_index

PACKAGE_VERSION = "1"
_SUFFIX = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
}
Content = tuple[PackageFile, Callable[[], bytes]]


def package_prefix(order: DigitisationOrder, taken: Sequence[TakenFile]) -> str:
    """Where a dossier's package lies: named by its content, so that a second run finds the first one's."""
    sources = [page.source.original.sha256 for file in taken for page in file.pages]
    named = json.dumps([PACKAGE_VERSION, order.dossier, order.procedure, sources])
    return f"dossiers/{order.dossier}/{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def find_archived(
    workshop: Workshop, order: DigitisationOrder, taken: Sequence[TakenFile], *, ask_store: bool
) -> ArchivePackage | None:
    """The package that an earlier run finished from the same files.

    The index of this machine is asked first. The store knows packages whose entry was lost in a crash; it
    is asked only when the dossier is about to go there, so that no verdict waits for a store that is down.
    """
    prefix = package_prefix(order, taken)
    package = workshop.index.package(order.dossier)
    if package is not None and package.prefix == prefix:
        return package
    if not ask_store:
        return None
    try:
        package, _ = read_package(workshop.archive, prefix)
    except NotInArchive:
        return None
    restore_index(workshop.archive, workshop.index, order.dossier)
    return package


def archive_package(
    workshop: Workshop,
    order: DigitisationOrder,
    taken: Sequence[TakenFile],
    judgement: Judgement,
    sealed: Sequence[tuple[Document, StoredObject]],
) -> ArchivePackage:
    """Put the files, then the manifest; write the ledger."""
    prefix = package_prefix(order, taken)
    about = _about_once(workshop, prefix, order, judgement, sealed)
    package = put_package(
        workshop.archive,
        workshop.index,
        order.dossier,
        prefix,
        _contents(workshop, judgement, sealed),
        about,
    )
    workshop.ledger.append_once(
        order.officer,
        "archived",
        order.dossier,
        json.dumps({"prefix": prefix, "manifest_sha256": package.manifest_sha256}),
    )
    return package


def _contents(
    workshop: Workshop, judgement: Judgement, sealed: Sequence[tuple[Document, StoredObject]]
) -> list[Content]:
    documents = [document for document, _ in sealed]
    contents: list[Content] = []
    for number, original in enumerate(kept_originals(documents, judgement.dossier.documents), start=1):
        name = f"originals/{number:03d}-{original.sha256[:8]}{_SUFFIX.get(original.media_type, '.bin')}"
        contents.append(_from_spool(workshop, name, "original", original))
    for document, kept in sealed:
        name = f"pdf/{document.number:02d}-{document.kind.code}.pdf"
        contents.append(_from_spool(workshop, name, "rendition", kept))
    return contents


def _from_spool(workshop: Workshop, path: str, role: str, kept: StoredObject) -> Content:
    described = PackageFile(path, role, kept.sha256, kept.size_bytes, kept.media_type)
    return described, lambda: workshop.spool.get(kept)


def _about_once(
    workshop: Workshop,
    prefix: str,
    order: DigitisationOrder,
    judgement: Judgement,
    sealed: Sequence[tuple[Document, StoredObject]],
) -> dict[str, Any]:
    """What the manifest says beyond its files; decided once, so that a second run writes the same."""
    finished = workshop.checkpoints.load("about", prefix)
    if finished is not None:
        return dict(json.loads(decode(str, finished)))
    documents = [document for document, _ in sealed]
    about = {
        "software": SOFTWARE,
        "dossier": order.dossier,
        "procedure": order.procedure,
        "received_on": order.received_on.isoformat(),
        "officer": order.officer,
        "documents": [document_data(d) | {"provenance": _provenance(d)} for d in documents],
        "identities": [identity_data(identity) for identity in judgement.dossier.identities],
        "findings": [finding_data(finding) for finding in judgement.findings],
    }
    workshop.checkpoints.save("about", prefix, encode(json.dumps(about, ensure_ascii=False)))
    return about


def _provenance(document: Document) -> list[dict[str, Any]]:
    """Enough to read each page again: the picture, its turn, and who read it."""
    return [
        {
            "source_sha256": r.page.source.original.sha256,
            "picture_sha256": r.page.picture.sha256,
            "extraction": r.page.extraction.value,
            "dpi": r.page.dpi,
            "rotation_degrees": r.frame.rotation_degrees,
            "angle_degrees": r.frame.angle_degrees,
            "engines": [[e.name, e.version, e.weights_sha256] for e in r.engines],
        }
        for r in document.pages
    ]
