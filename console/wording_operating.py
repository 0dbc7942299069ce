"""What backups, restores, moves between stores, disposal and pruning say, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language

WORDS: Final[dict[str, dict[Language, str]]] = {
    "database": {"vi": "cơ sở dữ liệu…", "en": "database…"},
    "files": {"vi": "tệp trên máy…", "en": "files…"},
    "archive": {"vi": "kho lưu trữ…", "en": "archive…"},
    "ledger": {"vi": "đối chiếu sổ nhật ký…", "en": "proving the ledger…"},
    "copying": {"vi": "chép sang kho mới…", "en": "copying into the new store…"},
    "comparing": {"vi": "đọc lại và đối chiếu kho mới…", "en": "reading the new store anew…"},
    "backed": {
        "vi": "Đã sao lưu {name}: {rows} dòng dữ liệu, {files} tệp, {objects} đối tượng trong kho; ghi thêm {mb} MB.",
        "en": "Backup {name}: {rows} rows, {files} files, {objects} archived objects; {mb} MB written.",
    },
    "backed_damaged": {
        "vi": "KHÔNG sao lưu được {count} đối tượng vì kho không trả đủ: {first}. Chạy `sohoa audit fixity`.",
        "en": "{count} objects are NOT in it, for the store does not give them whole: {first}. Run `sohoa audit fixity`.",
    },
    "whole": {
        "vi": "Bản {name} nguyên vẹn: {pieces} phần đã đọc lại, sổ nhật ký liền mạch.",
        "en": "Backup {name} is whole: {pieces} pieces read, the ledger's chain holds.",
    },
    "torn": {"vi": "Bản {name} HỎNG:", "en": "Backup {name} is DAMAGED:"},
    "no_backups": {"vi": "Không có bản sao lưu nào.", "en": "There is no backup."},
    "keys_copied": {
        "vi": "Đã chép khóa ({names}) vào {file}. Cất tệp này và mật khẩu ở hai nơi khác nhau, tách khỏi bản sao lưu.",
        "en": "Keys ({names}) copied to {file}. Keep it and its passphrase in two places, apart from every backup.",
    },
    "keys_before": {
        "vi": "Tệp trước đó có khóa khác hoặc mật khẩu khác nên được giữ lại ở {before}.",
        "en": "The file that stood there holds other keys, or has another passphrase; it is kept as {before}.",
    },
    "forgotten": {
        "vi": "Đã bỏ {sets} bản sao lưu cũ, giải phóng {mb} MB.",
        "en": "{sets} older backups forgotten, {mb} MB free.",
    },
    "restored": {
        "vi": "Đã khôi phục bản {name} (lập lúc {made_at}): {rows} dòng, {files} tệp, {objects} đối tượng; "
        "sổ nhật ký liền mạch đến mục {ledger_entries}.",
        "en": "Backup {name} of {made_at} is restored: {rows} rows, {files} files, {objects} objects; "
        "the ledger holds to entry {ledger_entries}.",
    },
    "restored_found": {
        "vi": "Hồ sơ lưu sau lúc sao lưu, tìm lại từ kho: {codes}",
        "en": "Archived after the backup and found again in the store: {codes}",
    },
    "restored_missing": {
        "vi": "Kho KHÔNG có {count} đối tượng mà mục lục nêu: {first}. Chạy `sohoa audit fixity`.",
        "en": "The store LACKS {count} objects that the index names: {first}. Run `sohoa audit fixity`.",
    },
    "passphrase": {"vi": "Mật khẩu của bản sao khóa", "en": "Passphrase of the copy of keys"},
    "moved": {
        "vi": "Kho mới {target} đã đủ: {objects} đối tượng giống từng byte, khóa và lệnh giữ còn nguyên; chép {copied}.",
        "en": "The new store {target} has everything: {objects} objects, byte for byte, locks and holds; {copied} copied.",
    },
    "moved_not": {
        "vi": "CHƯA chuyển xong: {count} đối tượng có vấn đề.",
        "en": "NOT complete: {count} objects have trouble.",
    },
    "switched": {
        "vi": "Mục lục đã chuyển sang {target}. Đặt các cài đặt SOHOA_STORE_* của tệp này cho dịch vụ rồi khởi động.",
        "en": "The index now speaks of {target}. Set the file's SOHOA_STORE_* for the service, then start it.",
    },
    "not_switched": {
        "vi": "Kho cũ vẫn đang dùng. Dừng dịch vụ rồi chạy lại với --switch để chuyển.",
        "en": "The old store stays in use. Stop the service and run again with --switch to move over.",
    },
    "disposable": {
        "vi": "{count} hồ sơ hết thời hạn lưu trữ; danh mục ghi ở {file} (mã {digest}).",
        "en": "{count} dossiers whose retention has ended; the list is in {file} (digest {digest}).",
    },
    "none_disposable": {
        "vi": "Không có hồ sơ nào hết thời hạn lưu trữ.",
        "en": "No dossier's retention has ended.",
    },
    "disposed": {
        "vi": "Đã tiêu hủy {dossiers} hồ sơ ({objects} đối tượng trong kho, {blobs} tệp trên máy) theo {decision}; sổ nhật ký đã ghi.",
        "en": "{dossiers} dossiers disposed of ({objects} objects, {blobs} files here) by {decision}; the ledger records it.",
    },
    "disposal_stays": {"vi": "{code}: còn giữ ({why})", "en": "{code}: stays ({why})"},
    "disposal_backups": {
        "vi": "Bản sao lưu lập trước hôm nay còn chứa các hồ sơ này: `sohoa backup forget`.",
        "en": "Backups made before today still hold these dossiers: `sohoa backup forget`.",
    },
    "pruned": {
        "vi": "Đã dọn {dossiers} hồ sơ đã lưu trữ: {files} tệp. Để lại {kept} hồ sơ chưa chứng minh được.",
        "en": "{dossiers} archived dossiers tidied: {files} files. {kept} stay, for they could not be proven.",
    },
    "quarantine_empty": {"vi": "Không có tệp nào bị cách ly.", "en": "Nothing is in quarantine."},
    "quarantine_lost": {
        "vi": "không còn đọc được tên và lý do; nội dung tệp vẫn lấy ra được",
        "en": "name and reason can no longer be read; its bytes can still be taken out",
    },
    "quarantine_taken": {"vi": "Đã chép {name} ra {to}.", "en": "{name} copied to {to}."},
    "quarantine_forgotten": {
        "vi": "Đã xóa {count} tệp khỏi khu cách ly.",
        "en": "{count} files forgotten.",
    },
    "would_prune": {
        "vi": "Có thể dọn {dossiers} hồ sơ đã lưu trữ: {files} tệp. Chưa xóa gì.",
        "en": "{dossiers} archived dossiers could be tidied: {files} files. Nothing was deleted.",
    },
}

STAYS: Final[dict[str, dict[Language, str]]] = {
    "hold": {"vi": "đang bị giữ theo yêu cầu pháp lý", "en": "under a legal hold"},
    "retention": {"vi": "chưa hết thời hạn lưu trữ", "en": "its retention has not ended"},
    "changed": {"vi": "khác với danh mục đã duyệt", "en": "not what the list says"},
    "unknown": {"vi": "không còn trong mục lục", "en": "not in the index"},
    "waits": {"vi": "đang chờ xử lý", "en": "work on it is not done"},
}
