"""What `sohoa bench throughput` measures: sample dossiers that nothing is wrong with, as pictures."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

_PICTURES: Final = (".jpg", ".jpeg", ".png", ".tif")
_WARMING: Final = 1
"""Dossiers that do not count."""
_ASKEW: Final = 1.0
"""Degrees to either side that a sheet goes through the feeder, at most."""


@dataclass(frozen=True, slots=True)
class Material:
    """What both read."""

    folder: Path
    """A folder for each dossier, the ones that do not count first."""
    register: Path
    pages: tuple[dict[str, Any], ...]
    """Truth of each page that counts."""
    files: tuple[Path, ...]
    """Its scans."""


def made_material(dossiers: int, seed: int, work: Path, text_pages: int = 0) -> Material:
    """Dossiers that nothing is wrong with, as pictures, in as many seeds as are needed.

    Args:
        text_pages: full pages of print that the first file of each dossier goes on for.
    """
    from scanners.samples import make_samples

    folder, register = work / "dossiers", work / "register.csv"
    people: list[str] = []
    pages: list[dict[str, Any]] = []
    files: list[Path] = []
    while (number := len(list(folder.glob("*")))) < dossiers + _WARMING:
        make_samples(work / "samples", seed)
        rows = (work / "samples" / "register.csv").read_text("utf-8").splitlines()
        people += rows[bool(people) :]
        for sample in sorted((work / "samples").glob("*/")):
            truth = json.loads((sample / "truth.json").read_text("utf-8"))
            scans = sorted((sample / "scans").iterdir())
            if truth["state"] != "archived" or not all(f.suffix in _PICTURES for f in scans):
                continue
            kept = shutil.copytree(sample, folder / f"THU-{number:05d}")
            of_pages = {(p["source"], p["number"]): p for d in truth["documents"] for p in d["pages"]}
            for further in range(text_pages):
                file = kept / "scans" / f"{scans[0].stem}_{further + 2:02d}.jpg"
                of_pages[file.name, 1] = {"text": _text_page(file, further + 2, f"{seed}/{number}/{further}")}
            number += 1
            if number > _WARMING:
                pages += [of_pages[key] for key in sorted(of_pages)]
                files += sorted((kept / "scans").iterdir())
            if number == dossiers + _WARMING:
                break
        shutil.rmtree(work / "samples")
        seed += 1
    register.write_text("\n".join(people) + "\n", encoding="utf-8")
    return Material(folder, register, tuple(pages), tuple(files))


def _text_page(file: Path, page_number: int, seed: str) -> list[str]:
    """Draw and scan a full A4 page in the manner of Times, 300 dpi; what it says, by lines."""
    from scanners.samples.layout import SPECIMEN
    from scanners.samples.prose import Prose
    from scanners.samples.reading_layout import Writer
    from scanners.samples.reading_papers import continued
    from scanners.samples.scan import Look, scan
    from scanners.samples.tray import write_scan
    from scanners.samples.typefaces import Manner, families

    random = Random(seed)  # noqa: S311 - which sentences stand there
    writer = Writer(next(f for f in families() if f.manner is Manner.TIMES), page_number)
    continued(writer, Prose(random))
    look = Look(random.uniform(-_ASKEW, _ASKEW))
    write_scan(file, [scan(writer.finish(SPECIMEN), look, random)])
    return [line.text for line in writer.lines]
