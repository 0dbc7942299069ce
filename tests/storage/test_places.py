"""Residences with old and new place names: equal where a dated table says so, never by guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossier.errors import RegisterError
from storage.places import COLUMNS, Comparison, load_places

SAME, DIFFERENT, UNDECIDED = Comparison.SAME, Comparison.DIFFERENT, Comparison.UNDECIDED
HEADER = ",".join(COLUMNS) + "\n"
COMMUNES = (
    "# Bảng của tỉnh, MẪU\n"
    + HEADER
    + "Đồng Mẫu,Huyện Mẫu,Hà Giang,Liên Mẫu,Tuyên Quang,2025-07-01,MẪU 1\n"
    + "Thị trấn Suối Mẫu,Huyện Mẫu,Hà Giang,Liên Mẫu,Tuyên Quang,2025-07-01,MẪU 2\n"
    + "Trùng Mẫu,Huyện Một,Hà Giang,Một Mẫu,Tuyên Quang,2025-07-01,MẪU 3\n"
    + "Trùng Mẫu,Huyện Hai,Hà Giang,Hai Mẫu,Tuyên Quang,2025-07-01,MẪU 4\n"
)
PROVINCE = "2025-07-01 NQ 202/2025/QH15"


@pytest.mark.parametrize(
    ("one", "other", "outcome", "bases"),
    [
        ("Thôn 1, Xã Mẫu, Huyện Mẫu, Tỉnh Hà Giang", "Thôn 1, xã Mẫu, tỉnh Tuyên Quang", SAME, (PROVINCE,)),
        ("Xã Mẫu, Tuyên Quang", "Xã Mẫu, Huyện Mẫu, Tuyên Quang", SAME, ()),
        ("Số 5, Phường Hoà Mẫu, TP. Hồ Chí Minh", "P. HÒA MẪU, Thành phố Hồ Chí Minh, Việt Nam", SAME, ()),
        ("P.1, Q.3, TP.HCM", "Phường 01, Quận 3, Thành phố Hồ Chí Minh", SAME, ()),
        ("Phường 1, Bà Rịa - Vũng Tàu", "Phường 1, Hồ Chí Minh", SAME, (PROVINCE,)),
        ("Mẫu, Mẫu Huyện, Hà Giang", "Xã Mẫu, Tuyên Quang", SAME, (PROVINCE,)),
        ("Phường Mẫu, TP Huế, Thừa Thiên Huế", "Phường Mẫu, Huế", SAME, ("2025-01-01 NQ 175/2024/QH15",)),
        ("Xã Mẫu, Tuyên Quang", "Xã Khác, Tuyên Quang", DIFFERENT, ()),
        ("Phường 1, Quận 3, TP.HCM", "Phường 2, Quận 3, TP.HCM", DIFFERENT, ()),
        ("Xã Mẫu, Huyện Một, Hà Giang", "Xã Mẫu, Huyện Hai, Hà Giang", DIFFERENT, ()),
        ("Xã Mẫu, Huyện Mẫu, Hà Giang", "Xã Mẫu, Hà Nội", DIFFERENT, ()),
        ("Xã Mẫu, Hà Giang", "Xã Mẫu, Bắc Giang", DIFFERENT, ()),
        ("Xã Mẫu, Huyện Mẫu, Hà Giang", "Xã Khác, Tuyên Quang", UNDECIDED, ()),
        ("Hà Giang", "Xã Mẫu, Tuyên Quang", UNDECIDED, ()),
        ("", "Xã Mẫu, Tuyên Quang", UNDECIDED, ()),
    ],
)
def test_provinces_are_built_in(one: str, other: str, outcome: Comparison, bases: tuple[str, ...]) -> None:
    places = load_places()
    for left, right in ((one, other), (other, one)):
        found = places.compare(left, right)
        assert (found.outcome, found.bases) == (outcome, bases)


@pytest.mark.parametrize(
    ("old", "new", "outcome", "basis"),
    [
        ("Xã Đồng Mẫu, Huyện Mẫu, Hà Giang", "Xã Liên Mẫu, Tuyên Quang", SAME, "2025-07-01 MẪU 1"),
        ("TT. Suối Mẫu, H. Mẫu, Hà Giang", "Xã Liên Mẫu, Tuyên Quang", SAME, "2025-07-01 MẪU 2"),
        ("Xã Đồng Mẫu, Huyện Mẫu, Hà Giang", "Xã Khác, Tuyên Quang", DIFFERENT, ""),
        ("Xã Đồng Mẫu, Huyện Khác, Hà Giang", "Xã Liên Mẫu, Tuyên Quang", UNDECIDED, ""),
        ("Xã Trùng Mẫu, Huyện Hai, Hà Giang", "Xã Hai Mẫu, Tuyên Quang", SAME, "2025-07-01 MẪU 4"),
        ("Xã Trùng Mẫu, Huyện Hai, Hà Giang", "Xã Một Mẫu, Tuyên Quang", DIFFERENT, ""),
        ("Xã Trùng Mẫu, Hà Giang", "Xã Hai Mẫu, Tuyên Quang", UNDECIDED, ""),
    ],
)
def test_communes_come_from_the_centres_own_table(
    tmp_path: Path, old: str, new: str, outcome: Comparison, basis: str
) -> None:
    (tmp_path / "communes.csv").write_text(COMMUNES, "utf-8")
    places = load_places(tmp_path / "communes.csv")
    for left, right in ((old, new), (new, old)):
        found = places.compare(left, right)
        assert found.outcome is outcome
        assert not basis or basis in found.bases


MERGED = {
    "Tuyên Quang": "Hà Giang",
    "Thái Nguyên": "Bắc Kạn",
    "Lào Cai": "Yên Bái",
    "Phú Thọ": "Hòa Bình|Vĩnh Phúc",
    "Bắc Ninh": "Bắc Giang",
    "Hải Phòng": "Hải Dương",
    "Hưng Yên": "Thái Bình",
    "Ninh Bình": "Hà Nam|Nam Định",
    "Quảng Trị": "Quảng Bình",
    "Đà Nẵng": "Quảng Nam",
    "Gia Lai": "Bình Định",
    "Đắk Lắk": "Phú Yên",
    "Khánh Hòa": "Ninh Thuận",
    "Lâm Đồng": "Bình Thuận|Đắk Nông",
    "Quảng Ngãi": "Kon Tum",
    "Đồng Nai": "Bình Phước",
    "Hồ Chí Minh": "Bình Dương|Bà Rịa - Vũng Tàu",
    "Tây Ninh": "Long An",
    "Đồng Tháp": "Tiền Giang",
    "Vĩnh Long": "Bến Tre|Trà Vinh",
    "An Giang": "Kiên Giang",
    "Cần Thơ": "Hậu Giang|Sóc Trăng",
    "Cà Mau": "Bạc Liêu",
}


def test_each_of_the_63_provinces_became_one_of_the_34() -> None:
    places = load_places()
    olds = [old for group in MERGED.values() for old in group.split("|")]
    assert len(olds) == 63 - 34
    for old in olds:
        became = [new for new in MERGED if places.compare(f"Xã Mẫu, {old}", f"Xã Mẫu, {new}").outcome is SAME]
        assert became == [new for new, group in MERGED.items() if old in group.split("|")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("old,new\n", "columns"),
        (HEADER + "A,B,C,D,E,2025-07-01\n", "line 2: has more or fewer"),
        ("# MẪU\n" + HEADER + "A,B,C,,E,2025-07-01,MẪU\n", "line 3: names no province"),
        (HEADER + ",,C,,E,01/07/2025,MẪU\n", "line 2: the day"),
        (HEADER + ",,C,,E,2025-07-01,\n", "line 2: names no province or citation"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "bad.csv").write_text(content, "utf-8")
    with pytest.raises(RegisterError, match=says):
        load_places(tmp_path / "bad.csv")
    with pytest.raises(RegisterError, match="cannot be read"):
        load_places(tmp_path / "none.csv")
