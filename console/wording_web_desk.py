"""Words of the queue and of searching, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "nav_queue": ("Hồ sơ", "Dossiers"),
    "nav_search": ("Tìm kiếm", "Search"),
    "desk_code": ("Mã hồ sơ", "Code"),
    "desk_applicant": ("Người nộp", "Applicant"),
    "desk_applicant_code": ("Người nộp, mã hồ sơ", "Applicant, code"),
    "desk_no_applicant": ("Chưa đọc được tên", "No name read yet"),
    "desk_procedure": ("Thủ tục", "Procedure"),
    "desk_all_procedures": ("Mọi thủ tục", "All procedures"),
    "desk_counter": ("Quầy", "Counter"),
    "desk_all_counters": ("Mọi quầy", "All counters"),
    "desk_state": ("Tình trạng", "State"),
    "desk_received": ("Tiếp nhận", "Received"),
    "desk_received_on": ("nhận {day}", "received {day}"),
    "desk_due": ("Hạn trả", "Due"),
    "desk_due_unknown": ("chưa rõ", "not known"),
    "desk_due_today": ("hôm nay", "today"),
    "desk_due_tomorrow": ("ngày mai", "tomorrow"),
    "desk_due_in": ("còn {days} ngày", "in {days} days"),
    "desk_overdue": ("quá hạn {days} ngày", "{days} days overdue"),
    "desk_pages": ("Trang", "Pages"),
    "desk_digitised": ("Số hóa", "Digitised"),
    "desk_digitised_of": ("{digitised}/{papers}", "{digitised}/{papers}"),
    "desk_findings": ("Phát hiện", "Findings"),
    "desk_blocking": ("{count} cần xử lý", "{count} to be settled"),
    "desk_warning": ("{count} lưu ý", "{count} warnings"),
    "desk_nothing_found": ("không có", "none"),
    "desk_assigned_to": ("Người xử lý: {name}", "Assigned to {name}"),
    "desk_state_expected": ("Chờ quét", "To be scanned"),
    "desk_state_reading": ("Đang đọc", "Being read"),
    "desk_state_review": ("Chờ xem xét", "To be looked at"),
    "desk_state_sealing": ("Đang ký số", "Being sealed"),
    "desk_state_waiting": ("Chờ kết nối lại, sẽ tự chạy tiếp", "Waiting, goes on by itself"),
    "desk_state_archived": ("Đã lưu trữ", "Archived"),
    "desk_state_failed": ("Gặp lỗi, cần chạy lại", "Failed, to be run again"),
    "desk_state_returned": ("Đã trả lại", "Given back"),
    "desk_older": ("Trang sau", "Next page"),
    "desk_first": ("Về trang đầu", "First page"),
    "queue_title": ("Hồ sơ của quầy", "Dossiers"),
    "queue_caption": ("{view}: {count} hồ sơ trên trang này", "{view}: {count} dossiers on this page"),
    "queue_views": ("Phần danh sách", "Part of the queue"),
    "queue_view_open": ("Đang xử lý", "In progress"),
    "queue_view_today": ("Tiếp nhận hôm nay", "Received today"),
    "queue_filter": ("Lọc danh sách", "Filter the queue"),
    "queue_apply": ("Lọc", "Filter"),
    "queue_order": ("Sắp xếp", "Order"),
    "queue_order_due": ("Đến hạn trước", "Due first"),
    "queue_order_name": ("Theo tên người nộp (A đến Y)", "By applicant's name"),
    "queue_order_cut": (
        "Danh sách dài hơn {most} hồ sơ nên chỉ xếp theo tên {most} hồ sơ đầu. Lọc thêm để thu hẹp.",
        "The list is longer than {most}; only its first {most} are put in order of names. Filter further.",
    ),
    "queue_empty": (
        "Không có hồ sơ nào ở phần này. Quét hồ sơ mới ở mục Tiếp nhận.",
        "There is no dossier here. Scan a new one under Intake.",
    ),
    "queue_not_for_you": (
        "Tài khoản quản trị không xem hồ sơ. Các việc của tài khoản này nằm ở thanh trên.",
        "An administrator sees no dossiers. What this account is for stands in the bar above.",
    ),
    "queue_keys": (
        "Bàn phím: j và k để đi xuống, lên; Enter để mở; / để tìm kiếm; o để sang phần tiếp theo.",
        "Keyboard: j and k go down and up; Enter opens; / searches; o goes to the next part.",
    ),
    "queue_reload": ("Tải lại danh sách", "Reload the list"),
    "queue_waits": (
        "Máy này còn giữ thay đổi chưa gửi của các hồ sơ sau; mở hồ sơ để gửi:",
        "Changes that were not sent yet are kept at this machine; open the dossier to send them:",
    ),
    "queue_changed": ("Danh sách vừa được cập nhật.", "The list was updated."),
    "queue_settled": (
        "{code} không còn ở phần này nữa.",
        "{code} is not in this part any more.",
    ),
    "search_title": ("Tìm hồ sơ", "Search"),
    "search_what": ("Tên, số định danh hoặc mã hồ sơ", "Name, personal number or code"),
    "search_what_hint": (
        "Gõ có dấu hay không dấu đều được; chữ cuối có thể gõ dở. Gõ đủ 12 hoặc 9 chữ số để tìm theo số định danh.",
        "With or without marks; the last word may be unfinished. All 12 or 9 digits search by personal number.",
    ),
    "search_text": ("Chữ trong giấy tờ", "Words in the papers"),
    "search_text_hint": (
        "Chỉ tìm trong giấy tờ đã lưu trữ, phần đầu của mỗi hồ sơ (khoảng hai trang chữ).",
        "Only in archived papers, in the beginning of each dossier (about two pages of print).",
    ),
    "search_kind": ("Loại giấy tờ", "Kind of paper"),
    "search_all_kinds": ("Mọi loại", "All kinds"),
    "search_begin": ("Tiếp nhận từ ngày", "Received from"),
    "search_end": ("Đến ngày", "To"),
    "search_why": ("Mục đích tra cứu", "Purpose"),
    "search_why_dossier": ("Giải quyết thủ tục của người dân", "A citizen's procedure"),
    "search_why_reuse": ("Tái sử dụng giấy tờ đã số hóa", "Reuse of papers already digitised"),
    "search_why_archive": ("Quản lý kho lưu trữ", "Care of the archive"),
    "search_why_control": ("Kiểm soát thủ tục hành chính", "Control of procedures"),
    "search_why_request": ("Trả lời yêu cầu của cơ quan, cá nhân", "Answer to a request"),
    "search_go": ("Tìm", "Search"),
    "search_clear": ("Xóa điều kiện", "Clear"),
    "search_order": ("Sắp xếp", "Order"),
    "search_order_best": ("Đúng nhất, mới nhất trước", "Best fit, newest first"),
    "search_order_name": ("Theo tên (A đến Y)", "By name"),
    "search_none": (
        "Không thấy hồ sơ nào. Thử gõ không dấu, bớt chữ, hoặc nới khoảng ngày.",
        "Nothing was found. Try without marks, fewer words, or more days.",
    ),
    "search_caption": ("{count} hồ sơ trên trang này", "{count} dossiers on this page"),
    "search_other_marks": ("khác dấu", "other marks"),
    "search_in_text": ("Trong giấy tờ:", "In the papers:"),
    "search_noted": (
        "Mỗi lần tra cứu và các hồ sơ hiện ra đều được ghi vào sổ nhật ký.",
        "Each search and the dossiers shown are written into the ledger.",
    ),
    "search_not_whole": (
        "Chỉ mục tìm kiếm đang được lập lại; có thể chưa thấy hết hồ sơ.",
        "The search is being made anew; not every dossier is found yet.",
    ),
    "search_begin_after_end": (
        "Từ ngày phải trước hoặc bằng đến ngày.",
        "The first day has to come before the last.",
    ),
    "key.next_row": ("Hồ sơ tiếp theo", "Next dossier"),
    "key.previous_row": ("Hồ sơ trước", "Previous dossier"),
    "key.open_row": ("Mở hồ sơ", "Open the dossier"),
    "key.search": ("Tìm kiếm", "Search"),
    "key.next_view": ("Phần danh sách tiếp theo", "Next part of the queue"),
}

REBUILT: Final[dict[str, dict[Language, str]]] = {
    "begun": {
        "vi": "Đang lập lại danh sách và chỉ mục tìm kiếm. Chạy lại lệnh để xem đã xong chưa.",
        "en": "The queue and the search are being made anew. Run the command again to see whether it is done.",
    },
    "done": {
        "vi": "Đã lập lại: {entered} hồ sơ; giữ nguyên {kept} hồ sơ chưa quét; bỏ {dropped}; {failed} hồ sơ không đọc được.",
        "en": "Made anew: {entered} dossiers; {kept} not scanned yet stay; {dropped} dropped; {failed} could not be read.",
    },
}

AWAITED: Final[dict[str, dict[Language, str]]] = {
    "": {"vi": "Không có hồ sơ nào phải chờ.", "en": "No dossier waits."},
    "store": {"vi": "chờ kho lưu trữ trả lời", "en": "waits for the archive store"},
    "disk": {"vi": "chờ máy có thêm chỗ trống", "en": "waits for room on this machine's disk"},
    "clock": {"vi": "chờ chỉnh lại đồng hồ máy", "en": "waits for this machine's clock to be set"},
    "prefect": {"vi": "chờ bộ điều phối công việc trả lời", "en": "waits for what carries runs out"},
    "seal": {"vi": "chờ ký số xong hồ sơ này", "en": "waits until this dossier is sealed"},
    "register": {
        "vi": "đã làm xong, chờ tra cứu CSDL dân cư",
        "en": "is done, and waits for the residence register's answer",
    },
}
"""What a dossier waits for; the empty word where none does."""
