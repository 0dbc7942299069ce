"""How exactly cards, small sheets and photographed sheets are found, and what is found where nothing lies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from console.output import Output
from dossier.outline import MM_PER_INCH, Outline
from models.photographed_sheet import photographed_sheet
from models.sheet_edges import lying_things
from scanners.samples.askew import askew_page
from scanners.samples.on_glass import Corners, GlassPage, cards_on_glass, sheet_on_glass
from scanners.samples.photographed import photographed_page
from scanners.samples.reading_pages import Wear, benchmark_page

if TYPE_CHECKING:
    from dossier.ports import Colour
    from scanners.samples.degrade import Pixels

_FOUND_WITHIN_MM: Final = 3.0
"""An outline farther off is a false one."""
_A4_MM: Final = 210.0


def outlines(pages: int, seed: int, output: Output) -> int:
    """Tables of corner errors by what was laid where, and of false finds on pages that fill the glass."""
    tables = {
        "cards": _glass_table(cards_on_glass(number, seed) for number in range(pages)),
        "sheets": _glass_table(sheet_on_glass(number, seed) for number in range(pages)),
        "photographs": _photograph_table(pages, seed),
        "ordinary": _ordinary_table(4 * pages, seed),
    }
    if output.as_json:
        output.data(tables)
        return 0
    for name, table in tables.items():
        output.text(f"{name}: " + ", ".join(f"{key} {value}" for key, value in table.items()))
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


def _ordinary_table(pages: int, seed: int) -> dict[str, Any]:
    """Pages that fill the glass, straight and askew, clean and worn: nothing may be found."""
    false, seconds = [], []
    for number in range(pages):
        page = askew_page(number, seed) if number % 2 else benchmark_page(Wear.MIDDLE, number, seed)
        found, taken = _timed(_turned(page.picture), partial(lying_things, dpi=page.dpi))
        seconds.append(taken)
        false += [page.name] if found else []
    return {"pages": pages, "false": len(false), "pages_with_one": false, **_figures([], seconds)}


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
