"""Prose of administrative papers, written for the samples: sentences with places for names, days and sums.

The words are our own; nobody and nothing in them exists. They range over what a commune deals with, so that
many syllables of the language occur, rare ones too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from scanners.samples.layout import slashed, vietnamese_day
from scanners.samples.people import FEMALE, MALE, Person, Village

BODIES: Final = (
    ("ỦY BAN NHÂN DÂN", "XÃ HÒA MẪU"),
    ("ỦY BAN NHÂN DÂN", "PHƯỜNG TÂN MẪU"),
    ("HỘI ĐỒNG NHÂN DÂN", "XÃ VĨNH MẪU"),
    ("SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "CHI CỤC THỦY LỢI MẪU"),
    ("SỞ XÂY DỰNG", "BAN QUẢN LÝ DỰ ÁN MẪU"),
    ("ỦY BAN NHÂN DÂN XÃ HÒA MẪU", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"),
    ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "TRƯỜNG TIỂU HỌC KHUYẾN MẪU"),
    ("CÔNG AN TỈNH NINH BÌNH", "CÔNG AN XÃ HÒA MẪU"),
)
"""Superior body and issuing body; all invented."""
PLACES: Final = (
    "thôn Quỳnh Lưu",
    "xóm Nguyễn Huệ",
    "ấp Giồng Trôm Mẫu",
    "bản Huổi Khuông",
    "tổ dân phố Bắc Sơn",
    "thôn Đoài Thượng",
    "khu tái định cư Mỹ Quới",
    "buôn Ea Mẫu",
    "làng Kẻ Sặt Mẫu",
    "thôn Uy Nỗ",
    "xã Hòa Mẫu",
    "phường Tân Mẫu",
)
OFFICES: Final = (
    "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
    "Phòng Kinh tế",
    "Phòng Văn hóa - Xã hội",
    "Ban Chỉ huy quân sự xã",
    "Trạm Y tế",
    "Công an xã",
    "Ủy ban Mặt trận Tổ quốc Việt Nam xã",
    "Hội Liên hiệp Phụ nữ xã",
    "Đoàn Thanh niên",
    "Hợp tác xã dịch vụ nông nghiệp Mẫu",
)
SUMS: Final = (
    ("1.250.000", "Một triệu hai trăm năm mươi nghìn đồng"),
    ("36.800.000", "Ba mươi sáu triệu tám trăm nghìn đồng"),
    ("405.000", "Bốn trăm linh năm nghìn đồng"),
    ("7.615.500", "Bảy triệu sáu trăm mười lăm nghìn năm trăm đồng"),
    ("2.094.000.000", "Hai tỷ không trăm chín mươi tư triệu đồng"),
    ("98.730.000", "Chín mươi tám triệu bảy trăm ba mươi nghìn đồng"),
)
"""A sum as written, and in words."""
SUBJECTS: Final = (
    "việc thu hồi đất để mở rộng đường liên thôn",
    "việc kiện toàn Tổ công nghệ số cộng đồng",
    "kết quả rà soát hộ nghèo, hộ cận nghèo",
    "việc phê duyệt danh sách đối tượng được hỗ trợ giống vụ đông",
    "việc niêm yết công khai thủ tục hành chính",
    "lịch tiếp công dân định kỳ của lãnh đạo xã",
    "việc xử lý lấn chiếm hành lang thoát lũ",
    "kế hoạch tiêm phòng cho đàn gia súc, gia cầm",
    "việc hỗ trợ mai táng cho người cao tuổi neo đơn",
    "việc cấp lại giấy xác nhận mức độ khuyết tật",
    "quy chế phối hợp giữ gìn trật tự tại chợ phiên",
    "việc sửa chữa khẩn cấp cống ngầm và kè chống sạt lở",
)
BASES: Final = (
    "Căn cứ Luật Tổ chức chính quyền địa phương;",
    "Căn cứ Luật Ngân sách nhà nước và các văn bản hướng dẫn thi hành;",
    "Căn cứ Nghị quyết số {number}/NQ-HĐND {day} của Hội đồng nhân dân xã về dự toán chi thường xuyên;",
    "Căn cứ Kế hoạch số {number}/KH-UBND {day} của Ủy ban nhân dân tỉnh;",
    "Căn cứ biên bản làm việc {day} giữa {office} và các hộ dân {place};",
    "Xét đề nghị của {office} tại Tờ trình số {number}/TTr-VP {day}.",
    "Theo đề nghị của ông {man}, Trưởng phòng Kinh tế.",
    "Xét đơn của bà {woman}, cư trú tại {place}, đề ngày {slash};",
)
SENTENCES: Final = tuple((Path(__file__).parent / "sentences.txt").read_text("utf-8").splitlines())
"""One a line; names in braces are places for what changes."""
TITLES: Final = (
    ("QUYẾT ĐỊNH", "QĐ"),
    ("THÔNG BÁO", "TB"),
    ("KẾ HOẠCH", "KH"),
    ("BÁO CÁO", "BC"),
    ("TỜ TRÌNH", "TTr"),
    ("NGHỊ QUYẾT", "NQ"),
)
"""What a paper is called, and its letters in the number."""
HEADINGS: Final = (
    "MỤC ĐÍCH, YÊU CẦU",
    "NỘI DUNG VÀ GIẢI PHÁP THỰC HIỆN",
    "KẾT QUẢ ĐẠT ĐƯỢC",
    "TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN",
    "TỔ CHỨC THỰC HIỆN",
    "PHƯƠNG HƯỚNG, NHIỆM VỤ THỜI GIAN TỚI",
    "ĐỀ XUẤT, KIẾN NGHỊ",
)
GOODS: Final = (
    "Giống lúa nếp cái hoa vàng",
    "Phân lân nung chảy",
    "Ghế đẩu gỗ keo",
    "Máy gặt đập liên hợp",
    "Ống nhựa PVC Ø90",
    "Thuốc khử khuẩn Cloramin B",
    "Giấy in khổ A4",
    "Xi măng bao 50 kg",
    "Thuê xe cẩu, xe ủi",
    "Bồi dưỡng trực đêm",
    "Vỏ chai, phễu, xô chậu",
    "Quyển sổ hộ tịch",
)
UNITS: Final = ("kg", "bao", "chiếc", "m", "lọ", "ram", "ca", "người", "bộ", "quyển")


class Prose:
    """Sentences for one page, filled in; none comes twice before all have come."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.village = Village(random)
        self._left: list[str] = []

    def sentence(self) -> str:
        """The next sentence."""
        if not self._left:
            self._left = self.random.sample(SENTENCES, len(SENTENCES))
        return self.filled(self._left.pop())

    def paragraph(self, sentences: int) -> str:
        """Several sentences."""
        return " ".join(self.sentence() for _ in range(sentences))

    def bases(self, count: int) -> list[str]:
        """On what a decision rests."""
        return [self.filled(text) for text in self.random.sample(BASES, count)]

    def person(self) -> Person:
        """Somebody invented; a village of its own where the names of one are used up."""
        if len(self.village.people) > 20:
            self.village = Village(self.random)
        sex = self.random.choice((MALE, FEMALE))
        if not self.village.has_names(sex):
            self.village = Village(self.random)
        return self.village.invent(sex, (1950, 2010))

    def day(self) -> date:
        """Some day of the last years."""
        return date(2023, 1, 1) + timedelta(days=self.random.randrange(1400))

    def pick(self, choices: Sequence[str]) -> str:
        """One of these."""
        return self.random.choice(choices)

    def area(self) -> str:
        """A measure as written, with a decimal comma."""
        return f"{self.random.randint(2, 980)},{self.random.randint(1, 9)}"

    def filled(self, text: str) -> str:
        """A sentence with its places filled."""
        words = {"{number}": str(self.random.randint(2, 999)), "{small}": f"{self.random.randint(2, 30):02d}"}
        person = self.person()
        words["{man}"] = words["{woman}"] = person.full_name
        words["{id}"] = person.personal_number
        words["{day}"], words["{slash}"] = vietnamese_day(self.day()), slashed(self.day())
        words["{place}"], words["{office}"] = self.pick(PLACES), self.pick(OFFICES)
        words["{sum}"], words["{words}"] = self.random.choice(SUMS)
        words["{parcel}"], words["{sheet}"] = (
            f"{self.random.randint(1, 900)}",
            f"{self.random.randint(1, 60)}",
        )
        words["{area}"], words["{percent}"] = self.area(), f"{self.random.randint(3, 97)}"
        words["{email}"] = f"motcua{self.random.randint(1, 99)}@hoamau.example.vn"
        words["{phone}"] = f"0229.{self.random.randint(100, 999)}.{self.random.randint(1000, 9999)}"
        for place, word in words.items():
            text = text.replace(place, word)
        return text
