"""Half pages that suffered exactly one thing, with the truth about their lines, for fitting limits."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np

from scanners.samples.degrade import STRENGTHS, Degradation, Pixels, Step, degrade
from scanners.samples.layout import SPECIMEN
from scanners.samples.prose import Prose
from scanners.samples.reading_layout import Writer
from scanners.samples.reading_papers import PAPERS
from scanners.samples.scan import Look, scan
from scanners.samples.sheet import DPI, HEIGHT
from scanners.samples.typefaces import families

_CUT: Final = HEIGHT // 2
"""A5: half of the reading, and print of the same size."""
CELLS: Final[tuple[tuple[Step, ...], ...]] = (
    (),
    (),
    (),
    *(((kind, strength),) for kind in Degradation for strength in STRENGTHS),
)
"""Three times nothing, then every degradation in every strength."""


@dataclass(frozen=True, slots=True)
class WornPage:
    """A page and what stands on it."""

    steps: tuple[Step, ...]
    """What happened to it; nothing, or one degradation."""
    picture: Pixels
    """Red, green, blue."""
    dpi: float
    lines: tuple[str, ...]


def worn_page(number: int, seed: int) -> WornPage:
    """Page `number`, from 0."""
    random = Random(f"{seed}/worn/{number}")  # noqa: S311 - invented pages, no secrets
    writer = Writer(random.choice(families()), number + 1)
    PAPERS[random.randrange(len(PAPERS))](writer, Prose(random))
    sheet = writer.finish(SPECIMEN)
    cut = _between_lines(
        [(min(w.box.top for w in line.words), max(w.box.bottom for w in line.words)) for line in sheet.lines]
    )
    kept = [line for line in sheet.lines if max(word.box.bottom for word in line.words) <= cut]
    picture = np.ascontiguousarray(np.asarray(scan(sheet, Look(), random))[:cut])
    steps = CELLS[number % len(CELLS)]
    after = degrade(picture, steps, random, dpi=float(DPI))
    return WornPage(steps, after.picture, after.dpi, tuple(line.text for line in kept))


def _between_lines(spans: list[tuple[float, float]]) -> int:
    """The row nearest below the middle that cuts no line."""
    row = _CUT
    while any(top - 8 < row < bottom + 8 for top, bottom in spans) and row < HEIGHT:
        row += 4
    return row
