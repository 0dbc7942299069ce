"""Invented names for benchmarks, as frequent as real ones, and every one marked MẪU."""

from __future__ import annotations

from random import Random
from typing import Final

_SURNAMES: Final = (
    "Nguyễn 384 Trần 121 Lê 95 Phạm 70 Hoàng 51 Phan 45 Vũ 39 Đặng 21 Bùi 20 Đỗ 14 Hồ 13 Ngô 13 Dương "
    "10 Lý 5 Đoàn 5 Đinh 5 Mai 4"
)
"""With their shares of a thousand, as they are published for the Kinh."""
_MIDDLES: Final = "Thị 46 Văn 30 Đức 4 Ngọc 5 Thu 3 Minh 4 Quang 3 Hữu 5"
_GIVEN: Final = (
    "An Anh Ánh Bình Bích Chi Cường Dung Dũng Duyên Đạt Đào Đức Giang Hà Hải Hạnh Hằng Hiền Hiếu Hoa "
    "Hoà Hòa Hoàng Hồng Huệ Hùng Huyền Hương Hường Khánh Khoa Lan Liên Linh Loan Long Lụa Mai Mạnh Minh "
    "My Nam Nga Ngân Nghĩa Ngọc Nhung Oanh Phúc Phương Quân Quyên Quỳnh Sơn Tâm Tân Thắng Thanh Thảo "
    "Thịnh Thoa Thu Thủy Thuỷ Tiến Toàn Trang Trinh Trung Tú Tuấn Tùng Tuyết Uyên Vân Việt Vinh Xuân "
    "Yến"
)


def made_name(random: Random) -> str:
    """A name that somebody could have, and nobody is meant."""
    surname, middle = _chosen(random, _SURNAMES), _chosen(random, _MIDDLES)
    return f"{surname} {middle} {random.choice(_GIVEN.split())} (MẪU)"


def _chosen(random: Random, weighted: str) -> str:
    """One of the words, each of which is followed by its share."""
    words = weighted.split()
    return random.choices(words[::2], [int(share) for share in words[1::2]])[0]
