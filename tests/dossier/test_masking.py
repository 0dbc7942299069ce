"""Personal numbers stay out of logs; everything else stays readable."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.masking import file_mark, is_delivered_name, mask_numbers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("001099000000", "001•••••••00"),
        ("Số CMND: 123456789.", "Số CMND: 123••••89."),
        ("001 099 000 000", "001 ••• ••• •00"),
        ("001.099.000.000", "001.•••.•••.•00"),
        ("0010 9900 0000", "001• •••• ••00"),
        ("0 0 1 0 9 9 0 0 0 0 0 0", "0 0 1 • • • • • • • 0 0"),
        ("00 10 99 00 00 00", "00 1• •• •• •• 00"),
        ("123 456 789", "123 ••• •89"),
        ("001\u00a0099\u00a0000\u00a0000", "001\u00a0•••\u00a0•••\u00a0•00"),
        ("SốCCCD001099000000cấp", "SốCCCD001•••••••00cấp"),
        ("cccd_001099000000_mặt-trước.jpg", "cccd_001•••••••00_mặt-trước.jpg"),
        ("001099000000 001099000001", "001•••••••00 001•••••••01"),
        ("001099000000 02.01.1999", "001•••••••00 02.01.1999"),
        ("001 099 000 000 02.01.1999", "001 ••• ••• •00 02.01.1999"),
        ("001099000000|123456789|NGUYỄN MẪU|02011999", "001•••••••00|123••••89|NGUYỄN MẪU|02011999"),
        ("cccd001099000000.jpg", "cccd001•••••••00.jpg"),
        ("TAM-001099000000", "TAM-001•••••••00"),
        ("dossiers/001099000000/abcd123456789012", "dossiers/001•••••••00/abcd123456789012"),
        ("IDVNM0990000003001099000000<<1", "IDVNM0990000003001099000000<<1"),
    ],
)
def test_numbers_are_masked(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked
    assert mask_numbers(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "000.00.17.H56-250715-0001",
        "H56.101-250715-0001",
        "1.001193",
        "1.001193 123456",
        "2.000815, 1.004873",
        "KQ.G15.000031",
        "123456789012" * 5 + "abcd",
        "ffffffff123456789012ffffffffffffffffffff",
        "21.11.2026 và 2026-11-21T23:18:20.123+07:00",
        "0912345678",
        "1234567890",
        "1234567890123",
        "127.0.0.1:27000",
        "2480x3508, 300 dpi, 12345678 bytes",
        "",
    ],
)
def test_codes_fingerprints_and_dates_are_not(text: str) -> None:
    assert mask_numbers(text) == text


@given(
    before=st.text(st.characters(exclude_categories=["Nd", "Cs"])),
    number=st.from_regex(r"[0-9]{12}", fullmatch=True),
)
def test_a_number_never_survives_next_to_any_text(before: str, number: str) -> None:
    assert number not in mask_numbers(before + number)


@given(st.from_regex(r"[0-9a-f]{16}", fullmatch=True), st.sampled_from(["", "/original/1.txt"]))
def test_where_a_package_lies_is_written_as_it_is(prefix: str, rest: str) -> None:
    for code in ("H56-250715-0001", "TAM-0a123456789f"):
        assert mask_numbers(f"dossiers/{code}/{prefix}{rest}") == f"dossiers/{code}/{prefix}{rest}"


@given(st.text("0123456789abcdef", min_size=16, max_size=16))
def test_a_short_fingerprint_stays_unless_it_holds_a_number(digits: str) -> None:
    has_letter, has_number = not digits.isdigit(), re.search(r"(?<!\d)\d{12}(?!\d)", digits)
    assert (mask_numbers(digits) == digits) is (not has_number or not has_letter)


@given(st.from_regex(r"[0-9a-f]{12}", fullmatch=True))
def test_a_provisional_code_stays_unless_it_is_all_digits(digits: str) -> None:
    assert (mask_numbers(f"TAM-{digits}") == f"TAM-{digits}") is (not digits.isdigit())


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("NGUYỄN THỊ MẪU - giấy khai sinh.PDF", True),
        ("cccd.jpeg", True),
        ("thư-mục-của-bà-MẪU", False),
        ("H56.101-250715-0001", False),
        ("store", False),
    ],
)
def test_names_of_delivered_files_are_known_by_their_endings(name: str, is_one: bool) -> None:
    assert is_delivered_name(name) is is_one


def test_a_file_is_found_in_the_log_by_whoever_has_its_name() -> None:
    name = "NGUYỄN THỊ MẪU.PDF"
    mark = file_mark(name)
    assert mark == f"file-{hashlib.sha256(name.encode()).hexdigest()[:8]}.pdf"
    assert file_mark(unicodedata.normalize("NFD", name)) == mark
    assert file_mark("bà Mẫu").startswith("file-")
    assert "." not in file_mark("bà Mẫu")
