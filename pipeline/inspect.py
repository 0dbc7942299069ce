"""A page looked at while the paper is still in hand, ahead of reading: its turn, its quality, its ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from dossier.batch_sheet import read_sheet_code
from dossier.geometry import Box, UprightFrame
from dossier.outline import Outline, OutlineKind
from dossier.page import Code
from dossier.ports import CodeReader, LineFinder, LineReader, ReadWord
from dossier.quality import Flaw, Measure, SideInk, SideState
from models.page_look import clipped_print, page_measures, streak_columns
from models.sheet_edges import lying_things
from models.side_ink import side_ink
from pipeline.cards import card_frame, card_picture
from pipeline.contrast import with_dark_ink
from pipeline.deskew import ink_of
from pipeline.lid import sheet_alone, without_lid
from pipeline.prepare import PreparedPage, line_picture, prepare
from pipeline.tilted import from_front
from pipeline.upright import Upright, in_scan, upright

if TYPE_CHECKING:
    from dossier.ports import Colour

_SAMPLES: Final = 10
"""Lines read to tell how legible a page is, spread over it."""
_LONGEST: Final = 18
"""Heights of a line that are read of it: a few words."""
_BESIDE: Final = 24
"""Pixels around a card that go with it: its shadow."""
_FEWEST_LETTERS: Final = 12
"""With fewer, nothing can be said about how legible a page is."""


@dataclass(frozen=True, slots=True)
class PageReaders:
    """What is needed to look at a page; much less than what reads it."""

    finder: LineFinder
    reader: LineReader
    codes: CodeReader | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a first look at a page told."""

    frame: UprightFrame
    """How it has to be turned."""
    orientation_confidence: float
    """0.0 to 1.0: how well a few lines read in this way."""
    skew_confidence: float
    """0.0 to 1.0: how far the angle can be trusted."""
    side: SideInk
    measures: tuple[Measure, ...]
    """Everything measured, good or bad, boxes in pixels of the picture as scanned."""
    streaks_mm: tuple[float, ...]
    """Columns that look like dirt on the glass, millimetres from the left edge."""
    codes: tuple[Code, ...]
    """Boxes in pixels of the picture as scanned."""
    things: tuple[Outline, ...] = ()
    """Cards, and sheets smaller than the glass, where their edges can be told."""


def inspect_page(picture: Colour, dpi: float, readers: PageReaders) -> Inspection:
    """Look at a page. Never raises on what it shows.

    Args:
        picture: as scanned, shape (height, width, 3), blue-green-red.
        dpi: dots per inch.
    """
    things = lying_things(picture, dpi)
    streaks = streak_columns(picture, dpi)
    measures = _of_surface(picture, things, dpi)
    whole = Box(0.0, 0.0, float(picture.shape[1]), float(picture.shape[0]))
    measures = (*measures, Measure(Flaw.STREAK, float(len(streaks)), whole))
    bare = without_lid(picture, things)
    side = side_ink(bare, dpi)
    prepared = prepare(with_dark_ink(bare))
    codes = readers.codes.read(prepared.levels[0]) if readers.codes is not None else ()
    if any(read_sheet_code(code.text) is not None for code in codes):
        # A cover or separator sheet is printed in black and is nobody's paper.
        measures = tuple(m for m in measures if m.flaw is not Flaw.NO_COLOUR)
    if side.is_blank and not codes:
        frame = UprightFrame(prepared.width, prepared.height, 0, 0.0)
        light = tuple(m for m in measures if m.flaw not in (Flaw.BLUR, Flaw.TOO_PALE))
        return Inspection(frame, 0.0, 0.0, side, light, streaks, (), things)
    cards = [thing for thing in things if thing.kind is OutlineKind.CARD]
    if cards and _is_all(bare, cards, dpi):
        found, frame, more = _of_card(picture, cards[0], dpi, readers)
    else:
        found = upright(prepared.view, readers.finder, readers.reader)
        frame = UprightFrame(prepared.width, prepared.height, found.rotation_degrees, found.angle_degrees)
        more = _of_print(prepared, frame, found, readers)
    if side.is_blank:
        side = SideInk(SideState.INKED, tuple(code.box for code in codes))
    measures = (*measures, *more, *_at_edge(prepared))
    return Inspection(
        frame, found.confidence, found.skew_confidence, side, measures, streaks, tuple(codes), things
    )


def _of_surface(picture: Colour, things: Sequence[Outline], dpi: float) -> tuple[Measure, ...]:
    """What the surface tells: of the sheet alone where one lies on the glass, else of everything but the lid.

    A small sheet has the scale of its scan, whatever its shape.
    """
    alone = sheet_alone(picture, things)
    if alone is None:
        return page_measures(without_lid(picture, things), dpi)
    found = page_measures(alone.picture, dpi)
    return tuple(
        replace(measure, box=from_front(measure.box, alone))
        for measure in found
        if measure.flaw is not Flaw.SCALE
    )


def _is_all(picture: Colour, cards: Sequence[Outline], dpi: float) -> bool:
    """Whether a page bears nothing beside its cards."""
    rest = picture.copy()
    for card in cards:
        box = card.box
        top, left = max(0, int(box.top) - _BESIDE), max(0, int(box.left) - _BESIDE)
        part = rest[top : int(box.bottom) + _BESIDE, left : int(box.right) + _BESIDE]
        part[:] = np.median(part[:2].reshape(-1, 3), axis=0)
    return side_ink(rest, dpi).is_blank


def _of_card(
    picture: Colour, card: Outline, dpi: float, readers: PageReaders
) -> tuple[Upright, UprightFrame, list[Measure]]:
    """Turn and legibility of a page of cards, as its first one tells them; a card may lie askew."""
    straight = prepare(with_dark_ink(card_picture(picture, card, dpi).picture))
    found = upright(straight.view, readers.finder, readers.reader)
    own = UprightFrame(straight.width, straight.height, found.rotation_degrees, found.angle_degrees)
    measures = _of_print(straight, own, found, readers)
    scan = UprightFrame(picture.shape[1], picture.shape[0], 0, 0.0)
    legible = [replace(measure, box=card.box) for measure in measures if measure.flaw is not Flaw.SKEW]
    return found, card_frame(scan, card, found.rotation_degrees), legible


def _of_print(
    prepared: PreparedPage, frame: UprightFrame, found: Upright, readers: PageReaders
) -> list[Measure]:
    """Skew, and how uncertain the letters of a few lines are."""
    whole = Box(0.0, 0.0, float(prepared.width), float(prepared.height))
    measures = [Measure(Flaw.SKEW, abs(found.angle_degrees), whole)]
    lines = [in_scan(box, prepared, frame) for box in found.boxes if box.width > 2.5 * box.height]
    lines.sort(key=lambda box: box.top)
    every = max(1, -(-len(lines) // _SAMPLES))
    pictures, is_cut = [], []
    for line in lines[every // 2 :: every]:
        right = min(line.right, line.left + _LONGEST * line.height)
        pictures.append(line_picture(prepared, frame, Box(line.left, line.top, right, line.bottom)))
        is_cut.append(right < line.right)
    words: list[ReadWord] = []
    for read, cut in zip(readers.reader.read(pictures), is_cut, strict=True):
        words += read.words[:-1] if cut else read.words
    letters = sum(len(word.text) for word in words)
    if letters >= _FEWEST_LETTERS:
        clear = sum(word.clarity * len(word.text) for word in words) / letters
        measures.append(Measure(Flaw.ILLEGIBLE, 1.0 - clear, whole))
    return measures


def _at_edge(prepared: PreparedPage) -> list[Measure]:
    found = clipped_print(ink_of(prepared.view))
    if found is None:
        return []
    grow = prepared.width / prepared.view.shape[1]
    box = found.box
    return [
        Measure(
            found.flaw,
            found.value,
            Box(box.left * grow, box.top * grow, box.right * grow, box.bottom * grow),
        )
    ]
