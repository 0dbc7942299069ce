"""The code on a citizen card: what its seven fields say, and what is wrong with it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from dossier.identity import CardRecord
from dossier.text import nfc
from models.legacy_text import from_legacy

_FIELDS = 7
_BEGINS_LIKE_A_CARD: Final = re.compile(r"\s*\d{9,14}\s*\|")


def parse_card_qr(text: str) -> CardRecord | None:
    """Read `number|old|name|DDMMYYYY|sex|residence|DDMMYYYY`; None where the text is something else.

    The payload of the card of 2024 is not published: its first seven fields are read and more are
    tolerated. A field that cannot be read is empty, also a name in an encoding that cannot be told; only the
    number must be there, 12 digits.
    """
    parts = [nfc(part).strip() for part in text.strip().split("|")]
    if len(parts) < _FIELDS or not re.fullmatch(r"\d{12}", parts[0], re.ASCII):
        return None
    number, old, name, birth, sex, residence, issued = parts[:_FIELDS]
    words = _in_unicode(name, sex, residence)[0]
    return CardRecord(
        personal_number=number,
        old_number=old if re.fullmatch(r"\d{9}", old, re.ASCII) else "",
        full_name=" ".join(words[0].split()),
        date_of_birth=_day(birth),
        year_of_birth=_year(birth),
        sex=words[1],
        residence=words[2],
        issued_on=_day(issued),
    )


def card_code_trouble(text: str) -> str:
    """What is wrong with the payload of a code on a card; empty where nothing is.

    "other_scheme" for a payload of something else, "truncated" where fields are missing, "number" where the
    first field is no 12 digits, "encoding NAME" for a name that was not in Unicode, "dates" for none.
    """
    if parse_card_qr(text) is None:
        if not _BEGINS_LIKE_A_CARD.match(text):
            return "other_scheme"
        return "number" if text.count("|") >= _FIELDS - 1 else "truncated"
    _, _, name, birth, sex, residence, issued = (
        nfc(part).strip() for part in text.strip().split("|")[:_FIELDS]
    )
    if encoding := _in_unicode(name, sex, residence)[1]:
        return f"encoding {encoding}"
    is_born = not birth or _day(birth) or _year(birth)
    return "" if is_born and (not issued or _day(issued)) else "dates"


def is_like_a_card(text: str) -> bool:
    """Whether the payload begins as a card's does, whole or not."""
    return _BEGINS_LIKE_A_CARD.match(text) is not None


def _in_unicode(*fields: str) -> tuple[tuple[str, ...], str]:
    """The fields of one payload, judged together: one of them alone may mean something in two encodings."""
    text, encoding = from_legacy("\n".join(fields))
    return tuple(text.split("\n")) if text else ("",) * len(fields), encoding


def _year(birth: str) -> int | None:
    """The year of somebody whose day of birth is not known: 1943, 00001943."""
    found = re.fullmatch(r"(?:0000)?((?:18|19|20)\d\d)", birth, re.ASCII)
    return int(found[1]) if found else None


def _day(ddmmyyyy: str) -> date | None:
    if not re.fullmatch(r"\d{8}", ddmmyyyy, re.ASCII):
        return None
    try:
        return date(int(ddmmyyyy[4:]), int(ddmmyyyy[2:4]), int(ddmmyyyy[:2]))
    except ValueError:
        return None
