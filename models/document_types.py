"""Kinds of administrative papers by law: their names and the letters that stand for them in a number."""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz, process

from models.headings import bare

TYPES: Final = (
    # Legal documents (Luật Ban hành văn bản quy phạm pháp luật).
    "Hiến pháp", "Bộ luật", "Luật", "Pháp lệnh", "Lệnh", "Nghị quyết liên tịch",
    "Thông tư liên tịch", "Nghị định", "Thông tư",
    # Administrative papers (NĐ 30/2020/NĐ-CP Đ7).
    "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo", "Hướng dẫn",
    "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng",
    "Công văn", "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu",
    "Giấy nghỉ phép", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo", "Thư công",
    # Papers of a one-stop centre that carry a number of their own.
    "Giấy chứng nhận", "Giấy xác nhận", "Giấy phép", "Giấy báo", "Chứng chỉ", "Tờ khai", "Đơn đề nghị",
)  # fmt: skip
LETTERS: Final = {
    "NĐ": "Nghị định", "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "QC": "Quy chế",
    "QYĐ": "Quy định",
    "TC": "Thông cáo", "TB": "Thông báo", "HD": "Hướng dẫn", "CTr": "Chương trình", "KH": "Kế hoạch",
    "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án", "BC": "Báo cáo", "BB": "Biên bản", "TTr": "Tờ trình",
    "HĐ": "Hợp đồng", "CĐ": "Công điện", "BGN": "Bản ghi nhớ", "BTT": "Bản thỏa thuận",
    "GUQ": "Giấy ủy quyền",
    "GM": "Giấy mời", "GGT": "Giấy giới thiệu",
    "GNP": "Giấy nghỉ phép", "PG": "Phiếu gửi",
    "PC": "Phiếu chuyển",
    "PB": "Phiếu báo", "TT": "Thông tư", "TTLT": "Thông tư liên tịch", "UBTVQH": "Nghị quyết",
}  # fmt: skip
"""NĐ 30/2020/NĐ-CP Phụ lục III."""
NAMED_BY_TITLE: Final = frozenset({"Luật", "Bộ luật", "Pháp lệnh"})
"""Their abstract is their name, in which the kind is the first word: LUẬT CƯ TRÚ."""

_BARE: Final = {bare(name): name for name in TYPES}


def type_of_line(text: str) -> tuple[str, float] | None:
    """Which type a whole line names, and how well it fits, 0.0 to 1.0."""
    letters = bare(text)
    if not letters or len(letters) > 24:
        return None
    found = process.extractOne(letters, _BARE.keys(), scorer=fuzz.ratio, score_cutoff=86)
    if found is None or (len(letters) <= 6 and letters != found[0]):
        return None
    return _BARE[found[0]], found[1] / 100


def type_of_number(number: str) -> str:
    """The type that the letters of a số/ký hiệu name; empty where they name none, as on letters."""
    parts = number.split("/")
    for part in parts[1:]:
        head = part.split("-")[0]
        if head in LETTERS:
            return LETTERS[head]
        if head.startswith("QH") and len(parts) == 3:
            return "Luật"
    return ""
