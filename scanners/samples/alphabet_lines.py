"""Lines with every letter and sign that a Vietnamese reader must know, in words that people write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from dossier.text import LETTERS
from scanners.samples.typefaces import characters_of

LOWER: Final = (
    "vào nhà, đá mài, quả cà, mã số, hạ giá, năm nay, ăn ở, rằng bằng, cắt cỏ, nắm bắt,",
    "khẳng định, phẳng lặng, sẵn sàng, chẵn lẻ, gặt hái, đặc biệt, sân phơi,",
    "cần cẩu, trần nhà, đất ở, cấp phát, phẩm chất, khẩn cấp, mẫu đơn, vẫn dẫn,",
    "nhận xét, trật tự, ghè đá, bè bạn, xé vé, sức khỏe, vẻ đẹp, vẽ sơ đồ, sẽ về,",
    "mẹ đẻ, kẹp chì, quê quán, tên đệm, nghề rèn, về bến, tiết kiệm, kết luận,",
    "thể lệ, để lại, nghĩa địa, lễ hội, miễn phí, hệ số, việc làm, vì lẽ ấy,",
    "kính gửi, trí tuệ, nghỉ phép, chỉ giới, kỹ nghệ, bĩ cực, vị trí, thị xã,",
    "tò mò, phòng họp, gió mùa, khóa sổ, bỏ phiếu, hỏi đáp, rõ ràng, võng lọng,",
    "họ tên, chọn lọc, công tố, không ô nhiễm, đồng hồ, trồng rừng, số thửa, tốt,",
    "sổ đỏ, tổ dân phố, chỗ ngồi, mỗi hộ, hộ khẩu, bộ đội, nơi sinh, đơn thư,",
    "bờ rào, thời hạn, với nhau, lớp học, mở rộng, ở trọ, mỡ bò, bỡ ngỡ, hợp đồng,",
    "trợ cấp, mùa vụ, cùng họ, chú ý, phúc lợi, chủ hộ, củng cố, cũ nát, lũ lụt,",
    "thụ lý, phục vụ, thư từ, nhưng, từ chối, rừng già, chứng thực, đứng tên,",
    "cử tri, thử máy, giữ gìn, những, dự trữ, thực hiện, kỳ hạn, kỳ họp, lý lịch,",
    "ủy quyền, tỷ lệ, tỷ giá, mỹ thuật, kỹ sư, kỵ binh, lụy, kiêng kỵ, đường đê, đủ,",
)
"""Every marked letter in lower case, in two words at least."""
PLACEMENTS: Final = (
    "hòa giải và hoà giải, thúy kiều và thuý kiều, hóa đơn và hoá đơn, thủy lợi và thuỷ lợi,",
    "khỏe mạnh và khoẻ mạnh, lòe loẹt và loè loẹt, tòa án và toà án, xõa tóc và xoã tóc,",
    "họa sĩ và hoạ sĩ, tùy ý và tuỳ ý, lũy tre và luỹ tre, tụy và tuỵ, xòe ô và xoè ô.",
)
"""The tone on either vowel of oa, oe, uy: as the law writes and as others do."""
SIGNS: Final = (
    "Số 12/QĐ-UBND; khổ (21 x 29,7): thửa 36, tờ bản đồ 8.",
    "Từ 2021 – 2025: tăng 4,5 % – đạt 98 % kế hoạch.",
    "Nhiệt độ 25 °C, góc 90°, diện tích 120,6 m² và 7 m².",
    "Độc lập - Tự do - Hạnh phúc; Nghị định 05/2026/NĐ-CP.",
    "Mục “Ghi chú” — mẫu ‘A’ hoặc ‘B’ — do người nhận viết.",
    "Lùi 2½ m, uống ½ viên, nghỉ ½ ngày.",
    "Theo § 4 và § 15 của bản thỏa thuận.",
    "Công trình № 7, biên lai № 128.",
    "Ông nói: “đã nhận đủ” — còn bà chỉ ghi ‘đã xem’…",
    "Gồm: cát, đá, sỏi… (xem Điều 5; Phụ lục II).",
)
"""The signs of administrative papers."""
TELLING_SIGNS: Final = ".,;:-–—/()%°²½§№…“”‘’"
TOLD: Final = LETTERS | frozenset(TELLING_SIGNS)
"""What has to be read back: 134 letters and 21 signs."""
DPI: Final = 200
_LINES_A_PAGE: Final = 42
_WIDTH, _HEIGHT = 1654, 2339
_SIZE: Final = 35
"""Pixels; 12.5 points."""
_LEFT, _TOP, _LEADING = 130, 120, 50


def lines() -> tuple[str, ...]:
    """All lines: letters in both cases, both placements of the tone in both cases, signs."""
    letters = (*LOWER, *PLACEMENTS)
    return (*letters, *(line.upper() for line in letters), *SIGNS)


def pages_in(file: Path) -> tuple[tuple[str, ...], ...]:
    """The lines that a font can draw, broken to the width of a page, page by page."""
    font = ImageFont.truetype(str(file), _SIZE, layout_engine=ImageFont.Layout.BASIC)
    drawn = [part for line in lines() if drawable(line, file) for part in _broken(line, font)]
    return tuple(tuple(drawn[at : at + _LINES_A_PAGE]) for at in range(0, len(drawn), _LINES_A_PAGE))


def drawable(line: str, file: Path) -> bool:
    """Whether a font has every character of a line."""
    return set(line) <= characters_of(file) | {" "}


def page_of(printed: Sequence[str], file: Path) -> npt.NDArray[np.uint8]:
    """An A4 page of these lines in 12.5 points as a scanner of 200 dpi gives it, shape (height, width, 3).

    The baseline of line `i` lies at `baseline(i)`.
    """
    font = ImageFont.truetype(str(file), _SIZE, layout_engine=ImageFont.Layout.BASIC)
    picture = Image.new("L", (_WIDTH, _HEIGHT), 250)
    drawing = ImageDraw.Draw(picture)
    for number, line in enumerate(printed):
        drawing.text((_LEFT, baseline(number)), line, font=font, fill=25, anchor="ls")
    soft = cv2.GaussianBlur(np.asarray(picture), (0, 0), 0.6)
    return np.repeat(np.asarray(soft, np.uint8)[:, :, None], 3, axis=2)


def baseline(number: int) -> int:
    """Pixels from the top of the page to the feet of a line."""
    return _TOP + number * _LEADING


def line_at(y: float) -> int:
    """The line whose letters are at this height; what lies above or below the print counts as the nearest."""
    return round((y + 0.3 * _SIZE - _TOP) / _LEADING)


def misread(line: str, read: str) -> str:
    """The characters of a line that were not read, or beside which one was read that is not there.

    Spaces aside: how far words stand apart is not what the alphabet is about.
    """
    lost = set()
    for edit in Levenshtein.editops(line, read):
        if edit.tag == "insert":
            if not read[edit.dest_pos].isspace():
                lost.add(line[max(0, edit.src_pos - 1)])
        else:
            lost.add(line[edit.src_pos])
    return "".join(sorted(lost - {" "}))


def _broken(line: str, font: ImageFont.FreeTypeFont) -> list[str]:
    parts: list[str] = []
    for word in line.split():
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and font.getlength(longer) <= _WIDTH - 2 * _LEFT:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts
