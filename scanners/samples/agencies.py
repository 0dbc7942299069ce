"""Papers that agencies issue: birth notification, residence confirmation, the counter's notice."""

from __future__ import annotations

from datetime import date, timedelta

from scanners.samples.civil import Child, Filing
from scanners.samples.layout import (
    LEADING,
    LEFT,
    NAME,
    RIGHT,
    SMALL_ITALIC,
    Page,
    slashed,
    vietnamese_day,
)
from scanners.samples.marks import received_mark, round_seal
from scanners.samples.paper import Paper
from scanners.samples.people import Person
from scanners.samples.sheet import HEIGHT, Span, millimetres

_CENTRE = ("ỦY BAN NHÂN DÂN XÃ HÒA MẪU", "TRUNG TÂM PHỤC VỤ", "HÀNH CHÍNH CÔNG")


def birth_notification(mother: Person, child: Child, filing: Filing) -> Paper:
    """Giấy chứng sinh of a health station."""
    issued = child.born + timedelta(days=2)
    number = f"{filing.random.randint(20, 99)}/2026"
    page = Page()
    page.letterhead(("SỞ Y TẾ TỈNH NINH BÌNH", "TRẠM Y TẾ XÃ HÒA MẪU"), f"Số: {number}", _place_and(issued))
    page.title("GIẤY CHỨNG SINH")
    page.entry("Họ và tên mẹ:", mother.capitals, NAME)
    page.entries(("Năm sinh:", str(mother.born.year)), ("Dân tộc:", mother.ethnicity))
    page.entry("Số định danh cá nhân:", mother.personal_number)
    page.entry("Nơi đăng ký thường trú:", mother.residence)
    page.entry("Đã sinh con vào lúc:", f"07 giờ 15 phút, {vietnamese_day(child.born)}")
    page.entry("Tại:", "Trạm Y tế xã Hòa Mẫu, tỉnh Ninh Bình")
    page.entries(("Số con trong lần sinh này:", "01"), ("Giới tính của con:", child.sex))
    page.entries(("Cân nặng:", "3.200 g"), ("Tình trạng của con:", "Khỏe mạnh"))
    page.entry("Dự định đặt tên con là:", child.full_name.upper(), NAME)
    page.entry("Ghi chú:", "Sinh thường, đủ tháng")
    page.skip()
    page.paragraph("Lưu ý: Giấy chứng sinh được cấp lần đầu và chỉ dùng để đăng ký khai sinh.", SMALL_ITALIC)
    page.skip()
    top = page.y
    columns = (
        ("Cha hoặc mẹ", "(Ký, ghi rõ họ tên)", mother.full_name),
        ("Người đỡ đẻ", "(Ký, ghi rõ họ tên)", "Hộ sinh Vũ Thị Mẫu"),
        ("TRƯỞNG TRẠM", "(Ký, đóng dấu)", "Bác sĩ Đỗ Văn Mẫu"),
    )
    page.signatures(columns, filing.random)
    _seal(page, top, "TRẠM Y TẾ XÃ HÒA MẪU • TỈNH NINH BÌNH", filing)
    fields = {
        "document_number": (number,),
        "full_name": (mother.full_name, child.full_name),
        "personal_number": (mother.personal_number,),
        "issued_on": (issued.isoformat(),),
    }
    return Paper("giay_chung_sinh", "GIẤY CHỨNG SINH", (page.finish(),), fields)


def residence_confirmation(citizen: Person, filing: Filing) -> Paper:
    """Form CT07, which a commune may not ask for while the register answers."""
    issued = filing.day - timedelta(days=12)
    number = f"{filing.random.randint(100, 400)}/XN"
    page = Page(millimetres(24))
    _form_mark(page, "Mẫu CT07 ban hành theo TT số 66/2023/TT-BCA")
    page.letterhead(("CÔNG AN TỈNH NINH BÌNH", "CÔNG AN XÃ HÒA MẪU"), f"Số: {number}", _place_and(issued))
    page.title("XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ")
    page.paragraph("I. Theo đề nghị của Ông/Bà:", indent=0)
    page.entry("1. Họ, chữ đệm và tên:", citizen.capitals, NAME)
    page.entries(("2. Ngày, tháng, năm sinh:", slashed(citizen.born)), ("3. Giới tính:", citizen.sex))
    page.entry("4. Số định danh cá nhân:", citizen.personal_number)
    page.entries(("5. Dân tộc:", "Kinh"), ("6. Tôn giáo:", "Không"), ("7. Quốc tịch:", "Việt Nam"))
    page.entry("8. Quê quán:", f"Xã Hòa Mẫu, {citizen.birthplace}")
    page.skip(0.3)
    page.paragraph(
        "II. Công an xã Hòa Mẫu xác nhận thông tin về cư trú của Ông/Bà có tên trên như sau:", indent=0
    )
    page.entry("1. Nơi thường trú:", citizen.residence)
    page.entry("2. Nơi tạm trú:", "Không")
    page.entry("3. Nơi ở hiện tại:", citizen.residence)
    page.entries(("4. Quan hệ với chủ hộ:", "Chủ hộ"), ("5. Số thành viên hộ:", "01"))
    page.skip(0.3)
    page.paragraph("Xác nhận thông tin về cư trú này có giá trị trong thời hạn 01 năm kể từ ngày cấp.")
    page.skip()
    top = page.y
    columns = (
        ("", "", ""),
        ("TRƯỞNG CÔNG AN XÃ", "(Ký, ghi rõ họ tên và đóng dấu)", "Trung tá Phạm Văn Mẫu"),
    )
    page.signatures(columns, filing.random)
    _seal(page, top, "CÔNG AN TỈNH NINH BÌNH • XÃ HÒA MẪU", filing, share=0.5)
    fields = {
        "document_number": (number,),
        "full_name": (citizen.full_name,),
        "date_of_birth": (citizen.born.isoformat(),),
        "personal_number": (citizen.personal_number,),
        "issued_on": (issued.isoformat(),),
    }
    return Paper("ct07", "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ", (page.finish(),), fields)


def supplement_notice(applicant: Person, procedure: str, filing: Filing) -> Paper:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ: form 02 of TT 03/2025/TT-VPCP, signed and sealed."""
    issued = filing.day - timedelta(days=3)
    number = f"{filing.random.randint(11, 90)}/PBS-TTPVHCC"
    page = Page(millimetres(24))
    _form_mark(page, "Mẫu số 02")
    page.letterhead(_CENTRE, f"Số: {number}", _place_and(issued))
    page.title("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ")
    page.entry("Hồ sơ của Ông/Bà:", applicant.capitals, NAME)
    page.entry("Nội dung yêu cầu giải quyết:", procedure)
    page.entry("Địa chỉ:", applicant.residence)
    page.skip(0.2)
    page.paragraph("Yêu cầu Ông/Bà bổ sung, hoàn thiện hồ sơ gồm những nội dung sau:")
    rows = (
        ("STT", "Giấy tờ", "Nội dung cần bổ sung"),
        ("1", "Giấy ủy quyền", "Nộp bản có chữ ký của người ủy quyền và người được ủy quyền"),
        ("2", "Bản sao thẻ Căn cước công dân", "Nộp bản sao của người ủy quyền, còn hiệu lực"),
    )
    page.table((0.09, 0.38, 0.53), rows)
    page.entry("Lý do:", "Hồ sơ nộp qua người được ủy quyền")
    page.paragraph(
        "Trong quá trình hoàn thiện hồ sơ nếu có vướng mắc, Ông/Bà liên hệ với Trung tâm Phục vụ hành chính "
        "công xã Hòa Mẫu để được hướng dẫn."
    )
    page.skip()
    top = page.y
    columns = (("", "", ""), ("NGƯỜI HƯỚNG DẪN", "(Ký và ghi rõ họ tên)", "Ngô Thị Mẫu"))
    page.signatures(columns, filing.random)
    _seal(page, top, "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG • XÃ HÒA MẪU", filing, share=0.5)
    lines = ("ĐÃ GIAO NGƯỜI NỘP", f"Ngày {slashed(issued)}", "Bộ phận Một cửa - MẪU")
    received_mark(page.sheet.picture, (LEFT + millimetres(34), top + 190), lines, filing.random)
    fields = {
        "document_number": (number,),
        "full_name": (applicant.full_name,),
        "issued_on": (issued.isoformat(),),
    }
    return Paper("mot_cua_mau_02", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", (page.finish(),), fields)


def _place_and(day: date) -> str:
    return f"Hòa Mẫu, {vietnamese_day(day)}"


def _form_mark(page: Page, text: str) -> None:
    """The form's number, small, in the upper right corner."""
    width = SMALL_ITALIC.width(text)
    page.sheet.print(RIGHT - width, millimetres(14), (Span(text, SMALL_ITALIC),))


def _seal(page: Page, top: float, agency: str, filing: Filing, share: float = 1 / 3) -> None:
    """The seal covers about a third of the signature, on its left (NĐ 30/2020/NĐ-CP, Phụ lục I)."""
    column = (RIGHT - LEFT) * share
    middle = RIGHT - column / 2
    at = (middle - millimetres(17), min(top + LEADING * 2 + 130, HEIGHT - millimetres(30)))
    round_seal(page.sheet.picture, at, agency, filing.random)
