"""Seals and signatures on drawn pages: red, over text, at the edge, in black and white."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dossier.geometry import Box
from models.seals import InkMarks, ink_marks
from scanners.samples.faces import Face, font
from scanners.samples.marks import received_mark, round_seal, scribble

DPI = 300.0
SIZE = (2480, 3508)


def sheet(*, is_grey: bool = False) -> Image.Image:
    """A page of print with the faint colour that every colour scan has."""
    noise = np.random.default_rng(1).integers(236, 254, (SIZE[1] // 4, SIZE[0] // 4, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize(SIZE)
    if is_grey:
        picture = picture.convert("L").convert("RGB")
    draw = ImageDraw.Draw(picture)
    for row in range(24):
        draw.text(
            (300, 300 + row * 100),
            "Căn cứ Luật Cư trú ngày 13 tháng 11 năm 2020 (MẪU)",
            (20, 20, 24),
            font(Face.SANS, 50),
        )
    return picture


def found(picture: Image.Image) -> InkMarks:
    pixels = np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])
    printed = [Box(290, 290 + row * 100, 1700, 370 + row * 100) for row in range(24)]
    return ink_marks(pixels, DPI, printed)


def is_near(box: Box, middle: tuple[float, float]) -> bool:
    return (
        abs((box.left + box.right) / 2 - middle[0]) < 80 and abs((box.top + box.bottom) / 2 - middle[1]) < 80
    )


def test_round_seal_over_print_is_seen_where_it_is() -> None:
    picture = sheet()
    round_seal(picture, (1200, 1500), "ỦY BAN NHÂN DÂN XÃ HÒA MẪU", Random(3))
    marks = found(picture)
    assert marks.is_colour
    assert len(marks.seals) == 1
    assert is_near(marks.seals[0], (1200, 1500))
    assert 380 < marks.seals[0].width < 480  # 36 mm


def test_square_mark_is_seen() -> None:
    picture = sheet()
    received_mark(picture, (1600, 3000), ("ĐẾN", "Ngày 05/9/2025"), Random(3))
    assert any(is_near(box, (1600, 3000)) for box in found(picture).seals)


def test_slice_of_a_seal_at_the_edge_is_seen() -> None:
    picture = sheet()
    round_seal(picture, (2460, 1500), "ỦY BAN NHÂN DÂN XÃ HÒA MẪU", Random(3))
    assert found(picture).seals


def test_nothing_is_seen_on_print_alone_nor_in_a_red_picture() -> None:
    picture = sheet()
    assert found(picture).seals == found(picture).signatures == ()
    ImageDraw.Draw(picture).rectangle((800, 2800, 1300, 3300), fill=(200, 30, 40))
    assert found(picture).seals == ()


def test_black_and_white_shows_no_seal() -> None:
    picture = sheet(is_grey=True)
    round_seal(picture, (1200, 1500), "ỦY BAN NHÂN DÂN XÃ HÒA MẪU", Random(3))
    marks = found(picture.convert("L").convert("RGB"))
    assert not marks.is_colour
    assert marks.seals == ()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_signature_is_seen_also_under_a_seal(seed: int) -> None:
    picture = sheet()
    scribble(picture, (1600, 3000), Random(seed))
    assert found(picture).signatures
    round_seal(picture, (1500, 3000), "ỦY BAN NHÂN DÂN XÃ HÒA MẪU", Random(seed))
    marks = found(picture)
    assert marks.seals
    assert marks.signatures


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3000, 3), (40, 40, 3)])
def test_odd_pictures_are_no_exception(shape: tuple[int, int, int]) -> None:
    for value in (0, 255):
        assert ink_marks(np.full(shape, value, np.uint8), 0.0, []).seals == ()
