"""`sohoa bench alphabet`: is every letter and sign read back, in every font that has them?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from console.output import Output
from dossier.page import Extraction, Line, ScannedPage, SourceFile, StoredObject
from flows.reading import open_reader
from flows.settings import settings
from pipeline.reading import Readers, read_page
from scanners.samples.alphabet_lines import (
    DPI,
    TOLD,
    line_at,
    misread,
    page_of,
    pages_in,
)
from scanners.samples.typefaces import families


@dataclass(frozen=True, slots=True)
class Face:
    """One cut of a family, and what was misread in it."""

    name: str
    missed: str
    """Characters, sorted."""


def alphabet(only: Sequence[str], output: Output) -> int:
    """Print what is misread in each cut of each family, and in how many cuts each character is.

    Args:
        only: parts of families' names; none for all.
    """
    readers = open_reader(settings().model_cache)
    faces = [
        Face(f"{family.name} {cut.stem}", missed_in(cut, readers))
        for family in families()
        if not only or any(part.lower() in family.name.lower() for part in only)
        for cut in family.cuts
    ]
    where = {c: sum(c in face.missed for face in faces) for c in sorted(TOLD)}
    if output.as_json:
        output.data({"dpi": DPI, "faces": {f.name: f.missed for f in faces}, "characters": where})
    else:
        for face in faces:
            output.text(f"{face.name:44s} {face.missed}")
        missed = sorted((count, c) for c, count in where.items() if count)
        output.text(f"{len(faces)} faces, {len(TOLD) - len(missed)} of {len(TOLD)} characters right in all")
        output.text("  ".join(f"{c} {count}" for count, c in reversed(missed)))
    return 0 if faces and not any(where.values()) else 1


def missed_in(cut: Path, readers: Readers) -> str:
    """The characters that are misread in a font file, sorted; lines that it cannot draw are left out."""
    return "".join(sorted({c for page in pages_in(cut) for c in _missed_on(page, cut, readers)}))


def _missed_on(printed: Sequence[str], cut: Path, readers: Readers) -> set[str]:
    picture = page_of(printed, cut)
    read = read_page(_scanned(picture), picture, readers)
    parts: list[list[Line]] = [[] for _ in printed]
    for line in read.lines:
        place = line_at((line.box.top + line.box.bottom) / 2)
        parts[min(max(place, 0), len(parts) - 1)].append(line)
    found = (" ".join(line.text for line in sorted(part, key=lambda p: p.box.left)) for part in parts)
    return {c for line, text in zip(printed, found, strict=True) for c in misread(line, text)}


def _scanned(picture: npt.NDArray[np.uint8]) -> ScannedPage:
    kept = StoredObject(
        "alphabet", hashlib.sha256(picture.tobytes()).hexdigest(), picture.nbytes, "image/png"
    )
    height, width = picture.shape[:2]
    source = SourceFile("alphabet.png", kept)
    return ScannedPage(source, 1, kept, Extraction.AS_SCANNED, width, height, float(DPI))
