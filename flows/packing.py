"""The package of a dossier: what goes in, under which names, and what its manifest says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dossier.archive import ORIGINALS, ArchivePackage, DigitisationOrder, PackageFile
from dossier.document import Document
from dossier.errors import KeyMissing, NotInArchive, StorageError
from dossier.page import StoredObject
from dossier.review import Correction, ReviewState
from flows.describing import Finished, describe_package, kept_pages, path_of
from flows.holding import hold_again
from flows.intake import TakenFile
from flows.judging import Judgement
from flows.report import document_data, finding_data, identity_data
from flows.retaining import retention_data
from flows.review_base import Prepared
from flows.review_history import written_correction
from flows.sealing import SOFTWARE, kept_originals
from flows.wiring import Workshop
from scanners.envelope import CMS, DETACHED
from storage.alto import write_alto
from storage.codec import decode, encode
from storage.mets import GUIDE_PATH, describe, guide
from storage.package import put_package, read_package, restore_index

PACKAGE_VERSION = "1"
_SUFFIX = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
    CMS: ".p7m",
    DETACHED: ".p7s",
}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the package, and where its bytes wait."""

    file: PackageFile
    kept: StoredObject


@dataclass(frozen=True, slots=True)
class MadePackage:
    """A package before it is put into the store, decided once, so that a second run puts the same."""

    about: str
    """What the manifest says beyond its files, JSON."""
    files: tuple[KeptFile, ...]
    """In the order in which they are put."""
    of: str = ""
    """Names the judgement that it was made of; empty where an earlier release made it."""


def package_prefix(
    order: DigitisationOrder, taken: Sequence[TakenFile], corrections: Sequence[Correction] = ()
) -> str:
    """Where a dossier's package lies: named by its content, so that a second run finds the first one's."""
    sources = [page.source.original.sha256 for file in taken for page in file.pages]
    sources += [file.signature.original.sha256 for file in taken if file.signature]
    parts: list[object] = [PACKAGE_VERSION, order.dossier, order.procedure, sources]
    if corrections:
        parts.append([written_correction(correction) for correction in corrections])
    named = json.dumps(parts)
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
    if package is not None and (package.prefix == prefix or _was_reviewed(workshop, order, prefix)):
        return _made_known(workshop, order, package, holds=ask_store)
    if not ask_store:
        return None
    try:
        package, _ = read_package(workshop.archive, prefix)
    except NotInArchive:
        return None
    restore_index(workshop.archive, workshop.index, order.dossier)
    return _made_known(workshop, order, package)


def archive_package(workshop: Workshop, done: Finished) -> ArchivePackage:
    """Put the files, then the manifest; write the ledger."""
    prefix = package_prefix(done.order, done.taken, done.judgement.corrections)
    made = _made_once(workshop, prefix, done)
    package = put_package(
        workshop.archive,
        workshop.index,
        done.order.dossier,
        prefix,
        [(each.file, _fetch(workshop, each.kept, done)) for each in made.files],
        json.loads(made.about),
        clock=workshop.clock,
    )
    return _made_known(workshop, done.order, package)


def _made_known(
    workshop: Workshop, order: DigitisationOrder, package: ArchivePackage, *, holds: bool = True
) -> ArchivePackage:
    """Hold the package where its dossier is held, and let the ledger have its entry.

    Also of one that an earlier run put: its process may have ended before it came to this. Without `holds`
    the store is not asked.
    """
    if holds:
        hold_again(workshop, order.dossier)
    workshop.ledger.append_once(
        order.officer,
        "archived",
        order.dossier,
        json.dumps({"prefix": package.prefix, "manifest_sha256": package.manifest_sha256}),
    )
    return package


def _was_reviewed(workshop: Workshop, order: DigitisationOrder, prefix: str) -> bool:
    """Whether a clerk sealed what these files were read as; its package bears the corrections' name."""
    review = workshop.reviews.find(order.dossier)
    if review is None or review.state is not ReviewState.SEALED:
        return False
    prepared = decode(Prepared, review.content)
    return package_prefix(prepared.order, prepared.taken) == prefix


def _fetch(workshop: Workshop, kept: StoredObject, done: Finished) -> Callable[[], bytes]:
    """What gives the bytes of a file.

    What dossiers have alike, such as the guide, may have been tidied away with another one since the package
    was decided, and is then written anew.
    """

    def bytes_of() -> bytes:
        try:
            return workshop.spool.get(kept)
        except KeyMissing:
            raise
        except StorageError:
            _made(workshop, done)
            return workshop.spool.get(kept)

    return bytes_of


def _made_once(workshop: Workshop, prefix: str, done: Finished) -> MadePackage:
    """The package as it was decided; anew where something else was found since, and none of it was put."""
    finished = workshop.checkpoints.load("package", prefix)
    if finished is not None:
        made = decode(MadePackage, finished)
        if made.of in ("", _name_of(done)) or workshop.archive.list(f"{prefix}/"):
            return made
    made = replace(_made(workshop, done), of=_name_of(done))
    workshop.checkpoints.save("package", prefix, encode(made))
    return made


def _name_of(done: Finished) -> str:
    """The same for the same papers, findings and order; when it was judged plays no part."""
    papers = [[path_of(document), sealed.file.sha256] for document, sealed in done.sealed]
    findings = [finding_data(finding) for finding in done.judgement.findings]
    named = json.dumps([papers, findings, done.order.cases, done.order.officer], sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()


def _made(workshop: Workshop, done: Finished) -> MadePackage:
    """Scans, PDF/A, recognised text, and what describes them: METS, EAD, PREMIS."""
    originals = _originals(done)
    scans = {each.kept.sha256: each.file.path for each in originals}
    pages = list(kept_pages(workshop, done))
    texts = [
        _spooled(workshop, page.text, "text", write_alto(page.recognised, page.number, page.read_at))
        for page in pages
    ]
    renditions = [
        KeptFile(_described(path_of(document), "rendition", sealed.file), sealed.file)
        for document, sealed in done.sealed
    ]
    files = [*originals, *renditions, *texts, _spooled(workshop, GUIDE_PATH, "documentation", guide())]
    kinds = {path_of(document): document.kind.code for document, _ in done.sealed}
    retention = retention_data(workshop, done.order, kinds)
    description = replace(
        describe_package(workshop, done, pages, scans),
        retention_days=retention.get("days", 0),
        retention_basis=retention.get("basis", ""),
    )
    records = describe(description, [each.file for each in files])
    about = _about(done) | {"description": json.loads(encode(description)), "retention": retention}
    files += [_spooled(workshop, file.path, file.role, data) for file, data in records]
    return MadePackage(json.dumps(about, ensure_ascii=False), tuple(files))


def _originals(done: Finished) -> list[KeptFile]:
    documents = [document for document, _ in done.sealed]
    kept = kept_originals(documents, done.judgement.dossier.documents, done.judgement.set_aside)
    kept += tuple(file.signature.original for file in done.taken if file.signature)
    named = [
        (f"{ORIGINALS}/{number:03d}-{each.sha256[:8]}{_SUFFIX.get(each.media_type, '.bin')}", each)
        for number, each in enumerate(kept, start=1)
    ]
    return [KeptFile(_described(path, "original", each), each) for path, each in named]


def _described(path: str, role: str, kept: StoredObject) -> PackageFile:
    return PackageFile(path, role, kept.sha256, kept.size_bytes, kept.media_type)


def _spooled(workshop: Workshop, path: str, role: str, data: bytes) -> KeptFile:
    kept = workshop.spool.put(data, "text/plain" if path == GUIDE_PATH else "application/xml")
    return KeptFile(_described(path, role, kept), kept)


def _about(done: Finished) -> dict[str, Any]:
    """What the manifest says beyond its files."""
    return {
        "software": SOFTWARE,
        "dossier": done.order.dossier,
        "procedure": done.order.procedure,
        "received_on": done.order.received_on.isoformat(),
        "counter": done.order.counter,
        "officer": done.order.officer,
        "documents": [document_data(d) | {"provenance": _provenance(d)} for d, _ in done.sealed],
        "identities": [identity_data(identity) for identity in done.judgement.dossier.identities],
        "findings": [finding_data(finding) for finding in done.judgement.findings],
        **_reviewed(done.judgement),
    }


def _reviewed(judgement: Judgement) -> dict[str, Any]:
    """What a clerk set right, with what had been read; findings answered for; pages taken out."""
    if not judgement.corrections:
        return {}
    return {
        "corrections": [written_correction(each) for each in judgement.corrections],
        "dismissed": [
            finding_data(each.finding)
            | {"dismissed": {"by": each.by, "reason": each.reason, "at": each.at.isoformat()}}
            for each in judgement.dismissed
        ],
        "set_aside": [
            {"number": each.page.number, "picture_sha256": each.page.picture.sha256}
            for each in judgement.set_aside
        ],
    }


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
