"""A page from picture to text, through the product's own readers."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dossier.page import RecognisedPage, Word
from pipeline.picture import decode
from pipeline.reading import Readers, read_page
from tests.printed import LETTER, SERIF, letter, qr, readers, scanned, turned

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
REAL = SHARED / "data" / "vi_ocr" / "dev"
CARD = "001099012345|012345678|Nguyễn Văn Mẫu|01021999|Nam|Phường Mẫu, Hà Nội|25042021"


def _read(picture: np.ndarray, with_readers: Readers | None = None) -> RecognisedPage:
    return read_page(scanned(picture), picture, with_readers or readers())


def _words(page: RecognisedPage) -> list[Word]:
    return [word for line in page.lines for word in line.words]


def _wrong_words(page: RecognisedPage) -> int:
    """Words of the letter that were not read exactly."""
    drawn, read = (Counter(text.split()) for text in ("\n".join(LETTER), page.text))
    return sum((drawn - read).values())


def test_a_clean_page_is_read_line_by_line() -> None:
    page = _read(letter())
    assert _wrong_words(page) <= 1
    assert len(page.lines) == len(LETTER)
    pairs = zip(page.lines, LETTER, strict=True)
    assert all(line.text.split()[0] == drawn.split()[0] for line, drawn in pairs)
    assert (page.frame.rotation_degrees, page.frame.angle_degrees, page.is_blank) == (0, 0.0, False)
    assert page.confidence > 0.9
    assert [engine.name for engine in page.engines] == ["pp-ocrv6-tiny", "sohoa-vi-tiny", "pp-ocrv6-tiny"]


@pytest.mark.parametrize(("turns", "degrees"), [(0, 2.4), (1, -1.1), (2, 0.7), (3, -9.0)])
def test_a_page_that_lies_any_way_is_read_as_well(turns: int, degrees: float) -> None:
    page = _read(np.ascontiguousarray(np.rot90(turned(letter(), degrees), turns)))
    assert page.frame.rotation_degrees == 90 * turns
    assert page.frame.angle_degrees == pytest.approx(-degrees, abs=0.1)
    assert _wrong_words(page) <= 2


@pytest.mark.parametrize("dpi", [100, 400, 600])
def test_every_resolution_is_read(dpi: int) -> None:
    page = _read(letter(dpi=dpi))
    wrong = sum(
        read != drawn for read, drawn in zip(page.text.split(), " ".join(LETTER).split(), strict=False)
    )
    assert len(page.lines) == len(LETTER)
    assert wrong <= 2


@pytest.mark.parametrize(("turns", "degrees"), [(0, 0.0), (1, 1.8)])
def test_words_lie_on_their_print(turns: int, degrees: float) -> None:
    """All ink of the page lies in word boxes, and each box begins and ends with ink."""
    picture = np.ascontiguousarray(np.rot90(turned(letter(), degrees), turns))
    page = _read(picture)
    matrix = page.frame.matrix
    forward = np.array([[matrix.a, matrix.c, matrix.e], [matrix.b, matrix.d, matrix.f]])
    size = (page.frame.width, page.frame.height)
    upright = cv2.warpAffine(picture, forward, size, borderValue=(255, 255, 255))
    ink = upright[:, :, 2] < 128
    covered = np.zeros_like(ink)
    for word in _words(page):
        box = word.box
        rows, columns = slice(round(box.top), round(box.bottom)), slice(round(box.left), round(box.right))
        covered[rows, columns] = True
        inked = np.flatnonzero(ink[rows, columns].any(axis=0))
        assert inked[0] <= 4, word.text
        assert columns.stop - columns.start - inked[-1] <= 5, word.text
    assert (ink & ~covered).sum() < 0.02 * ink.sum()


def test_a_number_has_two_witnesses() -> None:
    page = _read(letter())
    assert [(number.digits, number.engine) for number in page.numbers] == [
        ("001099012345", "sohoa-vi-tiny"),
        ("001099012345", "pp-ocrv6-tiny"),
    ]
    (word,) = (word for word in _words(page) if word.text == "001099012345")
    assert all(number.box == word.box for number in page.numbers)


def test_without_a_second_reader_a_number_has_one() -> None:
    alone = Readers(readers().finder, readers().reader, None, readers().codes)
    page = _read(letter(), alone)
    assert [number.engine for number in page.numbers] == ["sohoa-vi-tiny"]
    assert len(page.engines) == 2


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_code_lies_in_the_upright_frame(turns: int) -> None:
    picture = letter()
    picture[1500:1800, 1100:1400] = qr(CARD, 300)[:, :, None]
    page = _read(np.ascontiguousarray(np.rot90(picture, turns)))
    (code,) = page.codes
    assert code.text == CARD
    box = (code.box.left, code.box.top, code.box.right, code.box.bottom)
    assert box == pytest.approx((1100, 1500, 1400, 1800), abs=6)


def test_print_below_a_red_seal_is_read() -> None:
    picture = letter()
    seal = np.zeros(picture.shape[:2], np.uint8)
    cv2.circle(seal, (520, 480), 170, 255, 14)
    cv2.circle(seal, (520, 480), 60, 255, -1)
    picture[seal > 0] = np.minimum(picture[seal > 0], np.array([70, 60, 225], np.uint8))
    assert _wrong_words(_read(picture)) <= 2


def test_a_title_and_a_number_in_red_are_read() -> None:
    """Birth certificates have red titles; dropping stamps must not drop them."""
    picture = Image.fromarray(np.ascontiguousarray(letter(LETTER[:2])[:, :, ::-1]))
    draw = ImageDraw.Draw(picture)
    draw.text((400, 900), "GIẤY KHAI SINH", font=ImageFont.truetype(SERIF, 70), fill=(225, 20, 40))
    draw.text((400, 1100), "Số: 034188390730", font=ImageFont.truetype(SERIF, 40), fill=(225, 20, 40))
    page = _read(np.ascontiguousarray(np.asarray(picture)[:, :, ::-1]))
    assert [line.text for line in page.lines] == [*LETTER[:2], "GIẤY KHAI SINH", "Số: 034188390730"]
    assert len({number.engine for number in page.numbers}) >= 2
    assert {number.digits for number in page.numbers} == {"034188390730"}


def test_a_red_seal_is_not_read_as_print() -> None:
    picture = letter()
    seal = np.zeros(picture.shape[:2], np.uint8)
    cv2.circle(seal, (900, 1700), 180, 255, 12)
    cv2.circle(seal, (900, 1700), 120, 255, 4)
    for degrees in range(0, 360, 24):
        x, y = 900 + 150 * np.cos(np.deg2rad(degrees)), 1700 + 150 * np.sin(np.deg2rad(degrees))
        cv2.putText(seal, "HM"[degrees % 2], (int(x) - 14, int(y) + 12), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 3)
    picture[seal > 0] = (60, 50, 225)
    assert len(_read(picture).lines) == len(LETTER)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (3, 9000), (20, 20), (1170, 827)])
@pytest.mark.parametrize("grey", [0, 255])
def test_bare_paper_is_blank(shape: tuple[int, int], grey: int) -> None:
    page = _read(np.full((*shape, 3), grey, np.uint8))
    assert (page.lines, page.codes, page.numbers) == ((), (), ())
    assert (page.is_blank, page.confidence) == (True, 1.0)
    assert (page.frame.rotation_degrees, page.frame.angle_degrees) == (0, 0.0)


def test_noise_photographs_and_specks_are_no_error() -> None:
    random = np.random.default_rng(4)
    noise = random.integers(0, 255, (900, 700, 3), dtype=np.uint8)
    specks = np.where(random.random((1200, 850)) < 0.002, 0, 255).astype(np.uint8)
    for picture in (noise, cv2.GaussianBlur(noise, (0, 0), 20), np.dstack([specks] * 3)):
        assert len(_words(_read(picture))) <= 3


def test_the_picture_is_not_changed() -> None:
    picture = letter(dpi=100)
    before = picture.copy()
    picture.flags.writeable = False
    _read(picture)
    assert (picture == before).all()


@pytest.mark.material
@pytest.mark.skipif(not REAL.is_dir(), reason="the real material is not beside the project")
@pytest.mark.parametrize(
    ("name", "cer", "recall"), [("nq_115_ba_vi_p2.png", 0.3, 99.0), ("epu_275_tb_giangday_p1.jpg", 0.6, 97.0)]
)
def test_real_pages(name: str, cer: float, recall: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(SHARED / "tools")])
    from score_text import score

    page = _read(decode((REAL / name).read_bytes()))
    truth = (REAL / name).with_suffix(".gt.txt").read_text("utf-8")
    extra = (REAL / name).with_suffix(".extra.txt")
    found = score(truth, page.text, extra.read_text("utf-8") if extra.exists() else "")
    assert 100 * found["edits"] / found["chars"] <= cer
    assert 100 * found["hit"] / found["want"] >= recall
