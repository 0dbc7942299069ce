"""Doubtful lines are read twice, both readings are kept, and the work stays bounded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from dossier.errors import PageTimedOut, PartMissing
from dossier.geometry import Box, UprightFrame
from dossier.page import Engine, Handwriting, Line, Word, Writing
from dossier.ports import ReadLine, ReadWord
from models.tesseract import TesseractWhenAsked
from pipeline.lines import read_written
from pipeline.prepare import PreparedPage, prepare
from pipeline.second_look import SecondLook
from tests.printed import letter

FRAME = UprightFrame(1654, 2338, 0, 0.0)


@dataclass
class Told:
    """A reader that says what it is told to say."""

    answers: Sequence[ReadLine]
    fails: Exception | None = None
    asked: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return Engine("told", "1", "")

    @property
    def alphabet(self) -> str:
        return "abc"

    def read(self, lines: Sequence[np.ndarray]) -> tuple[ReadLine, ...]:
        self.asked += [line.shape for line in lines]
        if self.fails is not None:
            raise self.fails
        return tuple(self.answers[: len(lines)])


def page() -> PreparedPage:
    return prepare(letter())


def line(text: str, top: float, confidence: float) -> Line:
    box = Box(200, top, 900, top + 40)
    return Line(text, box, confidence, (Word(text, box, confidence),))


def word(text: str, confidence: float = 0.9, writing: Writing = Writing.PRINT) -> ReadWord:
    return ReadWord(text, 0.1, 0.5, confidence, confidence, writing)


def test_only_doubtful_lines_are_asked_about_and_nothing_is_replaced() -> None:
    lines = [line("một", 200, 0.9), line("hai", 300, 0.1), line("ba", 400, 0.2)]
    other = Told([ReadLine((word("hai", 0.8),)), ReadLine((word("bà", 0.7), word("x", 0.4)))])
    looked = SecondLook(other).over(lines, page(), FRAME)
    assert [one.text for one in looked] == ["một", "hai", "ba"]
    assert looked[0].second is None
    second, third = looked[1].second, looked[2].second
    assert second is not None
    assert (second.text, second.confidence, second.agrees, second.engine) == ("hai", 0.8, True, "told")
    assert third is not None
    assert (third.text, third.confidence, third.agrees) == ("bà x", 0.4, False)


def test_the_worst_lines_of_a_page_and_no_more() -> None:
    lines = [line(str(n), 200 + 50 * n, n / 100) for n in range(20, 0, -1)]
    other = Told([ReadLine(())] * 20)
    looked = SecondLook(other, most=3).over(lines, page(), FRAME)
    assert len(other.asked) == 3
    assert [one.text for one in looked if one.second is not None] == ["3", "2", "1"]


def test_clear_pages_cost_nothing() -> None:
    other = Told([], fails=AssertionError("asked"))
    assert SecondLook(other).over([line("một", 200, 0.9)], page(), FRAME)[0].second is None
    assert SecondLook(other).over([], page(), FRAME) == ()


def test_machine_readable_zones_are_left_to_their_own_reader() -> None:
    rows = (
        "IDVNM0990012349001099012349cc4",
        "9901017M3901016VNMcccccccccce2",
        "NGUYENccTHIcMAUccccccccccccccc",
    )
    lines = [Line(t, Box(200, y, 1200, y + 40), 0.01, ()) for t, y in zip(rows, (200, 260, 320), strict=True)]
    other = Told([], fails=AssertionError("asked"))
    assert SecondLook(other).over(lines, page(), FRAME) == tuple(lines)


@pytest.mark.parametrize("error", [PageTimedOut("told", "slow"), PartMissing("tesseract", "not installed")])
def test_a_reader_that_fails_leaves_the_lines_as_they_are(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    lines = [line("hai", 300, 0.1)]
    with caplog.at_level(logging.WARNING):
        assert SecondLook(Told([], fails=error)).over(lines, page(), FRAME) == tuple(lines)
    assert "second look" in caplog.text


def test_lines_at_the_edge_and_of_one_pixel_are_asked_about_without_trouble() -> None:
    boxes = [Box(0, 0, 1, 1), Box(1650, 2330, 1654, 2338), Box(0, 0, 1654, 3)]
    lines = [Line("x", box, 0.01, (Word("x", box, 0.01),)) for box in boxes]
    looked = SecondLook(TesseractWhenAsked()).over(lines, page(), FRAME)
    assert all(one.second is not None for one in looked)


def test_tesseract_confirms_what_stands_there() -> None:
    box = Box(190, 190, 1500, 232)
    text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    (looked,) = SecondLook(TesseractWhenAsked()).over(
        [Line(text, box, 0.1, (Word(text, box, 0.1),))], page(), FRAME
    )
    assert looked.second is not None
    assert looked.second.engine == "tesseract-vie"
    assert looked.second.agrees


def test_numbers_by_hand_stand_in_their_line_only_when_they_are_sure() -> None:
    sure, unsure = word("27", 0.8, Writing.HAND), ReadWord("2095", 0.6, 0.9, 0.2, 0.2, Writing.HAND)
    told = Told([ReadLine((ReadWord("Số:", 0.0, 0.1, 0.9), sure, unsure), ((0.95, 1.0),))])
    written = read_written(page(), FRAME, [Box(190, 190, 1190, 232)], told)
    assert [one.text for one in written.lines] == ["Số: 27"]
    assert [w.writing for w in written.lines[0].words] == [Writing.PRINT, Writing.HAND]
    assert [(h.text, h.confidence) for h in written.handwriting] == [("", 0.0), ("2095", 0.2)]
    stroke, number = written.handwriting
    assert stroke.box.left == pytest.approx(190 + 0.95 * 1000)
    assert number.box.right == pytest.approx(190 + 0.9 * 1000)


def test_a_line_of_nothing_but_handwriting_is_no_line_of_text() -> None:
    told = Told([ReadLine((), ((0.0, 1.0),)), ReadLine((word("7", 0.2, Writing.HAND),))])
    boxes = [Box(190, 190, 1190, 232), Box(190, 290, 1190, 332)]
    written = read_written(page(), FRAME, boxes, told)
    assert written.lines == ()
    assert all(isinstance(h, Handwriting) for h in written.handwriting)
    assert [h.text for h in written.handwriting] == ["", "7"]
