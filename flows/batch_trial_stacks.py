"""Generated batches as a feeder delivers them, with the truth: whose every side is.

Cover sheets are the product's own, printed as PDF and drawn again; papers are pages of the sample dossiers,
receipts bear a bar code. Each cover sheet may be damaged, missing or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import pypdfium2
import zxingcpp

from dossier.batch import Expectation
from dossier.batch_sheet import CoverSheet, SeparatorSheet
from pipeline.cover_sheet import SheetText, print_sheets
from scanners.samples.degrade import Degradation, degrade

if TYPE_CHECKING:
    from dossier.ports import Grey

DPI: Final = 200
_LONGEST_DOSSIER: Final = 6


class Fate(StrEnum):
    """What became of a cover sheet."""

    WHOLE = "whole"
    WORN = "worn"
    """Stained, folded, pale, crooked: still to be read."""
    BLOTTED = "blotted"
    """Every code is scribbled over."""
    TORN = "torn"
    """Half of it is gone, and a scribble over the rest."""
    RUINED = "ruined"
    """Nothing that tells it from any other paper."""
    MISSING = "missing"
    DOUBLED = "doubled"
    """A second one right behind it."""
    CLOSING = "closing"
    """A second one behind the dossier's last paper."""


class Sorting(StrEnum):
    """How dossiers are kept apart."""

    COUNTED = "counted"
    """Cover sheets that say how many sheets follow."""
    COVERS = "covers"
    """Cover sheets of one print run without counts."""
    SINGLE = "single"
    """Cover sheets each printed alone."""
    SEPARATORS = "separators"
    """Separator sheets, and a receipt in each dossier."""
    RECEIPTS = "receipts"
    """A receipt on top of each dossier and nothing else."""


@dataclass(frozen=True, slots=True)
class TrialSide:
    """One side of the feed, and whose it is."""

    picture: Grey
    sheet: int
    dossier: str
    """Whose paper; for a cover sheet, whose cover."""
    is_paper: bool


@dataclass(frozen=True, slots=True)
class TrialBatch:
    """A batch and the truth about it."""

    number: int
    sorting: Sorting
    fates: tuple[Fate, ...]
    is_duplex: bool
    expected: Expectation
    sides: tuple[TrialSide, ...]


def stacks(count: int, seed: int, papers: Sequence[Path]) -> Iterator[TrialBatch]:
    """Batches of 1 to 12 dossiers; the same seed gives the same pixels.

    Args:
        papers: pictures of pages, of which the dossiers consist.
    """
    drawn = [_paper(path) for path in papers]
    for number in range(1, count + 1):
        yield _Stack(number, Random(f"{seed}/{number}"), drawn).batch()  # noqa: S311 - pixels, no secrets


class _Stack:
    def __init__(self, number: int, random: Random, papers: Sequence[Grey]) -> None:
        self._number, self._random, self._papers = number, random, papers
        self._sides: list[TrialSide] = []
        self._sheet = 0
        self._is_duplex = random.random() < 0.25

    def batch(self) -> TrialBatch:
        random = self._random
        weights = (40, 30, 10, 10, 10)
        (sorting,) = random.choices(list(Sorting), weights)
        codes = [
            f"H56.101-2607{self._number % 28 + 1:02d}-{n:05d}"
            for n in random.sample(range(90000), random.randint(1, 12))
        ]
        sizes = [random.randint(1, _LONGEST_DOSSIER) for _ in codes]
        fates = [self._fate() for _ in codes]
        signs = _signs(sorting, codes, sizes, random)
        order = list(range(len(codes)))
        if random.random() < 0.25:
            random.shuffle(order)
        printed = _printed(signs)
        for n in order:
            self._dossier(codes[n], sizes[n], sorting, (printed[n], fates[n]))
        told = Expectation(
            dossiers=len(codes) if random.random() < 0.4 else 0,
            sheets=sum(sizes) if random.random() < 0.2 else 0,
            procedure="1.001193",
        )
        return TrialBatch(self._number, sorting, tuple(fates), self._is_duplex, told, tuple(self._sides))

    def _fate(self) -> Fate:
        return self._random.choices(list(Fate), (60, 14, 6, 3, 3, 7, 5, 2))[0]

    def _dossier(self, code: str, size: int, sorting: Sorting, sheet: tuple[Grey, Fate]) -> None:
        cover, fate = sheet
        if sorting is not Sorting.RECEIPTS and fate is not Fate.MISSING:
            self._lay(_suffered(cover, fate, self._random), code, is_paper=False)
            if fate is Fate.DOUBLED:
                self._lay(_suffered(cover, Fate.WORN, self._random), code, is_paper=False)
        on_receipt = sorting in (Sorting.SEPARATORS, Sorting.RECEIPTS)
        for n in range(size):
            paper = self._random.choice(self._papers)
            if n == 0 and (on_receipt or self._random.random() < 0.3):
                # A receipt is torn or missing as cover sheets are.
                spoilt = on_receipt and fate in (Fate.BLOTTED, Fate.TORN, Fate.RUINED, Fate.MISSING)
                paper = paper if spoilt else _receipt(paper, code)
            self._lay(paper, code, is_paper=True)
        if sorting is not Sorting.RECEIPTS and fate is Fate.CLOSING:
            self._lay(_suffered(cover, Fate.WORN, self._random), code, is_paper=False)

    def _lay(self, front: Grey, code: str, *, is_paper: bool) -> None:
        self._sheet += 1
        self._sides.append(TrialSide(front, self._sheet, code, is_paper))
        if self._is_duplex:
            blank = not is_paper or self._random.random() < 0.6
            back = _back_of(front) if blank else self._random.choice(self._papers)
            self._sides.append(TrialSide(back, self._sheet, code, is_paper))


def _signs(
    sorting: Sorting, codes: Sequence[str], sizes: Sequence[int], random: Random
) -> list[CoverSheet | SeparatorSheet]:
    run = f"{random.randrange(16**6):06X}"
    if sorting in (Sorting.SEPARATORS, Sorting.RECEIPTS):
        return [SeparatorSheet(run) for _ in codes]
    counted = sorting is Sorting.COUNTED
    alone = sorting is Sorting.SINGLE
    return [
        CoverSheet(
            print_run=f"{random.randrange(16**6):06X}" if alone else run,
            position=1 if alone else n,
            of=1 if alone else len(codes),
            dossier=code,
            procedure="1.001193",
            counter="Quầy 3",
            sheets=size if counted else 0,
        )
        for n, (code, size) in enumerate(zip(codes, sizes, strict=True), start=1)
    ]


def _printed(signs: Sequence[CoverSheet | SeparatorSheet]) -> list[Grey]:
    """The sheets out of the office printer: the product's PDF, drawn."""
    text = SheetText("TỜ BÌA HỒ SƠ", "MẪU", ("MẪU",), "MẪU")
    pages = pypdfium2.PdfDocument(print_sheets([(sign, text) for sign in signs]))
    return [np.ascontiguousarray(page.render(scale=DPI / 72).to_numpy()[:, :, 0]) for page in pages]


def _suffered(cover: Grey, fate: Fate, random: Random) -> Grey:
    """What the scanner sees of a sheet."""
    picture = cover.copy()
    height, width = picture.shape
    if fate in (Fate.BLOTTED, Fate.TORN):
        # The codes lie between these heights and sides, as shares of the sheet.
        for left, top, right, bottom in (
            (0.6, 0.06, 0.92, 0.27),
            (0.15, 0.4, 0.85, 0.68),
            (0.08, 0.72, 0.4, 0.95),
        ):
            place = picture[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
            _scribble(place, random)
    if fate is Fate.TORN:
        half = picture[height // 2 :] if random.random() < 0.5 else picture[: height // 2]
        half[:] = random.choice((20, 235))
    if fate is Fate.RUINED:
        picture[:] = 240
        _scribble(picture, random)
    kinds = [k for k in Degradation if k not in (Degradation.FILL_LINES, Degradation.LOW_RESOLUTION)]
    strongest = {Fate.WHOLE: 1, Fate.WORN: 3}.get(fate, 2)
    steps = [
        (kind, random.randint(1, strongest)) for kind in random.sample(kinds, 1 if strongest == 1 else 2)
    ]
    steps = [step for step in steps if step[0] is not Degradation.FAX or step[1] < 2]
    return _grey(degrade(picture, steps, random, dpi=float(DPI)).picture)


def _scribble(place: Grey, random: Random) -> None:
    """Thick strokes of a felt pen all over."""
    height, width = place.shape
    for _ in range(max(14, height // 16)):
        start, end = ((random.randrange(width), random.randrange(height)) for _ in range(2))
        cv2.line(place, start, end, random.choice((15, 40, 250)), max(10, height // 14))


def _receipt(paper: Grey, code: str) -> Grey:
    """A paper with the dossier's bar code at its top."""
    bars = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.Code128), scale=2, add_quiet_zones=True
    )
    row = np.asarray(bars, np.uint8)[0]
    picture = paper.copy()
    picture[60:150, 100 : 100 + row.size] = row
    return picture


def _back_of(front: Grey) -> Grey:
    """An empty back: paper, a little grain, the front shining through."""
    soft = cv2.GaussianBlur(np.ascontiguousarray(front[:, ::-1]), (0, 0), 3.0)
    return np.asarray(243 - (255 - soft.astype(np.int16)) // 14, np.uint8)


def _paper(path: Path) -> Grey:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"{path.name} is no picture")
    size = (round(8.27 * DPI), round(11.69 * DPI))
    turned = picture if picture.shape[0] >= picture.shape[1] else np.rot90(picture)
    return np.asarray(cv2.resize(np.ascontiguousarray(turned), size, interpolation=cv2.INTER_AREA), np.uint8)


def _grey(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Grey:
    return np.ascontiguousarray(picture if picture.ndim == 2 else picture[:, :, 0])
