"""The machine-readable zone on cards and passports: ICAO 9303 part 5 (TD1) and part 4 (TD3).

Nothing here guesses: a character is put right only where the field's own alphabet leaves one choice, or
where the check digits hold with exactly one reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from dossier.page import RecognisedPage
from dossier.text import nfc, without_marks

_WEIGHTS = (7, 3, 1)
_FIRST = re.compile(r"^[I1][D0O<]VNM(\d{9})(\d)(\d{12})\D{0,4}(\d)$")
_SECOND = re.compile(r"^(\d{6})(\d)([MF<])(\d{6})(\d)VNM\D{5,16}(\d)$")
"""The two numbered lines of a Vietnamese card, whose fillers (<) text readers take for e, C, K or =."""
_FILLERS: Final = "<«‹"
_BEGINNINGS: Final = frozenset("IÍ0123456789")
"""A line without a filler that begins otherwise is none of a zone, as nearly all lines are."""
CARD, PASSPORT = 30, 44
"""Characters in a line of TD1 (three lines) and of TD3 (two)."""


@dataclass(frozen=True, slots=True)
class CardZone:
    """The zone of a Vietnamese card whose check digits all hold."""

    personal_number: str
    """12 digits, from the optional field of the first line."""
    date_of_birth: date | None
    sex: str
    """"M", "F" or empty."""
    bare_name: str = ""
    """Surname and other names in capitals without marks, as far as the line is long."""


def check_digit(text: str) -> int:
    """The ICAO 9303 check digit: weights 7, 3, 1; A is 10, Z is 35, the filler is 0. Raises ValueError."""
    return sum(_value(c) * _WEIGHTS[i % 3] for i, c in enumerate(text)) % 10


def _value(character: str) -> int:
    if character == "<":
        return 0
    if character.isascii() and (character.isdigit() or character.isupper()):
        return int(character, 36)
    raise ValueError(f"not a character of a machine-readable zone: {character!r}")


def zone_lines(texts: Sequence[str]) -> tuple[str, ...]:
    """The lines that look like a machine-readable zone, in their order, fillers put right where known."""
    return tuple(line for text in texts if (line := _zone_line(text)))


def _zone_line(text: str) -> str:
    has_filler = any(filler in text for filler in _FILLERS)
    if not has_filler and text.lstrip()[:1].upper() not in _BEGINNINGS:
        return ""
    spaceless = re.sub(r"\s+", "", without_marks(nfc(text))).upper()
    if first := _FIRST.match(spaceless):
        return f"IDVNM{first[1]}{first[2]}{first[3]}<<{first[4]}"
    if second := _SECOND.match(spaceless):
        return f"{second[1]}{second[2]}{second[3]}{second[4]}{second[5]}VNM{'<' * 11}{second[6]}"
    line = spaceless.replace("«", "<<").replace("‹", "<")
    is_zone = len(line) >= 24 and "<<" in line and re.fullmatch(r"[A-Z0-9<]+", line)
    return line if is_zone else ""


def zones_on(page: RecognisedPage) -> tuple[tuple[str, ...], ...]:
    """Lines of each zone of a page; where no reader of zones was at work, what its text lines show of one."""
    if page.zones:
        return tuple(zone.lines for zone in page.zones)
    seen = zone_lines([line.text for line in page.lines])
    return (seen,) if seen else ()


def is_passport_zone(lines: Sequence[str]) -> bool:
    """Whether the zone is that of a passport (TD3: two lines of 44, the first begins with P)."""
    return any(line.startswith("P") and len(line) > 36 for line in lines)


def card_zone(lines: Sequence[str]) -> CardZone | None:
    """Read the zone of a Vietnamese card or passport; None unless every check digit holds.

    On a card the document number repeats the last nine digits of the personal number, which stands whole
    in the optional field of the first line; a passport has it in the optional field of the second.
    """
    for first, second in pairwise(lines):
        is_passport = {len(first), len(second)} == {PASSPORT} and first[2:5] == "VNM"
        if is_passport and (zone := _passport(first, second)) is not None:
            return zone
        if not first.startswith("IDVNM") or {len(first), len(second)} != {CARD}:
            continue
        number = first[15:27]
        checked = (first, second, "<" * CARD)
        if re.fullmatch(r"\d{12}", number) and first[5:14] == number[3:] and zone_holds(checked):
            third = lines[lines.index(second) + 1 :][:1]
            return _zone(number, second[:6], second[7], third[0] if third else "")
    return None


def _passport(first: str, second: str) -> CardZone | None:
    number = second[28:40]
    if not re.fullmatch(r"\d{12}", number) or not zone_holds((first, second)):
        return None
    if second[42] != str(check_digit(second[28:42])):
        return None
    return _zone(number, second[13:19], second[20], first[5:])


def _zone(number: str, birth: str, sex: str, names: str) -> CardZone:
    return CardZone(
        number, _birth(birth, number), sex.replace("<", ""), " ".join(names.replace("<", " ").split())
    )


def zone_checks(lines: Sequence[str]) -> dict[str, bool]:
    """Which check digits hold: document, birth, expiry, optional (TD3), composite; empty where it is no zone.

    ICAO 9303-5, 4.2.4 and 9303-4, 4.2.2. An empty optional field of a passport may have a filler as check.
    """
    lengths = [len(line) for line in lines]
    try:
        if lengths == [CARD] * 3:
            return _card_checks(lines[0], lines[1])
        if lengths == [PASSPORT] * 2:
            return _passport_checks(lines[1])
    except ValueError:
        return {"alphabet": False}
    return {}


def is_well_formed(lines: Sequence[str]) -> bool:
    """Whether the letters that no check digit covers could stand there: a sex is M, F or a filler."""
    sexes = {3: (1, 7), 2: (1, 20)}
    row, place = sexes.get(len(lines), (0, 0))
    return len(lines) in sexes and lines[row][place : place + 1] in ("M", "F", "<")


def zone_holds(lines: Sequence[str]) -> bool:
    """Whether it is a whole zone and every check digit of it holds."""
    checks = zone_checks(lines)
    return bool(checks) and all(checks.values())


def _card_checks(first: str, second: str) -> dict[str, bool]:
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    return {
        "document": _holds(first[5:14], first[14]),
        "birth": _holds(second[0:6], second[6]),
        "expiry": _holds(second[8:14], second[14]),
        "composite": _holds(composite, second[29]),
    }


def _passport_checks(second: str) -> dict[str, bool]:
    optional, digit = second[28:42], second[42]
    composite = second[0:10] + second[13:20] + second[21:43]
    return {
        "document": _holds(second[0:9], second[9]),
        "birth": _holds(second[13:19], second[19]),
        "expiry": _holds(second[21:27], second[27]),
        "optional": _holds(optional, digit) or (digit == "<" and not optional.strip("<")),
        "composite": _holds(composite, second[43]),
    }


def _holds(text: str, digit: str) -> bool:
    return digit == str(check_digit(text))


def _birth(yymmdd: str, number: str) -> date | None:
    """The century stands in the fourth digit of the personal number (NĐ 137/2015/NĐ-CP Đ13)."""
    century: Final = 1900 + 100 * (int(number[3]) // 2)
    try:
        return date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6]))
    except ValueError:
        return None
