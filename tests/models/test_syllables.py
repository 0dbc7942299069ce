"""What Vietnamese could say, and what the law does say."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from models.syllables import FILE, Usage, is_syllable, usage


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "khuỷu",
        "quyển",
        "quốc",
        "giấy",
        "gì",
        "giêng",
        "ký",
        "yêu",
        "huỳnh",
        "thuở",
        "đổi",
        "ỷ",
        "ô",
        "uỷ",
        "hoà",
        "hòa",
        "quặng",
        "ngoằn",
    ],
)
def test_what_can_be_said(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word",
    [
        "phiiếu",
        "hỏò",
        "cap",
        "cáć",
        "nge",
        "kanh",
        "ghà",
        "cê",
        "viet",
        "nam's",
        "hc",
        "quua",
        "tnđiện",
        "12",
        "a1",
        "zin",
        "việtnam",
        "nghang",
        "qh",
    ],
)
def test_what_cannot(word: str) -> None:
    assert not is_syllable(word)


def test_a_stop_takes_two_tones() -> None:
    assert [word for word in ("mat", "màt", "mát", "mảt", "mãt", "mạt") if is_syllable(word)] == [
        "mát",
        "mạt",
    ]


def test_the_law_puts_some_words_beside_others() -> None:
    law = usage()
    assert law.log_share("bổ", "đổi") < law.log_share("sung", "bổ")
    assert law.log_share("sung", "bổ") > law.log_share("sung") + 2
    assert law.log_share("sơ", "hồ") > law.log_share("sò", "hồ") + 5
    assert law.seen("hồ") > 100
    assert law.seen("hỗn") < 100


def test_unseen_syllables_are_likelier_than_what_is_none() -> None:
    law = usage()
    assert law.seen("phỉnh") == law.seen("phnh") == 0
    assert law.log_share("phỉnh") > law.log_share("phnh") + 2


def test_what_everyday_language_says_is_known_though_no_law_says_it() -> None:
    known = usage()
    assert all(known.seen(word) for word in ("bò", "cẩu", "chuột", "mỡ", "phẳng", "chuối"))
    assert not known.seen("cẩp")
    assert known.log_share("cẩu") > known.log_share("cẩp") + 4
    assert known.log_share("cầu") > known.log_share("cẩu"), "what the law says often stays likelier"


@pytest.mark.parametrize(
    ("one", "other"), [("tụy", "tuỵ"), ("khỏe", "khoẻ"), ("hòa", "hoà"), ("kỹ", "kĩ"), ("lý", "lí")]
)
def test_both_spellings_of_a_word_are_known(one: str, other: str) -> None:
    assert min(usage().seen(one), usage().seen(other)) > 0


def test_every_row_of_the_table_is_a_syllable_of_the_closed_set() -> None:
    rows = gzip.decompress(FILE.read_bytes()).decode().splitlines()
    heads = [row.split()[0].rsplit(":", 1)[0] for row in rows]
    assert len(heads) > 1500
    assert heads == sorted(heads)
    assert all(is_syllable(head) for head in heads)
    assert FILE.stat().st_size < 200_000


def test_another_table_may_be_used(tmp_path: Path) -> None:
    file = tmp_path / "two.txt.gz"
    file.write_bytes(gzip.compress("một:3 hai:2\nhai:2\n".encode()))
    assert Usage(file).log_share("hai", "một") > Usage(file).log_share("hai")
