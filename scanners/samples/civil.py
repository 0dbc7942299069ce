"""Citizens' declarations of civil status (hộ tịch), after the forms of the Ministry of Justice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from scanners.samples.layout import NAME, PLAIN, Page, slashed, vietnamese_day
from scanners.samples.paper import Paper
from scanners.samples.people import Person

OFFICE: Final = "Ủy ban nhân dân xã Hòa Mẫu, tỉnh Ninh Bình"
_OATH: Final = (
    "Tôi cam đoan những nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật "
    "về cam đoan của mình."
)
_SIGNED: Final = "(Ký, ghi rõ họ, chữ đệm, tên)"


@dataclass(frozen=True, slots=True)
class Filing:
    """When a dossier is handed in, and the chance that decides how pens and seals fall."""

    day: date
    random: Random
    code: str
    """Dossier code."""


@dataclass(frozen=True, slots=True)
class Child:
    """A newborn, without a number yet."""

    full_name: str
    sex: str
    born: date


def birth_declaration(mother: Person, father: Person, child: Child, filing: Filing) -> Paper:
    """Tờ khai đăng ký khai sinh, filed by the mother."""
    page = _declaration("TỜ KHAI ĐĂNG KÝ KHAI SINH")
    _applicant(page, mother, mother.personal_number)
    page.entry("Quan hệ với người được khai sinh:", "Mẹ đẻ")
    page.paragraph("Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:")
    page.entry("Họ, chữ đệm, tên:", child.full_name.upper(), NAME)
    page.entry("Ngày, tháng, năm sinh:", slashed(child.born))
    page.entry("Ghi bằng chữ:", day_in_words(child.born))
    page.entries(("Giới tính:", child.sex), ("Dân tộc:", "Kinh"), ("Quốc tịch:", "Việt Nam"))
    page.entry("Nơi sinh:", "Trạm Y tế xã Hòa Mẫu, tỉnh Ninh Bình")
    page.entry("Quê quán:", "Xã Hòa Mẫu, tỉnh Ninh Bình")
    page.entry("Họ, chữ đệm, tên người mẹ:", mother.capitals, NAME)
    page.entries(("Năm sinh:", str(mother.born.year)), ("Dân tộc:", "Kinh"), ("Quốc tịch:", "Việt Nam"))
    page.entry("Họ, chữ đệm, tên người cha:", father.capitals, NAME)
    page.entries(("Năm sinh:", str(father.born.year)), ("Dân tộc:", "Kinh"), ("Quốc tịch:", "Việt Nam"))
    page.entry("Số định danh cá nhân:", father.personal_number)
    page.entry("Nơi cư trú:", father.residence)
    _end(page, mother, filing)
    fields = {
        "personal_number": (mother.personal_number, father.personal_number),
        "full_name": (mother.full_name, child.full_name, father.full_name),
        "date_of_birth": (mother.born.isoformat(), child.born.isoformat()),
    }
    return Paper("tk_khai_sinh", "TỜ KHAI ĐĂNG KÝ KHAI SINH", (page.finish(),), fields)


def death_declaration(applicant: Person, deceased: Person, died_on: date, filing: Filing) -> Paper:
    """Tờ khai đăng ký khai tử, filed by a child of the deceased."""
    page = _declaration("TỜ KHAI ĐĂNG KÝ KHAI TỬ")
    _applicant(page, applicant, applicant.personal_number)
    page.entry("Quan hệ với người đã chết:", "Con đẻ")
    page.paragraph("Đề nghị cơ quan đăng ký khai tử cho người có tên dưới đây:")
    page.entry("Họ, chữ đệm, tên:", deceased.capitals, NAME)
    page.entry("Ngày, tháng, năm sinh:", slashed(deceased.born))
    page.entries(("Giới tính:", deceased.sex), ("Dân tộc:", "Kinh"), ("Quốc tịch:", "Việt Nam"))
    page.entry("Số định danh cá nhân:", deceased.personal_number)
    page.entry("Nơi cư trú cuối cùng:", deceased.residence)
    page.entry("Đã chết vào lúc:", f"04 giờ 30 phút, {vietnamese_day(died_on)}")
    page.entry("Nơi chết:", deceased.residence)
    page.entry("Nguyên nhân chết:", "Tuổi cao, bệnh lâu ngày")
    page.entry("Số Giấy báo tử/Giấy tờ thay thế Giấy báo tử:", "chưa có")
    _end(page, applicant, filing)
    fields = {
        "personal_number": (applicant.personal_number, deceased.personal_number),
        "full_name": (applicant.full_name, deceased.full_name),
        "date_of_birth": (applicant.born.isoformat(), deceased.born.isoformat()),
    }
    return Paper("tk_khai_tu", "TỜ KHAI ĐĂNG KÝ KHAI TỬ", (page.finish(),), fields)


def single_status_declaration(applicant: Person, filing: Filing) -> Paper:
    """Tờ khai cấp Giấy xác nhận tình trạng hôn nhân, for oneself."""
    title = ("TỜ KHAI CẤP GIẤY XÁC NHẬN", "TÌNH TRẠNG HÔN NHÂN")
    page = _declaration(*title)
    _applicant(page, applicant, applicant.personal_number)
    page.entry("Quan hệ với người được cấp Giấy xác nhận:", "Bản thân")
    page.paragraph("Đề nghị cấp Giấy xác nhận tình trạng hôn nhân cho người có tên dưới đây:")
    page.entry("Họ, chữ đệm, tên:", applicant.capitals, NAME)
    page.entries(("Giới tính:", applicant.sex), ("Dân tộc:", "Kinh"), ("Quốc tịch:", "Việt Nam"))
    page.entry("Tình trạng hôn nhân:", "Hiện tại chưa đăng ký kết hôn với ai")
    page.entry("Trong thời gian cư trú tại:", applicant.residence)
    page.entry("Mục đích sử dụng Giấy xác nhận tình trạng hôn nhân:", "Để vay vốn mua nhà ở xã hội")
    _end(page, applicant, filing)
    fields = {
        "personal_number": (applicant.personal_number,),
        "full_name": (applicant.full_name, applicant.full_name),
        "date_of_birth": (applicant.born.isoformat(),),
    }
    return Paper("tk_xntthn", " ".join(title), (page.finish(),), fields)


def extract_declaration(applicant: Person, written_number: str, filing: Filing) -> Paper:
    """Tờ khai cấp bản sao trích lục hộ tịch, for oneself, with the number as it was written down."""
    page = _declaration("TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH")
    _applicant(page, applicant, written_number)
    page.entry("Quan hệ với người được cấp bản sao Trích lục hộ tịch:", "Bản thân")
    page.paragraph("Đề nghị cơ quan cấp bản sao trích lục khai sinh cho người có tên dưới đây:")
    page.entry("Họ, chữ đệm, tên:", applicant.capitals, NAME)
    page.entries(("Giới tính:", applicant.sex), ("Dân tộc:", "Kinh"), ("Quốc tịch:", "Việt Nam"))
    page.entry("Đã đăng ký khai sinh tại:", OFFICE)
    registered = applicant.born.replace(day=28)
    page.entries(
        ("Ngày đăng ký:", slashed(registered)), ("Số:", "118"), ("Quyển số:", f"02/{registered.year}")
    )
    page.entry("Số lượng bản sao đề nghị cấp:", "02 bản")
    page.entry("Mục đích sử dụng:", "Bổ sung hồ sơ lao động")
    _end(page, applicant, filing)
    fields = {
        "personal_number": (written_number,),
        "full_name": (applicant.full_name, applicant.full_name),
        "date_of_birth": (applicant.born.isoformat(),),
    }
    return Paper("tk_trich_luc", "TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH", (page.finish(),), fields)


def marriage_declaration(bride: Person, groom: Person, filing: Filing) -> Paper:
    """Tờ khai đăng ký kết hôn, both sides in one table."""
    page = _declaration("TỜ KHAI ĐĂNG KÝ KẾT HÔN")
    rows = [("Thông tin", "Bên nữ", "Bên nam")]
    rows += [
        ("Họ, chữ đệm, tên", bride.capitals, groom.capitals),
        ("Ngày, tháng, năm sinh", slashed(bride.born), slashed(groom.born)),
        ("Dân tộc", bride.ethnicity, groom.ethnicity),
        ("Quốc tịch", "Việt Nam", "Việt Nam"),
        ("Nơi cư trú", bride.residence, groom.residence),
        ("Số định danh cá nhân", bride.personal_number, groom.personal_number),
        ("Kết hôn lần thứ mấy", "01", "01"),
    ]
    page.skip(0.4)
    page.table((0.3, 0.35, 0.35), rows)
    page.paragraph(
        "Chúng tôi cam đoan những lời khai trên đây là đúng sự thật, việc kết hôn của chúng tôi là tự "
        "nguyện, không vi phạm quy định của Luật Hôn nhân và gia đình Việt Nam."
    )
    page.paragraph("Chúng tôi chịu hoàn toàn trách nhiệm trước pháp luật về nội dung cam đoan của mình.")
    page.entry("Đề nghị cấp bản sao Trích lục kết hôn, số lượng:", "02 bản")
    page.skip()
    page.done_at("xã Hòa Mẫu", filing.day)
    columns = (("Bên nữ", _SIGNED, bride.full_name), ("Bên nam", _SIGNED, groom.full_name))
    page.signatures(columns, filing.random)
    fields = {
        "personal_number": (bride.personal_number, groom.personal_number),
        "full_name": (bride.full_name, groom.full_name),
        "date_of_birth": (bride.born.isoformat(), groom.born.isoformat()),
    }
    return Paper("tk_ket_hon", "TỜ KHAI ĐĂNG KÝ KẾT HÔN", (page.finish(),), fields)


def day_in_words(day: date) -> str:
    """As birth records write a date; years from 2000 to 2099."""
    tens = day.year % 100
    year = "hai nghìn không trăm " + ("linh " + _UNITS[tens] if tens < 10 else number_in_words(tens))
    return f"Ngày {number_in_words(day.day)}, tháng {number_in_words(day.month)}, năm {year}"


_UNITS: Final = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def number_in_words(number: int) -> str:
    """1 to 99 in Vietnamese."""
    tens, unit = divmod(number, 10)
    if tens == 0:
        return _UNITS[unit]
    head = "mười" if tens == 1 else f"{_UNITS[tens]} mươi"
    if unit == 0:
        return head
    after = {1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(unit, _UNITS[unit])
    return f"{head} {after}"


def _declaration(*title: str) -> Page:
    page = Page()
    page.motto()
    page.title(*title)
    page.centre(f"Kính gửi: {OFFICE}", PLAIN)
    page.skip(0.6)
    return page


def _applicant(page: Page, applicant: Person, number: str) -> None:
    page.entry("Họ, chữ đệm, tên người yêu cầu:", applicant.capitals, NAME)
    page.entries(("Ngày, tháng, năm sinh:", slashed(applicant.born)), ("Giới tính:", applicant.sex))
    page.entry("Số định danh cá nhân:", number)
    page.entry("Nơi cư trú:", applicant.residence)


def _end(page: Page, applicant: Person, filing: Filing) -> None:
    page.paragraph(_OATH)
    page.skip(0.3)
    page.done_at("xã Hòa Mẫu", filing.day)
    columns = (("", "", ""), ("Người yêu cầu", _SIGNED, applicant.full_name))
    page.signatures(columns, filing.random)
