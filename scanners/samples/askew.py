"""Pages that lie askew by an angle that is known, for measuring how exactly it is found."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np

from scanners.samples.degrade import Degradation, Pixels, Step, degrade
from scanners.samples.layout import SPECIMEN
from scanners.samples.prose import Prose
from scanners.samples.reading_layout import Writer
from scanners.samples.reading_pages import Wear, steps_of
from scanners.samples.reading_papers import PAPERS
from scanners.samples.scan import Look, scan
from scanners.samples.sheet import DPI
from scanners.samples.typefaces import families

FURTHEST: Final = 15.0
"""Degrees to either side."""
_NOT_ASKEW: Final = (Degradation.SKEW, Degradation.FILL_LINES)
"""One turns the page a second time, the other needs a page that still lies straight."""


@dataclass(frozen=True, slots=True)
class AskewPage:
    """A scanned page and how it lies."""

    name: str
    angle_degrees: float
    """What straightens it, counter-clockwise."""
    rotation_degrees: int
    """Quarter turn that makes it upright after that, clockwise."""
    steps: tuple[Step, ...]
    """What else happened to it."""
    picture: Pixels
    """Red, green, blue."""
    dpi: float


def askew_page(number: int, seed: int, *, turned: bool = False) -> AskewPage:
    """Page `number`, from 0; every second one is worn as well, a third lies nearly straight.

    Args:
        turned: lies in any of the four directions; else its head is up.
    """
    random = Random(f"{seed}/askew/{number}")  # noqa: S311 - invented pages, no secrets
    writer = Writer(random.choice(families()), number + 1)
    PAPERS[number % len(PAPERS)](writer, Prose(random))
    sheet = writer.finish(SPECIMEN)
    reach = 1.0 if number % 3 == 0 else FURTHEST
    angle = round(random.uniform(-reach, reach), 3)
    rotation = random.choice((0, 90, 180, 270)) if turned else 0
    picture = np.asarray(scan(sheet, Look(angle_degrees=angle, rotation_degrees=rotation), random))
    steps: tuple[Step, ...] = ()
    if number % 2:
        worn = steps_of(Wear.MIDDLE, number, seed)
        steps = tuple(step for step in worn if step[0] not in _NOT_ASKEW)
    after = degrade(picture, steps, random, dpi=float(DPI))
    return AskewPage(f"askew-{number:03d}", angle, rotation, steps, after.picture, after.dpi)
