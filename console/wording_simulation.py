"""Words of the simulation, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language

SITES: Final[dict[str, dict[Language, str]]] = {
    "pc_mean": {"vi": "một máy, trung tâm trung bình", "en": "one PC, mean centre"},
    "pc_largest": {"vi": "một máy, trung tâm lớn nhất", "en": "one PC, largest centre"},
    "province_pcs": {"vi": "tỉnh, mỗi trung tâm một máy", "en": "province, a PC in each centre"},
    "province_cluster": {"vi": "tỉnh, chung một hàng đợi", "en": "province, one queue"},
    "country": {"vi": "cả nước, 34 tỉnh", "en": "country, 34 provinces"},
}
FIGURES: Final[dict[str, dict[Language, str]]] = {
    "centres": {"vi": "trung tâm", "en": "centres"},
    "dossiers_per_month": {"vi": "hồ sơ một tháng", "en": "dossiers a month"},
    "machines": {"vi": "máy", "en": "machines"},
    "cores": {"vi": "nhân", "en": "cores"},
    "cores_needed": {"vi": "nhân cần khi cao điểm (bận 80 %)", "en": "cores needed in the peak (80 % busy)"},
    "peak_load": {"vi": "nhân bận lúc 8-10 giờ, %", "en": "cores busy from 8 to 10, %"},
    "memory": {"vi": "bộ nhớ, GB", "en": "memory, GB"},
    "store_month": {"vi": "kho tăng một tháng, GB", "en": "store grows a month by, GB"},
    "store_year": {"vi": "kho tăng một năm, TB", "en": "store grows a year by, TB"},
    "simulated": {"vi": "hồ sơ đã mô phỏng", "en": "dossiers simulated"},
    "begun": {
        "vi": "chờ đến lượt tại quầy, giây: p50 / p95 / p99 / lâu nhất",
        "en": "until begun at the counter, s: p50 / p95 / p99 / worst",
    },
    "verdict": {"vi": "đến khi có kết quả kiểm tra", "en": "until the verdict"},
    "archived": {
        "vi": "đến khi lưu trữ xong (không tính cán bộ xem)",
        "en": "until archived (clerk's time apart)",
    },
    "stack": {
        "vi": "cả chồng hồ sơ không ai chờ, đến khi lưu trữ",
        "en": "the stack nobody waits for, until archived",
    },
}
TITLE: Final[dict[Language, str]] = {"vi": "số liệu", "en": "figure"}
ASSUMED: Final[dict[Language, str]] = {"vi": "Giả định:", "en": "Assumptions:"}
ASSUMPTIONS: Final[dict[str, dict[Language, str]]] = {
    "curve": {
        "vi": "{peak:.0%} hồ sơ tại quầy đến trong khoảng 8-10 giờ (giả định, không phải số đo); một tháng {days} ngày làm việc; đến ngẫu nhiên (Poisson) trong từng giờ",
        "en": "{peak:.0%} of the counter's dossiers come between 8 and 10 (assumed, not measured); {days} working days a month; by chance (Poisson) within an hour",
    },
    "sizes": {
        "vi": "trung tâm lớn nhất gấp {largest} lần trung bình, các trung tâm khác giảm dần theo phân phối mũ",
        "en": "the largest centre has {largest} times the mean, the others fall off exponentially",
    },
    "dossiers": {
        "vi": "hồ sơ trung bình {pages:g} trang (hình học); {held:.0%} chờ cán bộ xem (trung bình {clerk:.0f} phút); {backlog:.0%} đến thành chồng lúc 8 giờ, không ai chờ",
        "en": "{pages:g} pages a dossier in the mean (geometric); {held:.0%} held for a clerk ({clerk:.0f} minutes in the mean); {backlog:.0%} come as a stack at 8, nobody waiting",
    },
    "costs": {
        "vi": "{reading:.2f} giây nhân để đọc một trang, {dossier:.2f} cho cả hồ sơ; trang khó lâu hơn (lệch chuẩn bằng nửa trung bình); giá trị khác: --costs",
        "en": "{reading:.2f} core-seconds to read a page, {dossier:.2f} for a whole dossier; hard pages take longer (deviation half the mean); others with --costs",
    },
    "machines": {
        "vi": "máy {cores} nhân và bấy nhiêu tiến trình đọc, 3 chỗ làm việc, 1 chỗ dành cho quầy; nhân của mọi máy nhanh như máy đã đo; không có sự cố",
        "en": "machines of {cores} cores and as many reading processes, 3 places, 1 of them for the counter; all cores as fast as the measured ones; no faults",
    },
    "province": {
        "vi": "tỉnh, mỗi trung tâm một máy: mô phỏng 5 trung tâm đủ cỡ; chung một hàng đợi: mô phỏng một ngày, không tính PostgreSQL, Redis và việc kiểm tra kho; cả nước: 34 tỉnh như nhau, độc lập",
        "en": "a PC in each centre: 5 centres of all sizes are simulated; one queue: one day is, without PostgreSQL, Redis and upkeep of the archive; country: 34 equal, independent provinces",
    },
    "store": {
        "vi": "kho: một bản, không tính bản sao của cụm",
        "en": "store: one copy, a cluster's replicas apart",
    },
}
CHECKED: Final[dict[str, dict[Language, str]]] = {
    "head": {
        "vi": "Đối chiếu với {dossiers} hồ sơ thật ({pages} trang) qua tiến trình thường trú trên máy này:",
        "en": "Compared with {dossiers} real dossiers ({pages} pages) through the resident process on this machine:",
    },
    "core_seconds": {"vi": "giây nhân", "en": "core-seconds"},
    "seconds": {"vi": "giây từ đầu đến cuối", "en": "seconds from first to last"},
    "stored_bytes": {"vi": "byte trong kho", "en": "bytes in the store"},
    "memory_bytes": {"vi": "bộ nhớ cao nhất, byte", "en": "peak memory, bytes"},
    "line": {
        "vi": "dự đoán {predicted:,.1f}, đo được {measured:,.1f}, lệch {off:+.1%}",
        "en": "predicted {predicted:,.1f}, measured {measured:,.1f}, off by {off:+.1%}",
    },
    "free": {
        "vi": "việc khác trên máy để lại {cores:.2f} nhân; đã hiệu chỉnh bằng {calibrated} hồ sơ khác",
        "en": "other work left {cores:.2f} cores; calibrated on {calibrated} other dossiers",
    },
    "holds": {"vi": "Trong phạm vi 15 %.", "en": "Within 15 %."},
    "fails": {"vi": "VƯỢT quá 15 %: {names}.", "en": "BEYOND 15 %: {names}."},
}
