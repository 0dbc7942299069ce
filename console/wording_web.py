"""Words of the console's frame, sign-in and accounts, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "product": ("Số Hóa", "Số Hóa"),
    "skip_to_content": ("Đến nội dung chính", "Skip to content"),
    "navigation": ("Điều hướng", "Navigation"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "nav_accounts": ("Tài khoản", "Accounts"),
    "my_account": ("Tài khoản của tôi", "My account"),
    "trouble_title": ("Không thực hiện được", "That did not work"),
    "trouble_400": (
        "Yêu cầu không đúng dạng. Quay lại và thử lần nữa.",
        "The request was not understood. Go back and try again.",
    ),
    "trouble_403": (
        "Trang đã mở quá lâu hoặc yêu cầu đến từ nơi khác. Tải lại trang rồi làm lại.",
        "The page was open for too long, or the request came from elsewhere. Reload the page and try again.",
    ),
    "trouble_404": (
        "Không có trang này, hoặc trang không thuộc phạm vi của tài khoản.",
        "There is no such page, or it is not within what this account may see.",
    ),
    "trouble_413": (
        "Tệp quá lớn nên không nhận. Chia nhỏ tệp, hoặc quét ở 300 dpi.",
        "The file is too large and was not taken. Split it, or scan at 300 dpi.",
    ),
    "trouble_429": (
        "Quá nhiều yêu cầu trong thời gian ngắn. Chờ một phút rồi thử lại.",
        "Too many requests in a short time. Wait a minute and try again.",
    ),
    "trouble_500": (
        "Có lỗi trong phần mềm. Dữ liệu đã lưu không bị ảnh hưởng; báo cho người quản trị.",
        "The software met a fault. What was saved is safe; tell the administrator.",
    ),
    "back_to_start": ("Về trang đầu", "Back to the start"),
}
