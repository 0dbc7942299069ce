"""Notices of one-stop centres: forms 01 to 05 of TT 03/2025/TT-VPCP and their predecessors of TT 01/2018.

A notice is read from the lines of its pages: its own date, the appointment, the new appointment, the reason,
and the papers that it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dossier.document import Document
from dossier.text import nfc
from models.headings import bare
from models.labels import flat
from models.paper_names import asked_part, kinds_asked
from models.titles import title_of
from models.withdrawal import tells_withdrawal


class NoticeForm(StrEnum):
    """Which notice it is."""

    RECEIPT = "receipt"
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả."""
    SUPPLEMENT = "supplement"
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""
    REFUSAL = "refusal"
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ."""
    APOLOGY = "apology"
    """Xin lỗi và hẹn lại ngày trả kết quả, đề nghị gia hạn."""
    STOP = "stop"
    """Thông báo dừng giải quyết hồ sơ."""


FORMS: Final = {
    "mot_cua_mau_01": NoticeForm.RECEIPT,
    "mot_cua_mau_02": NoticeForm.SUPPLEMENT,
    "mot_cua_mau_03": NoticeForm.REFUSAL,
    "mot_cua_mau_04": NoticeForm.APOLOGY,
    "phieu_xin_loi_2018": NoticeForm.APOLOGY,
    "mot_cua_mau_05": NoticeForm.STOP,
}
"""Kinds of paper that are notices."""
_LISTING: Final = (NoticeForm.SUPPLEMENT, NoticeForm.RECEIPT)
"""Notices that list papers."""


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A paper that a notice asks for."""

    text: str
    """As it stands in the notice."""
    kinds: tuple[str, ...]
    """Kinds of paper that the wording asks for, in its order; none where no title is in it."""

    @property
    def is_choice(self) -> bool:
        """Whether one of its papers is enough: "hoặc", CCCD/CMND."""
        return " HOAC " in bare(self.text) or _STROKE.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says."""

    document: int
    """Number of the paper within the dossier."""
    kind: str
    form: NoticeForm
    dated: date | None
    """Its own date; None where it could not be read or is missing."""
    due_on: date | None
    """The appointment (ngày hẹn trả kết quả) that it names."""
    new_date: date | None
    """The new appointment."""
    dossier: str
    """The dossier code that it names; empty where it names none."""
    reason: str
    asked: tuple[AskedPaper, ...]
    """The papers that a request asks for; of a receipt, those that it says were handed in."""

    @property
    def is_withdrawal(self) -> bool:
        """Whether its reason is that the citizen withdraws (công dân xin rút)."""
        return tells_withdrawal(self.reason)


_STROKE: Final = re.compile(r"(?<=[^\W\d_])(?<!\bông)\s?/\s?(?!bà\b)(?=[^\W\d_])", re.IGNORECASE)
"""Between two words, not of a number such as 04/2020/TT-BTP and not that of "Ông/Bà"."""
_DATE: Final = re.compile(
    r"ngay\s*(?P<d>\d{1,2})\s*,?\s*thang\s*(?P<m>\d{1,2})\s*,?\s*nam\s*(?P<y>\d{4})"
    r"|(?<!\d)(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>\d{4})(?!\d)"
)
_OWN_DATE: Final = re.compile(r"^[^:]{2,60}[,.]\s*ngay\s*\d")
_LABELS: Final = {
    "new": r"se tra ket qua|hen lai|tra ket qua vao|gia han|thoi gian tra ket qua moi|den het ngay"
    r"|(?:ngay )?(?:hen|hen tra|hen tra ket qua|tra ket qua) moi",
    "due": r"hen tra ket qua|thoi gian hen tra|thoi han|han tra ket qua|thoi gian tra(?! ket qua moi)"
    r"|ngay hen|ngay tra ket qua(?! thuc te)|du kien tra|(?<!gia )(?<!qua )han (?:xu ly|giai quyet)",
    "other": r"tiep nhan|nhan ho so|sinh ngay|cap ngay|nghi dinh|thong tu",
}
_CODE: Final = re.compile(r"\b(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{2,3}){0,3}-\d{6}-\d{4,5}\b")
"""Dossier codes of TT 01/2018/TT-VPCP and the shorter form that occurs."""
_LIST_BEGINS: Final = re.compile(
    r"(bo sung|hoan thien|nop|gom).*(sau( day)?|giay to|noi dung|ho so)\s*:?\s*$"
    r"|yeu cau (hoan thien|bo sung) ho so gom|thanh phan ho so.*(nop|gom)[^:]*:?\s*$"
)
_REASON: Final = re.compile(r"(?:voi )?ly do\b(?:[^:]{0,40}(?=:))?\s*:?\s*")
_ENDS: Final = re.compile(
    r"^\s*(trong qua trinh|noi nhan|de nghi ong|kinh|tran trong|"
    r"nguoi (huong dan|tiep nhan|ky|lap|giao|nop)( ho so| phieu)?\s*($|\(|nguoi |can bo )|"
    r"\(ky|su cham tre|bo phan|thoi gian|uy ban|trung tam|ly do|cong chuc|so luong ho so|"
    r"tm\.|kt\.|chu tich|thu truong|luu:|vay )"
)
_BULLET: Final = re.compile(r"^\s*(?:\d{1,2}|[a-zđ])\s*[.)/]\s*|^\s*\d{1,2}(?:\s+|$)|^\s*[-–+•*]\s*")
_TABLE_HEAD: Final = re.compile(
    r"(?:(?:STT|TT|TEN GIAY TO|GIAY TO|NOI DUNG CAN BO SUNG|NOI DUNG|GHI CHU)\b\s*)+"
)


def read_notice(document: Document) -> Notice | None:
    """What a notice says, or None for a paper that is no notice."""
    form = FORMS.get(document.kind.code)
    if form is None:
        return None
    lines = [nfc(line.text) for page in document.pages for line in page.lines]
    plain = [flat(line) for line in lines]
    body = _body_begins(lines, document.kind.code)
    dates = dict(_labelled_dates(" ".join(plain[body:])))
    code = _CODE.search(" ".join(lines))
    return Notice(
        document=document.number,
        kind=document.kind.code,
        form=form,
        dated=_own_date(plain),
        due_on=dates.get("due"),
        new_date=dates.get("new"),
        dossier=code.group() if code else "",
        reason=_reason(lines, plain, body),
        asked=tuple(_asked(lines, plain, body)) if form in _LISTING else (),
    )


def dossier_codes(document: Document) -> frozenset[str]:
    """Every dossier code that is printed on a paper."""
    return frozenset(code for page in document.pages for code in _CODE.findall(nfc(page.text)))


def _body_begins(lines: Sequence[str], kind: str) -> int:
    """The line after the title, so that the title's own words are no labels."""
    title = title_of(kind)
    wording = bare(title.text) if title else ""
    begin = 0
    for number, line in enumerate(lines[:40]):
        if 8 < len(line) <= len(wording) + 8 and len(words := bare(line)) > 8 and words in wording:
            begin = number + 1
    return begin


def _own_date(plain: Sequence[str]) -> date | None:
    """The date beside the place, as administrative papers begin (NĐ 30/2020/NĐ-CP Phụ lục I)."""
    for line in plain:
        if _OWN_DATE.search(line) and (found := _DATE.search(line)):
            return _date(found)
    return None


def _labelled_dates(text: str) -> Iterator[tuple[str, date]]:
    """Dates after the words that say what they are; the nearest words count, the last date of a kind wins."""
    start = 0
    for found in _DATE.finditer(text):
        before = text[start : found.start()]
        start = found.end()
        nearest = max(
            ((m.start(), name) for name, label in _LABELS.items() for m in re.finditer(label, before)),
            default=(0, ""),
        )
        day = _date(found)
        if nearest[1] and day is not None:
            yield nearest[1], day


def _date(found: re.Match[str]) -> date | None:
    day, month, year = (found["d"] or found["d2"], found["m"] or found["m2"], found["y"] or found["y2"])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _reason(lines: Sequence[str], plain: Sequence[str], body: int) -> str:
    for number in range(body, len(lines)):
        found = _REASON.search(plain[number])
        if found is None:
            continue
        # Marks are taken off letter by letter, so a place in the plain line is the same in the line itself.
        parts = [lines[number][found.end() :]]
        for rest in range(number + 1, len(lines)):
            if _ENDS.search(plain[rest]):
                break
            parts.append(lines[rest])
        return " ".join(" ".join(parts).split())
    return ""


def _asked(lines: Sequence[str], plain: Sequence[str], body: int) -> Iterator[AskedPaper]:
    """The list after the words that announce it; a line without a bullet continues an entry.

    An entry that only says what need not be handed in asks for nothing.
    """
    begin = next((i for i in range(body, len(lines)) if _LIST_BEGINS.search(plain[i])), None)
    if begin is None:
        return
    entries: list[str] = []
    for number in range(begin + 1, len(lines)):
        bullet = _BULLET.match(lines[number])
        if _ENDS.search(plain[number][bullet.end() if bullet else 0 :]):
            break
        if _TABLE_HEAD.fullmatch(bare(lines[number])):
            continue
        if bullet or not entries:
            entries.append(lines[number][bullet.end() if bullet else 0 :])
        else:
            entries[-1] += " " + lines[number]
    for entry in entries:
        text = " ".join(entry.split()).strip(" .;,")
        if len(asked_part(text)) > 3:
            yield AskedPaper(text, kinds_asked(text))
