"""Whether a reason for returning a dossier is that the citizen withdraws it (công dân xin rút hồ sơ).

A wish to stop counts where the citizen has it. A court or an investigating body that demands it is another
reason, and so are a centre's own "đề nghị trả lại hồ sơ" and a citizen who does not complete the dossier.
"""

from __future__ import annotations

import re
from typing import Final

from dossier.text import nfc
from models.labels import flat

_WISH: Final = r"\b(?:xin|de nghi|yeu cau|tu nguyen|mong muon|muon)(?: duoc)?"
_ASKED: Final = r"(?: (?:trung tam|ubnd|uy ban|co quan|bo phan|quy)(?: \w+){0,6}?)?"
"""Of whom it is wished."""
_STOP: Final = (
    r"(?:rut|dung|ngung|huy|lay lai|nhan lai|khong tiep tuc"
    r"|(?:thoi|cham dut)(?= (?:khong|giai quyet|thuc hien|lam|nop|ho so)\b))\b"
)
_CITIZEN: Final = (
    r"\b(?:cong dan|nguoi (?:dan|nop|yeu cau|khai|lam thu tuc|duoc uy quyen)|duong su|gia dinh|chu ho"
    r"|to chuc|doanh nghiep)\b"
)
_WITHDRAWAL: Final = re.compile(
    rf"(?P<back>{_WISH}{_ASKED} tra lai\b(?!(?: ho so)? (?:de|cho|vi|do)\b))|{_WISH}{_ASKED} {_STOP}"
    r"|\brut (?:lai )?ho so\b|\bkhong (?:co |con )?nhu cau\b(?! (?:nop |lam )?(?:bo sung|hoan thien)\b)"
    r"|\bnguyen vong cua (?:cong dan|nguoi|ong|ba)\b"
    rf"|(?P<at_wish>\btheo (?:don )?(?:de nghi|yeu cau)(?: \w+){{0,6}}? cua (?:{_CITIZEN}|(?:ong|ba)\b))"
)
"""That somebody no longer wants it, as notices put it; in small letters without marks."""
_PERSON: Final = re.compile(_CITIZEN)
_MARKED_PERSON: Final = re.compile(r"\b(?:ông|bà)\b")
"""With their marks: "Ba Vì" is a place."""
_OTHER_PARTY: Final = re.compile(
    r"\b(?:toa an|vien kiem sat|co quan|cong an|uy ban|ubnd|thanh tra|chi cuc|thi hanh an|ngan hang"
    r"|(?:so|phong) tu phap|trung tam|bo phan|van phong|hoi dong|nguoi co quyen loi)\b"
)
_OF_OTHER_PARTY: Final = re.compile(rf"(?: \w+){{0,6}}? cua (?:{_OTHER_PARTY.pattern})")
_ANOTHER_MATTER: Final = re.compile(r"\b(?:khong|chua|thu ly|tranh chap)\b")
"""Before "theo yêu cầu của công dân": that nothing was done, or that a court acts on it."""


def tells_withdrawal(reason: str) -> bool:
    """Whether a notice's reason says that the citizen no longer wants the dossier dealt with."""
    marked = nfc(reason).lower()
    plain = flat(marked)
    return any(_is_citizens(found, plain, marked) for found in _WITHDRAWAL.finditer(plain))


def _is_citizens(wish: re.Match[str], plain: str, marked: str) -> bool:
    """Whether the wish is the citizen's: of those named before it in its sentence the nearest counts."""
    begin = max(plain.rfind(end, 0, wish.start()) for end in ".;") + 1
    before = plain[begin : wish.start()]
    if wish["at_wish"]:
        # "Không đủ căn cứ giải quyết theo yêu cầu của công dân" refuses what the citizen wants.
        return _ANOTHER_MATTER.search(before) is None
    people = [*_PERSON.finditer(before), *_MARKED_PERSON.finditer(marked[begin : wish.start()])]
    person = max((found.start() for found in people), default=-1)
    other = max((found.start() for found in _OTHER_PARTY.finditer(before)), default=-1)
    if person != other:
        return person > other
    if wish["back"]:
        return wish["back"].startswith("xin")
    return _OF_OTHER_PARTY.match(plain, wish.end()) is None
