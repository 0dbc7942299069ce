"""Codes on whole pages, as scanners deliver them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.codes import ZxingCodeReader
from pipeline.picture import decode
from tests.printed import PAPER, letter, qr

CARD = (
    "001099012345|012345678|Nguyễn Văn Mẫu|01021999|Nam|Số 1 Phố Mẫu, Phường Mẫu, Quận Mẫu, Hà Nội|25042021"
)
MATERIAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "qr_zxing"
READER = ZxingCodeReader()


def _page_with(code: np.ndarray, left: int = 900, top: int = 1200) -> np.ndarray:
    page = np.ascontiguousarray(letter()[:, :, 2])
    page[top : top + code.shape[0], left : left + code.shape[1]] = np.where(code < 128, 40, 235)
    return page


def test_a_card_s_code_is_read_with_its_vietnamese_name() -> None:
    (code,) = READER.read(_page_with(qr(CARD, 300)))
    assert (code.symbology, code.text) == ("QRCode", CARD)


@pytest.mark.parametrize("blur", [0.8, 1.1])
def test_three_pixels_a_module_are_enough(blur: float) -> None:
    """A card at 300 dpi: 18 mm are 212 pixels, less where the citizen's address is long."""
    page = _page_with(qr(CARD, 135))
    noise = np.random.default_rng(2).normal(0, 6, page.shape)
    scanned = np.clip(cv2.GaussianBlur(page, (0, 0), blur) + noise, 0, 255).astype(np.uint8)
    (code,) = READER.read(scanned)
    assert code.text == CARD


@pytest.mark.parametrize("side", [300, 135])
def test_the_box_lies_on_the_code(side: int) -> None:
    """Also where it was found only in an enlarged part."""
    (code,) = READER.read(_page_with(qr(CARD, side)))
    edges = np.array([code.box.left, code.box.top, code.box.right, code.box.bottom])
    assert np.abs(edges - np.array([900, 1200, 900 + side, 1200 + side])).max() <= 6


def test_two_codes_on_a_page_are_both_read() -> None:
    page = _page_with(qr(CARD, 300))
    page[1700:1840, 300:440] = np.where(qr("H56.101-250715-0001", 140) < 128, 40, 235)
    assert {code.text for code in READER.read(page)} == {CARD, "H56.101-250715-0001"}


@pytest.mark.parametrize(
    "payload", ["|||||||", "0", "%s%n{}[]<<>>", "\u0000\u0001binary", "дом 한국", "x" * 1500]
)
def test_odd_payloads_are_data(payload: str) -> None:
    (code,) = READER.read(np.pad(qr(payload, 720), 40, constant_values=255))
    assert code.text == payload


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 9000), (7, 7), (2000, 9)])
def test_slivers_hold_no_codes(shape: tuple[int, int]) -> None:
    assert READER.read(np.full(shape, PAPER, np.uint8)) == ()


def test_print_and_noise_hold_no_codes() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (900, 900), dtype=np.uint8)
    assert READER.read(noise) == ()
    assert READER.read(np.ascontiguousarray(letter()[:, :, 2])) == ()


@pytest.mark.material
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the real material is not beside the project")
def test_real_pictures_of_codes() -> None:
    read = seen = 0
    for file in sorted(MATERIAL.glob("*/*")):
        if file.suffix not in (".png", ".webp", ".jpg"):
            continue
        codes = READER.read(np.ascontiguousarray(decode(file.read_bytes())[:, :, 2]))
        if file.parent.name.startswith("falsepositives"):
            assert codes == (), file.name
        else:
            seen += 1
            read += bool(codes)
    assert read >= 0.85 * seen
