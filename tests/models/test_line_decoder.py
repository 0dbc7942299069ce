"""The language chooses where the picture leaves a choice, and only there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pytest

from models.line_decoder import STEP, LineDecoder
from models.line_net import VietnameseLineReader
from models.syllables import usage
from models.word_choice import bones, text_of

ALPHABET = ["", *sorted(set(VietnameseLineReader().alphabet))]
Step = str | dict[str, float]
"""A character that is certain, or what the picture leaves open with shares; "" is none."""


def logits(steps: Sequence[Step]) -> np.ndarray:
    """Net output of three steps a character, blank between characters."""
    rows = []
    for step in steps:
        shares = {step: 1.0} if isinstance(step, str) else step
        row = np.full(len(ALPHABET), 1e-6)
        for character, share in shares.items():
            row[ALPHABET.index(character)] = share
        blank = np.full(len(ALPHABET), 1e-6)
        blank[0] = 1.0
        rows += [np.log(row), np.log(row), np.log(blank)]
    return np.array(rows, np.float32)


def read(*parts: str | dict[str, float], greedy: bool = False) -> str:
    steps: list[Step] = []
    for part in parts:
        steps += list(part) if isinstance(part, str) else [part]
    decoder = LineDecoder(ALPHABET, None if greedy else usage())
    return text_of(decoder.decode(logits(steps)))


@pytest.mark.parametrize(
    ("parts", "alone", "meant"),
    [
        (("sửa đổi, b", {"ỗ": 0.55, "ổ": 0.4}, " sung"), "sửa đổi, bỗ sung", "sửa đổi, bổ sung"),
        (("THU H", {"Ò": 0.5, "Ồ": 0.45}, "I GIẤY PHÉP"), "THU HÒI GIẤY PHÉP", "THU HỒI GIẤY PHÉP"),
        (("H", {"Ò": 0.6, "Ồ": 0.3}, " SƠ"), "HÒ SƠ", "HỒ SƠ"),
        (("ngày", {"": 0.6, " ": 0.35}, "27 tháng 5"), "ngày27 tháng 5", "ngày 27 tháng 5"),
        (("TRƯ", {"ở": 0.55, "Ở": 0.4}, "NG PHÒNG"), "TRƯởNG PHÒNG", "TRƯỞNG PHÒNG"),
        (("có h", {"i": 0.5, "ị": 0.1, "í": 0.3}, "ệu lực"), "có hiệu lực", "có hiệu lực"),
        (("mau@", {"ẹ": 0.55, "e": 0.4}, "xample.vn"), "mau@ẹxample.vn", "mau@example.vn"),
        (("his way int", {"õ": 0.6, "o": 0.35}, " the"), "his way intõ the", "his way into the"),
    ],
)
def test_neighbours_choose_between_marks_spaces_and_broken_capitals(
    parts: tuple[str | dict[str, float], ...], alone: str, meant: str
) -> None:
    assert read(*parts, greedy=True) == alone
    assert read(*parts) == meant


@pytest.mark.parametrize(
    ("parts", "seen"),
    [
        (("sửa đổi, b", {"ỗ": 0.98, "ổ": 0.01}, " sung"), "sửa đổi, bỗ sung"),
        (("Số 00109901234", {"5": 0.5, "6": 0.49}), "Số 001099012345"),
        (("ngày ", {"1": 0.5, "l": 0.45}, "2 tháng 5"), "ngày 12 tháng 5"),
        (("12/Q", {"D": 0.5, "Đ": 0.45}, "-X"), "12/QD-X"),
        (("h", {"ố": 0.5, "ế": 0.45}, " sơ"), "hố sơ"),
        (("công dân", {",": 0.5, ".": 0.49}), "công dân,"),
        (("Republic of Vi", {"e": 0.6, "ệ": 0.35}, "t Nam"), "Republic of Viet Nam"),
        (("ông Nguyễn Văn H", {"ở": 0.8, "ồ": 0.1}), "ông Nguyễn Văn Hở"),
        (("Chính phủ (", {"": 0.5, " ": 0.45}, "nếu có)"), "Chính phủ (nếu có)"),
        (("Số 12/QĐ-TT", {"g": 0.6, "G": 0.35}), "Số 12/QĐ-TTg"),
        (("ứng dụng VN", {"e": 0.6, "E": 0.35}, "ID"), "ứng dụng VNeID"),
        (("sĩ quan, ", {"s": 0.55, "S": 0.44}, "ĩ quan"), "sĩ quan, sĩ quan"),
        (("cái c", {"ẩ": 0.8, "ầ": 0.15}, "u"), "cái cẩu"),
        (("c", {"ỏ": 0.6, "o": 0.3}, " dại"), "cỏ dại"),
        (("tỉnh Đắk L", {"ắ": 0.6, "a": 0.3}, "k"), "tỉnh Đắk Lắk"),
        (("xã Kr", {"ô": 0.6, "o": 0.3}, "ng Pa"), "xã Krông Pa"),
        (("kỹ s", {"ư": 0.7, "ử": 0.26}, ""), "kỹ sư"),
        (("KỸ S", {"Ư": 0.7, "Ử": 0.26}, ", THỢ MÁY"), "KỸ SƯ, THỢ MÁY"),
        (("và t", {"ỉ": 0.75, "i": 0.21}, "nh Phú Thọ"), "và tỉnh Phú Thọ"),
    ],
)
def test_a_clear_picture_numbers_signs_letters_codes_and_foreign_words_stay(
    parts: tuple[str | dict[str, float], ...], seen: str
) -> None:
    assert read(*parts) == seen


def test_what_was_chosen_says_so_and_lies_in_its_place() -> None:
    steps: list[Step] = [*"đổi, b", {"ỗ": 0.55, "ổ": 0.4}, *" sung"]
    seen = LineDecoder(ALPHABET, usage()).decode(logits(steps))
    assert [s.text for s in seen if s.chosen] == ["ổ"]
    chosen = next(s for s in seen if s.chosen)
    assert chosen.likelihood == pytest.approx(0.4, abs=0.03)
    columns = [s.column for s in seen]
    assert columns == sorted(columns)
    assert abs(chosen.column - (6 * 3 + 1) * STEP) <= 2 * STEP


def test_the_stroke_of_a_d_is_no_mark() -> None:
    """Heads are four hundred times as frequent as oil, which is what the net saw."""
    steps: list[Step] = [*"cửa hàng xăng ", {"d": 0.7, "đ": 0.3}, *"ầu, kho"]
    assert text_of(LineDecoder(ALPHABET, usage()).decode(logits(steps))) == "cửa hàng xăng dầu, kho"


def test_double_letters_survive() -> None:
    assert read("xoong soong 1100") == "xoong soong 1100"


@pytest.mark.parametrize("flat", [0.0, 1.0, 3.0, 8.0])
def test_noise_is_decoded_in_bounded_work_and_no_letter_is_invented(flat: float) -> None:
    noise = np.random.default_rng(7).normal(0, flat, (400, len(ALPHABET))).astype(np.float32)
    alone = text_of(LineDecoder(ALPHABET).decode(noise))
    helped = text_of(LineDecoder(ALPHABET, usage()).decode(noise))
    # A letter that was read as two may be one; nothing else may come or go.
    once = [[letter for letter, _ in groupby(bones(text).replace("đ", "d"))] for text in (alone, helped)]
    assert once[0] == once[1]
    assert len(helped) <= len(alone)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_sliver_holds_no_more_characters_than_steps(steps: int) -> None:
    row = np.zeros((steps, len(ALPHABET)), np.float32)
    row[:, ALPHABET.index("ổ")] = 0.1
    assert len(LineDecoder(ALPHABET, usage()).decode(row)) <= steps
