"""What findings say: one entry for each rule, and what some details mean, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language
from dossier.finding import Rule

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
        "vi": "Chưa kiểm tra được thành phần hồ sơ: danh mục của thủ tục {subject} (bản {detail}) chưa được "
        "đối chiếu với quy định của ngày tiếp nhận.",
        "en": "Components not checked: the catalogue entry of {subject} (of {detail}) has not been verified for the "
        "day of reception.",
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
    Rule.MAY_BE_DIGITISED: {
        "vi": "{title}: có thể đã số hóa cho người này ({detail}); chưa đọc được số, ngày cấp để so. "
        "Xem lại, nếu đúng giấy này thì dùng lại.",
        "en": "{title}: perhaps already digitised for this person ({detail}); number and day of issue could not be "
        "compared. Have a look, and reuse it if it is this paper.",
    },
    Rule.PAGE_IN_ARCHIVE: {
        "vi": "{title}: chính tờ này đã có trong kho, ở hồ sơ {detail}; dùng lại bản đã số hóa, "
        "hoặc kiểm tra có quét nhầm hồ sơ không.",
        "en": "{title}: this very sheet is in the archive, in dossier {detail}; reuse what is digitised, "
        "or check whether it was scanned into the wrong dossier.",
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
    Rule.NOT_DIGITISED: {
        "vi": "Giấy tiếp nhận ghi đã nhận nhưng chưa số hóa: {detail}. Quét bổ sung.",
        "en": "The receipt says that this was handed in, and it is not among the scans: {detail}. Scan it.",
    },
    Rule.APOLOGY_MISSING: {
        "vi": "Kết quả quá hạn nhưng không có Phiếu xin lỗi và hẹn lại ngày trả kết quả trước hạn ít nhất 01 ngày ({detail}).",
        "en": "The result is overdue without an apology at least one day before the deadline ({detail}).",
    },
    Rule.LATE_AFTER_APOLOGY: {
        "vi": "Kết quả trả sau ngày đã hẹn lại ({detail}); chỉ được hẹn lại một lần.",
        "en": "The result came after the new appointment ({detail}); there may be one only.",
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
        "vi": "Số định danh cá nhân không khớp giữa các giấy tờ ({subject}): {detail}. Đối chiếu lại với bản gốc.",
        "en": "The personal number differs between papers ({subject}): {detail}. Compare with the originals.",
    },
    Rule.NUMBER_NOT_CONFIRMED: {
        "vi": "Số định danh cá nhân mới được đọc một lần ({subject}), chưa đủ căn cứ xác nhận.",
        "en": "The personal number was seen once only ({subject}) and is not confirmed.",
    },
    Rule.NUMBER_NOT_COMPARED: {
        "vi": "Không đọc được số định danh ghi trên giấy tờ này; hãy đối chiếu bằng mắt với số {subject}.",
        "en": "The number on this paper could not be read; compare it by eye with {subject}.",
    },
    Rule.OLD_NUMBER_NOT_COMPARED: {
        "vi": "Giấy tờ này chỉ ghi số có 9 chữ số, chưa đối chiếu được với số {subject}; "
        "xem giấy tờ có đúng của người này không.",
        "en": "This paper bears a number of 9 digits only, which could not be compared with {subject}; see whether "
        "the paper is this person's.",
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
    Rule.BIRTH_DIFFERS: {
        "vi": "Ngày sinh của cùng một người ghi khác nhau giữa các giấy tờ ({subject}). Đối chiếu với bản gốc.",
        "en": "Papers tell different births of one person ({subject}). Compare them with the originals.",
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
    Rule.FILE_NOT_TAKEN: {
        "vi": "Chưa nhận tệp {subject}, hệ thống không giữ bản nào. {detail}",
        "en": "{subject} was not taken, and nothing of it is kept. {detail}",
    },
    Rule.PAGE_READ_SAFELY: {
        "vi": "Trang {subject} chỉ đọc được ở độ phân giải thấp và chưa được đối chiếu lần hai. Xem lại trang.",
        "en": "Page {subject} was read at a low resolution and without a second reader. Look at it.",
    },
    Rule.PAGE_DOUBTFUL: {
        "vi": "Trang {subject} đọc chưa rõ (độ tin cậy {detail}). Xem lại trang.",
        "en": "Page {subject} was read with low confidence ({detail}). Look at it.",
    },
    Rule.PAGE_MISSING: {
        "vi": "{subject}: thiếu trang {detail} theo số in trên giấy. Kiểm tra còn tờ nào chưa quét.",
        "en": "{subject}: page {detail} is missing by the printed numbers. Look for a sheet not scanned.",
    },
    Rule.PAGE_ORDER: {
        "vi": "{subject}: các trang không theo thứ tự in trên giấy ({detail}). Xếp lại nếu cần.",
        "en": "{subject}: the pages are not in their printed order ({detail}). Put them in order.",
    },
    Rule.PHOTOGRAPHED: {
        "vi": "Trang {subject} là ảnh chụp, không phải bản quét. Nếu có bản giấy, hãy quét bản giấy.",
        "en": "Page {subject} is a photograph, not a scan. Scan the paper if it is at hand.",
    },
    Rule.LOW_RESOLUTION: {
        "vi": "Trang {subject} có độ phân giải {detail}, thấp hơn 200 dpi.",
        "en": "Page {subject} has {detail}, below 200 dpi.",
    },
    Rule.SIGNED_ORIGINAL: {
        "vi": "{subject} có {detail} chữ ký số; tệp gốc được giữ nguyên.",
        "en": "{subject} carries {detail} digital signature(s) and is kept as it is.",
    },
    Rule.SIGNATURE_FIELD_EMPTY: {
        "vi": "{subject} có {detail} ô chữ ký số chưa ai ký; kiểm tra xem có thiếu chữ ký không.",
        "en": "{subject} has {detail} field(s) for a digital signature that nobody signed; see whether one is missing.",
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
    "not asked": {"vi": "chưa hỏi", "en": "not asked"},
    "no full name with a 12-digit number": {
        "vi": "không có họ tên đầy đủ kèm số 12 chữ số",
        "en": "no full name with a 12-digit number",
    },
    "old number": {
        "vi": "số CMND 9 số trên giấy tờ khác số CMND trong mã QR của thẻ",
        "en": "an old 9-digit number on a paper is not the one in the card's code",
    },
    "digits": {"vi": "chữ số thứ", "en": "digits"},
}
"""What the rules about people say in `Finding.detail`, where it is one of a few words, or begins with one."""

ACCEPTED: Final[dict[Language, str]] = {
    "vi": "{title}: được nhận vì đã tra cứu mà không khai thác được dữ liệu ({detail}).",
    "en": "{title}: accepted, because the look-up was tried and failed ({detail}).",
}
"""A paper that may not be asked for, unless a look-up failed and the failure is logged."""
