"""What a finding's detail says, in words: lists of data, and why the residence register said nothing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from console.wording_language import Language
from dossier.finding import Rule

Words = dict[Language, str]
LISTED: Final[dict[Rule, dict[str, Words]]] = {
    Rule.REGISTER_DIFFERS: {
        "full_name": {"vi": "họ tên", "en": "full name"},
        "date_of_birth": {"vi": "ngày sinh", "en": "date of birth"},
        "residence": {"vi": "nơi cư trú", "en": "residence"},
    },
    Rule.NUMBER_STRUCTURE: {
        "prefix": {
            "vi": "ba chữ số đầu (nơi đăng ký khai sinh)",
            "en": "its first three digits (where registered)",
        },
        "sex": {"vi": "giới tính", "en": "sex"},
        "birth_year": {"vi": "năm sinh", "en": "year of birth"},
    },
    Rule.ZONE_DOUBTFUL: {
        "document": {"vi": "số giấy tờ", "en": "document number"},
        "birth": {"vi": "ngày sinh", "en": "day of birth"},
        "expiry": {"vi": "ngày hết hạn", "en": "day of expiry"},
        "optional": {"vi": "trường tùy chọn", "en": "optional field"},
        "composite": {"vi": "số kiểm tra chung", "en": "composite check"},
        "alphabet": {"vi": "ký tự không được phép", "en": "a character that may not be"},
        "length": {"vi": "độ dài dòng", "en": "length of the lines"},
        "sex": {"vi": "giới tính", "en": "sex"},
    },
}
"""Data that details of these rules list, and what they are called."""
_WHY_NOT: Final = (
    ("no residence register", "máy này chưa kết nối cơ sở dữ liệu dân cư"),
    ("it refused our credentials", "cơ sở dữ liệu dân cư từ chối tài khoản kết nối; báo quản trị viên"),
    ("its token cannot be read", "không đọc được mã kết nối; báo quản trị viên"),
    ("the register cannot be read", "không đọc được dữ liệu dân cư trên máy này; báo quản trị viên"),
    ("the register refused the question", "cơ sở dữ liệu dân cư từ chối câu hỏi; báo quản trị viên"),
    ("the re", "câu trả lời không dùng được"),
    ("yes or no", "câu trả lời không dùng được"),
)
"""How the causes begin that `storage.exchange`, `storage.dialogue` and `storage.register` give; in Vietnamese."""
_NO_ANSWER: Final = "cơ sở dữ liệu dân cư không trả lời"
_AT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d)?) ?(.*)", re.DOTALL)


def listed_words(rule: Rule, said: str, language: Language) -> str:
    """ "date_of_birth, residence" by their names; what is no such list stays as it is."""
    known, names = LISTED[rule], said.split(", ")
    return ", ".join(known[name][language] for name in names) if set(names) <= known.keys() else said


def unchecked_words(cause: str, language: Language) -> str:
    """Why nobody was asked or no answer came; the cause itself is English, for the log and who reads it."""
    if language == "en" or not cause:
        return cause
    return next((words for begin, words in _WHY_NOT if cause.startswith(begin)), _NO_ANSWER)


def failed_words(said: str, language: Language) -> str:
    """Look-ups that were tried and failed, each with its time: "2026-11-19T08:30:00+07:00 it answered ..."."""
    parts = [_AT.fullmatch(part) for part in said.split("; ")]
    if not all(parts):
        return said
    return "; ".join(_failed(found[1], found[2], language) for found in parts if found)


def _failed(at: str, cause: str, language: Language) -> str:
    when = f"{datetime.fromisoformat(at):%d/%m/%Y %H:%M}"
    why = unchecked_words(cause, language)
    return f"{when} {why}" if why else when
