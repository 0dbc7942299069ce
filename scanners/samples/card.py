"""A citizen card (thẻ căn cước công dân gắn chip), both sides on A4 as a copier lays them; nobody's."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from scanners.samples.faces import Face, font
from scanners.samples.layout import Page, slashed
from scanners.samples.mrz import mrz_lines
from scanners.samples.paper import Paper
from scanners.samples.people import Person
from scanners.samples.sheet import WIDTH, Colour, Sheet, Span, Style, millimetres

CARD_WIDTH: Final = millimetres(85.6)
CARD_HEIGHT: Final = millimetres(54)
MODULE_PIXELS: Final = 4
"""Pixels of one QR module, as on a real card at 300 dots per inch."""

_PRINT: Final[Colour] = (30, 34, 38)
_CRIMSON: Final[Colour] = (112, 18, 34)
_LABEL: Final = Style(Face.SANS, 24, _PRINT)
_BOLD: Final = Style(Face.SANS_BOLD, 25, _PRINT)
_VALUE: Final = Style(Face.SANS_BOLD, 30, _PRINT)
_LEFT: Final = (WIDTH - CARD_WIDTH) // 2


def citizen_card(person: Person) -> Paper:
    """Front and back on one sheet."""
    page = Page()
    front, back = millimetres(48), millimetres(48) + CARD_HEIGHT + millimetres(14)
    _front(page.sheet, person, front)
    _back(page.sheet, person, back)
    fields = {
        "personal_number": (person.personal_number,),
        "full_name": (person.full_name,),
        "date_of_birth": (person.born.isoformat(),),
        "issued_on": (person.issued_on.isoformat(),),
    }
    return Paper("cccd_chip", "CĂN CƯỚC CÔNG DÂN", (page.finish(),), fields)


def qr_text(person: Person) -> str:
    """The seven fields of the code on the front."""
    fields = (
        person.personal_number,
        person.old_number,
        person.full_name,
        f"{person.born:%d%m%Y}",
        person.sex,
        person.residence,
        f"{person.issued_on:%d%m%Y}",
    )
    return "|".join(fields)


def _front(sheet: Sheet, person: Person, top: int) -> None:
    _ground(sheet, top)
    _emblem(sheet, _LEFT + 104, top + 96)
    _photograph(sheet, (_LEFT + 40, top + 200))
    _code(sheet, person, top)
    middle = _LEFT + 486
    for y, text, style in (
        (46, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", _BOLD),
        (77, "Độc lập - Tự do - Hạnh phúc", _BOLD),
        (105, "SOCIALIST REPUBLIC OF VIET NAM", Style(Face.SANS, 20, _PRINT)),
        (130, "Independence - Freedom - Happiness", Style(Face.SANS, 20, _PRINT)),
        (184, "CĂN CƯỚC CÔNG DÂN", Style(Face.SANS_BOLD, 44, _CRIMSON)),
        (218, "Citizen Identity Card", Style(Face.SANS_BOLD, 25, _CRIMSON)),
    ):
        sheet.print_centred(middle, top + y, Span(text, style))
    number = Span(person.personal_number, Style(Face.SANS_BOLD, 42, _PRINT))
    x = _LEFT + 300
    sheet.print(x, top + 272, (Span("Số / No.:", _LABEL), number))
    sheet.print(x, top + 314, (Span("Họ và tên / Full name:", _LABEL),))
    sheet.print(x, top + 352, (Span(person.capitals, _VALUE),))
    sheet.print(
        x, top + 394, (Span("Ngày sinh / Date of birth:", _LABEL), Span(slashed(person.born), _VALUE))
    )
    sheet.print(x, top + 432, (Span("Giới tính / Sex:", _LABEL), Span(person.sex, _BOLD)))
    nationality = (Span("Quốc tịch / Nationality:", _LABEL), Span("Việt Nam", _BOLD))
    sheet.print(x + 280, top + 432, nationality)
    sheet.print(x, top + 468, (Span("Quê quán / Place of origin:", _LABEL),))
    sheet.print(x, top + 502, (Span(f"Xã Hòa Mẫu, {person.birthplace}", _BOLD),))
    sheet.print(x, top + 540, (Span("Nơi thường trú / Place of residence:", _LABEL),))
    sheet.print(x, top + 576, (Span(person.residence, _BOLD),))
    expiry = slashed(person.card_ends_on)
    sheet.print(_LEFT + 40, top + 566, (Span("Có giá trị đến:", Style(Face.SANS, 21, _PRINT)),))
    sheet.print(_LEFT + 40, top + 598, (Span(expiry, Style(Face.SANS_BOLD, 23, _PRINT)),))


def _back(sheet: Sheet, person: Person, top: int) -> None:
    _ground(sheet, top)
    x = _LEFT + 40
    sheet.print(x, top + 52, (Span("Đặc điểm nhận dạng / Personal identification:", _LABEL),))
    sheet.print(x, top + 88, (Span("Nốt ruồi C: 1 cm dưới mắt trái", _BOLD),))
    issued = (Span("Ngày, tháng, năm / Date, month, year:", _LABEL), Span(slashed(person.issued_on), _BOLD))
    sheet.print(x, top + 132, issued)
    small = Style(Face.SANS_BOLD, 20, _PRINT)
    sheet.print_centred(_LEFT + 460, top + 172, Span("CỤC TRƯỞNG CỤC CẢNH SÁT", small))
    sheet.print_centred(_LEFT + 460, top + 200, Span("QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI", small))
    _chip(sheet.draw, _LEFT + 56, top + 190)
    for y, text in ((52, "Ngón trỏ trái"), (272, "Ngón trỏ phải")):
        sheet.print_centred(_LEFT + 876, top + y, Span(text, Style(Face.SANS, 21, _PRINT)))
        _finger(sheet.draw, _LEFT + 876, top + y + 100)
    _specimen(sheet.picture, (_LEFT + 470, top + 330), 120)
    for row, line in enumerate(mrz_lines(person)):
        sheet.print(_LEFT + 54, top + 500 + 52 * row, (Span(line, Style(Face.MONO, 50, _PRINT)),))


def _code(sheet: Sheet, person: Person, top: int) -> None:
    code = zxingcpp.create_barcode(qr_text(person), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    size = modules.shape[0] * MODULE_PIXELS
    drawn = Image.fromarray(modules).resize((size, size), Image.Resampling.NEAREST)
    left, upper = _LEFT + CARD_WIDTH - size - 26, top + 26
    quiet = 3 * MODULE_PIXELS
    sheet.draw.rectangle(
        (left - quiet, upper - quiet, left + size + quiet, upper + size + quiet), fill="white"
    )
    sheet.picture.paste(drawn.convert("RGB"), (left, upper))


@lru_cache(maxsize=1)
def _guilloche() -> Image.Image:
    """Interlaced fine waves on pale green, as security print has them."""
    y, x = np.mgrid[0:CARD_HEIGHT, 0:CARD_WIDTH].astype(np.float32)
    waves = np.sin((y + 26 * np.sin(x / 74)) / 4.2) + np.sin((y - 31 * np.sin(x / 91 + 1)) / 5.3)
    glow = np.exp(-(((x - CARD_WIDTH * 0.55) / 430) ** 2) - ((y - CARD_HEIGHT * 0.6) / 260) ** 2)
    levels = [base + 5 * waves + lift * glow for base, lift in ((212, 30), (233, 8), (226, -6))]
    return Image.fromarray(np.stack(levels, axis=2).clip(0, 255).astype(np.uint8))


def _ground(sheet: Sheet, top: int) -> None:
    mask = Image.new("L", (CARD_WIDTH, CARD_HEIGHT), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, CARD_WIDTH - 1, CARD_HEIGHT - 1), millimetres(3), fill=255)
    sheet.draw.rounded_rectangle(
        (_LEFT + 6, top + 8, _LEFT + CARD_WIDTH + 6, top + CARD_HEIGHT + 8),
        millimetres(3),
        fill=(214, 214, 212),
    )
    sheet.picture.paste(_guilloche(), (_LEFT, top), mask)


def _emblem(sheet: Sheet, x: int, y: int) -> None:
    """A plain disc with a star; the state's emblem itself is not drawn on a sample."""
    sheet.draw.ellipse((x - 62, y - 62, x + 62, y + 62), fill=(206, 60, 48), outline=(222, 178, 62), width=8)
    reach = ((40.0, 0.0), (16.0, 36.0))
    star = [
        (x + r * np.sin(np.radians(72 * i + a)), y - r * np.cos(np.radians(72 * i + a)))
        for i in range(5)
        for r, a in reach
    ]
    sheet.draw.polygon(star, fill=(236, 200, 70))


def _photograph(sheet: Sheet, at: tuple[int, int]) -> None:
    x, y = at
    draw = sheet.draw
    draw.rectangle((x, y, x + 230, y + 310), fill=(196, 212, 224))
    draw.ellipse((x + 66, y + 50, x + 164, y + 178), fill=(150, 132, 120))
    draw.chord((x + 14, y + 186, x + 216, y + 434), 180, 360, fill=(92, 104, 122))
    _specimen(sheet.picture, (x + 115, y + 190), 78)


def _specimen(picture: Image.Image, middle: tuple[int, int], size: int) -> None:
    """MẪU, large and slanted; a mark and not text."""
    tile = Image.new("L", (size * 4, size * 3), 0)
    ImageDraw.Draw(tile).text(
        (size * 2, size * 1.5), "MẪU", font=font(Face.SANS_BOLD, size), fill=150, anchor="mm"
    )
    tile = tile.rotate(24, Image.Resampling.BICUBIC)
    picture.paste((232, 84, 76), (middle[0] - tile.width // 2, middle[1] - tile.height // 2), tile)


def _chip(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.rounded_rectangle(
        (x, y, x + 150, y + 130), 22, fill=(206, 178, 104), outline=(150, 122, 60), width=3
    )
    for offset in (44, 86):
        draw.line((x, y + offset, x + 150, y + offset), fill=(150, 122, 60), width=3)
    draw.line((x + 75, y, x + 75, y + 130), fill=(150, 122, 60), width=3)


def _finger(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.rectangle((x - 74, y - 82, x + 74, y + 82), fill=(238, 240, 238), outline=(170, 178, 176), width=2)
    for ring in range(6, 62, 9):
        draw.arc(
            (x - ring, y - ring * 1.2, x + ring, y + ring * 1.2), 150, 395, fill=(150, 150, 158), width=3
        )
