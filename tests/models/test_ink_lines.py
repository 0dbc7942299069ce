"""Lines of print found from the ink itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dossier.geometry import Box
from models.ink_lines import INK, ink_lines
from models.ink_places import core, hardly_seen, unclear_places
from models.line_finder import PageLineFinder
from pipeline.prepare import prepare
from scanners.samples.alphabet_lines import page_of, pages_in
from tests.printed import LETTER, SERIF, letter, turned

HATS = (
    "Ủy ban nhân dân xã; Ồ Ỗ Ổ Ẫ Ẵ Ữ; những chữ có mũ và dấu: ấ ầ ẩ ẫ ậ ế ề ể ễ ệ",
    "BỔ SUNG, SỬA ĐỔI MỘT SỐ ĐIỀU - Độc lập – Tự do",
    "gạch chân gỵ, phẩy; chấm. ngoặc (kỵ) và “nháy” 36,5 m² № 7",
)
ALONE = """
import sys
from pathlib import Path
from models.line_finder import PageLineFinder
from pipeline.prepare import prepare
from tests.printed import LETTER, letter
found = PageLineFinder(Path(sys.argv[1])).find(prepare(letter()).view)
assert len(found) == len(LETTER), found
print("paddleocr" in sys.modules)
"""


def _view(picture: np.ndarray) -> np.ndarray:
    return prepare(picture).view


def _drawn(draw_on: Image.Image) -> np.ndarray:
    return np.ascontiguousarray(np.asarray(draw_on)[:, :, ::-1])


def _sheet(lines: tuple[str, ...] = LETTER) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(letter(lines)[:, :, ::-1]))


def _uncovered(view: np.ndarray, boxes: tuple[Box, ...]) -> float:
    """Share of the ink that no box holds."""
    ink = view < INK
    covered = np.zeros_like(ink)
    for box in boxes:
        covered[max(0, int(box.top)) : int(box.bottom) + 1, max(0, int(box.left)) : int(box.right) + 1] = True
    return float((ink & ~covered).sum() / ink.sum())


@pytest.mark.parametrize("degrees", [0.0, 0.05])
@pytest.mark.parametrize("lines", [LETTER, (*LETTER, *HATS)], ids=["letter", "hats"])
def test_plain_lines_hold_all_their_ink(lines: tuple[str, ...], degrees: float) -> None:
    view = _view(turned(letter(lines), degrees))
    found = ink_lines(view)
    assert found.is_plain
    assert len(found.lines) == len(lines)
    assert not found.unclear
    assert _uncovered(view, found.lines) < 0.002


@pytest.mark.parametrize("lost", [0, 4])
def test_dots_to_write_on_are_no_print(lost: int) -> None:
    """Also where the scanner's grid loses every second handful of them."""
    sheet = _sheet()
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(SERIF, 36)
    draw.text((200, 1400), "Họ và tên:", font=font, fill=(20, 20, 20))
    for number, x in enumerate(range(380, 1400, 9)):
        if number % 9 >= lost:
            draw.ellipse((x, 1434, x + 2, 1436), fill=(60, 60, 60))
    found = ink_lines(_view(_drawn(sheet)))
    written = max(found.lines, key=lambda box: box.top)
    assert len(found.lines) == len(LETTER) + 1
    assert written.right < 400 / sheet.width * 905
    assert not found.unclear


def test_what_is_no_line_is_unclear_and_lines_apart_from_it_are_not() -> None:
    sheet = _sheet()
    strokes = [(300, 1750), (420, 1560), (470, 1790), (600, 1600), (640, 1760), (900, 1650)]
    ImageDraw.Draw(sheet).line(strokes, fill=(30, 30, 60), width=6, joint="curve")
    view = _view(_drawn(sheet))
    found = ink_lines(view)
    (scribble,) = found.unclear
    scale = view.shape[0] / sheet.height
    assert scribble.top == pytest.approx(1560 * scale, abs=5)
    places = unclear_places(found.lines, found.unclear, view.shape)
    assert places is not None
    assert len([line for line in found.lines if not core(line).overlaps(places[0])]) == len(LETTER)


def test_no_line_is_cut_through() -> None:
    """A place that touches a line takes the whole of it, and what that touches in turn."""
    touched = [Box(100, 100, 500, 130), Box(100, 140, 500, 170)]
    lines = [*touched, *(Box(100, top, 500, top + 30) for top in range(300, 1200, 40))]
    places = unclear_places(lines, [Box(90, 118, 130, 160)], (1280, 905))
    assert places is not None
    for line in lines:
        touching = [place for place in places if core(line).overlaps(place)]
        assert all(place.left <= line.left and place.right >= line.right for place in touching)
    assert not any(place.overlaps(line) for place in places for line in lines[2:])


def test_a_page_with_too_many_unclear_places_is_left_to_another() -> None:
    """Cards have patterned grounds, photographs and little print."""
    lines = [Box(100, top, 500, top + 30) for top in range(300, 700, 40)]
    blots = [Box(600, top, 620, top + 20) for top in range(300, 700, 80)]
    assert unclear_places(lines, blots[:2], (1280, 905)) is not None
    assert unclear_places(lines, blots, (1280, 905)) is None


def test_a_page_that_is_mostly_unclear_is_left_to_another() -> None:
    lines = [Box(100, 100, 500, 130)]
    assert unclear_places(lines, [Box(50, 140, 800, 1200)], (1280, 905)) is None


def test_columns_are_apart() -> None:
    sheet = _sheet()
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(SERIF, 36)
    draw.text((200, 1500), "NGƯỜI LẬP BIỂU", font=font, fill=(20, 20, 20))
    draw.text((1000, 1500), "CHỦ TỊCH XÃ", font=font, fill=(20, 20, 20))
    found = ink_lines(_view(_drawn(sheet)))
    left, right = sorted(found.lines, key=lambda box: box.top)[-2:]
    assert abs(left.top - right.top) < 8
    assert max(left.left, right.left) - min(left.right, right.right) > 100


@pytest.mark.parametrize("turns", [1, 3])
def test_standing_lines_are_not_plain(turns: int) -> None:
    view = np.ascontiguousarray(np.rot90(_view(letter()), turns))
    found = ink_lines(view)
    assert not found.is_plain or unclear_places(found.lines, found.unclear, view.shape) is None


def test_paper_noise_and_pictures_have_no_plain_lines() -> None:
    random = np.random.default_rng(2)
    noise = random.integers(0, 255, (1200, 900), dtype=np.uint8)
    blots = cv2.GaussianBlur(noise, (0, 0), 6)
    blots = np.where(blots < np.median(blots), 40, 245).astype(np.uint8)
    specks = np.where(random.random((1200, 900)) < 0.004, 30, 245).astype(np.uint8)
    for view in (np.full((1200, 900), 245, np.uint8), noise, blots, specks):
        found = ink_lines(np.asarray(view, np.uint8))
        assert not found.is_plain or not found.lines or len(found.lines) < 4


def test_a_plain_page_needs_no_net(tmp_path: Path) -> None:
    """In a process of its own: PaddleOCR is not even loaded."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).resolve().parents[2],
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr


def test_print_under_a_scribble_is_found_by_the_net(tmp_path: Path) -> None:
    sheet = _sheet()
    ImageDraw.Draw(sheet).line([(180, 620), (900, 700), (500, 560), (1100, 640)], fill=(20, 20, 60), width=5)
    view = _view(_drawn(sheet))
    found = PageLineFinder(tmp_path).find(view)
    rows = {round(box.top / 20) for box in found if box.width > 5 * box.height}
    assert len(rows) >= len(LETTER) - 1


def test_long_lines_that_were_not_found_again_are_named() -> None:
    line, scrap = Box(100, 100, 700, 130), Box(100, 200, 200, 230)
    pieces = [Box(90, 98, 200, 132), Box(180, 99, 260, 131)]
    assert hardly_seen([line, scrap], pieces) == [line]
    assert not hardly_seen([line], [*pieces, Box(255, 98, 600, 131)])
    assert hardly_seen([line], [Box(100, 60, 700, 100)]) == [line]


def test_a_stray_piece_among_the_letters_of_a_line_belongs_to_it() -> None:
    sheet = _sheet(LETTER)
    found = ink_lines(_view(_drawn(sheet)))
    first = min(found.lines, key=lambda box: box.top)
    scale = sheet.height / 1280
    x, y = (first.right + 4) * scale, (first.top + first.bottom) / 2 * scale
    ImageDraw.Draw(sheet).rectangle((x, y - 8, x + 8, y + 8), fill=(20, 20, 20))
    again = ink_lines(_view(_drawn(sheet)))
    assert not again.unclear
    assert len(again.lines) == len(found.lines)


def test_a_word_of_two_letters_keeps_its_large_comma() -> None:
    mono = Path(SERIF).with_name("LiberationMono-Regular.ttf")
    printed = next(page for page in pages_in(mono) if "đồ, sẽ về," in page)
    found = ink_lines(_view(page_of(printed, mono)))
    assert not found.unclear


@pytest.mark.parametrize("crack", [0, 2])
def test_digits_in_a_column_are_lines_of_their_own_though_their_necks_are_broken(crack: int) -> None:
    """Their halves used to be given to the digit below as its marks, and neither was read."""
    sheet, rows = _sheet(), (1200, 1250, 1300)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(SERIF, 31)
    for row, digit in zip(rows, "356", strict=True):
        draw.text((400, row), digit, fill=(20, 20, 20), font=font)
        _, top, _, bottom = draw.textbbox((400, row), digit, font=font)
        if crack:
            neck = top + 0.45 * (bottom - top)
            draw.rectangle((390, neck, 430, neck + crack), fill=(250, 250, 250))
    found = ink_lines(_view(_drawn(sheet)))
    scale = sheet.height / 1280
    middles = sorted((box.top + box.bottom) / 2 * scale for box in found.lines if box.right * scale < 460)
    assert len(middles) == 3
    assert np.allclose(np.diff(middles), 50, atol=6)
    assert not found.unclear


def test_a_hat_and_its_tone_stay_marks_of_their_letter() -> None:
    found = ink_lines(_view(_drawn(_sheet((*LETTER, *HATS)))))
    assert len(found.lines) == len(LETTER) + len(HATS)


@pytest.mark.parametrize("word", ["ô.", "về,", "XÃ,", "ẤY,"])
def test_the_last_word_of_a_paragraph_is_a_line_however_short(word: str) -> None:
    """Among capitals small letters were taken for scraps, and a short line for a mark of the next one."""
    capitals = ("TÒ MÒ, PHÒNG HỌP, GIÓ MÙA, KHÓA SỔ,", "VÀO NHÀ, ĐÁ MÀI, QUẢ CÀ, MÃ SỐ,")
    printed = [*capitals * 3, word, *capitals]
    bold = Path(SERIF).with_name("LiberationSerif-Bold.ttf")
    found = ink_lines(_view(page_of(printed, bold)))
    assert len(found.lines) == len(printed)
    assert not found.unclear
