"""Titles in ornamental type or half under a seal: the right kind or none, and the other papers go on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dossier.document import UNKNOWN_KIND
from dossier.page import RecognisedPage
from models.head import head_of
from models.kinds import group_pages, kind_of
from pipeline.reading import read_page
from tests.pages import NATIONAL, page
from tests.printed import PAPER, SERIF, readers, scanned

SEAL_RED = (205, 40, 45)


@pytest.mark.parametrize(
    "read",
    ["GIẤY KHAI S", "GIẤY KH   SINH", "GIÂY HAI SIN", "KHAI SINH", "GIẤY", "6IẤY KHAl SlNH", "~*~ ❦ ~*~", ""],
)
def test_half_a_title_is_its_own_kind_or_none(read: str) -> None:
    damaged = page(*NATIONAL, f"^{read}", "", "Họ, chữ đệm, tên: TRẦN THỊ MẪU", source="2.jpg")
    assert kind_of(damaged).code in ("giay_khai_sinh", UNKNOWN_KIND)
    whole = [
        page(*NATIONAL, f"^{title}", "Nội dung", source=f"{title}.jpg")
        for title in ("GIẤY CHỨNG SINH", "GIẤY BÁO TỬ")
    ]
    told = group_pages([whole[0], damaged, whole[1]])
    assert [d.kind.code for d in told][:1] + [d.kind.code for d in told][2:] == [
        "giay_chung_sinh",
        "giay_bao_tu",
    ]
    by_hand = group_pages([whole[0], damaged, whole[1]], {("2.jpg", 1): "giay_khai_sinh"})
    assert by_hand[1].kind.code == "giay_khai_sinh"


@cache
def read(style: str) -> RecognisedPage:
    """A sheet at 150 dpi whose title is drawn hollow and wide, or has a seal over its right half."""
    sheet = Image.new("RGB", (1240, 900), (PAPER,) * 3)
    draw = ImageDraw.Draw(sheet)
    small, large = ImageFont.truetype(SERIF, 27), ImageFont.truetype(SERIF, 44)
    for top, text in ((90, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), (130, "Độc lập - Tự do - Hạnh phúc")):
        draw.text((620, top), text, font=small, fill=(20, 20, 20), anchor="ma")
    if style == "ornamental":
        paper = (PAPER,) * 3
        for place, letter in enumerate("GIẤY KHAI SINH"):
            at = (260 + place * 54, 240)
            draw.text(at, letter, font=large, fill=paper, stroke_width=3, stroke_fill=(20, 20, 20))
            draw.line((at[0], 300, at[0] + 40, 306), fill=(20, 20, 20), width=2)
    else:
        draw.text((620, 240), "GIẤY KHAI SINH", font=large, fill=(20, 20, 20), anchor="ma")
        draw.ellipse((640, 160, 860, 380), outline=SEAL_RED, width=9)
        draw.ellipse((690, 210, 810, 330), fill=SEAL_RED)
    for number, text in enumerate(("Họ, chữ đệm, tên: TRẦN THỊ MẪU", "Ngày, tháng, năm sinh: 05/9/2025")):
        draw.text((150, 430 + number * 60), text, font=small, fill=(20, 20, 20))
    picture = np.ascontiguousarray(np.asarray(sheet)[:, :, ::-1])
    return read_page(scanned(picture, 150.0), picture, readers())


@pytest.mark.parametrize("style", ["ornamental", "sealed"])
def test_drawn_titles_are_told_rightly_or_left_to_the_clerk(style: str) -> None:
    found = kind_of(read(style))
    assert found.code in ("giay_khai_sinh", UNKNOWN_KIND)
    assert "TRẦN THỊ MẪU" in read(style).text.upper()
    head_of(read(style))
