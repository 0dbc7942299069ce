"""What holds for every reader of lines, and what each is for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dossier.errors import PartMissing
from dossier.ports import LineReader, ReadLine
from models.line_net import VietnameseLineReader
from models.tesseract import TesseractRecogniser, alphabet_of
from tests.printed import PAPER, line, readers


def _net() -> LineReader:
    return readers().reader


def _digits() -> LineReader:
    second = readers().digits
    assert second is not None
    return second


ADAPTERS = pytest.mark.parametrize("open_reader", [_net, _digits, TesseractRecogniser])
TEXT = pytest.mark.parametrize("open_reader", [_net, TesseractRecogniser])


@ADAPTERS
def test_answers_in_the_order_of_the_questions(open_reader: Callable[[], LineReader]) -> None:
    numbers = ["001099012345", "034188390730", "012345678"]
    read = open_reader().read([line(number) for number in numbers])
    assert [answer.text for answer in read] == numbers


@ADAPTERS
def test_words_lie_within_the_line_and_are_as_sure_as_a_share(open_reader: Callable[[], LineReader]) -> None:
    (read,) = open_reader().read([line("Số 001099012345 và 034188390730")])
    assert read.words
    for word in read.words:
        assert 0.0 <= word.left < word.right <= 1.0
        assert 0.0 <= word.confidence <= 1.0
        assert " " not in word.text
    assert set(read.text) <= {*open_reader().alphabet, " "}


@ADAPTERS
@pytest.mark.parametrize("shape", [(0, 40), (40, 0), (1, 1), (1, 300), (300, 1), (48, 7000)])
def test_paper_and_slivers_hold_no_words(
    open_reader: Callable[[], LineReader], shape: tuple[int, int]
) -> None:
    (read,) = open_reader().read([np.full(shape, PAPER, np.uint8)])
    assert read == ReadLine(())


@ADAPTERS
def test_nothing_asked_nothing_answered(open_reader: Callable[[], LineReader]) -> None:
    assert open_reader().read([]) == ()


@ADAPTERS
def test_the_engine_names_its_weights(open_reader: Callable[[], LineReader]) -> None:
    engine = open_reader().engine
    assert engine.name
    assert engine.version
    assert len(engine.weights_sha256) == 64


@TEXT
def test_text_is_composed_and_nothing_is_folded(open_reader: Callable[[], LineReader]) -> None:
    (read,) = open_reader().read([line("Điều 5. Người khuyết tật được hỗ trợ chuyển đổi nghề nghiệp")])
    assert read.text == "Điều 5. Người khuyết tật được hỗ trợ chuyển đổi nghề nghiệp"
    assert unicodedata.is_normalized("NFC", read.text)


def test_the_net_keeps_signs_that_compatibility_forms_would_lose() -> None:
    (read,) = _net().read([line("Diện tích 36,5 m², thửa 12 – tờ 7, kỵ binh KỴ")])
    assert read.text == "Diện tích 36,5 m², thửa 12 – tờ 7, kỵ binh KỴ"


def test_a_line_wider_than_the_net_is_read_in_parts() -> None:
    text = " ".join(f"{number} hộ gia đình và cá nhân" for number in range(100, 110))
    picture = line(text)
    assert picture.shape[1] * 48 / picture.shape[0] > 2 * 1600
    (read,) = _net().read([picture])
    assert read.text == text
    lefts = [word.left for word in read.words]
    assert lefts == sorted(lefts)


def test_words_lie_on_their_ink() -> None:
    picture = line("Nguyễn Thị Mẫu")
    (read,) = _net().read([picture])
    columns = np.flatnonzero((picture < 128).any(axis=0))
    gaps = [(a, b) for a, b in pairwise(columns) if b - a > 6]
    width = picture.shape[1]
    edges = [edge * width for word in read.words for edge in (word.left, word.right)]
    inked = [columns[0], *(edge for gap in gaps for edge in gap), columns[-1] + 1]
    assert len(edges) == len(inked) == 6
    assert np.abs(np.array(edges) - np.array(inked)).max() <= 3


def test_upside_down_print_is_read_without_confidence() -> None:
    """What orientation rests on."""
    upright = line("Cơ quan đăng ký khai sinh", size=20)
    up, down = _net().read([upright, np.ascontiguousarray(upright[::-1, ::-1])])
    assert _mean_confidence(up) > 0.9
    assert _mean_confidence(down) < 0.75


def _mean_confidence(read: ReadLine) -> float:
    letters = sum(len(word.text) for word in read.words)
    return sum(word.confidence * len(word.text) for word in read.words) / letters


def test_digit_reader_returns_digits_only() -> None:
    (read,) = _digits().read([line("Số định danh: 001 099 012 345.")])
    assert [word.text for word in read.words] == ["001099012345"]


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match="none"):
        VietnameseLineReader(tmp_path / "none.onnx")


def test_missing_language_is_named() -> None:
    with pytest.raises(PartMissing, match="tesseract-ocr-qqq"):
        TesseractRecogniser("qqq")


@pytest.mark.parametrize("data", [b"", b"\x18\x00", b"\xff\xff\xff\xff" * 8, bytes(400)])
def test_a_damaged_language_file_names_no_letters(data: bytes) -> None:
    assert alphabet_of(data).strip() == ""


@pytest.mark.parametrize("size", [30, 36, 42])
@pytest.mark.parametrize("text", ["biểu quyết khi hết dịp lễ.", "hoặc đền bù theo giá trị còn lại."])
def test_a_full_stop_at_the_end_is_read_however_close_the_line_is_cut(text: str, size: int) -> None:
    picture = line(text, size)
    last = int(np.flatnonzero((picture < 128).any(axis=0))[-1])
    cuts = [np.ascontiguousarray(picture[:, : last + 1 + margin]) for margin in (0, 2, 4)]
    assert [read.text[-1] for read in VietnameseLineReader().read(cuts)] == ["."] * 3
