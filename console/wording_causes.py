"""Causes of errors that people at the counter meet, in Vietnamese; the cause itself is English, for the log."""

from __future__ import annotations

import re
from typing import Final

from console.wording_causes_operating import CAUSES as OPERATING
from console.wording_language import Language

_CAUSES: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        # What a clerk types or orders on a draft.
        (
            r"is not a personal number of 12 digits, or an old one of 9",
            "cần đủ 12 chữ số, hoặc 9 chữ số của số chứng minh nhân dân cũ",
        ),
        (r"is not a day or a year.*", "không phải là ngày hay năm; gõ ngày/tháng/năm, hoặc chỉ năm sinh"),
        (r"is (not a|no) day.*", "không phải là một ngày; gõ ngày/tháng/năm"),
        (r"is before the day of reception", "trước ngày tiếp nhận"),
        (r"a code cannot be said not to be there", "dữ liệu của mã QR hoặc dòng MRZ không để trống được"),
        (r"(?:has )?more than (\d+) letters.*", r"dài hơn \1 chữ, hoặc có ký tự lạ"),
        (r"at least (\d+) letters", r"cần ít nhất \1 chữ"),
        (r"is not dismissed: set the paper's pages aside", "hãy bỏ các trang của giấy tờ này ra khỏi hồ sơ"),
        (r"does not stand any more", "phát hiện này không còn nữa"),
        (r"it lies at the edge of the dossier", "trang đã ở đầu hoặc cuối hồ sơ"),
        (r"no paper comes before it", "không có giấy tờ nào đứng trước để gộp vào"),
        (r"is set aside already", "trang đã được bỏ ra rồi"),
        (r"is no kind of paper in the table of titles", "không có loại giấy tờ này trong danh mục"),
        (r"cannot be the end of itself", "không gộp giấy tờ vào chính nó được"),
        (
            r"nothing is asked any more",
            "mọi trang đã có hồ sơ, có thể do người khác vừa xếp; xem lại trong từng hồ sơ",
        ),
        (r"a dossier needs a code", "cần mã hồ sơ"),
        (r"no side of the batch belongs to it", "hồ sơ này không có trang nào trong mẻ quét"),
        (r"it belongs to no dossier", "trang này chưa thuộc hồ sơ nào"),
        (r"a side can stand in one place only", "mỗi trang chỉ đứng ở một chỗ"),
        (r"the batch has no such side", "mẻ quét không có trang này"),
        (r"its procedure is not known.*", "chưa biết thủ tục của hồ sơ; chọn thủ tục (--procedure)"),
        (r"it has not been sorted yet", "mẻ quét chưa xếp xong"),
        # What stands against a signature.
        (r"the token is locked.*", "thiết bị ký đã bị khóa; nơi cấp mở khóa được"),
        (r"the PIN is wrong; one try is left.*", "chỉ còn một lần thử trước khi thiết bị tự khóa"),
        (r"the PIN is wrong; few tries are left", "chỉ còn ít lần thử"),
        (r"the PIN is wrong; the token is locked", "thiết bị ký đã bị khóa; nơi cấp mở khóa được"),
        (r"the PIN was refused before.*", "mã PIN đã bị từ chối; ghi lại tệp mã PIN rồi ký lại"),
        (r"SOHOA_TOKEN_PIN_FILE is not set or not there", "chưa có tệp mã PIN (SOHOA_TOKEN_PIN_FILE)"),
        (
            r"the PIN's file can be read by others.*",
            "tệp mã PIN đang để người khác đọc được; báo quản trị viên",
        ),
        (
            r"the certificate is not valid at the time of signing",
            "chứng thư số đã hết hạn hoặc chưa có hiệu lực",
        ),
        (r"the password is wrong or the file is damaged", "sai mật khẩu, hoặc tệp chứng thư số bị hỏng"),
        (r"the token holds no certificate with its key", "thiết bị ký không có chứng thư số kèm khóa"),
        (
            r"the token holds several certificates.*",
            "thiết bị ký có nhiều chứng thư số; chọn một bằng SOHOA_TOKEN_CERTIFICATE",
        ),
        *OPERATING,
    )
)
_SETTINGS: Final = re.compile(r"; (?=SOHOA_)")


def cause_words(cause: str, language: Language) -> str:
    """A cause for who reads this language; empty where Vietnamese has no words for it."""
    if language == "en":
        return cause
    first, *more = _SETTINGS.split(cause)
    if not more:
        return _words(cause)
    # Several settings are refused at once: each with its own cause behind its name.
    told = [_words(first) or first]
    for each in more:
        name, _, why = each.partition(": ")
        told.append(f"{name}: {_words(why) or why}")
    return "; ".join(told)


def _words(cause: str) -> str:
    return next((found.expand(words) for known, words in _CAUSES if (found := known.fullmatch(cause))), "")
