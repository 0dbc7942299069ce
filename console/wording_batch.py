"""What batches, scanners and cover sheets say, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language
from dossier.batch import BatchQuestion, Doubt

DOUBTS: Final[dict[Doubt, dict[Language, str]]] = {
    Doubt.SHEET_DAMAGED: {
        "vi": "Tờ bìa hoặc tờ ngăn ở mặt {about} hỏng, không đọc được mã. Các giấy tờ bên dưới thuộc hồ sơ nào?",
        "en": "The cover or separator sheet at side {about} is damaged. Which dossier do the papers below it belong to?",
    },
    Doubt.SHEET_MISSING: {
        "vi": "Thiếu tờ bìa {about} của lượt in. Giấy tờ của hồ sơ đó có thể đang nằm lẫn trong hồ sơ khác.",
        "en": "Cover sheet {about} of the print run did not come. The papers of its dossier may lie under another's.",
    },
    Doubt.SHEET_DOUBLED: {
        "vi": "Tờ bìa của hồ sơ {about} xuất hiện {found} lần, giữa chúng có giấy tờ. Giấy tờ nào thuộc hồ sơ này?",
        "en": "The cover sheet of dossier {about} came {found} times with papers between. Which papers belong to it?",
    },
    Doubt.DOSSIER_EMPTY: {
        "vi": "Sau tờ bìa của hồ sơ {about} không có giấy tờ nào. Giấy tờ của hồ sơ này nằm ở đâu?",
        "en": "No papers follow the cover sheet of dossier {about}. Where are they?",
    },
    Doubt.SHEETS_DIFFER: {
        "vi": "Hồ sơ {about}: đếm được {found} tờ, tờ bìa ghi {expected} tờ.",
        "en": "Dossier {about}: {found} sheet(s) found, {expected} on its cover sheet.",
    },
    Doubt.DOSSIERS_DIFFER: {
        "vi": "Cán bộ báo {expected}, đếm được {found}. Kiểm tra lại mẻ quét.",
        "en": "{expected} were announced, {found} were found. Look through the batch.",
    },
    Doubt.NOT_COUNTED: {
        "vi": "Tìm thấy {found} hồ sơ nhưng không có số liệu để đối chiếu. Đúng không? (batch confirm, hoặc quét với --dossiers)",
        "en": "{found} dossier(s) found, and nothing to compare with. Is it right? (batch confirm, or scan with --dossiers)",
    },
    Doubt.NO_SHEET_ABOVE: {
        "vi": "Các giấy tờ này không nằm dưới tờ bìa nào. Chúng thuộc hồ sơ nào?",
        "en": "No cover sheet lies above these papers. Which dossier do they belong to?",
    },
    Doubt.OTHER_RECEIPT: {
        "vi": "Có mã của hồ sơ khác: {about}. Giấy tờ có bị lẫn hồ sơ không?",
        "en": "Another dossier's code is among them: {about}. Are papers mixed?",
    },
    Doubt.BACK_WITH_INK: {
        "vi": "Mặt sau của tờ bìa có nội dung. Có phải giấy tờ của hồ sơ không?",
        "en": "Something stands on the back of a cover sheet. Is it a paper?",
    },
    Doubt.PROCEDURE_UNKNOWN: {
        "vi": "Chưa rõ thủ tục của hồ sơ {about}.",
        "en": "The procedure of dossier {about} is not known.",
    },
}

WORDS: Final[dict[str, dict[Language, str]]] = {
    "batch": {"vi": "Mẻ quét", "en": "Batch"},
    "side": {"vi": "mặt", "en": "side(s)"},
    "sides": {"vi": "Mặt", "en": "Sides"},
    "sheets": {"vi": "tờ", "en": "sheet(s)"},
    "found": {"vi": "tìm thấy", "en": "found"},
    "of_expected": {"vi": "trên", "en": "of"},
    "asked": {"vi": "CẦN HỎI", "en": "ASKED"},
    "settled": {"vi": "đã rõ", "en": "settled"},
    "unassigned": {"vi": "chưa rõ hồ sơ", "en": "of no known dossier"},
    "questions": {"vi": "Câu hỏi cho cán bộ", "en": "Questions"},
    "error": {"vi": "LỖI", "en": "ERROR"},
    "kept": {
        "vi": "Đã giữ {count} mặt trong mẻ {batch}. Quét tiếp: sohoa scan --continue {batch}",
        "en": "{count} side(s) kept in batch {batch}. Go on: sohoa scan --continue {batch}",
    },
    "interrupted": {
        "vi": "Lượt quét bị ngắt. Quét tiếp: sohoa scan --continue {batch}; hết giấy: sohoa batch finish {batch} --ended",
        "en": "The feed was interrupted. Go on: sohoa scan --continue {batch}; nothing left: sohoa batch finish {batch} --ended",
    },
    "forgotten": {
        "vi": "Đã xóa hẳn mẻ {batch} ({count} mặt). Sổ nhật ký giữ việc này.",
        "en": "Batch {batch} forgotten ({count} side(s)). The ledger keeps that.",
    },
    "backs_next": {
        "vi": "Đã quét {count} mặt trước. Lật cả chồng giấy, đặt lại vào khay rồi chạy: sohoa scan --continue {batch} --backs",
        "en": "{count} front(s) scanned. Turn the whole stack over, put it back and run: sohoa scan --continue {batch} --backs",
    },
    "again": {"vi": "Xử lý xong thì nhấn Enter để quét tiếp, hoặc gõ q để dừng: ", "en": "Press Enter to go on, or q to stop: "},
    "stale": {
        "vi": "Đã số hóa trước khi mẻ quét được sửa; chạy lại `sohoa batch finish` hoặc xem lại hồ sơ trong kho: {dossiers}",
        "en": "Digitised before the batch was changed; run `sohoa batch finish`, or look at the archive: {dossiers}",
    },
    "no_scanners": {
        "vi": "Không thấy máy quét nào. Cấu hình SOHOA_SCANNERS hoặc cài trình điều khiển SANE.",
        "en": "No scanner was found. Set SOHOA_SCANNERS, or install its SANE driver.",
    },
    "cover_title": {"vi": "TỜ BÌA HỒ SƠ", "en": "DOSSIER COVER SHEET"},
    "separator_title": {"vi": "TỜ NGĂN HỒ SƠ", "en": "DOSSIER SEPARATOR"},
    "cover_procedure": {"vi": "Thủ tục {code} {name}", "en": "Procedure {code} {name}"},
    "cover_counter": {"vi": "Quầy: {counter}", "en": "Counter: {counter}"},
    "cover_place": {"vi": "Hồ sơ {position}/{of} · lượt in {run}", "en": "Dossier {position}/{of} · print run {run}"},
    "cover_sheets": {"vi": "Số tờ bên dưới: {sheets}", "en": "Sheets below: {sheets}"},
    "cover_note": {
        "vi": "Đặt lên trên giấy tờ của hồ sơ khi quét. Tờ này không thuộc hồ sơ.",
        "en": "Lay it on top of the dossier's papers. This sheet is no part of the dossier.",
    },
    "separator_note": {
        "vi": "Đặt giữa hai hồ sơ khi quét. Tờ này không thuộc hồ sơ.",
        "en": "Lay it between two dossiers. This sheet is no part of a dossier.",
    },
}  # fmt: skip


def word(name: str, language: Language, /, **values: object) -> str:
    """A word or sentence with its values filled in."""
    return WORDS[name][language].format(**values)


def question_message(question: BatchQuestion, language: Language) -> str:
    """What a clerk is asked."""
    sentence = DOUBTS[question.doubt][language]
    return sentence.format(about=question.about, found=question.found, expected=question.expected)
