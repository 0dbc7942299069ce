"""Cards laid on the glass at any angle: each read upright from a picture of its own, where that reads better.

The page stays as it was scanned. What is read of a card comes back into the page's frame; on a page with
nothing but cards that frame stands as its first card does, so that the card is upright on the archived page
and its words lie in narrow boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import cv2
import numpy as np

from dossier.blocks import Block
from dossier.geometry import Affine, Box, UprightFrame
from dossier.outline import MM_PER_INCH, Outline, OutlineKind
from dossier.page import Code, Handwriting, Line, MachineZone, NumberReading, RecognisedPage
from models.mrz import zone_holds
from models.sheet_edges import CARD_MM
from pipeline.tilted import Straightened, into_page, within_page

if TYPE_CHECKING:
    from dossier.ports import Colour

_SURELY_READ: Final = 0.85
"""Mean confidence of a card that the page's own reading did justice to."""
_FEWEST: Final = 40
"""Letters of a card's side; with fewer, it was not read."""
_LEVEL: Final = 1.0
"""Degrees by which a card may lie askew on its page and still be read with it."""
_ALONE: Final = 0.15
"""Share of a page's letters outside its cards up to which it is a page of cards."""
Placed = TypeVar("Placed", Line, Code, NumberReading, MachineZone, Handwriting)


@dataclass(frozen=True, slots=True)
class _Card:
    """A card that was read by itself."""

    outline: Outline
    seen: RecognisedPage
    straight: Straightened


def card_picture(picture: Colour, outline: Outline, dpi: float) -> Straightened:
    """A card seen from the front, its long sides level, at the resolution of the scan."""
    width, height = (round(side * dpi / MM_PER_INCH) for side in CARD_MM)
    front = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there = cv2.getPerspectiveTransform(np.array(outline.corners, np.float32), front)
    seen = cv2.warpPerspective(
        picture, there, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return Straightened(np.asarray(seen, np.uint8), np.linalg.inv(np.asarray(there, np.float64)))


def card_frame(scan: UprightFrame, outline: Outline, rotation_degrees: int) -> UprightFrame:
    """The frame in which a card stands upright.

    Args:
        scan: any frame of the scan.
        rotation_degrees: what makes the card upright once its long side is level, clockwise.
    """
    clockwise = (rotation_degrees - outline.angle_degrees) % 360
    quarter = round(clockwise / 90) % 4 * 90
    rest = (clockwise - quarter + 180) % 360 - 180
    return UprightFrame(scan.scan_width, scan.scan_height, quarter, -rest)


def with_cards(
    read: RecognisedPage,
    picture: Colour,
    things: Sequence[Outline],
    reread: Callable[[Colour], RecognisedPage],
) -> RecognisedPage:
    """The page with each card's own reading in the place of the page's, where it is the better one.

    Args:
        things: what lies on the glass; anything but cards is left alone.
        reread: reads a picture as a page of its own.
    """
    better: list[_Card] = []
    cards = [thing for thing in things if thing.kind is OutlineKind.CARD]
    for outline in cards:
        own = [line for line in read.lines if _is_in(line.box, outline, read)]
        if not _needs_own_look(own, outline, read):
            continue
        straight = card_picture(picture, outline, read.page.dpi)
        seen = reread(straight.picture)
        if _worth(seen.lines) > _worth(own):
            better.append(_Card(outline, seen, straight))
    if not better:
        return read
    return _joined(_framed(read, cards, better[0]), better)


def _needs_own_look(lines: Sequence[Line], outline: Outline, read: RecognisedPage) -> bool:
    letters = sum(len(word.text) for line in lines for word in line.words)
    turned = (read.frame.angle_degrees - read.frame.rotation_degrees - outline.angle_degrees) % 90
    is_level = min(turned, 90 - turned) <= _LEVEL
    return not is_level or letters < _FEWEST or _worth(lines) < _SURELY_READ * letters


def _worth(lines: Sequence[Line]) -> float:
    """Letters that are likely to be right."""
    return sum(word.confidence * len(word.text) for line in lines for word in line.words)


def _is_in(box: Box, outline: Outline, read: RecognisedPage) -> bool:
    """Whether the middle of a box of the page lies on the card."""
    x, y = _back(read.frame.matrix, (box.left + box.right) / 2, (box.top + box.bottom) / 2)
    return cv2.pointPolygonTest(np.array(outline.corners, np.float32), (x, y), False) >= 0


def _back(matrix: Affine, x: float, y: float) -> tuple[float, float]:
    """The point of the scan that came to lie here, after a turn and a shift."""
    across, down = x - matrix.e, y - matrix.f
    return matrix.a * across + matrix.b * down, matrix.c * across + matrix.d * down


def _framed(read: RecognisedPage, cards: Sequence[Outline], first: _Card) -> RecognisedPage:
    """The page in the frame of its first card, where there is hardly anything beside its cards."""
    outside = [line for line in read.lines if not any(_is_in(line.box, card, read) for card in cards)]
    if _worth(outside) > _ALONE * _worth(first.seen.lines):
        return read
    frame = card_frame(read.frame, first.outline, first.seen.frame.rotation_degrees)

    def moved(box: Box) -> Box:
        return within_page(box, read.frame, frame)

    return replace(
        read,
        frame=frame,
        lines=tuple(_placed_line(line, moved) for line in read.lines),
        codes=tuple(replace(code, box=moved(code.box)) for code in read.codes),
        numbers=tuple(replace(number, box=moved(number.box)) for number in read.numbers),
        zones=tuple(replace(zone, box=moved(zone.box)) for zone in read.zones),
        handwriting=tuple(replace(mark, box=moved(mark.box)) for mark in read.handwriting),
        blocks=tuple(replace(block, box=moved(block.box)) for block in read.blocks),
    )


def _joined(read: RecognisedPage, cards: Sequence[_Card]) -> RecognisedPage:
    """What was read outside the cards, then each card's own."""
    outlines = [card.outline for card in cards]

    def is_outside(box: Box) -> bool:
        return not any(_is_in(box, outline, read) for outline in outlines)

    kept = [place for place, line in enumerate(read.lines) if is_outside(line.box)]
    lines = [read.lines[place] for place in kept]
    blocks = _still(read.blocks, {old: new for new, old in enumerate(kept)})
    codes, numbers = _of(read.codes, is_outside), _of(read.numbers, is_outside)
    zones, marks = _of(read.zones, is_outside), _of(read.handwriting, is_outside)
    engines = list(read.engines)
    for card in cards:
        there = _mover(card, read)
        shift = len(lines)
        lines += [_placed_line(line, there) for line in card.seen.lines]
        blocks += [_shifted(replace(block, box=there(block.box)), shift) for block in card.seen.blocks]
        known = [code for code in read.codes if not is_outside(code.box)]
        seen_codes = [replace(code, box=there(code.box)) for code in card.seen.codes]
        missed = {code.text for code in card.seen.codes}
        codes += [
            *seen_codes,
            *(code for code in known if _is_in(code.box, card.outline, read) and code.text not in missed),
        ]
        numbers += [replace(number, box=there(number.box)) for number in card.seen.numbers]
        zones += _zones(read, card, [replace(zone, box=there(zone.box)) for zone in card.seen.zones])
        marks += [replace(mark, box=there(mark.box)) for mark in card.seen.handwriting]
        engines += [engine for engine in card.seen.engines if engine not in engines]
    letters = sum(len(word.text) for line in lines for word in line.words)
    return replace(
        read,
        lines=tuple(lines),
        blocks=tuple(blocks),
        codes=tuple(codes),
        numbers=tuple(numbers),
        zones=tuple(zones),
        handwriting=tuple(marks),
        engines=tuple(engines),
        is_blank=not lines and not codes,
        confidence=_worth(lines) / letters if letters else 1.0,
    )


def _zones(read: RecognisedPage, card: _Card, seen: list[MachineZone]) -> list[MachineZone]:
    """A card's zones; those of the page where they alone have check digits that hold, or are there at all."""
    own = [zone for zone in read.zones if _is_in(zone.box, card.outline, read)]
    held = [zone for zone in own if zone_holds(zone.lines)]
    return seen if any(zone_holds(zone.lines) for zone in seen) else held or seen or own


def _mover(card: _Card, read: RecognisedPage) -> Callable[[Box], Box]:
    return lambda box: into_page(box, card.seen, card.straight, read)


def _of(values: Sequence[Placed], is_outside: Callable[[Box], bool]) -> list[Placed]:
    return [value for value in values if is_outside(value.box)]


def _placed_line(line: Line, there: Callable[[Box], Box]) -> Line:
    words = tuple(replace(word, box=there(word.box)) for word in line.words)
    return replace(line, box=there(line.box), words=words)


def _still(blocks: Sequence[Block], places: dict[int, int]) -> list[Block]:
    """Blocks without the lines that went."""
    left = []
    for block in blocks:
        lines = tuple(places[line] for line in block.lines if line in places)
        rows = tuple(
            tuple(tuple(places[line] for line in cell if line in places) for cell in row)
            for row in block.rows
        )
        left += [replace(block, lines=lines, rows=rows)] if lines else []
    return left


def _shifted(block: Block, by: int) -> Block:
    rows = tuple(tuple(tuple(line + by for line in cell) for cell in row) for row in block.rows)
    return replace(block, lines=tuple(line + by for line in block.lines), rows=rows)
