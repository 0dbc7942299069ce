"""Names, places and the vocabulary of administrative papers that lines are made of. People are invented."""

from __future__ import annotations

from typing import Final

SURNAMES: Final = tuple(
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Mai Đinh Trịnh Lương Nông Vương Tạ "
    "Quách Lường Cầm Sầm Đoàn Đào Hà Cao Thái Phùng Tô Châu Tăng Kiều Lâm Chu Triệu La Giàng Lò Quàng Ma Thạch Kim "
    "Sơn Từ Mạc Khổng Nghiêm Viên Ninh Bế Hứa Âu Ông Ưng Ksor Siu Nay Rơ".split()
)
MIDDLE_NAMES: Final = tuple(
    "Văn Thị Đức Minh Hữu Ngọc Quang Thanh Xuân Hồng Kim Thúy Thuý Bảo Gia Đình Công Mạnh Như Khánh Diệu Phương "
    "Tiến Anh Trọng Duy Quốc Thế Viết Bá Đăng Nhật Hải Thùy Mỹ Cẩm Tường Vĩnh Phúc Thiện Hoài Trung Chí Đại Việt "
    "Sỹ Khắc Tấn".split()
)
GIVEN_NAMES: Final = tuple(
    "Hùng Dũng Tuấn Hạnh Phượng Thủy Thuỷ Hương Quỳnh Nguyệt Tuyết Bảy Chín Mười Sửu Tý Hợi Vỹ Kỳ Đạt Thắng Lợi "
    "Hiển Nghĩa Trường Khuê Bưởi Cúc Lụa Hòa Hoà Hiệp Ước Phước Oanh Yến Huệ Diễm Duyên Lệ Thảo Vượng Thịnh Quyền "
    "Chuyển Tĩnh Tỵ Khởi Nhường Huyền An Bình Cường Chiến Cảnh Giang Hậu Hiền Hoa Hoan Hoàn Hưng Kiên Khang Khánh "
    "Khoa Lan Liên Linh Loan Long Lộc Luân Nam Nga Ngân Nhàn Nhân Nhung Phong Phú Quân Quý Sáng Tâm Tân Thành Thu "
    "Thuận Thương Toàn Trang Trí Trinh Tú Tùng Uyên Vân Vinh Ý Ỷ Quỵ".split()
)
PLACES: Final = tuple(
    "Phú Hữu|Đông Khê|Nà Lốc|Bình Thạnh|Mỹ Xuyên|Thượng Cát|Tân Hưng|Huổi Lếch|Vĩnh Phước|Nghĩa Trụ|Hạc Thành|"
    "Yên Thường|Nha Trang|Mường Bú|Đắk Rve|Cửa Ông|Tượng Lĩnh|Hòa Lạc|Hoà Lạc|Krông Nô|Bảo Thắng|Quỳ Hợp|Cẩm Giàng|"
    "Ba Vì|Hoàn Kiếm|Thủ Đức|Gò Vấp|Liên Chiểu|Sơn Trà|Ngũ Hành Sơn|Vị Xuyên|Mèo Vạc|Đồng Văn|Sìn Hồ|Mộc Châu|"
    "Tuần Giáo|Cái Răng|Ô Môn|Thốt Nốt|Vũng Liêm|Giồng Riềng|Hòn Đất|Đức Phổ|Tuy Hòa|Sông Cầu|Buôn Hồ|Cư M’gar|"
    "Ea Súp|Đạ Huoai|Lạc Dương|Phan Rí|Tánh Linh|Xuyên Mộc|Nhơn Trạch|Bến Cát|Dầu Tiếng|Trảng Bàng|Cai Lậy|"
    "Chợ Gạo|Mỏ Cày|Ngã Bảy|Giá Rai|Năm Căn|Đầm Dơi|Rạch Giá|Hà Tiên".split("|")
)
PROVINCES: Final = tuple(
    "Hưng Yên|Thanh Hóa|Hà Nội|Khánh Hòa|Sơn La|Vĩnh Long|Quảng Ngãi|Quảng Ninh|Ninh Bình|Lâm Đồng|Huế|Lào Cai|"
    "Nghệ An|Hải Phòng|Đà Nẵng|Hồ Chí Minh|Cần Thơ|An Giang|Cà Mau|Đồng Tháp|Tây Ninh|Đồng Nai|Gia Lai|Đắk Lắk|"
    "Quảng Trị|Hà Tĩnh|Bắc Ninh|Thái Nguyên|Phú Thọ|Tuyên Quang|Cao Bằng|Lạng Sơn|Điện Biên|Lai Châu".split(
        "|"
    )
)
BODIES: Final = tuple(
    "UBND HĐND BTP BCA BYT BTC BNV BXD BCT BGDĐT TTg CP TW QH13 QH14 QH15 NQ QĐ NĐ TT CT BC TB CV KH TTr GM VPCP "
    "STP SNV TTPVHCC ĐHĐL BHXH VP KT PCCC CNCH TANDTC VKSNDTC".split()
)
ACTS: Final = tuple("QĐ NĐ TT TB BC NQ CV KH CT TTr GM GP BB GCN HD QC TBKL".split())
LABELS: Final = tuple(
    "Họ và tên|Họ, chữ đệm, tên|Họ và tên khai sinh|Ngày, tháng, năm sinh|Ngày sinh|Giới tính|Dân tộc|Quốc tịch|"
    "Nơi cư trú|Nơi thường trú|Nơi ở hiện tại|Quê quán|Số định danh cá nhân|Số CCCD|Số CCCD/Hộ chiếu|Số điện thoại|"
    "Email|Ngày cấp|Nơi cấp|Kính gửi|Mã hồ sơ|Mã số thuế|Nghề nghiệp|Trình độ|Địa chỉ|Lý do|Nội dung|Nơi nhận|"
    "Như trên|Lưu: VT|Người ký|Cơ quan|Thời gian ký|Số tờ bản đồ|Thửa đất số|Diện tích|Mục đích sử dụng|Thời hạn|"
    "Ghi chú|Tổng số|Số lượng|Đơn vị tính|Thành tiền|Chủ hộ|Quan hệ với chủ hộ|Tài khoản|Ngân hàng".split("|")
)
HEADS: Final = tuple(
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM|CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập - Tự do - Hạnh phúc|"
    "Độc lập – Tự do – Hạnh phúc|QUYẾT ĐỊNH|QUYẾT ĐỊNH:|THÔNG BÁO|NGHỊ QUYẾT|GIẤY MỜI|BIÊN BẢN|TỜ TRÌNH|BÁO CÁO|"
    "KẾ HOẠCH|TỜ KHAI|GIẤY CHỨNG NHẬN|HỒ SƠ|BIỂU SỐ|SỔ HỘ KHẨU|CƠ SỞ DỮ LIỆU|SỬA ĐỔI, BỔ SUNG|THU HỒI|ĐĂNG KÝ|"
    "ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN|CHỦ TỊCH|PHÓ CHỦ TỊCH|KT. CHỦ TỊCH|TM. ỦY BAN NHÂN DÂN|"
    "TL. BỘ TRƯỞNG|KT. BỘ TRƯỞNG|THỨ TRƯỞNG|GIÁM ĐỐC|HIỆU TRƯỞNG|BỘ TƯ PHÁP|BỘ TÀI CHÍNH|SỞ NỘI VỤ|VĂN PHÒNG|"
    "PHỤ LỤC|PHỤ LỤC I|MẪU SỐ 01|NGƯỜI LÀM ĐƠN|NGƯỜI KHAI|Nơi nhận:|Điều 1.|Điều 2.|Chương I|Mục 1|HỎA TỐC|MẬT|"
    "(Ký, ghi rõ họ tên)|(Đã ký)|Người nộp hồ sơ|BẢN SAO|SAO Y|ĐÃ THU LỆ PHÍ".split("|")
)
ENGLISH: Final = tuple(
    "the of and for with office service online public national system information traffic eTraffic VNeID software "
    "certificate signature first final official office file profile traffic staff efficient affidavit passport "
    "registration republic socialist Vietnam independence freedom happiness ministry department province district "
    "Microsoft Windows Word Excel PDF email website internet wifi USB QR code data center digital quality ISO "
    "project management development international university company limited joint stock bank transfer".split()
)
"""Words with f, j, w, z and double letters, which Vietnamese has not."""

ONSETS: Final = (*"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split(), "")
RHYMES: Final = tuple(
    "a ai ao au ay ă â âu ây e eo ê êu i ia iu iê o oa oă oe oi ô ôi ơ ơi u ua uâ uê ui uô uôi uơ uy uya uyê ư ưa ưi "
    "ươ ươi ươu ưu y yê".split()
)
CODAS: Final = ("", "", "", "n", "m", "t", "c", "p", "ng", "nh", "ch")
FAMILIES: Final = tuple(
    "aàáảãạ ăằắẳẵặ âầấẩẫậ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ".split()
)
"""A vowel with its six tones."""
COUSINS: Final = ("aăâ", "eê", "oôơ", "uư")
"""Vowels that differ in their hat or horn."""
