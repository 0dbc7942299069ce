"""How exactly pages are straightened and turned upright: generated and, where they lie there, real ones."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from console.output import Output
from dossier.errors import SohoaError
from flows.reading import open_reader
from flows.settings import settings
from pipeline.contrast import with_dark_ink
from pipeline.deskew import ink_of, skew_angle
from pipeline.picture import decode
from pipeline.prepare import prepare
from pipeline.upright import upright
from scanners.files import read_pages_guarded
from scanners.samples.askew import askew_page

if TYPE_CHECKING:
    from dossier.ports import Colour

_BENT: Final = ("curved", "keystone", "perspective")
"""Words of a manifest's note about pages that no single angle straightens."""
_SKEW, _TURN = "skew_ccw_to_straighten_deg", "clockwise_rotation_to_upright"


def geometry(pages: int, seed: int, data: Path | None, output: Output) -> int:
    """Tables of skew on generated pages, and of skew and quarter turns on every folder with a manifest."""
    root = data or Path(__file__).resolve().parents[2] / "shared" / "data"
    tables = {"generated": _skew_table(_generated(pages, seed))}
    if (root / "skew" / "manifest.tsv").exists():
        tables["skew"] = _skew_table(_real_skew(root / "skew"))
    turned = [folder for name in ("rotation", "vi_forms") if (folder := root / name).is_dir()]
    for folder in turned:
        tables[folder.name] = _turn_table(_real_turns(folder))
    if data is not None and len(tables) == 1:
        raise SohoaError(str(data), "holds no folder skew, rotation or vi_forms with a manifest.tsv")
    output.figures(tables)
    return 0


def _generated(pages: int, seed: int) -> Iterator[tuple[str, float, float, float]]:
    for number in range(pages):
        page = askew_page(number, seed)
        found, seconds = _measured(np.ascontiguousarray(page.picture[:, :, ::-1]))
        yield page.name, page.angle_degrees, found, seconds


def _real_skew(folder: Path) -> Iterator[tuple[str, float, float, float]]:
    for row in _rows(folder):
        if any(word in row["note"] for word in _BENT):
            continue
        picture = next(_pictures(folder / row["file"]))
        found, seconds = _measured(picture)
        yield row["file"], float(row[_SKEW]), found, seconds


def _measured(picture: Colour) -> tuple[float, float]:
    """The angle found, and the core-seconds that it took once the page was prepared."""
    view = prepare(with_dark_ink(picture)).view
    started = time.process_time()
    angle = skew_angle(ink_of(view))
    return angle.degrees, time.process_time() - started


def _skew_table(found: Iterator[tuple[str, float, float, float]]) -> dict[str, Any]:
    rows = list(found)
    errors = np.array([abs(measured - true) for _, true, measured, _ in rows])
    return {
        "pages": len(rows),
        "median_error_degrees": round(float(np.median(errors)), 4),
        "p95_error_degrees": round(float(np.percentile(errors, 95)), 4),
        "worst_error_degrees": round(float(errors.max()), 4),
        "worst_page": rows[int(errors.argmax())][0],
        "core_seconds_a_page": round(sum(row[3] for row in rows) / len(rows), 4),
    }


def _real_turns(folder: Path) -> Iterator[tuple[str, int, int, float]]:
    """File, quarter turn that is right, the one found, its confidence; pages without a truth are left out."""
    readers = open_reader(settings().model_cache)
    for row in _rows(folder):
        if not row[_TURN].isdigit() or row["file"].endswith(".docx"):
            continue
        for picture in _pictures(folder / row["file"]):
            found = upright(prepare(with_dark_ink(picture)).view, readers.finder, readers.reader)
            yield row["file"], int(row[_TURN]), found.rotation_degrees, found.confidence


def _turn_table(found: Iterator[tuple[str, int, int, float]]) -> dict[str, Any]:
    rows = list(found)
    return {
        "pages": len(rows),
        "upright": sum(right == turned for _, right, turned, _ in rows),
        "turned_wrongly": [name for name, right, turned, _ in rows if right != turned],
        "least_confidence": round(min((sure for *_, sure in rows), default=0.0), 3),
    }


def _rows(folder: Path) -> list[Mapping[str, str]]:
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _pictures(file: Path) -> Iterator[Colour]:
    with TemporaryDirectory(prefix="sohoa-") as folder:
        for page in read_pages_guarded(file, Path(folder)):
            yield decode(page.picture)
