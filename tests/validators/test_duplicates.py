"""Sheets scanned twice are told; forms that differ in one number never count as the same."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.geometry import UprightFrame
from dossier.page import Handwriting, RecognisedPage, StoredObject
from dossier.page_print import Likeness, PagePrint
from models.page_prints import page_print, picture_hash
from tests.pages import page
from tests.printed import LETTER, letter, turned
from validators.duplicates import compare, find_duplicates

FORM = (
    "TỜ KHAI ĐĂNG KÝ KHAI SINH (MẪU)",
    "Họ, chữ đệm, tên: Nguyễn Thị Mẫu",
    "Số định danh cá nhân: 001099012345",
    "Ngày sinh 12 tháng 11 năm 2020, nơi sinh xã Hòa Mẫu",
    "Đề nghị Ủy ban nhân dân xã Hòa Mẫu đăng ký khai sinh",
)
PICTURE = letter(LETTER, dpi=100)
HASH = picture_hash(PICTURE, UprightFrame(PICTURE.shape[1], PICTURE.shape[0], 0, 0.0))


def keyed(text: str) -> str:
    return hashlib.sha256(b"key" + text.encode()).hexdigest()


def scanned(picture: str, *lines: str) -> RecognisedPage:
    read = page(*lines, source=picture)
    kept = StoredObject(picture, keyed(picture), 1, "image/jpeg")
    return replace(read, page=replace(read.page, picture=kept), picture_hash=HASH)


def printed(picture: str, *lines: str) -> PagePrint:
    return page_print(scanned(picture, *lines), keyed)


def doubtful(read: RecognisedPage, rows: tuple[int, ...], confidence: float = 0.9) -> RecognisedPage:
    """The page with some lines read less surely."""
    lines = (
        replace(line, words=tuple(replace(word, confidence=confidence) for word in line.words))
        if row in rows
        else line
        for row, line in enumerate(read.lines)
    )
    return replace(read, lines=tuple(lines))


def test_the_same_sheet_scanned_twice_is_the_same() -> None:
    assert compare(printed("a", *FORM), printed("b", *FORM)) is Likeness.SAME


def test_a_word_read_differently_does_not_hide_a_duplicate() -> None:
    other = [line.replace("chữ đệm", "chư đêm").replace("nơi", "noi") for line in FORM]
    one, again = (
        page_print(doubtful(scanned(name, *lines), (1, 3)), keyed)
        for name, lines in (("a", FORM), ("b", other))
    )
    assert compare(one, again) is Likeness.SAME
    assert compare(printed("a", *FORM), printed("b", *other)) is Likeness.ALIKE, "both are read surely"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("001099012345", "001099012346"),
        ("12 tháng", "13 tháng"),
        ("tháng 11", "tháng 10"),
        ("2020", "2021"),
        ("12 tháng 11", "11 tháng 12"),
    ],
)
def test_forms_that_differ_in_one_number_are_never_the_same(old: str, new: str) -> None:
    other = [line.replace(old, new) for line in FORM]
    assert other != list(FORM)
    assert compare(printed("a", *FORM), printed("b", *other)) is Likeness.ALIKE


@given(st.integers(0, 10**6), st.integers(0, 9))
def test_no_digit_changed_anywhere_passes_for_the_same(place: int, digit: int) -> None:
    text = "\n".join(FORM)
    digits = [at for at, letter_ in enumerate(text) if letter_.isdigit()]
    at = digits[place % len(digits)]
    other = text[:at] + str(digit) + text[at + 1 :]
    likeness = compare(printed("a", *FORM), printed("b", *other.split("\n")))
    assert (likeness is Likeness.SAME) == (other == text)


def test_a_number_that_may_be_another_one_is_no_witness() -> None:
    read = scanned("b", *FORM)
    line, unsure = read.lines[3], doubtful(read, (3,), 0.6)
    assert compare(page_print(unsure, keyed), printed("a", *FORM)) is Likeness.ALIKE
    assert compare(page_print(unsure, keyed), page_print(replace(unsure), keyed)) is Likeness.SAME, "bytes"
    pen = Handwriting(line.box, "15", 0.9)
    written = page_print(replace(read, handwriting=(pen,)), keyed)
    assert compare(written, printed("a", *FORM)) is Likeness.ALIKE
    assert compare(written, page_print(replace(scanned("c", *FORM), handwriting=(pen,)), keyed)) is (
        Likeness.SAME
    )


def test_a_page_whose_picture_nobody_hashed_is_known_only_by_its_bytes() -> None:
    older = replace(printed("a", *FORM), picture=None)
    assert compare(older, printed("b", *FORM)) is Likeness.DIFFERENT
    assert compare(printed("b", *FORM), older) is Likeness.DIFFERENT
    assert compare(older, printed("a", *FORM)) is Likeness.SAME


def test_the_same_form_of_another_person_is_not_the_same() -> None:
    other = [line.replace("Nguyễn Thị Mẫu", "Trần Văn Mẫu") for line in FORM]
    likeness = compare(printed("a", *FORM), printed("b", *other))
    assert likeness is not Likeness.DIFFERENT
    other_person = replace(printed("b", *FORM), people=(keyed("002088000111"),))
    assert compare(printed("a", *FORM), other_person) is Likeness.ALIKE


def test_the_form_of_a_twin_is_not_the_same() -> None:
    lan, binh = (
        [line.replace("Nguyễn Thị Mẫu", f"Nguyễn Thị {name}") for line in FORM] for name in ("Lan", "Bình")
    )
    assert compare(printed("a", *lan), printed("b", *binh)) is Likeness.ALIKE
    read = scanned("c", *lan)
    unsure = page_print(doubtful(read, (1,)), keyed)
    assert compare(unsure, printed("a", *lan)) is Likeness.SAME
    assert compare(unsure, printed("b", *binh)) is Likeness.ALIKE, "the other's name is sure"


def test_a_sheet_laid_on_the_glass_anew_may_differ_in_a_few_more_bits() -> None:
    plain = printed("a", *FORM)
    for bits, likeness in ((2**22 - 1, Likeness.SAME), (2**23 - 1, Likeness.DIFFERENT)):
        assert compare(plain, replace(printed("b", *FORM), picture=HASH ^ bits)) is likeness
    other = [line.replace("2020", "2021") for line in FORM]
    assert compare(plain, replace(printed("b", *other), picture=HASH ^ 0xFFFF)) is Likeness.DIFFERENT


def test_other_text_in_the_same_layout_differs() -> None:
    other = [
        "GIẤY ỦY QUYỀN (MẪU)",
        "Bên nhận ủy quyền được thay mặt bên ủy quyền",
        "làm việc với cơ quan thuế",
    ]
    assert compare(printed("a", *FORM), printed("b", *other)) is Likeness.DIFFERENT


def test_pages_without_text_are_the_same_only_byte_for_byte() -> None:
    assert compare(printed("a"), printed("b")) is Likeness.DIFFERENT
    assert compare(printed("a"), printed("a")) is Likeness.SAME
    assert compare(replace(printed("a"), picture_sha256=""), replace(printed("a"), picture_sha256="")) is (
        Likeness.DIFFERENT
    )


def test_a_batch_names_the_earlier_page() -> None:
    changed = [line.replace("2020", "2021") for line in FORM]
    (alike, same) = find_duplicates([printed("a", *FORM), printed("b", *changed), printed("c", *FORM)])
    assert (alike.page, alike.other, alike.likeness) == (1, 0, Likeness.ALIKE)
    assert (same.page, same.other, same.likeness) == (2, 0, Likeness.SAME)


def test_nobody_can_read_a_print() -> None:
    told = repr(printed("a", *FORM))
    assert "001099012345" not in told
    assert "mau" not in told.lower().replace("likeness", "")


def frame(rotation: int = 0, angle: float = 0.0) -> UprightFrame:
    height, width = PICTURE.shape[:2]
    return UprightFrame(width, height, rotation, angle)


def test_a_picture_is_known_again_turned_askew_and_brighter() -> None:
    plain = picture_hash(PICTURE, frame())
    again = np.clip(turned(PICTURE, -4.0).astype(np.int16) + 4, 0, 255).astype(np.uint8)
    assert (plain ^ picture_hash(again, frame(angle=4.0))).bit_count() <= 10
    upside_down = np.ascontiguousarray(PICTURE[::-1, ::-1])
    assert (plain ^ picture_hash(upside_down, frame(180))).bit_count() <= 4
    other = letter(LETTER[5:] + LETTER[:3] * 3, dpi=100)
    assert (plain ^ picture_hash(other, frame())).bit_count() > 10
