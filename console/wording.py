"""Every sentence that people read, Vietnamese first, English by setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from dossier.errors import SohoaError
from dossier.finding import Rule, Severity
from models.titles import title_of

Language = Literal["vi", "en"]

RULES: Final[dict[Rule, dict[Language, str]]] = {
    Rule.MISSING_COMPONENT: {
        "vi": "Thiếu thành phần hồ sơ: {detail}",
        "en": "A component of the dossier is missing: {detail}",
    },
    Rule.PAPER_OUTSIDE_RULES: {
        "vi": "{title}: giấy tờ ngoài quy định của thủ tục, không được yêu cầu người dân nộp. Trả lại người dân.",
        "en": "{title}: the procedure does not ask for this paper and it may not be demanded. Hand it back.",
    },
    Rule.RESIDENCE_PAPER: {
        "vi": "{title}: giấy tờ về cư trú, không được yêu cầu khi tra cứu được dữ liệu dân cư. Trả lại người dân.",
        "en": "{title}: a residence paper may not be demanded while the register answers. Hand it back.",
    },
    Rule.PRESENTED_ONLY: {
        "vi": "{title}: chỉ xuất trình; đã đọc để đối chiếu và không lưu giữ.",
        "en": "{title}: only presented; it was read for comparison and is not kept.",
    },
    Rule.UNKNOWN_DOCUMENT: {
        "vi": "Chưa nhận ra loại giấy tờ ({subject}). Cán bộ xác định: sohoa answer HỒ-SƠ --page TỆP#TRANG "
        "--kind LOẠI, rồi chạy lại.",
        "en": "The kind of paper could not be told ({subject}). Tell it: sohoa answer DOSSIER --page FILE#PAGE "
        "--kind KIND, then run it again.",
    },
    Rule.COMPONENTS_NOT_CHECKED: {
        "vi": "Chưa kiểm tra được thành phần hồ sơ: danh mục của thủ tục {subject} chưa được đối chiếu.",
        "en": "Components not checked: the catalogue entry of {subject} has not been verified.",
    },
    Rule.COMPONENT_UNCERTAIN: {
        "vi": "Có thể còn thiếu giấy tờ ({subject}): số giấy chưa rõ loại ít hơn số thành phần. {detail}",
        "en": "A paper may be missing ({subject}): fewer papers of unknown kind than components. {detail}",
    },
    Rule.CASE_NOT_CHOSEN: {
        "vi": "Chưa rõ trường hợp của người nộp nên chưa kiểm tra hết thành phần hồ sơ. Đề nghị chọn: {detail}",
        "en": "The applicant's case is not known, so not every component was checked. Please choose: {detail}",
    },
    Rule.SURPLUS_PAPER: {
        "vi": "{title}: nhiều hơn số bản thủ tục yêu cầu ({detail}); không ảnh hưởng, có thể trả lại.",
        "en": "{title}: more than the procedure asks for ({detail}); harmless, it may be handed back.",
    },
    Rule.WRONG_COUNT: {
        "vi": "Chưa đủ số bản chính ({detail})",
        "en": "Too few originals ({detail})",
    },
    Rule.EXPIRED_PAPER: {
        "vi": "{title}: cần còn thời hạn giá trị ({detail}).",
        "en": "{title}: must still be valid ({detail}).",
    },
    Rule.ALREADY_DIGITISED: {
        "vi": "{title}: đã số hóa cho chính người này ({detail}); dùng lại, không yêu cầu nộp lại.",
        "en": "{title}: already digitised for the same person ({detail}); reuse it instead of asking again.",
    },
    Rule.OTHER_DOSSIER: {
        "vi": "{title}: ghi mã hồ sơ khác ({detail}). Kiểm tra có lẫn giấy tờ của hồ sơ khác không.",
        "en": "{title}: names another dossier ({detail}). Check whether two dossiers were mixed.",
    },
    Rule.NOTICE_ASKS_TOO_MUCH: {
        "vi": "{title}: yêu cầu giấy tờ ngoài thành phần hồ sơ đã công bố: {detail}",
        "en": "{title}: asks for a paper that is not among the published components: {detail}",
    },
    Rule.SUPPLEMENT_REPEATED: {
        "vi": "Yêu cầu bổ sung nhiều hơn một lần ({detail}); chỉ được yêu cầu một lần, đầy đủ.",
        "en": "Supplements were asked for more than once ({detail}); one complete request is allowed.",
    },
    Rule.SUPPLEMENT_LATE: {
        "vi": "Yêu cầu bổ sung quá 03 ngày làm việc kể từ ngày tiếp nhận ({detail}).",
        "en": "Supplements were asked for later than three working days after reception ({detail}).",
    },
    Rule.NOTICE_AFTER_DEADLINE: {
        "vi": "{title}: ngày ban hành sau hạn trả kết quả ({detail}).",
        "en": "{title}: dated after the deadline ({detail}).",
    },
    Rule.WITHDRAWAL_WITHOUT_REQUEST: {
        "vi": "{title}: lý do công dân xin rút, nhưng hồ sơ không có đơn của công dân.",
        "en": "{title}: says the citizen withdraws, but the citizen's own request is not on file.",
    },
    Rule.WITHDRAWAL_WITHOUT_AGREEMENT: {
        "vi": "{title}: lý do công dân xin rút, nhưng không có văn bản đồng ý của đơn vị giải quyết.",
        "en": "{title}: says the citizen withdraws, but the unit's written agreement is not on file.",
    },
    Rule.NOTICE_WITHOUT_SEAL: {
        "vi": "{title}: không thấy dấu của cơ quan.",
        "en": "{title}: no seal of the agency was seen.",
    },
    Rule.APOLOGY_MISSING: {
        "vi": "Kết quả quá hạn nhưng không có văn bản xin lỗi trước hạn ít nhất 01 ngày ({detail}).",
        "en": "The result is overdue without an apology at least one day before the deadline ({detail}).",
    },
    Rule.APOLOGY_REPEATED: {
        "vi": "Hẹn lại ngày trả kết quả nhiều hơn một lần ({detail}).",
        "en": "More than one new appointment ({detail}).",
    },
    Rule.NOTICE_NOT_CHECKED: {
        "vi": "{title}: chưa đủ căn cứ để kiểm tra ({detail}). Đề nghị xem lại.",
        "en": "{title}: could not be checked ({detail}). Please look at it.",
    },
    Rule.NUMBER_CONFLICT: {
        "vi": "Số định danh cá nhân không khớp giữa các giấy tờ ({subject}). Đối chiếu lại với bản gốc. {detail}",
        "en": "The personal number differs between papers ({subject}). Compare with the originals. {detail}",
    },
    Rule.NUMBER_NOT_CONFIRMED: {
        "vi": "Số định danh cá nhân mới được đọc một lần ({subject}), chưa đủ căn cứ xác nhận.",
        "en": "The personal number was seen once only ({subject}) and is not confirmed.",
    },
    Rule.NUMBER_NOT_COMPARED: {
        "vi": "Không đọc được số định danh ghi trên giấy tờ này; hãy đối chiếu bằng mắt với số {subject}.",
        "en": "The number on this paper could not be read; compare it by eye with {subject}.",
    },
    Rule.NUMBER_UNREADABLE: {
        "vi": "Không đọc được số định danh cá nhân trên {subject}. Quét lại thẻ ở 300 dpi.",
        "en": "No personal number could be read on {subject}. Scan the card again at 300 dpi.",
    },
    Rule.NUMBER_STRUCTURE: {
        "vi": "Số định danh cá nhân có cấu trúc bất thường ({subject}): {detail}",
        "en": "The personal number has an unusual structure ({subject}): {detail}",
    },
    Rule.NAME_DIFFERS: {
        "vi": "Họ tên của cùng một số định danh viết khác nhau giữa các giấy tờ ({subject}): {detail}.",
        "en": "Papers with one number spell its person's name differently ({subject}): {detail}.",
    },
    Rule.CARD_CODE_DOUBTFUL: {
        "vi": "Mã QR trên thẻ không dùng được hoặc chỉ dùng được một phần ({subject}): {detail}. Xem thẻ gốc.",
        "en": "The code on the card is of no or of partial use ({subject}): {detail}. Look at the card.",
    },
    Rule.ZONE_DOUBTFUL: {
        "vi": "Dòng mã máy đọc (MRZ) không khớp số kiểm tra ({subject}): {detail}. Không lấy dữ liệu từ đó.",
        "en": "Check digits of the machine-readable zone fail ({subject}): {detail}. Nothing is taken from it.",
    },
    Rule.REGISTER_DIFFERS: {
        "vi": "Dữ liệu dân cư khác với giấy tờ ({subject}): {detail}",
        "en": "The residence register differs from the papers ({subject}): {detail}",
    },
    Rule.REGISTER_NO_MATCH: {
        "vi": "Dữ liệu dân cư không có người này hoặc họ tên không khớp ({subject}).",
        "en": "The register knows no such person, or the name differs ({subject}).",
    },
    Rule.REGISTER_NOT_CHECKED: {
        "vi": "Chưa tra cứu được dữ liệu dân cư ({subject}): {detail}",
        "en": "The residence register was not checked ({subject}): {detail}",
    },
    Rule.FILE_UNREADABLE: {
        "vi": "Không đọc được {subject}; tệp gốc được giữ nguyên trong khu cách ly. {detail}",
        "en": "{subject} cannot be read; its original lies untouched in quarantine. {detail}",
    },
    Rule.PAGE_DOUBTFUL: {
        "vi": "Trang {subject} đọc chưa rõ (độ tin cậy {detail}). Xem lại trang.",
        "en": "Page {subject} was read with low confidence ({detail}). Look at it.",
    },
    Rule.LOW_RESOLUTION: {
        "vi": "Trang {subject} có độ phân giải {detail}, thấp hơn 200 dpi.",
        "en": "Page {subject} has {detail}, below 200 dpi.",
    },
    Rule.SIGNED_ORIGINAL: {
        "vi": "{subject} có {detail} chữ ký số; tệp gốc được giữ nguyên.",
        "en": "{subject} carries {detail} digital signature(s) and is kept as it is.",
    },
}

DETAILS: Final[dict[str, dict[Language, str]]] = {
    "marks only": {"vi": "chỉ khác dấu", "en": "only in their marks"},
    "letters": {"vi": "khác chữ", "en": "in their letters"},
    "other_scheme": {"vi": "không phải mã của thẻ", "en": "of another scheme"},
    "truncated": {"vi": "thiếu trường dữ liệu", "en": "cut short"},
    "number": {"vi": "số định danh trong mã không đủ 12 chữ số", "en": "its number has not 12 digits"},
    "dates": {"vi": "ngày tháng trong mã không hợp lệ", "en": "a date in it is none"},
    "encoding tcvn3": {"vi": "chữ ghi theo TCVN3, đã chuyển", "en": "text in TCVN3, converted"},
    "encoding vni": {"vi": "chữ ghi theo VNI, đã chuyển", "en": "text in VNI, converted"},
    "encoding utf-8-twice": {"vi": "chữ mã hóa hai lần, đã chuyển", "en": "text encoded twice, put right"},
    "encoding unknown": {"vi": "chữ ghi theo bảng mã không rõ", "en": "text in an unknown encoding"},
}
"""What the rules about people say in `Finding.detail`, where it is one of a few words."""

ACCEPTED: Final[dict[Language, str]] = {
    "vi": "{title}: được nhận vì đã tra cứu mà không khai thác được dữ liệu ({detail}).",
    "en": "{title}: accepted, because the look-up was tried and failed ({detail}).",
}
"""A paper that may not be asked for, unless a look-up failed and the failure is logged."""
_MAY_BE_ACCEPTED: Final = frozenset({Rule.RESIDENCE_PAPER, Rule.PAPER_OUTSIDE_RULES})

SEVERITIES: Final[dict[Severity, dict[Language, str]]] = {
    Severity.INFO: {"vi": "Ghi chú", "en": "Note"},
    Severity.WARNING: {"vi": "Lưu ý", "en": "Warning"},
    Severity.BLOCKING: {"vi": "Cần xử lý", "en": "To be settled"},
}

ERRORS: Final[dict[str, dict[Language, str]]] = {
    "SohoaError": {"vi": "Không thực hiện được.", "en": "It could not be done."},
    "SourceError": {"vi": "Không nhận được tệp.", "en": "The file cannot be taken in."},
    "SourceNotFound": {
        "vi": "Không tìm thấy tệp. Kiểm tra lại đường dẫn.",
        "en": "There is no such file. Check the path.",
    },
    "SourceEmpty": {
        "vi": "Tệp rỗng. Quét lại giấy tờ.",
        "en": "The file is empty. Scan the paper again.",
    },
    "SourceUnreadable": {
        "vi": "Tệp hỏng, không đọc được. Tệp gốc nằm trong khu cách ly; quét lại giấy tờ.",
        "en": "The file is damaged. Its original lies in quarantine; scan the paper again.",
    },
    "SourceEncrypted": {
        "vi": "Tệp PDF có mật khẩu. Lưu lại không mật khẩu hoặc quét bản giấy.",
        "en": "The PDF asks for a password. Save it without one, or scan the paper.",
    },
    "SourceTooLarge": {
        "vi": "Ảnh hoặc tệp quá lớn. Quét ở 300 dpi hoặc tách tệp.",
        "en": "The picture or file is too large. Scan at 300 dpi, or split the file.",
    },
    "SourceWithoutPages": {
        "vi": "Tệp không có trang nào. Quét lại giấy tờ.",
        "en": "The file has no pages. Scan the paper again.",
    },
    "SourceUnsupported": {
        "vi": "Không phải JPEG, PNG, TIFF hay PDF. Lưu lại theo một trong các dạng đó.",
        "en": "Neither JPEG, PNG, TIFF nor PDF. Save it as one of these.",
    },
    "SourceIncomplete": {
        "vi": "Tệp đang được ghi. Chờ máy quét ghi xong.",
        "en": "The file is still being written. Wait for the scanner.",
    },
    "CatalogueError": {"vi": "Danh mục thủ tục có lỗi.", "en": "The catalogue of procedures cannot answer."},
    "ProcedureUnknown": {
        "vi": "Không có thủ tục này trong danh mục vào ngày tiếp nhận. Xem `sohoa catalogue list`.",
        "en": "No such procedure is in force on the day of reception. See `sohoa catalogue list`.",
    },
    "CatalogueInvalid": {
        "vi": "Tệp danh mục sai cấu trúc. Sửa tệp được nêu tên.",
        "en": "A catalogue file breaks the schema. Correct the named file.",
    },
    "ReaderError": {"vi": "Không đọc được trang.", "en": "The page could not be read."},
    "ReaderUnfit": {
        "vi": "Bộ đọc thiếu chữ tiếng Việt nên bị từ chối.",
        "en": "The reader lacks Vietnamese letters and is refused.",
    },
    "PartMissing": {
        "vi": "Thiếu một phần mềm hoặc phông chữ. Xem `sohoa doctor`.",
        "en": "A program or font is missing. See `sohoa doctor`.",
    },
    "PageTimedOut": {
        "vi": "Trang đọc quá lâu nên đã dừng. Quét lại trang.",
        "en": "The page took too long and was stopped. Scan it again.",
    },
    "SealError": {"vi": "Không ký số được tài liệu.", "en": "The document could not be sealed."},
    "RenditionDiffers": {
        "vi": "Lớp chữ của PDF khác với chữ đã đọc nên không lưu trữ.",
        "en": "The PDF's text layer differs from what was read; it was not archived.",
    },
    "RenditionInvalid": {
        "vi": "Tệp tạo ra không đạt PDF/A-2b nên không lưu trữ.",
        "en": "The rendition is not valid PDF/A-2b; it was not archived.",
    },
    "SignerUnavailable": {
        "vi": "Không dùng được chứng thư số. Kiểm tra thiết bị ký hoặc tệp PKCS#12 và mật khẩu.",
        "en": "The signing identity cannot be used. Check the token, or the PKCS#12 file and its password.",
    },
    "TimestampUnavailable": {
        "vi": "Dịch vụ cấp dấu thời gian không trả lời đúng; tài liệu vẫn được ký, dấu thời gian bổ sung sau.",
        "en": "The time stamping service does not answer rightly; the document is sealed, the stamp follows.",
    },
    "RevocationUnknown": {
        "vi": "Không hỏi được tình trạng thu hồi của chứng thư số; tài liệu vẫn được ký, bằng chứng bổ sung sau.",
        "en": "Whether the certificate is revoked is not known; the document is sealed, the proof follows.",
    },
    "CertificateRefused": {
        "vi": "Chứng thư số đã bị thu hồi, hết hạn hoặc không thuộc tổ chức được tin cậy.",
        "en": "The certificate is revoked or expired, or comes from nobody who is trusted.",
    },
    "StorageError": {
        "vi": "Không lưu hoặc lấy được dữ liệu.",
        "en": "Something could not be kept or fetched.",
    },
    "StoreUnreachable": {
        "vi": "Kho lưu trữ không trả lời. Các trang vẫn an toàn trên máy này; chạy lại khi kho hoạt động.",
        "en": "The store does not answer. The pages are safe on this machine; run again when it is back.",
    },
    "StoreUnfit": {
        "vi": "Kho lưu trữ thiếu tính năng bắt buộc. Cần kho có phiên bản và khóa đối tượng.",
        "en": "The store lacks what an archive needs. Use one with versioning and object lock.",
    },
    "StoreConflict": {
        "vi": "Trong kho đã có nội dung khác cùng tên; không ghi đè. Dùng mã hồ sơ khác hoặc xem lại hồ sơ đã lưu.",
        "en": "Other content is already kept under this name; nothing was overwritten.",
    },
    "DiskFull": {
        "vi": "Ổ đĩa đầy. Giải phóng chỗ trống rồi chạy lại; công việc tiếp tục từ chỗ dừng.",
        "en": "The disk is full. Free some space and run again; the work continues where it stopped.",
    },
    "NotInArchive": {"vi": "Kho lưu trữ không có hồ sơ này.", "en": "The archive has no such dossier."},
    "LedgerBroken": {
        "vi": "Sổ nhật ký bị thay đổi. Báo ngay cho quản trị viên.",
        "en": "The ledger has been changed. Call the administrator.",
    },
    "RegisterError": {
        "vi": "Không dùng được dữ liệu dân cư.",
        "en": "The residence register cannot be used.",
    },
    "RegisterUnreachable": {
        "vi": "Cơ sở dữ liệu dân cư không trả lời.",
        "en": "The residence register does not answer.",
    },
    "ServiceError": {"vi": "Dịch vụ thường trú có lỗi.", "en": "The resident process cannot be used."},
    "ServiceUnreachable": {
        "vi": "Dịch vụ thường trú không khởi động hoặc không trả lời. Chạy `sohoa serve` và xem nhật ký.",
        "en": "The resident process did not start or does not answer. Run `sohoa serve` and look at its log.",
    },
    "ServiceBusy": {
        "vi": "Đang được xử lý ở một lượt khác. Chờ lượt đó xong.",
        "en": "Another run is under way. Wait for it.",
    },
}

TERMS: Final[dict[str, dict[Language, str]]] = {
    "archived": {"vi": "ĐÃ LƯU TRỮ", "en": "ARCHIVED"},
    "needs_attention": {"vi": "CẦN XEM LẠI", "en": "NEEDS ATTENTION"},
    "dossier": {"vi": "Hồ sơ", "en": "Dossier"},
    "procedure": {"vi": "Thủ tục", "en": "Procedure"},
    "documents": {"vi": "Giấy tờ", "en": "Documents"},
    "pages": {"vi": "trang", "en": "page(s)"},
    "people": {"vi": "Người", "en": "People"},
    "findings": {"vi": "Phát hiện", "en": "Findings"},
    "archive": {"vi": "Lưu trữ", "en": "Archive"},
    "no_findings": {"vi": "Không có vấn đề.", "en": "Nothing found."},
    "confirmed": {"vi": "đã xác nhận", "en": "confirmed"},
    "conflict": {"vi": "mâu thuẫn", "en": "conflict"},
    "single_witness": {"vi": "mới một nguồn", "en": "single witness"},
    "not_compared": {"vi": "chưa đối chiếu hết giấy tờ", "en": "not compared with every paper"},
    "unreadable": {"vi": "không đọc được", "en": "unreadable"},
    "unknown": {"vi": "chưa rõ loại", "en": "unknown kind"},
    "turned": {"vi": "xoay", "en": "turned"},
    "starting": {
        "vi": "Đang khởi động dịch vụ thường trú (lần đầu mất khoảng một phút)…",
        "en": "Starting the resident process (the first time takes about a minute)…",
    },
    "queued": {"vi": "Chờ", "en": "Waiting"},
    "taking_in": {"vi": "Nhận tệp", "en": "Taking in"},
    "reading": {"vi": "Đọc trang", "en": "Reading"},
    "checking": {"vi": "Kiểm tra", "en": "Checking"},
    "sealing": {"vi": "Ký số", "en": "Sealing"},
    "archiving": {"vi": "Lưu trữ", "en": "Archiving"},
    "pass": {"vi": "đạt", "en": "pass"},
    "fail": {"vi": "KHÔNG ĐẠT", "en": "FAIL"},
    "not_checked": {"vi": "chưa kiểm tra", "en": "not checked"},
    "verified": {"vi": "HỢP LỆ", "en": "VALID"},
    "rejected": {"vi": "KHÔNG HỢP LỆ", "en": "NOT VALID"},
    "stopped": {"vi": "Đã dừng dịch vụ thường trú.", "en": "The resident process has stopped."},
    "not_running": {
        "vi": "Không có dịch vụ thường trú nào đang chạy.",
        "en": "No resident process is running.",
    },
    "ready": {"vi": "Sẵn sàng. Nhấn Ctrl+C để dừng.", "en": "Ready. Press Ctrl+C to stop."},
    "installed": {"vi": "có", "en": "installed"},
    "missing": {"vi": "THIẾU", "en": "MISSING"},
    "error": {"vi": "Lỗi", "en": "Error"},
    "valid_from": {"vi": "Hiệu lực từ", "en": "In force from"},
    "citation": {"vi": "Căn cứ", "en": "Basis"},
    "components": {"vi": "Thành phần hồ sơ", "en": "Components"},
    "procedures": {"vi": "thủ tục", "en": "procedure(s)"},
    "control_report": {"vi": "Kiểm soát thủ tục hành chính", "en": "Control of procedures"},
    "centre": {"vi": "Trung tâm", "en": "Centre"},
    "month": {"vi": "Tháng", "en": "Month"},
    "dossiers": {"vi": "Hồ sơ", "en": "Dossiers"},
    "papers": {"vi": "Giấy tờ đã số hóa", "en": "Papers digitised"},
    "outside_rules": {"vi": "Giấy tờ ngoài quy định", "en": "Papers outside the rules"},
    "residence_asked": {
        "vi": "Giấy tờ cư trú dù tra cứu được",
        "en": "Residence papers although a look-up worked",
    },
    "late_returns": {"vi": "Trả, yêu cầu bổ sung quá hạn", "en": "Late returns and requests"},
    "unstamped": {"vi": "Thông báo không có dấu", "en": "Notices without a seal"},
    "reuse": {"vi": "Giấy tờ dùng lại được", "en": "Papers that can be reused"},
    "digitised": {"vi": "Đã số hóa, lưu trữ", "en": "Digitised and archived"},
    "at_counter": {"vi": "Đang dừng tại quầy", "en": "Stopped at the counter"},
    "no_register": {
        "vi": "CHƯA NỐI CƠ SỞ DỮ LIỆU DÂN CƯ: không số định danh nào được đối chiếu, giấy tờ cư trú không bị "
        "coi là ngoài quy định, và mọi hồ sơ đều có cảnh báo chưa tra cứu.",
        "en": "NO RESIDENCE REGISTER IS CONNECTED: no number is checked against it, residence papers are not "
        "called outside the rules, and every dossier carries the warning that nobody asked.",
    },
    "all_judged": {
        "vi": "Tính trên mọi hồ sơ đã kiểm tra, theo lần kiểm tra gần nhất, kể cả hồ sơ đang dừng tại quầy.",
        "en": "Counted over all dossiers judged, by their newest judgement, those stopped at the counter too.",
    },
    "one_of": {"vi": "một trong", "en": "one of"},
    "cases": {"vi": "Trường hợp (--case)", "en": "Cases (--case)"},
    "not_verified": {
        "vi": "Thành phần hồ sơ chưa đối chiếu với bản ghi đã công bố.",
        "en": "The components have not been compared with the published record.",
    },
    "no_changes": {"vi": "Không có thay đổi.", "en": "Nothing changed."},
    "submit": {"vi": "nộp", "en": "submit"},
    "present": {"vi": "xuất trình", "en": "present"},
    "mandatory": {"vi": "bắt buộc", "en": "mandatory"},
    "conditional": {"vi": "tùy trường hợp", "en": "conditional"},
    "kind": {"vi": "Mã loại", "en": "Kind"},
    "title": {"vi": "Tên giấy tờ", "en": "Title"},
    "document_type": {"vi": "Loại văn bản", "en": "Type"},
    "document_number": {"vi": "Số, ký hiệu", "en": "Number"},
    "issued_on": {"vi": "Ngày ban hành", "en": "Date"},
    "issuing_body": {"vi": "Cơ quan", "en": "Issuing body"},
    "abstract": {"vi": "Trích yếu", "en": "Abstract"},
    "copy": {"vi": "Bản chính/sao", "en": "Copy"},
    "seal": {"vi": "Con dấu", "en": "Seal"},
    "signature": {"vi": "Chữ ký", "en": "Signature"},
    "seen": {"vi": "có", "en": "seen"},
    "not_seen": {"vi": "không thấy", "en": "not seen"},
    "cannot_tell": {"vi": "không xác định được", "en": "cannot tell"},
    "original": {"vi": "bản chính", "en": "original"},
    "certified_copy": {"vi": "bản sao có chứng thực", "en": "certified copy"},
    "issued_copy": {"vi": "bản sao do cơ quan cấp", "en": "copy by the issuer"},
    "plain_copy": {"vi": "bản chụp", "en": "photocopy"},
    "answer_kept": {
        "vi": "Đã ghi nhận. Chạy lại `sohoa digitise` để kiểm tra với câu trả lời này.",
        "en": "Kept. Run `sohoa digitise` again to check with this answer.",
    },
    "bug": {
        "vi": "Lỗi ngoài dự kiến của phần mềm. Dữ liệu đã nhận vẫn an toàn; gửi nhật ký cho quản trị viên.",
        "en": "An unexpected fault of the program. What was taken in is safe; send the log to the administrator.",
    },
}


def finding_message(finding: Mapping[str, Any], language: Language) -> str:
    """What a finding means, in a sentence that a clerk can read out."""
    rule = Rule(finding["rule"])
    is_accepted = rule in _MAY_BE_ACCEPTED and finding["severity"] == Severity.INFO
    sentence = (ACCEPTED if is_accepted else RULES[rule])[language]
    title = title_of(finding["subject"])
    named = " ".join(title.lines[: title.essential]) if title else finding["subject"]
    detail = DETAILS.get(finding["detail"], {}).get(language, finding["detail"])
    return sentence.format_map({**finding, "title": named, "detail": detail}).strip()


def error_message(error: SohoaError, language: Language) -> str:
    """One line: what it is about, what happened, what to do."""
    sentence = ERRORS[type(error).__name__][language]
    cause = f" ({error.cause})" if error.cause else ""
    return f"{error.subject}: {sentence}{cause}"


def term(name: str, language: Language) -> str:
    """A word of the screen."""
    return TERMS[name][language]
