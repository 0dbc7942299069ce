"""One page from picture to text: upright, straight, prepared, read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2

from dossier.geometry import Box, UprightFrame
from dossier.page import Code, Engine, Line, NumberReading, RecognisedPage, ScannedPage
from dossier.ports import CodeReader, LineFinder, LineReader
from models.alphabet import check_alphabet
from models.codes import ZxingCodeReader
from models.digit_shapes import DigitShapeReader
from models.digits import PaddleDigitReader
from models.line_finder import PageLineFinder
from models.line_net import VietnameseLineReader
from models.rules import ruled
from models.sheet_edges import lying_things
from models.tesseract import TesseractWhenAsked
from models.zones import PaddleZoneReader
from pipeline.blocks import in_blocks
from pipeline.cards import with_cards
from pipeline.contrast import with_dark_ink
from pipeline.false_print import print_only, without_false
from pipeline.layout import reading_order
from pipeline.lines import read_lines, read_written
from pipeline.numbers import DigitReaders, read_numbers
from pipeline.prepare import PreparedPage, prepare, prepare_red_print, red_channel, turn
from pipeline.second_look import SecondLook
from pipeline.stages import stage
from pipeline.tables import grids
from pipeline.tilted import with_tilted
from pipeline.upright import in_scan, upright, view_frame
from pipeline.wordless import bears_ink
from pipeline.zones import read_zones

if TYPE_CHECKING:
    from dossier.ports import Colour

_RULE: Final = 175
"""Grey below which it shows a rule, which is often thinner than the letters."""
_MEETING: Final = 0.004
"""Of the longer side of a page: rules nearer than this meet."""
_FEWEST_RED_LETTERS, _CLEAR_IN_RED, _SURE_IN_RED = 4, 0.7, 0.85


@dataclass(frozen=True, slots=True)
class Readers:
    """Everything that reads a page. Opening it takes seconds: once per process."""

    finder: LineFinder
    reader: LineReader
    digits: LineReader | None
    """The second reader of digits; without one every number has a single witness."""
    codes: CodeReader
    zones: PaddleZoneReader | None = None
    """Reads machine-readable zones with their own alphabet."""
    shapes: LineReader | None = None
    """Compares the digits of damaged numbers with typefaces."""
    again: SecondLook | None = None
    """Looks once more at the lines that the text reader is least sure of."""


def open_readers(cache_dir: Path | None = None) -> Readers:
    """The readers of the product.

    Args:
        cache_dir: where PaddleOCR's model folders are made; a temporary folder of this user without one.

    Raises:
        PartMissing: weights are not there.
        ReaderUnfit: the line reader lacks Vietnamese letters.
    """
    cv2.setNumThreads(1)
    reader = VietnameseLineReader()
    check_alphabet(reader)
    return Readers(
        PageLineFinder(cache_dir),
        reader,
        PaddleDigitReader(cache_dir),
        ZxingCodeReader(),
        PaddleZoneReader(cache_dir),
        DigitShapeReader(),
        again=SecondLook(TesseractWhenAsked()),
    )


def read_page(page: ScannedPage, picture: Colour, readers: Readers) -> RecognisedPage:
    """Read a page, whatever way up it lies; tilted sheets from the front as well, cards on the glass upright.

    Never raises on what the picture shows: blank paper, photographs and noise are pages without lines.

    Args:
        picture: as scanned, shape (height, width, 3).
    """

    def reread(straight: Colour) -> RecognisedPage:
        return _read_as_it_lies(page, straight, readers)

    def codes_of(straight: Colour) -> RecognisedPage:
        return _codes_alone(page, straight, readers)

    read = with_tilted(reread(picture), picture, reread, codes_of)
    things = lying_things(picture, page.dpi)
    read = with_cards(read, picture, things, reread)
    with stage("ink"):
        # Nothing was read on a drawing, a photograph, a seal alone: only a side without ink is blank.
        is_blank = read.is_blank and not bears_ink(picture, things, page.dpi)
    return replace(read, is_blank=is_blank)


def _codes_alone(page: ScannedPage, picture: Colour, readers: Readers) -> RecognisedPage:
    """A picture as a page with nothing but its codes."""
    height, width = picture.shape[:2]
    with stage("codes"):
        codes = tuple(readers.codes.read(red_channel(picture)))
    return RecognisedPage(page, UprightFrame(width, height, 0, 0.0), (), codes, (), not codes, 1.0, ())


def _read_as_it_lies(page: ScannedPage, picture: Colour, readers: Readers) -> RecognisedPage:
    # 1. The page as the reader wants it: pale print darkened, stamps and shadows gone.
    with stage("prepare"):
        prepared = prepare(with_dark_ink(picture))
    # 2. The small rest of a turn, then the quarter turn.
    with stage("find"):
        found = upright(prepared.view, readers.finder, readers.reader)
    frame = UprightFrame(prepared.width, prepared.height, found.rotation_degrees, found.angle_degrees)
    # 3. Lines read from the scan itself; what only looks like print is left out.
    with stage("read"):
        across, down = _rules(prepared, frame)
        boxes = reading_order([in_scan(box, prepared, frame) for box in found.boxes], down)
        written = read_written(prepared, frame, boxes, readers.reader)
        black = without_false(written.lines, prepared, frame, readers.reader)
    with stage("codes"):
        codes = tuple(_upright_code(code, frame) for code in readers.codes.read(prepared.levels[0]))
        black = print_only(black, [code.box for code in codes], frame)
    with stage("second look"):
        if readers.again is not None:
            black = readers.again.over(black, prepared, frame)
    with stage("red print"):
        red_print = prepare_red_print(picture)
        red = _read_red_print(red_print, frame, black, readers) if red_print is not None else []
    # 4. Blocks, and lines in reading order.
    tables = grids(across, down, _MEETING * max(frame.width, frame.height))
    lines, blocks = in_blocks([*black, *red], tables, (frame.width, frame.height))
    # 5. Numbers by a second reader; machine-readable zones.
    with stage("numbers"):
        by = DigitReaders(readers.reader, readers.digits, readers.shapes)
        numbers = read_numbers(prepared, frame, black, by)
        if red_print is not None:
            numbers += read_numbers(red_print, frame, red, by)
        zones = read_zones(prepared, frame, black, readers.zones) if readers.zones is not None else ()
    return RecognisedPage(
        page=page,
        frame=frame,
        lines=lines,
        codes=codes,
        numbers=numbers,
        is_blank=not lines and not codes,
        confidence=_confidence(lines),
        engines=_engines(readers, numbers),
        zones=zones,
        handwriting=written.handwriting,
        blocks=blocks,
    )


def _rules(prepared: PreparedPage, frame: UprightFrame) -> tuple[list[Box], list[Box]]:
    """Lying and standing rules of the upright page."""
    found = ruled(turn(prepared.view, view_frame(prepared, frame)), _RULE)
    across, down = ([in_scan(box, prepared, frame) for box in boxes] for boxes in (found.across, found.down))
    return across, down


def _read_red_print(
    red: PreparedPage, frame: UprightFrame, lines: Sequence[Line], readers: Readers
) -> list[Line]:
    """Print in red ink, which preparation drops together with the stamps.

    A stamp's own letters run in a circle and are read unsurely: only what reads well, and where nothing was
    read in black, is taken.
    """
    upright = turn(red.view, view_frame(red, frame))
    boxes = reading_order([in_scan(box, red, frame) for box in readers.finder.find(upright)])
    boxes = tuple(box for box in boxes if not any(_is_same_place(box, line.box) for line in lines))
    found = read_lines(red, frame, boxes, readers.reader)
    return [line for line in found if _reads_well(line)]


def _is_same_place(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 0 and down > 0.3 * min(one.height, other.height)


def _reads_well(line: Line) -> bool:
    letters = sum(len(word.text) for word in line.words)
    clear = sum(word.clarity * len(word.text) for word in line.words) / letters
    sure = sum(word.confidence * len(word.text) for word in line.words) / letters
    is_long = letters >= _FEWEST_RED_LETTERS and line.box.width > 2 * line.box.height
    return is_long and clear >= _CLEAR_IN_RED and sure >= _SURE_IN_RED


def _upright_code(code: Code, frame: UprightFrame) -> Code:
    box = code.box
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    turned = [frame.matrix.apply(x, y) for x, y in corners]
    across, down = [x for x, _ in turned], [y for _, y in turned]
    return replace(code, box=Box(min(across), min(down), max(across), max(down)))


def _confidence(lines: Sequence[Line]) -> float:
    """Mean over the words, long words counting more; a blank page is surely blank."""
    words = [word for line in lines for word in line.words]
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 1.0


def _engines(readers: Readers, numbers: Sequence[NumberReading]) -> tuple[Engine, ...]:
    engines = [readers.finder.engine, readers.reader.engine]
    engines += [] if readers.digits is None else [readers.digits.engine]
    asked = readers.shapes is not None and any(n.engine == readers.shapes.engine.name for n in numbers)
    return (*engines, readers.shapes.engine) if asked and readers.shapes is not None else tuple(engines)
