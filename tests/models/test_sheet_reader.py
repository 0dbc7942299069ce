"""Cover and separator sheets as printed, scanned and damaged; receipts; and papers that are neither."""

from __future__ import annotations

from random import Random

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from dossier.batch import SideReading
from dossier.batch_sheet import CoverSheet, SeparatorSheet, read_sheet_code
from models.codes import ZxingCodeReader
from models.sheet_reader import SheetReader, has_sheet_border
from pipeline.cover_sheet import SheetText, print_sheets
from scanners.samples.degrade import Degradation, degrade

DPI = 200
COVER = CoverSheet("K7QM2X", 3, 12, "000.00.17.H56-260715-0001", "1.001193", "Quầy 3", 4)
TEXT = SheetText("TỜ BÌA HỒ SƠ", COVER.dossier, ("Thủ tục 1.001193", "Quầy 3"), "MẪU")
Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@pytest.fixture(scope="module")
def printed() -> Grey:
    """The cover sheet out of the printer."""
    return drawn(COVER)


def drawn(sign: CoverSheet | SeparatorSheet) -> Grey:
    page = pypdfium2.PdfDocument(print_sheets([(sign, TEXT)]))[0]
    return np.ascontiguousarray(page.render(scale=DPI / 72).to_numpy()[:, :, 0])


def read(picture: Grey) -> SideReading:
    return SheetReader(ZxingCodeReader()).read(np.ascontiguousarray(picture), DPI, (1, 1))


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_sheet_is_read_whichever_way_it_lies(printed: Grey, quarter_turns: int) -> None:
    reading = read(np.rot90(printed, quarter_turns))
    assert reading.sign == COVER
    assert reading.is_marked
    assert reading.receipts == ()


def test_a_separator_is_told_from_a_cover() -> None:
    assert read(drawn(SeparatorSheet("K7QM2X"))).sign == SeparatorSheet("K7QM2X")


@pytest.mark.parametrize(
    "kind", [Degradation.SKEW, Degradation.PALE_TONER, Degradation.FOLD, Degradation.FAX]
)
def test_a_worn_sheet_is_still_read(printed: Grey, kind: Degradation) -> None:
    worn = degrade(printed, [(kind, 2)], Random(3), dpi=DPI)
    assert SheetReader(ZxingCodeReader()).read(worn.picture, worn.dpi, (1, 1)).sign == COVER


def test_one_code_left_is_enough_and_none_is_a_damaged_sheet(printed: Grey) -> None:
    height, width = printed.shape
    without_squares = printed.copy()
    without_squares[: height // 3, width // 2 : -120] = 255
    without_squares[2 * height // 3 :, 120 : width // 2] = 255
    bar_code_only = read(without_squares)
    assert bar_code_only.sign is not None
    assert bar_code_only.sign.short_code == COVER.short_code
    without_squares[height // 3 : 2 * height // 3, 120:-120] = 255
    damaged = read(without_squares)
    assert damaged.sign is None
    assert damaged.is_marked


def test_half_a_sheet_is_still_known_to_be_one(printed: Grey) -> None:
    half = printed.copy()
    half[printed.shape[0] // 3 :] = 30
    half[:, 150:-150] = 255
    assert has_sheet_border(half, DPI)
    assert read(half).sign is None


def test_codes_that_contradict_each_other_say_nothing(printed: Grey) -> None:
    other = drawn(CoverSheet("K7QM2X", 4, 12, "000.00.17.H56-260715-0002", "1.001193", "Quầy 3", 4))
    mixed = printed.copy()
    mixed[mixed.shape[0] // 2 :] = other[mixed.shape[0] // 2 :]
    reading = read(mixed)
    assert reading.sign is None
    assert reading.is_marked


@pytest.mark.parametrize("kind", [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode])
def test_a_receipt_names_its_dossier(kind: zxingcpp.BarcodeFormat) -> None:
    paper = np.full((2338, 1654), 250, np.uint8)
    code = np.asarray(
        zxingcpp.write_barcode_to_image(zxingcpp.create_barcode("H56.101-260715-0042", kind), scale=3)
    )
    high = np.repeat(code[:1], 90, 0) if kind == zxingcpp.BarcodeFormat.Code128 else code
    paper[100 : 100 + high.shape[0], 200 : 200 + high.shape[1]] = high
    reading = read(paper)
    assert reading.receipts == ("H56.101-260715-0042",)
    assert not reading.is_marked


def test_an_empty_side_has_no_ink_and_no_border() -> None:
    blank = np.full((2338, 1654), 246, np.uint8)
    reading = read(blank)
    assert reading == SideReading(1, 1, has_ink=False)


def test_a_code_says_what_was_put_into_it() -> None:
    assert read_sheet_code(COVER.long_code) == COVER
    assert read_sheet_code(SeparatorSheet("X").long_code) == SeparatorSheet("X")


@pytest.mark.parametrize(
    "wrong", ["", "SOHOA1", "SOHOA1|C", COVER.long_code.replace("0001", "0002"), "123|456"]
)
def test_a_code_whose_check_does_not_hold_says_nothing(wrong: str) -> None:
    assert read_sheet_code(wrong) is None
