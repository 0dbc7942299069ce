"""Pages for the reading benchmark: seeded, with the truth about every word, in three strengths of wear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from PIL import Image

from scanners.samples.degrade import AS_IT_HAPPENS, Degradation, Pixels, Step, degrade, moved
from scanners.samples.layout import SPECIMEN
from scanners.samples.prose import Prose
from scanners.samples.reading_layout import Writer
from scanners.samples.reading_papers import PAPERS
from scanners.samples.scan import Look, scan
from scanners.samples.sheet import DPI, PrintedWord
from scanners.samples.typefaces import Family, Manner, families

_TURNS: Final = (Manner.TIMES, Manner.TIMES, Manner.SANS, Manner.TIMES, Manner.OTHER)
"""Manners of type take turns: most papers are set in Times."""
_QUALITY: Final = 92
"""JPEG quality at which counter scanners save."""
_PERSONAL_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


class Wear(StrEnum):
    """How much a page has suffered."""

    CLEAN = "clean"
    """A counter scanner at 300 dpi, nothing else."""
    MIDDLE = "middle"
    """One or two degradations of strength 1 or 2: what a counter sees."""
    WORST = "worst"
    """One degradation of strength 3: what a clerk would rather scan again."""


@dataclass(frozen=True, slots=True)
class BenchmarkPage:
    """A scanned page and what stands on it."""

    name: str
    """For example "middle-03"."""
    wear: Wear
    paper: str
    """Which kind of paper."""
    family: str
    """What it is set in."""
    steps: tuple[Step, ...]
    """What happened to it."""
    picture: Pixels
    """Red, green, blue."""
    dpi: float
    words: tuple[PrintedWord, ...]
    """Every word with the box of its ink, in pixels of the picture."""
    orders: tuple[tuple[str, ...], ...]
    """Its lines in each order in which people may read them; the same lines in each."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines, columns of the head and the foot one after the other."""
        return self.orders[0]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Personal numbers in print, 12 digits each."""
        return personal_numbers("\n".join(self.lines))


def benchmark_page(wear: Wear, number: int, seed: int) -> BenchmarkPage:
    """Page `number` of a strength, from 0; one and the same for one seed and one set of installed fonts.

    Raises:
        PartMissing: no font with all Vietnamese letters is installed.
    """
    random = Random(f"{seed}/reading/{wear}/{number}")  # noqa: S311 - invented people, no secrets
    family = _family(number, random)
    writer, paper = Writer(family, number + 1), PAPERS[(number + number // len(PAPERS)) % len(PAPERS)]
    paper(writer, Prose(random))
    sheet = writer.finish(SPECIMEN)
    steps = steps_of(wear, number, seed)
    scanned = np.asarray(scan(sheet, Look(), random))
    after = degrade(scanned, steps, random, dpi=float(DPI))
    words = [PrintedWord(w.text, moved(w.box, after.matrix)) for line in sheet.lines for w in line.words]
    return BenchmarkPage(
        name=f"{wear}-{number:02d}",
        wear=wear,
        paper=paper.__name__,
        family=family.name,
        steps=steps,
        picture=after.picture,
        dpi=after.dpi,
        words=tuple(words),
        orders=_orders(writer),
    )


def steps_of(wear: Wear, number: int, seed: int) -> tuple[Step, ...]:
    """What happens to a page: all degradations take turns, in an order of the seed's."""
    if wear is Wear.CLEAN:
        return ()
    if wear is Wear.WORST:
        return ((_dealt(number, seed)[0], 3),)
    first = number + number // 2
    dealt = dict(_dealt(place, seed) for place in range(first, first + 1 + number % 2))
    return tuple((kind, dealt[kind]) for kind in AS_IT_HAPPENS if kind in dealt)


def save(page: BenchmarkPage, folder: Path) -> Path:
    """Write the picture as a scanner would: JPEG, and a fax as TIFF with CCITT G4 (ITU-T T.6)."""
    picture, resolution = Image.fromarray(page.picture), (page.dpi, page.dpi)
    if any(kind is Degradation.FAX for kind, _ in page.steps):
        path = folder / f"{page.name}.tif"
        picture.convert("L").point(lambda level: 255 if level > 127 else 0, mode="1").save(
            path, compression="group4", dpi=resolution
        )
    else:
        path = folder / f"{page.name}.jpg"
        picture.save(path, quality=_QUALITY, dpi=resolution)
    return path


def personal_numbers(text: str) -> tuple[str, ...]:
    """Runs of exactly 12 digits."""
    return tuple(_PERSONAL_NUMBER.findall(text))


def _dealt(place: int, seed: int) -> Step:
    """The degradation at a place of a deck that is shuffled anew when it is used up; 1 or 2 strong."""
    turn, card = divmod(place, len(Degradation))
    deck = [(kind, 1 + (turn + which) % 2) for which, kind in enumerate(Degradation)]
    Random(f"{seed}/deck/{turn}").shuffle(deck)  # noqa: S311 - which page suffers what
    return deck[card]


def _family(number: int, random: Random) -> Family:
    manner = _TURNS[number % len(_TURNS)]
    known = families()
    return random.choice([family for family in known if family.manner is manner] or known)


def _orders(writer: Writer) -> tuple[tuple[str, ...], ...]:
    """Each pair of columns one after the other, or row by row."""
    found = []
    for by_rows in product((False, True), repeat=len(writer.pairs)):
        order = list(range(len(writer.lines)))
        for (first, _, end), rows in zip(writer.pairs, by_rows, strict=True):
            if rows:
                boxes = {i: writer.lines[i].words[0].box for i in range(first, end)}
                order[first:end] = sorted(boxes, key=lambda i: (round(boxes[i].bottom / 40), boxes[i].left))
        found.append(tuple(writer.lines[i].text for i in order))
    return tuple(found)
