"""A batch looked at while the paper is in hand: turns, quality, blank sides, codes, sheets scanned twice."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from dossier.geometry import Box
from dossier.outline import MM_PER_INCH, Outline
from dossier.page import Extraction, ScannedPage, SourceFile, StoredObject
from dossier.page_print import Likeness, PagePrint
from dossier.quality import Flaw, Measure, QualityFinding
from flows.looking import open_looking
from flows.reading import read_one
from flows.report import box_data
from flows.settings import Settings
from flows.straightening import straight_page
from models.page_prints import page_print, picture_hash
from pipeline.inspect import Inspection, inspect_page
from pipeline.picture import decode
from scanners.files import open_file, read_pages_guarded
from validators.duplicates import Duplicate, find_duplicates, may_be_same
from validators.page_quality import PageQuality, judge_quality, streaks_on_several


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page after its first look."""

    page: ScannedPage
    picture: bytes
    """Encoded, as it arrived."""
    inspection: Inspection
    picture_hash: int
    """64 bits, see `models.page_prints`."""


def inspect_file(settings: Settings, file: Path) -> list[SeenPage]:
    """The first look at every page of a file. Raises SourceError."""
    delivered = open_file(file)
    source = SourceFile(file.name, _object(delivered.data, delivered.media_type), delivered.signatures)
    seen = []
    with TemporaryDirectory(prefix="sohoa-") as folder:
        for delivered_page in read_pages_guarded(delivered, Path(folder)):
            page = straight_page(delivered_page, settings.model_cache)
            scanned = ScannedPage(
                source,
                page.number,
                _object(page.picture, page.media_type),
                page.extraction,
                page.width,
                page.height,
                page.dpi,
            )
            seen.append(look_at(settings.model_cache, scanned, page.picture))
    return seen


def look_at(cache_folder: Path, page: ScannedPage, picture: bytes) -> SeenPage:
    """The first look at one page, ahead of reading."""
    pixels = decode(picture)
    inspection = inspect_page(pixels, page.dpi, open_looking(cache_folder))
    if page.extraction in (Extraction.PHOTOGRAPHED, Extraction.STRAIGHTENED):
        whole = Box(0.0, 0.0, float(page.width), float(page.height))
        told = Measure(Flaw.PHOTOGRAPH, 1.0, whole)
        inspection = replace(inspection, measures=(*inspection.measures, told))
    return SeenPage(page, picture, inspection, picture_hash(pixels, inspection.frame))


def batch_data(settings: Settings, pages: Sequence[SeenPage]) -> list[dict[str, Any]]:
    """Every page as plain data, after all of the batch are known: dirt on the glass, sheets scanned twice."""
    streaks = streaks_on_several([(seen.inspection.streaks_mm, _whole(seen)) for seen in pages])
    repeated = {found.page: found for found in repeated_pages(settings, pages)}
    data = []
    for place, (seen, streak) in enumerate(zip(pages, streaks, strict=True)):
        measures = [*seen.inspection.measures, *([streak] if streak is not None else [])]
        data.append(_page_data(seen, judge_quality(measures), pages, repeated.get(place)))
    return data


def repeated_pages(settings: Settings, pages: Sequence[SeenPage]) -> tuple[Duplicate, ...]:
    """Sheets that were scanned twice. Only pages that look like another one are read, to compare them."""
    key = secrets.token_bytes(32)

    def keyed(text: str) -> str:
        return hashlib.blake2b(text.encode(), key=key, digest_size=16).hexdigest()

    prints = []
    for place, seen in enumerate(pages):
        bare = PagePrint(seen.page.picture.sha256, seen.picture_hash, (), "", ())
        others = (other for number, other in enumerate(pages) if number != place)
        if seen.inspection.side.is_blank or not any(
            may_be_same(seen.picture_hash, other.picture_hash) for other in others
        ):
            prints.append(bare if not seen.inspection.side.is_blank else replace(bare, picture_sha256=""))
            continue
        read = read_one(seen.page, seen.picture, settings.model_cache)
        prints.append(page_print(read, keyed))
    return find_duplicates(prints)


def _page_data(
    seen: SeenPage, quality: PageQuality, pages: Sequence[SeenPage], repeated: Duplicate | None
) -> dict[str, Any]:
    look = seen.inspection
    return {
        "source": seen.page.source.name,
        "number": seen.page.number,
        "extraction": seen.page.extraction.value,
        "width": seen.page.width,
        "height": seen.page.height,
        "dpi": round(seen.page.dpi, 1),
        "rotation_degrees": look.frame.rotation_degrees,
        "angle_degrees": round(look.frame.angle_degrees, 3),
        "orientation_confidence": round(look.orientation_confidence, 4),
        "angle_confidence": round(look.skew_confidence, 4),
        "verdict": quality.verdict.value,
        "quality": [_finding_data(finding) for finding in quality.findings],
        "measures": {m.flaw.value: round(m.value, _DECIMALS) for m in look.measures},
        "blank": look.side.is_blank,
        "side": look.side.state.value,
        "ink": [box_data(box) for box in look.side.boxes],
        "codes": [
            {"symbology": code.symbology, "text": code.text, "box": box_data(code.box)} for code in look.codes
        ],
        "sheets": [_outline_data(thing, seen.page.dpi) for thing in look.things],
        "duplicates": [_duplicate_data(pages[repeated.other], repeated.likeness)] if repeated else [],
    }


_DECIMALS: Final = 3


def _outline_data(outline: Outline, dpi: float) -> dict[str, Any]:
    """A card or sheet on the glass: its corners clockwise, in pixels and in millimetres of the glass."""
    width, height = (side / dpi * MM_PER_INCH for side in outline.sides)
    return {
        "kind": outline.kind.value,
        "corners": [[round(x, 1), round(y, 1)] for x, y in outline.corners],
        "corners_mm": [[round(x, 2), round(y, 2)] for x, y in outline.in_millimetres(dpi)],
        "width_mm": round(width, 1),
        "height_mm": round(height, 1),
        "angle_degrees": round(outline.angle_degrees, 2),
    }


def _finding_data(finding: QualityFinding) -> dict[str, Any]:
    return {
        "flaw": finding.measure.flaw.value,
        "verdict": finding.verdict.value,
        "value": round(finding.measure.value, _DECIMALS),
        "limit": finding.limit,
        "box": box_data(finding.measure.box),
    }


def _duplicate_data(other: SeenPage, likeness: Likeness) -> dict[str, Any]:
    return {"source": other.page.source.name, "number": other.page.number, "likeness": likeness.value}


def _whole(seen: SeenPage) -> Measure:
    box = Box(0.0, 0.0, float(seen.page.width), float(seen.page.height))
    return Measure(Flaw.DIRTY_GLASS, 0.0, box)


def _object(data: bytes, media_type: str) -> StoredObject:
    digest = hashlib.sha256(data).hexdigest()
    return StoredObject(digest, digest, len(data), media_type)
