"""Words of the fault suite, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language
from flows.chaos_faults import Fault

FAULTS: Final[dict[Fault, dict[Language, str]]] = {
    Fault.KILLED: {"vi": "tiến trình bị giết trước bước", "en": "process killed before"},
    Fault.KILLED_AFTER: {"vi": "tiến trình bị giết sau bước", "en": "process killed after"},
    Fault.STORE_KILLED: {"vi": "kho lưu trữ bị giết", "en": "store killed"},
    Fault.DATABASE_KILLED: {"vi": "cơ sở dữ liệu bị giết", "en": "database killed"},
    Fault.PREFECT_KILLED: {"vi": "Prefect bị giết", "en": "Prefect killed"},
    Fault.PREFECT_CUT: {"vi": "mất đường tới Prefect", "en": "Prefect cut off"},
    Fault.PREFECT_SILENT: {"vi": "Prefect không trả lời", "en": "Prefect never replies"},
    Fault.PREFECT_FAILS: {"vi": "Prefect trả lời lỗi 500", "en": "Prefect answers with 500"},
    Fault.DISK_FULL: {"vi": "đĩa đầy", "en": "disk full"},
    Fault.NETWORK_CUT: {"vi": "đứt mạng tới kho", "en": "network cut"},
    Fault.NETWORK_BLINK: {"vi": "mạng chập chờn", "en": "network blinks"},
    Fault.REPLY_LOST: {"vi": "mất trả lời", "en": "reply lost"},
    Fault.REPLY_LATE: {"vi": "trả lời muộn", "en": "reply late"},
    Fault.REQUEST_DOUBLED: {"vi": "yêu cầu đến hai lần", "en": "request doubled"},
    Fault.REPLY_DOUBLED: {"vi": "trả lời đến hai lần", "en": "reply doubled"},
    Fault.STORE_SILENT: {"vi": "kho nhận kết nối mà không trả lời", "en": "store accepts and never replies"},
    Fault.STORE_TRICKLES: {"vi": "kho trả lời từng byte một", "en": "store replies byte by byte"},
    Fault.REPLY_STOPS: {"vi": "trả lời dừng giữa chừng", "en": "reply stops after its head"},
    Fault.CLOCK_FORWARD: {"vi": "đồng hồ nhảy tới 2 ngày", "en": "clock 2 days forward"},
    Fault.CLOCK_BACK: {"vi": "đồng hồ lùi 2 ngày", "en": "clock 2 days back"},
    Fault.CLOCK_LOST: {"vi": "đồng hồ mất giờ", "en": "clock lost its time"},
}
STAGES: Final[dict[str, dict[Language, str]]] = {
    "desk": {"vi": "danh sách", "en": "desk"},
    "intake": {"vi": "nhận", "en": "intake"},
    "reading": {"vi": "đọc", "en": "reading"},
    "checking": {"vi": "kiểm tra", "en": "checking"},
    "sealing": {"vi": "ký số", "en": "sealing"},
    "archiving": {"vi": "lưu trữ", "en": "archiving"},
    "index": {"vi": "chỉ mục", "en": "index"},
    "ledger": {"vi": "sổ nhật ký", "en": "ledger"},
}
SUMS: Final[dict[Language, str]] = {
    "vi": (
        "{cases} trường hợp ({runs} lần chạy riêng): mất {lost}, trùng {doubled}, thừa {orphans}, "
        "khác {changed}, dở dang nhìn thấy {half_visible}, không báo rõ {untold}; "
        "để lại tệp trên máy {left_over}."
    ),
    "en": (
        "{cases} cases ({runs} runs of their own): lost {lost}, doubled {doubled}, orphans {orphans}, "
        "changed {changed}, half-visible {half_visible}, untold {untold}; files left on the machine {left_over}."
    ),
}
DISK: Final[dict[Language, str]] = {
    "vi": "Không gắn được đĩa nhỏ: lỗi đĩa đầy được giả bằng giới hạn kích thước tệp.",
    "en": "No small disk could be mounted: a limit on file sizes stands for the full disk.",
}
STEP: Final[dict[Language, str]] = {"vi": "lỗi, theo bước", "en": "fault, by stage"}
SUM: Final[dict[Language, str]] = {"vi": "cộng", "en": "sum"}
