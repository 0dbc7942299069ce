"""Headings: the lines of a page that may be the title of a paper, by where and how they stand."""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from dossier.geometry import Box
from dossier.page import Line, RecognisedPage
from dossier.text import base_letters

_LONGEST_TITLE = 5
_HEADS = (
    "GIAY", "DON", "TO KHAI", "PHIEU", "THONG BAO", "QUYET DINH", "BIEN BAN", "HOP DONG", "VAN BAN",
    "BAN AN", "BAN SAO", "BAN VE", "BAN KHAI", "BAN CAM KET", "LOI CHUNG", "CHUNG NHAN", "CHUNG THUC",
    "TRICH LUC", "XAC NHAN", "SO HO KHAU", "SO TAM TRU", "SO THEO DOI", "MANH TRICH", "CAN CUOC", "HO CHIEU",
    "DANH SACH", "CONG VAN", "TO TRINH", "BAO CAO",
)  # fmt: skip
_NEXT_AMONG = 12
"""The next line of a heading is among this many below it: other columns' lines may lie between."""
_CAPITALS = string.ascii_uppercase.encode()
_LETTERS = string.ascii_letters.encode()
_DOUBTFUL = 0.7
"""Clarity of its least certain letter below which a word may well be another one."""
_NUMBERED = re.compile(r"^\s*(\d{1,2}|[IVX]{1,4}|[a-zđ])\s*[.)/–-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """Some consecutive lines that stand like a title."""

    text: str
    """The lines joined by spaces, as read."""
    box: Box
    depth: float
    """Where its middle lies, as a share of the page's height, 0.0 at the top."""
    is_centred: bool
    confidence: float
    """That of its least certain line."""
    line_count: int
    doubtful: frozenset[str] = frozenset()
    """Words of it that the reader did not see clearly."""


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """Capitals without marks and punctuation, single spaces: what titles are compared by."""
    return re.sub(r"[^A-Z0-9]+", " ", base_letters(text).upper()).strip()


def capital_share(text: str) -> float:
    """Share of capitals among the letters; 0.0 without letters."""
    plain = base_letters(text).encode("ascii", "ignore")
    capitals = len(plain) - len(plain.translate(None, _CAPITALS))
    letters = len(plain) - len(plain.translate(None, _LETTERS))
    return capitals / letters if letters else 0.0


def begins_like_title(text: str) -> bool:
    """Whether the line begins with one of the words that Vietnamese titles begin with."""
    words = bare(text)
    return any(words == head or words.startswith(head + " ") for head in _HEADS)


def headings(page: RecognisedPage) -> Iterator[Heading]:
    """Every run of one to five lines that may be a title, longer runs included.

    A title begins with a line in capitals, is not numbered like a paragraph, stands above the address
    "Kính gửi", and is not itself the continuation of a title above it.
    """
    lines = sorted(page.lines, key=lambda line: (line.box.top, line.box.left))
    end = _address_top(lines)
    for position, first in enumerate(lines):
        if first.box.top >= end or not _may_begin(first, lines[:position]):
            continue
        run: list[Line] = []
        following: Line | None = first
        while following is not None and len(run) < _LONGEST_TITLE:
            run.append(following)
            yield _heading(run, page)
            following = _next_line(following, lines, end)


def has_national_heading(page: RecognisedPage) -> bool:
    """Whether the Quốc hiệu stands in the upper third, as on the first page of most papers."""
    height = page.frame.height
    return any(
        "CONG HOA XA HOI CHU NGHIA" in bare(line.text) and line.box.top < height / 3 for line in page.lines
    )


def _address_top(lines: Sequence[Line]) -> float:
    for line in lines:
        if bare(line.text).startswith("KINH GUI"):
            return line.box.top
    return float("inf")


def _may_begin(line: Line, above: Sequence[Line]) -> bool:
    if capital_share(line.text) < 0.7 or _NUMBERED.match(line.text):
        return False
    return not any(_follows(upper, line) and begins_like_title(upper.text) for upper in above)


def _follows(upper: Line, lower: Line) -> bool:
    """Whether the lower line is the next one of the same heading: close below and sharing columns."""
    height = max(upper.box.height, lower.box.height)
    gap = lower.box.top - upper.box.bottom
    shared = min(upper.box.right, lower.box.right) - max(upper.box.left, lower.box.left)
    return -0.6 * height <= gap <= 1.3 * height and shared >= 0.3 * min(upper.box.width, lower.box.width)


def _next_line(line: Line, lines: Sequence[Line], end: float) -> Line | None:
    """The uppermost line that follows; lines come from the top down, so the search ends far below."""
    middle = (line.box.top + line.box.bottom) / 2
    first = bisect_right(lines, middle, key=_top)
    for other in islice(lines, first, first + _NEXT_AMONG):
        if other.box.top >= end:
            return None
        if _follows(line, other):
            return other
    return None


def _top(line: Line) -> float:
    return line.box.top


def _heading(run: Sequence[Line], page: RecognisedPage) -> Heading:
    box = run[0].box
    for line in run[1:]:
        box = box.union(line.box)
    middle_x, width = (box.left + box.right) / 2, page.frame.width
    return Heading(
        text=" ".join(line.text for line in run),
        box=box,
        depth=(box.top + box.bottom) / 2 / page.frame.height,
        is_centred=abs(middle_x - width / 2) <= 0.15 * width,
        confidence=min(line.confidence for line in run),
        line_count=len(run),
        doubtful=frozenset(word.text for line in run for word in line.words if word.clarity < _DOUBTFUL),
    )
