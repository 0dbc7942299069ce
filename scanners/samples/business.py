"""Papers of household businesses (hộ kinh doanh)."""

from __future__ import annotations

from typing import Final

from scanners.samples.civil import Filing
from scanners.samples.layout import BOLD, ITALIC, NAME, PLAIN, RIGHT, Page, slashed, vietnamese_day
from scanners.samples.paper import Paper
from scanners.samples.people import Person
from scanners.samples.sheet import Span

_TRADES: Final = (
    ("STT", "Tên ngành, nghề", "Mã ngành"),
    ("1", "Bán lẻ lương thực, đồ uống, thuốc lá trong các cửa hàng kinh doanh tổng hợp", "4711"),
    ("2", "Bán lẻ thực phẩm trong các cửa hàng chuyên doanh", "4722"),
    ("3", "Dịch vụ phục vụ đồ uống", "5630"),
)


def registration_request(owner: Person, filing: Filing) -> Paper:
    """Giấy đề nghị đăng ký hộ kinh doanh, two pages."""
    first, second = _first_page(owner, filing), _second_page(owner, filing)
    fields = {
        "full_name": (owner.full_name,),
        "date_of_birth": (owner.born.isoformat(),),
        "personal_number": (owner.personal_number,),
    }
    sheets = (first.finish(), second.finish())
    return Paper("dn_dk_hkd", "GIẤY ĐỀ NGHỊ ĐĂNG KÝ HỘ KINH DOANH", sheets, fields)


def power_of_attorney(owner: Person, agent: Person, filing: Filing) -> Paper:
    """Giấy ủy quyền to hand in and to collect."""
    page = Page()
    page.motto()
    page.title("GIẤY ỦY QUYỀN")
    page.centre("(Về việc nộp hồ sơ và nhận kết quả đăng ký hộ kinh doanh)", ITALIC)
    page.skip()
    for heading, person in (("I. BÊN ỦY QUYỀN", owner), ("II. BÊN ĐƯỢC ỦY QUYỀN", agent)):
        page.paragraph(heading, BOLD, indent=0)
        page.entry("Họ và tên:", person.capitals, NAME)
        page.entries(("Ngày, tháng, năm sinh:", slashed(person.born)), ("Giới tính:", person.sex))
        page.entry("Số định danh cá nhân:", person.personal_number)
        page.entry("Nơi cư trú:", person.residence)
        page.skip(0.3)
    page.paragraph("III. NỘI DUNG ỦY QUYỀN", BOLD, indent=0)
    page.paragraph(
        "Bên ủy quyền giao cho bên được ủy quyền thay mặt mình nộp hồ sơ đăng ký thành lập hộ kinh doanh tại "
        "Trung tâm Phục vụ hành chính công xã Hòa Mẫu, bổ sung hồ sơ khi được yêu cầu và nhận kết quả."
    )
    page.paragraph("Thời hạn ủy quyền: 30 ngày kể từ ngày ký. Hai bên cam kết thực hiện đúng nội dung trên.")
    page.skip(0.3)
    page.done_at("xã Hòa Mẫu", filing.day)
    remark = "(Ký, ghi rõ họ tên)"
    columns = (("BÊN ỦY QUYỀN", remark, owner.full_name), ("BÊN ĐƯỢC ỦY QUYỀN", remark, agent.full_name))
    page.signatures(columns, filing.random)
    fields = {
        "full_name": (owner.full_name, agent.full_name),
        "date_of_birth": (owner.born.isoformat(), agent.born.isoformat()),
        "personal_number": (owner.personal_number, agent.personal_number),
    }
    return Paper("van_ban_uy_quyen", "GIẤY ỦY QUYỀN", (page.finish(),), fields)


def _first_page(owner: Person, filing: Filing) -> Page:
    page = Page()
    page.motto()
    day = f"Hòa Mẫu, {vietnamese_day(filing.day)}"
    page.sheet.print(RIGHT - ITALIC.width(day), page.y, (Span(day, ITALIC),))
    page.skip(0.8)
    page.title("GIẤY ĐỀ NGHỊ ĐĂNG KÝ HỘ KINH DOANH")
    page.centre("Kính gửi: Phòng Kinh tế xã Hòa Mẫu", PLAIN)
    page.skip(0.6)
    page.entry("Tôi là (ghi họ tên bằng chữ in hoa):", owner.capitals, NAME)
    page.entries(("Ngày, tháng, năm sinh:", slashed(owner.born)), ("Giới tính:", owner.sex))
    page.entries(("Dân tộc:", owner.ethnicity), ("Quốc tịch:", "Việt Nam"))
    page.entry("Số định danh cá nhân:", owner.personal_number)
    page.entry("Nơi thường trú:", owner.residence)
    page.entry("Nơi ở hiện tại:", owner.residence)
    page.skip(0.2)
    page.paragraph("Đăng ký hộ kinh doanh do tôi là chủ hộ với các nội dung sau:", BOLD)
    page.entry("1. Tên hộ kinh doanh:", f"HỘ KINH DOANH {owner.capitals}", NAME)
    page.entry("2. Địa điểm kinh doanh:", owner.residence)
    page.paragraph("3. Ngành, nghề kinh doanh:", indent=0)
    page.table((0.1, 0.68, 0.22), _TRADES)
    page.entry("4. Vốn kinh doanh:", "150.000.000 đồng (một trăm năm mươi triệu đồng)")
    return page


def _second_page(owner: Person, filing: Filing) -> Page:
    page = Page()
    page.entry("5. Ngày bắt đầu hoạt động:", "Kể từ ngày được cấp Giấy chứng nhận")
    page.entries(("6. Số lao động dự kiến:", "02"), ("7. Chủ thể thành lập:", "Cá nhân"))
    page.entry("8. Phương pháp tính thuế:", "Kê khai")
    page.skip(0.3)
    page.paragraph("Tôi xin cam kết:", BOLD)
    for text in (
        "- Bản thân không thuộc diện pháp luật cấm kinh doanh, không đồng thời là chủ hộ kinh doanh khác, "
        "là chủ doanh nghiệp tư nhân, là thành viên hợp danh của công ty hợp danh.",
        "- Địa điểm kinh doanh thuộc quyền sử dụng hợp pháp của tôi và được sử dụng đúng mục đích theo quy "
        "định của pháp luật.",
        "- Chịu trách nhiệm trước pháp luật về tính hợp pháp, chính xác và trung thực của nội dung "
        "đăng ký trên.",
    ):
        page.paragraph(text)
    page.skip()
    columns = (("", "", ""), ("CHỦ HỘ KINH DOANH", "(Ký và ghi họ tên)", owner.full_name))
    page.signatures(columns, filing.random)
    return page
