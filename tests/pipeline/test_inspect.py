"""The first look at a page: turn, quality, ink, codes, told ahead of reading."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dossier.batch_sheet import SeparatorSheet
from dossier.outline import Outline, OutlineKind
from dossier.quality import Flaw, SideState
from pipeline.inspect import Inspection, PageReaders, inspect_page
from pipeline.lid import without_lid
from scanners.samples.backs import back
from tests.printed import LETTER, letter, qr, readers, turned

PAGE = letter(LETTER, dpi=200)


def look(picture: np.ndarray, dpi: float = 200.0) -> Inspection:
    return inspect_page(picture, dpi, PageReaders(readers().finder, readers().reader, readers().codes))


def value(found: Inspection, flaw: Flaw) -> float:
    return next(m.value for m in found.measures if m.flaw is flaw)


def test_a_page_upside_down_askew_and_with_a_code() -> None:
    coded = PAGE.copy()
    coded[1700:1900, 1200:1400] = qr("MẪU|001099012345", 200)[:, :, None]
    found = look(np.ascontiguousarray(turned(coded, -2.0)[::-1, ::-1]))
    assert found.frame.rotation_degrees == 180
    assert found.frame.angle_degrees == pytest.approx(2.0, abs=0.1)
    assert [code.text for code in found.codes] == ["MẪU|001099012345"]
    assert found.side.state is SideState.INKED
    assert value(found, Flaw.SKEW) == pytest.approx(2.0, abs=0.1)


def test_a_blurred_page_is_softer_and_harder_to_read() -> None:
    sharp, soft = look(PAGE), look(np.asarray(cv2.GaussianBlur(PAGE, (0, 0), 2.6)))
    assert value(soft, Flaw.BLUR) > 2 * value(sharp, Flaw.BLUR)
    assert value(soft, Flaw.ILLEGIBLE) > value(sharp, Flaw.ILLEGIBLE)


def test_an_empty_back_is_blank_and_not_called_soft() -> None:
    made = back(4, 1, np.ascontiguousarray(letter(LETTER * 3, dpi=300)[:, :1800]))
    found = look(np.ascontiguousarray(made.picture[:, :, ::-1]), 300.0)
    assert found.side.is_blank
    assert not {m.flaw for m in found.measures} & {Flaw.BLUR, Flaw.TOO_PALE, Flaw.ILLEGIBLE}


def test_a_side_with_nothing_but_a_code_is_not_blank() -> None:
    side = np.full((1754, 1240, 3), 248, np.uint8)
    side[300:520, 300:520] = qr("MẪU 1", 220)[:, :, None]
    found = look(side, 150.0)
    assert not found.side.is_blank
    assert len(found.codes) == 1


@pytest.mark.parametrize(
    ("text", "is_told"),
    [(SeparatorSheet("K7QM2X").long_code, False), ("SOHOA1|S|K7QM2X|AAAAA", True), ("MẪU 1", True)],
)
def test_a_sheet_of_ours_need_not_be_in_colour(text: str, *, is_told: bool) -> None:
    side = np.full((877, 620, 3), 248, np.uint8)
    side[200:460, 200:460] = qr(text, 260)[:, :, None]
    assert (Flaw.NO_COLOUR in {m.flaw for m in look(side, 150.0).measures if m.value > 0.5}) is is_told


def test_a_small_sheet_on_a_black_lid_is_judged_by_itself() -> None:
    glass = np.full((1754, 1240, 3), 22, np.uint8)
    glass[300:1177, 250:870] = cv2.resize(PAGE, (620, 877), interpolation=cv2.INTER_AREA)
    found = look(glass, 150.0)
    (sheet,) = found.things
    assert sheet.kind is OutlineKind.SHEET
    assert np.abs(np.array(sheet.corners[0]) - (250, 300)).max() < 2
    assert value(found, Flaw.TOO_DARK) > 240
    assert value(found, Flaw.SHADOW) > 0.9
    assert not {m.flaw for m in found.measures if m.value > 4} & {Flaw.FOLDED_CORNER, Flaw.CLIPPED}


def test_without_the_lid_nothing_else_on_the_glass_is_lost() -> None:
    glass = np.full((800, 600, 3), 22, np.uint8)
    glass[100:500, 100:450] = 245
    there = [Outline(OutlineKind.SHEET, ((100, 100), (450, 100), (450, 500), (100, 500)))]
    assert without_lid(glass, there).min() > 200
    glass[600:700, 300:600] = 200
    assert without_lid(glass, there) is glass, "something lies beside the sheet"
    assert without_lid(glass, ()) is glass


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 400, 3), (200, 200, 3)])
def test_nothing_is_too_small_or_too_empty(shape: tuple[int, int, int]) -> None:
    for grey in (0, 255):
        look(np.full(shape, grey, np.uint8))
