"""Pages and lines of print drawn for tests of reading, and the product's own readers, opened once."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from dossier.page import Extraction, ScannedPage, SourceFile, StoredObject
from pipeline.reading import Readers, open_readers

SERIF = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
PAPER = 250
LETTER = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "TỜ KHAI ĐĂNG KÝ KHAI SINH (MẪU)",
    "Kính gửi: Ủy ban nhân dân xã Hòa Mẫu",
    "Họ, chữ đệm, tên người yêu cầu: Nguyễn Thị Mẫu",
    "Số định danh cá nhân: 001099012345",
    "Đề nghị cơ quan đăng ký khai sinh cho người dưới đây,",
    "diện tích 36,5 m² theo giấy tờ kèm theo, kỵ sĩ Đặng Vỹ.",
    "Tôi cam đoan những nội dung khai trên đây là đúng sự thật",
    "và chịu trách nhiệm trước pháp luật về cam đoan của mình.",
)


@cache
def readers() -> Readers:
    """Opening costs seconds, so once per test process."""
    return open_readers(Path(tempfile.gettempdir()) / "sohoa-test-models")


def line(text: str, size: int = 36, ink: int = 15) -> np.ndarray:
    """The picture of one line, as tight as the finder cuts it."""
    font = ImageFont.truetype(SERIF, size)
    width = int(font.getlength(text)) + size // 2
    picture = Image.new("L", (width, round(size * 1.25)), PAPER)
    ImageDraw.Draw(picture).text((size // 4, 0), text, font=font, fill=ink)
    return np.asarray(picture)


def letter(lines: Sequence[str] = LETTER, dpi: int = 200, size: float = 13) -> np.ndarray:
    """An A4 page in colour; `size` in points."""
    width, height = round(8.27 * dpi), round(11.69 * dpi)
    picture = Image.new("RGB", (width, height), (PAPER, PAPER, PAPER))
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(SERIF, round(size * dpi / 72))
    for number, text in enumerate(lines):
        draw.text((dpi, dpi + number * size * dpi / 40), text, font=font, fill=(20, 20, 20))
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def turned(picture: np.ndarray, degrees: float) -> np.ndarray:
    """Counter-clockwise about the middle; corners become paper."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    border = (PAPER, PAPER, PAPER)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=border)


def qr(text: str, side: int) -> np.ndarray:
    """A QR code of this side in pixels, grey, without a quiet zone."""
    code: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    modules = np.array(code.to_image(scale=8, add_quiet_zones=False))
    return cv2.resize(modules, (side, side), interpolation=cv2.INTER_AREA)


def scanned(picture: np.ndarray, dpi: float = 200.0) -> ScannedPage:
    """The page that the picture would have arrived as."""
    data = picture.tobytes()
    kept = StoredObject("page", hashlib.sha256(data).hexdigest(), len(data), "image/png")
    height, width = picture.shape[:2]
    source = SourceFile("to-khai.png", kept)
    return ScannedPage(source, 1, kept, Extraction.AS_SCANNED, width, height, dpi)
