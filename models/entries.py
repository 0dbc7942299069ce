"""What forms and cards say about a person beside name and number: sex, residence, issue of the card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from dossier.geometry import Box
from dossier.page import Line
from dossier.text import nfc
from models.labels import dates, flat
from models.spots import on_row

_SEX: Final = re.compile(r"(?<![a-z])(?:gioi tinh|sex)(?![a-z])(?:[^:]{0,12}:)?")
_EMPTY_BOX: Final = r"[☐□▢◻]|\[\s*\]|\(\s*\)|(?<!\w)[o0](?!\w)"
_TICKED_BOX: Final = r"[☑☒✓✔✗✘]|[\[(]\s*[xv]\s*[\])]|(?<!\w)x(?!\w)"
_BOX: Final = re.compile(f"{_EMPTY_BOX}|{_TICKED_BOX}")
_BOX_BEFORE: Final = re.compile(rf"(?:{_EMPTY_BOX}|(?P<ticked>{_TICKED_BOX}))\s*$")
_SEX_OFFERED: Final = re.compile(
    r"(?P<before>(?:\W|_|(?<!\w)\w{1,2}(?!\w)){0,12}?)(?<!\w)(?P<sex>nam|nu)(?!\w)"
)
"""A sex with what stands before it: a box, however it was read, a stroke, nothing."""
_RESIDENCE: Final = re.compile(
    r"(?<![a-z])(?:noi (?:dang ky )?thuong tru|place of residence|ho khau thuong tru|noi cu tru"
    r"|noi o hien (?:tai|nay)|dia chi (?:thuong tru|cu tru|lien he)|dia chi)(?![a-z])[^:]{0,36}:"
)
_REGISTERED: Final = re.compile(r"thuong tru|place of residence")
_ISSUED_ON: Final = re.compile(
    r"(?<![a-z])(?:ngay(?:\s*,\s*thang\s*,\s*nam)? cap|cap ngay|date of issue)(?![a-z])\s*:?"
)
_ISSUED_BY: Final = re.compile(r"(?<![a-z])(?:noi cap|co quan cap|place of issue)(?![a-z])[^:]{0,12}:")
_ISSUED_BY_CLAUSE: Final = re.compile(
    r"(?<![a-z])do\s+((?:cuc|cong an|bo cong an|ubnd|uy ban)[^,;:]{0,80}?)\s+cap\b"
)
_DIRECTOR: Final = re.compile(r"^\W*(?:cuc truong|giam doc)\s+(?=cuc canh sat|cong an)")
"""Above the signature on a card's back: the office stands behind its head's title."""
_END: Final = re.compile(
    r"[;|]|(?<![a-z])(?:gioi tinh|sex|nam sinh|ngay\s*,?\s*(?:thang|sinh|cap)|cap ngay|noi cap|so dinh danh"
    r"|so cccd|so cmnd|so can cuoc|dan toc|quoc tich|nationality|ton giao|dien thoai|email|nghe nghiep"
    r"|que quan|noi (?:cu tru|thuong tru|sinh|o hien)|quan he|so\s*:)(?![a-z])"
)
_SHORTEST_PLACE: Final = 6
_FULL_LINE: Final = 0.8
"""An entry that goes on below has filled this share of the block's width."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is written behind its label."""

    name: str
    """sex, residence, card_issued_on or card_issued_by."""
    value: str
    line: Line
    """The line in which the value begins."""


def entries_in(block: Sequence[Line]) -> Iterator[Entry]:
    """What the lines of one person's block say, each kind once; labels without a value say nothing."""
    found = [entry for line in block for entry in _entries(line, block)]
    for name in ("sex", "residence", "card_issued_on", "card_issued_by"):
        first = next((entry for entry in found if entry.name == name), None)
        if name == "residence":
            registered = (e for e in found if e.name == name and _is_registered(e, block))
            first = next(registered, first)
        if first is not None:
            yield first


def _entries(line: Line, block: Sequence[Line]) -> Iterator[Entry]:
    plain = flat(line.text)
    if label := _SEX.search(plain):
        text, within = _behind(line, label.end(), block)
        cells = takewhile(_SEX_OFFERED.match, (flat(cell.text) for cell in _right_of(within, block)))
        if sex := _sex_in("  ".join((flat(text), *cells))):
            yield Entry("sex", sex, within)
    if label := _RESIDENCE.search(plain):
        text, within = _behind(line, label.end(), block)
        place = _clean(_up_to_next(text))
        if not place:
            text, within = _below(line, block)
            place = _clean(_up_to_next(text))
        elif (more := _continued(within, block)) is not None:
            place = _clean(f"{place} {more}")
        if len(place) >= _SHORTEST_PLACE:
            yield Entry("residence", place, within)
    if label := _ISSUED_ON.search(plain):
        text, within = _behind(line, label.end(), block)
        if day := next((day for start, day in dates(text) if start < _SHORTEST_PLACE), None):
            yield Entry("card_issued_on", day.isoformat(), within)
    yield from _offices(line, plain, block)


def _sex_in(plain: str) -> str:
    """The sex that is written or ticked; empty where both are offered and no one tick shows which is meant.

    A tick counts before its word, and only where the first word has a box before it too: in "Nam ☒ Nữ □"
    the boxes stand behind theirs.
    """
    offered: list[tuple[str, re.Match[str] | None]] = []
    end = 0
    while found := _SEX_OFFERED.match(plain, end):
        offered.append(("Nam" if found["sex"] == "nam" else "Nữ", _BOX_BEFORE.search(found["before"])))
        end = found.end()
    if not offered or _BOX.match(plain[end:].lstrip()):
        return ""
    first, box = offered[0]
    if all(sex == first for sex, _ in offered):
        return "" if box and not box["ticked"] else first
    ticked = [sex for sex, box in offered if box and box["ticked"]]
    return ticked[0] if box and len(ticked) == 1 else ""


def _offices(line: Line, plain: str, block: Sequence[Line]) -> Iterator[Entry]:
    """Who issued the card that a form names: behind its label, or in a clause."""
    if label := _ISSUED_BY.search(plain):
        text, within = _behind(line, label.end(), block)
        office = _clean(_up_to_next(text))
        if len(office) >= _SHORTEST_PLACE:
            yield Entry("card_issued_by", office, within)
    elif clause := _ISSUED_BY_CLAUSE.search(plain):
        yield Entry("card_issued_by", _clean(nfc(line.text)[clause.start(1) : clause.end(1)]), line)


def issuer_of(lines: Sequence[Line]) -> Entry | None:
    """Who issued a card, from the line above the signature on its back."""
    for line in lines:
        if head := _DIRECTOR.match(flat(line.text)):
            below, _ = _below(line, lines)
            more = below if below.isupper() and flat(below).startswith("quan ly") else ""
            return Entry("issued_by", _clean(f"{nfc(line.text)[head.end() :]} {more}"), line)
    return None


def _behind(line: Line, start: int, block: Sequence[Line]) -> tuple[str, Line]:
    """The text behind a label: on its own line, else on the next line of the same row."""
    rest = nfc(line.text)[start:]
    if _clean(rest):
        return rest, line
    nearest = next(iter(_right_of(line, block)), None)
    return (nfc(nearest.text), nearest) if nearest is not None else ("", line)


def _right_of(line: Line, block: Sequence[Line]) -> list[Line]:
    """The other lines of the same row behind this one, the nearest first."""
    right = [o for o in block if o is not line and o.box.left >= line.box.right and on_row(o.box, line.box)]
    return sorted(right, key=lambda o: o.box.left)


def _below(line: Line, block: Sequence[Line]) -> tuple[str, Line]:
    """The line under a label, as cards print long values."""
    height = line.box.height
    below = [
        o
        for o in block
        if o is not line
        and -0.3 * height <= o.box.top - line.box.bottom <= 1.2 * height
        and _share(o.box, line.box)
    ]
    nearest = min(below, key=lambda o: o.box.top, default=None)
    return (nfc(nearest.text), nearest) if nearest is not None else ("", line)


def _continued(line: Line, block: Sequence[Line]) -> str | None:
    """What an entry that fills its line goes on with below; None where that begins something else."""
    right = max(o.box.right for o in block)
    left = min(o.box.left for o in block)
    if line.box.right - left < _FULL_LINE * (right - left):
        return None
    text, below = _below(line, block)
    is_other = below is line or ":" in text or below.box.left > left + 2 * line.box.height
    return None if is_other else text


def _share(one: Box, other: Box) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


def _is_registered(entry: Entry, block: Sequence[Line]) -> bool:
    """Whether it is the permanent residence (nơi thường trú), which the register knows."""
    row = [line for line in block if on_row(line.box, entry.line.box)]
    return any(_REGISTERED.search(flat(line.text)) for line in row)


def _up_to_next(text: str) -> str:
    stop = _END.search(flat(text))
    return text[: stop.start()] if stop else text


def _clean(text: str) -> str:
    """Without dotted lines and the punctuation around a value."""
    return " ".join(re.sub(r"[.…_]{2,}", " ", text).split()).strip(" .,:;…_–-")
