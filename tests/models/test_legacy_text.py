"""Encodings from before Unicode, and codes on cards that are not what they should be."""

from __future__ import annotations

import unicodedata

import pytest

from dossier.text import same_name
from models.card import card_code_trouble, is_like_a_card, parse_card_qr
from models.legacy_text import from_legacy, is_vietnamese

REST = "01021990|Nam|{}|05062021"
NUMBER = "001090001234"


@pytest.mark.parametrize(
    ("read", "meant", "encoding"),
    [
        ("Nguyễn Văn Mẫu", "Nguyễn Văn Mẫu", ""),
        ("LÊ THỊ HỒNG ĐÀO", "LÊ THỊ HỒNG ĐÀO", ""),
        ("NguyÔn V¨n MÉu", "Nguyễn Văn Mẫu", "tcvn3"),
        ("§ç ThÞ Th­¬ng", "Đỗ Thị Thương", "tcvn3"),
        ("Nguyeãn Vaên Maãu", "Nguyễn Văn Mẫu", "vni"),
        ("Ñoã Thò Thöông", "Đỗ Thị Thương", "vni"),
        ("Nguyễn Văn Mẫu".encode().decode("cp1252"), "Nguyễn Văn Mẫu", "utf-8-twice"),
        ("Ksor H'Bia", "Ksor H'Bia", ""),
        ("Y Blô Êban", "Y Blô Êban", ""),
        ("N�yễn V�n", "", "unknown"),
        ("", "", ""),
    ],
)
def test_encodings(read: str, meant: str, encoding: str) -> None:
    assert from_legacy(read) == (meant, encoding)


def test_decomposed_text_is_sound() -> None:
    assert from_legacy(unicodedata.normalize("NFD", "Nguyễn Thị Mẫu")) == ("Nguyễn Thị Mẫu", "")


@pytest.mark.parametrize(
    ("text", "is_ours"), [("Nghiêng Ngoằn", True), ("Quỹt", False), ("Nguyeãn", False), ("hoà hòa", True)]
)
def test_syllables(text: str, is_ours: bool) -> None:
    assert is_vietnamese(text) is is_ours


@pytest.mark.parametrize(
    ("name", "residence"),
    [
        ("NguyÔn V¨n MÉu", "X· Hßa MÉu, TØnh Ninh B×nh"),
        ("Nguyeãn Vaên Maãu", "Xaõ Hoøa Maãu, Tænh Ninh Bình"),
    ],
)
def test_card_in_an_old_encoding_says_the_same_and_tells_so(name: str, residence: str) -> None:
    payload = f"{NUMBER}||{name}|{REST.format(residence)}"
    record = parse_card_qr(payload)
    assert record is not None
    assert record.personal_number == NUMBER
    assert same_name(record.full_name, "Nguyễn Văn Mẫu")
    assert card_code_trouble(payload).startswith("encoding ")


def test_name_in_an_unknown_encoding_is_left_out_and_the_number_stays() -> None:
    payload = f"{NUMBER}||N�y�n V�n|{REST.format('Xã')}"
    record = parse_card_qr(payload)
    assert record is not None
    assert (record.personal_number, record.full_name) == (NUMBER, "")
    assert card_code_trouble(payload) == "encoding unknown"


@pytest.mark.parametrize(
    ("payload", "trouble", "is_card"),
    [
        (f"{NUMBER}||Lê Văn Mẫu|{REST.format('Xã Mẫu')}", "", True),
        (f"{NUMBER}||Lê Văn Mẫu|{REST.format('Xã Mẫu')}|mới|hơn", "", True),
        (f"{NUMBER}||Lê Văn M", "truncated", True),
        (f"{NUMBER[:11]}||Lê Văn Mẫu|{REST.format('Xã Mẫu')}", "number", True),
        (f"{NUMBER}||Lê Văn Mẫu|31021990|Nam|Xã Mẫu|05062021", "dates", True),
        ("https://dichvucong.gov.vn/?id=001090001234", "other_scheme", False),
        ("000.00.17.H42-261116-0001", "other_scheme", False),
        ("", "other_scheme", False),
        ("٠٠١٠٩٠٠٠١٢٣٤||Lê Văn Mẫu|01021990|Nam|Xã|05062021", "number", True),
    ],
)
def test_payloads(payload: str, trouble: str, is_card: bool) -> None:
    assert card_code_trouble(payload) == trouble
    assert is_like_a_card(payload) is is_card
    assert (parse_card_qr(payload) is not None) is (trouble in ("", "dates"))
