"""The heading of a paper that names no kind of its own: forms, certificates, annexes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dossier.page import Line
from models.head_lines import HeadLines, middle
from models.headings import bare, begins_like_title, capital_share

_DEPTH: Final = 0.55
_MOST_LINES: Final = 9
_NEAR: Final = 2.1
"""Largest step from one line of a heading to the next, in heights of a line."""
_ENDS: Final = (
    "CAN CU",
    "KINH GUI",
    "DIEU 1",
    "CHUONG I",
    "THEO DE NGHI",
    "XET DE NGHI",
    "HOM NAY",
    "CHUC VU",
)
_SIGNERS: Final = (
    "THU TUONG CHINH PHU",
    "CHINH PHU",
    "QUOC HOI",
    "CHU TICH",
    "BO TRUONG",
    "GIAM DOC",
    "HOI DONG",
)
"""Who issues, on a line of its own below a decision's heading."""
_BARE_HEADINGS: Final = ("PHU LUC", "CHU THICH", "GHI CHU", "DANH MUC", "MUC LUC")
_NOTE: Final = re.compile(r"^\W*\(?\d{0,2}\)?\W*$")
"""A footnote mark or dots: no words."""


def subtitle_of(kind: Line, laid: HeadLines) -> Iterator[Line]:
    """The lines centred below the line that names the kind, down to a gap, a basis or an address."""
    last, count = kind, 0
    for line in laid.lines:
        if line.box.top <= kind.box.top + 0.4 * laid.pitch or line is kind:
            continue
        if _is_aside(line, kind, laid):
            continue
        step = _step(last, line)
        most = _NEAR * laid.pitch * (1.15 if last is kind else 0.95)
        if step > most or count >= _MOST_LINES or _ends_heading(line, is_first=last is kind):
            return
        yield line
        last, count = line, count + 1


def title_lines(laid: HeadLines) -> Sequence[Line]:
    """The heading, found by capitals, place and wording; empty where nothing stands like one."""
    found = max(_candidates(laid), key=lambda entry: entry[0], default=None)
    if found is not None:
        first = _top_of(found[1], laid)
        return [first, *_rest_of(first, laid)]
    for line in laid.lines:
        if line.box.top < 0.3 * laid.height and bare(line.text) in _BARE_HEADINGS:
            return [line]
    return []


def tidy(text: str) -> str:
    """A heading without leaders, footnote marks and loose signs; years of a term written alike."""
    text = re.sub(r"[.…_]{2,}|…", " ", text)
    text = re.sub(r"(?<=\w)[@*]|[²³¹⁾⁽]", " ", text)
    text = re.sub(r"\(\s*\d{0,2}\s*\)|(?<=[A-ZĐ])\(\d\)?", " ", text)
    text = re.sub(r"\b(\d{4})(?: [-–]|[-–] )(\d{4})\b", r"\1 - \2", text)
    text = re.sub(r"\s+([;,.:])", r"\1", text)
    text = re.sub(r"^[\W_]+(?=[(\"“]?\w)|(?<=[\w)\"”])[^\w)\"”]+$", "", " ".join(text.split()))
    return text.strip()


def _candidates(laid: HeadLines) -> Iterator[tuple[float, Line]]:
    """Lines that may begin the heading, each with how much speaks for it."""
    address = min((x.box.top for x in laid.lines if bare(x.text).startswith("KINH GUI")), default=laid.height)
    for line in laid.lines:
        letters = bare(line.text)
        if line.box.top >= min(address, _DEPTH * laid.height) or not _may_begin(line, letters, laid):
            continue
        known = begins_like_title(line.text)
        off_centre = _off_centre(line, laid)
        if off_centre > (0.22 if known else 0.12):
            continue
        score = (2.0 if known else 0.0) + len(letters) / 60 - 2 * off_centre - line.box.top / laid.height
        yield score, line


def _top_of(line: Line, laid: HeadLines) -> Line:
    """The first line of a heading whose best line is a lower one: CHỨNG CHỈ / NGHIỆP VỤ BẢO VỆ."""
    if begins_like_title(line.text):
        return line
    for upper in reversed(laid.lines):
        is_near = 0.4 * laid.pitch < _step(upper, line) <= 1.9 * laid.pitch
        if is_near and abs(middle(upper) - middle(line)) < 0.04 * laid.width:
            return _top_of(upper, laid) if _may_begin(upper, bare(upper.text), laid) else line
    return line


def _may_begin(line: Line, letters: str, laid: HeadLines) -> bool:
    if (
        line in (laid.national, laid.motto)
        or len(letters) < 6
        or capital_share(_capitals_of(line.text)) < 0.7
    ):
        return False
    is_above = line.box.top < laid.below - 0.5 * laid.pitch and not begins_like_title(line.text)
    is_numbered = re.match(r"^\s*(\d{1,2}|[IVX]{1,4})\s*[.)]", line.text) is not None
    return not is_above and not is_numbered and not letters.startswith(("MAU SO", "BIEN SO", "SO "))


def _capitals_of(text: str) -> str:
    """The line without a remark in brackets: "(bản điện tử)"."""
    return re.sub(r"\([^)]*\)?", "", text)


def _off_centre(line: Line, laid: HeadLines) -> float:
    """How far from the middle of the page, as a share of its width; or from that of a Quốc hiệu above it.

    Two sheets side by side, or the inside of a folded certificate, have their heading under the Quốc hiệu.
    """
    off = abs(middle(line) - laid.width / 2)
    if laid.national is not None and line.box.top > laid.below:
        under = abs(middle(line) - middle(laid.national))
        off = min(off, under) if under < 0.03 * laid.width else off
    return off / laid.width


def _rest_of(first: Line, laid: HeadLines) -> Iterator[Line]:
    last, count = first, 0
    for line in laid.lines:
        if line.box.top <= first.box.top + 0.4 * laid.pitch or line is first or _is_aside(line, first, laid):
            continue
        if _step(last, line) > 1.9 * laid.pitch or count >= 4 or _ends_heading(line, is_first=False):
            return
        is_capital = capital_share(line.text) >= 0.7
        is_remark = line.text.lstrip().startswith("(") or (count > 0 and line.box.width < 0.7 * laid.width)
        is_label = not is_capital and line.text.rstrip(" …_").endswith((":", "."))
        if not (is_capital or is_remark or count == 0) or is_label:
            return
        if not is_capital and abs(middle(line) - middle(first)) > 0.05 * laid.width:
            return
        if re.match(r"^\s*(\d{1,2}|[IVX]{1,4})\s*[.)]", line.text) or re.search(r"[.…]{3,}|:", line.text):
            return
        yield line
        last, count = line, count + 1


def _is_aside(line: Line, kind: Line, laid: HeadLines) -> bool:
    """A stamp in the margin, a photograph's label, a footnote mark: beside the heading, not of it."""
    if bare(line.text).startswith(("VE VIEC", "V V ")):
        return False
    off = abs(middle(line) - middle(kind))
    is_beside = line.box.right < kind.box.left - 0.02 * laid.width and off > 0.2 * laid.width
    is_small = line.box.width < 0.12 * laid.width and off > 0.05 * laid.width and not line.text[:1].isalpha()
    return _NOTE.match(line.text) is not None or off > 0.17 * laid.width or is_beside or is_small


def _ends_heading(line: Line, *, is_first: bool) -> bool:
    letters = bare(line.text)
    if letters.startswith(_ENDS):
        return True
    if not is_first and capital_share(line.text) >= 0.9 and letters.startswith(_SIGNERS):
        return True
    return letters.startswith(_SIGNERS) and letters in _SIGNERS


def _step(upper: Line, lower: Line) -> float:
    return (lower.box.top + lower.box.bottom - upper.box.top - upper.box.bottom) / 2
