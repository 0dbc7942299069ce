"""What the door for other systems says: problems, and why a paper may or may not be asked for."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language

PROBLEMS: Final[dict[str, dict[Language, str]]] = {
    "token_missing": {"vi": "Thiếu mã truy cập.", "en": "There is no token."},
    "token_refused": {
        "vi": "Mã truy cập sai, đã hết hạn hoặc đã bị thu hồi.",
        "en": "The token is wrong, expired or revoked.",
    },
    "scope_missing": {"vi": "Mã truy cập không có quyền này.", "en": "The token has no such scope."},
    "purpose_missing": {
        "vi": "Phải nêu mục đích khi xem dữ liệu cá nhân (X-Purpose).",
        "en": "Personal data is shown for a stated purpose only (X-Purpose).",
    },
    "counter_refused": {
        "vi": "Quầy này không thuộc phạm vi của hệ thống gọi.",
        "en": "This counter is not one of the caller's.",
    },
    "not_found": {"vi": "Không tìm thấy.", "en": "There is no such thing."},
    "method_refused": {"vi": "Phương thức không được hỗ trợ.", "en": "This method is not known here."},
    "request_invalid": {"vi": "Yêu cầu không hợp lệ.", "en": "The request is not valid."},
    "too_large": {"vi": "Dữ liệu gửi lên quá lớn.", "en": "What was sent is too large."},
    "media_type_refused": {
        "vi": "Loại tệp không được nhận: chỉ nhận JPEG, PNG, TIFF, PDF.",
        "en": "This type of file is not taken: JPEG, PNG, TIFF and PDF are.",
    },
    "file_refused": {"vi": "Tệp không đọc được.", "en": "The file cannot be taken in."},
    "digest_differs": {
        "vi": "Nội dung nhận được không khớp SHA-256 đã nêu.",
        "en": "What came does not match the SHA-256 that was said.",
    },
    "range_refused": {"vi": "Khoảng byte không hợp lệ.", "en": "The range cannot be served."},
    "too_many_calls": {"vi": "Gọi quá nhiều lần, hãy chờ.", "en": "Too many calls; wait."},
    "dossier_taken": {"vi": "Mã hồ sơ không dùng được.", "en": "This dossier code cannot be used."},
    "dossier_differs": {
        "vi": "Hồ sơ đã mở với nội dung khác.",
        "en": "The dossier was opened before and said something else.",
    },
    "idempotency_key_reused": {
        "vi": "Idempotency-Key đã dùng cho yêu cầu khác.",
        "en": "The Idempotency-Key stood on another request.",
    },
    "wrong_state": {
        "vi": "Trạng thái hồ sơ không cho phép việc này.",
        "en": "The dossier's state does not allow this.",
    },
    "no_files": {"vi": "Hồ sơ chưa có tệp nào.", "en": "The dossier has no files."},
    "too_many_files": {"vi": "Hồ sơ đã đủ số tệp tối đa.", "en": "The dossier has as many files as it may."},
    "no_verdict": {"vi": "Hồ sơ chưa có kết luận.", "en": "The dossier has no verdict yet."},
    "procedure_unknown": {
        "vi": "Không có thủ tục này trong danh mục vào ngày đó.",
        "en": "The catalogue has no such procedure on that day.",
    },
    "case_unknown": {"vi": "Thủ tục không có trường hợp này.", "en": "The procedure has no such case."},
    "address_refused": {
        "vi": "Không được gửi sự kiện đến địa chỉ này.",
        "en": "Events may not be sent to this address.",
    },
    "busy": {"vi": "Hồ sơ đang được xử lý.", "en": "The dossier is being worked on."},
    "conflict": {"vi": "Dữ liệu vừa được thay đổi.", "en": "Something was changed meanwhile."},
    "unavailable": {
        "vi": "Tạm thời chưa phục vụ được; dữ liệu đã nhận vẫn an toàn.",
        "en": "Not available now; what was taken in is safe.",
    },
    "internal": {"vi": "Lỗi ngoài dự kiến của phần mềm.", "en": "An unexpected fault of the program."},
}
"""By `ProblemCode`."""

ASKED: Final[dict[str, dict[Language, str]]] = {
    "component": {
        "vi": "Có trong thành phần hồ sơ đã công bố.",
        "en": "A published component names it.",
    },
    "conditional": {
        "vi": "Có trong thành phần hồ sơ, chỉ trong trường hợp đã nêu.",
        "en": "A published component names it, in the case that its words tell.",
    },
    "own_form": {"vi": "Biểu mẫu của chính thủ tục.", "en": "The procedure's own form."},
    "same_wording": {
        "vi": "Trùng nội dung một thành phần hồ sơ đã công bố.",
        "en": "These are the words of a published component.",
    },
    "accepted_after_lookup": {
        "vi": "Được nhận vì đã tra cứu mà không khai thác được dữ liệu.",
        "en": "Accepted, because the look-up was tried and failed.",
    },
    "only_presented": {
        "vi": "Chỉ xuất trình để đối chiếu, không nộp, không lưu bản sao.",
        "en": "Only shown for comparison; neither handed in nor copied.",
    },
    "copy_of_presented": {
        "vi": "Giấy tờ chỉ xuất trình, không được yêu cầu bản sao chứng thực.",
        "en": "It is only shown; no certified copy of it may be asked for.",
    },
    "blocked": {
        "vi": "Pháp luật không cho phép yêu cầu giấy tờ này.",
        "en": "The law forbids to ask for it.",
    },
    "replaced_by_register": {
        "vi": "Đã có trong CSDLQG về dân cư; tra cứu thay cho yêu cầu nộp.",
        "en": "The residence register answers it; look it up instead.",
    },
    "not_listed": {
        "vi": "Không có trong thành phần hồ sơ đã công bố của thủ tục.",
        "en": "No published component of the procedure names it.",
    },
    "other_case": {
        "vi": "Chỉ yêu cầu trong trường hợp khác của thủ tục.",
        "en": "Only applicants of other cases are asked for it.",
    },
    "unknown_wording": {
        "vi": "Chưa rõ là giấy tờ gì; cần người xem.",
        "en": "No known paper is in the words; a person has to look.",
    },
    "unknown_kind": {"vi": "Không có mã loại giấy tờ này.", "en": "There is no such kind of paper."},
    "similar_wording": {
        "vi": "Gần giống một giấy tờ đã biết, chưa đủ chắc chắn.",
        "en": "The words come near a known paper, and not near enough.",
    },
    "negated": {
        "vi": "Nội dung nêu không phải nộp hoặc xuất trình.",
        "en": "The words say that something need not be handed in.",
    },
    "any_paper": {
        "vi": "Một thành phần hồ sơ nhận giấy tờ bất kỳ, có thể gồm giấy tờ này.",
        "en": "A component takes any paper, perhaps this one.",
    },
    "centre_paper": {
        "vi": "Giấy tờ do chính bộ phận một cửa lập.",
        "en": "A paper of the one-stop centre itself.",
    },
    "not_verified": {
        "vi": "Thành phần hồ sơ của ngày đó chưa được đối chiếu với bản công bố.",
        "en": "Nobody compared the components of that day with what was published.",
    },
}
"""By `AskedReason`."""

SCOPES: Final[dict[str, dict[Language, str]]] = {
    "dossiers:write": {"vi": "mở hồ sơ, gửi trang, bắt đầu", "en": "open dossiers, upload pages, begin"},
    "dossiers:read": {"vi": "xem tiến độ, kết luận (che số)", "en": "read progress and verdict, masked"},
    "files:read": {"vi": "tải tệp đã lưu trữ", "en": "fetch what was archived"},
    "persons:read": {"vi": "xem đầy đủ số, họ tên", "en": "see numbers and names in full"},
    "requirements:check": {"vi": "kiểm tra giấy tờ yêu cầu", "en": "ask about papers, read the catalogue"},
    "webhooks:manage": {"vi": "đăng ký nhận sự kiện", "en": "subscribe to events"},
}
"""By `Scope`."""

CLIENT_TERMS: Final[dict[str, dict[Language, str]]] = {
    "token_once": {
        "vi": "Mã truy cập, chỉ hiện một lần này:",
        "en": "The token, shown this once:",
    },
    "revoked": {"vi": "Đã thu hồi {name}.", "en": "{name} is revoked."},
    "no_clients": {"vi": "Chưa có hệ thống nào.", "en": "There are no clients."},
    "no_dead": {"vi": "Không có sự kiện nào bị bỏ lại.", "en": "No event was given up."},
    "redriven": {"vi": "Sẽ gửi lại {count} sự kiện.", "en": "{count} event(s) will be told again."},
    "discarded": {"vi": "Đã bỏ {count} sự kiện.", "en": "{count} event(s) discarded."},
    "good": {"vi": "còn hiệu lực", "en": "good"},
    "ended": {"vi": "đã thu hồi", "en": "revoked"},
    "expired": {"vi": "hết hạn", "en": "expired"},
    "never_used": {"vi": "chưa gọi lần nào", "en": "never called"},
}
"""What `sohoa client` says."""
