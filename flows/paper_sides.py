"""A page of the archive from its three sides: the scan as it was taken, the sealed rendition, the text.

Everything comes from the package itself and is compared with its manifest by the store's own versions, so
what a person judges is what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from dossier.archive import TEXTS
from dossier.errors import NotInArchive, StorageError
from dossier.ports import Archive, Index
from dossier.sampling import SampledPage
from pipeline.preview import preview
from storage.alto_text import KeptText, read_alto
from storage.package import read_manifest


class Side(StrEnum):
    """Where a page is looked at."""

    SCAN = "scan"
    """The picture as the scanner delivered it."""
    RENDITION = "rendition"
    """The page of the sealed PDF/A."""


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """Where the three sides of a page lie in its package; empty keys where the package has no such side."""

    kind: str
    """Code of the paper's kind."""
    title: str
    pages: int
    """How many the paper has."""
    scan: str
    """Key of the original file."""
    scan_type: str
    """Its media type."""
    scan_page: int
    """Page within that file, 1-based."""
    rendition: str
    text: str


def place_page(archive: Archive, index: Index, page: SampledPage) -> PlacedPage:
    """Find the sides of a page in the newest package of its dossier.

    Raises NotInArchive where the archive has no such page, StoreUnreachable, StorageError.
    """
    package = index.package(page.dossier)
    if package is None:
        raise NotInArchive(page.dossier, "the archive has no package of this dossier")
    last = package.objects[-1]
    manifest = read_manifest(archive.get(last.key, last.version_id), last.key)
    paper = _paper(manifest.about, page)
    originals = {f.sha256: f for f in manifest.files if f.role == "original"}
    source = _nth(paper.get("provenance"), page.page).get("source_sha256", "")
    original = originals.get(source)
    told = _nth(paper.get("pages"), page.page)
    rendition = next((k.key for k in package.renditions if _is_of(k.key, page.document)), "")
    text = f"{package.prefix}/{TEXTS}/{PurePosixPath(rendition).stem}-{page.page:03d}.xml"
    return PlacedPage(
        kind=str(paper.get("kind", "")),
        title=str(paper.get("title", "")),
        pages=len(paper.get("pages", ())),
        scan=f"{package.prefix}/{original.path}" if original else "",
        scan_type=original.media_type if original else "",
        scan_page=int(told.get("number", 1)),
        rendition=rendition,
        text=text if any(kept.key == text for kept in package.objects) else "",
    )


def side_picture(archive: Archive, index: Index, page: SampledPage, shown: tuple[Side, int]) -> bytes:
    """One side of a page as JPEG, of about the width asked for, in pixels.

    Raises NotInArchive where the package has no such side, SourceUnreadable, StoreUnreachable, StorageError.
    """
    side, width = shown
    placed = place_page(archive, index, page)
    if side is Side.SCAN:
        found, media_type, number = placed.scan, placed.scan_type, placed.scan_page
    else:
        found, media_type, number = placed.rendition, "application/pdf", page.page
    if not found:
        raise NotInArchive(page.name, f"the package keeps no {side} of this page")
    return preview(_bytes(archive, index, page.dossier, found), media_type, number, width)


def side_text(archive: Archive, index: Index, page: SampledPage) -> KeptText | None:
    """The recognised text; None where the package keeps none. Raises StoreUnreachable, StorageError."""
    placed = place_page(archive, index, page)
    return read_alto(_bytes(archive, index, page.dossier, placed.text)) if placed.text else None


def _bytes(archive: Archive, index: Index, dossier: str, key: str) -> bytes:
    """The very version that the package names."""
    package = index.package(dossier)
    versions = {kept.key: kept.version_id for kept in package.objects} if package is not None else {}
    return archive.get(key, versions.get(key, ""))


def _paper(about: Mapping[str, Any], page: SampledPage) -> Mapping[str, Any]:
    for paper in about.get("documents", ()):
        if int(paper.get("number", 0)) == page.document and 1 <= page.page <= len(paper.get("pages", ())):
            found: Mapping[str, Any] = paper
            return found
    raise NotInArchive(page.name, "the newest package has no such page")


def _nth(said: Any, number: int) -> Mapping[str, Any]:
    """The entry of a page; nothing where the package says nothing about it."""
    if not isinstance(said, list) or not 1 <= number <= len(said):
        return {}
    if not isinstance(said[number - 1], dict):
        raise StorageError(str(number), "the manifest says something else than a page here")
    found: Mapping[str, Any] = said[number - 1]
    return found


def _is_of(key: str, document: int) -> bool:
    """Files of a paper begin with its number."""
    return PurePosixPath(key).name.startswith(f"{document:02d}-")
