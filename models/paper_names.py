"""Which papers a running text names: the list of a notice, a published requirement, a clerk's own words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from models.headings import bare
from models.titles import titles

_ALIASES: Final = {
    "SO HO KHAU": "so_ho_khau",
    "HO KHAU": "so_ho_khau",
    "SO TAM TRU": "so_tam_tru",
    "XAC NHAN CU TRU": "ct07",
    "XAC NHAN THONG TIN CU TRU": "ct07",
    "XAC NHAN SO CHUNG MINH NHAN DAN": "xac_nhan_so_cmnd_dd",
    "XAC NHAN SO CMND": "xac_nhan_so_cmnd_dd",
    "THONG BAO SO DINH DANH": "thong_bao_so_dinh_danh",
    "CHUNG MINH NHAN DAN": "cmnd",
    "CMND": "cmnd",
    "CCCD": "cccd_chip",
    "CAN CUOC CONG DAN": "cccd_chip",
    "THE CAN CUOC": "can_cuoc",
    "HO CHIEU": "ho_chieu",
    "TINH TRANG HON NHAN": "xntthn",
    "DANG KY KET HON": "gcn_ket_hon",
    "QUYEN SU DUNG DAT": "gcn_qsdd",
}
"""How people write papers in a running text, beside their titles."""
NEGATED: Final = re.compile(
    r"\b(KHONG (PHAI|CAN|YEU CAU|DUOC YEU CAU)|MIEN)( \w+){0,4}? (NOP|XUAT TRINH|CUNG CAP|BO SUNG)\b"
    r"|^KHONG YEU CAU\b"
)
"""In bare letters: that something need not be handed in."""
_DIRECT: Final = re.compile(
    r"(KHONG (PHAI|CAN|YEU CAU|DUOC YEU CAU)|MIEN)"
    r"( (CONG DAN|NGUOI DAN|NGUOI YEU CAU|ONG BA|PHAI|LAI))*( (NOP|XUAT TRINH|CUNG CAP|BO SUNG))?"
)
"""Such a negation, and not a condition: "không phải chính chủ nộp"."""
_MANNER: Final = re.compile(r"^ ?(BAN (CHINH|GOC|SAO)|CHUNG THUC|CONG CHUNG|KEM|THEM)\b")
"""Behind a negation: how a paper need not be handed in, which asks for the paper all the same."""

_NUMBER_OF: Final = re.compile(
    r"(?<!XAC NHAN )\bSO (CCCD|CMND|(THE )?CAN CUOC( CONG DAN)?|CHUNG MINH NHAN DAN|HO CHIEU)\b"
)
"""A card's number that is to be written on another paper; the card itself is not asked for."""


def kind_named(text: str) -> str:
    """The kind of paper that a wording names: the longest title or usual name in it; empty where none is."""
    words = bare(text)
    found = [(len(name), kind) for name, kind in _names() if f" {name} " in f" {words} "]
    if not found:
        found = [
            (len(name), kind)
            for name, kind in _names()
            if len(name) > 11 and fuzz.partial_ratio(name, words) > 92
        ]
    return max(found)[1] if found else ""


def kinds_named(text: str) -> tuple[str, ...]:
    """Every kind of paper that a wording names letter by letter, marks and case apart, in its order.

    Of names that overlap the longest counts. A text that comes only near a name names nothing here.
    """
    words = f" {bare(text)} "
    taken: list[tuple[int, int, str]] = []
    for name, kind in sorted(_names(), key=lambda each: (-len(each[0]), each)):
        start = words.find(f" {name} ")
        while start >= 0:
            end = start + len(name) + 1
            if all(end <= begin or start >= stop for begin, stop, _ in taken):
                taken.append((start, end, kind))
            start = words.find(f" {name} ", end)
    return tuple(dict.fromkeys(kind for _, _, kind in sorted(taken)))


def asked_part(text: str) -> str:
    """What an entry of a list asks for, without marks: all of it, or what stands before a negation.

    "Giấy chứng sinh (không cần nộp sổ hộ khẩu)" asks for the first paper; "Sổ hộ khẩu: không phải nộp" for
    none, and gives an empty text.
    """
    words = bare(text)
    negation = NEGATED.search(words)
    if negation is None or _DIRECT.fullmatch(negation.group()) is None:
        return words
    before, after = words[: negation.start()], words[negation.end() :]
    return before.strip() if kinds_named(after) or _MANNER.search(after) else ""


def kinds_asked(text: str) -> tuple[str, ...]:
    """Every kind that an entry of a list asks for; where no name stands in it, the one that it comes near."""
    part = _NUMBER_OF.sub("", asked_part(text))
    near = kind_named(part)
    return kinds_named(part) or ((near,) if near else ())


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str], ...]:
    names = dict(_ALIASES)
    for title in titles():
        for wording in (title.text, " ".join(title.lines[: title.essential]), *title.alternatives):
            if len(bare(wording)) > 5:
                names.setdefault(bare(wording), title.code)
        for form in re.findall(r"\b(?:CT|DC)\d{2}\b", title.form_number):
            names.setdefault(form, title.code)
    return tuple(names.items())
