"""Words as they are searched for, and lists in Vietnamese order."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.words import name_order, sought_words, vietnamese_order


def test_the_order_is_that_of_a_vietnamese_dictionary() -> None:
    words = [
        "đan",
        "ơn",
        "dũng",
        "ân",
        "an",
        "ôn",
        "duy",
        "ăn",
        "on",
        "dung",
        "đức",
        "xa",
        "ưng",
        "ung",
        "yên",
    ]
    told = [
        "an",
        "ăn",
        "ân",
        "dung",
        "dũng",
        "duy",
        "đan",
        "đức",
        "on",
        "ôn",
        "ơn",
        "ung",
        "ưng",
        "xa",
        "yên",
    ]
    assert sorted(words, key=vietnamese_order) == told


def test_tones_count_after_letters_and_words_are_compared_one_by_one() -> None:
    tones = ["hoạ", "hoá", "hoã", "hoả", "hoà", "hoa"]
    assert sorted(tones, key=vietnamese_order) == ["hoa", "hoà", "hoả", "hoã", "hoá", "hoạ"]
    assert sorted(["Hoà B", "Hoa C", "Hoa A"], key=vietnamese_order) == ["Hoa A", "Hoa C", "Hoà B"]


def test_people_are_sorted_by_given_name() -> None:
    people = ["Trần Thị Hoà", "Lê Văn An", "Phạm Đình Ân", "Nguyễn Thị Hoa", "Đỗ Văn An"]
    told = ["Đỗ Văn An", "Lê Văn An", "Phạm Đình Ân", "Nguyễn Thị Hoa", "Trần Thị Hoà"]
    assert sorted(people, key=name_order) == told


def test_the_place_of_the_tone_mark_does_not_count_and_every_mark_does() -> None:
    (one,), (other,), (third,) = map(sought_words, ("Hoà", "HÒA", "Hóa"))
    assert one.exact == other.exact != third.exact
    assert one.bare == third.bare == "hoa"


def test_d_with_a_stroke_is_a_letter_of_its_own() -> None:
    (stroke,), (plain,) = sought_words("Đức"), sought_words("Duc")
    assert plain.loose in stroke.forms, "typed without marks it is found"
    (typed,) = sought_words("đuc")
    assert typed.loose in stroke.forms
    assert typed.loose not in plain.forms, "typed with the stroke it is not a d"


@given(st.text(max_size=30))
def test_any_text_has_an_order_and_words(text: str) -> None:
    assert vietnamese_order(text) == vietnamese_order(unicodedata.normalize("NFD", text))
    assert sought_words(text) == sought_words(unicodedata.normalize("NFD", text))
    assert all(word.bare for word in sought_words(text))


@pytest.mark.parametrize("text", ["", " ", "-", "\u0300", "½"])
def test_what_has_no_letters_is_no_trouble(text: str) -> None:
    assert sorted([text, "an"], key=vietnamese_order)
    assert sorted([text, "an"], key=name_order)
