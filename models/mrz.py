"""The machine-readable zone on the back of cards: ICAO 9303 part 5 (TD1) and part 4 (TD3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dossier.text import nfc, without_marks

_WEIGHTS = (7, 3, 1)
_FIRST = re.compile(r"^[I1][D0O<]VNM(\d{9})(\d)(\d{12})\D{0,4}(\d)$")
_SECOND = re.compile(r"^(\d{6})(\d)([MF<])(\d{6})(\d)VNM\D{5,16}(\d)$")
"""The two numbered lines of a Vietnamese card, whose fillers (<) text readers take for e, C, K or =."""


@dataclass(frozen=True, slots=True)
class CardZone:
    """The zone of a Vietnamese card whose check digits all hold."""

    personal_number: str
    """12 digits, from the optional field of the first line."""
    date_of_birth: date | None
    sex: str
    """"M", "F" or empty."""


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
    spaceless = re.sub(r"\s+", "", without_marks(nfc(text))).upper()
    if first := _FIRST.match(spaceless):
        return f"IDVNM{first[1]}{first[2]}{first[3]}<<{first[4]}"
    if second := _SECOND.match(spaceless):
        return f"{second[1]}{second[2]}{second[3]}{second[4]}{second[5]}VNM{'<' * 11}{second[6]}"
    line = spaceless.replace("«", "<<").replace("‹", "<")
    is_zone = len(line) >= 24 and "<<" in line and re.fullmatch(r"[A-Z0-9<]+", line)
    return line if is_zone else ""


def is_passport_zone(lines: Sequence[str]) -> bool:
    """Whether the zone is that of a passport (TD3: two lines of 44, the first begins with P)."""
    return any(line.startswith("P") and len(line) > 36 for line in lines)


def card_zone(lines: Sequence[str]) -> CardZone | None:
    """Read the zone of a Vietnamese card; None unless every check digit holds.

    The document number repeats the last nine digits of the personal number, which stands whole in the
    optional field of the first line.
    """
    for first, second in pairwise(lines):
        if not first.startswith("IDVNM") or {len(first), len(second)} != {30}:
            continue
        number = first[15:27]
        if re.fullmatch(r"\d{12}", number) and first[5:14] == number[3:] and _digits_hold(first, second):
            return CardZone(number, _birth(second[:6], number), second[7].replace("<", ""))
    return None


def _digits_hold(first: str, second: str) -> bool:
    """Document number, birth date, expiry date, and all of them together (ICAO 9303-5, 4.2.4)."""
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    checks = (
        (first[5:14], first[14]),
        (second[0:6], second[6]),
        (second[8:14], second[14]),
        (composite, second[29]),
    )
    try:
        return all(digit == str(check_digit(text)) for text, digit in checks)
    except ValueError:
        return False


def _birth(yymmdd: str, number: str) -> date | None:
    """The century stands in the fourth digit of the personal number (NĐ 137/2015/NĐ-CP Đ13)."""
    century = 1900 + 100 * (int(number[3]) // 2)
    try:
        return date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6]))
    except ValueError:
        return None
