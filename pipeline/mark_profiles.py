"""What the visible mark of each artefact says and where it stands: never one setting for all.

A scan of a dossier paper bears the scanning officer's name and the time of the scan, top left
(TT 01/2023/TT-VPCP Đ8). A copy that the agency issues (sao y, sao lục, trích sao) bears its form, agency and
time, top right (NĐ 30/2020/NĐ-CP, Phụ lục I). A paper converted into a data message says so in words, with
when and by whom (Luật 20/2023/QH15 Đ12, NĐ 137/2024/NĐ-CP Đ4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from dossier.text import nfc

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")


class CopyWords(StrEnum):
    """Forms of copy (NĐ 30/2020/NĐ-CP Đ25); the value is what the mark says."""

    SAO_Y = "SAO Y"
    SAO_LUC = "SAO LỤC"
    TRICH_SAO = "TRÍCH SAO"


@dataclass(frozen=True, slots=True)
class MarkProfile:
    """How the mark of one artefact looks."""

    corner: str
    """"left" or "right", at the top of page 1."""
    lines: tuple[str, ...]
    """Wording, with {name}, {at} and {form}."""
    points: tuple[float, ...]
    """Font sizes, the preferred one first."""
    citation: str


SCANNED_PAPER: Final = MarkProfile(
    "left",
    ("Người số hóa: {name}", "Thời gian quét: {at}"),
    (10, 9, 8, 7, 6),
    "TT 01/2023/TT-VPCP Đ8",
)
"""Scan of a dossier paper: the scanning officer, and when it was scanned."""

ISSUED_COPY: Final = MarkProfile(
    "right",
    ("{form}", "{name}", "Thời gian ký: {at}"),
    (10,),
    "NĐ 30/2020/NĐ-CP Phụ lục I",
)
"""Copy by the agency: no picture, Times New Roman 10, upright, black; the size is the decree's."""

CONVERTED: Final = MarkProfile(
    "left",
    (
        "Thông điệp dữ liệu được chuyển đổi từ văn bản giấy",
        "Thời gian chuyển đổi: {at}",
        "Người thực hiện chuyển đổi: {name}",
    ),
    (10, 9, 8, 7, 6),
    "Luật 20/2023/QH15 Đ12; NĐ 137/2024/NĐ-CP Đ4",
)
"""Paper converted into a data message: the words, when, and the full name of who did it."""


@dataclass(frozen=True, slots=True)
class MarkWords:
    """What fills a profile's wording."""

    name: str
    """Officer, agency, or who converted, in full."""
    at: datetime
    """When it was scanned, signed or converted, aware."""
    form: str = ""
    """Form of copy, for copies."""
    profile: MarkProfile = SCANNED_PAPER

    @property
    def lines(self) -> tuple[str, ...]:
        """The mark's lines; times ISO 8601 with their zone."""
        at = self.at.astimezone(VIETNAM).isoformat(sep=" ", timespec="seconds")
        name = " ".join(nfc(self.name).split())
        filled = {"name": name, "at": f"{at[:-6]} {at[-6:]}", "form": self.form}
        return tuple(line.format(**filled) for line in self.profile.lines)


def scan_words(officer: str, scanned_at: datetime) -> MarkWords:
    """The mark of a scan of a dossier paper."""
    return MarkWords(officer, scanned_at)


def copy_words(form: CopyWords, agency: str, signed_at: datetime) -> MarkWords:
    """The mark of a copy that the agency issues."""
    return MarkWords(agency, signed_at, form.value, ISSUED_COPY)


def conversion_words(name: str, converted_at: datetime) -> MarkWords:
    """The mark of a paper that was converted into a data message."""
    return MarkWords(name, converted_at, profile=CONVERTED)
