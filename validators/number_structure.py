"""What the digits of a personal number say about its owner (NĐ 137/2015/NĐ-CP Đ13, TT 07/2016/TT-BCA Đ7)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from dossier.identity import CardRecord, Witness
from dossier.text import without_marks

_PREFIXES = Path(__file__).parent / "data" / "birth_registration_prefixes.yaml"
BASIS: Final = "NĐ 137/2015/NĐ-CP Đ13; TT 07/2016/TT-BCA Đ7"
_SEXES: Final = {"NAM": 0, "M": 0, "MALE": 0, "NU": 1, "F": 1, "FEMALE": 1}


@lru_cache(maxsize=1)
def birth_registration_prefixes() -> dict[str, str]:
    """The 63 known prefixes and the province of 2016 that each stands for."""
    read = yaml.safe_load(_PREFIXES.read_text(encoding="utf-8"))
    return {str(prefix): str(province) for prefix, province in read.items()}


def structure_faults(number: str, card: CardRecord | None) -> tuple[str, ...]:
    """In what a 12-digit number does not fit: "prefix", "sex", "birth_year"; there is no check digit.

    People registered abroad have prefixes that are not in the table, so a fault is worth a look, never a
    refusal. Sex and year of birth are compared only where the card's code tells them.
    """
    if not _is_personal(number):
        return ()
    prefix = () if number[:3] in birth_registration_prefixes() else ("prefix",)
    return (*prefix, *(contradictions(number, year_born(card), card.sex) if card else ()))


def year_born(told: CardRecord | Witness) -> int | None:
    """The year of birth that something tells; None for none."""
    return told.date_of_birth.year if told.date_of_birth is not None else told.year_of_birth


def contradictions(number: str, born: int | None, sex: str) -> tuple[str, ...]:
    """What of a person's sex and birth its number contradicts: "sex", "birth_year"; unknown ones never."""
    return tuple(_contradictions(number, born, sex)) if _is_personal(number) else ()


def _contradictions(number: str, born: int | None, sex: str) -> Iterator[str]:
    expected = _SEXES.get(without_marks(sex).upper().strip())
    if expected is not None and int(number[3]) % 2 != expected:
        yield "sex"
    year = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
    if born is not None and born != year:
        yield "birth_year"


def _is_personal(number: str) -> bool:
    return len(number) == 12 and number.isdecimal()
