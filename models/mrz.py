"""The machine-readable zone on the back of cards: ICAO 9303 part 5 (TD1) and part 4 (TD3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dossier.text import nfc, without_marks

_WEIGHTS = (7, 3, 1)
_LINE_LENGTH = 30


@dataclass(frozen=True, slots=True)
class CardZone:
    """The zone of a Vietnamese card whose check digits all hold."""

    personal_number: str
    """12 digits, from the optional field of the first line."""
    full_name: str
    """Capitals without marks, as the zone prints it."""
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
    """The lines that look like a machine-readable zone, blanks removed, in their order."""
    cleaned = (_cleaned(text) for text in texts)
    return tuple(text for text in cleaned if _looks_like_zone(text))


def _cleaned(text: str) -> str:
    spaceless = re.sub(r"\s+", "", without_marks(nfc(text))).upper()
    return spaceless.replace("«", "<<").replace("‹", "<").replace("≤", "<")


def _looks_like_zone(text: str) -> bool:
    if len(text) < 24 or not re.fullmatch(r"[A-Z0-9<]+", text):
        return False
    return "<<" in text or re.match(r"(I[D<1]|P<)[A-Z]{3}", text) is not None


def is_passport_zone(lines: Sequence[str]) -> bool:
    """Whether the zone is that of a passport (TD3: two lines that begin with P)."""
    return any(line.startswith("P") and len(line) > 36 and "<<" in line for line in lines)


def card_zone(lines: Sequence[str]) -> CardZone | None:
    """Read the zone of a Vietnamese card; None unless it is whole and every check digit holds.

    The document number repeats the last nine digits of the personal number, which stands whole in the
    optional field of the first line.
    """
    for first, second, third in zip(lines, lines[1:], lines[2:], strict=False):
        if {len(first), len(second), len(third)} != {_LINE_LENGTH} or not first.startswith("IDVNM"):
            continue
        number = first[15:27]
        if _all_digits_hold(first, second) and re.fullmatch(r"\d{12}", number):
            return CardZone(number, _name(third), _birth(second[:6], number), second[7].replace("<", ""))
    return None


def _all_digits_hold(first: str, second: str) -> bool:
    """Document number, birth date, expiry date, and all of them together (ICAO 9303-5, 4.2.4)."""
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    checks = (
        (first[5:14], first[14]),
        (second[0:6], second[6]),
        (second[8:14], second[14]),
        (composite, second[29]),
    )
    return all(digit == str(check_digit(text)) for text, digit in checks)


def _name(line: str) -> str:
    return " ".join(line.replace("<", " ").split())


def _birth(yymmdd: str, number: str) -> date | None:
    """The century stands in the fourth digit of the personal number (NĐ 137/2015/NĐ-CP Đ13)."""
    century = 1900 + 100 * (int(number[3]) // 2)
    try:
        return date(century + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6]))
    except ValueError:
        return None
