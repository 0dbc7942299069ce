"""What a photograph shows at an angle is seen from the front again; what lies flat is left alone."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import cv2
import numpy as np
import pytest

from dossier.geometry import Box, UprightFrame
from dossier.page import Code, Line, MachineZone, NumberReading, RecognisedPage, Word
from pipeline.tilted import outlines, straightened, with_tilted
from scanners.samples.card import citizen_card
from scanners.samples.people import FEMALE, Village
from scanners.samples.scan import Look, scan
from tests.pages import page

TABLE = (60, 78, 96)
SEEN = np.array([[160, 150], [1190, 230], [1120, 830], [250, 790]], np.float32)
"""Where the corners of a card lie in the photograph."""


def front() -> np.ndarray:
    person = Village(Random(4)).invent(FEMALE, (1985, 1999))
    sheet = np.asarray(scan(citizen_card(person).sheets[0], Look(), Random(3)).convert("RGB"))
    return np.ascontiguousarray(sheet[567:1204, 735:1745, ::-1])


def photograph(corners: np.ndarray = SEEN) -> np.ndarray:
    card = front()
    height, width = card.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    return np.asarray(cv2.warpPerspective(card, matrix, (1400, 1000), borderValue=TABLE), np.uint8)


def test_corners_of_a_card_are_found() -> None:
    (found,) = outlines(photograph())
    assert np.abs(found - SEEN).max() < 12


def test_two_cards_have_two_outlines() -> None:
    both = np.vstack([photograph(), photograph()])
    tops = sorted(float(corners[:, 1].min()) for corners in outlines(both))
    assert len(tops) == 2
    assert tops[1] - tops[0] > 900


@pytest.mark.parametrize("angle", [0.0, 5.0, -20.0])
def test_what_only_lies_askew_is_no_matter_of_perspective(angle: float) -> None:
    turn = cv2.getRotationMatrix2D((700, 500), angle, 0.7)
    card = np.full((1000, 1400, 3), TABLE, np.uint8)
    card[180:817, 195:1205] = front()
    assert outlines(np.asarray(cv2.warpAffine(card, turn, (1400, 1000), borderValue=TABLE), np.uint8)) == ()


def test_scans_noise_and_blank_paper_have_no_outline() -> None:
    assert outlines(np.full((1200, 900, 3), 250, np.uint8)) == ()
    assert outlines(np.random.default_rng(1).integers(0, 255, (600, 800, 3), dtype=np.uint8)) == ()
    assert outlines(front()) == ()


def test_card_is_seen_from_the_front() -> None:
    picture = photograph()
    straight = straightened(picture, outlines(picture)[0])
    width, height = straight.picture.shape[1], straight.picture.shape[0]
    assert 1.4 < width / height < 1.9
    same = cv2.resize(front(), (width, height)).astype(float)
    assert (
        np.abs(
            cv2.GaussianBlur(straight.picture, (0, 0), 4).astype(float) - cv2.GaussianBlur(same, (0, 0), 4)
        ).mean()
        < 9
    )


def test_evidence_is_added_in_its_place_and_the_text_stays() -> None:
    picture = photograph()
    flat = page("Ảnh chụp")
    flat = replace(flat, frame=UprightFrame(1400, 1000, 0, 0.0), lines=())

    def reread(straight: np.ndarray) -> RecognisedPage:
        height, width = straight.shape[:2]
        whole = Box(0, 0, width, height)
        return replace(
            flat,
            frame=UprightFrame(width, height, 0, 0.0),
            codes=(Code("QRCode", "payload", Box(width - 200, 0, width, 200)),),
            zones=(MachineZone(("not", "a zone"), (), whole, 0.9, "pp-ocrv6-tiny"),),
            numbers=(NumberReading("001190005678", whole, 0.99, "sohoa-vi-tiny"),),
        )

    found = with_tilted(flat, picture, reread, never)
    assert [code.text for code in found.codes] == ["payload"]
    assert found.codes[0].box.right == pytest.approx(SEEN[:, 0].max(), abs=15)
    assert found.codes[0].box.top == pytest.approx(SEEN[1, 1], abs=30)
    assert found.zones == (), "a zone whose check digits do not hold proves nothing"
    assert [number.digits for number in found.numbers] == ["001190005678"]
    assert found.lines == ()


def never(_: np.ndarray) -> RecognisedPage:
    raise AssertionError


def test_where_all_was_read_well_only_codes_are_looked_for_again() -> None:
    picture = photograph()
    line = Line("Họ, chữ đệm và tên khai sinh " * 4, Box(400, 400, 900, 430), 0.99, ())
    line = replace(line, words=(Word(line.text, line.box, 0.99),))
    flat = replace(page("Ảnh chụp"), frame=UprightFrame(1400, 1000, 0, 0.0), lines=(line,))
    bare = replace(flat, lines=(), codes=(Code("QRCode", "payload", Box(10, 10, 90, 90)),))
    assert [c.text for c in with_tilted(flat, picture, never, lambda _: bare).codes] == ["payload"]
    for doubt in (
        replace(flat, lines=(replace(line, words=(Word(line.text, line.box, 0.8),)),)),
        replace(flat, lines=()),
        replace(flat, numbers=(NumberReading("00119", line.box, 0.0, "sohoa-vi-tiny"),)),
        replace(flat, zones=(MachineZone(("not", "a zone"), (), line.box, 0.9, "pp-ocrv6-tiny"),)),
    ):
        assert [c.text for c in with_tilted(doubt, picture, lambda _: bare, never).codes] == ["payload"]


def test_a_flat_page_is_not_read_again() -> None:
    flat = page("Trang thường")
    assert with_tilted(flat, np.full((900, 700, 3), 250, np.uint8), never, never) is flat
