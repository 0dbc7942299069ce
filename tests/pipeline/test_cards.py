"""A card that lies askew on the glass is read upright; what reads no better leaves the page as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from dossier.geometry import Box, UprightFrame
from dossier.outline import Outline, OutlineKind
from dossier.page import Line, MachineZone, RecognisedPage, Word
from pipeline.cards import card_frame, with_cards
from pipeline.reading import read_page
from scanners.samples.mrz import mrz_lines
from scanners.samples.on_glass import cards_on_glass
from scanners.samples.people import FEMALE, Village
from tests.pages import page
from tests.printed import readers, scanned


def test_both_sides_of_a_card_are_read_at_any_angle() -> None:
    """Front and back lie at different angles; words are where they stand on the scan."""
    glass = cards_on_glass(1, 1)
    picture = np.ascontiguousarray(glass.picture[:, :, ::-1])
    quick = replace(readers(), digits=None, shapes=None, again=None)
    read = read_page(scanned(picture, dpi=glass.dpi), picture, quick)
    wanted = Counter(word for thing in glass.things for text in thing.texts for word in text.split())
    got = Counter(word.text for line in read.lines for word in line.words)
    assert (wanted & got).total() >= 0.75 * wanted.total()
    assert [code.symbology for code in read.codes] == ["QRCode"]
    assert read.zones[0].lines[0].startswith("IDVNM")
    assert sorted(place for block in read.blocks for place in block.lines) == list(range(len(read.lines)))
    assert max(line.box.width / line.box.height for line in read.lines) > 12, "the first card lies level"
    for line in read.lines:
        middle = (line.box.left + line.box.right) / 2, (line.box.top + line.box.bottom) / 2
        placed = [
            np.array([read.frame.matrix.apply(x, y) for x, y in thing.corners.tolist()])
            for thing in glass.things
        ]
        assert any((p.min(axis=0) <= middle).all() and (middle <= p.max(axis=0)).all() for p in placed)


@pytest.mark.parametrize(("angle", "turn"), [(0.0, 0), (30.0, 0), (30.0, 180), (100.0, 180), (-170.0, 0)])
def test_the_frame_of_a_card_lays_it_level(angle: float, turn: int) -> None:
    a = np.radians(angle)
    along, down = np.array([np.cos(a), np.sin(a)]) * 500, np.array([-np.sin(a), np.cos(a)]) * 300
    first = np.array([800.0, 900.0])
    corners = [tuple(map(float, p)) for p in (first, first + along, first + along + down, first + down)]
    outline = Outline(OutlineKind.CARD, (corners[0], corners[1], corners[2], corners[3]))
    frame = card_frame(UprightFrame(2000, 2400, 90, 1.0), outline, turn)
    assert abs(frame.angle_degrees) <= 45.0
    placed = np.array([frame.matrix.apply(x, y) for x, y in outline.corners])
    head = placed[0] if turn == 0 else placed[2]
    assert head == pytest.approx(placed.min(axis=0), abs=0.01)


WHOLE = Box(250, 300, 350, 350)


def test_a_card_that_reads_no_better_stays_and_other_things_are_not_read_again() -> None:
    def never(_: np.ndarray) -> RecognisedPage:
        raise AssertionError

    picture = np.full((900, 900, 3), 240, np.uint8)
    card = Outline(OutlineKind.CARD, ((100.0, 200.0), (590.0, 300.0), (530.0, 610.0), (40.0, 510.0)))
    flat = replace(page("Trang thường"), frame=UprightFrame(900, 900, 0, 0.0), lines=())
    assert with_cards(flat, picture, [card], lambda _: flat) is flat
    zone = MachineZone(
        mrz_lines(Village(Random(4)).invent(FEMALE, (1985, 1999))), (), WHOLE, 0.9, "pp-ocrv6-tiny"
    )
    line = Line("CĂN CƯỚC", WHOLE, 0.99, (Word("CĂN CƯỚC", WHOLE, 0.99),))
    seen = replace(flat, frame=UprightFrame(500, 310, 0, 0.0), lines=(line,))
    found = with_cards(replace(flat, zones=(zone,)), picture, [card], lambda _: seen)
    assert [read.text for read in found.lines] == ["CĂN CƯỚC"]
    assert [kept.lines for kept in found.zones] == [zone.lines], "a zone that holds is evidence"
    assert with_cards(flat, picture, [replace(card, kind=OutlineKind.SHEET)], never) is flat
    assert with_cards(flat, picture, [], never) is flat
