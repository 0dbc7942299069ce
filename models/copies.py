"""Original, certified copy or plain copy, where the paper tells (NĐ 23/2015/NĐ-CP, NĐ 30/2020/NĐ-CP)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from dossier.document import CopyForm
from dossier.page import Presence, RecognisedPage
from models.headings import bare

_CERTIFIED: Final = (
    "CHUNG THUC BAN SAO DUNG VOI BAN CHINH",
    "BAN SAO DUNG VOI BAN CHINH",
    "SAO DUNG VOI BAN CHINH",
)
_PARTS: Final = ("SAO ", "DUNG", " VOI", " BAN", " CHI", "INH")
"""The words that all forms of the clause end with, cut up: with few enough reading errors to be believed,
some of these stay whole, and a page's other lines need not be compared letter by letter."""
_FEWEST_PARTS: Final = 2
_LONGEST_TWO_LINES: Final = 90
"""Letters that two lines of a stamp have together at most."""
_FROM_REGISTER: Final = re.compile(r"\bBAN SAO\b|\bTRICH LUC\b.*\bBAN SAO\b")
_PLAIN: Final = re.compile(r"^(?:BAN PHOTO|BAN CHUP|PHOTOCOPY|BAN PHOTOCOPY)\b")
_PHOTOCOPY: Final = re.compile(r"\b(?:BAN CHUP|PHOTO\w*|PHO TO\w*)\b")
_CERTIFIED_PAPER: Final = re.compile(
    r"\bSAO Y\b|\bSAO\b.*\b(?:CHUNG THUC|CONG CHUNG)\b|\bCHUNG THUC BAN SAO\b"
)
_ANY_COPY: Final = re.compile(r"\b(?<!CAP )BAN SAO\b")
_FROM_OFFICE: Final = re.compile(r"\bTRICH LUC\b|\bBAN SAO DIEN TU\b|\bSO GOC\b")
_ORIGINAL_TOO: Final = re.compile(
    r"(?<!SAO Y )(?<!VOI )(?<!TU )(?<!KEM )(?<!KEM THEO )(?<!XUAT TRINH )(?<!DOI CHIEU )\bBAN (?:CHINH|GOC)\b"
)
"""Not the original that a copy was made from, or that is only shown beside it."""
_SAO_Y: Final = re.compile(r"^(?:SAO Y|SAO LUC|TRICH SAO)\b")


def copy_of(pages: Sequence[RecognisedPage]) -> CopyForm:
    """Whether a paper is an original or a copy, from its words and its seal.

    A certification clause makes a certified copy; "BẢN SAO" or "SAO Y" alone, a copy that the holder of the
    original or of the register issued; a red seal without such words, an original. Without colour an
    original and its photocopy look alike: CANNOT_TELL.
    """
    lines = [bare(line.text) for page in pages for line in page.lines]
    if _is_certified(lines):
        return CopyForm.CERTIFIED_COPY
    if any(_SAO_Y.match(line) for line in lines) or any(_is_copy_mark(line) for line in lines):
        return CopyForm.ISSUED_COPY
    if any(_PLAIN.match(line) for line in lines):
        return CopyForm.PLAIN_COPY
    marks = [page.marks for page in pages if page.marks is not None]
    if any(m.is_colour and m.seal is Presence.SEEN for m in marks):
        return CopyForm.ORIGINAL
    return CopyForm.CANNOT_TELL


def copy_named(text: str) -> CopyForm:
    """Which form of a paper an entry of a list names; ORIGINAL where it speaks of no copy.

    "Bản sao" alone may be one from the register, a certified one or a photocopy: CANNOT_TELL, and so is a
    choice between original and copy. "Hợp đồng có chứng thực" is an original that was certified.
    """
    words = bare(text)
    is_certified, is_photocopy = _CERTIFIED_PAPER.search(words), _PHOTOCOPY.search(words)
    if not (is_certified or is_photocopy or _ANY_COPY.search(words)):
        return CopyForm.ORIGINAL
    if _FROM_OFFICE.search(words):
        return CopyForm.ISSUED_COPY
    if _ORIGINAL_TOO.search(words):
        return CopyForm.CANNOT_TELL
    if is_certified:
        return CopyForm.CERTIFIED_COPY
    return CopyForm.PLAIN_COPY if is_photocopy else CopyForm.CANNOT_TELL


def _is_certified(lines: Sequence[str]) -> bool:
    """Whether the clause stands on a line, or runs over two of them as it often does in a stamp."""
    parts = [{part for part in _PARTS if part in f" {line} "} for line in lines]
    likely = [line for line, own in zip(lines, parts, strict=True) if len(own) >= _FEWEST_PARTS]
    for (one, own), (other, more) in pairwise(zip(lines, parts, strict=True)):
        if len(own | more) >= _FEWEST_PARTS and len(one) + len(other) < _LONGEST_TWO_LINES:
            likely.append(f"{one} {other}")
    return any(_is_clause(line) for line in likely)


def _is_clause(line: str) -> bool:
    return any(
        len(line) >= len(words) - 4 and fuzz.partial_ratio(words, line, score_cutoff=88) > 0
        for words in _CERTIFIED
    )


def _is_copy_mark(line: str) -> bool:
    """BẢN SAO as a mark of its own, not "02 bản sao giấy khai sinh" in a list of papers."""
    return line in ("BAN SAO", "TRICH LUC BAN SAO") or (
        "BAN SAO" in line
        and _FROM_REGISTER.search(line) is not None
        and line.startswith(("TRICH LUC", "GIAY KHAI SINH"))
        and len(line) < 60
    )
