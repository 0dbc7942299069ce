"""Values of a head written by machine and by hand: số/ký hiệu and the date, with a second reader's digits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from dossier.text import nfc, without_marks

_NUMBER: Final = re.compile(
    r"^[^\w]*(?:(?:luat|nghi quyet|phap lenh|thong tu|nghi dinh|quyet dinh)\s+)?"
    r"(?:so|s6|8o)\s*(?:cv)?\s*[:;.,]*"
)
"""In lower case without marks: what stands before the number."""
_CODE: Final = re.compile(r"/\s*(?:(?:19|20)\d\d\s*/\s*)?[A-ZĐÐ][\wĐđ&.-]*(?:\s*[-/]\s*[\wĐđ&]+)*\s*$")
"""What follows the serial: /2025/NĐ-CP, /TB-ĐHĐL, /C07-P6."""
_HAS_YEAR: Final = re.compile(r"/\s*(?:TT(?:LT)?|NĐ)\b")
"""Acts whose number is serial, year and code; "2026/TT-BCA" has lost its serial."""
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_MOST_CUTS: Final = 5
"""How many of the second reader's eight cuts of a line without its beginning have to say the same serial."""
_SERIAL: Final = re.compile(r"^\W*([0-9A-Za-z]{1,7}(?:[ .][0-9A-Za-z]{1,3})?)[\s.,…_]*$")
_SLOT: Final = r"([0-9a-zA-Z&/|!\[\](){}]{0,2}(?:[ .]?[0-9a-zA-Z|])?)"
_DATE: Final = re.compile(
    rf"ng[aà]y+[\s.,:…]*{_SLOT}[\s.,…]*th[aá]ng[\s.,:…]*{_SLOT}[\s.,…]*n[aă]m[\s.,:…]*(\d ?\d ?\d ?\d)"
)
_LOOKALIKES: Final = str.maketrans("OoDQlIi|!J/AZzHhSsbGTtB&gq", "00001111111122445566778899")
"""Digits written by hand, as a reader of letters takes them."""


def is_number_line(text: str) -> bool:
    """Whether the line announces a số/ký hiệu, or is its code with the serial out of sight."""
    plain = without_marks(nfc(text)).lower()
    return _NUMBER.match(plain) is not None or _CODE.search(text) is not None


def number_of(text: str, seconds: Sequence[str] = ()) -> tuple[str, float] | None:
    """Số, ký hiệu of a line, with a factor for its confidence; None where the form leaves it open.

    Args:
        seconds: digits of the same line as a second reader saw them, several cuts of the picture.
    """
    text = nfc(text).replace("Ð", "Đ")
    plain = without_marks(text).lower()
    label = _NUMBER.match(plain)
    rest = text[label.end() :] if label and len(plain) == len(text) else text
    code = _CODE.search(rest)
    if code is None:
        return None
    tail = re.sub(r"\s+", "", code.group()).rstrip(".,")
    before = rest[: code.start()].rstrip("/ ")
    if is_cut(text) or (_HAS_YEAR.match(tail) and _YEAR.fullmatch(re.sub(r"\W", "", before))):
        return _restored(before, tail, seconds)
    serial = _SERIAL.match(before)
    if serial is None:
        return (tail.lstrip("/"), 0.3) if len(tail) > 8 and re.search(r"[0-9A-Za-z]", before) else None
    digits, trust = _serial(re.sub(r"[ .]", "", serial[1]), tail, seconds)
    return (digits + tail, trust) if digits else None


def is_cut(text: str) -> bool:
    """Whether the line has lost its beginning, as under a stamp: no label and no serial before the year.

    Circulars and decrees have the year in their number (Luật Ban hành VBQPPL): "025/TT-BCA" is the end of it.
    """
    text = nfc(text).replace("Ð", "Đ")
    code = _CODE.search(text)
    if code is None or _NUMBER.match(without_marks(text).lower()):
        return False
    before = re.sub(r"[\W_]", "", text[: code.start()])
    has_year = re.match(r"/\s*(?:19|20)\d\d\s*/", code.group()) is not None
    if has_year or not _HAS_YEAR.match(code.group()):
        return not before
    return re.fullmatch(r"\d{0,4}", before) is not None


def _restored(before: str, tail: str, seconds: Sequence[str]) -> tuple[str, float] | None:
    """The number of a line that has lost its beginning, where most of the second reader's wide cuts agree.

    Args:
        before: what is left of the year, where the code is without it.
    """
    year = re.match(r"/((?:19|20)\d\d)/", tail)
    ending = year[1] if year else re.sub(r"\D", "", before)
    votes = Counter(
        (found[1], found[2])
        for s in seconds
        if (found := re.fullmatch(r"(\d{1,4})((?:19|20)\d\d)", s)) and found[2].endswith(ending)
    )
    ((serial, in_year), agreeing) = votes.most_common(1)[0] if votes else (("", ""), 0)
    if agreeing < _MOST_CUTS:
        return None
    return f"{serial}{tail}" if year else f"{serial}/{in_year}{tail}", 0.5


def _serial(read: str, tail: str, seconds: Sequence[str]) -> tuple[str, float]:
    """The serial, from both readers: a second reader settles letters among digits, and outvotes a doubt."""
    in_tail = re.sub(r"\D", "", tail)
    others = [s[: -len(in_tail)] if in_tail and s.endswith(in_tail) else s for s in seconds if s]
    others = [s for s in others if s]
    if read.isdigit() and (not others or read in others):
        return read, 1.0
    if read.isdigit() and re.fullmatch(r"\d+[a-z]?", read):
        top, votes = Counter(others).most_common(1)[0]
        return (top, 0.7) if votes >= 3 and len(top) == len(read) else (read, 0.6)
    shape = "".join(c if c.isdigit() else r"\d{1,2}" for c in read)
    fitting = [s for s in others if re.fullmatch(shape, s)]
    if fitting:
        return Counter(fitting).most_common(1)[0][0], 0.8
    if re.fullmatch(r"\d+[a-zA-Z]", read) and not others:
        return read, 0.6  # a number such as 12a
    guessed = read.translate(_LOOKALIKES)
    return (guessed, 0.4) if guessed.isdigit() else (read, 0.2)


def announces_date(text: str) -> bool:
    """Whether the line has the form of place and date, filled in or not yet legible."""
    return _DATE.search(nfc(text)) is not None


def date_of(text: str, seconds: Sequence[str] = ()) -> tuple[date, float] | None:
    """The date of a place-and-date line, with a factor for its confidence; None where it is left open."""
    found = _DATE.search(nfc(text))
    if found is None:
        return None
    year = int(found[3].replace(" ", ""))
    slots = [re.sub(r"[ .]", "", found[1]), re.sub(r"[ .]", "", found[2])]
    votes = Counter(
        day for s in seconds if (day := _run_together(s, found[3].replace(" ", ""), slots)) is not None
    )
    if all(slot.isdigit() for slot in slots):
        day = _day(year, slots[1], slots[0])
        if day is not None and (not votes or day in votes or votes.most_common(1)[0][1] < 3):
            return day, 1.0 if not votes or day in votes else 0.7
    if votes:
        return votes.most_common(1)[0][0], 0.8
    guess = _day(year, slots[1].translate(_LOOKALIKES), slots[0].translate(_LOOKALIKES))
    return (guess, 0.5) if guess is not None else None


def _run_together(digits: str, year: str, slots: Sequence[str]) -> date | None:
    """A date from digits without anything between them, split as the first reader's slots are long."""
    if not digits.endswith(year):
        return None
    rest = digits[: -len(year)]
    if len(rest) != len(slots[0]) + len(slots[1]):
        return None
    day, month = rest[: len(slots[0])], rest[len(slots[0]) :]
    is_alike = all(a == b or not b.isdigit() for a, b in zip(rest, slots[0] + slots[1], strict=True))
    return _day(int(year), month, day) if is_alike else None


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day)) if 1945 <= year <= 2100 else None
    except ValueError:
        return None
