"""What the checks of a sealed file and of an archived package say, in Vietnamese."""

from __future__ import annotations

import re
from typing import Final

from console.wording_audit import in_words
from console.wording_language import Language

_SAID: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        # Trust and revocation.
        (r"not revoked, by the evidence in the file", "chưa bị thu hồi, theo bằng chứng trong tệp"),
        (r"revocation was not checked", "chưa kiểm tra thu hồi"),
        (r"no roots were given", "máy này chưa có chứng thư gốc để đối chiếu"),
        (r"no root is trusted", "không có chứng thư gốc nào được tin cậy"),
        (r"the (?:seal|signature) does not hold", "chữ ký không đạt"),
        (r"there is no signature", "không có chữ ký"),
        (r"no signature was found", "không tìm thấy chữ ký"),
        (r"there is no certificate", "không có chứng thư"),
        (r"(\d+) bytes lie after the (?:seal|signed ones)", r"có \1 byte sau phần đã ký"),
        (r"something lies after the (?:end of the file|last time stamp)", "có dữ liệu sau phần đã ký"),
        (r"the document was changed after it was sealed", "tài liệu bị sửa sau khi ký"),
        (r"what was added after the seal is damaged: (.*)", r"phần thêm sau chữ ký bị hỏng (\1)"),
        (
            r"something was added to a seal without a time stamp",
            "có phần thêm sau chữ ký không có dấu thời gian",
        ),
        (r"the file is not what was signed", "nội dung tệp khác với nội dung đã ký"),
        (r"the signature says nothing of the file", "chữ ký không nói gì về tệp"),
        (r"the signature does not belong to the certificate", "chữ ký không thuộc chứng thư"),
        (r"the certificate is not the one that signed", "chứng thư không phải của người ký"),
        (r"the signature is damaged: (.*)", r"chữ ký bị hỏng (\1)"),
        (r"the time stamp is damaged: (.*)", r"dấu thời gian bị hỏng (\1)"),
        (r"the time stamp is over other data", "dấu thời gian thuộc dữ liệu khác"),
        (r"the time stamp is not what the service signed", "dấu thời gian khác với nội dung dịch vụ đã ký"),
        (
            r"a certificate in the signature is not proven by a trusted root",
            "có chứng thư trong chữ ký không thuộc chứng thư gốc được tin cậy",
        ),
        (
            r"the signature's (?:container|hexadecimal) is not as this product writes it",
            "chữ ký không do phần mềm này ghi",
        ),
        (
            r"there is something in (?:the signature's|a time stamp's) padding",
            "có dữ liệu trong phần đệm của chữ ký",
        ),
        (r"though not as this product writes it", "nhưng không do phần mềm này ghi"),
        (r"(\d+) signatures where this product writes one", r"có \1 chữ ký, phần mềm này chỉ ghi một"),
        (r"the signature is not PAdES", "chữ ký không theo PAdES"),
        (r"signed at (\S+), after it was stamped", r"giờ ký \1 muộn hơn dấu thời gian"),
        # Text and pages.
        (r"there are no pages", "không có trang nào"),
        (r"all pages are blank", "mọi trang đều trắng"),
        (r"pages without text: \[(.*)\]", r"trang không có chữ: \1"),
        (r"no text, but pages \[(.*)\] are not blank", r"không có chữ, nhưng trang \1 không trắng"),
        (r"no text can be extracted: (.*)", r"không lấy được chữ (\1)"),
        # Files of a package.
        (r"its retention was shortened", "thời hạn khóa bị rút ngắn"),
        (r"the manifest does not promise these bytes", "bản kê không có nội dung này"),
        (r"the manifest names it, the package lacks it", "bản kê có nêu, gói không có"),
        (r"the manifest is not the one that was archived", "bản kê khác với bản đã lưu"),
        (r"the manifest is damaged", "bản kê bị hỏng"),
    )
)


def check_said(detail: str, language: Language) -> str:
    """Why a check ended so, in the reader's language; what has no wording stays as it is."""
    if language == "en":
        return detail
    found = ((known.fullmatch(detail), words) for known, words in _SAID)
    return next((match.expand(words) for match, words in found if match), "") or in_words(detail, language)


_DONE: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"PDF/A-2b; the scanned stream inside untouched", "PDF/A-2b; ảnh quét bên trong giữ nguyên"),
        (r"PDF/A-2b; the text layer says what was recognised", "PDF/A-2b; lớp chữ đúng với chữ đã đọc"),
        (r"PAdES (\S+), (\S+) is owed", r"PAdES \1, còn thiếu mức \2"),
        (r"single pages: .*", "từng trang: tệp còn có giấy tờ chỉ xuất trình"),
        (r"matches", "khớp"),
        (r"differs", "khác"),
        (r"no_match_or_name_differs", "không khớp hoặc khác họ tên"),
        (r"not_checked", "chưa đối chiếu"),
    )
)
_SIGNED: Final = {
    "covers the whole file": "phủ toàn bộ tệp",
    "covers an earlier revision": "phủ bản trước của tệp",
    "issuer known": "biết nơi cấp",
    "issuer unknown": "không biết nơi cấp",
    "intact": "nguyên vẹn",
    "broken": "hỏng",
    "added later": "thêm sau",
}


def action_said(kind: str, detail: str, language: Language) -> str:
    """What a package says of an action on it, in the reader's language; what has no wording stays as it is."""
    if language == "en" or not detail:
        return detail
    match kind:
        case "checked":
            return f"{len(detail.split(', '))} loại phát hiện"
        case "read":
            return detail.replace("confidence ", "độ tin cậy ").replace(".", ",")
        case "signatures_judged":
            for english, vietnamese in _SIGNED.items():
                detail = re.sub(rf"\b{english}\b", vietnamese, detail)
            return detail
    found = ((known.fullmatch(detail), words) for known, words in _DONE)
    return next((match.expand(words) for match, words in found if match), detail)
