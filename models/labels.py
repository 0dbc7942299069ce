"""Labels on forms and cards: where a name, a number or a date is announced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from dossier.text import base_letters, nfc, year_of
from models.syllables import is_syllable

_FULL_NAME: Final = r"(?:full ?name|f[a-z]{2,5} ?n[a-z]{2,4}(?=\s*:))"
"""In the small type of a card, however it was read: Fuill name, Ful nane."""
NAME_LABEL: Final = re.compile(
    r"(?<![a-z])(?:"
    r"ho\s*,?\s*(?:va\s*)?chu dem\s*,?\s*(?:va\s*)?ten(?: khai sinh| goi khac)*|ho va ten|ho\s*,\s*ten|ho ten"
    r"|(?:chung )?toi (?:la|ten la)|(?:toi )?ten toi la|ten la|full ?name|dat ten (?:con|tre)(?: la)?"
    r"|ong/ba(?=\s*:)|ten (?:chu xe|chu ho|nguoi [a-z]{2,8}(?: [a-z]{2,8}){0,3})(?=\s*:)"
    r")(?![a-z])"
)
"""In lower case without marks: what stands before a person's name."""
_NAME_QUALIFIER: Final = re.compile(
    r"^\s*(?:\([^)]{0,60}\)|/\s*"
    + _FULL_NAME
    + r"|(?:cua\s+)?(?:chu ho|cha|me|con|tre|tre em|vo|chong|ben nam|ben nu"
    r"|viet nam|nuoc ngoai|(?:trong|theo|ghi) [a-z/ ]{0,60}|nguoi[a-z ]{0,40})[a-z ]{0,30})?"
    r"\s*(?:\([^)]{0,60}\))?\s*:"
)
_ROLE_LABEL: Final = re.compile(
    r"(?<![a-z])(?:nguoi yeu cau|nguoi lam thu tuc|nguoi nop ho so|nguoi khai|nguoi de nghi|nguoi uy quyen"
    r"|nguoi duoc uy quyen|chu ho)\s*:"
)
_IN_NAME_LABELS: Final = ("ten", "toi la", "name", "ong/ba", "nguoi", "chu ho")
"""One of these is in every label of a name, and in few other lines."""
NUMBER_LABEL: Final = re.compile(
    r"(?<![a-z])(?:so dinh danh|dinh danh ca nhan|ddcn|can cuoc|cccd|cmnd|chung minh nhan dan"
    r"|giay to tuy than|personal identification|identity card|so\s*/\s*no)"
)
_ANNOUNCED: Final = re.compile(
    r"(?<![a-z])(?:so\s+)?(?:dinh danh(?: ca nhan)?|ddcn|can cuoc(?: cong dan)?|cccd)[^:\d]{0,24}:"
    r"|so\s*/\s*no\s*[.:]+"
)
"""After this a form or card has room for a personal number; laws that only name the card have no colon."""
_MOST_LIKELY: Final = "so dinh danh ca nhan:"
_LIKE_THE_LABEL: Final = 78
"""Likeness, of 100, from which on a damaged label is still this one."""
NOT_A_PERSON: Final = re.compile(
    r"(?<![a-z])(?:so dien thoai|dien thoai|dtdd|sdt|dt|di dong|hotline|phone|mobile|tel|fax"
    r"|so tai khoan|tai khoan|stk|so the|account|ma van don|ma vach|so seri|so se-ri|ma ho so|so bien lai"
    r"|ma giao dich|hoa don)(?![a-z])"
)
BIRTH_LABEL: Final = re.compile(
    r"(?<![a-z])(?:ngay\s*,\s*thang\s*,\s*nam(?: sinh)?(?!\s*(?:cap|/))|ngay thang nam sinh|sinh ngay"
    r"|ngay sinh|date of birth)"
)
_SINCE_YEAR: Final = "".join(
    rf"(?<!{word} )" for word in ("khai", "hoc", "phat", "thi", "tai", "ho", "tuyen", "giao", "nay", "sanh")
)
"""Words with which "sinh" means something else: khai sinh, học sinh, phát sinh."""
_YEAR_OF_BIRTH_LABEL: Final = re.compile(
    rf"{BIRTH_LABEL.pattern}|(?<![a-z])(?:nam sinh|{_SINCE_YEAR}sinh nam)(?![a-z])"
)
CARD_ISSUED_LABEL: Final = re.compile(r"date\s*,\s*month\s*,\s*year|date of issue")
PLACE_AND_DATE: Final = re.compile(r"^(?!.*(?:\d|gio|luc|sinh|:.*:)).*,\s*$")
"""What stands before the date in "Hòa Mẫu, ngày 05 tháng 9 năm 2025"."""
OLD_NUMBER_LABEL: Final = re.compile(
    r"(?<![a-z])(?:cmnd|chung minh nhan dan|giay to tuy than|cmt|can cuoc|cccd)"
)
_DATE: Final = re.compile(
    r"(?<!\d)(?P<said>ngay\s*)?(\d{1,2})\s*(?:/|-|\.|(?(said),?)\s*thang)\s*"
    r"(\d{1,2})\s*(?:/|-|\.|,?\s*nam)\s*(\d{4})(?!\d)"
)
"""A comma before the month only behind "ngày": in "quý 1, tháng 2 năm 2025" there is no day."""
_YEAR: Final = re.compile(r"\d{4}")
DOCUMENT_NUMBER: Final = re.compile(
    r"(?:^\s*so\s*[:.]?|(?<![a-z])(?<!quyen )so\s*:)\s*(\d{1,6}\s*/\s*[0-9a-z][0-9a-z./&-]*)"
)
"""A circular that is only cited stands without a colon: "theo Thông tư số 66/2023/TT-BCA"."""
_VALUE_END: Final = re.compile(
    r"[;:|(\[]|\d|(?<![a-z])(?:gioi tinh|nam sinh|ngay sinh|ngay cap|ngay\s*,|sinh ngay|sinh nam|so dinh danh"
    r"|so cccd|so cmnd|so can cuoc|so giay|so\s*:|cccd|cmnd|can cuoc|dan toc|quoc tich|noi cu tru|dia chi"
    r"|dien thoai|chuc vu|nghe nghiep|que quan|sex)(?![a-z])"
)
_APOSTROPHES: Final = "'’‘ʼ`´"
_NAME: Final = re.compile(rf"[^\W\d_]+(?:(?:[ -]|[{_APOSTROPHES}] ?)[^\W\d_]+)+")
"""H'HEN NIÊ and H' HEN NIÊ: in names of the Central Highlands a space may follow the apostrophe."""
_MOST_WORDS: Final = 8
_MOST_BEHIND_LABEL: Final = 11
"""Directly behind a label nothing else than a name is written, however long."""
_PARTICLES: Final = frozenset({
    "al", "bin", "binti", "da", "das", "de", "del", "della", "den", "der", "di", "dos", "el", "ibn", "la",
    "las", "los", "ter", "van", "von",
})  # fmt: skip
"""Small words within foreign names."""
_NO_SINGLE_NAME: Final = frozenset({
    "có", "không", "nam", "nữ", "ông", "bà", "cha", "mẹ", "vợ", "chồng", "con", "tôi", "họ", "tên", "mẫu",
    "bùi", "dương", "đặng", "đỗ", "hoàng", "hồ", "huỳnh", "lê", "lý", "ngô", "nguyễn", "phạm", "phan",
    "trần", "võ", "vũ",
})  # fmt: skip
"""One of these alone behind a label is no name: an answer, a person's part, half a name."""


@lru_cache(maxsize=4096)
def flat(text: str) -> str:
    """Lower case without marks, letter for letter, so that places in it are places in the text."""
    plain = base_letters(text).lower()
    return plain if len(plain) == len(text) else nfc(text).lower()


def is_card_label(text: str) -> bool:
    """Whether a label of a name says it in English as well, as cards do."""
    return re.search(r"full ?name|/\s*" + _FULL_NAME, flat(text)) is not None


def name_labels(text: str) -> tuple[tuple[int, int], ...]:
    """Where names are announced: start of each label, and where its value begins."""
    plain = flat(text)
    if not any(word in plain for word in _IN_NAME_LABELS):
        return ()
    found: list[tuple[int, int]] = []
    for label in (*NAME_LABEL.finditer(plain), *_ROLE_LABEL.finditer(plain)):
        qualifier = _NAME_QUALIFIER.match(plain[label.end() :])
        end = label.end() + (qualifier.end() if qualifier else 0)
        found.append((label.start(), end))
    return _without_nested(sorted(found))


def _without_nested(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """ "Họ và tên / Full name:" is one label."""
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if kept and start < kept[-1][1] + 4:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return tuple(kept)


def number_announced(text: str) -> int | None:
    """Where the room for a personal number begins in a line of a form or card; None where it has none.

    The label may be damaged as the number behind it is.
    """
    plain = flat(text)
    if found := list(_ANNOUNCED.finditer(plain)):
        return found[-1].end()
    alike = fuzz.partial_ratio_alignment(_MOST_LIKELY, plain, score_cutoff=_LIKE_THE_LABEL)
    if alike is None or len(plain) < len(_MOST_LIKELY) - 2 or alike.dest_end - alike.dest_start < 16:
        return None
    return int(alike.dest_end)


def name_at(text: str, start: int, most: int = _MOST_WORDS) -> str:
    """The name that begins here: two words or more in capitals, or each with a capital; else empty.

    Small words of foreign names (Maria del Carmen) count behind a word that Vietnamese does not have.
    """
    value, _ = _value_at(text, start)
    words = _name_words(re.split(r"[,…]|\.{2,}|_{2,}", value)[0].split())
    name = " ".join(words)
    return name if len(words) <= most and _NAME.fullmatch(name) else ""


def name_behind(text: str, end: int) -> str:
    """The name directly behind its label: it may be long, or one word that fills its place (PÒ)."""
    name = name_at(text, end, _MOST_BEHIND_LABEL)
    value, is_whole = _value_at(text, end)
    is_single = value.isupper() and is_syllable(value.lower()) and value.lower() not in _NO_SINGLE_NAME
    if name or not is_single or not is_whole or not text[:end].rstrip().endswith(":"):
        return name
    return value if len(value) > 1 else ""


def _value_at(text: str, start: int) -> tuple[str, bool]:
    """What is written here, and whether nothing but the next label or the line's end ends it."""
    value = re.sub(r"^[\s.:…_–-]+", "", text[start:])
    stop = _VALUE_END.search(flat(value))
    cut = re.sub(r"[\s.,…_–-]+$", "", value[: stop.start()] if stop else value)
    return cut, stop is None or stop.group()[0].isalpha()


def _name_words(words: Sequence[str]) -> list[str]:
    """The words from the first that a name may consist of; it never ends in a small word."""
    found: list[str] = []
    is_foreign = False
    for word in words:
        if not word[0].isupper() and not (is_foreign and word in _PARTICLES):
            break
        is_foreign = is_foreign or not is_syllable(word.lower())
        found.append(word)
    while found and found[-1] in _PARTICLES:
        found.pop()
    return found


@lru_cache(maxsize=4096)
def dates(text: str) -> tuple[tuple[int, date], ...]:
    """Every date of the text with the place where it begins: 5/9/2025, ngày 05, tháng 9, năm 2025."""
    return tuple(
        (found.start(), day)
        for found in (_DATE.finditer(flat(text)) if _YEAR.search(text) else ())
        if (day := _day(*found.group(2, 3, 4))) is not None
    )


def year_of_birth(text: str, start: int = 0) -> int | None:
    """The year behind the label of a birth that has no day and month: "Năm sinh: 1943", "sinh năm 1943".

    Args:
        text: of a line, with what stands before it.
        start: the year has to stand behind this place.
    """
    plain = flat(text)
    ends = (label.end() for label in _YEAR_OF_BIRTH_LABEL.finditer(plain))
    for end in ends:
        value = plain[end:].lstrip(" :;")
        year = year_of(value)
        if year is not None and plain.index(str(year), end) >= start:
            return year
    return None


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
