"""Words of the console's frame, sign-in and accounts, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "product": ("Số Hóa", "Số Hóa"),
    "day_placeholder": ("ngày/tháng/năm", "day/month/year"),
    "day_title": ("Ngày/tháng/năm, ví dụ 05/11/2026", "Day/month/year, for example 05/11/2026"),
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
        "Có lỗi trong phần mềm. Dữ liệu đã lưu không bị ảnh hưởng; báo cho quản trị viên.",
        "The software met a fault. What was saved is safe; tell the administrator.",
    ),
    "go_on": ("Tiếp tục", "Go on"),
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_in_provider": ("Đăng nhập bằng {name}", "Sign in with {name}"),
    "sign_in_other": ("Đăng xuất, đăng nhập bằng tài khoản khác", "Sign out, sign in with another account"),
    "account_name": ("Tên tài khoản", "Account name"),
    "password": ("Mật khẩu", "Password"),
    "code": ("Mã xác thực (nếu đã bật)", "Code (where a second factor is set)"),
    "code_hint": (
        "6 số trên ứng dụng xác thực, hoặc một mã dự phòng.",
        "Six digits of the authenticator, or a recovery code.",
    ),
    "outcome_refused": (
        "Không đăng nhập được. Kiểm tra tên, mật khẩu và mã. Sai 5 lần, tài khoản bị khóa 15 phút; không dùng 45 ngày "
        "thì bị vô hiệu, khi đó báo quản trị viên.",
        "The sign-in was refused. Check name, password and code. After 5 failures an account is locked for 15 "
        "minutes; after 45 days without use it is disabled, then ask the administrator.",
    ),
    "outcome_code_needed": (
        "Tài khoản này cần thêm mã xác thực. Nhập lại mật khẩu và mã.",
        "This account asks for a code too. Enter the password again, and the code.",
    ),
    "outcome_factor_needed": (
        "Đăng nhập từ ngoài mạng cơ quan cần xác thực hai lớp. Bật tại cơ quan trước.",
        "From outside the agency's network a second factor is needed. Set it up at the agency first.",
    ),
    "screen_locked": ("Màn hình đã khóa", "The screen is locked"),
    "screen_locked_whose": (
        "Phiên làm việc của {name}. Những gì đang gõ vẫn còn; nhập mật khẩu để tiếp tục.",
        "This is the session of {name}. What was typed is still there; enter the password to go on.",
    ),
    "unlock": ("Mở khóa", "Unlock"),
    "lock_now": ("Khóa màn hình", "Lock the screen"),
    "session_of_other": (
        "Một tài khoản khác đã đăng nhập trên trình duyệt này. Trang này của {name}: nội dung đang nhập vẫn còn "
        "nguyên và chỉ gửi đi khi {name} đăng nhập lại.",
        "Another account has signed in in this browser. This page is {name}'s: what was typed is untouched, and is "
        "sent only when {name} signs in again.",
    ),
    "session_ended": (
        "Phiên làm việc đã kết thúc. Đăng nhập lại ở đây; những gì đang gõ vẫn còn.",
        "The session has ended. Sign in again here; what was typed is still there.",
    ),
    "kept_told": (
        "Nội dung vừa gửi ({fields} ô) được giữ lại và hiện ra sau khi đăng nhập.",
        "What was just sent ({fields} fields) is kept, and shown again after the sign-in.",
    ),
    "resume": ("Gửi tiếp nội dung đã nhập", "Send what was typed"),
    "resume_told": (
        "Khi gửi, phiên làm việc đã khóa hoặc đã hết. Xem lại rồi gửi đến {path}.",
        "When it was sent, the session was locked or over. Look at it, then send it to {path}.",
    ),
    "resume_send": ("Gửi", "Send"),
    "language": ("Ngôn ngữ", "Language"),
    "save": ("Lưu", "Save"),
    "actions": ("Việc cần làm", "Actions"),
    "never": ("chưa bao giờ", "never"),
    "role": ("Vai trò", "Role"),
    "role_clerk": ("Công chức một cửa", "Clerk"),
    "role_archivist": ("Lưu trữ viên", "Archivist"),
    "role_controller": ("Kiểm soát thủ tục hành chính", "Controller"),
    "role_administrator": ("Quản trị", "Administrator"),
    "display_name": ("Họ tên", "Name"),
    "counter_of_clerk": ("Quầy (của công chức)", "Counter (of a clerk)"),
    "account_is": ("Họ tên, vai trò, quầy", "Name, role, counter"),
    "account_add": ("Thêm tài khoản", "Add an account"),
    "account_reset": ("Cấp lại mật khẩu", "Reset"),
    "account_reset_hint": (
        "Cấp lại mật khẩu: mở khóa, bật lại, bỏ xác thực hai lớp, đăng xuất mọi nơi, tạo mật khẩu dùng một lần (72 giờ).",
        "Reset: unlocks, enables, removes the second factor, signs out everywhere, makes a one-time password (72 hours).",
    ),
    "account_disable": ("Vô hiệu", "Disable"),
    "one_time_password": (
        "Mật khẩu dùng một lần của {name}, chỉ hiện lần này:",
        "One-time password of {name}, shown this once:",
    ),
    "state_word": ("Tình trạng", "State"),
    "last_used": ("Làm việc gần nhất", "Last worked"),
    "in_use": ("đang dùng", "in use"),
    "disabled_by-hand": ("đã vô hiệu", "disabled"),
    "disabled_unused": ("vô hiệu vì 45 ngày không dùng", "disabled: unused for 45 days"),
    "locked_until": ("khóa đến {time}", "locked until {time}"),
    "duty_password": ("chưa đổi mật khẩu lần đầu", "first password not changed yet"),
    "duty_second_factor": ("chưa bật xác thực hai lớp", "second factor not set yet"),
    "second_factor_on": ("đã bật xác thực hai lớp", "second factor set"),
    "second_factor_off": ("chưa bật xác thực hai lớp", "no second factor"),
    "change_password": ("Đổi mật khẩu", "Change the password"),
    "password_duty": (
        "Mật khẩu hiện tại do người khác cấp. Đặt mật khẩu của riêng mình rồi đăng nhập lại.",
        "The present password was given by somebody else. Choose your own, then sign in again.",
    ),
    "password_old": ("Mật khẩu hiện tại", "Present password"),
    "password_new": ("Mật khẩu mới", "New password"),
    "password_again": ("Mật khẩu mới, lần nữa", "New password again"),
    "password_rule": (
        "Ít nhất 14 ký tự; vài từ ghép lại là dễ nhớ nhất. Khi đã bật xác thực hai lớp: ít nhất 8.",
        "At least 14 characters; a few words are easiest to remember. With a second factor: at least 8.",
    ),
    "password_rule_factor": ("Ít nhất 8 ký tự.", "At least 8 characters."),
    "password_wrong": ("Mật khẩu hiện tại không đúng.", "The present password is wrong."),
    "password_differs": ("Hai lần nhập mật khẩu mới không giống nhau.", "The two new passwords differ."),
    "password_same": (
        "Mật khẩu mới phải khác mật khẩu cũ.",
        "The new password has to differ from the old one.",
    ),
    "password_short": ("Mật khẩu cần ít nhất 8 ký tự.", "A password has at least 8 characters."),
    "password_short_alone": (
        "Mật khẩu cần ít nhất 14 ký tự (8 khi đã bật xác thực hai lớp).",
        "A password has at least 14 characters (8 with a second factor).",
    ),
    "password_long": ("Mật khẩu dài quá 128 ký tự.", "A password has at most 128 characters."),
    "password_common": (
        "Mật khẩu này dễ đoán: quá phổ biến, lặp ký tự, hoặc chứa tên tài khoản.",
        "This password is easy to guess: common, repetitive, or with the account's name in it.",
    ),
    "set_second_factor": ("Bật xác thực hai lớp", "Set up the second factor"),
    "second_factor_how": (
        "Quét hình này bằng ứng dụng xác thực trên điện thoại (không cần mạng), rồi nhập 6 số đang hiện.",
        "Scan this picture with an authenticator (it needs no network), then enter the six digits it shows.",
    ),
    "second_factor_picture": ("Mã QR của khóa xác thực", "QR code of the authenticator's key"),
    "second_factor_typed": ("Hoặc nhập khóa này bằng tay:", "Or type this key:"),
    "code_now": ("6 số đang hiện", "The six digits it shows"),
    "code_wrong": (
        "Mã không đúng. Kiểm tra giờ của điện thoại.",
        "The code is wrong. Check the phone's clock.",
    ),
    "recovery_codes": ("Mã dự phòng", "Recovery codes"),
    "recovery_codes_told": (
        "Đã bật. In các mã này, cất vào nơi khóa được: mỗi mã dùng một lần khi không có điện thoại. Chỉ hiện lần này.",
        "It is set. Print these and lock them away: each opens once, when the phone is not there. Shown this once.",
    ),
    "offline": (
        "Không kết nối được với dịch vụ. Trang và nội dung đang gõ vẫn còn; thử lại sau.",
        "The service cannot be reached. The page and what was typed stay; try again later.",
    ),
    "back_to_start": ("Về trang đầu", "Back to the start"),
}
