"""How exactly cards, small and photographed sheets are found, what is found where nothing lies, and how many
words of photographs are read."""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from PIL import Image

from console.bench_reading_ours import OurReader
from console.output import Output
from dossier.errors import SourceError
from dossier.outline import MM_PER_INCH, Outline
from models.photographed_sheet import photographed_sheet
from models.sheet_edges import lying_things
from pipeline.photographs import Front, from_the_front
from pipeline.picture import decode
from scanners.files import open_file, read_pages
from scanners.samples.askew import askew_page
from scanners.samples.on_glass import Corners, GlassPage, cards_on_glass, sheet_on_glass
from scanners.samples.photographed import photographed_page
from scanners.samples.reading_pages import Wear, benchmark_page

if TYPE_CHECKING:
    from dossier.ports import Colour
    from scanners.samples.degrade import Pixels

_PICTURES: Final = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf")
_FOUND_WITHIN_MM: Final = 3.0
"""An outline farther off is a false one."""
_A4_MM: Final = 210.0
_A4_LONG_INCHES: Final = 11.69


def outlines(pages: int, seed: int, folder: Path | None, output: Output) -> int:
    """Tables of corner errors by what was laid where, words of photographs, false finds on ordinary pages.

    Args:
        folder: files of pages on which nothing small lies, looked at too.
    """
    tables = {
        "cards": _glass_table(cards_on_glass(number, seed) for number in range(pages)),
        "sheets": _glass_table(sheet_on_glass(number, seed) for number in range(pages)),
        "photographs": _photograph_table(pages, seed),
        "words": _words_table(pages, seed),
        "ordinary": _false_table(_ordinary(4 * pages, seed)),
    }
    if folder is not None:
        tables["folder"] = _false_table(_pages_in(folder))
    output.figures(tables)
    return 0


def _glass_table(pages: Iterator[GlassPage]) -> dict[str, Any]:
    """Corner errors in millimetres; what lies under a lid of its own tone cannot be told."""
    errors: list[float] = []
    missed: dict[str, int] = {}
    false, things, seconds = 0, 0, []
    for page in pages:
        found, taken = _timed(_turned(page.picture), partial(lying_things, dpi=page.dpi))
        seconds.append(taken)
        things += len(page.things)
        close = 0
        for thing in page.things:
            nearest = min((_error(o, thing.corners) / page.dpi * MM_PER_INCH for o in found), default=np.inf)
            if nearest <= _FOUND_WITHIN_MM:
                errors.append(float(nearest))
                close += 1
            else:
                missed[page.lid] = missed.get(page.lid, 0) + 1
        false += len(found) - close
    return {
        "things": things,
        "found": len(errors),
        "missed": missed,
        "false": false,
        **_figures(errors, seconds),
    }


def _photograph_table(pages: int, seed: int) -> dict[str, Any]:
    errors, seconds = [], []
    for number in range(pages):
        page = photographed_page(number, seed)
        found, taken = _timed(_turned(page.picture), _photographed)
        seconds.append(taken)
        pixel = float(np.linalg.norm(page.corners[1] - page.corners[0])) / _A4_MM
        errors += [_error(outline, page.corners) / pixel for outline in found]
    return {"things": pages, "found": len(errors), **_figures(errors, seconds)}


def _photographed(picture: Colour) -> Sequence[Outline]:
    found = photographed_sheet(picture)
    return [] if found is None else [found]


def _words_table(pages: int, seed: int) -> dict[str, Any]:
    """Words of photographed sheets read as the photograph lies there, and seen from the front."""
    reader = OurReader()
    told = dict.fromkeys(("of", "before", "after", "of_curled", "before_curled", "after_curled"), 0)
    with TemporaryDirectory(prefix="sohoa-outlines-") as folder:
        for number in range(pages):
            page = photographed_page(number, seed)
            front = from_the_front(_turned(page.picture))
            truth = Counter(" ".join(page.texts).split())
            files = {"before": page.jpeg(), "after": page.jpeg() if front is None else _jpeg(front)}
            counts = {"of": truth.total()}
            for name, data in files.items():
                file = Path(folder) / f"{name}.jpg"
                file.write_bytes(data)
                counts[name] = (Counter(reader.read(file).split()) & truth).total()
            for name, count in counts.items():
                told[name] += count
                told[f"{name}_curled"] += count * page.is_curled
    return told


def _jpeg(front: Front) -> bytes:
    out = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(front.picture[:, :, ::-1]))
    picture.save(out, "JPEG", quality=95, dpi=(front.dpi, front.dpi))
    return out.getvalue()


def _false_table(pages: Iterator[tuple[str, Colour, float]]) -> dict[str, Any]:
    """Pages that fill the glass: nothing may be found."""
    false, seconds = [], []
    for name, picture, dpi in pages:
        found, taken = _timed(picture, partial(lying_things, dpi=dpi))
        seconds.append(taken)
        false += [name] if found else []
    return {"pages": len(seconds), "false": len(false), "pages_with_one": false, **_figures([], seconds)}


def _ordinary(pages: int, seed: int) -> Iterator[tuple[str, Colour, float]]:
    """Straight and askew, clean and worn."""
    for number in range(pages):
        page = askew_page(number, seed) if number % 2 else benchmark_page(Wear.MIDDLE, number, seed)
        yield page.name, _turned(page.picture), page.dpi


def _pages_in(folder: Path) -> Iterator[tuple[str, Colour, float]]:
    """Every page of every file that can be opened; one that states no resolution counts as A4."""
    for file in sorted(path for path in folder.rglob("*") if path.suffix.lower() in _PICTURES):
        try:
            for page in read_pages(open_file(file)):
                picture = decode(page.picture)
                yield f"{file.name} {page.number}", picture, page.dpi or picture.shape[0] / _A4_LONG_INCHES
        except SourceError:
            continue


def _timed(picture: Colour, find: Callable[[Colour], Sequence[Outline]]) -> tuple[Sequence[Outline], float]:
    started = time.process_time()
    found = find(picture)
    return found, time.process_time() - started


def _turned(picture: Pixels) -> Colour:
    """Blue-green-red; a fax has one channel."""
    order = cv2.COLOR_GRAY2BGR if picture.ndim == 2 else cv2.COLOR_RGB2BGR
    return np.asarray(cv2.cvtColor(picture, order), np.uint8)


def _error(outline: Outline, true: Corners) -> float:
    """Pixels of the worst corner, whichever of them comes first."""
    turns = (
        np.linalg.norm(np.array(outline.corners) - np.roll(true, k, axis=0), axis=1).max() for k in range(4)
    )
    return float(min(turns))


def _figures(errors: Sequence[float], seconds: Sequence[float]) -> dict[str, Any]:
    told: dict[str, Any] = {"core_seconds_a_page": round(float(np.mean(seconds)), 4)}
    if errors:
        told["median_error_mm"] = round(float(np.median(errors)), 3)
        told["worst_error_mm"] = round(max(errors), 3)
    return told
