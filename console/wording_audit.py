"""What audits say, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language

AUDIT_TERMS: Final[dict[str, dict[Language, str]]] = {
    "packages": {"vi": "Gói lưu trữ", "en": "Packages"},
    "no_report": {"vi": "Chưa có báo cáo nào.", "en": "There is no report yet."},
    "ledger_entries": {"vi": "Mục trong sổ nhật ký", "en": "Entries of the ledger"},
    "ledger_locked_to": {
        "vi": "Đã khóa trong kho đến mục (số đầu sổ)",
        "en": "Under lock in the store up to entry (heads)",
    },
    "ledger_stamped_to": {"vi": "Có dấu thời gian đến mục", "en": "Time-stamped up to entry"},
    "ledger_broken": {"vi": "MỤC SAI ĐẦU TIÊN", "en": "FIRST BROKEN ENTRY"},
    "object_intact": {"vi": "Nguyên vẹn", "en": "Intact"},
    "object_changed": {"vi": "Bị thay đổi", "en": "Changed"},
    "object_missing": {"vi": "Bị mất", "en": "Missing"},
    "object_unexpected": {"vi": "Ngoài dự kiến", "en": "Unexpected"},
    "object_not_checked": {"vi": "Chưa kiểm tra", "en": "Not checked"},
    "expiring": {"vi": "Chữ ký sắp hết hạn chứng minh", "en": "Signature provable only until"},
    "lot": {"vi": "Lô", "en": "Lot"},
    "lot_pages": {"vi": "Số trang của lô", "en": "Pages in the lot"},
    "lot_open": {"vi": "đang kiểm tra", "en": "open"},
    "lot_accepted": {"vi": "LÔ ĐƯỢC CHẤP NHẬN", "en": "LOT ACCEPTED"},
    "lot_sent_back": {"vi": "LÔ BỊ TRẢ LẠI ĐỂ QUÉT LẠI", "en": "LOT SENT BACK FOR RESCANNING"},
    "sampling_plan": {"vi": "Phương án lấy mẫu", "en": "Sampling plan"},
    "inspection_normal": {"vi": "kiểm tra thường", "en": "normal inspection"},
    "inspection_tightened": {"vi": "kiểm tra ngặt", "en": "tightened inspection"},
    "inspection_reduced": {"vi": "kiểm tra giảm", "en": "reduced inspection"},
    "seed": {"vi": "Hạt giống", "en": "Seed"},
    "paper": {"vi": "giấy tờ", "en": "paper"},
    "page": {"vi": "trang", "en": "page"},
    "rescan": {"vi": "Phải quét lại", "en": "To be scanned again"},
    "put_back": {"vi": "Đã khôi phục từ bản sao thứ hai", "en": "Put back from the second copy"},
}

_SAID: Final[dict[str, str]] = {
    "is missing; its digest lies under lock": "bị mất; dấu băm của mục này đang khóa trong kho",
    "is missing": "bị mất",
    "is not chained to the one before it": "không nối với mục trước",
    "was changed after it was written": "bị sửa sau khi ghi",
    "is not the one whose digest lies under lock: the ledger was written anew from here on": "khác với dấu băm đã khóa: sổ bị viết lại từ mục này",
    "cannot be read": "không đọc được",
    "something was put over it; its first version counts": "bị ghi chồng; tính theo bản đầu tiên",
    "is gone; only a delete marker is left": "đã mất; chỉ còn dấu xóa",
    "lie in no head": "không nằm trong đầu sổ nào",
    "the head before it is gone or was changed": "đầu sổ trước nó đã mất hoặc bị sửa",
    "is not in the store as entry": "không có trong kho như sổ đã ghi ở mục",
    "its lock ended on": "hết thời hạn khóa ngày",
    "its bytes do not match their SHA-256": "nội dung không khớp SHA-256",
    "its bytes do not match the SHA-256 put beside them": "nội dung không khớp SHA-256 kèm theo",
    "the store does not have it": "kho không có",
    "a delete marker hides it": "bị dấu xóa che",
    "a version that the product did not put there": "có phiên bản không do phần mềm ghi",
    "an object that the package does not have": "đối tượng không thuộc gói",
    "no package that the index knows has it": "không thuộc gói nào trong chỉ mục",
    "the index and the package's manifest differ": "chỉ mục và bản kê của gói khác nhau",
    "the index does not know the manifest that it names": "chỉ mục không có bản kê mà nó nêu",
    "the store answers, but cannot give these bytes": "kho trả lời nhưng không đưa ra được nội dung này",
    "repaired from the second copy": "đã khôi phục từ bản sao thứ hai",
    "the second copy is damaged too": "bản sao thứ hai cũng hỏng",
    "not repaired": "chưa khôi phục được",
    "the second copy is left out from": "không dùng bản sao thứ hai kể từ",
    "the second copy has": "bản sao thứ hai còn",
    "files of packages that the index does not know": "tệp của gói không có trong chỉ mục",
    "the heads in the store": "các đầu sổ trong kho",
}
_LONGEST_FIRST: Final = tuple(sorted(_SAID.items(), key=lambda pair: -len(pair[0])))


def in_words(said: str, language: Language) -> str:
    """What an audit said, in the reader's language; names, numbers and what has no wording stay as they are."""
    if language == "en":
        return said
    for english, vietnamese in _LONGEST_FIRST:
        said = said.replace(english, vietnamese)
    return said
