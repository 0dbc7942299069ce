"""What a cover sheet (tờ bìa) or a separator sheet (tờ ngăn) says in its codes.

    SOHOA1|C|K7QM2X|3/12|4|000.00.17.H56-260715-0001|1.001193|Quầy 3|5JTQA    in the QR codes
    SH1|K7QM2X|3/12|4|000.00.17.H56-260715-0001|1.001193|W2M4Z    in the bar codes, without the counter
    SOHOA1|S|K7QM2X|M5TRD    SH1|K7QM2X|HPQ5C                      a separator

The last part is a check of its own: a bar code alone proves too little to put a citizen's papers somewhere.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

RECEIPT_CODE: Final = r"(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{2,3}){0,3}-\d{6}-\d{4,5}"
"""A dossier code as receipts bear it (TT 01/2018/TT-VPCP; shorter forms occur), as a regular expression."""
_PREFIX: Final = "SOHOA1"
_SHORT: Final = "SH1"
PREFIXES: Final = (_PREFIX, _SHORT)
"""What every code of ours begins with, whole or not."""
_CHECK_LETTERS: Final = 5
_FIELDS: Final = 6


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """The sheet that lies on top of a dossier."""

    print_run: str
    """Which printing it belongs to: every sheet printed together bears the same."""
    position: int
    """Its place among them, 1-based."""
    of: int
    """How many dossiers were printed together; from it a sheet that is missing is noticed."""
    dossier: str
    """Dossier code (mã hồ sơ)."""
    procedure: str
    """National code of the procedure; empty where it was not told."""
    counter: str = ""
    """Which counter (quầy) takes the dossier in."""
    sheets: int = 0
    """How many sheets lie below it, as counted when it was printed; 0 where nobody counted."""

    @property
    def long_code(self) -> str:
        """For a QR code."""
        return _sealed(_PREFIX, "C", *self._fields(), self.counter)

    @property
    def short_code(self) -> str:
        """For a bar code: without the counter's name, which need not be ASCII."""
        return _sealed(_SHORT, *self._fields())

    def _fields(self) -> tuple[str, ...]:
        place = f"{self.position}/{self.of}"
        return (self.print_run, place, str(self.sheets), self.dossier, self.procedure)


@dataclass(frozen=True, slots=True)
class SeparatorSheet:
    """A sheet that says: here one dossier ends and another begins."""

    print_run: str

    @property
    def long_code(self) -> str:
        """For a QR code."""
        return _sealed(_PREFIX, "S", self.print_run)

    @property
    def short_code(self) -> str:
        """For a bar code."""
        return _sealed(_SHORT, self.print_run)


def read_sheet_code(text: str) -> CoverSheet | SeparatorSheet | None:
    """What a code says; None where it is none of ours or its check does not hold."""
    prefix, *parts = text.split("|")
    if prefix not in PREFIXES or not parts or _sealed(prefix, *parts[:-1]) != text:
        return None
    kind = parts.pop(0) if prefix == _PREFIX else ("S" if len(parts) == 2 else "C")
    fields = parts[:-1]
    if kind == "S" and len(fields) == 1:
        return SeparatorSheet(fields[0])
    if kind != "C" or len(fields) not in (_FIELDS - 1, _FIELDS):
        return None
    run, place, sheets, dossier, procedure, *counter = fields
    position, _, of = place.partition("/")
    if not all(number.isdecimal() for number in (position, of, sheets)):
        return None
    return CoverSheet(run, int(position), int(of), dossier, procedure, "".join(counter), int(sheets))


def _sealed(*parts: str) -> str:
    content = "|".join(parts)
    digest = hashlib.sha256(content.encode()).digest()
    return f"{content}|{base64.b32encode(digest)[:_CHECK_LETTERS].decode()}"
