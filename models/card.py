"""The code on a citizen card: what its seven fields say."""

from __future__ import annotations

import re
from datetime import date

from dossier.identity import CardRecord
from dossier.text import nfc

_FIELDS = 7


def parse_card_qr(text: str) -> CardRecord | None:
    """Read `number|old|name|DDMMYYYY|sex|residence|DDMMYYYY`; None where the text is something else.

    The payload of the card of 2024 is not published: its first seven fields are read and more are
    tolerated. A field that cannot be read is empty; only the number must be there, 12 digits.
    """
    parts = [nfc(part).strip() for part in text.strip().split("|")]
    if len(parts) < _FIELDS or not re.fullmatch(r"\d{12}", parts[0]):
        return None
    number, old, name, birth, sex, residence, issued = parts[:_FIELDS]
    return CardRecord(
        personal_number=number,
        old_number=old if re.fullmatch(r"\d{9}", old) else "",
        full_name=" ".join(name.split()),
        date_of_birth=_day(birth),
        sex=sex,
        residence=residence,
        issued_on=_day(issued),
    )


def _day(ddmmyyyy: str) -> date | None:
    if not re.fullmatch(r"\d{8}", ddmmyyyy):
        return None
    try:
        return date(int(ddmmyyyy[4:]), int(ddmmyyyy[2:4]), int(ddmmyyyy[:2]))
    except ValueError:
        return None
